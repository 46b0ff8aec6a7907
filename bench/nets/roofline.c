/* Compiled for the machine at hand (-march=native, multiply-adds fused): it is the machine that is measured.
 */
#include "roofline.h"

#include <base/clock.h>
#include <base/team.h>
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

struct bench_roofline {
    int threads;
    size_t samples, steps, order, length;
    double *A, *B, *C; /* order × order */
    double *a, *b, *c; /* length */
    double sum;        /* of the multiply-adds, so that they are not left out */
    bench_roof best;
};

/* ---- Multiply-adds: as many independent chains as registers allow ---- */

#if defined(__AVX512F__)
enum { WIDTH = 8 };
#elif defined(__AVX__)
enum { WIDTH = 4 };
#else
enum { WIDTH = 2 };
#endif
enum { CHAINS = 10 };
typedef double lanes __attribute__((vector_size(WIDTH * sizeof(double))));

static double multiply_add_chains(size_t steps, double factor) {
    lanes one = {0}, f = {0};
    one += 1, f += factor;
    lanes a = one, b = a + 1, c = b + 1, d = c + 1, e = d + 1;
    lanes g = e + 1, h = g + 1, k = h + 1, l = k + 1, m = l + 1;
    for (size_t step = 0; step < steps; step++) {
        a = a * f + one, b = b * f + one, c = c * f + one, d = d * f + one, e = e * f + one;
        g = g * f + one, h = h * f + one, k = k * f + one, l = l * f + one, m = m * f + one;
    }
    lanes all = a + b + c + d + e + g + h + k + l + m;
    double sum = 0;
    for (int i = 0; i < WIDTH; i++) sum += all[i];
    return sum;
}

/* Long enough that the start of the threads does not count. */
static void multiply_add(bench_roofline *own) {
    double sum = 0;
#pragma omp parallel num_threads(own->threads) reduction(+ : sum)
    sum += multiply_add_chains(own->steps, 0.5);
    own->sum += sum;
}

/* ---- The BLAS's product, and the triad ---- */

static void multiply(bench_roofline *own) {
    int n = (int)own->order;
    marq_team team = marq_team_enter(own->threads);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, own->A, n, own->B, n, 0.0, own->C,
                n);
    marq_team_leave(&team);
}

static void triad(bench_roofline *own) {
    double *restrict a = own->a;
    const double *restrict b = own->b, *restrict c = own->c;
#pragma omp parallel for simd num_threads(own->threads) schedule(static)
    for (size_t i = 0; i < own->length; i++) a[i] = b[i] + 0.5 * c[i];
}

/* ---- Samples ---- */

static void fill(size_t length, double *b, double *c) {
    for (size_t i = 0; i < length; i++) b[i] = c[i] = 1 + 1e-9 * (double)i;
}

bench_roofline *bench_roofline_create(const bench *b, int threads) {
    int quick = b->options.quick;
    bench_roofline *own = calloc(1, sizeof *own);
    if (!own) bench_fail("out of memory for the roof");
    own->threads = threads;
    own->samples = quick ? 2 : 3;
    own->steps = quick ? 100000 : 1000000;
    own->order = quick ? 256 : 1024;
    own->length = (size_t)1 << (quick ? 21 : 25); /* 48 and 768 MiB in all */
    double **square[] = {&own->A, &own->B, &own->C}, **array[] = {&own->a, &own->b, &own->c};
    for (size_t k = 0; k < 3; k++) {
        *square[k] = bench_doubles(own->order, own->order);
        *array[k] = bench_doubles(own->length, 1);
    }
    triad(own); /* pages lie near the threads that will use them */
    fill(own->length, own->b, own->c);
    fill(own->order * own->order, own->A, own->B);
    return own;
}

void bench_roofline_destroy(bench_roofline *own) {
    if (!own) return;
    free(own->A), free(own->B), free(own->C);
    free(own->a), free(own->b), free(own->c);
    free(own);
}

/* Operations or bytes of a call a second. */
static double rate(bench_roofline *own, void (*call)(bench_roofline *), double work) {
    double begin = marq_clock_seconds();
    call(own);
    return work / (marq_clock_seconds() - begin);
}

const bench_roof *bench_roofline_sample(bench_roofline *own) {
    double n = (double)own->order, chains = 2.0 * CHAINS * WIDTH * own->threads;
    bench_roof *best = &own->best;
    for (size_t i = 0; i < own->samples; i++) {
        best->multiply_add = fmax(best->multiply_add, rate(own, multiply_add, chains * (double)own->steps));
        best->dgemm = fmax(best->dgemm, rate(own, multiply, 2 * n * n * n));
        best->bandwidth = fmax(best->bandwidth, rate(own, triad, 24 * (double)own->length));
    }
    return best;
}

/* ---- The roof ---- */

double bench_roof_peak(const bench_roof *roof) {
    return fmax(roof->multiply_add, roof->dgemm);
}

double bench_least_seconds(const bench_roof *roof, double flops, double bytes) {
    return fmax(flops / bench_roof_peak(roof), bytes / roof->bandwidth);
}
