/* The bootstrap (Efron 1979; Davison & Hinkley 1997, chapter 6): the spread of the fits of resampled
 * problems. Sample k draws the numbers of one stream from k · 2³² on, so it does not depend on the others,
 * nor on threads. residuals   r*_i = r_i − r̂_i + e_d(i)/w_i,   d(i) drawn among the rows of weight > 0 cases
 * w*_i = w_i √c_i,   c_i: how often row i was drawn */
#include "solver.h"

#include "ties.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/random.h>
#include <marq/inference.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct study study;

/* Memory of a thread. */
typedef struct sampler {
    const study *of;
    marq_problem problem; /* the caller's with these weights or shifted residuals; its user is this */
    marq_ties ties;
    marq_workspace *work;
    double *shift, *weights; /* m */
    double *theta;           /* n */
} sampler;

struct study {
    const marq_problem *source;
    const marq_bootstrap_options *wishes;
    marq_options options; /* of one solve */
    const double *theta;
    double *residual; /* m: r̂ */
    double *drawable; /* m: e, of the rows of weight > 0 */
    size_t *rows;     /* m: these rows */
    size_t count;     /* of them */
    double *values;   /* samples × n, the caller's or own */
    double *own;
    double *sorted; /* samples */
    sampler *samplers;
    int threads;
    size_t done;
    marq_status status; /* of the caller's callbacks */
};

marq_bootstrap_options marq_bootstrap_options_default(void) {
    return (marq_bootstrap_options){.samples = 1000, .seed = 1, .level = 0.95};
}

/* ---- The problem of one sample ---- */

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const sampler *s = user;
    int got = s->of->source->residual(s->of->source->user, theta, first, count, r);
    for (size_t i = 0; got == MARQ_CALLBACK_OK && i < count; i++) r[i] += s->shift[first + i];
    return got;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *J, size_t stride) {
    const sampler *s = user;
    return s->of->source->jacobian(s->of->source->user, theta, first, count, J, stride);
}

static void loss(void *user, double z, double rho[3]) {
    const sampler *s = user;
    s->of->source->loss_function(s->of->source->user, z, rho);
}

static int tie_function(void *user, double *theta) {
    const sampler *s = user;
    return s->of->source->ties->function(s->of->source->user, theta);
}

static int tie_derivative(void *user, const double *theta, double *slopes) {
    const sampler *s = user;
    return s->of->source->ties->derivative(s->of->source->user, theta, slopes);
}

static void describe(const study *o, sampler *s) {
    const marq_problem *source = o->source;
    s->of = o;
    s->problem = *source;
    s->problem.user = s;
    s->problem.residual = residual;
    s->problem.jacobian = source->jacobian ? jacobian : NULL;
    s->problem.loss_function = source->loss_function ? loss : NULL;
    s->problem.products = NULL;
    s->problem.linear = NULL; /* starts are near enough */
    if (o->wishes->resampling == MARQ_RESAMPLING_CASES) s->problem.weights = s->weights;
    if (!source->ties) return;
    s->ties = *source->ties;
    s->ties.function = source->ties->function ? tie_function : NULL;
    s->ties.derivative = source->ties->derivative ? tie_derivative : NULL;
    s->problem.ties = &s->ties;
}

static double weight_of(const marq_problem *p, size_t i) {
    return p->weights ? p->weights[i] : 1;
}

static void draw_residuals(const study *o, marq_random *random, double *shift) {
    for (size_t k = 0; k < o->count; k++) {
        size_t i = o->rows[k], drawn = (size_t)marq_random_below(random, o->count);
        shift[i] = o->drawable[drawn] / weight_of(o->source, i) - o->residual[i];
    }
}

static void draw_cases(const study *o, marq_random *random, double *weights) {
    memset(weights, 0, o->source->rows * sizeof *weights);
    for (size_t k = 0; k < o->count; k++) weights[o->rows[marq_random_below(random, o->count)]]++;
    for (size_t i = 0; i < o->source->rows; i++) weights[i] = sqrt(weights[i]) * weight_of(o->source, i);
}

/* ---- Samples ---- */

