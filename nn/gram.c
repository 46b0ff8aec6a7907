/* The Gram matrix G = JᵀJ of a net without J. The parameters of a layer enter row (i, o) of J as δ_l(i,o) ⊗
 * ã_l(i) with ã_l = (a_{l−1}, 1), so for the parameters (p, q) of layer l and (p', q') of layer k
 *     G_(l,p,q),(k,p',q') = Σ_i D_i(p,p') A_i(q,q'),
 *     D_i(p,p') = Σ_o δ_l(i,o)_p δ_k(i,o)_p',   A_i(q,q') = ã_l(i)_q ã_k(i)_q'.
 * For each pair of layers l ≥ k that is one product Dᵀ A over the rows, of matrices with a column for each
 * (p,p') and each (q,q'). It costs the same for any number of outputs, and on the diagonal, l = k, half of
 * what JᵀJ costs: there D and A are symmetric in their two indices, and p ≥ p', q ≥ q' suffice.
 *
 * The columns of D and A are cut into slices. A thread takes a slice of D and one of A over all rows of a
 * window (linearisation.h), forms them block by block of rows, and adds their product to the entries of G,
 * which no other slices reach: the bits don't depend on the number of threads. */
#include "linearisation.h"

#include <base/least.h>
#include <cblas.h>
#include <string.h>

enum { LEAST_SLICE = 128, MOST_SLICE = 256, SLICE_STEP = 8, WANTED_TASKS = 64 };

/* ---- Pairs of indices ---- */

/* (outer, inner) in this order: all, or those with inner ≥ outer. */
typedef struct pairs {
    size_t outer, inner;
    bool triangle;
} pairs;

static size_t pair_count(pairs p) {
    return p.triangle ? p.outer * (p.outer + 1) / 2 : p.outer * p.inner;
}

/* The columns of D for layers l ≥ k: neurons; and of A: inputs, with the 1 of the bias as the last. */
static pairs neuron_pairs(const marq_net *net, size_t l, size_t k) {
    return (pairs){net->layer[k].out, net->layer[l].out, l == k};
}

static pairs input_pairs(const marq_net *net, size_t l, size_t k) {
    return (pairs){net->layer[k].in + 1, net->layer[l].in + 1, l == k};
}

/* Pairs with the same outer index: inner … inner + length − 1. */
typedef struct run {
    size_t outer, inner, length;
} run;

typedef struct runs {
    size_t count;
    run run[MOST_SLICE];
} runs;

/* Pairs first … first + count − 1 of the list. */
static void find_runs(pairs p, size_t first, size_t count, runs *out) {
    size_t outer = 0, skip = first, length = p.inner;
    while (skip >= length) {
        skip -= length;
        outer++;
        if (p.triangle) length--;
    }
    out->count = 0;
    for (size_t inner = (p.triangle ? outer : 0) + skip; count > 0; outer++) {
        length = marq_least(p.inner - inner, count);
        out->run[out->count++] = (run){outer, inner, length};
        count -= length;
        inner = p.triangle ? outer + 1 : 0;
    }
}

/* ---- Tasks ---- */

/* A slice of D and one of A for layers l ≥ k. */
typedef struct task {
    size_t l, k, neurons, inputs; /* columns of the slices */
    runs D, A;
} task;

/* Products of two columns over all pairs of layers: the flops of a row, halved. */
static double column_products(const marq_net *net) {
    double sum = 0;
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k <= l; k++)
            sum += (double)pair_count(neuron_pairs(net, l, k)) * (double)pair_count(input_pairs(net, l, k));
    return sum;
}

double marq_net_gram_flops(const marq_net *net, size_t rows) {
    return 2 * column_products(net) * (double)rows;
}

/* Wide slices make fast products, many slices keep all threads busy. */
static size_t slice_width(const marq_net *net) {
    double products = column_products(net);
    size_t width = LEAST_SLICE;
    while (width < MOST_SLICE && WANTED_TASKS * (double)(width * width) < products) width += 32;
    return width;
}

static size_t slice_count(pairs p, size_t width) {
    return (pair_count(p) + width - 1) / width;
}

static size_t task_count(const marq_net *net, size_t width) {
    size_t count = 0;
    for (size_t l = 0; l < net->layers; l++)
        for (size_t k = 0; k <= l; k++)
            count += slice_count(neuron_pairs(net, l, k), width) * slice_count(input_pairs(net, l, k), width);
    return count;
}

/* The first column of a slice: slices of nearly equal width, in steps that suit the processor's vectors. */
static size_t slice_begin(size_t total, size_t index, size_t count) {
    size_t steps = (total + SLICE_STEP - 1) / SLICE_STEP;
    return marq_least(total, steps * index / count * SLICE_STEP);
}

/* Returns how many columns slice `index` of `count` has. */
static size_t cut(pairs p, size_t index, size_t count, runs *out) {
    size_t total = pair_count(p), first = slice_begin(total, index, count),
           columns = slice_begin(total, index + 1, count) - first;
    find_runs(p, first, columns, out);
    return columns;
}

/* Tasks are counted by pairs of layers, then slices of D, then slices of A. */
static void find_task(const marq_net *net, size_t width, size_t index, task *t) {
    size_t l = 0, k = 0, across, along;
    while (across = slice_count(neuron_pairs(net, l, k), width),
           along = slice_count(input_pairs(net, l, k), width), index >= across * along) {
        index -= across * along;
        k = k < l ? k + 1 : 0;
        if (k == 0) l++;
    }
    t->l = l;
    t->k = k;
    t->neurons = cut(neuron_pairs(net, l, k), index / along, across, &t->D);
    t->inputs = cut(input_pairs(net, l, k), index % along, along, &t->A);
}

