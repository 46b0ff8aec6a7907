/* Lineshapes as expressions; formula.h has the formulas and their parameters' order. */
#include "shapes.h"

#include "simplify.h"
#include <base/text.h>
#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* ---- The expressions ---- */

static marq_node_id number(marq_graph *g, double value) {
    return marq_constant(g, value);
}

static marq_node_id square(marq_graph *g, marq_node_id a) {
    return marq_power(g, a, number(g, 2));
}

/* area/(|sigma| √(2π)) · exp(−½ t²), t = distance/sigma. The first factor is the same in all rows. */
static marq_node_id gaussian(marq_graph *g, marq_node_id area, marq_node_id distance, marq_node_id sigma) {
    marq_node_id t = marq_divide(g, distance, sigma);
    marq_node_id bell = marq_call(g, MARQ_OP_EXP, marq_scale(g, -0.5, square(g, t)));
    marq_node_id width = marq_scale(g, sqrt(2 * pi), marq_call(g, MARQ_OP_ABS, sigma));
    return marq_multiply(g, marq_divide(g, area, width), bell);
}

/* (area · |gamma|/π)/(distance² + gamma²) */
static marq_node_id lorentzian(marq_graph *g, marq_node_id area, marq_node_id distance, marq_node_id gamma) {
    marq_node_id above = marq_multiply(g, area, marq_scale(g, 1 / pi, marq_call(g, MARQ_OP_ABS, gamma)));
    return marq_divide(g, above, marq_add(g, square(g, distance), square(g, gamma)));
}

static marq_node_id gauss(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    return gaussian(g, p[0], marq_subtract(g, x, p[1]), p[2]);
}

static marq_node_id lorentz(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    return lorentzian(g, p[0], marq_subtract(g, x, p[1]), p[2]);
}

static marq_node_id voigt(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    return marq_multiply(g, p[0], marq_apply(g, MARQ_OP_VOIGT, marq_subtract(g, x, p[1]), p[2], p[3]));
}

/* fwhm = 2γ = 2√(2 log 2) σ */
static marq_node_id pseudo_voigt(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    marq_node_id distance = marq_subtract(g, x, p[1]);
    marq_node_id broad = marq_multiply(g, p[0], p[3]),
                 narrow = marq_multiply(g, p[0], marq_subtract(g, number(g, 1), p[3]));
    return marq_add(g, lorentzian(g, broad, distance, marq_scale(g, 0.5, p[2])),
                    gaussian(g, narrow, distance, marq_scale(g, 1 / sqrt(8 * log(2)), p[2])));
}

static marq_node_id exponential(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    marq_node_id exponent = marq_multiply(g, marq_negate(g, p[1]), x);
    return marq_multiply(g, p[0], marq_call(g, MARQ_OP_EXP, exponent));
}

static marq_node_id power_law(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    return marq_multiply(g, p[0], marq_power(g, x, p[1]));
}

static marq_node_id logistic(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    (void)degree;
    marq_node_id exponent = marq_multiply(g, marq_negate(g, p[2]), marq_subtract(g, x, p[1]));
    return marq_divide(g, p[0], marq_add(g, number(g, 1), marq_call(g, MARQ_OP_EXP, exponent)));
}

/* By Horner's rule. */
static marq_node_id polynomial(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree) {
    marq_node_id sum = p[degree];
    while (degree--) sum = marq_add(g, p[degree], marq_multiply(g, x, sum));
    return sum;
}

/* ---- The list ---- */

static const struct entry {
    const char *name;
    marq_node_id (*build)(marq_graph *g, marq_node_id x, const marq_node_id *p, size_t degree);
    size_t count;
    const char *parameters[4];
} table[MARQ_LINESHAPES] = {
    [MARQ_LINESHAPE_GAUSS] = {"gauss", gauss, 3, {"area", "center", "sigma"}},
    [MARQ_LINESHAPE_LORENTZ] = {"lorentz", lorentz, 3, {"area", "center", "gamma"}},
    [MARQ_LINESHAPE_VOIGT] = {"voigt", voigt, 4, {"area", "center", "sigma", "gamma"}},
    [MARQ_LINESHAPE_PSEUDO_VOIGT] = {"pseudo_voigt", pseudo_voigt, 4, {"area", "center", "fwhm", "fraction"}},
    [MARQ_LINESHAPE_EXPONENTIAL] = {"exponential", exponential, 2, {"amplitude", "rate"}},
    [MARQ_LINESHAPE_POWER_LAW] = {"power_law", power_law, 2, {"amplitude", "exponent"}},
    [MARQ_LINESHAPE_LOGISTIC] = {"logistic", logistic, 3, {"height", "center", "rate"}},
    [MARQ_LINESHAPE_POLYNOMIAL] = {"polynomial", polynomial, 0, {0}},
};

static int continues_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static size_t match(const char *text, const char *name) {
    size_t i = 0;
    while (name[i] && (text[i] == name[i] || (name[i] == '_' && text[i] == '-'))) i++;
    return name[i] || continues_name(text[i]) ? 0 : i;
}

size_t marq_lineshape_find(const char *text, marq_lineshape *shape) {
    for (size_t i = 0; i < MARQ_LINESHAPES; i++) {
        size_t length = match(text, table[i].name);
        if (length == 0) continue;
        *shape = (marq_lineshape)i;
        return length;
    }
    return 0;
}

size_t marq_lineshape_parameters(marq_lineshape shape, size_t degree) {
    return shape == MARQ_LINESHAPE_POLYNOMIAL ? degree + 1 : table[shape].count;
}

void marq_lineshape_parameter(marq_lineshape shape, size_t number, char *out, size_t size) {
    if (shape == MARQ_LINESHAPE_POLYNOMIAL)
        marq_format(out, size, "c%zu", number);
    else
        marq_format(out, size, "%s", table[shape].parameters[number]);
}

marq_node_id marq_lineshape_build(marq_graph *graph, marq_lineshape shape, marq_node_id x,
                                  const marq_node_id *p, size_t degree) {
    return table[shape].build(graph, x, p, degree);
}

const char *marq_lineshape_name(marq_lineshape shape) {
    return (size_t)shape < MARQ_LINESHAPES ? table[shape].name : "";
}
