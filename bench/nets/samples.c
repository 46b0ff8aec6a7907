#include "samples.h"

#include <base/random.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

/* ---- The functions ---- */

static double multimodal(const double *x) {
    return -x[0] * sin(10 * x[0]);
}

static double recorded(const double *x) {
    double u = x[2] - 0.5, v = x[3] - 0.5;
    return sin(2 * pi * x[0]) * cos(2 * pi * x[1]) + 0.3 * exp(-(u * u + v * v) / 0.02) + 0.5 * x[4] * x[4] -
           0.2 * x[0] * x[3];
}

static double smooth(const double *x) {
    return sin(pi * x[0]) + 2 * x[1] * x[2] + exp(-4 * x[3] * x[3]) + x[4] * x[4] * x[0];
}

/* sn(u | m) by descending Landen (Gauss) transformations of the arithmetic-geometric mean, Abramowitz &
 * Stegun 16.4: φ_N = 2^N a_N u, sin(2φ_{n−1} − φ_n) = c_n/a_n sin φ_n, sn u = sin φ_0. m = 1: tanh u. */
static double elliptic_sine(const double *x) {
    enum { STEPS = 12 };
    double u = x[0], m = x[1], a[STEPS + 1] = {1}, c[STEPS + 1] = {sqrt(m)}, b = sqrt(1 - m);
    if (!(b > 1e-12)) return tanh(u);
    size_t n = 0;
    for (; n < STEPS && c[n] > 1e-16; n++) {
        a[n + 1] = (a[n] + b) / 2;
        c[n + 1] = (a[n] - b) / 2;
        b = sqrt(a[n] * b);
    }
    double phi = ldexp(a[n] * u, (int)n);
    for (; n > 0; n--) phi = (phi + asin(c[n] / a[n] * sin(phi))) / 2;
    return sin(phi);
}

static double exp_sine(const double *x) {
    return exp(sin(pi * x[0]) + x[1] * x[1]);
}

/* G, m1, m2, x1, x2, y1, y2, z1, z2 */
static double gravity(const double *v) {
    double x = v[4] - v[3], y = v[6] - v[5], z = v[8] - v[7];
    return v[0] * v[1] * v[2] / (x * x + y * y + z * z);
}

static double parabola(const double *x) {
    double root = 2.2 * x[0] - 3;
    return 1.5 * root * root;
}

/* J0(z) = (1/π) ∫ cos(z sin t) dt over [0, π]: the trapezoidal rule is exact to rounding for a smooth
 * periodic integrand (POSIX's j0 is not in every libm's strict mode). */
static double bessel(const double *x) {
    enum { POINTS = 64 };
    double z = 20 * x[0], sum = 0;
    for (int k = 0; k < POINTS; k++) sum += cos(z * sin(pi * (k + 0.5) / POINTS));
    return sum / POINTS;
}

static double sinusoid(const double *x) {
    return sin(6 * pi * x[0]);
}

static const struct target {
    const char *key, *words;
    size_t inputs;
} targets[] = {
#define ROW(name, key, inputs, words) {key, words, inputs},
    BENCH_TARGET_LIST(ROW)
#undef ROW
};

static double (*const functions[])(const double *x) = {
    [BENCH_MULTIMODAL] = multimodal,  [BENCH_RECORDED] = recorded, [BENCH_SMOOTH] = smooth,
    [BENCH_ELLIPTIC] = elliptic_sine, [BENCH_EXP_SINE] = exp_sine, [BENCH_GRAVITY] = gravity,
    [BENCH_PARABOLA] = parabola,      [BENCH_BESSEL] = bessel,     [BENCH_SINUSOID] = sinusoid,
};

const char *bench_target_key(bench_target target) {
    return targets[target].key;
}

const char *bench_target_words(bench_target target) {
    return targets[target].words;
}

size_t bench_target_inputs(bench_target target) {
    return targets[target].inputs;
}

double bench_target_value(bench_target target, const double *x) {
    return functions[target](x);
}

/* ---- Rows ---- */

/* The ends of input k. */
static void ends(bench_target target, size_t k, double *low, double *high) {
    *low = 0, *high = 1;
    if (target == BENCH_SMOOTH || target == BENCH_EXP_SINE) *low = -1;
    if (target == BENCH_ELLIPTIC && k == 0) *high = pi / 2;
    if (target == BENCH_PARABOLA) *high = 3;
    if (target == BENCH_GRAVITY) *low = k >= 4 && k % 2 == 0 ? 3 : 1, *high = *low + 1;
}

static void fill(const bench_source *source, bench_samples *s, marq_random *random) {
    for (size_t i = 0; i < s->rows; i++) {
        double *x = s->X + i * s->inputs;
        for (size_t k = 0; k < s->inputs; k++) {
            double low, high;
            ends(source->target, k, &low, &high);
            x[k] = source->target == BENCH_MULTIMODAL ? (double)(i + 1) / (double)s->rows
                                                      : low + (high - low) * marq_random_uniform(random);
        }
        s->truth[i] = bench_target_value(source->target, x);
    }
}

