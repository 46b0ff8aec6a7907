/* The kernel matrix K = JJᵀ of a net without J. The parameters of a layer enter J as δ_l(i,o) ⊗ (a_{l−1}(i),
 * 1), so K_(i,o),(j,p) = Σ_l (δ_l(i,o) · δ_l(j,p)) · (a_{l−1}(i) · a_{l−1}(j) + 1). The activations of a row
 * and its derivatives for every output lie in panels of few rows (block_math.h). K is cut into square tiles
 * of panels, and a thread takes one through all layers at once: the Gram product of the activations once, and
 * for each pair of outputs that of the derivatives and one element-wise product, in registers. */
#include "linearisation.h"

#include "block_math.h"
#include <base/least.h>
#include <base/memory.h>

/* The Gram products of every layer, half of the matrix, two flops a product. */
double marq_net_kernel_flops(const marq_net *net, size_t rows) {
    double pairs = (double)rows * (double)marq_net_outputs(net), in = 0, out = 0;
    for (size_t l = 0; l < net->layers; l++) {
        in += (double)net->layer[l].in;
        out += (double)net->layer[l].out + 3;
    }
    return (double)rows * (double)rows * in + pairs * pairs * out;
}

/* ---- Panels ---- */

static size_t panel_doubles(const marq_net *net) {
    size_t in = 0, out = 0;
    for (size_t l = 0; l < net->layers; l++) {
        in += net->layer[l].in;
        out += net->layer[l].out;
    }
    return ((in + marq_net_outputs(net) * out) * MARQ_PANEL_ROWS + 7) / 8 * 8;
}

static size_t panel_count(size_t rows) {
    return (rows + MARQ_PANEL_ROWS - 1) / MARQ_PANEL_ROWS;
}

size_t marq_net_panels_doubles(const marq_net *net, size_t rows) {
    return panel_count(rows) * panel_doubles(net);
}

double *marq_alloc_panels(const marq_net *net, size_t rows) {
    size_t block = marq_pass_block(rows) / MARQ_PANEL_ROWS;
    return marq_alloc_shared(panel_count(rows), panel_doubles(net), block ? block : 1);
}

/* Values of a row go to their lines; returns where the next lines begin. */
static double *write_lines(size_t width, const double *values, double *panel) {
    for (size_t q = 0; q < width; q++) panel[q * MARQ_PANEL_ROWS] = values[q];
    return panel + width * MARQ_PANEL_ROWS;
}

void marq_net_fill_panels(marq_linearisation *lin, marq_rows block) {
    const marq_net *net = lin->net;
    size_t outputs = marq_net_outputs(net), stride = panel_doubles(net);
    for (size_t row = block.at; row < block.at + block.rows; row++) {
        double *to = lin->panels + row / MARQ_PANEL_ROWS * stride + row % MARQ_PANEL_ROWS;
        for (size_t l = 0; l < net->layers; l++) {
            size_t in = net->layer[l].in;
            to = write_lines(in, lin->pass.a[l] + row * in, to);
        }
        for (size_t pair = row * outputs; pair < (row + 1) * outputs; pair++)
            for (size_t l = 0; l < net->layers; l++) {
                size_t out = net->layer[l].out;
                to = write_lines(out, lin->pass.delta[l] + pair * out, to);
            }
    }
}

/* ---- K ---- */

/* Panels i and j of the lower triangle, i ≥ j. */
static void fill_piece(const marq_linearisation *lin, size_t i, size_t j, double *jjt) {
    size_t outputs = marq_net_outputs(lin->net), order = lin->rows * outputs,
           stride = panel_doubles(lin->net);
    size_t row = i * MARQ_PANEL_ROWS, column = j * MARQ_PANEL_ROWS;
    marq_block_kernel piece = {.layers = lin->net->layers,
                               .outputs = outputs,
                               .widths = lin->widths,
                               .rows = lin->panels + i * stride,
                               .columns = lin->panels + j * stride,
                               .row_count = marq_least(MARQ_PANEL_ROWS, lin->rows - row),
                               .column_count = marq_least(MARQ_PANEL_ROWS, lin->rows - column),
                               .K = jjt + (column * order + row) * outputs,
                               .order = order,
                               .scratch = marq_scratch_of_thread(lin)};
    marq_block_math_here()->kernel(&piece);
}

/* Panels along a tile's side: about as many residuals whatever the outputs. */
static size_t tile_panels(size_t outputs) {
    return outputs < 4 ? 4 / outputs : 1;
}

/* Square tiles of panels, counted row by row of the lower triangle: tile -> (i, j). */
static void fill_tile(const marq_linearisation *lin, size_t panels, size_t tile, double *jjt) {
    size_t row = 0, side = tile_panels(marq_net_outputs(lin->net));
    while (tile > row) tile -= ++row;
    size_t end = marq_least((row + 1) * side, panels);
    for (size_t i = row * side; i < end; i++)
        for (size_t j = tile * side; j < (tile + 1) * side && j <= i; j++) fill_piece(lin, i, j, jjt);
}

void marq_net_kernel(marq_linearisation *lin, double *jjt) {
    size_t panels = panel_count(lin->rows), side = tile_panels(marq_net_outputs(lin->net));
    size_t across = (panels + side - 1) / side, tiles = across * (across + 1) / 2;
#pragma omp parallel for schedule(dynamic)
    for (size_t tile = 0; tile < tiles; tile++) fill_tile(lin, panels, tile, jjt);
}
