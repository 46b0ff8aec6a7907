/* What a full-batch epoch costs against BLAS: the net 1-20-20-10-1 (681 parameters) on 700 training rows of
 * y = −x sin 10x, as marq trains it by default, beside dsyrk(681 × 700) + dpotrf(681) of the same OpenBLAS
 * and the same number of threads. After every epoch the reference runs once, so both see the same machine;
 * medians over all epochs with one factorisation, of several seeds.
 *
 *     epoch [THREADS [SEEDS]] */
#include <base/clock.h>
#include <base/memory.h>
#include <cblas.h>
#include <lapacke.h>
#include <marq/nn.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 1000, PARAMETERS = 681, TRAINING_ROWS = 700, MOST = 10000, PHASES = 32 };

/* ---- The reference ---- */

typedef struct reference {
    double *J, *G, *factor;
} reference;

static reference reference_create(void) {
    reference r = {marq_alloc_doubles(TRAINING_ROWS, PARAMETERS), marq_alloc_doubles(PARAMETERS, PARAMETERS),
                   marq_alloc_doubles(PARAMETERS, PARAMETERS)};
    for (size_t i = 0; i < TRAINING_ROWS * PARAMETERS; i++) r.J[i] = sin((double)i);
    return r;
}

static double reference_seconds(reference *r) {
    double begin = marq_clock_seconds();
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, PARAMETERS, TRAINING_ROWS, 1.0, r->J, PARAMETERS,
                0.0, r->G, PARAMETERS);
    double product = marq_clock_seconds() - begin;
    memcpy(r->factor, r->G, PARAMETERS * PARAMETERS * sizeof(double));
    for (size_t j = 0; j < PARAMETERS; j++) r->factor[j * PARAMETERS + j] += TRAINING_ROWS;
    begin = marq_clock_seconds();
    int failed = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', PARAMETERS, r->factor, PARAMETERS);
    return failed ? (double)NAN : product + marq_clock_seconds() - begin;
}

static void reference_destroy(reference *r) {
    free(r->J);
    free(r->G);
    free(r->factor);
}

/* ---- Epochs ---- */

typedef struct record {
    reference reference;
    double begin; /* of the epoch */
    size_t count;
    double epoch[MOST], blas[MOST], ratio[MOST];
} record;

static int on_epoch(void *user, const marq_epoch *epoch) {
    record *r = user;
    double seconds = marq_clock_seconds() - r->begin, blas = reference_seconds(&r->reference);
    bool counts = epoch->epoch > 1 && epoch->accepted == 1 && epoch->rejected == 0 && r->count < MOST;
    if (counts) {
        r->epoch[r->count] = seconds;
        r->blas[r->count] = blas;
        r->ratio[r->count++] = seconds / blas;
    }
    r->begin = marq_clock_seconds();
    return 0;
}

static marq_status train(record *r, marq_profile *profile, int threads, uint64_t seed) {
    double X[ROWS], Y[ROWS];
    unsigned char set[ROWS];
    size_t widths[] = {1, 20, 20, 10, 1};
    marq_error error;
    for (size_t i = 0; i < ROWS; i++) {
        X[i] = (double)(i + 1) / ROWS;
        Y[i] = -X[i] * sin(10 * X[i]);
    }
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net || marq_split(ROWS, (double[]){70, 15, 15}, seed, 0, set, &error) != MARQ_OK)
        return MARQ_ERROR_MEMORY;
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, seed);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.threads = threads;
    options.profile = profile;
    options.progress = on_epoch;
    options.progress_user = r;
    r->begin = marq_clock_seconds();
    marq_data data = {ROWS, X, Y, set};
    marq_status status = marq_net_train(net, &data, &options, NULL, &error);
    marq_net_destroy(net);
    return status;
}

/* ---- The report ---- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct quartiles {
    double low, median, high;
} quartiles;

static quartiles quartiles_of(size_t count, double *values) {
    qsort(values, count, sizeof *values, by_size);
    return (quartiles){values[count / 4], values[count / 2], values[count * 3 / 4]};
}

static void print(const char *what, const char *unit, double factor, size_t count, double *values) {
    quartiles q = quartiles_of(count, values);
    printf("%-28s %8.3f %s (quartiles %.3f … %.3f)\n", what, factor * q.median, unit, factor * q.low,
           factor * q.high);
}

static void print_phases(const marq_profile *profile) {
    marq_phase phases[PHASES];
    size_t count = marq_profile_phases(profile, phases, PHASES);
    printf("\n%-28s %8s %8s\n", "phase, without inner ones", "times", "ms each");
    for (size_t i = 0; i < count && i < PHASES; i++) {
        bool around = strcmp(phases[i].name, "report") == 0 || strcmp(phases[i].name, "judge") == 0;
        if (around || phases[i].count == 0) continue; /* the reference runs within those */
        printf("%-28s %8llu %8.3f\n", phases[i].name, (unsigned long long)phases[i].count,
               1e-6 * (double)phases[i].self_ns / (double)phases[i].count);
    }
}

int main(int count, char **arguments) {
    static record r;
    int threads = count > 1 ? atoi(arguments[1]) : omp_get_max_threads();
    int seeds = count > 2 ? atoi(arguments[2]) : 10;
    if (threads < 1 || seeds < 1) {
        fprintf(stderr, "epoch [THREADS [SEEDS]]\n");
        return 2;
    }
    omp_set_num_threads(threads);
    marq_profile *profile = marq_profile_create((size_t)threads, 64);
    r.reference = reference_create();
    if (!profile || !r.reference.J || !r.reference.G || !r.reference.factor) return 1;
    for (int seed = 1; seed <= seeds; seed++)
        if (train(&r, profile, threads, (uint64_t)seed) < 0) return 1;
    printf("%d threads, %d seeds, %zu epochs with one factorisation\n", threads, seeds, r.count);
    if (r.count > 0) {
        print("epoch", "ms", 1e3, r.count, r.epoch);
        print("dsyrk(681 × 700) + dpotrf(681)", "ms", 1e3, r.count, r.blas);
        print("epoch / BLAS", "", 1, r.count, r.ratio);
    }
    print_phases(profile);
    marq_profile_destroy(profile);
    reference_destroy(&r.reference);
    return 0;
}
