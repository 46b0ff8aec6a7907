/* Where parameters may lie, from their places in the tree and the data.
 *
 * Bottom up, each node has a size (survey.h). Top down, each node has a demand: the range in which its value
 * would make sense. What a node demands of its arguments, with s the size of
 * the other argument, d its own demand and n how finely the data resolve their columns (range over spacing):
 *
 *     x − m                m between the least and the largest x
 *     x + k                |k| from the spacing of x to ten times its largest value
 *     u · v,  u / v        u in d/s,  d·s;   v in s/d
 *     u^c                  u in d^(1/c)
 *     u^p                  p from 0.1 to 6, of either sign; u around 1
 *     exp u, tanh u, …     |u| from 0.1 to n^degree (u of that degree in x); a lone summand within ±5
 *     sin u, cos u, …      |u| from 1 to π n^degree: a sixth of a period to two points a period; within ±π
 *     u^p + v^p            as u + v
 *     y (the root)         0.01 to 10 times the largest |y|
 *
 * The strongest demand on a parameter counts; those from columns are stronger than those from functions, and
 * these than those from the root. */
#include "survey.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { FROM_NOTHING, FROM_ROOT, FROM_FUNCTION, FROM_COLUMN };

typedef struct demand {
    int strength;
    marq_formula_range range;
    double offset; /* of a lone parameter in a sum: within ± offset; 0: as the others */
} demand;

typedef struct analysis {
    marq_survey survey;
    demand *demands; /* one a node */
} analysis;

/* ---- Demands ---- */

static demand sizes(int strength, double low, double high, int sign) {
    return (demand){.strength = strength, .range = {.low = low, .high = high, .scale = 1, .sign = sign}};
}

static demand between(int strength, double low, double high) {
    return (demand){.strength = strength, .range = {.low = low, .high = high}};
}

static demand as_sizes(demand d) {
    if (d.range.scale || d.strength == FROM_NOTHING) return d;
    double most = fmax(fabs(d.range.low), fabs(d.range.high));
    return sizes(d.strength, 1e-3 * most, most, d.range.low >= 0 ? 1 : d.range.high <= 0 ? -1 : 0);
}

static void give(analysis *s, marq_node_id to, demand d) {
    demand *now = &s->demands[to];
    int is_range = d.range.low < d.range.high && isfinite(d.range.low) && isfinite(d.range.high) &&
                   (!d.range.scale || d.range.low > 0);
    if (!s->survey.extents[to].known && is_range && d.strength > now->strength) *now = d;
}

/* d · factor, factor > 0. */
static demand times(demand d, double factor) {
    d.range.low *= factor, d.range.high *= factor, d.offset *= factor;
    return d;
}

static demand negative(demand d) {
    double low = d.range.low;
    if (d.range.scale)
        d.range.sign = -d.range.sign;
    else
        d.range.low = -d.range.high, d.range.high = -low;
    return d;
}

/* The sign that is left for one factor, where the other one has the sign of e. */
static int sign_beside(int sign, const marq_extent *e) {
    if (!e->known || (e->low < 0 && e->high > 0)) return 0;
    return e->high <= 0 ? -sign : sign;
}

/* What a known column demands of what is added to it, or taken from it. */
static demand beside_column(const analysis *s, const marq_extent *e, int is_sum) {
    if (!is_sum) return between(FROM_COLUMN, e->low, e->high);
    double most = fmax(fabs(e->low), fabs(e->high)), least = fmin(fabs(e->low), fabs(e->high));
    double low = e->size / s->survey.resolution;
    if (e->low * e->high > 0) low = fmin(low, least);
    return sizes(FROM_COLUMN, 0.3 * low, 10 * most, e->low >= 0 ? 1 : 0);
}

static void give_term(analysis *s, marq_node_id to, demand d) {
    int is_alone = s->survey.nodes[to].op == MARQ_OP_PARAMETER;
    give(s, to, is_alone && d.offset > 0 ? between(d.strength, -d.offset, d.offset) : d);
}

