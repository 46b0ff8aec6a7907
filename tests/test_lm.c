/* The solver on known problems: every method finds the minima that were published for them. */
#include "known_problems.h"
#include "require.h"

#include <omp.h>
#include <stdbool.h>
#include <stdio.h>

/* Published values are cut or rounded after their last digit. Zeros are met to the square of the differences'
 * error. */
static bool is_published(const known *p, double squares) {
    for (int k = 0; k < 2; k++)
        if (fabs(squares - p->minima[k]) <= fmax(p->unit, 1e-18)) return true;
    return false;
}

static const char *words(const marq_options *o) {
    static char text[200];
    static const char *const jacobians[] = {"analytic Jacobian", "forward differences",
                                            "central differences"};
    snprintf(text, sizeof text, "%s, damping by %s, %s, %s, %s form", jacobians[o->jacobian],
             o->damping == MARQ_DAMPING_GAIN ? "gain" : "factors",
             o->scaling == MARQ_SCALING_COLUMNS ? "scaled columns" : "no scaling",
             o->acceleration ? "accelerated" : "not accelerated",
             o->form == MARQ_FORM_KERNEL ? "kernel" : "Gram");
    return text;
}

/* Small problems: one thread is fastest. */
static marq_options small_options(void) {
    marq_options options = marq_options_default();
    options.threads = 1;
    options.max_iterations = 500;
    return options;
}

static marq_result solve_known(const known *p, const marq_options *options, double *theta) {
    marq_problem problem = problem_of(p);
    marq_result result;
    memcpy(theta, p->start, sizeof p->start);
    marq_status status = marq_solve(&problem, options, theta, &result);
    double r[MOST_ROWS], squares = 0;
    p->residual(theta, r);
    for (size_t i = 0; i < p->rows; i++) squares += r[i] * r[i];
    REQUIRE(status > 0 && status == result.status, "%s, %s: status %d, %s", p->name, words(options), status,
            result.message);
    REQUIRE(fabs(0.5 * squares - result.cost) <= 1e-12 * result.cost,
            "%s, %s: the cost is %.17g, at theta it is %.17g", p->name, words(options), result.cost,
            0.5 * squares);
    return result;
}

/* Where columns of J differ by 1e5 and more, as these two problems', the small ones are lost in JJᵀ. */
static bool suits_kernel(const known *p) {
    return p->residual != meyer && p->residual != misra;
}

/* Brown and Dennis' large residual is slow for Gauss-Newton steps, which the dogleg's are. */
static void published_minima_are_found_by_the_dogleg(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(problems); k++)
        for (int variant = 0; variant < 3 * 2; variant++) {
            marq_options options = small_options();
            options.method = MARQ_METHOD_DOGLEG;
            options.max_iterations = 5000;
            options.jacobian = (marq_jacobian)(variant % 3);
            options.polish = variant / 3;
            double theta[MOST_PARAMETERS];
            marq_result result = solve_known(&problems[k], &options, theta);
            REQUIRE(is_published(&problems[k], 2 * result.cost),
                    "%s, variant %d: %.12g (%s after %zu iterations)", problems[k].name, variant,
                    2 * result.cost, result.message, result.iterations);
        }
}

static void published_minima_are_found_by_the_trust_region(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(problems); k++)
        for (int variant = 0; variant < 3 * 2 * 2 * 2; variant++) {
            marq_options options = small_options();
            options.method = MARQ_METHOD_TRUST_REGION;
            options.jacobian = (marq_jacobian)(variant % 3);
            options.acceleration = variant / 3 % 2;
            options.polish = variant / 6 % 2;
            options.scaling = variant / 12 ? MARQ_SCALING_NONE : MARQ_SCALING_COLUMNS;
            double theta[MOST_PARAMETERS];
            marq_result result = solve_known(&problems[k], &options, theta);
            REQUIRE(is_published(&problems[k], 2 * result.cost),
                    "%s, variant %d: %.12g (%s after %zu iterations)", problems[k].name, variant,
                    2 * result.cost, result.message, result.iterations);
        }
}

static void published_minima_are_found_by_every_method(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(problems); k++)
        for (int method = 0; method < 3 * 2 * 2 * 3; method++) {
            marq_options options = small_options();
            options.jacobian = (marq_jacobian)(method % 3);
            options.damping = (marq_damping)(method / 3 % 2);
            options.acceleration = method / 6 % 2;
            options.scaling = method / 12 > 0 ? MARQ_SCALING_NONE : MARQ_SCALING_COLUMNS;
            options.form = method / 12 == 2 ? MARQ_FORM_KERNEL : MARQ_FORM_GRAM;
            if (options.form == MARQ_FORM_KERNEL && !suits_kernel(&problems[k])) continue;
            double theta[MOST_PARAMETERS];
            marq_result result = solve_known(&problems[k], &options, theta);
            REQUIRE(is_published(&problems[k], 2 * result.cost),
                    "%s, %s: %.12g (%s after %zu iterations), published: %.12g", problems[k].name,
                    words(&options), 2 * result.cost, result.message, result.iterations,
                    problems[k].minima[0]);
        }
}

