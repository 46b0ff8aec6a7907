/* A net linearised at θ on a set of rows, and the products with its Jacobian J = ∂(normalised outputs)/∂θ,
 * or with that of the residuals of targets, (rows·outputs) × parameters, row i·outputs + o. None of them
 * forms J.
 *
 * The activations and reverse derivatives of all rows are stored, or those of a window of rows at a time:
 * then every product passes over the rows again, and memory does not grow with them. The same bits either way
 * for apply, and for every number of threads in all of them. */
#ifndef MARQ_NN_LINEARISATION_H
#define MARQ_NN_LINEARISATION_H

#include "pass.h"
#include "targets.h"
#include <stdbool.h>

typedef struct marq_linearisation {
    const marq_net *net;
    size_t rows;     /* of the last marq_net_linearise */
    size_t capacity; /* the most rows */
    size_t block;    /* rows that a thread takes at once */
    size_t window;   /* rows that the pass holds: the capacity where they are stored */
    const double *X; /* rows × inputs, normalised; borrowed from marq_net_linearise on */
    const marq_targets
        *targets; /* NULL: J is that of the outputs; else of their residuals. Set by the user */
    double *theta;
    marq_pass pass;
    marq_pass ahead; /* activations of all rows at ahead_theta, for the next point; where rows are stored */
    double *ahead_theta; /* NULL: none are kept */
    bool is_ahead;       /* they are those of the rows and of ahead_theta */
    size_t *widths;      /* of each layer: inputs, neurons */
    double *panels;      /* of all rows, for the kernel matrix; NULL: not stored */
    double *scratch;     /* threads × scratch_stride */
    size_t scratch_stride;
    double *partial; /* chunks × parameters: sums over rows */
} marq_linearisation;

/* Rows first … first + rows − 1 of the linearisation, which the pass holds from its row `at` on. */
typedef struct marq_rows {
    size_t first, rows, at;
} marq_rows;

/* What is stored: a window of rows; all rows; all rows, and their panels for the kernel matrix. */
typedef enum marq_storage { MARQ_STORE_WINDOW, MARQ_STORE_ROWS, MARQ_STORE_PANELS } marq_storage;

/* For up to `rows` rows and `threads` threads. 0 without memory. */
int marq_linearisation_create(marq_linearisation *lin, const marq_net *net, size_t rows, int threads,
                              marq_storage storage);

/* What it allocates. */
double marq_linearisation_bytes(const marq_net *net, size_t rows, int threads, marq_storage storage);
void marq_linearisation_destroy(marq_linearisation *lin);

/* Fixes the point (theta is copied) and the rows, at most as many as there is memory for. */
void marq_net_linearise(marq_linearisation *lin, const double *theta, size_t rows, const double *X);

/* ---- The next point ----
 * Where rows are stored: the activations at another θ, of the rows that will be linearised there. A
 * marq_net_linearise at that θ begins with them, without a forward pass of its own. */

/* Begins (theta is copied); then every block once, by any thread. Returns the block's outputs. */
void marq_net_look_ahead(marq_linearisation *lin, const double *theta);
const double *marq_net_ahead_block(marq_linearisation *lin, const double *X, size_t first, size_t rows);

/* The rows change: what was computed ahead is of no use. */
void marq_net_forget_ahead(marq_linearisation *lin);

/* products.c: jv ← Jv; jtw ← Jᵀw. */
void marq_net_apply(marq_linearisation *lin, const double *v, double *jv);
void marq_net_apply_transposed(marq_linearisation *lin, const double *w, double *jtw);
void marq_net_diagonal(marq_linearisation *lin, double *d); /* of JᵀJ */
size_t marq_net_chunks(size_t window, size_t block);        /* partial sums that Jᵀw takes */
double marq_net_product_flops(const marq_net *net, size_t rows, bool stored); /* of Jv and Jᵀw together */

/* kernel.c: jjt ← JJᵀ, lower triangle (of its diagonal panels the upper one too), column-major, leading
 * dimension rows·outputs. Only with MARQ_STORE_PANELS. */
void marq_net_kernel(marq_linearisation *lin, double *jjt);
double marq_net_kernel_flops(const marq_net *net, size_t rows);

/* Copies these rows, which the pass holds, into the panels; and what all panels take. */
void marq_net_fill_panels(marq_linearisation *lin, marq_rows block);
size_t marq_net_panels_doubles(const marq_net *net, size_t rows);
double *marq_alloc_panels(const marq_net *net, size_t rows);

/* gram.c: jtj ← JᵀJ, lower triangle, column-major, leading dimension parameters; jtw ← Jᵀw. */
void marq_net_gram(marq_linearisation *lin, const double *w, double *jtj, double *jtw);
size_t marq_net_gram_scratch(void); /* doubles a thread */
double marq_net_gram_flops(const marq_net *net, size_t rows);

/* ---- Windows ---- */

/* products.c, for Jᵀw: adds the window's part to the partial sums; the threads of a team call it together.
 * held: the pass holds the window's rows already. */
void marq_transposed_window(marq_linearisation *lin, marq_rows window, const double *w, bool held);
/* jtw ← the sum of the partial sums, after the last window: by one thread, or by those of a team together. */
void marq_transposed_sum(const marq_linearisation *lin, double *jtw);

/* The window that begins at this row. Its rows lie in the pass from row 0 on. */
marq_rows marq_window_at(const marq_linearisation *lin, size_t first);

/* The block of at most lin->block rows that begins `offset` rows into the window. */
marq_rows marq_block_of(const marq_linearisation *lin, marq_rows window, size_t offset);

/* Makes sure that the pass holds these rows: computes them unless all are stored. Within a parallel region:
 * one block by one thread. */
void marq_hold_rows(marq_linearisation *lin, marq_rows rows);

double *marq_scratch_of_thread(const marq_linearisation *lin);

#endif
