/* Status strings from the one list in marq/status.h, and the filling of errors. */
#include <base/error.h>
#include <base/text.h>

const char *marq_status_text(marq_status status) {
    switch (status) {
#define CASE(name, value, key, words)                                                                        \
    case name: return words;
        MARQ_STATUS_LIST(CASE)
#undef CASE
    }
    return "unknown status";
}

const char *marq_status_key(marq_status status) {
    switch (status) {
#define CASE(name, value, key, words)                                                                        \
    case name: return key;
        MARQ_STATUS_LIST(CASE)
#undef CASE
    }
    return "unknown";
}

marq_status marq_fail(marq_error *error, marq_status status, const char *format, ...) {
    if (!error) return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    marq_format_list(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

marq_status marq_fail_memory(marq_error *error, const char *what) {
    return marq_fail(error, MARQ_ERROR_MEMORY, "out of memory for %s: use fewer rows or a smaller model", what);
}