static marq_status fit_sample(const study *o, sampler *s, size_t k, double *fit) {
    size_t n = o->source->parameters;
    marq_random random = {o->wishes->seed, MARQ_STREAM_BOOTSTRAP, (uint64_t)k << 32};
    if (o->wishes->resampling == MARQ_RESAMPLING_CASES)
        draw_cases(o, &random, s->weights);
    else
        draw_residuals(o, &random, s->shift);
    memcpy(s->theta, o->theta, n * sizeof *fit);
    marq_status status = marq_solve_in(s->work, &s->problem, &o->options, s->theta, NULL);
    for (size_t j = 0; j < n; j++) fit[j] = marq_has_converged(status) ? s->theta[j] : (double)NAN;
    return status == MARQ_ERROR_CALLBACK ? status : MARQ_OK;
}

static void fit_all(study *o) {
    size_t n = o->source->parameters, samples = o->wishes->samples;
#pragma omp parallel for schedule(dynamic) if (o->source->concurrent)
    for (size_t k = 0; k < samples; k++) {
        marq_status status;
#pragma omp atomic read
        status = o->status;
        if (status != MARQ_OK) continue;
        status = fit_sample(o, &o->samplers[omp_get_thread_num()], k, o->values + k * n);
#pragma omp critical(marq_bootstrap_progress)
        {
            o->done++;
            if (status != MARQ_OK)
                o->status = status;
            else if (o->status == MARQ_OK && o->wishes->progress &&
                     o->wishes->progress(o->wishes->progress_user, o->done, samples) != 0)
                o->status = MARQ_STOP_CALLER;
        }
    }
}

/* ---- Statistics ---- */

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, size_t count, double p) {
    double at = p * (double)(count - 1);
    size_t below = (size_t)at;
    if (below + 1 >= count) return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

marq_spread marq_spread_of(double *sorted, size_t count, double level) {
    marq_spread s = {0};
    qsort(sorted, count, sizeof *sorted, compare);
    double first = sorted[0], mean = 0, squares = 0; /* from the first: exact where all are equal */
    for (size_t k = 0; k < count; k++) mean += (sorted[k] - first) / (double)count;
    for (size_t k = 0; k < count; k++) squares += (sorted[k] - first - mean) * (sorted[k] - first - mean);
    s.mean = first + mean;
    s.deviation = count > 1 ? sqrt(squares / (double)(count - 1)) : 0;
    s.low = quantile(sorted, count, (1 - level) / 2);
    s.high = quantile(sorted, count, (1 + level) / 2);
    return s;
}

static marq_status summarise(const study *o, marq_spread *spreads, size_t *used, marq_error *error) {
    size_t n = o->source->parameters, samples = o->wishes->samples, count = 0;
    for (size_t j = 0; j < n; j++) {
        count = 0;
        for (size_t k = 0; k < samples; k++)
            if (!isnan(o->values[k * n + j])) o->sorted[count++] = o->values[k * n + j];
        if (2 * count >= samples) spreads[j] = marq_spread_of(o->sorted, count, o->wishes->level);
    }
    if (used) *used = count;
    if (2 * count >= samples) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_DATA, "only %zu of %zu resampled problems could be fitted", count,
                     samples);
}

/* ---- Beginning and end ---- */

/* The residuals at theta, and those that may be drawn. */
static marq_status measure(study *o, const marq_options *options, marq_error *error) {
    const marq_problem *p = o->source;
    solver s = {.problem = p, .options = options};
    double cost, mean = 0;
    sampler *any = o->samplers;
    memcpy(any->theta, o->theta, p->parameters * sizeof(double));
    if ((p->ties && marq_set_tied(p, any->theta) != MARQ_CALLBACK_OK) ||
        marq_evaluate(&s, any->theta, o->residual, &cost) != MARQ_CALLBACK_OK)
        return marq_fail(error, MARQ_ERROR_START, "the residuals cannot be computed at theta");
    for (size_t i = 0; i < p->rows; i++)
        if (weight_of(p, i) > 0) o->rows[o->count++] = i;
    size_t free_ones = marq_bound_sides(p, o->theta, NULL);
    if (o->count <= free_ones)
        return marq_fail(error, MARQ_ERROR_DATA,
                         "no degrees of freedom are left: the bootstrap needs more rows");
    double scale = sqrt((double)o->count / (double)(o->count - free_ones));
    for (size_t k = 0; k < o->count; k++) {
        o->drawable[k] = weight_of(p, o->rows[k]) * o->residual[o->rows[k]];
        mean += o->drawable[k] / (double)o->count;
    }
    for (size_t k = 0; k < o->count; k++) o->drawable[k] = scale * (o->drawable[k] - mean);
    return MARQ_OK;
}

