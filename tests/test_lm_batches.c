/* Least squares on batches, through its public interface: a linear problem whose batches are given as
 * products. */
#include "require.h"

#include <marq/batches.h>
#include <math.h>
#include <string.h>
#include <time.h>

enum { DATA = 120, BATCH = 10, TERMS = 30 };

/* Rows of X: X_ij = cos(0.7 i + 1.3 j + 0.1 ij) / √TERMS; y = X w + noise, w_j = sin j. */
typedef struct batch_data {
    double noise;
    double shrink;  /* of the Jacobian that the products show, 0: none: steps are too long by its inverse */
    size_t first;   /* of the batch */
    size_t nexts;   /* calls of next */
    size_t fail_at; /* the call of next that fails; 0: none */
    long sleep;     /* nanoseconds in each call of next */
    double X[BATCH * TERMS], y[BATCH];
} batch_data;

static int next(void *user) {
    batch_data *d = user;
    if (++d->nexts == d->fail_at) return MARQ_CALLBACK_ABORT;
    if (d->sleep > 0) nanosleep(&(struct timespec){.tv_nsec = d->sleep}, NULL);
    d->first = (d->first + BATCH) % DATA;
    for (size_t k = 0; k < BATCH; k++) {
        double i = (double)(d->first + k);
        d->y[k] = d->noise * sin(11 * i + 0.5 * i * i);
        for (size_t j = 0; j < TERMS; j++) {
            double x = cos(0.7 * i + 1.3 * (double)j + 0.1 * i * (double)j) / sqrt(TERMS);
            d->X[k * TERMS + j] = x;
            d->y[k] += x * sin((double)j);
        }
    }
    return MARQ_CALLBACK_OK;
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const batch_data *d = user;
    for (size_t k = 0; k < count; k++) {
        r[k] = -d->y[first + k];
        for (size_t j = 0; j < TERMS; j++) r[k] += d->X[(first + k) * TERMS + j] * theta[j];
    }
    return MARQ_CALLBACK_OK;
}

static int linearise(void *user, const double *theta) {
    (void)user, (void)theta;
    return MARQ_CALLBACK_OK;
}

static double shown(const batch_data *d, double x) {
    return d->shrink > 0 ? d->shrink * x : x;
}

static int kernel(void *user, double *K) {
    const batch_data *d = user;
    for (size_t c = 0; c < BATCH; c++)
        for (size_t r = c; r < BATCH; r++) {
            K[r + c * BATCH] = 0;
            for (size_t j = 0; j < TERMS; j++)
                K[r + c * BATCH] += shown(d, d->X[r * TERMS + j]) * shown(d, d->X[c * TERMS + j]);
        }
    return MARQ_CALLBACK_OK;
}

static int apply(void *user, const double *v, double *jv) {
    const batch_data *d = user;
    for (size_t k = 0; k < BATCH; k++) {
        jv[k] = 0;
        for (size_t j = 0; j < TERMS; j++) jv[k] += shown(d, d->X[k * TERMS + j]) * v[j];
    }
    return MARQ_CALLBACK_OK;
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    const batch_data *d = user;
    memset(jtw, 0, TERMS * sizeof *jtw);
    for (size_t k = 0; k < BATCH; k++)
        for (size_t j = 0; j < TERMS; j++) jtw[j] += shown(d, d->X[k * TERMS + j]) * w[k];
    return MARQ_CALLBACK_OK;
}

static const marq_products products = {
    .linearise = linearise, .kernel = kernel, .apply = apply, .apply_transposed = apply_transposed};

static marq_batch_problem problem_of(batch_data *d) {
    return (marq_batch_problem){
        .batch = {.rows = BATCH, .parameters = TERMS, .user = d, .residual = residual, .products = &products},
        .batches = DATA / BATCH,
        .next = next};
}

typedef struct watch {
    size_t passes, rejected, stop_at;
    size_t polls, stop_at_poll;
    marq_batch_stage first, last; /* of the passes */
    double first_fresh, fresh;
    batch_data *shrink_later; /* its Jacobian shrinks after the first pass of momentum; NULL: none does */
    double worst_later;       /* fresh error of a pass since then */
    batch_data *noisy_later;  /* its noise grows after the first pass of momentum; NULL: it does not */
    double last_mu;           /* of momentum */
} watch;