static void published_minimisers_are_found(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double start[2], theta[2], relative;
    } cases[] = {
        {"Rosenbrock", {-1.2, 1}, {1, 1}, 1e-12},
        {"Freudenstein and Roth", {4, 3}, {5, 4}, 1e-12}, /* the global one */
        {"Freudenstein and Roth", {0.5, -2}, {11.41277900, -0.8968052533}, 1e-7},
        {"Beale", {1, 1}, {3, 0.5}, 1e-12},
        {"NIST Misra1a", {500, 0.0001}, {2.3894212918e+02, 5.5015643181e-04}, 1e-9},
        {"NIST Misra1a", {250, 0.0005}, {2.3894212918e+02, 5.5015643181e-04}, 1e-9},
    };
    for (size_t c = 0; c < COUNT(cases); c++)
        for (size_t k = 0; k < COUNT(problems); k++) {
            if (strcmp(cases[c].name, problems[k].name) != 0) continue;
            known p = problems[k];
            memcpy(p.start, cases[c].start, sizeof cases[c].start);
            marq_options options = small_options();
            double theta[MOST_PARAMETERS];
            solve_known(&p, &options, theta);
            for (int j = 0; j < 2; j++)
                REQUIRE(fabs(theta[j] - cases[c].theta[j]) <= cases[c].relative * fabs(cases[c].theta[j]),
                        "%s: theta[%d] = %.15g, published: %.15g", p.name, j, theta[j], cases[c].theta[j]);
        }
}

static void both_forms_take_the_same_first_step(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(problems); k++) {
        if (!suits_kernel(&problems[k])) continue;
        double theta[2][MOST_PARAMETERS];
        for (int kernel = 0; kernel < 2; kernel++) {
            marq_options options = small_options();
            options.scaling = MARQ_SCALING_NONE;
            options.form = kernel ? MARQ_FORM_KERNEL : MARQ_FORM_GRAM;
            options.max_iterations = 1;
            solve_known(&problems[k], &options, theta[kernel]);
        }
        for (size_t j = 0; j < problems[k].parameters; j++)
            REQUIRE(fabs(theta[0][j] - theta[1][j]) <= 1e-7 * fabs(theta[0][j] - problems[k].start[j]),
                    "%s: theta[%zu] is %.17g in Gram form, %.17g in kernel form", problems[k].name, j,
                    theta[0][j], theta[1][j]);
    }
}

/* r = r(θ_j·u_j): under MARQ_SCALING_COLUMNS (with relative μ) a change of units changes no step. */
static double units[MOST_PARAMETERS];

static void rosenbrock_in_units(const double *x, double *r) {
    rosenbrock((double[]){x[0] * units[0], x[1] * units[1]}, r);
}

static void rosenbrock_in_units_jacobian(const double *x, double *J) {
    rosenbrock_jacobian((double[]){x[0] * units[0], x[1] * units[1]}, J);
    for (int i = 0; i < 4; i++) J[i] *= units[i % 2];
}

static void scaled_steps_do_not_depend_on_units(void **state) {
    (void)state;
    known p = problems[0];
    p.residual = rosenbrock_in_units;
    p.jacobian = rosenbrock_in_units_jacobian;
    marq_options options = small_options();
    options.max_iterations = 7;
    double theta[2][MOST_PARAMETERS];
    for (int changed = 0; changed < 2; changed++) {
        units[0] = changed ? 0x1p20 : 1; /* powers of two: not even rounding differs */
        units[1] = changed ? 0x1p-30 : 1;
        for (int j = 0; j < 2; j++) p.start[j] = problems[0].start[j] / units[j];
        solve_known(&p, &options, theta[changed]);
        for (int j = 0; j < 2; j++) theta[changed][j] *= units[j];
    }
    for (int j = 0; j < 2; j++)
        REQUIRE(fabs(theta[0][j] - theta[1][j]) <= 1e-12 * fabs(theta[0][j]),
                "theta[%d]: %.17g, in other units %.17g", j, theta[0][j], theta[1][j]);
}

/* ---- Rules that marq/lm.h gives ---- */

