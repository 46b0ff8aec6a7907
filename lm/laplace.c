/* Laplace's approximation: H = JᵀJ + αI = L Lᵀ, leverages ‖L⁻¹g‖², γ = n − α ‖L⁻¹‖²_F. */
#include <marq/laplace.h>

#include "cholesky.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/team.h>
#include <math.h>
#include <stdlib.h>

/* Of the mean of JᵀJ's diagonal, and how often it may grow tenfold. */
static const double RIDGE = 1e-10;
enum { TENFOLD = 9 };

struct marq_laplace {
    size_t n;
    int threads;
    double decay, effective;
    double *factor;
    double *scratch; /* threads × stride */
    size_t stride;
};

static size_t scratch_doubles(size_t n) {
    size_t trace = marq_inverse_scratch(n), forms = marq_forms_scratch(n);
    return trace > forms ? trace : forms;
}

double marq_laplace_bytes(size_t n, int threads) {
    double scratch = (double)marq_team_size(threads) * (double)scratch_doubles(n);
    return ((double)marq_cholesky_doubles(n) + scratch) * sizeof(double);
}

marq_laplace *marq_laplace_create(size_t n, int threads, marq_error *error) {
    marq_laplace *l = marq_alloc(1, sizeof *l);
    if (l) {
        *l = (marq_laplace){.n = n, .threads = marq_team_size(threads), .stride = scratch_doubles(n)};
        l->factor = marq_alloc_doubles(marq_cholesky_doubles(n), 1);
        l->scratch = marq_alloc_doubles((size_t)l->threads, l->stride);
    }
    if (l && l->factor && l->scratch) return l;
    marq_laplace_destroy(l);
    marq_fail_memory(error, "the covariance of the parameters");
    return NULL;
}

void marq_laplace_destroy(marq_laplace *l) {
    if (!l) return;
    free(l->factor);
    free(l->scratch);
    free(l);
}

/* Tries α, then the ridge and its tenfolds. 0: none will do. */
static int factor(marq_laplace *l, const double *gram, double decay) {
    double trace = 0;
    for (size_t j = 0; j < l->n; j++) trace += gram[j * l->n + j];
    double ridge = RIDGE * trace / (double)l->n;
    if (!(ridge > 0 && isfinite(trace))) return 0;
    l->decay = decay;
    for (int tries = 0; tries <= TENFOLD; tries++) {
        if (l->decay > 0 && marq_cholesky_factor(l->n, gram, l->decay, NULL, l->factor) == 0) return 1;
        l->decay = l->decay < ridge ? ridge : 10 * l->decay;
    }
    return 0;
}

marq_status marq_laplace_factor(marq_laplace *l, const double *gram, double decay, marq_error *error) {
    marq_team team = marq_team_enter(l->threads);
    int factored = factor(l, gram, decay);
    double trace = factored ? marq_inverse_trace(l->n, l->factor, l->scratch) : (double)NAN;
    marq_team_leave(&team);
    l->effective = fmax(0, (double)l->n - l->decay * trace);
    if (isfinite(trace)) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_JACOBIAN,
                     "the parameters have no covariance: derivatives are zero or not finite");
}

double marq_laplace_decay(const marq_laplace *l) {
    return l->decay;
}

double marq_laplace_effective(const marq_laplace *l) {
    return l->effective;
}

void marq_laplace_leverages(const marq_laplace *l, size_t count, const double *gradients, double *h) {
    marq_inverse_forms(l->n, l->factor, count, gradients,
                       l->scratch + (size_t)omp_get_thread_num() * l->stride, h);
}

/* α, γ, L. */
size_t marq_laplace_packed(size_t n) {
    return 2 + n * (n + 1) / 2;
}

void marq_laplace_pack(const marq_laplace *l, double *packed) {
    packed[0] = l->decay;
    packed[1] = l->effective;
    marq_cholesky_pack(l->n, l->factor, packed + 2);
}

marq_status marq_laplace_unpack(marq_laplace *l, const double *packed, marq_error *error) {
    const double *row = packed + 2;
    int right = packed[0] > 0 && packed[1] >= 0 && packed[1] <= (double)l->n;
    for (size_t k = 0; k < marq_laplace_packed(l->n); k++) right &= isfinite(packed[k]) != 0;
    for (size_t i = 0; i < l->n; row += ++i) right &= row[i] > 0;
    if (!right) return marq_fail(error, MARQ_ERROR_FORMAT, "these are not the numbers of a covariance");
    l->decay = packed[0];
    l->effective = packed[1];
    marq_cholesky_unpack(l->n, packed + 2, l->factor);
    return MARQ_OK;
}
