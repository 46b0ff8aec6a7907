/* The benchmarks' collections of problems: what peers in other languages are given is what the solvers here
 * get. */
#include "require.h"

#include "bench/problems/collection.h"
#include <marq/formula.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_COLUMNS = 3 };

/* The rows of a description as a table, predictors and y. The caller frees it. */
static double *table_of(const json_t *text, size_t predictors) {
    const json_t *x = json_object_get(text, "x"), *y = json_object_get(text, "y");
    size_t rows = json_array_size(x), width = predictors + 1;
    double *table = calloc(rows * width, sizeof *table);
    assert_non_null(table);
    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < predictors; k++)
            table[i * width + k] = json_real_value(json_array_get(json_array_get(x, i), k));
        table[i * width + predictors] = json_real_value(json_array_get(y, i));
    }
    return table;
}

static marq_formula *parse(const bench_problem *p, const json_t *text, size_t predictors) {
    static const char *const one[] = {"x1", "y"}, *const two[] = {"x1", "x2", "y"};
    marq_formula_options options = marq_formula_options_default();
    options.columns = predictors == 1 ? one : two;
    options.column_count = predictors + 1;
    options.response = predictors;
    marq_formula *formula;
    marq_error error;
    marq_status status = marq_formula_parse(json_string_value(json_object_get(text, "formula")), &options,
                                            &formula, NULL, &error);
    REQUIRE(status == MARQ_OK, "%s: %s", p->name, error.message);
    REQUIRE(marq_formula_parameter_count(formula) == p->parameters, "%s has %zu parameters", p->name,
            p->parameters);
    return formula;
}

/* theta[j] ← b_(j+1) in the order of the formula's text. */
static void order_parameters(const marq_formula *formula, const double *b, double *theta) {
    for (size_t j = 0; j < marq_formula_parameter_count(formula); j++)
        theta[j] = b[atoi(marq_formula_parameter_name(formula, j) + 1) - 1];
}

static void require_same_residuals(const bench_problem *p, const json_t *text) {
    size_t predictors = json_array_size(json_array_get(json_object_get(text, "x"), 0));
    double r[BENCH_MOST_ROWS], value[BENCH_MOST_ROWS], theta[BENCH_MOST_PARAMETERS];
    double *table = table_of(text, predictors);
    marq_formula *formula = parse(p, text, predictors);
    const double *columns[MOST_COLUMNS];
    for (size_t k = 0; k <= predictors; k++) columns[k] = table + k;
    marq_formula_data data = {.columns = columns, .stride = predictors + 1, .rows = p->rows};
    order_parameters(formula, p->start, theta);
    marq_formula_evaluate(formula, &data, theta, 0, p->rows, value);
    p->residual(p->data, p->start, r);
    for (size_t i = 0; i < p->rows; i++) {
        double y = columns[predictors][i * data.stride];
        REQUIRE(fabs(value[i] - y - r[i]) <= 1e-12 * (fabs(value[i]) + fabs(y)),
                "%s, row %zu: the formula gives %.17g, the model %.17g", p->name, i + 1, value[i] - y, r[i]);
    }
    marq_formula_destroy(formula);
    free(table);
}

static void nists_formulas_are_the_models(void **state) {
    (void)state;
    json_t *texts = bench_nist.describe();
    assert_int_equal(json_array_size(texts), bench_nist.count);
    for (size_t i = 0; i < bench_nist.count; i++) {
        bench_problem p = bench_nist.instance(i);
        require_same_residuals(&p, json_array_get(texts, i));
    }
    json_decref(texts);
}

static void require_fitting_sizes(const bench_collection *collection) {
    for (size_t i = 0; i < collection->count; i++) {
        bench_problem p = collection->instance(i);
        REQUIRE(p.rows <= BENCH_MOST_ROWS && p.parameters <= BENCH_MOST_PARAMETERS,
                "%s has %zu rows and %zu parameters", p.name, p.rows, p.parameters);
    }
}

static void every_instance_fits_the_solvers_memory(void **state) {
    (void)state;
    require_fitting_sizes(&bench_nist);
    require_fitting_sizes(&bench_mgh);
}

static void calls_are_counted_and_judged(void **state) {
    (void)state;
    bench_problem p = bench_mgh.instance(0);
    double r[BENCH_MOST_ROWS], J[BENCH_MOST_ROWS * BENCH_MOST_PARAMETERS];
    double wild[BENCH_MOST_PARAMETERS] = {(double)INFINITY};
    assert_int_equal(bench_residual(&p, p.start, r), 1);
    assert_int_equal(bench_residual(&p, wild, r), 0);
    assert_int_equal(bench_jacobian(&p, p.start, J), 1);
    assert_int_equal(p.residual_calls, 2);
    assert_int_equal(p.jacobian_calls, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nists_formulas_are_the_models),
        cmocka_unit_test(every_instance_fits_the_solvers_memory),
        cmocka_unit_test(calls_are_counted_and_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
