/* The curve is followed outwards in steps of about a quarter of the threshold in τ. Each is a solve over the
 * other parameters that starts where the last two points of the curve point to; the first starts along the
 * covariance's column j, the tangent of the curve at θ̂. Once the threshold lies between two points, the end
 * is found by inverse interpolation, θ_j as a polynomial of τ through the nearest points: for a curve that is
 * nearly straight two or three solves. */
#include "interval_side.h"

#include "solver.h"
#include <base/text.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MARCH_POINTS = MARQ_SIDE_POINTS - 10, MOST_FAILURES = 8, INTERPOLATED = 4 };
static const double SHARE = 0.25;     /* of the threshold, a step */
static const double FAR = 1.5;        /* thresholds: the first point beyond lies nearer */
static const double PRECISION = 1e-8; /* of τ at the end, over the threshold */
static const double LOWER = 1e-4;     /* (S(θ̂) − S)/s² from which on a point counts as lower */

typedef struct walk {
    const marq_estimate *estimate;
    marq_side_memory *memory;
    marq_side *side;
    size_t j;
    double step; /* of θ_j, signed */
    double tau;  /* |τ| at the last point */
    marq_result result;
} walk;

/* ---- One point of the curve ---- */

static double bound_of(const marq_problem *p, size_t j, int direction) {
    const double *bounds = direction < 0 ? p->lower : p->upper;
    return bounds ? bounds[j] : direction * HUGE_VAL;
}

/* trial ← the point with θ_j = value on the line through a and b, put inside the bounds. */
static void predict(walk *w, const double *a, const double *b, double value) {
    const marq_problem *p = &w->memory->problem;
    double *trial = w->memory->trial, share = (value - a[w->j]) / (b[w->j] - a[w->j]);
    for (size_t k = 0; k < p->parameters; k++) {
        bool held = w->memory->fixed[k];
        double there = held ? b[k] : a[k] + share * (b[k] - a[k]);
        if (!isfinite(there)) there = b[k];
        trial[k] = fmin(fmax(there, bound_of(p, k, -1)), bound_of(p, k, 1));
    }
    trial[w->j] = value;
}

static void keep_if_lower(walk *w, double squares) {
    marq_side *side = w->side;
    if (w->estimate->squares - squares <= LOWER * w->estimate->variance || squares >= side->lowest) return;
    side->lowest = squares;
    memcpy(side->better, w->memory->trial, w->memory->problem.parameters * sizeof *side->better);
}

/* Minimises over the other parameters from trial. false: there is no point here. */
static bool solve_here(walk *w) {
    marq_side *side = w->side;
    const marq_estimate *e = w->estimate;
    double *trial = w->memory->trial;
    marq_solve_in(w->memory->work, &w->memory->problem, e->options, trial, &w->result);
    if (w->result.status == MARQ_ERROR_CALLBACK) side->status = MARQ_ERROR_CALLBACK;
    if (!marq_has_converged(w->result.status)) return false;
    double squares = 2 * w->result.cost;
    keep_if_lower(w, squares);
    w->tau = sqrt(fmax(squares - e->squares, 0) / e->variance);
    return true;
}

static void add_to_curve(walk *w) {
    marq_side *side = w->side;
    side->points[side->count++] = (marq_curve_point){w->memory->trial[w->j], side->direction * w->tau};
}

/* ---- Outwards ---- */

/* The first step, and a point one such step back along the tangent. */
static void start(walk *w) {
    const marq_estimate *e = w->estimate;
    marq_side_memory *m = w->memory;
    size_t n = m->problem.parameters, j = w->j;
    double variance = e->covariance[j * n + j], size = fabs(e->theta[j]);
    double unit = isfinite(variance) && variance > 0 ? sqrt(variance) : 0.1 * (size > 0 ? size : 1);
    w->step = w->side->direction * SHARE * e->threshold * unit;
    for (size_t k = 0; k < n; k++) {
        double slope = e->covariance[k * n + j] / variance;
        m->inner[k] = e->theta[k];
        m->before[k] = e->theta[k] - (isfinite(slope) ? slope * w->step : 0);
        m->fixed[k] = m->source->fixed && m->source->fixed[k];
    }
    m->before[j] = e->theta[j] - w->step;
    m->fixed[j] = 1;
}

/* trial becomes the last point of the curve. */
static void move_on(walk *w, double tau_before) {
    marq_side_memory *m = w->memory;
    double *oldest = m->before, gained = w->tau - tau_before;
    m->before = m->inner;
    m->inner = m->trial;
    m->trial = oldest;
    double wanted = SHARE * w->estimate->threshold;
    bool falls = gained < -1e-3 * wanted; /* a flat curve is hurried along, one that turns back is not */
    w->step *= falls ? 1 : fmin(fmax(wanted / fmax(gained, 1e-3 * wanted), 0.5), 2);
}

/* The next point. A step that leads far beyond the threshold may have led into another valley: then as where
 * there is no point, a shorter one is tried. */
static bool try_step(walk *w, double bound, bool patient) {
    marq_side_memory *m = w->memory;
    double to = m->inner[w->j] + w->step;
    if (w->side->direction * (to - bound) > 0) to = bound;
    predict(w, m->before, m->inner, to);
    return solve_here(w) && !(patient && w->tau > FAR * w->estimate->threshold);
}

