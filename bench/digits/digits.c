#include "digits.h"

#include <base/random.h>
#include <base/text.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Sources ---- */

typedef struct images {
    size_t rows, train; /* the first `train` rows train; 0: a random fifth tests */
    double *X;
    unsigned char *label;
} images;

void bench_digits_resize(size_t side, const double *from, double *to) {
    for (size_t i = 0; i < DIGITS_SIDE; i++)
        for (size_t j = 0; j < DIGITS_SIDE; j++) {
            double y = ((double)i + 0.5) * (double)side / DIGITS_SIDE - 0.5,
                   x = ((double)j + 0.5) * (double)side / DIGITS_SIDE - 0.5;
            y = fmin(fmax(y, 0), (double)(side - 1)), x = fmin(fmax(x, 0), (double)(side - 1));
            size_t top = (size_t)y, left = (size_t)x;
            size_t bottom = top + 1 < side ? top + 1 : top, right = left + 1 < side ? left + 1 : left;
            double v = y - (double)top, u = x - (double)left;
            to[i * DIGITS_SIDE + j] =
                (1 - v) * ((1 - u) * from[top * side + left] + u * from[top * side + right]) +
                v * ((1 - u) * from[bottom * side + left] + u * from[bottom * side + right]);
        }
}

static images from_files(const char *folder) {
    static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
    char paths[4][1024];
    images m = {0};
    for (int k = 0; k < 4; k++) snprintf(paths[k], sizeof paths[k], "%s/%s", folder, names[k]);
    m.train = bench_idx_read(paths[0], paths[1], 0, &m.X, &m.label);
    m.rows = bench_idx_read(paths[2], paths[3], m.train, &m.X, &m.label);
    return m;
}

/* scikit-learn's digits come as 8 × 8 values of 0 … 16. */
static images from_peer(bench *b) {
    enum { SIDE = 8 };
    images m = {0};
    json_t *answer = bench_ask(b, "digits_data.py", 1, json_object());
    const json_t *peer = json_array_get(json_object_get(answer, "peers"), 0),
                 *values = json_object_get(peer, "images");
    const json_t *labels = json_object_get(peer, "labels");
    m.rows = json_array_size(labels);
    if (m.rows > 0 && json_array_size(values) == m.rows * SIDE * SIDE) {
        m.X = bench_doubles(m.rows, DIGITS_PIXELS);
        m.label = calloc(m.rows, 1);
        if (!m.label) bench_fail("out of memory for the digits");
        for (size_t i = 0; i < m.rows; i++) {
            double small[SIDE * SIDE];
            for (size_t k = 0; k < SIDE * SIDE; k++)
                small[k] = json_number_value(json_array_get(values, i * SIDE * SIDE + k)) / 16;
            bench_digits_resize(SIDE, small, m.X + i * DIGITS_PIXELS);
            m.label[i] = (unsigned char)json_integer_value(json_array_get(labels, i));
        }
    }
    json_decref(answer);
    return m;
}

/* Seven segments in an 8 × 8 field: top, middle, bottom, upper left, upper right, lower left, lower right. */
static void draw_digit(int digit, double field[64]) {
    static const unsigned char segments[] = {0x7d, 0x50, 0x37, 0x57, 0x5a, 0x4f, 0x6f, 0x51, 0x7f, 0x5f};
    for (int k = 0; k < 64; k++) field[k] = 0;
    for (int s = 0; s < 7; s++)
        for (int k = 0; k < 3 && segments[digit] >> s & 1; k++) {
            int row = s < 3 ? 1 + 3 * s - (s == 2) : s == 3 || s == 4 ? 1 + k : 3 + k;
            int column = s < 3 ? 2 + k : s == 3 || s == 5 ? 2 : 4;
            field[8 * row + column] = 1;
        }
}

static images drawn(size_t rows) {
    images m = {.rows = rows, .X = bench_doubles(rows, DIGITS_PIXELS), .label = calloc(rows, 1)};
    marq_random random = {.seed = 1, .stream = MARQ_STREAM_STARTS};
    if (!m.label) bench_fail("out of memory for the digits");
    for (size_t i = 0; i < rows; i++) {
        double field[64];
        m.label[i] = (unsigned char)marq_random_below(&random, DIGITS_CLASSES);
        draw_digit(m.label[i], field);
        for (int k = 0; k < 64; k++)
            field[k] =
                field[k] * (0.5 + 0.2 * marq_random_uniform(&random)) + 0.3 * marq_random_uniform(&random);
        bench_digits_resize(8, field, m.X + i * DIGITS_PIXELS);
    }
    return m;
}

/* ---- The data ---- */

static void split(bench_digits *d, size_t train) {
    marq_error error;
    const double shares[] = {80, 0, 20};
    if (train == 0 && marq_split(d->rows, shares, 1, 0, d->set, &error) != MARQ_OK)
        bench_fail("%s", error.message);
    for (size_t i = 0; i < d->rows && train > 0; i++) d->set[i] = i < train ? MARQ_TRAIN : MARQ_TEST;
}

bench_digits bench_digits_load(bench *b) {
    bench_digits d = {0};
    images m = {0};
    const char *source = "digits of seven segments, drawn by the study";
    if (b->options.data) {
        m = from_files(b->options.data);
        source = "MNIST";
    } else if (!b->options.quick) {
        m = from_peer(b);
        if (m.rows > 0) source = "scikit-learn's digits, 8 x 8, resized";
    }
    if (m.rows == 0) m = drawn(b->options.quick ? 60 : 1500);
    d.rows = m.rows, d.X = m.X;
    d.Y = bench_doubles(d.rows, 1);
    d.set = calloc(d.rows, 1);
    if (!d.set) bench_fail("out of memory for %zu digits", d.rows);
    for (size_t i = 0; i < d.rows; i++) d.Y[i] = m.label[i];
    split(&d, m.train);
    marq_format(d.source, sizeof d.source, "%s, %zu images", source, d.rows);
    free(m.label);
    return d;
}

void bench_digits_destroy(bench_digits *d) {
    free(d->X);
    free(d->Y);
    free(d->set);
    *d = (bench_digits){0};
}
