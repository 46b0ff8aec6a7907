/* Activations over arrays. Oracle: the C library's long double functions. */
#include "require.h"

#include "nn/activation.h"
#include <float.h>
#include <math.h>
#include <string.h>

static const char *const keys[] = {
#define KEY(name, key) key,
    MARQ_ACTIVATION_LIST(KEY)
#undef KEY
};

/* The distance of value from exact, in units of the last place of a double at exact. */
static double ulps(double value, long double exact) {
    double near = fabs((double)exact), ulp = nextafter(near, HUGE_VAL) - near;
    return (double)(fabsl((long double)value - exact) / (long double)ulp);
}

/* Values of every size, both signs; tanh and exp are 1 to the last bit, or flat, beyond them. */
static size_t samples(double *x, double largest) {
    size_t count = 0;
    for (int i = 0; i < 2000; i++) x[count++] = largest * (i - 1000) / 1000.0 + 1e-3 * sin(i);
    for (int e = -300; e <= 0; e += 3) x[count++] = ldexp(1.2345, e), x[count++] = -ldexp(1.7, e);
    return count;
}

static long double exact_value(marq_activation a, long double z) {
    switch (a) {
    case MARQ_LINEAR:
        return z;
    case MARQ_TANH:
        return tanhl(z);
    case MARQ_SIGMOID:
        return 1 / (1 + expl(-z));
    case MARQ_RELU:
        return z > 0 ? z : 0;
    }
    fail_msg("activation %d has no oracle", a);
    return 0;
}

/* Sigmoid: one ulp of exp, and the roundings of a sum and a quotient. */
static void values_are_right_to_a_few_ulp(void **state) {
    (void)state;
    for (size_t a = 0; a < COUNT(keys); a++) {
        double x[3000], y[3000];
        size_t count = samples(x, 700);
        memcpy(y, x, sizeof y);
        marq_activate((marq_activation)a, count, y);
        for (size_t i = 0; i < count; i++) {
            double off = ulps(y[i], exact_value((marq_activation)a, (long double)x[i]));
            REQUIRE(off <= 3, "%s(%.17g) = %.17g is %.3g ulp off", keys[a], x[i], y[i], off);
        }
    }
}

static void ends_are_right(void **state) {
    (void)state;
    static const double ends[][3] = {/* φ(−∞), φ(0), φ(∞) */
                                     [MARQ_LINEAR] = {-HUGE_VAL, 0, HUGE_VAL},
                                     [MARQ_TANH] = {-1, 0, 1},
                                     [MARQ_SIGMOID] = {0, 0.5, 1},
                                     [MARQ_RELU] = {0, 0, HUGE_VAL}};
    for (size_t a = 0; a < COUNT(keys); a++) {
        double z[] = {-HUGE_VAL, 0, HUGE_VAL, -1e308, 1e308, (double)NAN};
        marq_activate((marq_activation)a, 6, z);
        for (int i = 0; i < 3; i++)
            REQUIRE(z[i] == ends[a][i], "%s: value %d is %g, not %g", keys[a], i, z[i], ends[a][i]);
        REQUIRE(isfinite(z[3]) && isfinite(z[4]), "%s: %g and %g at ±1e308", keys[a], z[3], z[4]);
        REQUIRE(isnan(z[5]), "%s: NaN became %g", keys[a], z[5]);
    }
}

static void bits_do_not_depend_on_the_place_in_an_array(void **state) {
    (void)state;
    static const double values[] = {0.3, -1.7, 12.5, 1e-9, -600.25};
    for (size_t a = 0; a < COUNT(keys); a++)
        for (size_t v = 0; v < COUNT(values); v++) {
            double alone = values[v];
            marq_activate((marq_activation)a, 1, &alone);
            for (size_t length = 1; length <= 13; length++)
                for (size_t offset = 0; offset < 3; offset++) {
                    double z[16];
                    for (size_t i = 0; i < 16; i++) z[i] = values[v];
                    marq_activate((marq_activation)a, length, z + offset);
                    for (size_t i = 0; i < 16; i++) {
                        double expected = i >= offset && i < offset + length ? alone : values[v];
                        REQUIRE(memcmp(&z[i], &expected, sizeof expected) == 0,
                                "%s, %zu values from %zu: place %zu has %.17g, not %.17g", keys[a], length,
                                offset, i, z[i], expected);
                    }
                }
        }
}

/* φ' from φ's value, against long double differences. */
static void slopes_are_right(void **state) {
    (void)state;
    for (size_t a = 0; a < COUNT(keys); a++)
        for (double z = -6.05; z < 6; z += 0.1) {
            double value = z, d = 2;
            marq_activate((marq_activation)a, 1, &value);
            marq_chain((marq_activation)a, 1, &value, &d);
            long double h = 1e-6L, at = (long double)z;
            double slope =
                (double)((exact_value((marq_activation)a, at + h) - exact_value((marq_activation)a, at - h)) /
                         (2 * h));
            REQUIRE(fabs(d - 2 * slope) <= 1e-11, "%s at %g: slope %.15g, exact %.15g", keys[a], z, d / 2,
                    slope);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_right_to_a_few_ulp),
        cmocka_unit_test(ends_are_right),
        cmocka_unit_test(bits_do_not_depend_on_the_place_in_an_array),
        cmocka_unit_test(slopes_are_right),
    };
    return cmocka_run_group_tests_name("nn_activation", tests, NULL, NULL);
}
