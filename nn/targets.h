/* What a training compares a net's outputs with, and how: targets, weights, loss, and the residuals r and
 * seeds S = ∂r/∂a by which any loss meets the least-squares solver. With outputs a, targets y and weights w
 * of a row:
 *     squares   cost ½ Σ f²,  f_o = √w_o (a_o − y_o);  r = f,  S = diag √w
 *     Huber     cost Σ ρ(f_o),  ρ(f) = ½ f² for |f| ≤ t, else t|f| − ½ t²  (Huber 1964);
 *               r = sign(f) √(2ρ(f)), so that ½ r² is the cost itself;  S = diag √w ρ'(f)/r
 *     cross-entropy of logits a, p their probabilities, y the class as 1 among 0 (two classes: one logit):
 *               cost −w log p_c.  S Sᵀ = w (diag p − ppᵀ) is its curvature in a, S = √w (diag √p − p √pᵀ),
 * and r_o = √w (p_o − y_o)/√p_o:  S r = w (p − y), its gradient;  two classes: S = √w √(p(1 − p)), r = √w (p
 * − y)/√(p(1 − p)).  Of both ‖r‖² = w (1 − p_c)/p_c, so that the cost is w log(1 + ‖r‖²/w). J̃ᵀJ̃ is the
 * generalised Gauss–Newton matrix (Schraudolph 2002), which is Fisher's here (Martens 2020). Rows S (its
 * transpose there) of J̃ = Sᵀ J come from a reverse pass that begins with S in place of the identity: with
 * that, the solver has plain squares before it, in every form, with its own gain ratio and second-order
 * correction; the cross-entropy has its cost besides (marq_problem.cost). */
#ifndef MARQ_NN_TARGETS_H
#define MARQ_NN_TARGETS_H

#include <marq/nn.h>
#include <stdbool.h>

typedef struct marq_targets {
    marq_net_loss loss;
    size_t outputs;
    const double *Y;         /* rows × outputs, normalised; cross-entropy: y */
    const double *root;      /* rows × outputs: √w; 0: a missing output; NULL: all 1 */
    const double *threshold; /* outputs: t of Huber's loss */
} marq_targets;

/* Plain squares of outputs against Y. */
static inline marq_targets marq_plain_targets(size_t outputs, const double *Y) {
    return (marq_targets){.loss = MARQ_NET_SQUARES, .outputs = outputs, .Y = Y};
}

/* r is a − y: S is the identity. */
bool marq_targets_are_plain(const marq_targets *targets);

/* How many of the outputs of these rows are missing. */
size_t marq_targets_missing(const marq_targets *targets, size_t rows);

/* Of rows first … first + rows − 1, whose outputs are a (rows × outputs). r may be a. */
void marq_target_residuals(const marq_targets *targets, size_t first, size_t rows, const double *a,
                           double *r);

/* f of one row becomes r: Huber's loss. */
void marq_huber_residuals(const marq_targets *targets, double *f);

/* seeds[(i·outputs + o)·outputs + q] = ∂r_io/∂a_iq. */
void marq_target_seeds(const marq_targets *targets, size_t first, size_t rows, const double *a,
                       double *seeds);

/* Σ cost of these rows, whose residuals are r. */
double marq_target_cost(const marq_targets *targets, size_t first, size_t rows, const double *r);

/* The classes of cross-entropy, and that of a row. */
static inline size_t marq_target_classes(const marq_targets *t) {
    return t->outputs == 1 ? 2 : t->outputs;
}
size_t marq_target_class(const marq_targets *targets, size_t row);

/* The objective of a batch of B rows is this share of Σ cost / B: the mean squared error, or the mean
 * cross-entropy. */
static inline double marq_target_share(const marq_targets *t) {
    return t->loss == MARQ_NET_CROSS_ENTROPY ? 1 : 2 / (double)t->outputs;
}

/* slope (outputs) ← ∂cost/∂a of one row. */
void marq_target_slope(const marq_targets *targets, size_t row, const double *a, double *slope);

#endif
