/* NIST's nonlinear regression set from text formulas. The certified values are NIST's (fit/nist/data.c). */
#include "formulas.h"

#include "nist/selftest.h"
#include <stdio.h>

typedef struct text_problem {
    marq_formula *formula;
    const double *columns[3];
    marq_formula_data data;
    marq_formula_problem *own;
    marq_problem problem;
    size_t place[NIST_MOST_PARAMETERS]; /* of b1, b2, … among the formula's parameters */
} text_problem;

static void set_up(text_problem *t, const nist_problem *p) {
    static const char *const one[] = {"y", "x"}, *const two[] = {"y", "x1", "x2"};
    t->formula = parse_model(p->formula, p->predictors == 1 ? one : two, 1 + p->predictors);
    for (size_t j = 0; j <= p->predictors; j++) t->columns[j] = p->data + j;
    t->data = (marq_formula_data){t->columns, 1 + p->predictors, p->rows};
    marq_error error = {0};
    marq_status status = marq_formula_problem_create(t->formula, &t->data, &t->own, &t->problem, &error);
    REQUIRE(status == MARQ_OK, "%s: %s", p->name, error.message);
    REQUIRE(marq_formula_parameter_count(t->formula) == p->parameters, "%s has %zu parameters, not %zu",
            p->name, marq_formula_parameter_count(t->formula), p->parameters);
    for (size_t j = 0; j < p->parameters; j++) {
        char name[24];
        snprintf(name, sizeof name, "b%zu", j + 1);
        t->place[j] = marq_formula_find_parameter(t->formula, name);
        REQUIRE(t->place[j] < p->parameters, "%s: no %s", p->name, name);
    }
}

static void tear_down(text_problem *t) {
    marq_formula_problem_destroy(t->own);
    marq_formula_destroy(t->formula);
}

/* The same residuals and derivatives as those written by hand, in other operations: to rounding. */
static void derivatives_are_those_written_by_hand(void **state) {
    (void)state;
    static double mine[250 * NIST_MOST_PARAMETERS], theirs[250 * NIST_MOST_PARAMETERS];
    for (size_t k = 0; k < NIST_PROBLEMS; k++) {
        const nist_problem *p = &nist_problems[k];
        text_problem t;
        set_up(&t, p);
        marq_problem hand = nist_as_marq(p);
        double theta[NIST_MOST_PARAMETERS];
        for (size_t j = 0; j < p->parameters; j++) theta[t.place[j]] = p->start[1][j];
        size_t n = p->parameters;
        assert_int_equal(marq_jacobian_at(&t.problem, NULL, theta, mine, NULL), MARQ_OK);
        assert_int_equal(marq_jacobian_at(&hand, NULL, p->start[1], theirs, NULL), MARQ_OK);
        for (size_t j = 0; j < n; j++) {
            double largest = 0, off = 0;
            for (size_t i = 0; i < p->rows; i++) {
                largest = fmax(largest, fabs(theirs[i * n + j]));
                off = fmax(off, fabs(mine[i * n + t.place[j]] - theirs[i * n + j]));
            }
            REQUIRE(off <= 1e-13 * largest, "%s, derivative by b%zu: off by %g of %g", p->name, j + 1, off,
                    largest);
        }
        tear_down(&t);
    }
}

/* The digits of the worst parameter, at most 11. */
static double log_relative_error(const nist_problem *p, const text_problem *t, const double *theta) {
    double worst = 11;
    for (size_t j = 0; j < p->parameters; j++) {
        double off = fabs(theta[t->place[j]] - p->certified[j]) / fabs(p->certified[j]);
        worst = fmin(worst, off > 0 ? -log10(off) : 11);
    }
    return worst;
}

static void every_problem_is_solved_to_eight_digits(void **state) {
    (void)state;
    for (size_t k = 0; k < NIST_PROBLEMS; k++)
        for (int start = 0; start < NIST_STARTS; start++) {
            const nist_problem *p = &nist_problems[k];
            text_problem t;
            set_up(&t, p);
            double theta[NIST_MOST_PARAMETERS];
            for (size_t j = 0; j < p->parameters; j++) theta[t.place[j]] = p->start[start][j];
            marq_result result;
            marq_solve(&t.problem, NULL, theta, &result);
            double digits = log_relative_error(p, &t, theta);
            REQUIRE(digits >= 8, "%s, start %d: LRE %.2f (%s)", p->name, start + 1, digits, result.message);
            tear_down(&t);
        }
}

static void the_number_of_threads_does_not_change_a_bit(void **state) {
    (void)state;
    for (size_t k = 0; k < NIST_PROBLEMS; k += 5) {
        const nist_problem *p = &nist_problems[k];
        text_problem t;
        set_up(&t, p);
        t.problem.row_block = 16; /* several blocks */
        double first[NIST_MOST_PARAMETERS];
        for (int threads = 1; threads <= 4; threads++) {
            marq_options options = marq_options_default();
            options.threads = threads;
            double theta[NIST_MOST_PARAMETERS];
            for (size_t j = 0; j < p->parameters; j++) theta[t.place[j]] = p->start[1][j];
            marq_solve(&t.problem, &options, theta, NULL);
            if (threads == 1) memcpy(first, theta, sizeof first);
            REQUIRE(memcmp(first, theta, p->parameters * sizeof *theta) == 0, "%s on %d threads", p->name,
                    threads);
        }
        tear_down(&t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_are_those_written_by_hand),
        cmocka_unit_test(every_problem_is_solved_to_eight_digits),
        cmocka_unit_test(the_number_of_threads_does_not_change_a_bit),
    };
    return cmocka_run_group_tests_name("formula_nist", tests, NULL, NULL);
}
