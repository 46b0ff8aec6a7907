/* The linear model of the residuals at a point, r + Js, in singular coordinates. */
#ifndef MARQ_LM_MODEL_H
#define MARQ_LM_MODEL_H

#include "tsqr.h"
#include <stdbool.h>

/* J D⁻¹ = Q R, R = U Σ Vᵀ; with z = UᵀQᵀr the damped step is Ds = −V (σ z / (σ² + μ)). */
typedef struct marq_model {
    size_t rows, parameters;
    double cutoff; /* singular values below it times σ_1 take no part */
    marq_tsqr qr;
    double *scale;    /* n: D, what was factored */
    double *triangle; /* n × n: R, then overwritten */
    double *u, *vt;   /* n × n, column-major: U and Vᵀ */
    double *sigma;    /* n, falling */
    double *z;        /* n: UᵀQᵀr */
    double *other;    /* n: the same for another right-hand side */
    double *work;     /* for LAPACK */
    int *integers;
    size_t work_size;
} marq_model;

/* 0 without memory. */
int marq_model_create(marq_model *model, size_t rows, size_t parameters, int threads);
void marq_model_destroy(marq_model *model);

/* Doubles that it allocates. */
double marq_model_doubles(size_t rows, size_t parameters, int threads);

/* Factors J D⁻¹ (J row-major) and transforms r. false if LAPACK's SVD does not converge (NaN, Inf). */
bool marq_model_factor(marq_model *model, const double *J, const double *scale, const double *r);

/* The numerical rank: singular values above tolerance · σ_1. */
size_t marq_model_rank(const marq_model *model, double tolerance);

/* step ← the minimiser of ‖r + Js‖² + μ‖Ds‖² in s, for μ ≥ 0 (μ = 0: of least norm); returns ‖Ds‖. */
double marq_model_step(const marq_model *model, double mu, double *step);

/* The same with w in place of r. */
double marq_model_solve(marq_model *model, double mu, const double *w, double *step);

/* μ for which ‖Ds(μ)‖ is the radius, within a tenth (Moré 1978); 0 if the Gauss–Newton step is inside. */
double marq_model_damping(const marq_model *model, double radius);

/* ‖Js‖² */
double marq_model_curvature(const marq_model *model, const double *step);

/* ½‖r‖² − ½‖r + Js(μ)‖². */
double marq_model_decrease(const marq_model *model, double mu);

#endif