static int on_pass(void *user, const marq_batch_progress *p) {
    watch *w = user;
    if (p->pass == 1) w->first_fresh = p->fresh, w->first = p->stage;
    if (p->pass > 0) w->passes++;
    w->rejected += p->rejected;
    w->last = p->stage;
    w->fresh = p->fresh;
    if (w->shrink_later && w->shrink_later->shrink > 0) w->worst_later = fmax(w->worst_later, p->fresh);
    if (w->shrink_later && p->stage == MARQ_STAGE_MOMENTUM) w->shrink_later->shrink = 0.05;
    if (p->stage == MARQ_STAGE_MOMENTUM) {
        if (w->noisy_later) w->noisy_later->noise = 2;
        w->last_mu = p->mu;
    }
    return w->stop_at > 0 && p->pass == w->stop_at ? MARQ_STOP_CALLER : 0;
}

static int on_poll(void *user) {
    watch *w = user;
    return ++w->polls == w->stop_at_poll ? MARQ_STOP_CALLER : 0;
}

static marq_result solve(batch_data *d, marq_batch_options options, double *theta, watch *w) {
    marq_batch_problem problem = problem_of(d);
    marq_result result;
    options.progress = on_pass;
    options.poll = on_poll;
    options.progress_user = w;
    marq_solve_batches(&problem, &options, theta, &result);
    return result;
}

static void exact_data_are_met(void **state) {
    (void)state;
    batch_data d = {0};
    watch w = {0};
    double theta[TERMS] = {0};
    marq_batch_options options = marq_batch_options_default();
    options.max_passes = 60;
    marq_result result = solve(&d, options, theta, &w);
    REQUIRE(result.status > 0, "%s", result.message);
    REQUIRE(w.fresh < 1e-10 * w.first_fresh, "fresh error %g after %g", w.fresh, w.first_fresh);
    REQUIRE(result.iterations == w.passes, "%zu passes, %zu told", result.iterations, w.passes);
}

/* Products that promise too much: every batch rejects steps until the damping has shortened them. */
static void rejected_steps_are_counted_over_all_passes(void **state) {
    (void)state;
    batch_data d = {.shrink = 0.1};
    watch w = {0};
    double theta[TERMS] = {0};
    marq_batch_options options = marq_batch_options_default();
    options.mu = 1e-6;
    options.max_passes = 3;
    marq_result result = solve(&d, options, theta, &w);
    REQUIRE(w.rejected > 10, "%zu rejected steps", w.rejected);
    REQUIRE(result.rejected == w.rejected, "%zu rejected, %zu told", result.rejected, w.rejected);
}

/* The noise is more than ten rows can average out: own-batch steps stall, and momentum follows. */
static void noise_leads_to_momentum_and_an_end(void **state) {
    (void)state;
    batch_data d = {.noise = 0.5};
    watch w = {0};
    double theta[TERMS] = {0};
    marq_batch_options options = marq_batch_options_default();
    options.least_step = 0.1;
    marq_result result = solve(&d, options, theta, &w);
    assert_int_equal(result.status, MARQ_CONVERGED_COST);
    assert_int_equal(w.last, MARQ_STAGE_MOMENTUM);
    options.momentum_stage = 0;
    memset(theta, 0, sizeof theta);
    w = (watch){0};
    result = solve(&d, options, theta, &w);
    assert_int_equal(result.status, MARQ_CONVERGED_COST);
    assert_int_equal(w.last, MARQ_STAGE_OWN);
}

static void momentum_may_come_without_own_steps(void **state) {
    (void)state;
    batch_data d = {0};
    watch w = {0};
    double theta[TERMS] = {0};
    marq_batch_options options = marq_batch_options_default();
    options.own_stage = 0;
    marq_result result = solve(&d, options, theta, &w);
    assert_int_equal(result.status, MARQ_CONVERGED_COST);
    assert_int_equal(w.first, MARQ_STAGE_MOMENTUM);
    REQUIRE(w.fresh < 0.1 * w.first_fresh, "fresh error %g after %g", w.fresh, w.first_fresh);
    options.momentum_stage = 0;
    result = solve(&d, options, theta, &w);
    assert_int_equal(result.status, MARQ_ERROR_ARGUMENT);
}

