/* Products with the Jacobian that never form it. With a the inputs and δ the reverse derivatives of layer l
 * (row i, output o) and v = (V_1, c_1, …, V_L, c_L):
 *     (Jv)_io      = Σ_l δ_l(i,o) · (V_l a_{l−1}(i) + c_l)
 *     (Jᵀw)_W_l    = Σ_i (Σ_o w_io δ_l(i,o)) a_{l−1}(i)ᵀ
 *     (Jᵀw)_b_l    = Σ_i Σ_o w_io δ_l(i,o)
 * Sums over rows are taken by a number of chunks that the sizes fix, in order. */
#include "linearisation.h"

#include <cblas.h>
#include <string.h>

enum { CHUNKS = 16 };

static size_t block_count(size_t rows, size_t block) {
    return (rows + block - 1) / block;
}

size_t marq_net_chunks(size_t window, size_t block) {
    size_t blocks = block_count(window, block);
    return blocks < CHUNKS ? blocks : CHUNKS;
}

/* ---- Jv ---- */

/* jv of a block += layer l's part. t: MARQ_PASS_ROWS × out values of scratch. */
static void apply_layer(const marq_linearisation *lin, size_t l, marq_rows block, const double *v, double *t,
                        double *jv) {
    const marq_layer *layer = &lin->net->layer[l];
    size_t in = layer->in, out = layer->out, outputs = marq_net_outputs(lin->net);
    const double *V = v + layer->offset, *c = V + in * out;
    for (size_t i = 0; i < block.rows; i++) memcpy(t + i * out, c, out * sizeof *t);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)block.rows, (int)out, (int)in, 1.0,
                lin->pass.a[l] + block.at * in, (int)in, V, (int)in, 1.0, t, (int)out);
    const double *delta = lin->pass.delta[l] + block.at * outputs * out;
    for (size_t i = 0; i < block.rows; i++)
        for (size_t o = 0; o < outputs; o++, delta += out) {
            double sum = 0;
            for (size_t k = 0; k < out; k++) sum += delta[k] * t[i * out + k];
            jv[i * outputs + o] += sum;
        }
}

static void apply_block(marq_linearisation *lin, marq_rows block, const double *v, double *jv) {
    size_t outputs = marq_net_outputs(lin->net);
    double *part = jv + block.first * outputs;
    marq_hold_rows(lin, block);
    memset(part, 0, block.rows * outputs * sizeof *part);
    for (size_t l = 0; l < lin->net->layers; l++)
        apply_layer(lin, l, block, v, marq_scratch_of_thread(lin), part);
}

void marq_net_apply(marq_linearisation *lin, const double *v, double *jv) {
    for (size_t first = 0; first < lin->rows; first += lin->window) {
        marq_rows window = marq_window_at(lin, first);
#pragma omp parallel for schedule(static)
        for (size_t offset = 0; offset < window.rows; offset += lin->block)
            apply_block(lin, marq_block_of(lin, window, offset), v, jv);
    }
}

/* ---- Jᵀw and the diagonal of JᵀJ ---- */

/* sum (parameters values) += layer l's part over a block. */
typedef void (*layer_part)(const marq_linearisation *lin, size_t l, marq_rows block, const double *w,
                           double *sum);

/* W += Σ_i e(i) a(i)ᵀ, b += Σ_i e(i) */
static void add_outer_products(const marq_layer *layer, size_t rows, const double *e, const double *a,
                               double *sum) {
    size_t in = layer->in, out = layer->out;
    double *W = sum + layer->offset, *b = W + in * out;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)out, (int)in, (int)rows, 1.0, e, (int)out, a,
                (int)in, 1.0, W, (int)in);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < out; k++) b[k] += e[i * out + k];
}

/* e(i) = Σ_o w_io δ_l(i,o) */
static void weigh_deltas(size_t rows, size_t outputs, size_t out, const double *w, const double *delta,
                         double *e) {
    for (size_t i = 0; i < rows; i++, e += out)
        for (size_t o = 0; o < outputs; o++, delta += out, w++)
            for (size_t k = 0; k < out; k++) e[k] = (o ? e[k] : 0) + *w * delta[k];
}