/* ---- The product of two slices ---- */

/* D (rows × neurons) of a block. */
static void form_D(const marq_linearisation *lin, const task *t, marq_rows block, double *D) {
    size_t outputs = marq_net_outputs(lin->net), wide = lin->net->layer[t->l].out,
           wide_k = lin->net->layer[t->k].out;
    const double *delta = lin->pass.delta[t->l] + block.at * outputs * wide;
    const double *delta_k = lin->pass.delta[t->k] + block.at * outputs * wide_k;
    memset(D, 0, block.rows * t->neurons * sizeof *D);
    for (size_t i = 0; i < block.rows; i++, D += t->neurons)
        for (size_t o = 0; o < outputs; o++, delta += wide, delta_k += wide_k) {
            double *to = D;
            for (size_t r = 0; r < t->D.count; r++) {
                run at = t->D.run[r];
                double factor = delta_k[at.outer];
                const double *from = delta + at.inner;
                for (size_t c = 0; c < at.length; c++) to[c] += factor * from[c];
                to += at.length;
            }
        }
}

/* A (rows × inputs) of a block. */
static void form_A(const marq_linearisation *lin, const task *t, marq_rows block, double *A) {
    size_t wide = lin->net->layer[t->l].in, wide_k = lin->net->layer[t->k].in;
    const double *a = lin->pass.a[t->l] + block.at * wide, *a_k = lin->pass.a[t->k] + block.at * wide_k;
    for (size_t i = 0; i < block.rows; i++, a += wide, a_k += wide_k)
        for (size_t r = 0; r < t->A.count; r++) {
            run at = t->A.run[r];
            double factor = at.outer < wide_k ? a_k[at.outer] : 1;
            size_t length = marq_least(at.length, wide - at.inner);
            const double *from = a + at.inner;
            for (size_t c = 0; c < length; c++) A[c] = factor * from[c];
            if (length < at.length) A[length] = factor;
            A += at.length;
        }
}

/* The position of weight (p, q) or, for q = in, of bias p. */
static size_t position(const marq_layer *layer, size_t p, size_t q) {
    return layer->offset + (q < layer->in ? p * layer->in + q : layer->out * layer->in + p);
}

static void add_to(double *G, size_t n, size_t i, size_t j, double value) {
    if (i >= j)
        G[j * n + i] += value;
    else
        G[i * n + j] += value;
}

/* G += S (inputs values) for the neurons (p, p') and the inputs of the slice. */
static void add_inputs(const marq_net *net, const task *t, size_t p, size_t p_k, const double *S, double *G) {
    const marq_layer *layer = &net->layer[t->l], *layer_k = &net->layer[t->k];
    size_t n = net->count;
    bool twice = t->l == t->k && p != p_k; /* (p, q'), (p', q) is another entry with the same value */
    for (size_t r = 0; r < t->A.count; r++) {
        run at = t->A.run[r];
        double *column = G + position(layer_k, p_k, at.outer) * n;
        for (size_t c = 0; c < at.length; c++) column[position(layer, p, at.inner + c)] += S[c];
        for (size_t c = 0; twice && c < at.length; c++)
            if (at.inner + c != at.outer)
                add_to(G, n, position(layer, p, at.outer), position(layer, p_k, at.inner + c), S[c]);
        S += at.length;
    }
}

static void add_product(const marq_net *net, const task *t, const double *S, double *G) {
    for (size_t r = 0; r < t->D.count; r++) {
        run at = t->D.run[r];
        for (size_t c = 0; c < at.length; c++, S += t->inputs)
            add_inputs(net, t, at.inner + c, at.outer, S, G);
    }
}

/* D and A of a block, and their product. */
size_t marq_net_gram_scratch(void) {
    return 2 * MARQ_PASS_ROWS * MOST_SLICE + MOST_SLICE * MOST_SLICE;
}

static void do_task(const marq_linearisation *lin, const task *t, marq_rows window, double *G) {
    double *D = marq_scratch_of_thread(lin), *A = D + MARQ_PASS_ROWS * t->neurons,
           *S = A + MARQ_PASS_ROWS * t->inputs;
    for (size_t offset = 0; offset < window.rows; offset += lin->block) {
        marq_rows block = marq_block_of(lin, window, offset);
        form_D(lin, t, block, D);
        form_A(lin, t, block, A);
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)t->neurons, (int)t->inputs, (int)block.rows,
                    1.0, D, (int)t->neurons, A, (int)t->inputs, offset > 0, S, (int)t->inputs);
    }
    add_product(lin->net, t, S, G);
}

void marq_net_gram(marq_linearisation *lin, const double *w, double *jtj, double *jtw) {
    size_t width = slice_width(lin->net), tasks = task_count(lin->net, width), n = lin->net->count;
    for (size_t first = 0; first < lin->rows; first += lin->window) {
        marq_rows window = marq_window_at(lin, first);
#pragma omp parallel
        {
#pragma omp for schedule(dynamic) nowait
            for (size_t offset = 0; offset < window.rows; offset += lin->block)
                marq_hold_rows(lin, marq_block_of(lin, window, offset));
#pragma omp for schedule(static)
            for (size_t j = 0; j < n; j++)
                if (first == 0) memset(jtj + j * n + j, 0, (n - j) * sizeof *jtj);
#pragma omp for schedule(dynamic) nowait
            for (size_t i = 0; i < tasks; i++) {
                task t;
                find_task(lin->net, width, i, &t);
                do_task(lin, &t, window, jtj);
            }
            marq_transposed_window(lin, window, w, true);
        }
    }
#pragma omp parallel /* else its loop would belong to the caller's team, where there is one */
    marq_transposed_sum(lin, jtw);
}
