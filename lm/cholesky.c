/* Left-looking Cholesky by tiles, A = L Lᵀ. For the tile of rows I and columns J of L:
 *     C ← A_IJ − Σ_{K<J} L_IK L_JKᵀ,   then L_JJ ← chol(C) where I = J, else L_IJ ← C L_JJ⁻ᵀ.
 *
 * L lies in panels of few rows (panel_math.h), so that both factors of a product are read line by line and
 * twelve sums stay in registers over all of K; the padding up to whole panels is that of the identity.
 *
 * A tile is one task, the tasks are counted column by column, and threads take the next one in that order.
 * The diagonal tile of a column is counted among the tiles of the column before, where its row is about to be
 * ready: the others of its own column, which wait for it, find it done. A part of the sums waits until rows I
 * and J are ready as far as it goes: what a task waits for was taken before it, so some thread works on it.
 * There are no barriers. A tile is computed by one thread and sums have one order, so the bits do not depend
 * on the number of threads. */
#include "cholesky.h"

#include "factor.h"
#include "panel_math.h"
#include <base/least.h>
#include <omp.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

typedef struct tiles {
    const marq_panel_math *math;
    size_t n;
    const double *a; /* and D: what is factored */
    double mu;
    const double *scale;
    double *L;
    size_t order, stride, side; /* n rounded up to panels; doubles of a panel; rows of a tile */
    size_t count, threads;      /* of tile rows; of the team */
    atomic_size_t *ready;       /* tiles of each tile row that are done */
    atomic_size_t next;
    atomic_int failed;
} tiles;

/* Parts of the products that stay in the nearest cache. */
enum { LINES = 192 };

/* ---- Shape ---- */

/* Small tiles share the work of small matrices, large ones read less memory. */
static size_t tile_side(size_t n) {
    return MARQ_PANEL_ROWS * (n < 450 ? 2 : n < 1000 ? 4 : 8);
}

static size_t tile_rows(size_t n) {
    return (marq_padded(n) + tile_side(n) - 1) / tile_side(n);
}

static size_t numbers(size_t n) {
    return marq_padded(n) * marq_padded(n);
}

size_t marq_cholesky_doubles(size_t n) {
    return numbers(n) + (tile_rows(n) * sizeof(atomic_size_t) + sizeof(double) - 1) / sizeof(double);
}

/* ---- Tiles ---- */

/* Lines first … end − 1 of a panel from A + μD², lower triangle. */
static void load_panel(const tiles *t, size_t p, size_t first, size_t end) {
    double *panel = t->L + p * t->stride;
    size_t row = p * MARQ_PANEL_ROWS;
    for (size_t q = first; q < end; q++) {
        double *line = panel + q * MARQ_PANEL_ROWS;
        const double *column = t->a + q * t->n;
        if (q <= row && row + MARQ_PANEL_ROWS <= t->n)
            memcpy(line, column + row, MARQ_PANEL_ROWS * sizeof *line);
        else
            for (size_t r = 0; r < MARQ_PANEL_ROWS; r++) {
                size_t i = row + r;
                line[r] = i < q || q >= t->n || i >= t->n ? (double)(i == q) : column[i];
            }
        if (q >= row && q < row + MARQ_PANEL_ROWS && q < t->n)
            line[q - row] += t->scale ? t->mu * t->scale[q] * t->scale[q] : t->mu;
    }
}

/* Until as many are there, or `failed`, if there is one, says that they may never be. */
static void wait_for(atomic_size_t *ready, size_t count, atomic_int *failed) {
    enum { SPINS = 4000 };
    for (size_t spins = 0; atomic_load_explicit(ready, memory_order_acquire) < count; spins++) {
        if (failed && atomic_load_explicit(failed, memory_order_relaxed)) return;
        if (spins > SPINS) sched_yield();
    }
}

static marq_panel_part part_of(const tiles *t, size_t p, size_t J) {
    size_t first = J * t->side;
    return (marq_panel_part){t->L + p * t->stride, t->L, t->stride, first,
                             marq_least(first + t->side, t->order)};
}

/* Rows I and J are ready up to this column. */
static void wait_for_rows(tiles *t, size_t I, size_t J, size_t column) {
    size_t columns = (column + t->side - 1) / t->side;
    wait_for(&t->ready[I], columns, &t->failed);
    wait_for(&t->ready[J], columns, &t->failed);
}

