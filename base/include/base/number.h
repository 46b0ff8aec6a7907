/* Numbers as text, in C's decimal form with a point, whatever the locale of the host. */
#ifndef MARQ_BASE_NUMBER_H
#define MARQ_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

enum { MARQ_NUMBER_SIZE = 32 };

/* Reads one decimal number at text (optional sign, digits, point, exponent; no hexadecimal, no blanks in
 * front). inf and nan are not numbers here. On success sets *value and *end (behind the number). A value
 * that overflows is not a number; one that underflows is what it rounds to. */
bool marq_number_read(const char *text, const char **end, double *value);

/* The whole text must be one number, blanks around it allowed. */
bool marq_number_parse(const char *text, double *value);

/* Writes value with 17 digits, so that reading gives the same bits. Returns out. */
const char *marq_number_write(char out[MARQ_NUMBER_SIZE], double value);

#endif
