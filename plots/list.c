#include "list.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/text.h>
#include <stdlib.h>
#include <string.h>

static const char *const endings[] = {[PLOTS_PNG] = "png", [PLOTS_SVG] = "svg", [PLOTS_PDF] = "pdf"};

const char *plots_format_ending(plots_format format) {
    return endings[format];
}

#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

bool plots_name_is_plain(const char *name) {
    if (!name || strspn(name, LETTERS_AND_DIGITS) == 0) return false;
    size_t length = strlen(name);
    return length <= 100 && strspn(name, LETTERS_AND_DIGITS "-_.") == length;
}

marq_status plots_list_add(plots_list *list, const char *name, marq_error *error) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->names[i], name) == 0) return MARQ_OK;
    if (list->count >= PLOTS_MOST)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "more than %d plots", (int)PLOTS_MOST);
    char *copy = marq_copy_text(name);
    if (!copy) return marq_fail_memory(error, "the list of plots");
    list->drawn[list->count] = 0;
    list->names[list->count++] = copy;
    return MARQ_OK;
}

void plots_file_name(const plots_style *style, const plots_list *list, size_t i, char *out, size_t size) {
    marq_format(out, size, "%s.%s", list->names[i], plots_format_ending(style->format));
}

void plots_list_clear(plots_list *list) {
    for (size_t i = 0; i < list->count; i++) free(list->names[i]);
    *list = (plots_list){0};
}
