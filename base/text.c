#include <base/text.h>

#include "locale.h"
#include <base/number.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int marq_format_list(char *out, size_t size, const char *format, va_list arguments) {
    c_locale locale = c_locale_enter();
    int length = vsnprintf(out, size, format, arguments);
    c_locale_leave(locale);
    return length;
}

int marq_format(char *out, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = marq_format_list(out, size, format, arguments);
    va_end(arguments);
    return length;
}

/* Makes room for extra bytes and the terminator. */
static int reserve(marq_text *text, size_t extra) {
    if (text->failed) return 0;
    if (extra >= SIZE_MAX / 2 - text->length) {
        text->failed = 1;
        return 0;
    }
    size_t needed = text->length + extra + 1;
    if (needed <= text->capacity) return 1;
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity < needed) capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = 1;
        return 0;
    }
    text->data = data;
    text->capacity = capacity;
    return 1;
}

void marq_text_pass_on(marq_text *text) {
    if (!text->pass_on || text->failed || text->length == 0) return;
    text->failed = text->pass_on(text->user, text->data, text->length) != 0;
    text->length = 0;
}

static void pass_on_if_long(marq_text *text) {
    enum { LONG = 1 << 20 };
    if (text->length >= LONG) marq_text_pass_on(text);
}

void marq_text_add(marq_text *text, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = marq_format_list(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) text->failed = 1;
    if (length >= 0 && reserve(text, (size_t)length)) {
        marq_format_list(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    pass_on_if_long(text);
}

void marq_text_add_bytes(marq_text *text, const char *bytes, size_t length) {
    if (!reserve(text, length)) return;
    if (length) memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
    pass_on_if_long(text);
}

void marq_text_add_number(marq_text *text, double value) {
    char number[MARQ_NUMBER_SIZE];
    marq_number_write(number, value);
    marq_text_add_bytes(text, number, strlen(number));
}

void marq_make_one_line(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F) *text = ' ';
}

void marq_text_clear(marq_text *text) {
    free(text->data);
    *text = (marq_text){0};
}
