#include "train.h"

#include "net_solvers.h"
#include "nn/net.h"
#include "nn/problem.h"
#include <base/clock.h>
#include <base/text.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef BENCH_HAVE_CMINPACK
#define MINPACK bench_net_minpack
#else
#define MINPACK NULL
#endif
#ifdef BENCH_HAVE_GSL
#define GSL bench_net_gsl
#else
#define GSL NULL
#endif
#ifdef BENCH_HAVE_CERES
#define CERES bench_net_ceres
#else
#define CERES NULL
#endif

static const struct {
    const char *name, *settings, *package;
    void (*solve)(bench_net_fit *fit, double *theta);
} solvers[] = {{"MINPACK lmder", "QR, no tolerances", "libcminpack-dev", MINPACK},
               {"GSL lm", "Cholesky, no tolerances", "libgsl-dev", GSL},
               {"Ceres LM", "dense Cholesky, no tolerances", "libceres-dev", CERES}};

/* The net as a problem, and what its evaluations have shown. */
typedef struct record {
    marq_net *net;
    const bench_samples *samples;
    bench_trial trial;
    marq_net_problem own;
    marq_problem problem;
    double *X, *Y; /* training rows, normalised */
    double start, excluded, best;
} record;

/* The training rows as the solvers see them. */
static void gather(record *r, size_t rows) {
    const bench_samples *s = r->samples;
    r->X = bench_doubles(rows, s->inputs);
    r->Y = bench_doubles(rows, 1);
    for (size_t i = 0, at = 0; i < s->rows; i++) {
        if (s->set[i] != MARQ_TRAIN) continue;
        marq_scale_rows(&r->net->input, 1, s->inputs, s->X + i * s->inputs, r->X + at * s->inputs);
        marq_scale_rows(&r->net->output, 1, 1, s->Y + i, r->Y + at);
        at++;
    }
}

static void begin(record *r, bench_net_fit *fit, const marq_net *start, const bench_samples *samples) {
    marq_error error;
    *r = (record){.net = marq_net_copy(start, &error), .samples = samples, .best = HUGE_VAL};
    if (!r->net) bench_fail("%s", error.message);
    size_t rows = bench_samples_count(samples, MARQ_TRAIN);
    gather(r, rows);
    marq_options options = marq_options_default();
    options.jacobian = MARQ_JACOBIAN_FORWARD; /* rows, not products */
    options.method = MARQ_METHOD_DAMPING;
    options.threads = 1;
    marq_targets targets = marq_plain_targets(1, r->Y);
    if (marq_net_problem_create(&r->own, r->net, rows, r->X, &targets, &options, &r->problem, &error) !=
        MARQ_OK)
        bench_fail("%s", error.message);
    fit->rows = rows;
    fit->parameters = marq_net_count(r->net);
    fit->own = r;
    r->start = marq_clock_seconds();
}

static void end(record *r) {
    marq_net_problem_destroy(&r->own);
    bench_trial_destroy(&r->trial);
    marq_net_destroy(r->net);
    free(r->X);
    free(r->Y);
}

static int in_time(const bench_net_fit *fit) {
    const record *r = fit->own;
    return marq_clock_seconds() - r->start - r->excluded < fit->seconds;
}

int bench_net_residual(bench_net_fit *fit, const double *theta, double *residual) {
    record *r = fit->own;
    const marq_problem *p = &r->problem;
    double squares = 0;
    for (size_t first = 0; first < p->rows; first += p->row_block) {
        size_t count = p->rows - first < p->row_block ? p->rows - first : p->row_block;
        p->residual(p->user, theta, first, count, residual + first);
    }
    double now = marq_clock_seconds();
    for (size_t i = 0; i < p->rows; i++) squares += residual[i] * residual[i];
    if (squares < r->best) {
        r->best = squares;
        memcpy(marq_net_parameters(r->net), theta, fit->parameters * sizeof *theta);
        bench_trial_add(&r->trial, r->samples, r->net, r->trial.points + 1, now - r->start - r->excluded);
        r->excluded += marq_clock_seconds() - now;
    }
    return in_time(fit);
}

int bench_net_jacobian(bench_net_fit *fit, const double *theta, double *J) {
    const marq_problem *p = &((record *)fit->own)->problem;
    for (size_t first = 0; first < p->rows; first += p->row_block) {
        size_t count = p->rows - first < p->row_block ? p->rows - first : p->row_block;
        p->jacobian(p->user, theta, first, count, J + first * fit->parameters, fit->parameters);
    }
    return in_time(fit);
}

void bench_train_solvers(bench *b, double seconds, const marq_net *start, const bench_samples *samples,
                         void (*add)(void *user, const bench_trial *trial), void *user) {
    for (size_t k = 0; k < sizeof solvers / sizeof *solvers; k++) {
        if (!solvers[k].solve) {
            marq_text why = {0};
            marq_text_add(&why, "not built in (Debian: %s)", solvers[k].package);
            bench_absent(b, solvers[k].name, why.data ? why.data : "not built in");
            marq_text_clear(&why);
            continue;
        }
        if (bench_samples_count(samples, MARQ_TRAIN) < marq_net_count(start)) {
            bench_absent(b, solvers[k].name, "fewer rows than parameters");
            continue;
        }
        record r;
        bench_net_fit fit = {.seconds = seconds};
        begin(&r, &fit, start, samples);
        marq_format(r.trial.trainer, sizeof r.trial.trainer, "%s", solvers[k].name);
        marq_format(r.trial.settings, sizeof r.trial.settings, "%s", solvers[k].settings);
        double *theta = bench_doubles(fit.parameters, 1);
        memcpy(theta, marq_net_parameters_const(start), fit.parameters * sizeof *theta);
        solvers[k].solve(&fit, theta);
        add(user, &r.trial);
        free(theta);
        end(&r);
    }
}
