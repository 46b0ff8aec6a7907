/* Honest stops: awkward problems, each with the statuses that may end it and a cap on evaluations. None ever
 * ends as converged with a cost that is not finite. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef void (*function)(const double *p, double *r);

/* r = y − model for small hand-made cases; x = 0, 1, 2, … */
static void nan_at_start(const double *p, double *r) {
    r[0] = p[0] - 1;
    r[1] = sqrt(-1 - p[0] * p[0]);
    r[2] = p[0];
}

static void nan_beyond_two(const double *p, double *r) {
    r[0] = p[0] > 2 ? (double)NAN : p[0] - 1.5;
    r[1] = p[0] > 2 ? (double)NAN : 0.5 * (p[0] - 1.5);
}

static void infinite_beyond_two(const double *p, double *r) {
    r[0] = p[0] > 2 ? HUGE_VAL : p[0] - 1.5;
    r[1] = p[0] > 2 ? HUGE_VAL : 0.5 * (p[0] - 1.5);
}

static void zero_column(const double *p, double *r) {
    for (int i = 0; i < 4; i++) r[i] = p[0] * i - 3 * i + 0 * p[1] + (i == 2);
}

static void rank_deficient(const double *p, double *r) {
    for (int i = 0; i < 4; i++) r[i] = (p[0] + p[1]) * i - 3 * i + (i == 2);
}

static void constant(const double *p, double *r) {
    (void)p;
    for (int i = 0; i < 3; i++) r[i] = 1 + i;
}

static void exact(const double *p, double *r) {
    for (int i = 0; i < 3; i++) r[i] = p[0] * i - 2 * i;
}

static void steep(const double *p, double *r) {
    for (int i = 0; i < 4; i++) r[i] = exp(500 * p[0] * i / 3) - exp(0.4 * i / 3);
}

static void huge(const double *p, double *r) {
    for (int i = 0; i < 3; i++) r[i] = 1e200 * (p[0] * i - 2 * i + 1);
}

static void minute(const double *p, double *r) {
    for (int i = 0; i < 3; i++) r[i] = 1e-200 * (p[0] * i - 2 * i + 1);
}

static void fewer_rows(const double *p, double *r) {
    r[0] = p[0] + p[1] * p[1] + p[2] - 3;
    r[1] = p[0] * p[1] - 1;
}

static void one_by_one(const double *p, double *r) {
    r[0] = p[0] * p[0] - 2;
}

static void one_row_no_root(const double *p, double *r) {
    r[0] = p[0] * p[0] + 2;
}

static void duplicate_rows(const double *p, double *r) {
    for (int i = 0; i < 6; i++)
        r[i] = p[0] * exp(-p[1] * (i / 2)) - 3 * exp(-0.5 * (i / 2)) + 0.01 * (i / 2 == 1);
}

static void all_zero(const double *p, double *r) {
    for (int i = 0; i < 3; i++) r[i] = 0 * p[0];
}

/* y = 1e-8-sized and 1e9-sized parameters: a = 3e9, b = 2e-8 in y = a exp(−b x), x = 1e7 i */
static void wild_scales(const double *p, double *r) {
    for (int i = 0; i < 8; i++) r[i] = p[0] * exp(-p[1] * 1e7 * i) - 3e9 * exp(-2e-8 * 1e7 * i);
}

static const struct row {
    const char *name;
    function f;
    size_t rows, parameters;
    double start[3];
    marq_status expected[3]; /* any of these; MARQ_OK ends the list */
    size_t cap;              /* residual evaluations */
    double first, tolerance; /* the expected first parameter; NaN: any */
} table[] = {
    {"NaN at the start", nan_at_start, 3, 1, {1}, {MARQ_ERROR_START}, 1, (double)NAN, 0},
    {"NaN beyond 2", nan_beyond_two, 2, 1, {-50}, {MARQ_CONVERGED_ZERO, MARQ_CONVERGED_STEP}, 60, 1.5, 1e-10},
    {"Inf beyond 2",
     infinite_beyond_two,
     2,
     1,
     {-50},
     {MARQ_CONVERGED_ZERO, MARQ_CONVERGED_STEP},
     60,
     1.5,
     1e-10},
    {"zero column",
     zero_column,
     4,
     2,
     {1, 5},
     {MARQ_CONVERGED_GRADIENT, MARQ_CONVERGED_STEP, MARQ_CONVERGED_COST},
     60,
     3 - 2 / 14.0,
     1e-7},
    {"rank deficient",
     rank_deficient,
     4,
     2,
     {1, 1},
     {MARQ_CONVERGED_GRADIENT, MARQ_CONVERGED_STEP, MARQ_CONVERGED_COST},
     60,
     (3 - 2 / 14.0) / 2,
     1e-6},
    {"constant residual", constant, 3, 1, {1}, {MARQ_CONVERGED_GRADIENT}, 10, 1, 0},
    {"exact at the start", exact, 3, 1, {2}, {MARQ_CONVERGED_ZERO}, 1, 2, 0},
    {"exp(500 x)",
     steep,
     4,
     1,
     {0.2},
     {MARQ_CONVERGED_ZERO, MARQ_CONVERGED_STEP, MARQ_CONVERGED_COST},
     2500,
     0.0008,
     1e-9},
    {"residuals of 1e200", huge, 3, 1, {1}, {MARQ_ERROR_START}, 1, (double)NAN, 0},
    {"residuals of 1e-200", minute, 3, 1, {1}, {MARQ_ERROR_START}, 1, (double)NAN, 0},
    {"fewer rows than parameters",
     fewer_rows,
     2,
     3,
     {1, 2, 1},
     {MARQ_CONVERGED_ZERO, MARQ_CONVERGED_STEP},
     100,
     (double)NAN,
     0},
    {"one by one",
     one_by_one,
     1,
     1,
     {1},
     {MARQ_CONVERGED_ZERO, MARQ_CONVERGED_STEP},
     60,
     1.4142135623730951,
     1e-12},
    {"one row without a root",
     one_row_no_root,
     1,
     1,
     {3},
     {MARQ_CONVERGED_GRADIENT, MARQ_CONVERGED_STEP, MARQ_STOP_STALLED},
     500,
     0,
     1e-3},
    {"duplicate rows",
     duplicate_rows,
     6,
     2,
     {1, 1},
     {MARQ_CONVERGED_STEP, MARQ_CONVERGED_COST},
     120,
     (double)NAN,
     0},
    {"all residuals zero", all_zero, 3, 1, {5}, {MARQ_CONVERGED_ZERO}, 1, 5, 0},
    {"parameters of 1e-8 and 1e9",
     wild_scales,
     8,
     2,
     {1e9, 1e-8},
     {MARQ_CONVERGED_STEP, MARQ_CONVERGED_ZERO},
     150,
     3e9,
     1e-9},
};

