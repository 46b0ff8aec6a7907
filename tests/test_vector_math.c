/* Elementary functions over arrays, for each instruction set. Oracle: the C library's long double functions
 * (64 bits of mantissa). */
#include "require.h"

#include "base/vector_table.h"
#include <base/random.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef void unary(size_t n, const double *x, double *out);
typedef void binary(size_t n, const double *x, const double *y, double *out);

/* The distance of value from exact, in units of the last place of a double at exact. */
static double ulps(double value, long double exact) {
    double near = fabs((double)exact), ulp = nextafter(near, HUGE_VAL) - near;
    return (double)(fabsl((long double)value - exact) / (long double)ulp);
}

/* Values of every size in low … high: evenly spaced, and powers of two. */
static size_t samples(double *x, double low, double high) {
    size_t count = 0;
    for (int i = 0; i <= 2000; i++) x[count++] = low + (high - low) * (i / 2000.0);
    for (int e = -300; e <= 0; e += 3) {
        if (ldexp(1.2345, e) < high) x[count++] = ldexp(1.2345, e);
        if (-ldexp(1.7, e) > low) x[count++] = -ldexp(1.7, e);
    }
    return count;
}

static void unary_is_right(unary *function, const char *name, long double (*exact)(long double), double low,
                           double high, double most) {
    double x[3000], y[3000];
    size_t count = samples(x, low, high);
    function(count, x, y);
    for (size_t i = 0; i < count; i++) {
        double off = ulps(y[i], exact((long double)x[i]));
        REQUIRE(off <= most, "%s(%.17g) = %.17g is %.3g ulp off", name, x[i], y[i], off);
    }
}

static void binary_is_right(binary *function, const char *name,
                            long double (*exact)(long double, long double), double low, double high) {
    for (double second = -3.7; second < 4; second += 0.35) {
        double x[3000], y[3000], out[3000];
        size_t count = samples(x, low, high);
        for (size_t i = 0; i < count; i++) y[i] = second;
        function(count, x, y, out);
        for (size_t i = 0; i < count; i++) {
            long double value = exact((long double)x[i], (long double)second);
            if (fabsl(value) < (long double)DBL_MIN || fabsl(value) > (long double)DBL_MAX) continue;
            REQUIRE(ulps(out[i], value) <= 1, "%s(%.17g, %g) = %.17g is %.3g ulp off", name, x[i], second,
                    out[i], ulps(out[i], value));
        }
    }
}

/* Oracle: the C library's double functions. SLEEF's tanh is off by 1.00 ulp at some tiny values. */
static void float_is_right(void (*function)(size_t, const float *, float *), const char *name,
                           double (*exact)(double), double low, double high) {
    double values[3000];
    float x[3000], y[3000];
    size_t count = samples(values, low, high);
    for (size_t i = 0; i < count; i++) x[i] = (float)values[i];
    function(count, x, y);
    for (size_t i = 0; i < count; i++) {
        double value = exact((double)x[i]);
        if (fabs(value) < (double)FLT_MIN) continue;
        float near = (float)fabs(value), ulp = nextafterf(near, HUGE_VALF) - near;
        double off = fabs((double)y[i] - value) / (double)ulp;
        REQUIRE(off <= 1.01, "%s(%.9g) = %.9g is %.3g ulp off", name, (double)x[i], (double)y[i], off);
    }
}

/* Random values of every size. SLEEF's tanh is off by 1.0005 ulp at some. */
static void tanh_is_right_everywhere(const marq_vector_table *t, double most) {
    marq_random random = {.seed = 1, .stream = 1};
    for (int block = 0; block < 200; block++) {
        double x[1000], y[1000];
        for (int i = 0; i < 1000; i++) {
            double size = block % 2 ? 3 : ldexp(20, -(block % 64));
            x[i] = size * (2 * marq_random_uniform(&random) - 1);
        }
        t->tanh(1000, x, y);
        for (int i = 0; i < 1000; i++) {
            double off = ulps(y[i], tanhl((long double)x[i]));
            REQUIRE(off <= most, "tanh(%.17g) = %.17g is %.3g ulp off", x[i], y[i], off);
        }
    }
    double ends[] = {-HUGE_VAL, -1e300, -0.0, 0, 22.5, HUGE_VAL, DBL_TRUE_MIN, (double)NAN}, y[8];
    t->tanh(8, ends, y);
    REQUIRE(y[0] == -1 && y[1] == -1 && y[4] == 1 && y[5] == 1, "%.17g … %.17g at the ends", y[0], y[5]);
    REQUIRE(y[2] == 0 && signbit(y[2]) && y[3] == 0 && !signbit(y[3]), "%g and %g at ∓0", y[2], y[3]);
    REQUIRE(y[6] == DBL_TRUE_MIN && isnan(y[7]), "%g and %g at the least number and NaN", y[6], y[7]);
}

