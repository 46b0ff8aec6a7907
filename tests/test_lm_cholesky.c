/* Cholesky's method by tiles of panels, on A_ij = min(i, j) (1-based; Higham 2002, section 28.5: its factor L
 * is all ones, its inverse is tridiagonal with 2 on the diagonal, 1 at its end, and −1 beside it). */
#include "require.h"

#include "lm/cholesky.h"
#include "lm/panel_math.h"
#include <base/memory.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a panel, panels, tiles of three sizes. */
static const size_t orders[] = {1, 3, 11, 12, 13, 24, 25, 50, 100, 299, 300, 449, 450, 501, 1003};

static double *min_matrix(size_t n) {
    double *a = marq_alloc_doubles(n, n);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            a[j * n + i] = i < j ? (double)NAN : (double)(j + 1); /* unused above */
    return a;
}

static void a_known_matrix_is_factored_and_solved_exactly(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(orders); k++) {
        size_t n = orders[k];
        double *a = min_matrix(n), *factor = marq_alloc_doubles(marq_cholesky_doubles(n), 1),
               *x = marq_alloc_doubles(n, 1);
        assert_int_equal(marq_cholesky_factor(n, a, 0, NULL, factor), 0);
        x[n - 1] = 1; /* A⁻¹ e_n = e_n − e_{n−1} */
        marq_cholesky_solve(n, factor, x);
        for (size_t i = 0; i < n; i++) {
            double expected = i + 1 == n ? 1 : i + 2 == n ? -1 : 0;
            REQUIRE(x[i] == expected, "order %zu: x[%zu] = %g, not %g", n, i, x[i], expected);
        }
        double *scratch = marq_alloc_doubles(marq_inverse_scratch(n), (size_t)omp_get_max_threads());
        double trace = marq_inverse_trace(n, factor, scratch);
        REQUIRE(trace == 2 * (double)n - 1, "order %zu: the inverse has the trace %.17g", n, trace);
        free(scratch);
        free(a);
        free(factor);
        free(x);
    }
}

/* Those of the unit vectors are the diagonal of the inverse; also of a factor that was packed. */
static void quadratic_forms_of_the_inverse_are_exact(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(orders); k++) {
        size_t n = orders[k], count = n < 70 ? n : 70, first = n - count;
        double *a = min_matrix(n), *factor = marq_alloc_doubles(marq_cholesky_doubles(n), 1),
               *columns = marq_alloc_doubles(count, n), *forms = marq_alloc_doubles(count, 1),
               *packed = marq_alloc_doubles(n * (n + 1) / 2, 1),
               *scratch = marq_alloc_doubles(marq_forms_scratch(n), 1);
        for (size_t c = 0; c < count; c++) columns[c * n + first + c] = 1;
        assert_int_equal(marq_cholesky_factor(n, a, 0, NULL, factor), 0);
        for (int again = 0; again < 2; again++) {
            marq_inverse_forms(n, factor, count, columns, scratch, forms);
            for (size_t c = 0; c < count; c++) {
                double expected = c + 1 == count ? 1 : 2;
                REQUIRE(forms[c] == expected, "order %zu: form %zu is %.17g, not %g", n, c, forms[c],
                        expected);
            }
            marq_cholesky_pack(n, factor, packed);
            memset(factor, 1, marq_cholesky_doubles(n) * sizeof *factor);
            marq_cholesky_unpack(n, packed, factor);
        }
        free(a);
        free(factor);
        free(columns);
        free(forms);
        free(packed);
        free(scratch);
    }
}

/* (A + μD²) x = b: the residual, with D_jj = 1 + j mod 3. */
static void damping_is_added_to_the_diagonal(void **state) {
    (void)state;
    enum { N = 133 };
    double *a = min_matrix(N), *factor = marq_alloc_doubles(marq_cholesky_doubles(N), 1), scale[N], x[N];
    for (size_t j = 0; j < N; j++) {
        scale[j] = 1 + (double)(j % 3);
        x[j] = sin((double)j);
    }
    assert_int_equal(marq_cholesky_factor(N, a, 0.5, scale, factor), 0);
    marq_cholesky_solve(N, factor, x);
    for (size_t i = 0; i < N; i++) {
        double sum = 0.5 * scale[i] * scale[i] * x[i];
        for (size_t j = 0; j < N; j++) sum += (double)((i < j ? i : j) + 1) * x[j];
        REQUIRE(fabs(sum - sin((double)i)) <= 1e-11, "row %zu gives %.15g, not %.15g", i, sum,
                sin((double)i));
    }
    free(a);
    free(factor);
}

