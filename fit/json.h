/* Small helpers over jansson. */
#ifndef FIT_JSON_H
#define FIT_JSON_H

#include <base/text.h>
#include <jansson.h>

/* null for NaN and Inf. */
json_t *fit_json_number(double value);
json_t *fit_json_size(size_t value);

json_t *fit_json_strings(char *const *lines, size_t count);

/* Adds the document with 17 digits and a newline; takes the reference. A NULL root marks text as failed. */
void fit_json_add(marq_text *text, json_t *root);

#endif