/* Every 997th float up to 11. SLEEF's tanh is off by 1.00 ulp at some. */
static void float_tanh_is_right_everywhere(const marq_vector_table *t, double most) {
    for (uint32_t bits = 1 << 23; bits < 0x41300000u; bits += 997) {
        float x, y, next;
        memcpy(&x, &bits, sizeof x);
        t->tanh_float(1, &x, &y);
        double exact = tanh((double)x);
        next = nextafterf((float)exact, 2);
        double off = fabs((double)y - exact) / (double)(next - (float)exact);
        REQUIRE(off <= most && y <= 1, "tanh(%.9g) = %.9g is %.3g ulp off", (double)x, (double)y, off);
    }
    float ends[] = {-HUGE_VALF, -1e30f, -0.0f, 0, 10.5f, HUGE_VALF, FLT_TRUE_MIN, (float)NAN}, y[8];
    t->tanh_float(8, ends, y);
    REQUIRE(y[0] == -1 && y[1] == -1 && y[4] == 1 && y[5] == 1, "%.9g … %.9g at the ends", (double)y[0],
            (double)y[5]);
    REQUIRE(y[2] == 0 && signbit(y[2]) && y[3] == 0 && !signbit(y[3]), "%g and %g at ∓0", (double)y[2],
            (double)y[3]);
    REQUIRE(y[6] == FLT_TRUE_MIN && isnan(y[7]), "%g and %g at the least number and NaN", (double)y[6],
            (double)y[7]);
}

static void table_is_right(const marq_vector_table *t) {
    unary_is_right(t->exp, "exp", expl, -700, 700, 1);
    unary_is_right(t->log, "log", logl, 1e-9, 1e4, 1);
    unary_is_right(t->log10, "log10", log10l, 1e-9, 1e4, 1);
    unary_is_right(t->sin, "sin", sinl, -1e4, 1e4, 1);
    unary_is_right(t->cos, "cos", cosl, -1e4, 1e4, 1);
    unary_is_right(t->tan, "tan", tanl, -1e4, 1e4, 1);
    unary_is_right(t->asin, "asin", asinl, -1, 1, 1);
    unary_is_right(t->acos, "acos", acosl, -1, 1, 1);
    unary_is_right(t->atan, "atan", atanl, -50, 50, 1);
    unary_is_right(t->sinh, "sinh", sinhl, -700, 700, 1);
    unary_is_right(t->cosh, "cosh", coshl, -700, 700, 1);
    unary_is_right(t->tanh, "tanh", tanhl, -25, 25, 1);
    unary_is_right(t->erf, "erf", erfl, -6, 6, 1);
    unary_is_right(t->erfc, "erfc", erfcl, -6, 26, 1.5);
    unary_is_right(t->gamma, "gamma", tgammal, 0.01, 170, 1);
    unary_is_right(t->lgamma, "lgamma", lgammal, 0.01, 1e4, 1);
    binary_is_right(t->pow, "pow", powl, 1e-9, 1e4);
    binary_is_right(t->atan2, "atan2", atan2l, -50, 50);
    float_is_right(t->exp_float, "exp", exp, -80, 80);
    float_is_right(t->tanh_float, "tanh", tanh, -15, 15);
}

static void every_function_is_within_its_error(void **state) {
    (void)state;
    table_is_right(&marq_vector_base);
    tanh_is_right_everywhere(&marq_vector_base, 1.001);
    float_tanh_is_right_everywhere(&marq_vector_base, 1.01);
#ifdef MARQ_HAVE_AVX2
    if (!marq_processor_has_avx2()) return;
    table_is_right(&marq_vector_avx2);
    tanh_is_right_everywhere(&marq_vector_avx2, 1);
    float_tanh_is_right_everywhere(&marq_vector_avx2, 1);
#endif
}

static void the_last_partial_vector_writes_nothing_behind_it(void **state) {
    (void)state;
    for (size_t n = 0; n < 9; n++) {
        double x[9], y[9];
        for (size_t i = 0; i < 9; i++) x[i] = 0.5, y[i] = -1;
        marq_vector_exp(n, x, y);
        for (size_t i = 0; i < 9; i++)
            REQUIRE(y[i] == (i < n ? exp(0.5) : -1), "%zu values: place %zu has %g", n, i, y[i]);
    }
    for (size_t n = 0; n < 17; n++) {
        float x[17], y[17];
        for (size_t i = 0; i < 17; i++) x[i] = 0, y[i] = -1;
        marq_vector_exp_float(n, x, y);
        for (size_t i = 0; i < 17; i++)
            REQUIRE(y[i] == (i < n ? 1 : -1), "%zu floats: place %zu has %g", n, i, (double)y[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_is_within_its_error),
        cmocka_unit_test(the_last_partial_vector_writes_nothing_behind_it),
    };
    return cmocka_run_group_tests_name("vector_math", tests, NULL, NULL);
}
