/* Many starts. Candidates are a Latin hypercube over the ranges of the parameters that have no start (McKay,
 * Beckman, Conover 1979; sizes by their logarithm). Each is judged by the cost that is left once the linear
 * parameters are at their best (variable projection, Golub & Pereyra 1973):
 *     min_c ‖w (r + Φ c)‖²,   Φ the columns of the linear parameters,
 * by Gram–Schmidt on a sample of the rows (sample.h). The solver starts from the best candidates, and from
 * some others, so that it sees more than one valley. */
#include "formulas/search.h"

#include "formulas/sample.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/random.h>
#include <base/team.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES = 32, MOST_CANDIDATES = 100000, LARGE = 8 * FORMULA_SAMPLE_ROWS, ENDS = 8 };

typedef struct candidate {
    double cost;
    size_t number;
} candidate;

typedef struct screen {
    const marq_problem *problem;
    size_t count, n;
    formula_sample sample; /* the rows that are looked at */
    double *points;        /* count × n */
    candidate *order;      /* count */
} screen;

/* ---- The candidates ---- */

static double in_bounds(double value, double low, double high, double share) {
    if (value >= low && value <= high) return value;
    if (low > -HUGE_VAL && high < HUGE_VAL) return low + share * (high - low);
    double bound = value < low ? low : high; /* as far on the other side */
    return 2 * bound - value;
}

/* share in [0, 1). */
static double draw(const marq_formula_range *range, double share) {
    if (!range->scale) return range->low + share * (range->high - range->low);
    double sign = range->sign < 0 ? -1 : 1;
    if (range->sign == 0) {
        sign = share < 0.5 ? -1 : 1;
        share = 2 * share - (share >= 0.5);
    }
    return sign * range->low * pow(range->high / range->low, share);
}

/* Tied parameters follow the others; where they cannot be computed their candidate cannot either. */
static void follow_ties(screen *s) {
    const marq_ties *ties = s->problem->ties;
    for (size_t k = 0; ties && k < s->count; k++) ties->function(s->problem->user, s->points + k * s->n);
}

/* Candidate 0 is theta. */
static bool draw_all(screen *s, const formula_search_options *search, uint64_t seed, const double *theta) {
    size_t n = s->n, drawn = s->count - 1, *slice = marq_alloc(drawn, sizeof *slice);
    if (!slice) return false;
    marq_random random = {.seed = seed, .stream = MARQ_STREAM_STARTS};
    for (size_t k = 0; k < s->count; k++) memcpy(s->points + k * n, theta, n * sizeof *theta);
    for (size_t j = 0; j < n; j++) {
        if (!search->open[j]) continue;
        for (size_t k = 0; k < drawn; k++) slice[k] = k;
        marq_random_shuffle(&random, slice, drawn);
        for (size_t k = 0; k < drawn; k++) {
            double share = ((double)slice[k] + marq_random_uniform(&random)) / (double)drawn;
            double low = s->problem->lower ? s->problem->lower[j] : -HUGE_VAL;
            double high = s->problem->upper ? s->problem->upper[j] : HUGE_VAL;
            s->points[(k + 1) * n + j] = in_bounds(draw(&search->ranges[j], share), low, high, share);
        }
    }
    free(slice);
    follow_ties(s);
    return true;
}

/* ---- Their costs ---- */

/* Room for one candidate's rows. */
typedef struct sheet {
    double *residual, *jacobian, *columns; /* rows; rows × n; linear parameters × rows */
} sheet;

static void clear_sheet(sheet *w) {
    free(w->residual);
    free(w->jacobian);
    free(w->columns);
}

static bool make_sheet(sheet *w, const screen *s) {
    size_t rows = s->sample.problem.rows;
    *w = (sheet){marq_alloc_doubles(rows, 1), marq_alloc_doubles(rows, s->n), marq_alloc_doubles(rows, s->n)};
    return w->residual && w->jacobian && w->columns;
}

