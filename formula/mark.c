/* The text of a formula with a caret under the place of an error. */
#include <base/text.h>
#include <marq/formula.h>
#include <string.h>

enum { SHOWN = 72 }; /* characters */

static int continues_character(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* Bytes of the text from position on that are `characters` characters, or less at its end. */
static size_t bytes_of(const char *text, size_t characters) {
    size_t bytes = 0;
    while (text[bytes] && characters) {
        bytes++;
        while (continues_character(text[bytes])) bytes++;
        characters--;
    }
    return bytes;
}

static size_t characters_of(const char *text, size_t bytes) {
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++) count += !continues_character(text[i]);
    return count;
}

const char *marq_formula_mark(const char *text, const marq_formula_place *place, char *out, size_t size) {
    size_t all = strlen(text), position = place->position < all ? place->position : all;
    size_t rest = all - position, length = place->length < rest ? place->length : rest;
    /* A window that begins some way in front of the place. */
    size_t before = characters_of(text, position), skipped = before > SHOWN / 2 ? before - SHOWN / 2 : 0;
    if (characters_of(text, all) <= SHOWN) skipped = 0;
    size_t start = bytes_of(text, skipped), shown = bytes_of(text + start, SHOWN);
    size_t caret = before - skipped, tildes = characters_of(text + position, length);
    if (caret + tildes > SHOWN) tildes = SHOWN - caret;
    char line[4 * SHOWN + 1], under[SHOWN + 2];
    marq_format(line, sizeof line, "%.*s", (int)shown, text + start);
    marq_make_one_line(line);
    memset(under, ' ', caret);
    memset(under + caret, '~', tildes);
    under[caret] = '^';
    under[caret + (tildes ? tildes : 1)] = '\0';
    marq_format(out, size, "%s\n%s\n", line, under);
    return out;
}
