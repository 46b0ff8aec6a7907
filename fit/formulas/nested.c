/* Nested models, and the F test of the smaller one (χ²_s, p_s parameters) against the larger (χ²_b, p_b):
 *     F = ((χ²_s − χ²_b)/(p_b − p_s)) / (χ²_b/(N − p_b)),
 * Fisher's F with p_b − p_s and N − p_b degrees of freedom if the smaller one is true (Seber & Wild 1989,
 * section 5.9.1; exact for linear models).
 *
 * Nested is what the user orders with --nested: each formula a special case of the next. Without that it is
 * what can be seen: at several places around the smaller fit the larger formula, within its bounds and with
 * its fixed and tied parameters, is fitted to the values that the smaller one gives, and meets them in every
 * row. The names of the parameters only say where to begin, and that terms without a counterpart begin at 0.
 */
#include "formulas/compare.h"
#include "formulas/sample.h"

#include <base/error.h>
#include <base/memory.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* MEETS: the largest distance over the largest value. */
static const double MEETS = 1e-10;

/* ---- The larger formula on the smaller one's values ---- */

typedef struct pair {
    const formula_outcome *small, *big;
    formula_outcome rows; /* the larger one, bound to residuals in every row also with --sigma-x; borrowed */
    marq_formula_problem *own;
    marq_problem problem; /* with `target` for the left side */
    marq_ties ties;
    double *left, *target;       /* rows */
    double *theta, *theta_small; /* of the larger, of the smaller one */
    unsigned char *linear;       /* of the larger's parameters */
    bool any_linear;
} pair;

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const pair *p = user;
    int code = p->rows.problem.residual(p->rows.problem.user, theta, first, count, r);
    for (size_t i = 0; i < count; i++) r[i] += p->left[first + i] - p->target[first + i];
    return code;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *rows,
                    size_t stride) {
    const pair *p = user;
    return p->rows.problem.jacobian(p->rows.problem.user, theta, first, count, rows, stride);
}

static int follow(void *user, double *theta) {
    const pair *p = user;
    return p->rows.problem.ties->function(p->rows.problem.user, theta);
}

static int differentiate(void *user, const double *theta, double *rows) {
    const pair *p = user;
    return p->rows.problem.ties->derivative(p->rows.problem.user, theta, rows);
}

/* A parameter that enters linearly in every group that uses it. */
static void mark_linear(pair *p) {
    const formula_groups *g = &p->big->groups;
    unsigned char held[FORMULA_MOST_PARAMETERS], marks[FORMULA_MOST_PARAMETERS];
    memset(p->linear, 1, p->big->parameters);
    for (size_t k = 0; k < g->count; k++) {
        const size_t *place = g->place + k * g->local;
        for (size_t i = 0; i < g->local; i++) held[i] = p->big->fixed[place[i]];
        marq_formula_linear(p->big->formula, held, marks);
        for (size_t i = 0; i < g->local; i++) p->linear[place[i]] &= marks[i];
    }
    for (size_t j = 0; j < p->big->parameters; j++) p->any_linear = p->any_linear || p->linear[j];
}

static void make_problem(pair *p) {
    const formula_outcome *o = p->big;
    p->problem = p->rows.problem;
    p->problem.user = p;
    p->problem.residual = residual;
    p->problem.jacobian = jacobian;
    p->problem.lower = o->problem.lower;
    p->problem.upper = o->problem.upper;
    p->problem.fixed = o->problem.fixed;
    if (p->problem.ties) {
        p->ties = *p->problem.ties;
        p->ties.function = follow;
        p->ties.derivative = differentiate;
        p->problem.ties = &p->ties;
    } else if (o->arguments->varpro && p->any_linear) {
        p->problem.linear = p->linear;
    }
}

static void clear_pair(pair *p) {
    marq_formula_problem_destroy(p->own);
    free(p->left);
    free(p->target);
    free(p->theta);
    free(p->theta_small);
    free(p->linear);
}

