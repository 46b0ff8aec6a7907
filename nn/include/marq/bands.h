/* marq/bands.h: how sure a net's predictions are.
 *
 * Laplace's approximation at the trained parameters (marq/laplace.h; MacKay 1992): with g the gradient of a
 * normalised output by the parameters, J the Jacobian of the training rows with their weights, and the weight
 * decay α,
 *     leverage        h(x) = g(x)ᵀ (JᵀJ + αI)⁻¹ g(x)
 *     fitted value    variance σ² h(x): how far a net from other data of the same kind would be off
 *     measurement     variance σ² h(x) + σ² / w, w the weight of the new row
 *     noise           σ² = Σ w e² / (N − γ), of each output its own values, with its share of γ: outputs may
 *                     be measured with different precision
 *
 * Of a classifier J̃ of the generalised Gauss–Newton matrix (Fisher's information; marq/nn.h) takes J's place,
 * and σ² is 1. With g_k the gradient of the k-th logit, through the softmax (delta method):
 *
 *     variance of the probability p_k = gᵀ (J̃ᵀJ̃ + αI)⁻¹ g,   g = p_k (g_k − Σ_j p_j g_j)
 *
 * It says how far the probability itself would be off, not how often a class is right: near 0 and 1 it is
 * small, and only the leverage of the logits tells that a row is far from the training rows.
 *
 * Without hidden layers and without decay these are the standard errors of linear and of logistic regression.
 * The net is linearised in its parameters, and the misfit of a net that is too small is taken for noise.
 *
 *     marq_net_bands *bands = marq_net_bands_create(net, &data, NULL, &error);
 *     marq_net_bands_at(bands, rows, X, NULL, deviation, NULL, NULL);
 *     half = marq_t_quantile(0.975, marq_net_bands_facts(bands, 0).dof) * deviation[i];
 */
#ifndef MARQ_BANDS_H
#define MARQ_BANDS_H

#include <marq/nn.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct marq_net_bands marq_net_bands;

typedef struct marq_bands_options {
    double decay; /* α ≥ 0 of the training; 0 (default): none, but for a ridge (marq_laplace_factor) */
    /* Non-zero: α is that of the highest evidence at the net's parameters, α ‖θ‖² = γ σ² (MacKay 1992), to 10
     * %, and decay is where the search begins. For nets with hidden layers that were trained without decay,
     * whose parameters the data never determine one by one. Default 0. */
    int evidence;
    const char *spill_folder; /* as in marq_train_options; one number a training value is still in memory */
    double max_memory;        /* bytes, beside the data; 0: no limit. Default 2e9 */
    int threads;              /* of the creation and of predictions; default 0: omp_get_max_threads() */
} marq_bands_options;

MARQ_API marq_bands_options marq_bands_options_default(void);

/* From a net and the data that it was trained on, of which the training rows count, for P parameters: P³
 * flops, several times that with evidence, and P² for each of the training values, but at most 10 000 of
 * them. options NULL: the defaults. All memory is allocated here; the handle does not follow later changes of
 * the net. The caller owns the result. NULL on failure: MARQ_ERROR_ARGUMENT for bad data as in
 * marq_net_train; MARQ_ERROR_MEMORY above max_memory; MARQ_ERROR_DATA where the net has about as many
 * effective parameters as training values, so that nothing is left that would show the noise. */
MARQ_API marq_net_bands *marq_net_bands_create(const marq_net *net, const marq_data *data,
                                               const marq_bands_options *options, marq_error *error);
MARQ_API void marq_net_bands_destroy(marq_net_bands *bands); /* NULL is allowed */

/* Of rows X (rows × inputs), each rows × outputs, or NULL: not wanted. Of a classifier deviation is of the
 * probabilities (rows × classes), and prediction is left alone. deviation: standard error of the
 * fitted value; prediction: standard deviation of a new measurement about it; both in units of the data.
 * leverage: h. sigma: rows, deviations of the measurements as in marq_data; NULL: each has the mean weight of
 * its output's training values. Allocates nothing; the same bits for every number of threads. One call at a
 * time with a handle. */
MARQ_API void marq_net_bands_at(marq_net_bands *bands, size_t rows, const double *X, const double *sigma,
                                double *deviation, double *prediction, double *leverage);

/* Of one output. */
typedef struct marq_bands_facts {
    double decay;     /* α in force; both of all outputs */
    double effective; /* γ */
    double noise;     /* 0 of classes; σ in units of the data, of a measurement with the mean weight of its
                         training values */
    double dof; /* ∞ of classes; N − γ of the output's values: degrees of freedom of Student's t for its
                   intervals */
    double largest; /* leverage among the training rows: a row far above it is beyond what was seen */
} marq_bands_facts;

MARQ_API marq_bands_facts marq_net_bands_facts(const marq_net_bands *bands, size_t output);

/* A file that a net needs for its bands beside its model file: 4 P² bytes. Binary, for machines of the same
 * byte order. */
MARQ_API marq_status marq_net_bands_save(const marq_net_bands *bands, const char *path, marq_error *error);
/* NULL on failure. MARQ_ERROR_READ: no such file; MARQ_ERROR_FORMAT: it is not that of this net. */
MARQ_API marq_net_bands *marq_net_bands_load(const char *path, const marq_net *net, int threads,
                                             marq_error *error);

#ifdef __cplusplus
}
#endif
#endif
