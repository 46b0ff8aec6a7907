/* Prediction in single precision: close to that in double precision, and the same bits however it is called.
 */
#include "training_data.h"

#include <float.h>
#include <stdbool.h>

/* A net with scaling: outputs of 250 … 750, inputs around 1000. */
static marq_net *scaled_net(size_t sizes, const size_t *widths, marq_activation activation, samples *s) {
    marq_activation each[] = {activation, activation, activation, MARQ_LINEAR};
    marq_net *net = marq_net_create(sizes, widths, each + 5 - sizes, NULL);
    assert_non_null(net);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 3);
    for (size_t i = 0; i < s->rows * s->inputs; i++) s->X[i] = (double)(float)(1000 + 3 * s->X[i]);
    for (size_t i = 0; i < s->rows * s->outputs; i++) s->Y[i] = 500 + 100 * s->Y[i];
    marq_net_normalise(net, MARQ_NORMALISE_RANGE, s->rows, s->X, s->Y);
    return net;
}

static float *predicted(const marq_net *net, const samples *s, int threads) {
    marq_net_float *own = marq_net_float_create(net, threads, NULL);
    float *X = marq_alloc(s->rows * s->inputs, sizeof *X), *Y = marq_alloc(s->rows * s->outputs, sizeof *Y);
    for (size_t i = 0; i < s->rows * s->inputs; i++) X[i] = (float)s->X[i];
    marq_net_predict_float(own, s->rows, X, Y);
    marq_net_float_destroy(own);
    free(X);
    return Y;
}

/* The rounding of a sum of k products grows about as its terms, and a layer hands its error on. */
static void values_are_close_to_those_in_double(void **state) {
    (void)state;
    static const size_t shapes[][5] = {
        {2, 1, 1, 1, 1}, {2, 20, 20, 10, 2}, {2, 64, 32, 16, 3}, {2, 100, 7, 3, 1}};
    for (size_t k = 0; k < COUNT(shapes); k++)
        for (int activation = MARQ_LINEAR; activation <= MARQ_RELU; activation++) {
            samples s = waves(333, shapes[k][4], 0.1, 1);
            marq_net *net = scaled_net(5, shapes[k], (marq_activation)activation, &s);
            double *Y = marq_alloc_doubles(s.rows, s.outputs), low = HUGE_VAL, high = -HUGE_VAL, most = 0;
            marq_net_predict(net, s.rows, s.X, Y, 1);
            float *fitted = predicted(net, &s, 1);
            for (size_t i = 0; i < s.rows * s.outputs; i++) {
                low = fmin(low, Y[i]), high = fmax(high, Y[i]);
                most = fmax(most, fabs((double)fitted[i] - Y[i]));
            }
            double size = fmax(fabs(low), fabs(high)) + 10 * (high - low);
            REQUIRE(most <= 2 * (double)FLT_EPSILON * size && most > 0,
                    "shape %zu, %s: off by %g, outputs %g … %g", k,
                    marq_activation_key((marq_activation)activation), most, low, high);
            free(Y);
            free(fitted);
            marq_net_destroy(net);
            samples_destroy(&s);
        }
}

/* A column far from 0 keeps the digits that a float has. */
static void scaling_is_done_in_double(void **state) {
    (void)state;
    float X[64], fitted[64];
    double x[64], y[64];
    for (int i = 0; i < 64; i++) {
        X[i] = 1e6f + 0.25f * (float)i;
        x[i] = (double)X[i], y[i] = i / 7.0;
    }
    marq_net *net = marq_net_create(2, (size_t[]){1, 1}, NULL, NULL);
    marq_net_parameters(net)[0] = 1; /* normalised output = normalised input: a straight line */
    marq_net_normalise(net, MARQ_NORMALISE_RANGE, 64, x, y);
    marq_net_float *own = marq_net_float_create(net, 1, NULL);
    marq_net_predict_float(own, 64, X, fitted);
    for (int i = 0; i < 64; i++)
        REQUIRE(fabs((double)fitted[i] - y[i]) < 1e-6, "row %d: %.9g, not %.9g", i, (double)fitted[i], y[i]);
    marq_net_float_destroy(own);
    marq_net_destroy(net);
}