static bool make_pair(pair *p, const formula_outcome *small, const formula_outcome *big) {
    size_t rows = small->rows;
    marq_formula_data data = formula_data(big);
    marq_error ignored = {0};
    *p = (pair){.small = small,
                .big = big,
                .left = marq_alloc_doubles(rows, 1),
                .target = marq_alloc_doubles(rows, 1),
                .theta = marq_alloc_doubles(big->parameters, 1),
                .theta_small = marq_alloc_doubles(small->parameters, 1),
                .linear = marq_alloc(big->parameters, 1)};
    if (!p->left || !p->target || !p->theta || !p->theta_small || !p->linear) return false;
    p->rows = *big;
    if (marq_formula_problem_create(big->formula, &data, &p->own, &p->rows.of_formula, &ignored) != MARQ_OK)
        return false;
    formula_bind_groups(&p->rows);
    marq_formula_left(big->formula, &data, 0, rows, p->left);
    mark_linear(p);
    make_problem(p);
    return true;
}

/* ---- Places around the smaller fit ---- */

enum { PLACES = 4 };

/* At the fit; some percent beside it; and a standard error or some beside it, where a parameter is near 0. */
static void set_place(pair *p, int place) {
    static const double shares[PLACES] = {0, 0.037, -0.11, 0}, errors[PLACES] = {0, 0, 0, 1};
    const formula_outcome *o = p->small;
    for (size_t j = 0; j < o->parameters; j++) {
        double much = (double)(j % 3 + 1), error = isfinite(o->deviation[j]) ? o->deviation[j] : 0;
        double moved = o->theta[j] * (1 + shares[place] * much) + errors[place] * much * error;
        p->theta_small[j] = o->fixed[j] ? o->theta[j] : fmin(fmax(moved, o->lower[j]), o->upper[j]);
    }
    if (o->ties) formula_follow_ties(o->ties, p->theta_small);
    formula_values(o, p->theta_small, p->target);
}

/* The largest size of the values; NaN: not all are finite. */
static double size_of(const double *values, size_t rows) {
    double largest = 0;
    for (size_t i = 0; i < rows; i++) {
        if (!isfinite(values[i])) return (double)NAN;
        largest = fmax(largest, fabs(values[i]));
    }
    return largest;
}

/* ---- Starts of the larger formula ---- */

/* Equal, but for the number 1 that the larger formula gives the first of several equal shapes: gauss_area and
 * gauss1_area. */
static bool is_counterpart(const char *small, const char *big) {
    size_t same = 0;
    while (small[same] && small[same] == big[same]) same++;
    return strcmp(small + same, big + same) == 0 ||
           (small[same] == '_' && big[same] == '1' && strcmp(small + same, big + same + 1) == 0);
}

/* "1_area" of gauss1_area; NULL: no shape's. */
static const char *behind_shape(const char *name) {
    for (int shape = MARQ_LINESHAPE_GAUSS; shape <= MARQ_LINESHAPE_POLYNOMIAL; shape++) {
        size_t length = strlen(marq_lineshape_name(shape));
        if (strncmp(name, marq_lineshape_name(shape), length) == 0) return name + length;
    }
    return NULL;
}

/* One shape may be a special case of another: gauss_area and voigt_area. */
static bool is_like(const char *small, const char *big) {
    small = behind_shape(small), big = behind_shape(big);
    return small && big && is_counterpart(small, big);
}

enum { TERMS_AT_0, ALL_AT_0, AS_FITTED, STARTS };

/* The larger one's parameter j: its counterpart's value; without one 0 if it is linear, or always. */
static double start_of(const pair *p, size_t j, int kind) {
    const formula_outcome *b = p->big, *s = p->small;
    for (size_t i = 0; i < s->parameters; i++)
        if (is_counterpart(s->names[i], b->names[j])) return p->theta_small[i];
    for (size_t i = 0; i < s->parameters; i++)
        if (is_like(s->names[i], b->names[j])) return p->theta_small[i];
    return p->linear[j] || kind == ALL_AT_0 ? 0 : b->theta[j];
}

