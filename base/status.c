/* Status strings from the one list in marq/status.h, and the filling of errors. */
#include <base/error.h>
#include <base/text.h>
#include <stddef.h>

const char *marq_status_text(marq_status status) {
    switch (status) {
#define CASE(name, value, key, words)                                                                        \
    case name:                                                                                               \
        return words;
        MARQ_STATUS_LIST(CASE)
#undef CASE
    }
    return "unknown status";
}

const char *marq_status_key(marq_status status) {
    switch (status) {
#define CASE(name, value, key, words)                                                                        \
    case name:                                                                                               \
        return key;
        MARQ_STATUS_LIST(CASE)
#undef CASE
    }
    return "unknown";
}

/* Cuts a last sign that did not fit whole: a message is UTF-8. */
static void cut_between_signs(char *message, size_t length) {
    while (length > 0 && (message[length - 1] & 0xC0) == 0x80) length--;
    if (length > 0 && (message[length - 1] & 0x80)) length--;
    message[length] = '\0';
}

marq_status marq_fail(marq_error *error, marq_status status, const char *format, ...) {
    if (!error) return status;
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    int length = marq_format_list(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    marq_make_one_line(error->message);
    if (length >= (int)sizeof error->message) cut_between_signs(error->message, sizeof error->message - 1);
    return status;
}

marq_status marq_fail_memory(marq_error *error, const char *what) {
    return marq_fail(error, MARQ_ERROR_MEMORY, "out of memory for %s: use fewer rows or a smaller model",
                     what);
}

marq_status marq_fail_model(marq_error *error, const char *path, const char *version, const char *what) {
    return marq_fail(error, MARQ_ERROR_FORMAT, "%s: not a model that marq %s can read: %s", path, version,
                     what);
}