static void demand_of_sum(analysis *s, const marq_node_id *a, int is_sum, demand d) {
    const marq_node *left = &s->survey.nodes[a[0]], *right = &s->survey.nodes[a[1]];
    if (left->op == MARQ_OP_POWER && right->op == MARQ_OP_POWER && left->argument[1] == right->argument[1]) {
        const marq_node_id bases[] = {left->argument[0], right->argument[0]};
        demand_of_sum(s, bases, is_sum, (demand){0});
        return;
    }
    for (int k = 0; k < 2; k++) {
        const marq_extent *other = &s->survey.extents[a[1 - k]];
        demand term = k == 1 && !is_sum ? negative(d) : d;
        if (other->known && other->varies)
            give(s, a[k], beside_column(s, other, is_sum));
        else if (other->known && other->size > 0 && d.strength < FROM_FUNCTION)
            give(s, a[k], sizes(FROM_FUNCTION, 0.03 * other->size, 30 * other->size, 0));
        else
            give_term(s, a[k], term);
    }
}

static double size_or_one(const marq_extent *e) {
    return e->size > 0 ? e->size : 1;
}

static void demand_of_product(analysis *s, const marq_node_id *a, demand d) {
    for (int k = 0; k < 2; k++) {
        const marq_extent *other = &s->survey.extents[a[1 - k]];
        int is_factor = other->known && !other->varies && other->size > 0;
        demand factor = is_factor ? d : as_sizes(d);
        factor = times(factor, 1 / size_or_one(other));
        if (!factor.range.scale && other->high < 0) factor = negative(factor);
        if (factor.range.scale) factor.range.sign = sign_beside(factor.range.sign, other);
        if (!is_factor) factor.offset = 0;
        give(s, a[k], factor);
    }
}

/* How much 1/v changes, or is. */
static double size_of_reciprocal(const marq_extent *v) {
    int is_away = v->known && v->low * v->high > 0;
    return is_away && v->varies ? fabs(1 / v->low - 1 / v->high) : 1 / size_or_one(v);
}

static void demand_of_quotient(analysis *s, const marq_node_id *a, demand d) {
    const marq_extent *above = &s->survey.extents[a[0]], *below = &s->survey.extents[a[1]];
    int is_factor = below->known && !below->varies && below->high > 0;
    demand numerator = is_factor ? d : as_sizes(d);
    if (numerator.range.scale) numerator.range.sign = sign_beside(numerator.range.sign, below);
    give(s, a[0], times(numerator, 1 / size_of_reciprocal(below)));
    demand sized = as_sizes(d);
    if (sized.strength < FROM_FUNCTION) return; /* such a denominator is a sum with demands of its own */
    double size = size_or_one(above);
    give(s, a[1],
         sizes(sized.strength, size / sized.range.high, size / sized.range.low,
               sign_beside(sized.range.sign, above)));
}

static demand of_function(const analysis *s, marq_node_id argument, double low, double high, double offset) {
    double degree = fabs(s->survey.extents[argument].degree);
    degree = degree == 0 ? 1 : fmin(fmax(degree, 0.5), 4);
    demand d = sizes(FROM_FUNCTION, low, high * pow(s->survey.resolution, degree), 0);
    d.offset = offset;
    return d;
}

static demand root_of(demand d, double exponent) {
    d = as_sizes(d);
    double low = pow(d.range.low, 1 / exponent), high = pow(d.range.high, 1 / exponent);
    d.range.low = fmin(low, high), d.range.high = fmax(low, high);
    d.range.sign = exponent == rint(exponent) && fmod(exponent, 2) != 0 ? d.range.sign : 1;
    d.offset = 0;
    return d;
}

static void demand_of_power(analysis *s, const marq_node_id *a, demand d) {
    const marq_extent *base = &s->survey.extents[a[0]], *exponent = &s->survey.extents[a[1]];
    if (exponent->known && exponent->varies) {
        give(s, a[0], between(FROM_COLUMN, exp(-5 / exponent->size), exp(5 / exponent->size)));
    } else if (exponent->known) {
        if (exponent->high != 0 && d.strength > FROM_NOTHING) give(s, a[0], root_of(d, exponent->high));
    } else if (base->known && !base->varies && base->high > 0 && base->high != 1) {
        give(s, a[1], times(of_function(s, a[1], 0.1, 1, 5), 1 / fabs(log(base->high))));
    } else {
        give(s, a[1], sizes(FROM_COLUMN, 0.1, 6, 0));
        give(s, a[0], sizes(FROM_FUNCTION, 0.03, fmax(30, s->survey.resolution), 1));
    }
}

static void demand_of_comparison(analysis *s, const marq_node_id *a) {
    for (int k = 0; k < 2; k++) {
        const marq_extent *other = &s->survey.extents[a[1 - k]];
        if (other->known && other->varies) give(s, a[k], beside_column(s, other, 0));
    }
}

