#include "collection.h"

#include "nist/nist.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static void residual(const void *data, const double *x, double *r) {
    marq_problem p = nist_as_marq(data);
    p.residual(p.user, x, 0, p.rows, r);
}

static void jacobian(const void *data, const double *x, double *J) {
    marq_problem p = nist_as_marq(data);
    p.jacobian(p.user, x, 0, p.rows, J, p.parameters);
}

static bench_problem instance(size_t number) {
    const nist_problem *from = &nist_problems[number / NIST_STARTS];
    bench_problem p = {.data = from,
                       .rows = from->rows,
                       .parameters = from->parameters,
                       .residual = residual,
                       .jacobian = jacobian};
    snprintf(p.name, sizeof p.name, "%s %zu", from->name, number % NIST_STARTS + 1);
    memcpy(p.start, from->start[number % NIST_STARTS], from->parameters * sizeof *p.start);
    return p;
}

/* As NIST prints them. */
static const char rational3[] = "(b1 + b2*x1 + b3*x1^2 + b4*x1^3) / (1 + b5*x1 + b6*x1^2 + b7*x1^3)";
static const char gauss[] = "b1*exp(-b2*x1) + b3*exp(-(x1 - b4)^2/b5^2) + b6*exp(-(x1 - b7)^2/b8^2)";
static const char lanczos[] = "b1*exp(-b2*x1) + b3*exp(-b4*x1) + b5*exp(-b6*x1)";
static const char chwirut[] = "exp(-b1*x1) / (b2 + b3*x1)";
static const char saturation[] = "b1*(1 - exp(-b2*x1))";
static const struct {
    const char *problem, *formula;
} formulas[] = {
    {"Bennett5", "b1*(b2 + x1)^(-1/b3)"},
    {"BoxBOD", saturation},
    {"Chwirut1", chwirut},
    {"Chwirut2", chwirut},
    {"DanWood", "b1*x1^b2"},
    {"ENSO", "b1 + b2*cos(2*pi*x1/12) + b3*sin(2*pi*x1/12) + b5*cos(2*pi*x1/b4) + b6*sin(2*pi*x1/b4) + "
             "b8*cos(2*pi*x1/b7) + b9*sin(2*pi*x1/b7)"},
    {"Eckerle4", "(b1/b2)*exp(-0.5*((x1 - b3)/b2)^2)"},
    {"Gauss1", gauss},
    {"Gauss2", gauss},
    {"Gauss3", gauss},
    {"Hahn1", rational3},
    {"Kirby2", "(b1 + b2*x1 + b3*x1^2) / (1 + b4*x1 + b5*x1^2)"},
    {"Lanczos1", lanczos},
    {"Lanczos2", lanczos},
    {"Lanczos3", lanczos},
    {"MGH09", "b1*(x1^2 + x1*b2) / (x1^2 + x1*b3 + b4)"},
    {"MGH10", "b1*exp(b2/(x1 + b3))"},
    {"MGH17", "b1 + b2*exp(-x1*b4) + b3*exp(-x1*b5)"},
    {"Misra1a", saturation},
    {"Misra1b", "b1*(1 - (1 + b2*x1/2)^(-2))"},
    {"Misra1c", "b1*(1 - (1 + 2*b2*x1)^(-0.5))"},
    {"Misra1d", "b1*b2*x1*((1 + b2*x1)^(-1))"},
    {"Nelson", "b1 - b2*x1*exp(-b3*x2)"},
    {"Rat42", "b1 / (1 + exp(b2 - b3*x1))"},
    {"Rat43", "b1 / ((1 + exp(b2 - b3*x1))^(1/b4))"},
    {"Roszman1", "b1 - b2*x1 - atan(b3/(x1 - b4))/pi"},
    {"Thurber", rational3},
};

static const char *formula_of(const char *problem) {
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        if (strcmp(formulas[i].problem, problem) == 0) return formulas[i].formula;
    return "";
}

/* Nelson's model is of log y. */
static json_t *describe_problem(const nist_problem *p) {
    json_t *x = json_array(), *y = json_array();
    for (size_t i = 0; i < p->rows; i++) {
        const double *row = p->data + i * (1 + p->predictors);
        json_t *predictors = json_array();
        for (size_t k = 1; k <= p->predictors; k++) json_array_append_new(predictors, json_real(row[k]));
        json_array_append_new(x, predictors);
        json_array_append_new(y, json_real(p->model == nist_nelson ? log(row[0]) : row[0]));
    }
    return json_pack("{s:s, s:o, s:o}", "formula", formula_of(p->name), "x", x, "y", y);
}

static json_t *describe(void) {
    json_t *list = json_array();
    for (size_t i = 0; i < bench_nist.count; i++)
        json_array_append_new(list, describe_problem(&nist_problems[i / NIST_STARTS]));
    return list;
}

const bench_collection bench_nist = {"nist", (size_t)NIST_PROBLEMS *NIST_STARTS, instance, 1, describe};
