#include "json.h"

#include <math.h>

json_t *fit_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *fit_json_size(size_t value) {
    return json_integer((json_int_t)value);
}

json_t *fit_json_strings(char *const *lines, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, json_string(lines[i]));
    return array;
}

static int add_chunk(const char *bytes, size_t length, void *text) {
    marq_text_add_bytes(text, bytes, length);
    return 0;
}

void fit_json_add(marq_text *text, json_t *root) {
    if (!root || json_dump_callback(root, add_chunk, text, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) != 0)
        text->failed = 1;
    json_decref(root);
    marq_text_add(text, "\n");
}