typedef struct call {
    function f;
    size_t vectors;
} call;

static int residual(void *user, const double *p, size_t first, size_t count, double *r) {
    call *c = user;
    double all[8];
    c->f(p, all);
    c->vectors++;
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

/* All that scale columns: D = I cannot know that 1e-8 is not small. */
static const struct {
    const char *name;
    marq_method method;
    marq_form form;
    marq_damping damping;
} ways[] = {
    {"trust region", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_DAMPING_GAIN},
    {"dogleg", MARQ_METHOD_DOGLEG, MARQ_FORM_AUTO, MARQ_DAMPING_GAIN},
    {"damping", MARQ_METHOD_DAMPING, MARQ_FORM_AUTO, MARQ_DAMPING_GAIN},
    {"damping by factors", MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_DAMPING_FACTORS},
    {"damping by QR", MARQ_METHOD_DAMPING, MARQ_FORM_QR, MARQ_DAMPING_GAIN},
    {"damping, iterative", MARQ_METHOD_DAMPING, MARQ_FORM_ITERATIVE, MARQ_DAMPING_GAIN},
};

static void every_case_ends_as_it_should(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(ways) * COUNT(table); k++)
        for (int jacobian = MARQ_JACOBIAN_FORWARD; jacobian <= MARQ_JACOBIAN_CENTRAL; jacobian++) {
            const struct row *row = &table[k % COUNT(table)];
            size_t way = k / COUNT(table);
            call c = {row->f, 0};
            marq_problem problem = {
                .rows = row->rows, .parameters = row->parameters, .user = &c, .residual = residual};
            marq_options options = marq_options_default();
            options.method = ways[way].method;
            options.form = ways[way].form;
            options.damping = ways[way].damping;
            options.jacobian = (marq_jacobian)jacobian;
            double p[3];
            memcpy(p, row->start, sizeof p);
            marq_result result;
            marq_status status = marq_solve(&problem, &options, p, &result);
            bool expected = false;
            for (int e = 0; e < 3 && row->expected[e] != MARQ_OK; e++) expected |= status == row->expected[e];
            REQUIRE(expected, "%s, %s: ends with %s (%s) at %g, cost %g", row->name, ways[way].name,
                    marq_status_key(status), result.message, p[0], result.cost);
            REQUIRE(status < 0 || isfinite(result.cost), "%s, %s: cost %g", row->name, ways[way].name,
                    result.cost);
            REQUIRE(c.vectors <= row->cap, "%s, %s: %zu evaluations", row->name, ways[way].name, c.vectors);
            REQUIRE(c.vectors == result.residual_evaluations, "%s, %s: %zu evaluations, counted %zu",
                    row->name, ways[way].name, c.vectors, result.residual_evaluations);
            bool near =
                isnan(row->first) || fabs(p[0] - row->first) <= row->tolerance * fmax(fabs(row->first), 1);
            REQUIRE(near, "%s, %s: the first parameter is %.12g, expected %.12g", row->name, ways[way].name,
                    p[0], row->first);
        }
}

static void a_bad_start_is_explained(void **state) {
    (void)state;
    const struct {
        function f;
        const char *words;
    } cases[] = {{nan_at_start, "row 2 "}, {huge, "overflow"}, {minute, "underflow"}};
    for (size_t k = 0; k < COUNT(cases); k++) {
        call c = {cases[k].f, 0};
        marq_problem problem = {.rows = 3, .parameters = 1, .user = &c, .residual = residual};
        double p = 1;
        marq_result result;
        assert_int_equal(marq_solve(&problem, NULL, &p, &result), MARQ_ERROR_START);
        REQUIRE(strstr(result.message, cases[k].words), "\"%s\" does not say \"%s\"", result.message,
                cases[k].words);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_ends_as_it_should),
        cmocka_unit_test(a_bad_start_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