static void a_matrix_that_is_not_positive_definite_is_refused(void **state) {
    (void)state;
    for (size_t k = 1; k < COUNT(orders); k++) {
        size_t n = orders[k];
        double *a = min_matrix(n), *factor = marq_alloc_doubles(marq_cholesky_doubles(n), 1);
        const double wrong[] = {-1, 0, (double)NAN};
        for (size_t w = 0; w < COUNT(wrong); w++)
            for (size_t place = 0; place < n; place += n / 2) {
                double before = a[place * n + place];
                a[place * n + place] = wrong[w];
                REQUIRE(marq_cholesky_factor(n, a, 0, NULL, factor) == 1, "order %zu: %g at %zu passes", n,
                        wrong[w], place);
                a[place * n + place] = before;
            }
        assert_int_equal(marq_cholesky_factor(n, a, 0, NULL, factor), 0);
        free(a);
        free(factor);
    }
}

static void bits_do_not_depend_on_threads(void **state) {
    (void)state;
    int before = omp_get_max_threads();
    for (size_t k = 0; k < COUNT(orders); k++) {
        size_t n = orders[k], numbers = n * n; /* the whole factor is longer by its padding */
        double *a = min_matrix(n), *one = marq_alloc_doubles(marq_cholesky_doubles(n), 1),
               *many = marq_alloc_doubles(marq_cholesky_doubles(n), 1);
        for (size_t j = 0; j < n; j++) a[j * n + j] += sin((double)j) * sin((double)j);
        omp_set_num_threads(1);
        assert_int_equal(marq_cholesky_factor(n, a, 0.1, NULL, one), 0);
        for (int threads = 2; threads <= 5; threads++) {
            omp_set_num_threads(threads);
            assert_int_equal(marq_cholesky_factor(n, a, 0.1, NULL, many), 0);
            REQUIRE(memcmp(one, many, numbers * sizeof *one) == 0, "order %zu: %d threads change bits", n,
                    threads);
        }
        free(a);
        free(one);
        free(many);
    }
    omp_set_num_threads(before);
}

/* The panels of order 24, factored by the functions of an instruction set alone. */
static void every_instruction_set_factors(void **state) {
    (void)state;
    enum { PANELS = 2, N = PANELS * MARQ_PANEL_ROWS, STRIDE = N * MARQ_PANEL_ROWS };
    const marq_panel_math *const sets[] = {&marq_panel_math_base, marq_panel_math_here()};
    double *L = marq_alloc_doubles(PANELS, STRIDE);
    _Alignas(64) double sums[MARQ_PANEL_COLUMNS * MARQ_PANEL_ROWS];
    for (size_t set = 0; set < COUNT(sets); set++) {
        for (size_t p = 0; p < PANELS; p++)
            for (size_t q = 0; q < N; q++)
                for (size_t r = 0; r < MARQ_PANEL_ROWS; r++) {
                    size_t i = p * MARQ_PANEL_ROWS + r;
                    L[p * STRIDE + q * MARQ_PANEL_ROWS + r] = (double)((i < q ? i : q) + 1);
                }
        for (size_t p = 0; p < PANELS; p++) {
            marq_panel_part first = {L + p * STRIDE, L, STRIDE, 0, MARQ_PANEL_ROWS},
                            second = {L + p * STRIDE, L, STRIDE, MARQ_PANEL_ROWS, N};
            assert_true(sets[set]->eliminate(&first));
            sets[set]->subtract(&second, 0, MARQ_PANEL_ROWS);
            if (p > 0) assert_true(sets[set]->eliminate(&second));
        }
        for (size_t i = 0; i < N; i++)
            for (size_t q = 0; q <= i; q++) {
                double entry = L[i / MARQ_PANEL_ROWS * STRIDE + q * MARQ_PANEL_ROWS + i % MARQ_PANEL_ROWS];
                REQUIRE(entry == 1, "set %zu: L[%zu, %zu] = %g", set, i, q, entry);
            }
        double y[N + 1], ones[4 * MARQ_PANEL_ROWS];
        for (size_t i = 0; i <= N; i++) y[i] = (double)i;
        for (size_t i = 0; i < 4 * MARQ_PANEL_ROWS; i++) ones[i] = 1;
        sets[set]->combine(7, L + STRIDE, y, sums); /* Σ 0 … 6 */
        assert_true(sums[0] == 21 && sums[11] == 21);
        sets[set]->products(5, L + STRIDE, ones, sums);
        for (size_t i = 0; i < sizeof ones / sizeof *ones; i++) assert_true(sums[i] == 5);
        sets[set]->project(3, L + STRIDE, L + STRIDE, y); /* ones · ones = 12 */
        assert_true(y[0] == -12 && y[2] == -10 && y[3] == 3);
    }
    free(L);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_matrix_is_factored_and_solved_exactly),
        cmocka_unit_test(quadratic_forms_of_the_inverse_are_exact),
        cmocka_unit_test(damping_is_added_to_the_diagonal),
        cmocka_unit_test(a_matrix_that_is_not_positive_definite_is_refused),
        cmocka_unit_test(bits_do_not_depend_on_threads),
        cmocka_unit_test(every_instruction_set_factors),
    };
    return cmocka_run_group_tests_name("lm_cholesky", tests, NULL, NULL);
}
