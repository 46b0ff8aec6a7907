#include "linearisation.h"

#include "block_math.h"
#include <base/least.h>
#include <base/memory.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_PAIRS = 4096 }; /* (row, output) pairs of a window where not all rows are stored */

static size_t window_rows(const marq_net *net) {
    size_t rows = WINDOW_PAIRS / marq_net_outputs(net);
    return rows < MARQ_PASS_ROWS ? MARQ_PASS_ROWS : rows / MARQ_PASS_ROWS * MARQ_PASS_ROWS;
}

/* Of one block: deltas, or deltas and activations of a layer. */
static size_t block_doubles(const marq_net *net) {
    size_t most = 0;
    for (size_t l = 0; l < net->layers; l++) most = marq_largest(most, net->layer[l].in + net->layer[l].out);
    return MARQ_PASS_ROWS * most;
}

/* A multiple of a cache line, so that threads share none. */
static size_t scratch_doubles(const marq_net *net) {
    size_t most = marq_largest(block_doubles(net), marq_net_gram_scratch());
    most = marq_largest(most, marq_block_kernel_scratch(net->layers));
    return (most + 7) / 8 * 8;
}

/* Rows that the pass holds. */
static size_t held_rows(const marq_net *net, size_t rows, marq_storage storage) {
    size_t window = window_rows(net);
    return storage || rows < window ? rows : window;
}

double marq_linearisation_bytes(const marq_net *net, size_t rows, int threads, marq_storage storage) {
    size_t held = held_rows(net, rows, storage);
    double doubles = (double)marq_pass_doubles(net, held, 1);
    doubles += (double)(marq_net_chunks(held, marq_pass_block(rows)) + 1) * (double)net->count;
    doubles += (double)threads * (double)scratch_doubles(net);
    if (storage) doubles += (double)marq_pass_doubles(net, rows, 0) + (double)net->count;
    if (storage == MARQ_STORE_PANELS) doubles += (double)marq_net_panels_doubles(net, rows);
    return doubles * sizeof(double);
}

int marq_linearisation_create(marq_linearisation *lin, const marq_net *net, size_t rows, int threads,
                              marq_storage storage) {
    *lin = (marq_linearisation){.net = net,
                                .capacity = rows,
                                .block = marq_pass_block(rows),
                                .window = held_rows(net, rows, storage)};
    lin->scratch_stride = scratch_doubles(net);
    lin->theta = marq_alloc_doubles(net->count, 1);
    lin->scratch = marq_alloc_shared((size_t)threads, lin->scratch_stride, 1);
    lin->partial = marq_alloc_doubles(marq_net_chunks(lin->window, lin->block), net->count);
    lin->widths = marq_alloc(2 * net->layers, sizeof *lin->widths);
    for (size_t l = 0; lin->widths && l < net->layers; l++) {
        lin->widths[2 * l] = net->layer[l].in;
        lin->widths[2 * l + 1] = net->layer[l].out;
    }
    bool panels = storage == MARQ_STORE_PANELS;
    if (storage) lin->ahead_theta = marq_alloc_doubles(net->count, 1);
    if (storage && (!lin->ahead_theta || !marq_pass_create(&lin->ahead, net, rows, 0))) return 0;
    if (panels) lin->panels = marq_alloc_panels(net, rows);
    return lin->theta && lin->scratch && lin->partial && lin->widths && (lin->panels || !panels) &&
           marq_pass_create(&lin->pass, net, lin->window, 1);
}

void marq_linearisation_destroy(marq_linearisation *lin) {
    marq_pass_destroy(&lin->pass);
    marq_pass_destroy(&lin->ahead);
    free(lin->ahead_theta);
    free(lin->theta);
    free(lin->widths);
    free(lin->panels);
    free(lin->scratch);
    free(lin->partial);
    *lin = (marq_linearisation){0};
}

static bool is_stored(const marq_linearisation *lin) {
    return lin->window >= lin->rows;
}

