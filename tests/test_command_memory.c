/* What the command allocates for many rows: a share of the data, neither their text nor that of predictions.
 */
#include "run_command.h"

#include "bench/heap/heap.h"
#include "fit/command.h"
#include <base/random.h>
#include <base/text.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 60000, INPUTS = 10 };

static void write_rows(const char *path) {
    marq_text text = {0};
    marq_random random = {.seed = 1};
    for (size_t j = 0; j < INPUTS; j++) marq_text_add(&text, "x%zu,", j);
    marq_text_add(&text, "y\n");
    for (size_t i = 0; i < ROWS; i++) {
        double sum = 0;
        for (size_t j = 0; j < INPUTS; j++) {
            double x = marq_random_uniform(&random);
            marq_text_add_number(&text, x);
            marq_text_add(&text, ",");
            sum += x * x;
        }
        marq_text_add_number(&text, sum);
        marq_text_add(&text, "\n");
    }
    write_bytes(path, text.data, text.length);
    marq_text_clear(&text);
}

/* 2.5 times the data, most of it the rows as they were read and as they are normalised, and 4 MB for a part
 * of the text (13 MB; predictions.csv has 15 MB). */
static void memory_is_a_share_of_the_data(void **state) {
    (void)state;
    write_rows("many.csv");
    const char *const words[] = {"fit", "many.csv",  "--hidden", "5",         "--epochs", "1",     "--batch",
                                 "200", "--threads", "1",        "--no-plot", "-q",       "--out", "out"};
    bench_heap_reset();
    assert_int_equal(fit_command(sizeof words / sizeof *words, words), 0);
    double most = (double)bench_heap_peak() / 1e6, data = ROWS * (INPUTS + 1) * sizeof(double) / 1e6;
    if (most > 2.5 * data + 4) fail_msg("%.1f MB were allocated at once for %.1f MB of data", most, data);
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_FOLDER(memory_is_a_share_of_the_data)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
