#include "picture.h"

#include <base/error.h>
#include <base/file.h>
#include <string.h>
#include <unistd.h>

/* Behind signature (8) and IHDR (4 length, 4 name, 13 data, 4 check sum). */
enum { BEHIND_HEADER = 33 };

/* 11811 dots a metre in both directions, with length, name and CRC (PNG specification, 11.3.5.3). */
static const unsigned char phys[] = {0,    0, 0, 9,    'p',  'H', 'Y',  's',  0,    0,   0x2E,
                                     0x23, 0, 0, 0x2E, 0x23, 1,   0x78, 0xA5, 0x3F, 0x76};

static size_t chunk_length(const char *chunk) {
    const unsigned char *byte = (const unsigned char *)chunk;
    return (size_t)byte[0] << 24 | (size_t)byte[1] << 16 | (size_t)byte[2] << 8 | byte[3];
}

static int has_dpi(const marq_text *picture) {
    size_t at = BEHIND_HEADER;
    while (at + 12 <= picture->length && memcmp(picture->data + at + 4, "IDAT", 4) != 0) {
        if (memcmp(picture->data + at + 4, "pHYs", 4) == 0) return 1;
        at += 12 + chunk_length(picture->data + at);
    }
    return 0;
}

void plots_picture_set_dpi(marq_text *picture) {
    static const char signature[] = "\x89PNG\r\n\x1a\n";
    if (picture->failed || picture->length < BEHIND_HEADER || memcmp(picture->data, signature, 8) != 0)
        return;
    if (has_dpi(picture)) return;
    marq_text_add_bytes(picture, (const char *)phys, sizeof phys); /* makes room */
    if (picture->failed) return;
    char *behind = picture->data + BEHIND_HEADER;
    memmove(behind + sizeof phys, behind, picture->length - sizeof phys - BEHIND_HEADER);
    memcpy(behind, phys, sizeof phys);
}

marq_status plots_picture_finish(const char *temporary, const char *path, marq_error *error) {
    marq_text picture = {0};
    marq_status status = marq_file_read(temporary, &picture, error);
    unlink(temporary);
    plots_picture_set_dpi(&picture);
    if (status == MARQ_OK && picture.length == 0)
        status = marq_fail(error, MARQ_ERROR_WRITE, "%s: gnuplot wrote an empty picture", path);
    if (status == MARQ_OK) status = marq_file_write(path, &picture, error);
    marq_text_clear(&picture);
    return status;
}
