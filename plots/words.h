/* Texts: what users wrote, made harmless, and numbers as people write them. */
#ifndef PLOTS_WORDS_H
#define PLOTS_WORDS_H

#include <base/text.h>
#include <stddef.h>

/* Adds at most `most` characters of user's text in valid UTF-8 on one line: line breaks become blanks, other
 * control and direction characters go, bytes that are no UTF-8 become U+FFFD, a cut is shown by an ellipsis.
 */
void plots_clean(marq_text *text, const char *user, size_t most);

/* How wide it then is about, in units of the font's size (a sans serif's usual widths). */
double plots_text_width(const char *user, size_t most);

/* The same as gnuplot's single-quoted string, in which only the quote itself means something. It becomes the
 * typographic one: gnuplot reads two of them as one, but three or four in a row end the string. */
void plots_quote(marq_text *text, const char *user, size_t most);

/* 0.0123 as it is, 3.2e-9 as 3.2×10⁻⁹, with so many significant digits. Returns out. */
enum { PLOTS_NUMBER_SIZE = 64 };
const char *plots_number(char out[PLOTS_NUMBER_SIZE], double value, int digits);

/* 10 with a raised exponent, e.g. 10⁻⁹. Returns out. */
const char *plots_power(char out[PLOTS_NUMBER_SIZE], int exponent);

#endif
