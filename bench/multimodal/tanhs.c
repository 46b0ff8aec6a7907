/* Lambert: tanh z ≈ z (135135 + 17325 z² + 378 z⁴ + z⁶) / (135135 + 62370 z² + 3150 z⁴ + 28 z⁶).
 * Schraudolph 1999: e^x ≈ the double whose bits are A x + B, a straight line between powers of two; read
 * backwards it is a logarithm. From it tanh z ≈ c(z) = (E − 1)/(E + 1), E ≈ e^(2z), with c⁻¹ exact: which
 * gives each the other's derivative. Between values and derivatives the trainer keeps a = φ(z) alone. */
#include "tanhs.h"

#include "nn/activation.h"
#include <base/clock.h>
#include <base/vector_math.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* ---- Values ---- */

static void own(size_t n, double *z) {
    marq_vector_tanh(n, z, z);
}

static void sleef(size_t n, double *z) {
    bench_tanh_sleef(n, z);
}

static void libm(size_t n, double *z) {
    for (size_t i = 0; i < n; i++) z[i] = tanh(z[i]);
}

static void fast(size_t n, double *z) {
    for (size_t i = 0; i < n; i++) {
        double x = z[i], s = x * x;
        double value =
            x * (135135 + s * (17325 + s * (378 + s))) / (135135 + s * (62370 + s * (3150 + s * 28)));
        z[i] = value > 1 ? 1 : value < -1 ? -1 : value;
    }
}

static const double slope = 4503599627370496 / 0.69314718055994531; /* 2^52 / ln 2 */
static const double offset = 1023.0 * 4503599627370496 - 60801.0 * 4294967296.0;
static const double limit = 15;

static double coarse_exp(double x) {
    int64_t bits = (int64_t)(slope * x + offset);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double coarse_log(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return ((double)bits - offset) / slope;
}

static double coarse_tanh(double z) {
    double clamped = z > limit ? limit : z < -limit ? -limit : z, e = coarse_exp(2 * clamped);
    return (e - 1) / (e + 1);
}

static void coarse(size_t n, double *z) {
    for (size_t i = 0; i < n; i++) z[i] = coarse_tanh(z[i]);
}

/* ---- Derivatives: d <- d φ'(z), from a = φ(z) ---- */

static void of_value(size_t n, const double *a, double *d) {
    for (size_t i = 0; i < n; i++) d[i] *= 1 - a[i] * a[i];
}

/* a = c(z), and tanh's derivative at z. */
static void of_coarse(size_t n, const double *a, double *d) {
    for (size_t i = 0; i < n; i++) {
        double z = fabs(a[i]) < 1 ? coarse_log((1 + a[i]) / (1 - a[i])) / 2 : limit, t = tanh(z);
        d[i] *= 1 - t * t;
    }
}

/* a = tanh z, and the derivative as if it were c(z). */
static void coarsely(size_t n, const double *a, double *d) {
    for (size_t i = 0; i < n; i++) {
        double c = fabs(a[i]) < 1 ? coarse_tanh(atanh(a[i])) : 1;
        d[i] *= 1 - c * c;
    }
}

static const struct {
    const char *key, *words;
    void (*value)(size_t n, double *z);
    void (*derivative)(size_t n, const double *a, double *d);
} kinds[] = {
#define ROW(name, key, value, derivative, words) {key, words, value, derivative},
    BENCH_TANH_LIST(ROW)
#undef ROW
};

const char *bench_tanh_key(bench_tanh kind) {
    return kinds[kind].key;
}

const char *bench_tanh_words(bench_tanh kind) {
    return kinds[kind].words;
}

void bench_tanh_values(bench_tanh kind, size_t n, double *z) {
    kinds[kind].value(n, z);
}

/* ---- In the trainer's place ---- */

static bench_tanh in_use;
static double seconds;
static size_t calls;

void __real_marq_activate(marq_activation activation, size_t n, double *z);
void __real_marq_chain(marq_activation activation, size_t n, const double *a, double *d);
void __wrap_marq_activate(marq_activation activation, size_t n, double *z);
void __wrap_marq_chain(marq_activation activation, size_t n, const double *a, double *d);

void bench_tanh_use(bench_tanh kind) {
    in_use = kind;
    seconds = 0;
    calls = 0;
}

double bench_tanh_seconds(void) {
    return seconds;
}

size_t bench_tanh_calls(void) {
    return calls;
}

void __wrap_marq_activate(marq_activation activation, size_t n, double *z) {
    if (activation != MARQ_TANH) {
        __real_marq_activate(activation, n, z);
        return;
    }
    double start = marq_clock_seconds();
    kinds[in_use].value(n, z);
    seconds += marq_clock_seconds() - start;
    calls++;
}

void __wrap_marq_chain(marq_activation activation, size_t n, const double *a, double *d) {
    if (activation != MARQ_TANH) {
        __real_marq_chain(activation, n, a, d);
        return;
    }
    double start = marq_clock_seconds();
    kinds[in_use].derivative(n, a, d);
    seconds += marq_clock_seconds() - start;
}