static void do_tile(tiles *t, size_t I, size_t J) {
    size_t per_tile = t->side / MARQ_PANEL_ROWS, first = J * t->side, panels = t->order / MARQ_PANEL_ROWS;
    size_t p = I * per_tile, end = marq_least(p + per_tile, panels);
    for (size_t k = p; k < end; k++) load_panel(t, k, first, marq_least(first + t->side, t->order));
    for (size_t from = 0; from < first; from += LINES) {
        size_t to = marq_least(from + LINES, first);
        wait_for_rows(t, I, J, to);
        for (size_t k = p; k < end; k++) {
            marq_panel_part part = part_of(t, k, J);
            t->math->subtract(&part, from, to);
        }
    }
    if (I != J) wait_for(&t->ready[J], J + 1, &t->failed);
    if (atomic_load_explicit(&t->failed, memory_order_relaxed)) return;
    for (size_t k = p; k < end; k++) {
        marq_panel_part part = part_of(t, k, J);
        if (I == J) part.end = marq_least(part.end, (k + 1) * MARQ_PANEL_ROWS); /* lower triangle */
        if (!t->math->eliminate(&part)) {
            atomic_store_explicit(&t->failed, 1, memory_order_relaxed);
            return;
        }
    }
}

/* The tiles in the order in which they are taken: (0, 0), then those below the diagonal of each column, with
 * the next diagonal tile after as many of them as there are threads. */
typedef struct place {
    size_t column, before; /* tasks before this column's */
} place;

static void tile_of(const tiles *t, size_t task, place *at, size_t *I, size_t *J) {
    *I = *J = 0;
    if (task == 0) return;
    while (task - at->before >= t->count - at->column) at->before += t->count - at->column++;
    size_t index = task - at->before, delay = marq_least(t->threads, t->count - 1 - at->column);
    *J = at->column + (index == delay);
    *I = at->column + index + (index < delay);
    if (index == delay) *I = *J;
}

/* Every thread of a team takes some tasks. After a failure they have nothing to do. */
static void do_tiles(tiles *t) {
    place at = {.before = 1};
    size_t count = t->count * (t->count + 1) / 2, I, J;
    for (size_t task; (task = atomic_fetch_add_explicit(&t->next, 1, memory_order_relaxed)) < count;) {
        if (atomic_load_explicit(&t->failed, memory_order_relaxed)) return;
        tile_of(t, task, &at, &I, &J);
        do_tile(t, I, J);
        atomic_store_explicit(&t->ready[I], J + 1, memory_order_release);
    }
}

int marq_cholesky_factor(size_t n, const double *a, double mu, const double *scale, double *factor) {
    tiles t = {.math = marq_panel_math_here(),
               .n = n,
               .a = a,
               .mu = mu,
               .scale = scale,
               .L = factor,
               .order = marq_padded(n),
               .stride = marq_padded(n) * MARQ_PANEL_ROWS,
               .side = tile_side(n),
               .count = tile_rows(n),
               .threads = (size_t)omp_get_max_threads(),
               .ready = (atomic_size_t *)(void *)(factor + numbers(n))};
    for (size_t i = 0; i < t.count; i++) atomic_init(&t.ready[i], 0);
#pragma omp parallel if (t.count > 2)
    do_tiles(&t);
    return t.failed;
}

/* ---- Solving ---- */

/* y ← L_pp⁻ᵀ y */
static void solve_block_transposed(const double *block, double *y) {
    for (size_t q = MARQ_PANEL_ROWS; q-- > 0;) {
        for (size_t r = q + 1; r < MARQ_PANEL_ROWS; r++) y[q] -= block[q * MARQ_PANEL_ROWS + r] * y[r];
        y[q] /= block[q * MARQ_PANEL_ROWS + q];
    }
}

/* Both directions go by tiles of rows, which threads take in turn; a tile needs all those before it, so that
 * they are done in the order in which they were taken. */
typedef struct substitution {
    const marq_panel_math *math;
    size_t n, stride, side, count; /* rows of a tile; tiles */
    const double *L;
    double *x;
    atomic_size_t next, done;           /* forward */
    atomic_size_t next_back, done_back; /* from the last tile on */
} substitution;

static size_t panels_before(const substitution *s, size_t tile) {
    return marq_least(tile * s->side, marq_padded(s->n)) / MARQ_PANEL_ROWS;
}