static void pass_on(analysis *s, marq_node_id i) {
    const marq_node *node = &s->survey.nodes[i];
    const marq_node_id *a = node->argument;
    demand d = s->demands[i];
    switch (node->op) {
    case MARQ_OP_NEGATE:
        give(s, a[0], negative(d));
        break;
    case MARQ_OP_ADD:
    case MARQ_OP_SUBTRACT:
        demand_of_sum(s, a, node->op == MARQ_OP_ADD, d);
        break;
    case MARQ_OP_MULTIPLY:
        demand_of_product(s, a, d);
        break;
    case MARQ_OP_DIVIDE:
        demand_of_quotient(s, a, d);
        break;
    case MARQ_OP_POWER:
        demand_of_power(s, a, d);
        break;
    case MARQ_OP_LESS:
    case MARQ_OP_LESS_EQUAL:
        demand_of_comparison(s, a);
        break;
    case MARQ_OP_MIN:
    case MARQ_OP_MAX:
        demand_of_comparison(s, a);
        give(s, a[0], d), give(s, a[1], d);
        break;
    case MARQ_OP_SELECT:
        give(s, a[1], d), give(s, a[2], d);
        break;
    case MARQ_OP_SQRT:
        if (d.strength > FROM_NOTHING) give(s, a[0], root_of(d, 0.5));
        break;
    case MARQ_OP_SIN:
    case MARQ_OP_COS:
    case MARQ_OP_J0:
    case MARQ_OP_J1:
    case MARQ_OP_Y0:
    case MARQ_OP_Y1:
        give(s, a[0], of_function(s, a[0], 1, acos(-1), acos(-1)));
        break;
    case MARQ_OP_VOIGT:
        for (int k = 1; k < 3; k++)
            give(s, a[k],
                 times(sizes(FROM_COLUMN, 1 / s->survey.resolution, 1, 1),
                       size_or_one(&s->survey.extents[a[0]])));
        break;
    case MARQ_OP_LOG:
    case MARQ_OP_LOG10:
    case MARQ_OP_GAMMA:
    case MARQ_OP_LGAMMA:
        give(s, a[0], sizes(FROM_ROOT, 0.01, 100, 1));
        break;
    default:
        for (int k = 0; k < marq_op_arguments(node->op); k++) give(s, a[k], of_function(s, a[k], 0.1, 1, 5));
    }
}

/* ---- The whole ---- */

static demand of_response(const analysis *s, const marq_formula_data *data) {
    const marq_formula *formula = s->survey.formula;
    double most = 0, left;
    if (formula->response == MARQ_FORMULA_NONE) return (demand){0};
    for (size_t r = 0; r < s->survey.samples; r++) {
        marq_formula_left(formula, data, marq_survey_row(&s->survey, data, r), 1, &left);
        if (isfinite(left)) most = fmax(most, fabs(left));
    }
    return sizes(FROM_ROOT, 0.01 * most, 10 * most, 0);
}

static void find_all(analysis *s, marq_formula_range *ranges) {
    for (marq_node_id i = s->survey.count - 1; i >= 0; i--) {
        const marq_node *node = &s->survey.nodes[i];
        if (!s->survey.extents[i].used || s->survey.extents[i].known) continue;
        if (node->op == MARQ_OP_PARAMETER && s->demands[i].strength > FROM_NOTHING)
            ranges[node->index] = s->demands[i].range;
        else if (node->op < MARQ_OP_COMPUTED)
            pass_on(s, i);
    }
}

marq_status marq_formula_ranges(const marq_formula *formula, const marq_formula_data *data,
                                const double *theta, const unsigned char *held, marq_formula_range *ranges,
                                marq_error *error) {
    analysis s = {.demands = marq_alloc((size_t)formula->right + 1, sizeof *s.demands)};
    int made = marq_survey_make(&s.survey, formula, data, theta, held) && s.demands;
    if (made) {
        for (size_t j = 0; j < formula->parameters.count; j++)
            ranges[j] = (marq_formula_range){.low = 1e-3, .high = 1e3, .scale = 1};
        give(&s, formula->right, of_response(&s, data));
        find_all(&s, ranges);
    }
    marq_survey_clear(&s.survey);
    free(s.demands);
    return made ? MARQ_OK : marq_fail_memory(error, "ranges of parameters");
}