static double variance(size_t count, const double *values) {
    double mean = 0, sum = 0;
    for (size_t i = 0; i < count; i++) mean += values[i] / (double)count;
    for (size_t i = 0; i < count; i++) sum += (values[i] - mean) * (values[i] - mean);
    return sum / (double)count;
}

/* Box & Muller. */
static double normal(marq_random *random) {
    double u = 1 - marq_random_uniform(random), v = marq_random_uniform(random);
    return sqrt(-2 * log(u)) * cos(2 * pi * v);
}

bench_samples bench_samples_load(const bench_source *source) {
    bench_samples s = {.rows = source->rows, .inputs = bench_target_inputs(source->target)};
    s.X = bench_doubles(s.rows, s.inputs);
    s.Y = bench_doubles(s.rows, 1);
    s.truth = bench_doubles(s.rows, 1);
    s.set = calloc(s.rows, 1);
    if (!s.set) bench_fail("out of memory for %zu rows", s.rows);
    marq_random random = {.seed = source->seed, .stream = MARQ_STREAM_STARTS};
    fill(source, &s, &random);
    s.variance = variance(s.rows, s.truth);
    double deviation = source->noise * (source->relative ? sqrt(s.variance) : 1), low = HUGE_VAL, high = -low;
    for (size_t i = 0; i < s.rows; i++) {
        s.Y[i] = s.truth[i] + (deviation > 0 ? deviation * normal(&random) : 0);
        low = fmin(low, s.Y[i]);
        high = fmax(high, s.Y[i]);
    }
    s.range = high - low;
    return s;
}

void bench_samples_split(const bench_source *source, bench_samples *s) {
    marq_error error;
    if (marq_split(s->rows, source->shares, source->seed, 0, s->set, &error) != MARQ_OK)
        bench_fail("%s", error.message);
}

bench_samples bench_samples_create(const bench_source *source) {
    bench_samples s = bench_samples_load(source);
    bench_samples_split(source, &s);
    return s;
}

void bench_samples_destroy(bench_samples *s) {
    free(s->X);
    free(s->Y);
    free(s->truth);
    free(s->set);
    *s = (bench_samples){0};
}

size_t bench_samples_count(const bench_samples *s, int set) {
    size_t count = 0;
    for (size_t i = 0; i < s->rows; i++) count += s->set[i] == set;
    return count;
}

double bench_samples_variance(const bench_samples *s, int set) {
    double mean = 0, sum = 0, count = (double)bench_samples_count(s, set);
    for (size_t i = 0; i < s->rows; i++)
        if (s->set[i] == set) mean += s->Y[i] / count;
    for (size_t i = 0; i < s->rows; i++)
        if (s->set[i] == set) sum += (s->Y[i] - mean) * (s->Y[i] - mean) / count;
    return sum;
}

marq_data bench_samples_data(const bench_samples *s) {
    return (marq_data){.rows = s->rows, .X = s->X, .Y = s->Y, .set = s->set};
}

void bench_samples_normalise(const bench_samples *s, marq_normalisation how, marq_net *net) {
    size_t rows = bench_samples_count(s, MARQ_TRAIN), at = 0;
    double *X = bench_doubles(rows, s->inputs), *Y = bench_doubles(rows, 1);
    for (size_t i = 0; i < s->rows; i++)
        if (s->set[i] == MARQ_TRAIN) {
            memcpy(X + at * s->inputs, s->X + i * s->inputs, s->inputs * sizeof *X);
            Y[at++] = s->Y[i];
        }
    marq_net_normalise(net, how, rows, X, Y);
    free(X);
    free(Y);
}

bench_errors bench_samples_errors(const bench_samples *s, const marq_net *net, int threads) {
    bench_errors e = {{0}, 0, 0};
    double *fitted = bench_doubles(s->rows, 1);
    size_t count[MARQ_SETS] = {0};
    if (marq_net_predict(net, s->rows, s->X, fitted, threads) != MARQ_OK) bench_fail("out of memory");
    for (size_t i = 0; i < s->rows; i++) {
        double r = fitted[i] - s->Y[i], t = fitted[i] - s->truth[i];
        e.mse[s->set[i]] += r * r;
        count[s->set[i]]++;
        if (s->set[i] != MARQ_TEST) continue;
        e.truth += t * t;
        e.largest = fmax(e.largest, fabs(t));
    }
    for (int k = 0; k < MARQ_SETS; k++) e.mse[k] /= (double)count[k];
    e.truth /= (double)count[MARQ_TEST] * s->variance;
    free(fitted);
    return e;
}
