/* Lists of names, and names that look alike. */
#ifndef MARQ_FORMULA_NAMES_H
#define MARQ_FORMULA_NAMES_H

#include <base/text.h>
#include <stddef.h>

typedef struct marq_names {
    char **items; /* owned, terminated */
    size_t count, capacity;
} marq_names;

/* Adds a copy of length bytes. 0 without memory. */
int marq_names_add(marq_names *names, const char *name, size_t length);
/* Its index, or MARQ_FORMULA_NONE. */
size_t marq_names_find(const marq_names *names, const char *name, size_t length);
void marq_names_clear(marq_names *names);

/* Whether two names differ by case only, or by one letter (one more, one less, another one) where both have
 * three. */
int marq_names_are_similar(const char *a, const char *b);

/* Adds "x, y, z" to a message, at most about 120 bytes of it. */
void marq_names_list(marq_text *text, const char *const *names, size_t count);

#endif
