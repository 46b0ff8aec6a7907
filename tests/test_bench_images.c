/* Images of digits: the IDX files of MNIST, and other sizes made 28 × 28. */
#include "require.h"

#include "bench/digits/digits.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_nothing(bench *b) {
    (void)b;
}

const bench_study bench_this = {"example", "An example", "About it.", run_nothing};

/* ---- IDX files: MNIST's page describes the format: magic number 2051 or 2049, sizes as big-endian integers,
 * then the bytes ---- */

enum { MOST_IMAGES = 3 };

/* Images of one grey, and their labels. */
typedef struct idx {
    size_t images, labels;
    unsigned char grey[MOST_IMAGES], label[MOST_IMAGES];
    unsigned char magic, side; /* third dimension's type byte, side of the images */
    size_t cut;                /* bytes left out at the end of the images */
} idx;

static const idx good = {
    .images = 2, .labels = 2, .grey = {255, 51}, .label = {7, 3}, .magic = 8, .side = DIGITS_SIDE};

static void write_bytes(const char *folder, const char *name, const unsigned char *bytes, size_t count) {
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void write_idx(const char *folder, const char *images, const char *labels, const idx *f) {
    unsigned char bytes[16 + MOST_IMAGES * DIGITS_PIXELS] = {
        0, 0, f->magic, 3, 0, 0, 0, (unsigned char)f->images, 0, 0, 0, f->side, 0, 0, 0, f->side};
    for (size_t i = 0; i < f->images; i++) memset(bytes + 16 + i * DIGITS_PIXELS, f->grey[i], DIGITS_PIXELS);
    write_bytes(folder, images, bytes, 16 + f->images * DIGITS_PIXELS - f->cut);
    unsigned char head[8 + MOST_IMAGES] = {0, 0, f->magic, 1, 0, 0, 0, (unsigned char)f->labels};
    memcpy(head + 8, f->label, f->labels);
    write_bytes(folder, labels, head, 8 + f->labels);
}

static const char *const names[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

static void remove_all(const char *folder) {
    char path[200];
    for (size_t k = 0; k < COUNT(names); k++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        unlink(path);
    }
    rmdir(folder);
}

static void the_four_files_of_a_folder_become_rows_and_sets(void **state) {
    (void)state;
    char folder[] = "/tmp/marq-idx-XXXXXX";
    assert_non_null(mkdtemp(folder));
    write_idx(folder, names[0], names[1], &good);
    idx tests = good;
    tests.images = tests.labels = 3, tests.label[2] = 9, tests.grey[2] = 0;
    write_idx(folder, names[2], names[3], &tests);
    bench b = {.options = {.data = folder}};
    bench_digits d = bench_digits_load(&b);
    assert_int_equal(d.rows, 5);
    static const double labels[] = {7, 3, 7, 3, 9}, greys[] = {1, 0.2, 1, 0.2, 0};
    for (size_t i = 0; i < d.rows; i++) {
        assert_int_equal(d.set[i], i < 2 ? MARQ_TRAIN : MARQ_TEST);
        REQUIRE(d.Y[i] == labels[i], "row %zu: label %g", i, d.Y[i]);
        for (size_t k = 0; k < DIGITS_PIXELS; k++)
            REQUIRE(fabs(d.X[i * DIGITS_PIXELS + k] - greys[i]) < 1e-15, "row %zu, pixel %zu: %g", i, k,
                    d.X[i * DIGITS_PIXELS + k]);
    }
    assert_string_equal(d.source, "MNIST, 5 images");
    bench_digits_destroy(&d);
    remove_all(folder);
}

/* What the program says at its end, which must be an error. */
static void load_and_fail(const char *folder, char *words, size_t size) {
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bench b = {.options = {.data = folder}};
        dup2(ends[1], STDERR_FILENO);
        bench_digits_load(&b);
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n; (n = read(ends[0], words + used, size - 1 - used)) > 0;) used += (size_t)n;
    words[used] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 1, "no error, but \"%s\"", words);
}

static void files_that_are_not_such_are_named(void **state) {
    (void)state;
    char folder[] = "/tmp/marq-idx-XXXXXX", words[500];
    assert_non_null(mkdtemp(folder));
    load_and_fail(folder, words, sizeof words);
    REQUIRE(strstr(words, names[0]), "no file: %s", words);
    static const struct {
        const char *file, *words;
        idx content;
    } cases[] = {
        {"images",
         "1584 bytes, the file has 1484: cut off?",
         {.images = 2, .labels = 2, .magic = 8, .side = 28, .cut = 100}},
        {"images",
         "not an IDX file of bytes with 3 dimensions (unpack it if it ends in .gz)",
         {.images = 2, .labels = 2, .magic = 9, .side = 28}},
        {"images",
         "its images are not of 28 by 28 pixels",
         {.images = 2, .labels = 2, .magic = 8, .side = 27}},
        {"labels", "has not as many items", {.images = 2, .labels = 3, .magic = 8, .side = 28}},
        {"labels", "label 10", {.images = 2, .labels = 2, .label = {1, 10}, .magic = 8, .side = 28}},
    };
    write_idx(folder, names[2], names[3], &good);
    for (size_t k = 0; k < COUNT(cases); k++) {
        write_idx(folder, names[0], names[1], &cases[k].content);
        load_and_fail(folder, words, sizeof words);
        REQUIRE(strstr(words, cases[k].words) && strstr(words, cases[k].file),
                "\"%s\" and its file's name expected, not \"%s\"", cases[k].words, words);
    }
    write_bytes(folder, names[0], (const unsigned char *)"ab", 2);
    load_and_fail(folder, words, sizeof words);
    REQUIRE(strstr(words, "not an IDX file"), "two bytes: %s", words);
    remove_all(folder);
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
        cmocka_unit_test(the_four_files_of_a_folder_become_rows_and_sets),
        cmocka_unit_test(files_that_are_not_such_are_named),
        cmocka_unit_test(resized_images_keep_their_ramps),
        cmocka_unit_test(drawn_digits_can_be_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
