/* Compiled for the machine at hand (-march=native, multiply-adds fused): it is the machine that is measured.
 */
#include "roofline.h"

#include <base/team.h>
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

typedef struct kernels {
    int threads;
    size_t order, length;
    double *a, *b, *c; /* order² or length values */
    double sum;        /* of the multiply-adds, so that they are not left out */
} kernels;

/* ---- Multiply-adds: as many independent chains as registers allow ---- */

#if defined(__AVX512F__)
enum { WIDTH = 8 };
#elif defined(__AVX__)
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif
enum { CHAINS = 10, STEPS = 20000 };
typedef double lanes __attribute__((vector_size(WIDTH * sizeof(double))));

static double multiply_add_chains(double factor) {
    lanes one = {0}, f = {0};
    one += 1, f += factor;
    lanes a = one, b = a + 1, c = b + 1, d = c + 1, e = d + 1;
    lanes g = e + 1, h = g + 1, k = h + 1, l = k + 1, m = l + 1;
    for (int step = 0; step < STEPS; step++) {
        a = a * f + one, b = b * f + one, c = c * f + one, d = d * f + one, e = e * f + one;
        g = g * f + one, h = h * f + one, k = k * f + one, l = l * f + one, m = m * f + one;
    }
    lanes all = a + b + c + d + e + g + h + k + l + m;
    double sum = 0;
    for (int i = 0; i < WIDTH; i++) sum += all[i];
    return sum;
}

static void multiply_add(void *user) {
    kernels *own = user;
    double sum = 0;
#pragma omp parallel num_threads(own->threads) reduction(+ : sum)
    sum += multiply_add_chains(0.5);
    own->sum += sum;
}

/* ---- The BLAS's product, and the triad ---- */

static void multiply(void *user) {
    kernels *own = user;
    int n = (int)own->order;
    marq_team team = marq_team_enter(own->threads);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, own->a, n, own->b, n, 0.0, own->c,
                n);
    marq_team_leave(&team);
}

static void triad(void *user) {
    kernels *own = user;
    double *restrict a = own->a;
    const double *restrict b = own->b, *restrict c = own->c;
#pragma omp parallel for simd num_threads(own->threads) schedule(static)
    for (size_t i = 0; i < own->length; i++) a[i] = b[i] + 0.5 * c[i];
}

static void make_arrays(kernels *own, size_t length) {
    double **arrays[] = {&own->a, &own->b, &own->c};
    for (size_t k = 0; k < 3; k++) *arrays[k] = bench_doubles(length, 1);
    triad(own); /* pages lie near the threads that will use them */
    for (size_t i = 0; i < length; i++) own->b[i] = own->c[i] = 1 + 1e-9 * (double)i;
}

static double best_seconds(const bench *b, void (*call)(void *), kernels *own) {
    return bench_measure(b, (bench_work){call, own}).least;
}

bench_roof bench_measure_roof(const bench *b, int threads) {
    kernels own = {.threads = threads, .order = b->options.quick ? 256 : 1024};
    bench_roof roof;
    roof.multiply_add = 2.0 * CHAINS * WIDTH * STEPS * threads / best_seconds(b, multiply_add, &own);
    double n = (double)own.order;
    own.length = own.order * own.order;
    make_arrays(&own, own.length);
    roof.dgemm = 2 * n * n * n / best_seconds(b, multiply, &own);
    free(own.a), free(own.b), free(own.c);
    own.length = (size_t)1 << (b->options.quick ? 21 : 25); /* 48 and 768 MiB in all */
    make_arrays(&own, own.length);
    roof.bandwidth = 24 * (double)own.length / best_seconds(b, triad, &own);
    free(own.a), free(own.b), free(own.c);
    return roof;
}

double bench_least_seconds(const bench_roof *roof, double flops, double bytes) {
    return fmax(flops / roof->multiply_add, bytes / roof->bandwidth);
}
