#include "warnings.h"

#include <base/memory.h>
#include <base/text.h>
#include <stdlib.h>

void fit_warn(fit_warnings *warnings, const char *format, ...) {
    if (warnings->count == FIT_MOST_WARNINGS) return;
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    marq_format_list(line, sizeof line, format, arguments);
    va_end(arguments);
    char *copy = marq_copy_text(line);
    if (copy) warnings->lines[warnings->count++] = copy;
}

void fit_warnings_print(const fit_warnings *warnings, FILE *stream) {
    for (size_t i = 0; i < warnings->count; i++) fprintf(stream, "fit: warning: %s\n", warnings->lines[i]);
}

void fit_warnings_clear(fit_warnings *warnings) {
    for (size_t i = 0; i < warnings->count; i++) free(warnings->lines[i]);
    *warnings = (fit_warnings){0};
}
