/* A text that grows, formatted in the C locale. A failed allocation is remembered, not reported at each
 * call: check marq_text.failed once, at the end.
 *
 * A text that need not stand in memory as a whole has a pass_on: a long one is handed over by and by, and
 * what was handed over is no longer in `data`. */
#ifndef MARQ_BASE_TEXT_H
#define MARQ_BASE_TEXT_H

#include <marq/status.h>
#include <stdarg.h>
#include <stddef.h>

typedef struct marq_text {
    char *data; /* terminated; NULL while empty */
    size_t length, capacity;
    int failed; /* an allocation or pass_on failed: the text is incomplete */
    int (*pass_on)(void *user, const char *bytes, size_t length); /* NULL: kept; 0, or it failed */
    void *user;
} marq_text;

void marq_text_add(marq_text *text, const char *format, ...) MARQ_PRINTF(2, 3);
void marq_text_add_bytes(marq_text *text, const char *bytes, size_t length);

/* Adds a number with 17 digits. */
void marq_text_add_number(marq_text *text, double value);

/* Hands over what is left, where there is a pass_on. */
void marq_text_pass_on(marq_text *text);

/* Frees the data; the text is empty again, and kept. */
void marq_text_clear(marq_text *text);

/* Control characters become spaces: for messages that quote what others wrote. */
void marq_make_one_line(char *text);

/* vsnprintf in the C locale. */
int marq_format_list(char *out, size_t size, const char *format, va_list arguments);
int marq_format(char *out, size_t size, const char *format, ...) MARQ_PRINTF(3, 4);

#endif
