#include "names.h"

#include <base/memory.h>
#include <marq/formula.h>
#include <stdlib.h>
#include <string.h>

int marq_names_add(marq_names *names, const char *name, size_t length) {
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 16;
        char **items = realloc(names->items, capacity * sizeof *items);
        if (!items) return 0;
        names->items = items;
        names->capacity = capacity;
    }
    char *copy = marq_alloc(length + 1, 1);
    if (!copy) return 0;
    memcpy(copy, name, length);
    names->items[names->count++] = copy;
    return 1;
}

size_t marq_names_find(const marq_names *names, const char *name, size_t length) {
    for (size_t i = 0; i < names->count; i++)
        if (strncmp(names->items[i], name, length) == 0 && names->items[i][length] == '\0') return i;
    return MARQ_FORMULA_NONE;
}

void marq_names_clear(marq_names *names) {
    for (size_t i = 0; i < names->count; i++) free(names->items[i]);
    free(names->items);
    *names = (marq_names){0};
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int differ_by_case(const char *a, const char *b) {
    while (*a && lower(*a) == lower(*b)) a++, b++;
    return !*a && !*b;
}

/* Behind the common beginning, one of the rests is the other's but for the first letter, or both are. */
static int differ_by_one_letter(const char *a, const char *b) {
    if (strlen(a) < 3 || strlen(b) < 3) return 0;
    while (*a && *a == *b) a++, b++;
    return (*a && strcmp(a + 1, b) == 0) || (*b && strcmp(a, b + 1) == 0) ||
           (*a && *b && strcmp(a + 1, b + 1) == 0);
}

int marq_names_are_similar(const char *a, const char *b) {
    return differ_by_case(a, b) || differ_by_one_letter(a, b);
}

void marq_names_list(marq_text *text, const char *const *names, size_t count) {
    size_t start = text->length;
    for (size_t i = 0; i < count; i++) {
        if (text->length > start + 100) {
            marq_text_add(text, ", …");
            return;
        }
        marq_text_add(text, "%s%.60s", i ? ", " : "", names[i]);
    }
}
