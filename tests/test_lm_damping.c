/* Bounds, fixed parameters, weights and losses under damping: the answers are those of the trust region,
 * whose own are compared with SciPy's in test_lm_constraints.c. r = A sin θ − y has one minimum in
 * sin θ. */
#include "require.h"
#include "sine_problem.h"

#include <omp.h>
#include <string.h>

static const marq_products with_gram = {.linearise = sines_linearise,
                                        .gram = sines_gram,
                                        .apply = sines_apply,
                                        .apply_transposed = sines_apply_transposed};
static const marq_products with_both = {.linearise = sines_linearise,
                                        .gram = sines_gram,
                                        .kernel = sines_kernel,
                                        .apply = sines_apply,
                                        .apply_transposed = sines_apply_transposed};

/* A problem with what its name says, in memory of its own. */
typedef struct constrained {
    sines s;
    double lower[SINES_MOST], upper[SINES_MOST], weights[SINES_MOST];
    unsigned char fixed[SINES_MOST];
    marq_problem problem;
} constrained;

enum { BOUNDS = 1, FIXED = 2, WEIGHTS = 4, LOSS = 8, ALL = 16 };

static constrained *make(size_t m, size_t n, int parts) {
    constrained *c = calloc(1, sizeof *c);
    c->s = sines_create(m, n, 0.5);
    c->problem = sines_problem(&c->s);
    for (size_t j = 0; j < n; j++) {
        c->lower[j] = -1.2 + 0.8 * (double)(j % 3);
        c->upper[j] = c->lower[j] + 0.6 + 0.4 * (double)(j % 2);
        c->fixed[j] = j % 7 == 2;
    }
    for (size_t i = 0; i < m; i++) {
        c->s.y[i] *= 0.5; /* so that no sine is at ±1, where its column is zero */
        c->weights[i] = (double)(i % 4);
    }
    if (parts & BOUNDS) c->problem.lower = c->lower, c->problem.upper = c->upper;
    if (parts & FIXED) c->problem.fixed = c->fixed;
    if (parts & WEIGHTS) c->problem.weights = c->weights;
    if (parts & LOSS) c->problem.loss = MARQ_LOSS_SOFT_L1, c->problem.loss_scale = 0.5;
    return c;
}

static void drop(constrained *c) {
    sines_destroy(&c->s);
    free(c);
}

static void start_of(const constrained *c, double *theta) {
    for (size_t j = 0; j < c->s.n; j++) theta[j] = c->lower[j] + 0.3;
}

static marq_result solve(const constrained *c, const marq_options *options, double *theta) {
    marq_result result;
    start_of(c, theta);
    marq_solve(&c->problem, options, theta, &result);
    return result;
}

/* At a minimum in a box the gradient of the weighted cost is 0, or points out of the box. Returns the largest
 * share of a column of A in it that does not; wrong: the number of parameters outside or moved though fixed.
 */
static double stationarity(constrained *c, const double *theta, size_t *wrong) {
    size_t m = c->s.m, n = c->s.n;
    double *r = calloc(m, sizeof *r), *J = calloc(m * n, sizeof *J), start[SINES_MOST], length = 0, most = 0;
    sines_residual(&c->s, theta, 0, m, r);
    sines_jacobian(&c->s, theta, 0, m, J, n);
    start_of(c, start);
    *wrong = 0;
    for (size_t i = 0; i < m; i++) {
        double w = c->problem.weights ? c->weights[i] : 1, f = w * r[i], scale = c->problem.loss_scale;
        r[i] = c->problem.loss ? f / sqrt(1 + f * f / (scale * scale)) : f; /* ρ'(z) f of soft-L1 */
        for (size_t j = 0; j < n; j++) J[i * n + j] *= w;
        length += r[i] * r[i];
    }
    for (size_t j = 0; j < n; j++) {
        double g = 0, column = 0;
        for (size_t i = 0; i < m; i++)
            g += J[i * n + j] * r[i], column += c->s.A[i * n + j] * c->s.A[i * n + j];
        int held = c->problem.fixed && c->fixed[j];
        if (c->problem.lower && (theta[j] < c->lower[j] || theta[j] > c->upper[j])) ++*wrong;
        if (held && theta[j] != start[j]) ++*wrong;
        if (c->problem.lower && theta[j] == c->lower[j] && g > 0) held = 1;
        if (c->problem.upper && theta[j] == c->upper[j] && g < 0) held = 1;
        if (!held) most = fmax(most, fabs(g) / sqrt(column * length));
    }
    free(r);
    free(J);
    return most;
}

