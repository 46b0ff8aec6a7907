/* Images of digits: the IDX files of MNIST, and other sizes made 28 × 28. */
#include "require.h"

#include "bench/digits/digits.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void run_nothing(bench *b) {
    (void)b;
}

const bench_study bench_this = {"example", "An example", "About it.", run_nothing};

static void write_file(const char *path, const unsigned char *head, size_t size, const unsigned char *values,
                       size_t count) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(head, 1, size, file), size);
    assert_int_equal(fwrite(values, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* The format is described at MNIST's page: magic number 2051 and 2049, sizes as big-endian integers. */
static void idx_files_are_read_and_appended(void **state) {
    (void)state;
    char images[] = "/tmp/marq-idx-XXXXXX", labels[] = "/tmp/marq-idx-XXXXXX";
    assert_true(close(mkstemp(images)) == 0 && close(mkstemp(labels)) == 0);
    static const unsigned char image_head[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28};
    static const unsigned char label_head[] = {0, 0, 8, 1, 0, 0, 0, 2}, label_values[] = {7, 3};
    unsigned char pixels[2 * DIGITS_PIXELS] = {0};
    pixels[1] = 255, pixels[DIGITS_PIXELS + 5] = 51;
    write_file(images, image_head, sizeof image_head, pixels, sizeof pixels);
    write_file(labels, label_head, sizeof label_head, label_values, sizeof label_values);
    double *X = NULL;
    unsigned char *label = NULL;
    size_t rows = bench_idx_read(images, labels, 0, &X, &label);
    rows = bench_idx_read(images, labels, rows, &X, &label);
    assert_int_equal(rows, 4);
    assert_true(X[0] == 0 && X[1] == 1);
    assert_true(fabs(X[3 * DIGITS_PIXELS + 5] - 0.2) < 1e-15);
    assert_memory_equal(label, ((const unsigned char[]){7, 3, 7, 3}), 4);
    free(X);
    free(label);
    unlink(images);
    unlink(labels);
}

/* A straight ramp stays one between the centres of the outer pixels; constant images stay constant. */
static void resized_images_keep_their_ramps(void **state) {
    (void)state;
    double from[64], to[DIGITS_PIXELS];
    for (size_t i = 0; i < 64; i++) from[i] = (double)(i % 8) + 2 * (double)(i / 8);
    bench_digits_resize(8, from, to);
    for (size_t i = 2; i < 26; i++)
        for (size_t j = 2; j < 26; j++) {
            double x = ((double)j + 0.5) * 8 / 28 - 0.5, y = ((double)i + 0.5) * 8 / 28 - 0.5;
            double value = to[i * DIGITS_SIDE + j];
            REQUIRE(fabs(value - (x + 2 * y)) < 1e-12, "pixel %zu %zu: %g, not %g", i, j, value, x + 2 * y);
        }
    assert_true(to[0] == 0 && to[DIGITS_PIXELS - 1] == 21);
}

static void drawn_digits_can_be_told_apart(void **state) {
    (void)state;
    bench b = {.options = {.quick = 1}};
    bench_digits d = bench_digits_load(&b);
    size_t count[MARQ_SETS] = {0};
    for (size_t i = 0; i < d.rows; i++) count[d.set[i]]++;
    assert_true(count[MARQ_TRAIN] == 48 && count[MARQ_TEST] == 12);
    for (size_t i = 0; i < d.rows * DIGITS_PIXELS; i++) assert_true(d.X[i] >= 0 && d.X[i] <= 1);
    const size_t widths[] = {DIGITS_PIXELS, 8, DIGITS_CLASSES};
    marq_error error;
    marq_net *net = marq_net_create(3, widths, NULL, &error);
    assert_non_null(net);
    assert_int_equal(marq_net_set_classes(net, DIGITS_CLASSES, NULL, &error), MARQ_OK);
    marq_net_initialise(net, MARQ_INIT_XAVIER, 1);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.normalise = MARQ_NORMALISE_NONE;
    options.threads = 1;
    options.optimizer = MARQ_OPTIMIZER_ADAM;
    options.first_order.learning_rate = 0.01;
    options.max_epochs = 150;
    options.relative_goal = options.min_gradient = 0;
    marq_data data = {.rows = d.rows, .X = d.X, .Y = d.Y, .set = d.set};
    marq_training training;
    assert_true(marq_net_train(net, &data, &options, &training, &error) > 0);
    double right = training.accuracy[MARQ_TRAIN];
    REQUIRE(right == 1, "only %g of the training digits are learnt", right);
    marq_net_destroy(net);
    bench_digits_destroy(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx_files_are_read_and_appended),
        cmocka_unit_test(resized_images_keep_their_ramps),
        cmocka_unit_test(drawn_digits_can_be_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
