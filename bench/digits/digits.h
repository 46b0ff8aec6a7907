/* Images of digits, and the trainers of the study of classification. */
#ifndef BENCH_DIGITS_H
#define BENCH_DIGITS_H

#include "../frame/bench.h"

#include <marq/nn.h>

enum { DIGITS_SIDE = 28, DIGITS_PIXELS = DIGITS_SIDE * DIGITS_SIDE, DIGITS_CLASSES = 10 };

typedef struct bench_digits {
    size_t rows;
    double *X;          /* rows × 784, 0 … 1 */
    double *Y;          /* rows: the label */
    unsigned char *set; /* MARQ_TRAIN or MARQ_TEST */
    char source[160];   /* what they are */
} bench_digits;

/* The user's MNIST files if --data names their folder, else scikit-learn's digits, resized, else digits that
 * are drawn here. */
bench_digits bench_digits_load(bench *b);
void bench_digits_destroy(bench_digits *digits);

/* idx.c. Images and labels in MNIST's IDX format (four big-endian bytes a number): appends to *X (784 a row,
 * 0 … 1) and *label, which realloc makes longer from *rows to the returned number. Ends the program where a
 * file is not such. */
size_t bench_idx_read(const char *images, const char *labels, size_t rows, double **X, unsigned char **label);

/* From side × side values to 28 × 28, between neighbours by straight lines. */
void bench_digits_resize(size_t side, const double *from, double *to);

#endif