/* max_j |Σ_i X_ij (X θ − y)_i + A θ_j| over all data: 0 at the minimum of ½‖Xθ − y‖² + ½ A ‖θ‖². */
static double gradient_of_all(batch_data *d, const double *theta, double decay) {
    double g[TERMS], r[BATCH], most = 0;
    for (size_t j = 0; j < TERMS; j++) g[j] = decay * theta[j];
    for (size_t batch = 0; batch < DATA / BATCH; batch++) {
        next(d);
        residual(d, theta, 0, BATCH, r);
        for (size_t k = 0; k < BATCH; k++)
            for (size_t j = 0; j < TERMS; j++) g[j] += d->X[k * TERMS + j] * r[k];
    }
    for (size_t j = 0; j < TERMS; j++) most = fmax(most, fabs(g[j]));
    return most;
}

static void weight_decay_leads_to_its_minimum(void **state) {
    (void)state;
    batch_data d = {.noise = 0.5};
    watch w = {0};
    const double start[TERMS] = {0};
    double theta[TERMS] = {0}, decay = 20;
    marq_batch_options options = marq_batch_options_default();
    options.own_stage = 0;
    options.mu = 10;
    options.decay = decay;
    assert_int_equal(solve(&d, options, theta, &w).status, MARQ_CONVERGED_COST);
    double first = gradient_of_all(&d, start, decay), last = gradient_of_all(&d, theta, decay);
    REQUIRE(last < 0.05 * first, "gradient with decay %g, %g at the start", last, first);
    REQUIRE(gradient_of_all(&d, theta, 0) > 0.2 * first, "without decay it is as small");
}

/* Steps of one length follow the noise of each batch. */
static void the_mean_of_the_steps_lies_nearer_to_the_minimum(void **state) {
    (void)state;
    batch_data d = {.noise = 2};
    double last[2];
    for (int average = 0; average <= 1; average++) {
        watch w = {0};
        double theta[TERMS] = {0};
        d.first = 0;
        marq_batch_options options = marq_batch_options_default();
        options.own_stage = 0;
        options.mu = 3;
        options.decay = 1;
        options.decay_passes = 1e6;
        options.max_passes = 60;
        options.average = 3 * average;
        assert_int_equal(solve(&d, options, theta, &w).status, MARQ_STOP_ITERATIONS);
        last[average] = gradient_of_all(&d, theta, options.decay);
    }
    REQUIRE(last[1] < 0.5 * last[0], "gradient %g at the mean, %g at the last step", last[1], last[0]);
}

/* Products that promise too much from then on: each step of momentum leads further away. */
static void momentum_that_leads_astray_is_stopped_within_the_pass(void **state) {
    (void)state;
    batch_data d = {.noise = 0.5};
    watch w = {.shrink_later = &d};
    double theta[TERMS] = {0};
    marq_batch_options options = marq_batch_options_default();
    options.least_step = 0.1;
    assert_int_equal(solve(&d, options, theta, &w).status, MARQ_CONVERGED_COST);
    assert_true(d.shrink > 0);
    REQUIRE(w.worst_later < 100 * w.first_fresh, "a pass with the error %g, the first had %g", w.worst_later,
            w.first_fresh);
}

/* What the best window had is never met again: the damping must not grow for ever. */
static void a_best_that_was_luck_is_given_up(void **state) {
    (void)state;
    batch_data d = {.noise = 0.5};
    watch w = {.noisy_later = &d};
    double theta[TERMS] = {0};
    marq_batch_options options = marq_batch_options_default();
    options.least_step = 0.1;
    assert_int_equal(solve(&d, options, theta, &w).status, MARQ_CONVERGED_COST);
    REQUIRE(w.last_mu < 10, "the damping grew to %g, K's diagonal is 0.5", w.last_mu);
}

static void it_ends_where_it_is_told_to(void **state) {
    (void)state;
    batch_data d = {0};
    double theta[TERMS] = {0};
    watch w = {.stop_at = 2};
    assert_int_equal(solve(&d, marq_batch_options_default(), theta, &w).status, MARQ_STOP_CALLER);
    assert_int_equal(w.passes, 2);
    marq_batch_options options = marq_batch_options_default();
    options.max_passes = 1;
    memset(theta, 0, sizeof theta);
    w = (watch){0};
    assert_int_equal(solve(&d, options, theta, &w).status, MARQ_STOP_ITERATIONS);
    d = (batch_data){.fail_at = 5};
    assert_int_equal(solve(&d, options, theta, &w).status, MARQ_ERROR_CALLBACK);
}

