/* Signs of UTF-8, and bytes that are none, made fit for a message. */
#include "csv/inside.h"

#include <base/text.h>
#include <string.h>

size_t csv_measure_sign(const char *text, size_t length) {
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) return 1;
    size_t size = byte[0] < 0xC2 ? 0 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : byte[0] < 0xF5 ? 4 : 0;
    if (size == 0 || size > length) return 0;
    for (size_t i = 1; i < size; i++)
        if ((byte[i] & 0xC0) != 0x80) return 0;
    bool overlong = (byte[0] == 0xE0 && byte[1] < 0xA0) || (byte[0] == 0xF0 && byte[1] < 0x90);
    bool beyond = (byte[0] == 0xED && byte[1] > 0x9F) || (byte[0] == 0xF4 && byte[1] > 0x8F);
    return overlong || beyond ? 0 : size;
}

bool csv_is_control(const char *sign, size_t size) {
    unsigned char first = (unsigned char)sign[0];
    return size == 1 ? first < 0x20 || first == 0x7F : first == 0xC2 && (unsigned char)sign[1] < 0xA0;
}

const char *csv_shorten(char out[CSV_SHORT], const char *bytes, size_t length) {
    static const char more[] = "…";
    size_t used = 0;
    for (size_t at = 0, signs = 0; at < length; signs++) {
        if (signs == 32 || used + 4 + sizeof more > CSV_SHORT) {
            memcpy(out + used, more, sizeof more);
            return out;
        }
        size_t size = csv_measure_sign(bytes + at, length - at);
        if (size == 0 || csv_is_control(bytes + at, size)) {
            used += (size_t)marq_format(out + used, CSV_SHORT - used, "\\x%02X", (unsigned char)bytes[at++]);
            continue;
        }
        memcpy(out + used, bytes + at, size);
        used += size;
        at += size;
    }
    out[used] = '\0';
    return out;
}
