/* Data of nets: normalisation and splits. */
#include "require.h"

#include "nn/net.h"
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* ---- Normalisation ---- */

enum { ROWS = 5 };
/* Three inputs: spread, constant, far from zero. One output. */
static const double X[ROWS * 3] = {-3,      0.1, 1e6 + 1, 5,       0.1, 1e6, 1,      0.1,
                                   1e6 + 4, 0,   0.1,     1e6 + 2, 2,   0.1, 1e6 + 3};
static const double Y[ROWS] = {10, -30, 20, 0, 5};

static marq_net *normalised(marq_normalisation kind) {
    marq_net *net = marq_net_create(2, (size_t[]){3, 1}, NULL, NULL);
    assert_non_null(net);
    marq_net_normalise(net, kind, ROWS, X, Y);
    return net;
}

/* Column j of the inputs, normalised: its least, largest, mean, deviation. */
typedef struct column {
    double least, most, mean, deviation;
} column;

static column describe(const marq_net *net, size_t j) {
    double out[ROWS * 3];
    column c = {HUGE_VAL, -HUGE_VAL, 0, 0};
    marq_scale_rows(&net->input, ROWS, 3, X, out);
    for (size_t i = 0; i < ROWS; i++) {
        double v = out[i * 3 + j];
        c.least = fmin(c.least, v), c.most = fmax(c.most, v), c.mean += v / ROWS;
    }
    for (size_t i = 0; i < ROWS; i++) c.deviation += pow(out[i * 3 + j] - c.mean, 2) / ROWS;
    c.deviation = sqrt(c.deviation);
    return c;
}

static bool near(double a, double b) {
    return fabs(a - b) <= 1e-9;
}

static void columns_are_mapped_as_promised(void **state) {
    (void)state;
    for (size_t j = 0; j < 3; j += 2) {
        marq_net *range = normalised(MARQ_NORMALISE_RANGE), *unit = normalised(MARQ_NORMALISE_UNIT);
        marq_net *standard = normalised(MARQ_NORMALISE_STANDARD), *none = normalised(MARQ_NORMALISE_NONE);
        column c = describe(range, j);
        REQUIRE(near(c.least, -1) && near(c.most, 1), "range, column %zu: %g to %g", j, c.least, c.most);
        c = describe(unit, j);
        REQUIRE(near(c.least, 0) && near(c.most, 1), "unit, column %zu: %g to %g", j, c.least, c.most);
        c = describe(standard, j);
        REQUIRE(near(c.mean, 0) && near(c.deviation, 1), "standard, column %zu: %g ± %g", j, c.mean,
                c.deviation);
        c = describe(none, j);
        REQUIRE(c.least == (j ? 1e6 : -3) && c.most == (j ? 1e6 + 4 : 5), "none, column %zu: %g to %g", j,
                c.least, c.most);
        marq_net_destroy(range);
        marq_net_destroy(unit);
        marq_net_destroy(standard);
        marq_net_destroy(none);
    }
}

/* Columns are described some at a time: column j holds j, 2j + 1, 3j + 2, the last not in the first row. */
static void many_columns_have_their_own_maps(void **state) {
    (void)state;
    enum { MANY = 70 };
    double values[3 * MANY], one[3] = {0, 1, 2};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < MANY; j++) values[i * MANY + j] = (double)((i + 1) * j + i);
    values[MANY - 1] = (double)NAN;
    for (int kind = MARQ_NORMALISE_RANGE; kind <= MARQ_NORMALISE_STANDARD; kind++) {
        marq_net *net = marq_net_create(2, (size_t[]){MANY, 1}, NULL, NULL);
        assert_non_null(net);
        marq_net_normalise(net, (marq_normalisation)kind, 3, values, one);
        for (size_t j = 0; j < MANY; j++) {
            double step = (double)j + 1, least = (double)j, half = step;
            if (j == MANY - 1) least += step, half = step / 2;
            double shift = kind == MARQ_NORMALISE_UNIT ? least : least + half;
            double width = kind == MARQ_NORMALISE_RANGE  ? half
                           : kind == MARQ_NORMALISE_UNIT ? 2 * half
                           : j == MANY - 1               ? half
                                                         : step * sqrt(2.0 / 3);
            REQUIRE(near(net->input.shift[j], shift) && near(net->input.factor[j] * width, 1),
                    "kind %d, column %zu: %g and %g", kind, j, net->input.shift[j], net->input.factor[j]);
        }
        marq_net_destroy(net);
    }
}

