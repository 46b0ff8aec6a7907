/* IDX: two zero bytes, the type (8: unsigned bytes), the number of dimensions, each dimension in four bytes,
 * big-endian, then the values. */
#include "digits.h"

#include <base/file.h>
#include <stdint.h>
#include <stdlib.h>

static size_t number_at(const marq_text *file, size_t at) {
    size_t value = 0;
    for (size_t k = 0; k < 4; k++) value = value << 8 | (unsigned char)file->data[at + k];
    return value;
}

/* Reads the file and checks that it has these dimensions; returns the first of them, the number of items. */
static size_t read_items(const char *path, size_t dimensions, size_t item, marq_text *file) {
    marq_error error;
    if (marq_file_read(path, file, &error) != MARQ_OK) bench_fail("%s", error.message);
    size_t head = 4 + 4 * dimensions;
    if (file->length < head || number_at(file, 0) != (8u << 8 | dimensions))
        bench_fail("%s: not an IDX file of bytes with %zu dimension%s (unpack it if it ends in .gz)", path,
                   dimensions, dimensions == 1 ? "" : "s");
    for (size_t k = 1; k < dimensions; k++)
        if (number_at(file, 4 + 4 * k) != DIGITS_SIDE)
            bench_fail("%s: its images are not of 28 by 28 pixels", path);
    size_t count = number_at(file, 4);
    if (file->length != head + count * item)
        bench_fail("%s: %zu items need %zu bytes, the file has %zu: cut off?", path, count,
                   head + count * item, file->length);
    return count;
}

size_t bench_idx_read(const char *images, const char *labels, size_t rows, double **X,
                      unsigned char **label) {
    marq_text pixels = {0}, classes = {0};
    size_t count = read_items(images, 3, DIGITS_PIXELS, &pixels), all = rows + count;
    if (read_items(labels, 1, 1, &classes) != count)
        bench_fail("%s has not as many items as %s", labels, images);
    *X = realloc(*X, (all ? all : 1) * DIGITS_PIXELS * sizeof **X);
    *label = realloc(*label, all ? all : 1);
    if (!*X || !*label) bench_fail("out of memory for %zu images", all);
    for (size_t i = 0; i < count * DIGITS_PIXELS; i++)
        (*X)[rows * DIGITS_PIXELS + i] = (unsigned char)pixels.data[16 + i] / 255.0;
    for (size_t i = 0; i < count; i++) {
        (*label)[rows + i] = (unsigned char)classes.data[8 + i];
        if ((*label)[rows + i] >= DIGITS_CLASSES) bench_fail("%s: label %d", labels, (*label)[rows + i]);
    }
    marq_text_clear(&pixels);
    marq_text_clear(&classes);
    return all;
}