typedef struct dampings {
    size_t count;
    double mu[501], gain_ratio[501];
    size_t rejected[501];
} dampings;

static int note_damping(void *user, const marq_progress *now) {
    dampings *d = user;
    d->mu[now->iteration] = now->mu;
    d->gain_ratio[now->iteration] = now->gain_ratio;
    d->rejected[now->iteration] = now->rejected;
    d->count = now->iteration + 1;
    return 0;
}

/* μ of step k from that of step k − 1 and its gain ratio ρ. */
static double next_damping(const marq_options *o, const dampings *d, size_t k) {
    double mu = d->mu[k - 1], distance = 2 * d->gain_ratio[k - 1] - 1, nu = 2;
    if (k > 1) /* record 0 has the μ of the first step */
        mu = o->damping == MARQ_DAMPING_GAIN ? mu * fmax(1.0 / 3.0, 1 - distance * distance * distance)
                                             : mu / o->mu_decrease;
    mu = fmax(mu, o->mu_min);
    for (size_t i = 0; i < d->rejected[k]; i++) {
        mu *= o->damping == MARQ_DAMPING_GAIN ? nu : o->mu_increase;
        nu *= 2;
    }
    return mu;
}

static void damping_follows_its_rule(void **state) {
    (void)state;
    size_t rejections = 0;
    for (size_t k = 0; k < COUNT(problems); k++)
        for (int method = 0; method < 4; method++) {
            dampings d = {0};
            marq_options options = small_options();
            options.method = MARQ_METHOD_DAMPING;
            options.damping = (marq_damping)(method % 2);
            options.mu_min = method / 2 ? 1e-5 : 0;
            options.mu_increase = 4;
            options.mu_decrease = 3;
            options.max_iterations = 40;
            options.progress = note_damping;
            options.progress_user = &d;
            double theta[MOST_PARAMETERS];
            solve_known(&problems[k], &options, theta);
            for (size_t i = 1; i < d.count; i++) {
                double expected = next_damping(&options, &d, i);
                REQUIRE(fabs(d.mu[i] - expected) <= 1e-13 * expected,
                        "%s, %s: step %zu has the damping %.17g, not %.17g", problems[k].name,
                        words(&options), i, d.mu[i], expected);
                rejections += d.rejected[i];
            }
        }
    REQUIRE(rejections > 20, "only %zu steps were rejected", rejections);
}

/* r = θ² − 2 at 2: J = 4, s = −1/2, r'' s² = 1/2, a = −1/8. Differences of r are exact for it. */
static void square(const double *x, double *r) {
    r[0] = x[0] * x[0] - 2;
}

static void square_jacobian(const double *x, double *J) {
    J[0] = 2 * x[0];
}

static void the_second_order_correction_is_that_of_its_definition(void **state) {
    (void)state;
    static const struct {
        int acceleration;
        double limit, theta;
    } cases[] = {{0, 0.75, 1.5}, {1, 0.75, 1.4375}, {1, 0.2, 1.5}}; /* ‖a‖ / ‖s‖ = 1/4 */
    known p = {"θ² − 2", 1, 1, {2}, {0, 0}, 0, FUNCTIONS(square)};
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int kernel = 0; kernel < 2; kernel++) {
            marq_options options = small_options();
            options.scaling = MARQ_SCALING_NONE;
            options.form = kernel ? MARQ_FORM_KERNEL : MARQ_FORM_GRAM;
            options.mu = 1e-300; /* a Gauss–Newton step */
            options.acceleration = cases[c].acceleration;
            options.acceleration_limit = cases[c].limit;
            options.max_iterations = 1;
            double theta[MOST_PARAMETERS];
            solve_known(&p, &options, theta);
            REQUIRE(fabs(theta[0] - cases[c].theta) <= 1e-12, "%s, limit %g: %.15g, by hand %.15g",
                    words(&options), cases[c].limit, theta[0], cases[c].theta);
        }
}

int main(void) {
    omp_set_num_threads(1); /* these problems are small; where threads matter, options say how many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_minima_are_found_by_every_method),
        cmocka_unit_test(published_minima_are_found_by_the_trust_region),
        cmocka_unit_test(published_minima_are_found_by_the_dogleg),
        cmocka_unit_test(published_minimisers_are_found),
        cmocka_unit_test(both_forms_take_the_same_first_step),
        cmocka_unit_test(scaled_steps_do_not_depend_on_units),
        cmocka_unit_test(damping_follows_its_rule),
        cmocka_unit_test(the_second_order_correction_is_that_of_its_definition),
    };
    return cmocka_run_group_tests_name("lm", tests, NULL, NULL);
}