static void a_constant_column_is_only_shifted(void **state) {
    (void)state;
    for (int kind = MARQ_NORMALISE_RANGE; kind <= MARQ_NORMALISE_STANDARD; kind++) {
        marq_net *net = normalised((marq_normalisation)kind);
        column c = describe(net, 1);
        REQUIRE(net->input.factor[1] == 1 && near(c.least, 0) && near(c.most, 0),
                "kind %d: factor %g, %g to %g", kind, net->input.factor[1], c.least, c.most);
        marq_net_destroy(net);
    }
}

/* A linear net that passes its input through: with scaling on, predictions are in units of the data. */
static void scaling_is_undone_at_the_output(void **state) {
    (void)state;
    for (int kind = MARQ_NORMALISE_RANGE; kind <= MARQ_NORMALISE_NONE; kind++) {
        marq_net *net = marq_net_create(2, (size_t[]){1, 1}, NULL, NULL);
        double in[] = {-1, 3, 8, 0.5}, out[] = {-20, 60, 160, 10}, fit[4]; /* 20 times as large */
        marq_net_normalise(net, (marq_normalisation)kind, 4, in, out);
        marq_net_parameters(net)[0] = kind == MARQ_NORMALISE_NONE ? 20 : 1;
        marq_net_predict(net, 4, in, fit, 1);
        for (int i = 0; i < 4; i++)
            REQUIRE(fabs(fit[i] - out[i]) <= 1e-12, "kind %d: %g, not %g", kind, fit[i], out[i]);
        marq_net_destroy(net);
    }
}

/* A factor of 0 or ∞ could not be undone. */
static void every_finite_column_has_a_usable_factor(void **state) {
    (void)state;
    static const double ends[][2] = {{-1e308, 1.5e308},    {-DBL_MAX, DBL_MAX}, {0, DBL_TRUE_MIN},
                                     {1, 1 + DBL_EPSILON}, {0, 1e-200},         {-1e200, 1e200},
                                     {1e300, 2e300}};
    for (size_t e = 0; e < COUNT(ends); e++)
        for (int kind = MARQ_NORMALISE_RANGE; kind <= MARQ_NORMALISE_NONE; kind++) {
            marq_net *net = marq_net_create(2, (size_t[]){1, 1}, NULL, NULL);
            double back[2], scaled[2];
            marq_net_normalise(net, (marq_normalisation)kind, 2, ends[e], ends[e]);
            double factor = net->input.factor[0], shift = net->input.shift[0];
            REQUIRE(factor > 0 && isfinite(factor) && isfinite(shift),
                    "%g … %g, kind %d: shift %g, factor %g", ends[e][0], ends[e][1], kind, shift, factor);
            marq_scale_rows(&net->input, 2, 1, ends[e], scaled);
            marq_unscale_rows(&net->input, 2, 1, scaled, back);
            for (int i = 0; i < 2 && isfinite(ends[e][1] - ends[e][0]); i++)
                REQUIRE(fabs(back[i] / 2 - ends[e][i] / 2) <=
                            1e-15 * fmax(fabs(ends[e][0]), fabs(ends[e][1])),
                        "%g … %g, kind %d: %.17g comes back as %.17g", ends[e][0], ends[e][1], kind,
                        ends[e][i], back[i]);
            marq_net_destroy(net);
        }
}

/* ---- Splits ---- */

enum { MOST = 5000 };

static void count_sets(size_t rows, const unsigned char *set, size_t counts[MARQ_SETS]) {
    memset(counts, 0, MARQ_SETS * sizeof *counts);
    for (size_t i = 0; i < rows; i++) {
        REQUIRE(set[i] < MARQ_SETS, "row %zu is in set %d", i, set[i]);
        counts[set[i]]++;
    }
}

static void a_split_has_the_shares_that_were_asked_for(void **state) {
    (void)state;
    static const struct {
        size_t rows;
        double shares[MARQ_SETS];
        size_t counts[MARQ_SETS];
    } cases[] = {
        {1000, {70, 15, 15}, {700, 150, 150}},
        {1000, {0.7, 0.15, 0.15}, {700, 150, 150}}, /* scaled to their sum */
        {1000, {100, 0, 0}, {1000, 0, 0}},
        {1000, {80, 20, 0}, {800, 200, 0}},
        {1000, {50, 0, 50}, {500, 0, 500}},
        {3, {1, 1, 1}, {1, 1, 1}},
    };
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int contiguous = 0; contiguous < 2; contiguous++) {
            unsigned char set[MOST];
            size_t counts[MARQ_SETS];
            memset(set, 9, sizeof set);
            assert_int_equal(marq_split(cases[c].rows, cases[c].shares, 1, contiguous, set, NULL), MARQ_OK);
            count_sets(cases[c].rows, set, counts);
            for (int s = 0; s < MARQ_SETS; s++)
                REQUIRE(counts[s] == cases[c].counts[s], "case %zu: set %d has %zu rows, not %zu", c, s,
                        counts[s], cases[c].counts[s]);
            for (size_t i = 1; contiguous && i < cases[c].rows; i++) assert_true(set[i - 1] <= set[i]);
            assert_int_equal(set[cases[c].rows], 9);
        }
}