static void bits_do_not_depend_on_threads(void **state) {
    (void)state;
    samples s = waves(1000, 2, 0.1, 2);
    marq_net *net = scaled_net(4, (size_t[]){2, 20, 10, 2}, MARQ_TANH, &s);
    float *first = predicted(net, &s, 1);
    for (int run = 0; run < 10; run++) {
        float *Y = predicted(net, &s, 1 + run % 4);
        REQUIRE(memcmp(first, Y, 2000 * sizeof *Y) == 0, "other bits on %d threads", 1 + run % 4);
        free(Y);
    }
    free(first);
    marq_net_destroy(net);
    samples_destroy(&s);
}

static void bits_do_not_depend_on_the_rows_of_a_call(void **state) {
    (void)state;
    samples s = waves(100, 1, 0.1, 3);
    marq_net *net = scaled_net(4, (size_t[]){2, 13, 9, 1}, MARQ_SIGMOID, &s);
    float *all = predicted(net, &s, 1), X[200], Y[100];
    for (size_t i = 0; i < 200; i++) X[i] = (float)s.X[i];
    marq_net_float *own = marq_net_float_create(net, 2, NULL);
    for (size_t count = 1; count <= 41; count += 8) {
        for (size_t i = 0; i < 100; i += count)
            marq_net_predict_float(own, 100 - i < count ? 100 - i : count, X + 2 * i, Y + i);
        REQUIRE(memcmp(all, Y, sizeof Y) == 0, "other bits with %zu rows a call", count);
    }
    marq_net_float_destroy(own);
    free(all);
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* The handle is a copy. */
static void later_changes_of_the_net_do_not_matter(void **state) {
    (void)state;
    samples s = waves(10, 1, 0, 4);
    marq_net *net = scaled_net(3, (size_t[]){2, 5, 1}, MARQ_TANH, &s);
    float X[20], before[10], after[10];
    for (size_t i = 0; i < 20; i++) X[i] = (float)s.X[i];
    marq_net_float *own = marq_net_float_create(net, 0, NULL);
    marq_net_predict_float(own, 10, X, before);
    marq_net_initialise(net, MARQ_INIT_XAVIER, 5);
    marq_net_normalise(net, MARQ_NORMALISE_NONE, 10, s.X, s.Y);
    marq_net_destroy(net);
    marq_net_predict_float(own, 10, X, after);
    assert_memory_equal(before, after, sizeof before);
    marq_net_predict_float(own, 0, X, after); /* no rows: nothing happens */
    assert_memory_equal(before, after, sizeof before);
    marq_net_float_destroy(own);
    marq_net_float_destroy(NULL);
    samples_destroy(&s);
}

/* Each thread of a program may have its own handle. */
static void threads_of_the_caller_may_predict_at_once(void **state) {
    (void)state;
    samples s = waves(320, 1, 0.1, 5);
    marq_net *net = scaled_net(3, (size_t[]){2, 20, 1}, MARQ_TANH, &s);
    float *expected = predicted(net, &s, 1);
    int wrong = 0;
#pragma omp parallel num_threads(4) reduction(+ : wrong)
    for (size_t rows = 8; rows <= 320; rows += 104) {
        samples part = s;
        part.rows = rows;
        float *Y = predicted(net, &part, 1);
        wrong += memcmp(expected, Y, rows * sizeof *Y) != 0;
        free(Y);
    }
    assert_int_equal(wrong, 0);
    free(expected);
    marq_net_destroy(net);
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_close_to_those_in_double),
        cmocka_unit_test(scaling_is_done_in_double),
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(bits_do_not_depend_on_the_rows_of_a_call),
        cmocka_unit_test(later_changes_of_the_net_do_not_matter),
        cmocka_unit_test(threads_of_the_caller_may_predict_at_once),
    };
    return cmocka_run_group_tests_name("nn_float", tests, NULL, NULL);
}
