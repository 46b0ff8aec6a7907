/* The binding of a net and training rows to the solver: residuals and Jacobian rows by blocks, or products.
 */
#include "problem.h"

#include "jacobian.h"
#include <base/error.h>
#include <base/team.h>
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
    marq_target_residuals(&own->targets, first / outputs, count / outputs, pass->a[own->net->layers], r);
    return MARQ_CALLBACK_OK;
}

static int jacobian_rows(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                         size_t stride) {
    const marq_net_problem *own = user;
    size_t outputs = marq_net_outputs(own->net), rows = count / outputs;
    marq_pass *pass = forward_block(own, theta, first / outputs, rows);
    size_t last = own->net->layers - 1;
    marq_target_seeds(&own->targets, first / outputs, rows, pass->a[last + 1], pass->delta[last]);
    marq_reverse_seeded(own->net, theta, pass, 0, rows);
    marq_jacobian_rows(own->net, pass, rows, jacobian, stride);
    return MARQ_CALLBACK_OK;
}

/* ---- Products ---- */

static int linearise(void *user, const double *theta) {
    marq_net_problem *own = user;
    marq_net_linearise(&own->linearisation, theta, own->rows, own->X);
    return MARQ_CALLBACK_OK;
}

/* Where rows are stored: keeps the activations. */
static int evaluate(void *user, const double *theta, double *r) {
    marq_net_problem *own = user;
    size_t outputs = marq_net_outputs(own->net), block = own->linearisation.block;
    marq_net_look_ahead(&own->linearisation, theta);
#pragma omp parallel for schedule(static)
    for (size_t first = 0; first < own->rows; first += block) {
        size_t rows = own->rows - first < block ? own->rows - first : block;
        const double *fitted = marq_net_ahead_block(&own->linearisation, own->X, first, rows);
        marq_target_residuals(&own->targets, first, rows, fitted, r + first * outputs);
    }
    return MARQ_CALLBACK_OK;
}

static int gram(void *user, const double *w, double *jtj, double *jtw) {
    marq_net_problem *own = user;
    marq_net_gram(&own->linearisation, w, jtj, jtw);
    return MARQ_CALLBACK_OK;
}

static int kernel(void *user, double *jjt) {
    marq_net_problem *own = user;
    marq_net_kernel(&own->linearisation, jjt);
    return MARQ_CALLBACK_OK;
}

static int apply(void *user, const double *v, double *jv) {
    marq_net_problem *own = user;
    marq_net_apply(&own->linearisation, v, jv);
    return MARQ_CALLBACK_OK;
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    marq_net_problem *own = user;
    marq_net_apply_transposed(&own->linearisation, w, jtw);
    return MARQ_CALLBACK_OK;
}

static int diagonal(void *user, double *d) {
    marq_net_problem *own = user;
    marq_net_diagonal(&own->linearisation, d);
    return MARQ_CALLBACK_OK;
}

/* Conjugate gradients pass over the rows hundreds of times: their activations are stored if they take at most
 * this, or half of the memory that is allowed. */
static bool stores_for_iterations(const marq_net *net, size_t rows, double max_memory) {
    const double MOST_BYTES = 256e6;
    double most = max_memory > 0 ? max_memory / 2 : MOST_BYTES;
    return marq_linearisation_bytes(net, rows, 1, MARQ_STORE_ROWS) <= most;
}

/* The kernel matrix needs the activations of all rows at once; the other products may pass over windows of
 * rows. */
static marq_products offered(const marq_net *net, size_t rows, bool stored) {
    return (marq_products){
        .linearise = linearise,
        .gram = gram,
        .kernel = kernel,
        .apply = apply,
        .apply_transposed = apply_transposed,
        .diagonal = diagonal,
        .gram_cost = {marq_net_gram_flops(net, rows),
                      marq_linearisation_bytes(net, rows, 1, MARQ_STORE_WINDOW)},
        .kernel_cost = {marq_net_kernel_flops(net, rows),
                        marq_linearisation_bytes(net, rows, 1, MARQ_STORE_PANELS)},
        .product_cost = {marq_net_product_flops(net, rows, stored),
                         marq_linearisation_bytes(net, rows, 1,
                                                  stored ? MARQ_STORE_ROWS : MARQ_STORE_WINDOW)},
    };
}

/* ---- Binding ---- */

static double cost(void *user, size_t first, size_t count, const double *r) {
    const marq_net_problem *own = user;
    size_t outputs = own->targets.outputs;
    return marq_target_cost(&own->targets, first / outputs, count / outputs, r);
}

static marq_status allocate(marq_net_problem *own, int threads, bool store, marq_error *error) {
    marq_storage storage = own->plan.form == MARQ_FORM_KERNEL               ? MARQ_STORE_PANELS
                           : own->plan.form == MARQ_FORM_ITERATIVE && store ? MARQ_STORE_ROWS
                                                                            : MARQ_STORE_WINDOW;
    if (own->plan.products && storage != MARQ_STORE_WINDOW) own->products.evaluate = evaluate;
    if (marq_pass_team_create(&own->passes, own->net, threads, 1) &&
        (!own->plan.products ||
         marq_linearisation_create(&own->linearisation, own->net, own->rows, threads, storage))) {
        if (!marq_targets_are_plain(&own->targets)) own->linearisation.targets = &own->targets;
        return MARQ_OK;
    }
    marq_net_problem_destroy(own);
    return marq_fail_memory(error, "the training passes");
}

marq_status marq_net_problem_create(marq_net_problem *own, const marq_net *net, size_t rows, const double *X,
                                    const marq_targets *targets, const marq_options *options,
                                    marq_problem *problem, marq_error *error) {
    size_t outputs = marq_net_outputs(net);
    int threads = marq_team_size(options->threads);
    *own = (marq_net_problem){.net = net, .rows = rows, .X = X, .targets = *targets};
    bool store = stores_for_iterations(net, rows, options->max_memory);
    own->products = offered(net, rows, store);
    *problem = (marq_problem){
        .rows = rows * outputs,
        .parameters = net->count,
        .user = own,
        .residual = residual,
        .jacobian = jacobian_rows,
        .products = &own->products,
        .concurrent = 1,
        .cost = targets->loss == MARQ_NET_CROSS_ENTROPY ? cost : NULL,
        .row_block = marq_pass_block(rows) * outputs,
    };
    marq_status status = marq_plan_solve(problem, options, &own->plan, error);
    return status == MARQ_OK ? allocate(own, threads, store, error) : status;
}

void marq_net_problem_renew(marq_net_problem *own) {
    marq_net_forget_ahead(&own->linearisation);
}

void marq_net_problem_destroy(marq_net_problem *own) {
    marq_pass_team_destroy(&own->passes);
    marq_linearisation_destroy(&own->linearisation);
}