/* A pass is of 12 batches. */
static void a_pass_ends_where_time_or_the_caller_says(void **state) {
    (void)state;
    batch_data d = {0};
    double theta[TERMS] = {0}, asked[TERMS] = {0};
    watch w = {.stop_at_poll = 6}; /* before the sixth step */
    marq_result result = solve(&d, marq_batch_options_default(), theta, &w);
    assert_int_equal(result.status, MARQ_STOP_CALLER);
    assert_int_equal(d.nexts, 5);
    REQUIRE(w.passes == 1 && result.iterations == 1, "%zu passes told, %zu counted", w.passes,
            result.iterations);
    double fresh = w.fresh;
    w = (watch){.stop_at_poll = 18};
    d = (batch_data){0};
    memset(theta, 0, sizeof theta);
    assert_int_equal(solve(&d, marq_batch_options_default(), theta, &w).iterations, 2);
    REQUIRE(w.first_fresh != fresh, "the first %g is that of five batches", fresh);
    d = (batch_data){.sleep = 20000000}; /* 240 ms a pass */
    marq_batch_options options = marq_batch_options_default();
    options.max_seconds = 0.03;
    w = (watch){0};
    assert_int_equal(solve(&d, options, theta, &w).status, MARQ_STOP_TIME);
    REQUIRE(d.nexts >= 1 && d.nexts <= 2, "%zu batches of 20 ms in 30 ms", d.nexts);
    /* A poll that says nothing changes nothing. */
    options = marq_batch_options_default();
    options.max_passes = 5;
    d = (batch_data){0};
    memset(theta, 0, sizeof theta);
    solve(&d, options, theta, &w);
    d = (batch_data){0};
    marq_batch_problem problem = problem_of(&d);
    marq_solve_batches(&problem, &options, asked, NULL);
    assert_memory_equal(theta, asked, sizeof theta);
}

static void refused(marq_batch_problem problem, marq_batch_options options, const char *word) {
    double theta[TERMS] = {0};
    marq_result result;
    assert_int_equal(marq_solve_batches(&problem, &options, theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, word), "\"%s\" lacks \"%s\"", result.message, word);
}

static void mistakes_are_named(void **state) {
    (void)state;
    batch_data d = {0};
    marq_batch_options options = marq_batch_options_default();
    marq_batch_problem problem = problem_of(&d);
    problem.next = NULL;
    refused(problem, options, "next");
    problem = problem_of(&d);
    problem.batch.products = NULL;
    refused(problem, options, "products");
    problem = problem_of(&d);
    static const double weights[BATCH] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    problem.batch.weights = weights;
    refused(problem, options, "weights");
    static const size_t first[] = {0};
    static const double one[] = {1};
    static const marq_linear_tie tie[] = {{1, 0, 1, first, one}};
    static const marq_ties ties = {.linear = tie, .count = 1};
    problem = problem_of(&d);
    problem.batch.ties = &ties;
    refused(problem, options, "ties");
    problem = problem_of(&d);
    problem.batch.loss = MARQ_LOSS_CAUCHY;
    refused(problem, options, "loss");
    options.tries = 0;
    refused(problem_of(&d), options, "tries");
    options = marq_batch_options_default();
    options.momentum = 1;
    refused(problem_of(&d), options, "momentum");
    options = marq_batch_options_default();
    options.decay = -1;
    refused(problem_of(&d), options, "decay");
    options = marq_batch_options_default();
    options.decay_passes = 0;
    refused(problem_of(&d), options, "decay_passes");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_data_are_met),
        cmocka_unit_test(rejected_steps_are_counted_over_all_passes),
        cmocka_unit_test(weight_decay_leads_to_its_minimum),
        cmocka_unit_test(the_mean_of_the_steps_lies_nearer_to_the_minimum),
        cmocka_unit_test(noise_leads_to_momentum_and_an_end),
        cmocka_unit_test(momentum_may_come_without_own_steps),
        cmocka_unit_test(momentum_that_leads_astray_is_stopped_within_the_pass),
        cmocka_unit_test(a_best_that_was_luck_is_given_up),
        cmocka_unit_test(it_ends_where_it_is_told_to),
        cmocka_unit_test(a_pass_ends_where_time_or_the_caller_says),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