static bool create_sampler(const study *o, sampler *s, marq_error *error) {
    size_t m = o->source->rows, n = o->source->parameters;
    s->shift = marq_alloc_doubles(m, 1);
    s->weights = marq_alloc_doubles(m, 1);
    s->theta = marq_alloc_doubles(n, 1);
    if (!s->shift || !s->weights || !s->theta) {
        marq_fail_memory(error, "the bootstrap");
        return false;
    }
    describe(o, s);
    s->work = marq_workspace_create(&s->problem, &o->options, error);
    return s->work != NULL;
}

static marq_status create(study *o, marq_error *error) {
    size_t m = o->source->rows, n = o->source->parameters;
    o->residual = marq_alloc_doubles(m, 1);
    o->drawable = marq_alloc_doubles(m, 1);
    o->rows = marq_alloc(m, sizeof *o->rows);
    if (!o->values) o->values = o->own = marq_alloc_doubles(o->wishes->samples, n);
    o->sorted = marq_alloc_doubles(o->wishes->samples, 1);
    o->samplers = marq_alloc((size_t)o->threads, sizeof *o->samplers);
    if (!o->residual || !o->drawable || !o->rows || !o->values || !o->sorted || !o->samplers)
        return marq_fail_memory(error, "the bootstrap");
    for (int t = 0; t < o->threads; t++)
        if (!create_sampler(o, &o->samplers[t], error)) return error->status;
    return MARQ_OK;
}

static void destroy(study *o) {
    for (int t = 0; o->samplers && t < o->threads; t++) {
        free(o->samplers[t].shift);
        free(o->samplers[t].weights);
        free(o->samplers[t].theta);
        marq_workspace_destroy(o->samplers[t].work);
    }
    void *memory[] = {o->residual, o->drawable, o->rows, o->own, o->sorted, o->samplers};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
}

static const char *wrong_option(const marq_bootstrap_options *wishes) {
    if (wishes->samples < 2) return "the bootstrap needs at least 2 samples";
    if (!(wishes->level > 0 && wishes->level < 1)) return "level must be between 0 and 1";
    if ((unsigned)wishes->resampling > MARQ_RESAMPLING_CASES) return "resampling is no marq_resampling";
    return NULL;
}

marq_status marq_bootstrap(const marq_problem *problem, const marq_options *options, const double *theta,
                           const marq_bootstrap_options *bootstrap_options, marq_spread *spreads,
                           double *values, size_t *used, marq_error *error) {
    marq_error unseen;
    if (!error) error = &unseen;
    marq_options defaults = marq_options_default();
    marq_bootstrap_options wishes = bootstrap_options ? *bootstrap_options : marq_bootstrap_options_default();
    if (!options) options = &defaults;
    if (!problem || !theta || !spreads) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    const char *wrong = wrong_option(&wishes);
    if (wrong) return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s", wrong);
    marq_team team = marq_team_enter(options->threads);
    study o = {.source = problem,
               .wishes = &wishes,
               .options = marq_options_inside(options),
               .theta = theta,
               .values = values,
               .threads = team.threads};
    marq_status status = create(&o, error);
    if (status == MARQ_OK) status = measure(&o, options, error);
    if (status == MARQ_OK) {
        fit_all(&o);
        status = o.status;
        if (status < 0) marq_fail(error, status, "%s", marq_status_text(status));
    }
    if (status == MARQ_OK) status = summarise(&o, spreads, used, error);
    destroy(&o);
    marq_team_leave(&team);
    return status;
}