/* Every way of damping: forms, products, derivatives, rules. */
static const struct {
    const char *name;
    marq_form form;
    marq_scaling scaling;
    const marq_products *products;
    marq_jacobian jacobian;
    marq_damping damping;
    int acceleration;
} ways[] = {
    {"Gram", MARQ_FORM_GRAM, MARQ_SCALING_COLUMNS, NULL, MARQ_JACOBIAN_AUTO, MARQ_DAMPING_GAIN, 1},
    {"Gram without correction", MARQ_FORM_GRAM, MARQ_SCALING_COLUMNS, NULL, MARQ_JACOBIAN_AUTO,
     MARQ_DAMPING_FACTORS, 0},
    {"Gram products", MARQ_FORM_GRAM, MARQ_SCALING_COLUMNS, &with_gram, MARQ_JACOBIAN_AUTO, MARQ_DAMPING_GAIN,
     1},
    {"kernel of rows", MARQ_FORM_KERNEL, MARQ_SCALING_NONE, NULL, MARQ_JACOBIAN_AUTO, MARQ_DAMPING_GAIN, 1},
    {"kernel products", MARQ_FORM_KERNEL, MARQ_SCALING_NONE, &with_both, MARQ_JACOBIAN_AUTO,
     MARQ_DAMPING_FACTORS, 1},
    {"central differences", MARQ_FORM_AUTO, MARQ_SCALING_COLUMNS, NULL, MARQ_JACOBIAN_CENTRAL,
     MARQ_DAMPING_GAIN, 1},
    {"QR", MARQ_FORM_QR, MARQ_SCALING_COLUMNS, NULL, MARQ_JACOBIAN_AUTO, MARQ_DAMPING_GAIN, 1},
    {"QR, D = I", MARQ_FORM_QR, MARQ_SCALING_NONE, &with_both, MARQ_JACOBIAN_AUTO, MARQ_DAMPING_FACTORS, 0},
};

static void damping_agrees_with_the_trust_region(void **state) {
    (void)state;
    for (int parts = 0; parts < ALL; parts++)
        for (size_t k = 0; k < COUNT(ways); k++) {
            constrained *c = make(60, 20, parts);
            double expected[20], theta[20], difference = 0;
            marq_options options = marq_options_default();
            options.method = MARQ_METHOD_TRUST_REGION;
            marq_result by_region = solve(c, &options, expected);
            options.method = MARQ_METHOD_DAMPING;
            options.form = ways[k].form;
            options.scaling = ways[k].scaling;
            options.jacobian = ways[k].jacobian;
            options.damping = ways[k].damping;
            options.acceleration = ways[k].acceleration;
            c->problem.products = ways[k].products;
            marq_result by_damping = solve(c, &options, theta);
            REQUIRE(by_damping.status > 0 && by_damping.status <= MARQ_CONVERGED_COST, "%s, parts %d: %s",
                    ways[k].name, parts, by_damping.message);
            REQUIRE(fabs(by_damping.cost - by_region.cost) <= 1e-11 * by_region.cost,
                    "%s, parts %d: cost %.15g, by the trust region %.15g", ways[k].name, parts,
                    by_damping.cost, by_region.cost);
            for (size_t j = 0; j < 20; j++)
                difference = fmax(difference, fabs(sin(theta[j]) - sin(expected[j])));
            REQUIRE(difference <= 2e-6, "%s, parts %d: parameters differ by %g", ways[k].name, parts,
                    difference);
            size_t wrong;
            double slope = stationarity(c, theta, &wrong);
            REQUIRE(wrong == 0 && slope <= 1e-6, "%s, parts %d: %zu parameters are wrong, cosine %g",
                    ways[k].name, parts, wrong, slope);
            drop(c);
        }
}

/* More parameters than the trust region is chosen for, more rows than parameters. */
static void large_problems_with_bounds_take_damping_and_end_at_a_minimum(void **state) {
    (void)state;
    constrained *c = make(400, 260, BOUNDS | FIXED | WEIGHTS);
    double theta[2][260], unused[260];
    for (int threads = 1; threads <= 2; threads++) {
        marq_options options = marq_options_default();
        options.threads = threads;
        marq_result result = solve(c, &options, theta[threads - 1]);
        REQUIRE(result.status > 0 && result.status <= MARQ_CONVERGED_COST, "%s", result.message);
        REQUIRE(result.polish_steps == 0, "the trust region was taken");
    }
    assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
    size_t wrong, free_ones = marq_bound_sides(&c->problem, theta[0], NULL);
    double slope = stationarity(c, theta[0], &wrong);
    REQUIRE(wrong == 0 && slope <= 1e-7, "%zu parameters are wrong, cosine %g", wrong, slope);
    REQUIRE(free_ones > 20 && free_ones < 220, "%zu are free: the bounds do not matter", free_ones);
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_TRUST_REGION;
    marq_result by_region = solve(c, &options, unused);
    double cost[2] = {by_region.cost, 0}, r[400];
    sines_residual(&c->s, theta[0], 0, 400, r);
    for (size_t i = 0; i < 400; i++) cost[1] += 0.5 * c->weights[i] * c->weights[i] * r[i] * r[i];
    REQUIRE(fabs(cost[1] - cost[0]) <= 1e-11 * cost[0], "cost %.15g, by the trust region %.15g", cost[1],
            cost[0]);
    drop(c);
}

int main(void) {
    omp_set_num_threads(1); /* these problems are small; where threads matter, options say how many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damping_agrees_with_the_trust_region),
        cmocka_unit_test(large_problems_with_bounds_take_damping_and_end_at_a_minimum),
    };
    return cmocka_run_group_tests_name("lm_damping", tests, NULL, NULL);
}