static void set_start(pair *p, int kind) {
    const formula_outcome *o = p->big;
    for (size_t j = 0; j < o->parameters; j++) {
        double start = kind == AS_FITTED ? o->theta[j] : start_of(p, j, kind);
        p->theta[j] = o->fixed[j] ? o->theta[j] : fmin(fmax(start, o->lower[j]), o->upper[j]);
    }
}

/* ---- Nested? ---- */

enum { ITERATIONS = 100 }; /* where the larger one meets the smaller, some tens are enough */

static bool meets(pair *p, double size, bool *complete) {
    formula_sample sample = {0};
    bool sampled = !p->problem.ties && p->problem.rows > FORMULA_SAMPLE_ROWS;
    marq_options options = marq_options_default();
    marq_result result;
    double *r = marq_alloc_doubles(p->problem.rows, 1);
    *complete = r && (!sampled || formula_sample_make(&sample, &p->problem));
    bool met = false;
    if (*complete) {
        options.threads = p->big->arguments->threads;
        options.max_iterations = ITERATIONS;
        marq_solve(sampled ? &sample.problem : &p->problem, &options, p->theta, &result);
        met = result.status > 0 && residual(p, p->theta, 0, p->problem.rows, r) == MARQ_CALLBACK_OK &&
              size_of(r, p->problem.rows) <= MEETS * size;
    }
    formula_sample_clear(&sample);
    free(r);
    return met;
}

static bool is_nested(pair *p, bool *complete) {
    for (int place = 0; place < PLACES; place++) {
        set_place(p, place);
        double size = size_of(p->target, p->small->rows);
        if (isnan(size) && place == PLACES - 1) continue; /* errors may be larger than the formula allows */
        if (!(size > 0)) return false;
        bool met = false;
        for (int kind = 0; kind < STARTS && !met && *complete; kind++) {
            set_start(p, kind);
            met = meets(p, size, complete);
        }
        if (!met) return false;
    }
    return true;
}

static bool is_known(const formula_outcome *small, const formula_outcome *big, bool *complete) {
    pair p;
    *complete = make_pair(&p, small, big);
    bool nested = *complete && is_nested(&p, complete);
    clear_pair(&p);
    return nested;
}

/* ---- The tests ---- */

static formula_nesting test(const formula_comparison *c, size_t small, size_t big, bool known) {
    const formula_model *s = &c->model[small], *b = &c->model[big];
    formula_nesting n = {.small = small,
                         .big = big,
                         .known = known,
                         .numerator = b->parameters - s->parameters,
                         .denominator = b->dof};
    bool possible = n.denominator > 0 && b->chi2 > 0;
    n.f = possible ? fmax((s->chi2 - b->chi2) / n.numerator / (b->chi2 / n.denominator), 0) : (double)NAN;
    n.p = possible ? marq_f_tail(n.f, n.numerator, n.denominator) : (double)NAN;
    return n;
}

marq_status formula_find_nested(const formula_run *run, formula_comparison *c, marq_error *error) {
    c->nesting = marq_alloc(run->count * run->count, sizeof *c->nesting);
    if (!c->nesting) return marq_fail_memory(error, "the comparison");
    if (run->arguments->loss != MARQ_LOSS_SQUARES) return MARQ_OK; /* its fits do not minimise χ² */
    for (size_t s = 0; s < run->count; s++)
        for (size_t b = 0; b < run->count; b++) {
            bool complete = true, ordered = run->arguments->nested && b == s + 1;
            if (!(c->model[s].parameters < c->model[b].parameters)) continue;
            /* As many parameters as rows meet anything. */
            bool known =
                !ordered && c->model[b].dof > 0 && is_known(&run->outcome[s], &run->outcome[b], &complete);
            if (!complete) return marq_fail_memory(error, "the comparison");
            if (known || ordered) c->nesting[c->nested++] = test(c, s, b, known);
        }
    return MARQ_OK;
}
