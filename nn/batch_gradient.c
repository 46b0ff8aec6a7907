/* A batch is cut into chunks, as many as its size and the net's fix; a chunk's blocks are summed in order by
 * one thread, then the chunks in order. */
#include "batch_gradient.h"

#include <base/memory.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Products of a row and a parameter that are worth a thread's start: about 30 µs. */
enum { MOST_CHUNKS = 8, CHUNK_WORK = 200000 };

static size_t chunk_count(const marq_net *net, size_t rows) {
    double chunks = (double)rows * (double)net->count / CHUNK_WORK;
    size_t most = rows / MARQ_BLOCK_ROWS < MOST_CHUNKS ? rows / MARQ_BLOCK_ROWS : MOST_CHUNKS;
    if (chunks > (double)most) return most > 1 ? most : 1;
    return chunks < 1 ? 1 : (size_t)chunks;
}

int marq_batch_gradient_create(marq_batch_gradient *own, size_t batch) {
    size_t chunks = chunk_count(own->net, batch);
    own->blocks = marq_alloc((size_t)own->threads, sizeof *own->blocks);
    own->partial = chunks > 1 ? marq_alloc_doubles(chunks, own->net->count) : NULL;
    int complete = own->blocks && (chunks == 1 || own->partial);
    for (int t = 0; complete && t < own->threads; t++)
        complete = marq_block_create(&own->blocks[t], own->net, own->profile);
    if (!complete) marq_batch_gradient_destroy(own);
    return complete;
}

void marq_batch_gradient_destroy(marq_batch_gradient *own) {
    for (int t = 0; own->blocks && t < own->threads; t++) marq_block_destroy(&own->blocks[t]);
    free(own->blocks);
    free(own->partial);
    *own = (marq_batch_gradient){0};
}

static marq_row_list part(marq_row_list rows, size_t first, size_t end) {
    return (marq_row_list){rows.row + first, end - first};
}

/* sum ← Σ over the rows of factor · (ŷ − y) ∂ŷ/∂θ. */
static void chunk_gradient(const marq_batch_gradient *own, marq_block *block, const double *theta,
                           marq_row_list rows, double factor, double *sum) {
    memset(sum, 0, own->net->count * sizeof *sum);
    for (size_t done = 0; done < rows.count; done += MARQ_BLOCK_ROWS) {
        size_t left = rows.count - done, end = done + (left < MARQ_BLOCK_ROWS ? left : MARQ_BLOCK_ROWS);
        marq_row_list some = part(rows, done, end);
        marq_block_load(block, own->net, own->X, some);
        marq_block_forward(block, own->net, theta);
        marq_block_errors(block, own->net, &own->targets, some, factor);
        marq_block_reverse(block, own->net, theta);
        marq_block_gradient(block, own->net, sum);
    }
}

static void sum_chunks(const marq_batch_gradient *own, size_t chunks, double *g) {
    MARQ_SCOPE(own->profile, "reduce");
    size_t n = own->net->count;
    memcpy(g, own->partial, n * sizeof *g);
    for (size_t c = 1; c < chunks; c++)
        for (size_t j = 0; j < n; j++) g[j] += own->partial[c * n + j];
}

void marq_batch_gradient_at(const marq_batch_gradient *own, const double *theta, marq_row_list rows,
                            double *g) {
    size_t chunks = chunk_count(own->net, rows.count);
    double factor = marq_target_share(&own->targets) / (double)rows.count;
    if (chunks == 1) {
        chunk_gradient(own, own->blocks, theta, rows, factor, g);
        return;
    }
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < chunks; c++)
        chunk_gradient(own, &own->blocks[omp_get_thread_num()], theta,
                       part(rows, rows.count * c / chunks, rows.count * (c + 1) / chunks), factor,
                       own->partial + c * own->net->count);
    sum_chunks(own, chunks, g);
}
