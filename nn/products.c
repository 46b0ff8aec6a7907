/* Products with the Jacobian of a net that never form it. With a the inputs and δ the reverse derivatives of
 * layer l at the linearisation point (row i, output o): (Jv)_io   = Σ_l δ_l(i,o) · (V_l a_{l−1}(i) + c_l) v =
 * (V_1, c_1, …) (Jᵀw)_W_l = Σ_i (Σ_o w_io δ_l(i,o)) a_{l−1}(i)ᵀ,  (Jᵀw)_b_l = Σ_i Σ_o w_io δ_l(i,o) Sums over
 * rows are taken by a number of chunks that the sizes fix, in order. */
#include "problem.h"

#include <base/memory.h>
#include <cblas.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNKS = 8 };

static size_t chunk_count(size_t rows) {
    size_t count = rows / MARQ_PASS_ROWS;
    if (count < 1) return 1;
    return count < CHUNKS ? count : CHUNKS;
}

static size_t widest(const marq_net *net) {
    size_t most = 0;
    for (size_t l = 0; l < net->layers; l++)
        if (net->layer[l].out > most) most = net->layer[l].out;
    return most;
}

int marq_net_products_create(marq_net_problem *own) {
    marq_net_products *p = &own->products;
    size_t scratch = MARQ_PASS_ROWS * widest(own->net), kernel = marq_net_kernel_scratch(own->net);
    p->scratch_stride = (scratch > kernel ? scratch : kernel) + 8;
    p->scratch = marq_alloc_doubles((size_t)own->threads, p->scratch_stride);
    p->partial = marq_alloc_doubles(chunk_count(own->rows), own->net->count);
    return p->scratch && p->partial && marq_pass_create(&p->all, own->net, own->rows, 1);
}

void marq_net_products_destroy(marq_net_problem *own) {
    marq_pass_destroy(&own->products.all);
    free(own->products.scratch);
    free(own->products.partial);
    own->products = (marq_net_products){0};
}

static int linearise(void *user, const double *theta) {
    marq_net_problem *own = user;
    marq_pass *all = &own->products.all;
    memcpy(all->a[0], own->X, own->rows * marq_net_inputs(own->net) * sizeof(double));
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < own->rows; first += MARQ_PASS_ROWS) {
        size_t rows = own->rows - first < MARQ_PASS_ROWS ? own->rows - first : MARQ_PASS_ROWS;
        marq_forward(own->net, theta, all, first, rows);
        marq_reverse(own->net, theta, all, first, rows);
    }
    return MARQ_CALLBACK_OK;
}

static double *scratch_of_thread(const marq_net_problem *own) {
    return own->products.scratch + (size_t)omp_get_thread_num() * own->products.scratch_stride;
}

typedef struct row_range {
    size_t first, count;
} row_range;

/* jv of these rows += layer l's part. */
static void apply_layer(const marq_net_problem *own, size_t l, row_range rows, const double *v, double *jv) {
    const marq_layer *layer = &own->net->layer[l];
    const marq_pass *all = &own->products.all;
    size_t in = layer->in, out = layer->out, outputs = marq_net_outputs(own->net);
    const double *V = v + layer->offset, *c = V + in * out;
    double *t = scratch_of_thread(own);
    for (size_t i = 0; i < rows.count; i++) memcpy(t + i * out, c, out * sizeof *t);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows.count, (int)out, (int)in, 1.0,
                all->a[l] + rows.first * in, (int)in, V, (int)in, 1.0, t, (int)out);
    for (size_t i = 0; i < rows.count; i++)
        for (size_t o = 0; o < outputs; o++) {
            size_t pair = (rows.first + i) * outputs + o;
            const double *delta = all->delta[l] + pair * out;
            double sum = 0;
            for (size_t k = 0; k < out; k++) sum += delta[k] * t[i * out + k];
            jv[pair] += sum;
        }
}

static int apply(void *user, const double *v, double *jv) {
    const marq_net_problem *own = user;
    size_t outputs = marq_net_outputs(own->net);
    memset(jv, 0, own->rows * outputs * sizeof *jv);
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < own->rows; first += MARQ_PASS_ROWS) {
        row_range rows = {first, own->rows - first < MARQ_PASS_ROWS ? own->rows - first : MARQ_PASS_ROWS};
        for (size_t l = 0; l < own->net->layers; l++) apply_layer(own, l, rows, v, jv);
    }
    return MARQ_CALLBACK_OK;
}

/* sum += layer l's part of Jᵀw over at most MARQ_PASS_ROWS rows. */
static void transposed_layer(const marq_net_problem *own, size_t l, row_range rows, const double *w,
                             double *sum) {
    const marq_layer *layer = &own->net->layer[l];
    const marq_pass *all = &own->products.all;
    size_t in = layer->in, out = layer->out, outputs = marq_net_outputs(own->net);
    double *e = scratch_of_thread(own), *W = sum + layer->offset, *b = W + in * out;
    for (size_t i = 0; i < rows.count; i++)
        for (size_t o = 0; o < outputs; o++) {
            size_t pair = (rows.first + i) * outputs + o;
            const double *delta = all->delta[l] + pair * out;
            for (size_t k = 0; k < out; k++) e[i * out + k] = (o ? e[i * out + k] : 0) + w[pair] * delta[k];
        }
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)out, (int)in, (int)rows.count, 1.0, e, (int)out,
                all->a[l] + rows.first * in, (int)in, 1.0, W, (int)in);
    for (size_t i = 0; i < rows.count; i++)
        for (size_t k = 0; k < out; k++) b[k] += e[i * out + k];
}

static void transposed_chunk(const marq_net_problem *own, row_range chunk, const double *w, double *sum) {
    memset(sum, 0, own->net->count * sizeof *sum);
    for (size_t done = 0; done < chunk.count; done += MARQ_PASS_ROWS) {
        row_range rows = {chunk.first + done,
                          chunk.count - done < MARQ_PASS_ROWS ? chunk.count - done : MARQ_PASS_ROWS};
        for (size_t l = 0; l < own->net->layers; l++) transposed_layer(own, l, rows, w, sum);
    }
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    const marq_net_problem *own = user;
    size_t chunks = chunk_count(own->rows), count = own->net->count;
    double *partial = own->products.partial;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < chunks; c++) {
        size_t first = own->rows * c / chunks;
        row_range chunk = {first, own->rows * (c + 1) / chunks - first};
        transposed_chunk(own, chunk, w, partial + c * count);
    }
    memcpy(jtw, partial, count * sizeof *jtw);
    for (size_t c = 1; c < chunks; c++)
        for (size_t j = 0; j < count; j++) jtw[j] += partial[c * count + j];
    return MARQ_CALLBACK_OK;
}

const marq_products marq_net_products_table = {
    .linearise = linearise, .kernel = marq_net_kernel, .apply = apply, .apply_transposed = apply_transposed};
