/* The kernel matrix K = JJᵀ of a net without J. The parameters of a layer enter J as δ_l(i,o) ⊗ (a_{l−1}(i),
 * 1), so K_(i,o),(j,p) = Σ_l (δ_l(i,o) · δ_l(j,p)) · (a_{l−1}(i) · a_{l−1}(j) + 1). The activations and
 * derivatives of a (row, output) pair lie in panels of few pairs (block_math.h). K is cut into square tiles
 * of panels, and a thread takes one through all layers at once: two Gram products of the layer's width and
 * one element-wise product for each, in registers. */
#include "linearisation.h"

#include "block_math.h"

enum { TILE_PANELS = 4 };

/* Both Grams of every layer, half of the matrix, two flops a product. */
double marq_net_kernel_flops(const marq_net *net, size_t rows) {
    double pairs = (double)rows * (double)marq_net_outputs(net), widths = 0;
    for (size_t l = 0; l < net->layers; l++)
        widths += (double)net->layer[l].in + (double)net->layer[l].out + 3;
    return pairs * pairs * widths;
}

/* ---- Panels ---- */

static size_t panel_doubles(const marq_net *net) {
    size_t lines = 0;
    for (size_t l = 0; l < net->layers; l++) lines += net->layer[l].in + net->layer[l].out;
    return (lines * MARQ_PANEL_ROWS + 7) / 8 * 8;
}

static size_t panel_count(size_t pairs) {
    return (pairs + MARQ_PANEL_ROWS - 1) / MARQ_PANEL_ROWS;
}

size_t marq_net_panels_doubles(const marq_net *net, size_t rows) {
    return panel_count(rows * marq_net_outputs(net)) * panel_doubles(net);
}

/* Values of a pair go to their lines; returns where the next lines begin. */
static double *write_lines(size_t width, const double *values, double *panel) {
    for (size_t q = 0; q < width; q++) panel[q * MARQ_PANEL_ROWS] = values[q];
    return panel + width * MARQ_PANEL_ROWS;
}

void marq_net_fill_panels(marq_linearisation *lin, marq_rows block) {
    const marq_net *net = lin->net;
    size_t outputs = marq_net_outputs(net), stride = panel_doubles(net);
    for (size_t pair = block.at * outputs; pair < (block.at + block.rows) * outputs; pair++) {
        double *to = lin->panels + pair / MARQ_PANEL_ROWS * stride + pair % MARQ_PANEL_ROWS;
        for (size_t l = 0; l < net->layers; l++) {
            size_t in = net->layer[l].in, out = net->layer[l].out;
            to = write_lines(in, lin->pass.a[l] + pair / outputs * in, to);
            to = write_lines(out, lin->pass.delta[l] + pair * out, to);
        }
    }
}

/* ---- K ---- */

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Panels i and j of the lower triangle, i ≥ j. */
static void fill_piece(const marq_linearisation *lin, size_t i, size_t j, double *jjt) {
    size_t order = lin->rows * marq_net_outputs(lin->net), stride = panel_doubles(lin->net);
    size_t row = i * MARQ_PANEL_ROWS, column = j * MARQ_PANEL_ROWS;
    marq_block_kernel piece = {.layers = lin->net->layers,
                               .widths = lin->widths,
                               .rows = lin->panels + i * stride,
                               .columns = lin->panels + j * stride,
                               .row_count = least(MARQ_PANEL_ROWS, order - row),
                               .column_count = least(MARQ_PANEL_ROWS, order - column),
                               .K = jjt + column * order + row,
                               .order = order};
    marq_block_math_here()->kernel(&piece);
}

/* Square tiles of panels, counted row by row of the lower triangle: tile -> (i, j). */
static void fill_tile(const marq_linearisation *lin, size_t panels, size_t tile, double *jjt) {
    size_t row = 0;
    while (tile > row) tile -= ++row;
    size_t end = least((row + 1) * TILE_PANELS, panels);
    for (size_t i = row * TILE_PANELS; i < end; i++)
        for (size_t j = tile * TILE_PANELS; j < (tile + 1) * TILE_PANELS && j <= i; j++)
            fill_piece(lin, i, j, jjt);
}

void marq_net_kernel(marq_linearisation *lin, double *jjt) {
    size_t panels = panel_count(lin->rows * marq_net_outputs(lin->net));
    size_t across = (panels + TILE_PANELS - 1) / TILE_PANELS, tiles = across * (across + 1) / 2;
#pragma omp parallel for schedule(dynamic)
    for (size_t tile = 0; tile < tiles; tile++) fill_tile(lin, panels, tile, jjt);
}
