/* Finite differences, column by column:
 *     forward  J_j ≈ (r(θ + h e_j) − r(θ)) / h,            h = √ε · max(|θ_j|, t_j)
 *     central  J_j ≈ (r(θ + h e_j) − r(θ − h e_j)) / 2h,   h = ∛ε · max(|θ_j|, t_j)
 * t_j, the typical size, is a share of the parameter's start value, so that it follows the parameter's unit.
 * (Dennis & Schnabel 1983, section 5.4). h is rounded so that θ_j + h − θ_j = h exactly.
 *
 * A task is a group of GROUP parameters on one block of rows: each thread has its own θ, and writes whole
 * cache lines of the row-major J. Where θ + h is not computable, the other side is taken. Columns of fixed
 * parameters, which the model leaves out, cost nothing. */
#include "solver.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { GROUP = 8 };

size_t marq_difference_memory(const marq_problem *problem) {
    size_t block = marq_row_block(problem);
    if (block > problem->rows) block = problem->rows;
    size_t doubles = problem->parameters + (GROUP + 1) * block;
    return (doubles + 7) / 8 * 8; /* threads don't share a cache line */
}

typedef struct rows_range {
    size_t first, count;
} rows_range;

typedef struct thread_memory {
    double *theta;   /* this thread's point */
    double *column;  /* one residual block */
    double *columns; /* GROUP difference columns */
    size_t rows;     /* residual rows that were evaluated */
} thread_memory;

void marq_difference_start(solver *s, const double *theta) {
    double *typical = s->work->typical;
    for (size_t j = 0; typical && j < s->problem->parameters; j++)
        typical[j] = s->options->typical_size * (theta[j] != 0 ? fabs(theta[j]) : 1);
}

static double step_size(derivative kind, double value, double typical) {
    double relative = kind == DERIVATIVE_CENTRAL ? cbrt(DBL_EPSILON) : sqrt(DBL_EPSILON);
    double wanted = relative * fmax(fabs(value), typical);
    volatile double shifted = value + wanted;
    return shifted - value;
}

/* Residuals at θ + h e_j; 0 if they are all finite. */
static int shifted_residual(const marq_problem *problem, thread_memory *memory, size_t j, double h,
                            rows_range range, double *out) {
    double kept = memory->theta[j];
    memory->theta[j] = kept + h;
    memory->rows += range.count;
    int got = problem->residual(problem->user, memory->theta, range.first, range.count, out);
    memory->theta[j] = kept;
    for (size_t i = 0; got == MARQ_CALLBACK_OK && i < range.count; i++)
        if (!isfinite(out[i])) got = MARQ_CALLBACK_NOT_COMPUTABLE;
    return got;
}

static int one_column(const solver *s, thread_memory *memory, size_t j, rows_range range, double *column) {
    const double *base = s->work->residual + range.first;
    derivative kind = marq_column_derivative(s, j);
    double h = step_size(kind, memory->theta[j], s->work->typical[j]);
    int up = shifted_residual(s->problem, memory, j, h, range, column);
    if (up < 0) return up;
    if (kind == DERIVATIVE_CENTRAL || up != MARQ_CALLBACK_OK) {
        int down = shifted_residual(s->problem, memory, j, -h, range, memory->column);
        if (down < 0 || (down != MARQ_CALLBACK_OK && up != MARQ_CALLBACK_OK)) return down;
        if (down == MARQ_CALLBACK_OK) {
            const double *high = up == MARQ_CALLBACK_OK ? column : base;
            double width = up == MARQ_CALLBACK_OK ? 2 * h : h;
            for (size_t i = 0; i < range.count; i++) column[i] = (high[i] - memory->column[i]) / width;
            return MARQ_CALLBACK_OK;
        }
    }
    for (size_t i = 0; i < range.count; i++) column[i] = (column[i] - base[i]) / h;
    return MARQ_CALLBACK_OK;
}

/* jacobian: where the range's first row goes. */
static int one_group(const solver *s, thread_memory *memory, size_t first_parameter, rows_range range,
                     double *jacobian) {
    size_t n = s->problem->parameters, wanted[GROUP], size = 0;
    for (size_t j = first_parameter; j < n && j < first_parameter + GROUP; j++) {
        if (marq_column_derivative(s, j) == DERIVATIVE_ANALYTIC) continue;
        double *column = memory->columns + size * range.count;
        wanted[size++] = j;
        memset(column, 0, range.count * sizeof *column);
        int got = marq_is_fixed(s->problem, j) ? MARQ_CALLBACK_OK : one_column(s, memory, j, range, column);
        if (got != MARQ_CALLBACK_OK) return got;
    }
    for (size_t i = 0; i < range.count; i++)
        for (size_t g = 0; g < size; g++) jacobian[i * n + wanted[g]] = memory->columns[g * range.count + i];
    return MARQ_CALLBACK_OK;
}

static thread_memory memory_of(const solver *s, size_t block, int thread) {
    double *own = s->work->difference + (size_t)thread * s->work->difference_stride;
    size_t n = s->problem->parameters;
    return (thread_memory){own, own + n, own + n + block, 0};
}

int marq_difference_rows(solver *s, const double *theta, size_t first, size_t count, double *jacobian) {
    size_t m = s->problem->rows, n = s->problem->parameters;
    size_t block = marq_row_block(s->problem) < m ? marq_row_block(s->problem) : m;
    size_t groups = (n + GROUP - 1) / GROUP, blocks = (count + block - 1) / block;
    size_t rows = 0;
    int all = MARQ_CALLBACK_OK;
#pragma omp parallel if (s->problem->concurrent) reduction(+ : rows)
    {
        MARQ_SCOPE(s->options->profile, "differences");
        thread_memory memory = memory_of(s, block, omp_get_thread_num());
        memcpy(memory.theta, theta, n * sizeof *theta);
#pragma omp for collapse(2) schedule(dynamic)
        for (size_t g = 0; g < groups; g++)
            for (size_t b = 0; b < blocks; b++) {
                size_t from = b * block, left = count - from;
                rows_range range = {first + from, left < block ? left : block};
                int got = one_group(s, &memory, g * GROUP, range, jacobian + from * n);
                if (got != MARQ_CALLBACK_OK) {
#pragma omp critical(marq_difference_outcome)
                    all = marq_worse(all, got);
                }
            }
        rows += memory.rows;
    }
    rows += s->difference_rows;
    s->residual_evaluations += rows / m;
    s->difference_rows = rows % m;
    return all;
}
