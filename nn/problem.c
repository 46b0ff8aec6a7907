/* The binding of a net and training rows to the solver: residuals and Jacobian rows by blocks, or products.
 */
#include "problem.h"

#include "jacobian.h"
#include <base/error.h>
#include <string.h>

static marq_pass *forward_block(const marq_net_problem *own, const double *theta, size_t first, size_t rows) {
    marq_pass *pass = marq_pass_of_thread(&own->passes);
    size_t inputs = marq_net_inputs(own->net);
    memcpy(pass->a[0], own->X + first * inputs, rows * inputs * sizeof(double));
    marq_forward(own->net, theta, pass, 0, rows);
    return pass;
}

/* first and count are multiples of the outputs: the problem's row block is. */
static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const marq_net_problem *own = user;
    size_t outputs = marq_net_outputs(own->net);
    const marq_pass *pass = forward_block(own, theta, first / outputs, count / outputs);
    const double *fitted = pass->a[own->net->layers], *target = own->Y + first;
    for (size_t i = 0; i < count; i++) r[i] = fitted[i] - target[i];
    return MARQ_CALLBACK_OK;
}

static int jacobian_rows(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                         size_t stride) {
    const marq_net_problem *own = user;
    size_t outputs = marq_net_outputs(own->net), rows = count / outputs;
    marq_pass *pass = forward_block(own, theta, first / outputs, rows);
    marq_reverse(own->net, theta, pass, 0, rows);
    marq_jacobian_rows(own->net, pass, rows, jacobian, stride);
    return MARQ_CALLBACK_OK;
}

/* ---- Products ---- */

static int linearise(void *user, const double *theta) {
    marq_net_problem *own = user;
    marq_net_linearise(&own->products, theta, own->rows, own->X);
    return MARQ_CALLBACK_OK;
}

static int gram(void *user, const double *w, double *jtj, double *jtw) {
    marq_net_problem *own = user;
    marq_net_gram(&own->products, w, jtj, jtw);
    return MARQ_CALLBACK_OK;
}

static int kernel(void *user, double *jjt) {
    marq_net_problem *own = user;
    marq_net_kernel(&own->products, jjt);
    return MARQ_CALLBACK_OK;
}

static int apply(void *user, const double *v, double *jv) {
    marq_net_problem *own = user;
    marq_net_apply(&own->products, v, jv);
    return MARQ_CALLBACK_OK;
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    marq_net_problem *own = user;
    marq_net_apply_transposed(&own->products, w, jtw);
    return MARQ_CALLBACK_OK;
}

static const marq_products by_windows = {
    .linearise = linearise, .gram = gram, .apply = apply, .apply_transposed = apply_transposed};
static const marq_products with_all_rows = {linearise, gram, kernel, apply, apply_transposed};

/* ---- Binding ---- */

static marq_problem describe(marq_net_problem *own, const marq_products *products) {
    size_t outputs = marq_net_outputs(own->net);
    return (marq_problem){
        .rows = own->rows * outputs,
        .parameters = own->net->count,
        .user = own,
        .residual = residual,
        .jacobian = jacobian_rows,
        .products = products,
        .kernel_flops = marq_net_kernel_flops(own->net, own->rows),
        .concurrent = 1,
        .row_block = MARQ_PASS_ROWS * outputs,
    };
}

/* The kernel matrix needs the activations of all rows at once; they take less than the matrix where it is
 * worth while. The other products may pass over the rows again. */
static bool stores_all_rows(const marq_net *net, size_t rows) {
    const double MOST_BYTES = 64e6;
    return marq_stored_bytes(net, rows) <= MOST_BYTES;
}

marq_status marq_net_problem_create(marq_net_problem *own, const marq_net *net, size_t rows, const double *X,
                                    const double *Y, int threads, marq_jacobian jacobian,
                                    marq_problem *problem, marq_error *error) {
    *own = (marq_net_problem){.net = net, .rows = rows, .X = X, .Y = Y};
    bool use_products = jacobian == MARQ_JACOBIAN_AUTO, stored = stores_all_rows(net, rows);
    if (!marq_pass_team_create(&own->passes, net, threads, 1) ||
        (use_products && !marq_linearisation_create(&own->products, net, rows, threads, stored))) {
        marq_net_problem_destroy(own);
        return marq_fail_memory(error, "the training passes");
    }
    *problem = describe(own, !use_products ? NULL : stored ? &with_all_rows : &by_windows);
    return MARQ_OK;
}

void marq_net_problem_destroy(marq_net_problem *own) {
    marq_pass_team_destroy(&own->passes);
    marq_linearisation_destroy(&own->products);
}