/* Points until the threshold lies between inner and outer (FOUND), or there is a reason to stop. */
static marq_end march(walk *w) {
    marq_side_memory *m = w->memory;
    double bound = bound_of(&m->problem, w->j, w->side->direction), tau = 0;
    for (int failures = 0; w->side->count < MARCH_POINTS;) {
        if (m->inner[w->j] == bound) return MARQ_END_BOUND;
        if (!isfinite(m->inner[w->j] + w->step)) return MARQ_END_OPEN;
        if (!try_step(w, bound, failures < MOST_FAILURES)) {
            w->step *= 0.25;
            if (w->side->status != MARQ_OK || ++failures > MOST_FAILURES) return MARQ_END_LOST;
            continue;
        }
        add_to_curve(w);
        if (w->side->lowest < w->estimate->squares) return MARQ_END_LOWER;
        if (w->tau >= w->estimate->threshold) {
            memcpy(m->outer, m->trial, m->problem.parameters * sizeof *m->outer);
            return MARQ_END_FOUND;
        }
        move_on(w, tau);
        tau = w->tau;
    }
    return MARQ_END_OPEN;
}

/* ---- The end ---- */

/* The points of the curve, the estimate among them, whose |τ| is nearest to the threshold. */
static size_t nearest(const walk *w, double *tau, double *value) {
    const marq_side *side = w->side;
    double threshold = w->estimate->threshold;
    size_t used = 0;
    for (size_t i = 0; i <= side->count; i++) {
        double t = i ? fabs(side->points[i - 1].tau) : 0;
        double v = i ? side->points[i - 1].value : w->estimate->theta[w->j];
        size_t at = used < INTERPOLATED ? used++ : INTERPOLATED;
        for (; at > 0 && fabs(tau[at - 1] - threshold) > fabs(t - threshold); at--)
            if (at < INTERPOLATED) {
                tau[at] = tau[at - 1];
                value[at] = value[at - 1];
            }
        if (at < INTERPOLATED) {
            tau[at] = t;
            value[at] = v;
        }
    }
    return used;
}

/* Neville's scheme for θ_j at the threshold; outside where that does not lie between inner and outer. */
static double interpolate(const walk *w, double outside) {
    const marq_side_memory *m = w->memory;
    double tau[INTERPOLATED], value[INTERPOLATED], x = w->estimate->threshold;
    size_t used = nearest(w, tau, value);
    for (size_t order = 1; order < used; order++)
        for (size_t i = 0; i + order < used; i++)
            value[i] =
                ((x - tau[i + order]) * value[i] - (x - tau[i]) * value[i + 1]) / (tau[i] - tau[i + order]);
    double a = m->inner[w->j], b = m->outer[w->j];
    return value[0] > fmin(a, b) && value[0] < fmax(a, b) ? value[0] : outside;
}

static marq_end refine(walk *w, double *value) {
    marq_side_memory *m = w->memory;
    const marq_estimate *e = w->estimate;
    double rounding = 1e-13 * e->squares / e->variance / (e->threshold * e->threshold);
    double precision = fmax(PRECISION, rounding) * e->threshold;
    while (fabs(w->tau - e->threshold) > precision && w->side->count < MARQ_SIDE_POINTS) {
        double middle = m->inner[w->j] + 0.5 * (m->outer[w->j] - m->inner[w->j]);
        predict(w, m->inner, m->outer, interpolate(w, middle));
        if (!solve_here(w)) return MARQ_END_LOST;
        add_to_curve(w);
        double **to = w->tau < e->threshold ? &m->inner : &m->outer, *free = *to;
        *to = m->trial;
        m->trial = free;
    }
    *value = interpolate(w, w->side->points[w->side->count - 1].value);
    return MARQ_END_FOUND;
}

/* ---- In words ---- */

static void describe(const walk *w, marq_interval_end *end) {
    const marq_estimate *e = w->estimate;
    size_t size = sizeof end->message;
    if (end->status == MARQ_END_LOWER)
        marq_format(end->message, size,
                    "a lower minimum lies on this side (sum of squares %.6g, here %.6g): fit again",
                    w->side->lowest, e->squares);
    else if (end->status == MARQ_END_BOUND)
        marq_format(end->message, size, "the bound is reached before the confidence limit");
    else if (end->status == MARQ_END_OPEN)
        marq_format(end->message, size, "the data set no limit on this side: |tau| is %.3g of %.3g at %.6g",
                    fabs(end->tau), e->threshold, end->reached);
    else if (end->status == MARQ_END_LOST)
        marq_format(end->message, size, "no fit of the other parameters beyond %.6g: %.90s", end->reached,
                    w->result.message);
}

void marq_follow_side(const marq_estimate *estimate, marq_side_memory *memory, marq_side *side) {
    walk w = {.estimate = estimate, .memory = memory, .side = side, .j = side->parameter};
    marq_interval_end *end = &side->end;
    side->lowest = estimate->squares;
    start(&w);
    double value = (double)NAN;
    end->status = march(&w);
    if (end->status == MARQ_END_FOUND) end->status = refine(&w, &value);
    if (side->lowest < estimate->squares) end->status = MARQ_END_LOWER; /* also where a step was not taken */
    if (end->status == MARQ_END_BOUND) value = memory->inner[w.j];
    bool has_value = end->status == MARQ_END_FOUND || end->status == MARQ_END_BOUND;
    end->value = has_value ? value : side->direction * HUGE_VAL;
    bool moved = side->count > 0;
    end->reached = moved ? side->points[side->count - 1].value : estimate->theta[w.j];
    end->tau = moved ? side->points[side->count - 1].tau : 0;
    describe(&w, end);
}
