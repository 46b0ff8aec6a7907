/* The kernel matrix K = JJᵀ of a net without J. The parameters of a layer enter J as δ_l(i,o) ⊗ (a_{l−1}(i),
 * 1), so K_(i,o),(j,p) = Σ_l (δ_l(i,o) · δ_l(j,p)) · (a_{l−1}(i) · a_{l−1}(j) + 1). K is cut into square
 * tiles of rows; a thread takes a tile through all layers: two Gram products of the layer's width and one
 * element-wise product, while the tile is in its cache. */
#include "linearisation.h"

#include <cblas.h>

enum { TILE_PAIRS = 128 };

/* Rows (not pairs) of a tile. */
static size_t tile_rows(const marq_net *net) {
    size_t outputs = marq_net_outputs(net);
    return outputs < TILE_PAIRS ? TILE_PAIRS / outputs : 1;
}

/* One a·a tile (rows × rows) and one δ·δ tile (pairs × pairs). */
size_t marq_net_kernel_scratch(const marq_net *net) {
    size_t rows = tile_rows(net), pairs = rows * marq_net_outputs(net);
    return rows * rows + pairs * pairs;
}

/* Both Grams of every layer, half of the matrix, two flops a product. */
double marq_net_kernel_flops(const marq_net *net, size_t rows) {
    double outputs = (double)marq_net_outputs(net), widths = 0;
    for (size_t l = 0; l < net->layers; l++)
        widths += (double)net->layer[l].in + outputs * outputs * ((double)net->layer[l].out + 3);
    return (double)rows * (double)rows * widths;
}

typedef struct tile {
    size_t i, rows_i; /* rows of K: i ≥ j */
    size_t j, rows_j; /* columns of K */
} tile;

/* c (rows_b × rows_a, row-major) ← b aᵀ */
static void gram(size_t rows_b, size_t rows_a, size_t width, const double *b, const double *a, double *c) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows_b, (int)rows_a, (int)width, 1.0, b,
                (int)width, a, (int)width, 0.0, c, (int)rows_a);
}

/* K's tile (column j is contiguous) += or = (g + 1) ⊙ d for one output. */
static void combine(const tile *t, const double *g, const double *d, int add, double *k, size_t order) {
    for (size_t j = 0; j < t->rows_j; j++) {
        double *column = k + t->i + (t->j + j) * order;
        const double *gj = g + j * t->rows_i, *dj = d + j * t->rows_i;
        if (add)
            for (size_t i = 0; i < t->rows_i; i++) column[i] += (gj[i] + 1) * dj[i];
        else
            for (size_t i = 0; i < t->rows_i; i++) column[i] = (gj[i] + 1) * dj[i];
    }
}

/* The same for several outputs: g is per pair of rows, d per pair of (row, output) pairs. */
static void combine_outputs(const tile *t, size_t outputs, const double *g, const double *d, int add,
                            double *k, size_t order) {
    size_t wide = t->rows_i * outputs;
    for (size_t q = 0; q < t->rows_j * outputs; q++) {
        double *column = k + t->i * outputs + (t->j * outputs + q) * order;
        const double *gj = g + q / outputs * t->rows_i, *dj = d + q * wide;
        for (size_t p = 0; p < wide; p++) column[p] = (add ? column[p] : 0) + (gj[p / outputs] + 1) * dj[p];
    }
}

static void fill_tile(const marq_linearisation *lin, const tile *t, double *k) {
    const marq_net *net = lin->net;
    const marq_pass *all = &lin->pass;
    size_t outputs = marq_net_outputs(net), order = lin->rows * outputs, rows = tile_rows(net);
    double *g = marq_scratch_of_thread(lin), *d = g + rows * rows;
    for (size_t l = 0; l < net->layers; l++) {
        size_t in = net->layer[l].in, out = net->layer[l].out;
        const double *a = all->a[l], *delta = all->delta[l];
        gram(t->rows_j, t->rows_i, in, a + t->j * in, a + t->i * in, g);
        gram(t->rows_j * outputs, t->rows_i * outputs, out, delta + t->j * outputs * out,
             delta + t->i * outputs * out, d);
        if (outputs == 1)
            combine(t, g, d, l > 0, k, order);
        else
            combine_outputs(t, outputs, g, d, l > 0, k, order);
    }
}

void marq_net_kernel(marq_linearisation *lin, double *jjt) {
    size_t step = tile_rows(lin->net), rows = lin->rows, tiles = (rows + step - 1) / step;
#pragma omp parallel for schedule(dynamic) collapse(2)
    for (size_t ti = 0; ti < tiles; ti++)
        for (size_t tj = 0; tj < tiles; tj++) {
            if (tj > ti) continue;
            size_t i = ti * step, j = tj * step;
            tile t = {i, rows - i < step ? rows - i : step, j, rows - j < step ? rows - j : step};
            fill_tile(lin, &t, jjt);
        }
}