static void load_inputs(const marq_net *net, const double *X, size_t rows, double *a) {
    memcpy(a, X, rows * marq_net_inputs(net) * sizeof *a);
}

static void reverse(marq_linearisation *lin, marq_rows block) {
    size_t outputs = marq_net_outputs(lin->net), last = lin->net->layers - 1;
    if (!lin->targets) {
        marq_reverse(lin->net, lin->theta, &lin->pass, block.at, block.rows);
        return;
    }
    marq_target_seeds(lin->targets, block.first, block.rows, lin->pass.a[last + 1] + block.at * outputs,
                      lin->pass.delta[last] + block.at * outputs * outputs);
    marq_reverse_seeded(lin->net, lin->theta, &lin->pass, block.at, block.rows);
}

static void differentiate_block(marq_linearisation *lin, marq_rows block) {
    reverse(lin, block);
    if (lin->panels) marq_net_fill_panels(lin, block);
}

static void compute_block(marq_linearisation *lin, marq_rows block) {
    size_t inputs = marq_net_inputs(lin->net);
    load_inputs(lin->net, lin->X + block.first * inputs, block.rows, lin->pass.a[0] + block.at * inputs);
    marq_forward(lin->net, lin->theta, &lin->pass, block.at, block.rows);
    differentiate_block(lin, block);
}

void marq_net_look_ahead(marq_linearisation *lin, const double *theta) {
    memcpy(lin->ahead_theta, theta, lin->net->count * sizeof *theta);
    lin->is_ahead = true;
}

const double *marq_net_ahead_block(marq_linearisation *lin, const double *X, size_t first, size_t rows) {
    size_t inputs = marq_net_inputs(lin->net), outputs = marq_net_outputs(lin->net);
    load_inputs(lin->net, X + first * inputs, rows, lin->ahead.a[0] + first * inputs);
    marq_forward(lin->net, lin->ahead_theta, &lin->ahead, first, rows);
    return lin->ahead.a[lin->net->layers] + first * outputs;
}

void marq_net_forget_ahead(marq_linearisation *lin) {
    lin->is_ahead = false;
}

/* The activations ahead become those of the point; false: they are of another one. */
static bool take_ahead(marq_linearisation *lin, const double *theta) {
    bool same = lin->is_ahead && memcmp(theta, lin->ahead_theta, lin->net->count * sizeof *theta) == 0;
    for (size_t l = 0; same && l <= lin->net->layers; l++) {
        double *a = lin->pass.a[l];
        lin->pass.a[l] = lin->ahead.a[l];
        lin->ahead.a[l] = a;
    }
    lin->is_ahead = false;
    return same;
}

void marq_net_linearise(marq_linearisation *lin, const double *theta, size_t rows, const double *X) {
    memcpy(lin->theta, theta, lin->net->count * sizeof *theta);
    lin->rows = rows;
    lin->X = X;
    if (!is_stored(lin)) return;
    bool forward = !take_ahead(lin, theta);
    marq_rows all = marq_window_at(lin, 0);
#pragma omp parallel for schedule(static) /* a thread's rows are in its cache from the pass before */
    for (size_t offset = 0; offset < rows; offset += lin->block) {
        marq_rows block = marq_block_of(lin, all, offset);
        if (forward)
            compute_block(lin, block);
        else
            differentiate_block(lin, block);
    }
}

marq_rows marq_window_at(const marq_linearisation *lin, size_t first) {
    return (marq_rows){first, marq_least(lin->window, lin->rows - first), 0};
}

marq_rows marq_block_of(const marq_linearisation *lin, marq_rows window, size_t offset) {
    return (marq_rows){window.first + offset, marq_least(lin->block, window.rows - offset),
                       window.at + offset};
}

void marq_hold_rows(marq_linearisation *lin, marq_rows rows) {
    if (!is_stored(lin)) compute_block(lin, rows);
}

double *marq_scratch_of_thread(const marq_linearisation *lin) {
    return lin->scratch + (size_t)omp_get_thread_num() * lin->scratch_stride;
}