static void transposed_part(const marq_linearisation *lin, size_t l, marq_rows block, const double *w,
                            double *sum) {
    const marq_layer *layer = &lin->net->layer[l];
    size_t outputs = marq_net_outputs(lin->net);
    double *e = marq_scratch_of_thread(lin);
    weigh_deltas(block.rows, outputs, layer->out, w + block.first * outputs,
                 lin->pass.delta[l] + block.at * outputs * layer->out, e);
    add_outer_products(layer, block.rows, e, lin->pass.a[l] + block.at * layer->in, sum);
}

/* diag(JᵀJ)_W_l = Σ_i (Σ_o δ_l(i,o)²) (a_{l−1}(i)²)ᵀ, squares of each entry */
static void diagonal_part(const marq_linearisation *lin, size_t l, marq_rows block, const double *w,
                          double *sum) {
    (void)w;
    const marq_layer *layer = &lin->net->layer[l];
    size_t outputs = marq_net_outputs(lin->net), out = layer->out, count = block.rows * layer->in;
    const double *delta = lin->pass.delta[l] + block.at * outputs * out,
                 *a = lin->pass.a[l] + block.at * layer->in;
    double *e = marq_scratch_of_thread(lin), *squares = e + MARQ_PASS_ROWS * out;
    for (size_t i = 0; i < block.rows; i++)
        for (size_t o = 0; o < outputs; o++, delta += out)
            for (size_t k = 0; k < out; k++) e[i * out + k] = (o ? e[i * out + k] : 0) + delta[k] * delta[k];
    for (size_t i = 0; i < count; i++) squares[i] = a[i] * a[i];
    add_outer_products(layer, block.rows, e, squares, sum);
}

/* Chunk c of the window's blocks, into its partial sum. */
static void sum_chunk(marq_linearisation *lin, marq_rows window, size_t c, layer_part part, const double *w,
                      bool held) {
    size_t chunks = marq_net_chunks(lin->window, lin->block), blocks = block_count(window.rows, lin->block),
           n = lin->net->count;
    double *sum = lin->partial + c * n;
    if (window.first == 0) memset(sum, 0, n * sizeof *sum);
    for (size_t b = blocks * c / chunks; b < blocks * (c + 1) / chunks; b++) {
        marq_rows block = marq_block_of(lin, window, b * lin->block);
        if (!held) marq_hold_rows(lin, block);
        for (size_t l = 0; l < lin->net->layers; l++) part(lin, l, block, w, sum);
    }
}

/* Called by the threads of a team together. */
static void sum_window(marq_linearisation *lin, marq_rows window, layer_part part, const double *w,
                       bool held) {
#pragma omp for schedule(static)
    for (size_t c = 0; c < marq_net_chunks(lin->window, lin->block); c++)
        sum_chunk(lin, window, c, part, w, held);
}

static void sum_rows(marq_linearisation *lin, layer_part part, const double *w, double *sum) {
#pragma omp parallel
    {
        for (size_t first = 0; first < lin->rows; first += lin->window)
            sum_window(lin, marq_window_at(lin, first), part, w, false);
        marq_transposed_sum(lin, sum);
    }
}

void marq_transposed_window(marq_linearisation *lin, marq_rows window, const double *w, bool held) {
    sum_window(lin, window, transposed_part, w, held);
}

static void sum_part(const marq_linearisation *lin, size_t first, size_t end, double *sum) {
    size_t n = lin->net->count;
    memcpy(sum + first, lin->partial + first, (end - first) * sizeof *sum);
    for (size_t c = 1; c < marq_net_chunks(lin->window, lin->block); c++)
        for (size_t j = first; j < end; j++) sum[j] += lin->partial[c * n + j];
}

void marq_transposed_sum(const marq_linearisation *lin, double *jtw) {
    enum { PART = 256 };
    size_t n = lin->net->count;
#pragma omp for schedule(static)
    for (size_t first = 0; first < n; first += PART)
        sum_part(lin, first, n - first < PART ? n : first + PART, jtw);
}

void marq_net_apply_transposed(marq_linearisation *lin, const double *w, double *jtw) {
    sum_rows(lin, transposed_part, w, jtw);
}

void marq_net_diagonal(marq_linearisation *lin, double *d) {
    sum_rows(lin, diagonal_part, NULL, d);
}

double marq_net_product_flops(const marq_net *net, size_t rows, bool stored) {
    double outputs = (double)marq_net_outputs(net), n = (double)net->count;
    double pass = 2 * n + 2 * n * outputs; /* forward and reverse */
    return (double)rows * (4 * n + (stored ? 0 : 2 * pass));
}