/* y: the rows of a panel, 0 where it is padded. */
static void load_rows(const substitution *s, size_t row, double *y) {
    for (size_t r = 0; r < MARQ_PANEL_ROWS; r++) y[r] = row + r < s->n ? s->x[row + r] : 0;
}

static void store_rows(const substitution *s, size_t row, const double *y) {
    memcpy(s->x + row, y, marq_least(MARQ_PANEL_ROWS, s->n - row) * sizeof *y);
}

/* x_p −= Σ of columns first … end − 1. */
static void subtract_known(const substitution *s, size_t p, size_t first, size_t end) {
    _Alignas(64) double sum[MARQ_PANEL_ROWS], y[MARQ_PANEL_ROWS];
    s->math->combine(end - first, s->L + p * s->stride + first * MARQ_PANEL_ROWS, s->x + first, sum);
    load_rows(s, p * MARQ_PANEL_ROWS, y);
    for (size_t r = 0; r < MARQ_PANEL_ROWS; r++) y[r] -= sum[r];
    store_rows(s, p * MARQ_PANEL_ROWS, y);
}

/* x_I ← L_II⁻¹ (x_I − Σ_{J<I} L_IJ x_J) */
static void forward_tile(substitution *s, size_t I) {
    for (size_t J = 0; J < I; J++) {
        wait_for(&s->done, J + 1, NULL);
        for (size_t p = panels_before(s, I); p < panels_before(s, I + 1); p++)
            subtract_known(s, p, J * s->side, (J + 1) * s->side);
    }
    for (size_t p = panels_before(s, I); p < panels_before(s, I + 1); p++) {
        _Alignas(64) double y[MARQ_PANEL_ROWS];
        size_t row = p * MARQ_PANEL_ROWS;
        subtract_known(s, p, I * s->side, row);
        load_rows(s, row, y);
        marq_solve_block(s->L + p * s->stride + row * MARQ_PANEL_ROWS, y);
        store_rows(s, row, y);
    }
}

/* x_I ← L_II⁻ᵀ (x_I − Σ_{J>I} L_JIᵀ x_J) */
static void backward_tile(substitution *s, size_t I) {
    _Alignas(64) double y[MARQ_PANEL_ROWS];
    size_t first = I * s->side, columns = marq_least(s->side, s->n - first);
    for (size_t J = s->count; J-- > I + 1;) {
        wait_for(&s->done_back, s->count - J, NULL);
        for (size_t p = panels_before(s, J + 1); p-- > panels_before(s, J);) {
            load_rows(s, p * MARQ_PANEL_ROWS, y);
            s->math->project(columns, s->L + p * s->stride + first * MARQ_PANEL_ROWS, y, s->x + first);
        }
    }
    for (size_t p = panels_before(s, I + 1); p-- > panels_before(s, I);) {
        size_t row = p * MARQ_PANEL_ROWS;
        load_rows(s, row, y);
        solve_block_transposed(s->L + p * s->stride + row * MARQ_PANEL_ROWS, y);
        store_rows(s, row, y);
        s->math->project(row - first, s->L + p * s->stride + first * MARQ_PANEL_ROWS, y, s->x + first);
    }
}

/* Called by every thread of a team. */
static void substitute(substitution *s) {
    for (size_t I; (I = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed)) < s->count;) {
        forward_tile(s, I);
        atomic_store_explicit(&s->done, I + 1, memory_order_release);
    }
    wait_for(&s->done, s->count, NULL);
    for (size_t k; (k = atomic_fetch_add_explicit(&s->next_back, 1, memory_order_relaxed)) < s->count;) {
        backward_tile(s, s->count - 1 - k);
        atomic_store_explicit(&s->done_back, k + 1, memory_order_release);
    }
}

void marq_cholesky_solve(size_t n, const double *factor, double *x) {
    enum {
        WORTH_THREADS = 300,
        SIDE = 8 * MARQ_PANEL_ROWS
    }; /* fewer rows cost less than a start of threads */
    size_t side = n < WORTH_THREADS ? marq_padded(n) : SIDE;
    substitution s = {.math = marq_panel_math_here(),
                      .n = n,
                      .stride = marq_padded(n) * MARQ_PANEL_ROWS,
                      .side = side,
                      .count = (n + side - 1) / side,
                      .L = factor,
                      .x = x};
#pragma omp parallel if (n >= WORTH_THREADS)
    substitute(&s);
}
