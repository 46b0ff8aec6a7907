/* Lists in options: "a,b", "a=1, b=2", "70/15/15". */
#ifndef FIT_LIST_H
#define FIT_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum { FIT_LIST_ITEM = 1024 }; /* bytes of an item, for names of columns and parameters */

/* Copies the next item of *list, without the blanks around it, into item (size bytes; what is longer is cut)
 * and moves *list behind it. False at the end, where *list is NULL; a list "" has one item. */
bool fit_list_next(const char **list, char separator, char *item, size_t size);

/* NAME=VALUE: ends item behind NAME and returns VALUE, in item; NULL: there is no '='. */
char *fit_list_value(char *item);

#endif