static bool evaluate(const screen *s, const double *theta, sheet *w) {
    const marq_problem *p = &s->sample.problem;
    if (p->residual(p->user, theta, 0, p->rows, w->residual) != MARQ_CALLBACK_OK) return false;
    if (p->linear && p->jacobian(p->user, theta, 0, p->rows, w->jacobian, s->n) != MARQ_CALLBACK_OK)
        return false;
    for (size_t i = 0; p->weights && i < p->rows; i++) {
        w->residual[i] *= p->weights[i];
        for (size_t j = 0; p->linear && j < s->n; j++) w->jacobian[i * s->n + j] *= p->weights[i];
    }
    return true;
}

static double dot(const double *a, const double *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/* v ← v − (q·v) q */
static void remove_part(const double *q, double *v, size_t count) {
    double part = dot(q, v, count);
    for (size_t i = 0; i < count; i++) v[i] -= part * q[i];
}

/* ‖r‖² after the linear parameters' columns are taken out of it, by modified Gram–Schmidt; columns that
 * depend on those before are left out. */
static double project(const screen *s, sheet *w) {
    size_t rows = s->sample.problem.rows, taken = 0;
    for (size_t j = 0; s->problem->linear && j < s->n; j++) {
        if (!s->problem->linear[j]) continue;
        double *column = w->columns + taken * rows;
        for (size_t i = 0; i < rows; i++) column[i] = w->jacobian[i * s->n + j];
        double before = sqrt(dot(column, column, rows));
        for (size_t k = 0; k < taken; k++) remove_part(w->columns + k * rows, column, rows);
        double left = sqrt(dot(column, column, rows));
        if (!(left > 1e-10 * before)) continue;
        for (size_t i = 0; i < rows; i++) column[i] /= left;
        taken++;
    }
    for (size_t k = 0; k < taken; k++) remove_part(w->columns + k * rows, w->residual, rows);
    double cost = dot(w->residual, w->residual, rows);
    return isfinite(cost) ? cost : HUGE_VAL;
}

static bool judge_all(screen *s, int threads) {
    int failed = 0;
    marq_team team = marq_team_enter(threads);
#pragma omp parallel reduction(| : failed)
    {
        sheet w;
        failed |= !make_sheet(&w, s);
#pragma omp for schedule(dynamic, 8)
        for (size_t k = 0; k < s->count; k++)
            s->order[k] =
                (candidate){!failed && evaluate(s, s->points + k * s->n, &w) ? project(s, &w) : HUGE_VAL, k};
        clear_sheet(&w);
    }
    marq_team_leave(&team);
    return !failed;
}

static int compare(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* ---- Wider ranges ---- */

enum { WIDENINGS = 3 };

static bool none_is_computable(const screen *s) {
    for (size_t k = 0; k < s->count; k++)
        if (s->order[k].cost < HUGE_VAL) return false;
    return true;
}

static void widen(marq_formula_range *range) {
    double reach = range->high - range->low;
    range->low = range->scale ? 0.1 * range->low : range->low - reach;
    range->high = range->scale ? 10 * range->high : range->high + reach;
}

/* Where the formula is not defined at any candidate (a*log(x - b) with b among the x), wider ranges are drawn
 * from. */
static bool draw_and_judge(screen *s, const formula_search_options *search, marq_formula_range *ranges,
                           const double *theta, int threads) {
    bool complete = draw_all(s, search, search->seed, theta) && judge_all(s, threads);
    for (int k = 0; complete && k < WIDENINGS && none_is_computable(s); k++) {
        for (size_t j = 0; j < s->n; j++) widen(&ranges[j]);
        complete = draw_all(s, search, search->seed, theta) && judge_all(s, threads);
    }
    return complete;
}

/* ---- The whole ---- */

static size_t count_candidates(const formula_search_options *search, size_t n) {
    size_t open = 0;
    for (size_t j = 0; j < n; j++) open += search->open[j] != 0;
    size_t most = MOST_CANDIDATES / search->starts + 1, each = CANDIDATES * (open < 4 ? open : 4) / 2;
    return 1 + search->starts * (each < most ? each : most);
}

/* starts ← theta, the best, and every fourth one of the hypercube's first: the order is of all candidates. */
static void take_starts(const screen *s, size_t starts, double *out) {
    size_t others = starts / 4, n = s->n;
    memcpy(out, s->points, n * sizeof *out);
    for (size_t k = 0; k < starts; k++) {
        size_t number = k < others ? k + 1 : s->order[k - others].number;
        memcpy(out + (k + 1) * n, s->points + number * n, n * sizeof *out);
    }
}

static void find_span(const formula_search_options *search, size_t n, double *span) {
    for (size_t j = 0; j < n; j++)
        span[j] = search->open[j]
                      ? search->ranges[j].high - (search->ranges[j].scale ? 0 : search->ranges[j].low)
                      : HUGE_VAL;
}

/* Where the minima go. */
typedef struct harvest {
    double *theta;
    marq_minimum *minima;
    size_t capacity, *found;
} harvest;

/* Of very many rows the sample is solved from all starts, and the whole from where those end. */
static marq_status solve_large(const screen *s, const marq_options *options, const double *starts,
                               size_t count, const double *span, const harvest *to, marq_error *error) {
    marq_minimum minima[ENDS];
    size_t found = 0, n = s->n;
    double *ends = marq_alloc_doubles(ENDS, n), *theta = marq_alloc_doubles(n, 1);
    marq_status status = ends && theta ? marq_solve_starts(&s->sample.problem, options, starts, count, span,
                                                           theta, minima, ends, ENDS, &found, error)
                                       : marq_fail_memory(error, "the starts");
    if (status >= 0)
        status = marq_solve_starts(s->problem, options, ends, found < ENDS ? found : ENDS, span, to->theta,
                                   to->minima, NULL, to->capacity, to->found, error);
    for (size_t k = 0; status >= 0 && k < *to->found && k < to->capacity; k++)
        to->minima[k].count = minima[to->minima[k].start].count;
    free(ends);
    free(theta);
    return status;
}

static marq_status solve(const screen *s, const marq_options *options, const double *starts, size_t count,
                         const double *span, const harvest *to, marq_error *error) {
    if (s->problem->rows > LARGE && !s->problem->ties)
        return solve_large(s, options, starts, count, span, to, error);
    return marq_solve_starts(s->problem, options, starts, count, span, to->theta, to->minima, NULL,
                             to->capacity, to->found, error);
}

marq_status formula_search(const marq_problem *problem, const marq_options *options,
                           const formula_search_options *search, double *theta, marq_minimum *minima,
                           size_t capacity, size_t *found, marq_error *error) {
    size_t n = problem->parameters;
    screen s = {.problem = problem, .count = count_candidates(search, n), .n = n};
    s.points = marq_alloc_doubles(s.count, n);
    s.order = marq_alloc(s.count, sizeof *s.order);
    double *starts = marq_alloc_doubles(search->starts + 1, n), *span = marq_alloc_doubles(n, 1);
    marq_formula_range *ranges = marq_alloc(n, sizeof *ranges);
    formula_search_options own = *search;
    own.ranges = ranges;
    if (ranges) memcpy(ranges, search->ranges, n * sizeof *ranges);
    bool complete = formula_sample_make(&s.sample, problem) && s.points && s.order && starts && span &&
                    ranges && draw_and_judge(&s, &own, ranges, theta, options->threads);
    marq_status status = complete ? MARQ_OK : marq_fail_memory(error, "the starts");
    if (complete) {
        qsort(s.order, s.count, sizeof *s.order, compare);
        take_starts(&s, search->starts, starts);
        find_span(&own, n, span);
        status = solve(&s, options, starts, search->starts + 1, span,
                       &(harvest){theta, minima, capacity, found}, error);
    }
    formula_sample_clear(&s.sample);
    free(s.points);
    free(s.order);
    free(starts);
    free(span);
    free(ranges);
    return status;
}