static void every_share_gets_a_row_where_rows_suffice(void **state) {
    (void)state;
    static const double all[][MARQ_SETS] = {{70, 15, 15}, {98, 1, 1},      {1, 98, 1},  {1, 1, 98},
                                            {10, 80, 10}, {1, 99, 0},      {1, 0, 99},  {99, 1, 0},
                                            {99, 0, 1},   {1, 0, 0},       {1, 1, 1},   {0.1, 50, 50},
                                            {50, 50, 0},  {1e-9, 1, 1e-9}, {34, 33, 33}};
    for (size_t k = 0; k < COUNT(all); k++) {
        size_t least = (size_t)(all[k][0] > 0) + (all[k][1] > 0) + (all[k][2] > 0);
        for (size_t rows = least; rows <= 40; rows++) {
            unsigned char set[40];
            size_t counts[MARQ_SETS];
            marq_error error = {0};
            marq_status status = marq_split(rows, all[k], 3, 0, set, &error);
            REQUIRE(status == MARQ_OK, "%zu rows by %g/%g/%g: %s", rows, all[k][0], all[k][1], all[k][2],
                    error.message);
            count_sets(rows, set, counts);
            for (int s = 0; s < MARQ_SETS; s++)
                REQUIRE((counts[s] > 0) == (all[k][s] > 0), "%zu rows by %g/%g/%g: set %d has %zu rows", rows,
                        all[k][0], all[k][1], all[k][2], s, counts[s]);
        }
    }
}

static void a_split_follows_its_seed(void **state) {
    (void)state;
    static const double shares[] = {70, 15, 15};
    unsigned char a[1000], b[1000], c[1000];
    marq_split(1000, shares, 5, 0, a, NULL);
    marq_split(1000, shares, 5, 0, b, NULL);
    marq_split(1000, shares, 6, 0, c, NULL);
    assert_memory_equal(a, b, sizeof a);
    size_t moved = 0;
    for (int i = 0; i < 1000; i++) moved += a[i] != c[i];
    REQUIRE(moved > 300, "seeds 5 and 6 differ in %zu rows of 1000", moved); /* 465 in the mean */
    size_t firsts[MARQ_SETS];
    count_sets(500, a, firsts); /* both halves get their share */
    REQUIRE(firsts[MARQ_TEST] > 45 && firsts[MARQ_TEST] < 105, "%zu of 150 test rows in the first half",
            firsts[MARQ_TEST]);
    marq_split(1000, shares, 5, 1, a, NULL);
    marq_split(1000, shares, 6, 1, c, NULL);
    assert_memory_equal(a, c, sizeof a);
}

static void bad_shares_are_refused_with_words(void **state) {
    (void)state;
    static const double all[][MARQ_SETS] = {
        {0, 0, 0},       {0, 50, 50},           {-70, 15, 15},         {70, -15, 15},
        {70, 15, -15},   {(double)NAN, 15, 15}, {70, (double)NAN, 15}, {70, 15, HUGE_VAL},
        {HUGE_VAL, 0, 0}};
    unsigned char set[10];
    for (size_t k = 0; k < COUNT(all); k++) {
        marq_error error = {0};
        marq_status status = marq_split(10, all[k], 1, 0, set, &error);
        REQUIRE(status == MARQ_ERROR_ARGUMENT && error.status == status && error.message[0],
                "%g/%g/%g: status %d", all[k][0], all[k][1], all[k][2], status);
        assert_int_equal(marq_split(10, all[k], 1, 0, set, NULL), MARQ_ERROR_ARGUMENT);
    }
    assert_int_equal(marq_split(0, (double[]){1, 0, 0}, 1, 0, set, NULL), MARQ_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_mapped_as_promised),
        cmocka_unit_test(many_columns_have_their_own_maps),
        cmocka_unit_test(a_constant_column_is_only_shifted),
        cmocka_unit_test(scaling_is_undone_at_the_output),
        cmocka_unit_test(every_finite_column_has_a_usable_factor),
        cmocka_unit_test(a_split_has_the_shares_that_were_asked_for),
        cmocka_unit_test(every_share_gets_a_row_where_rows_suffice),
        cmocka_unit_test(a_split_follows_its_seed),
        cmocka_unit_test(bad_shares_are_refused_with_words),
    };
    return cmocka_run_group_tests_name("nn_data", tests, NULL, NULL);
}
