/* Derivatives of nets: the Jacobian against central differences of predictions, and the products that never
 * form it against the Jacobian. */
#include "require.h"

#include "nn/block_math_tables.h"
#include "nn/problem.h"
#include <base/memory.h>
#include <base/random.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SIZES = 4 };

typedef struct shape {
    size_t sizes, widths[MOST_SIZES];
} shape;

static const shape shapes[] = {
    {2, {2, 1}},       {3, {1, 3, 2}}, {4, {3, 5, 4, 2}},
    {4, {2, 7, 6, 1}}, {3, {4, 6, 3}}, {4, {2, 20, 16, 1}}, /* slices of more than one layer's pairs */
};

static double *random_doubles(size_t count, double low, double high, uint64_t seed) {
    marq_random random = {.seed = seed, .stream = 77};
    double *values = marq_alloc_doubles(count, 1);
    for (size_t i = 0; i < count; i++) values[i] = low + (high - low) * marq_random_uniform(&random);
    return values;
}

/* A net of this shape with the activation in every layer (or a linear last one), in other units than its
 * data. */
static marq_net *make_net(const shape *s, marq_activation activation, bool linear_end, size_t rows,
                          const double *X, const double *Y) {
    marq_activation activations[MOST_SIZES];
    for (size_t l = 0; l < s->sizes - 1; l++) activations[l] = activation;
    if (linear_end) activations[s->sizes - 2] = MARQ_LINEAR;
    marq_net *net = marq_net_create(s->sizes, s->widths, activations, NULL);
    assert_non_null(net);
    double *theta = random_doubles(marq_net_count(net), -1.2, 1.2, 5);
    memcpy(marq_net_parameters(net), theta, marq_net_count(net) * sizeof *theta);
    free(theta);
    marq_net_normalise(net, MARQ_NORMALISE_RANGE, rows, X, Y);
    return net;
}

/* ---- Against differences ---- */

static double worst_difference(marq_net *net, size_t rows, const double *X, const double *J) {
    size_t values = rows * marq_net_outputs(net), count = marq_net_count(net);
    double *up = marq_alloc_doubles(values, 1), *down = marq_alloc_doubles(values, 1), worst = 0;
    double *theta = marq_net_parameters(net);
    for (size_t j = 0; j < count; j++) {
        double kept = theta[j], h = 0x1p-18;
        theta[j] = kept + h;
        marq_net_predict(net, rows, X, up, 1);
        theta[j] = kept - h;
        marq_net_predict(net, rows, X, down, 1);
        theta[j] = kept;
        for (size_t i = 0; i < values; i++)
            worst = fmax(worst, fabs((up[i] - down[i]) / (2 * h) - J[i * count + j]));
    }
    free(up);
    free(down);
    return worst;
}

static void the_jacobian_agrees_with_differences_of_predictions(void **state) {
    (void)state;
    enum { ROWS = 300 }; /* no multiple of the 128 rows of a block */
    static const char *const keys[] = {
#define KEY(name, key) key,
        MARQ_ACTIVATION_LIST(KEY)
#undef KEY
    };
    double *X = random_doubles(ROWS * 4, -3, 7, 1), *Y = random_doubles(ROWS * 3, -40, 90, 2);
    /* Not the last shape: as a ReLU, its output is 0 everywhere. */
    for (size_t k = 0; k + 1 < COUNT(shapes); k++)
        for (size_t a = 0; a < COUNT(keys); a++)
            for (int linear_end = 0; linear_end < 2; linear_end++) {
                marq_net *net = make_net(&shapes[k], (marq_activation)a, linear_end, ROWS, X, Y);
                size_t values = ROWS * marq_net_outputs(net);
                double *J = marq_alloc_doubles(values, marq_net_count(net)), largest = 0;
                assert_int_equal(marq_net_jacobian(net, ROWS, X, J, 2), MARQ_OK);
                for (size_t i = 0; i < values * marq_net_count(net); i++) largest = fmax(largest, fabs(J[i]));
                double worst = worst_difference(net, ROWS, X, J);
                REQUIRE(largest > 1 && worst <= 1e-7 * largest,
                        "shape %zu, %s: %g off differences, largest entry %g", k, keys[a], worst, largest);
                free(J);
                marq_net_destroy(net);
            }
    free(X);
    free(Y);
}

static void its_bits_do_not_depend_on_threads(void **state) {
    (void)state;
    enum { ROWS = 700 };
    double *X = random_doubles(ROWS * 3, -1, 1, 1), *Y = random_doubles(ROWS * 2, -1, 1, 2);
    marq_net *net = make_net(&shapes[2], MARQ_TANH, true, ROWS, X, Y);
    size_t size = ROWS * 2 * marq_net_count(net);
    double *one = marq_alloc_doubles(size, 1), *many = marq_alloc_doubles(size, 1);
    double fit[2][ROWS * 2];
    marq_net_jacobian(net, ROWS, X, one, 1);
    marq_net_predict(net, ROWS, X, fit[0], 1);
    for (int threads = 2; threads <= 4; threads++) {
        marq_net_jacobian(net, ROWS, X, many, threads);
        marq_net_predict(net, ROWS, X, fit[1], threads);
        REQUIRE(memcmp(one, many, size * sizeof *one) == 0, "%d threads change bits of the Jacobian",
                threads);
        REQUIRE(memcmp(fit[0], fit[1], sizeof fit[0]) == 0, "%d threads change bits of predictions", threads);
    }
    free(one);
    free(many);
    free(X);
    free(Y);
    marq_net_destroy(net);
}

/* ---- Products against the Jacobian ---- */

typedef struct bound {
    size_t m, n;
    marq_net *net;
    double *X, *Y, *J;
    marq_net_problem own;
    marq_problem problem;
    double *theta;
} bound;

/* In place: the problem points into it. */
static void bind_net(bound *b, const shape *s, size_t rows, marq_activation activation) {
    b->X = random_doubles(rows * s->widths[0], -1, 1, 8);
    b->Y = random_doubles(rows * s->widths[s->sizes - 1], -1, 1, 9);
    b->net = make_net(s, activation, true, rows, b->X, b->Y);
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.form = MARQ_FORM_KERNEL;
    marq_targets targets = marq_plain_targets(marq_net_outputs(b->net), b->Y);
    assert_int_equal(
        marq_net_problem_create(&b->own, b->net, rows, b->X, &targets, &options, &b->problem, NULL), MARQ_OK);
    b->m = b->problem.rows;
    b->n = b->problem.parameters;
    b->theta = random_doubles(b->n, -1, 1, 10); /* not those that the net holds */
    b->J = marq_alloc_doubles(b->m, b->n);
    assert_int_equal(marq_jacobian_at(&b->problem, NULL, b->theta, b->J, NULL), MARQ_OK);
    assert_int_equal(b->problem.products->linearise(b->problem.user, b->theta), MARQ_CALLBACK_OK);
}

static void unbind_net(bound *b) {
    marq_net_problem_destroy(&b->own);
    marq_net_destroy(b->net);
    free(b->X);
    free(b->Y);
    free(b->J);
    free(b->theta);
}

/* Products and sums of at most this many terms of the Jacobian's size. */
static double tolerance(const bound *b, double factor) {
    double most = 0;
    for (size_t i = 0; i < b->m * b->n; i++) most = fmax(most, fabs(b->J[i]));
    return 1e-14 * factor * fmax(most, 1);
}

/* got: lower triangle, column-major, of the n × n matrix Σ_k v_ik v_jk with v_ik = J[i·row + k·column]. */
typedef struct product {
    const char *name;
    size_t n, terms, row, column;
} product;

static void check_product(const bound *b, const char *what, product p, const double *got) {
    double least = tolerance(b, (double)p.terms) * tolerance(b, 1) * 1e14;
    for (size_t i = 0; i < p.n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; k < p.terms; k++)
                sum += b->J[i * p.row + k * p.column] * b->J[j * p.row + k * p.column];
            REQUIRE(fabs(got[j * p.n + i] - sum) <= least, "%s: %s[%zu, %zu] = %.15g, not %.15g", what,
                    p.name, i, j, got[j * p.n + i], sum);
        }
}

static void check_matrices(const bound *b, const char *what) {
    double *K = marq_alloc_doubles(b->m, b->m), *G = marq_alloc_doubles(b->n, b->n);
    double *w = random_doubles(b->m, -1, 1, 13),
           *jtw[2] = {marq_alloc_doubles(b->n, 1), marq_alloc_doubles(b->n, 1)};
    assert_int_equal(b->problem.products->kernel(b->problem.user, K), MARQ_CALLBACK_OK);
    check_product(b, what, (product){"JJᵀ", b->m, b->n, b->n, 1}, K);
    assert_int_equal(b->problem.products->gram(b->problem.user, w, G, jtw[0]), MARQ_CALLBACK_OK);
    check_product(b, what, (product){"JᵀJ", b->n, b->m, 1, b->n}, G);
    b->problem.products->apply_transposed(b->problem.user, w, jtw[1]);
    REQUIRE(memcmp(jtw[0], jtw[1], b->n * sizeof *w) == 0, "%s: Jᵀw has other bits beside JᵀJ", what);
    free(K);
    free(G);
    free(w);
    free(jtw[0]);
    free(jtw[1]);
}

static void check_apply(const bound *b, const char *what) {
    double *v = random_doubles(b->n, -1, 1, 11), *w = random_doubles(b->m, -1, 1, 12);
    double *jv = marq_alloc_doubles(b->m, 1), *jtw = marq_alloc_doubles(b->n, 1),
           *d = marq_alloc_doubles(b->n, 1), least = tolerance(b, (double)b->m) * tolerance(b, 1) * 1e14;
    b->problem.products->diagonal(b->problem.user, d);
    b->problem.products->apply(b->problem.user, v, jv);
    b->problem.products->apply_transposed(b->problem.user, w, jtw);
    for (size_t i = 0; i < b->m; i++) {
        double sum = 0;
        for (size_t j = 0; j < b->n; j++) sum += b->J[i * b->n + j] * v[j];
        REQUIRE(fabs(jv[i] - sum) <= tolerance(b, (double)b->n), "%s: (Jv)[%zu] = %.15g, not %.15g", what, i,
                jv[i], sum);
    }
    for (size_t j = 0; j < b->n; j++) {
        double sum = 0;
        for (size_t i = 0; i < b->m; i++) sum += b->J[i * b->n + j] * w[i];
        REQUIRE(fabs(jtw[j] - sum) <= tolerance(b, (double)b->m), "%s: (Jᵀw)[%zu] = %.15g, not %.15g", what,
                j, jtw[j], sum);
    }
    free(v);
    free(w);
    for (size_t j = 0; j < b->n; j++) {
        double sum = 0;
        for (size_t i = 0; i < b->m; i++) sum += b->J[i * b->n + j] * b->J[i * b->n + j];
        REQUIRE(fabs(d[j] - sum) <= least, "%s: JᵀJ[%zu, %zu] = %.15g, not %.15g", what, j, j, d[j], sum);
    }
    free(jv);
    free(jtw);
    free(d);
}

static void products_agree_with_the_jacobian(void **state) {
    (void)state;
    static const size_t rows[] = {1, 7, 128, 300};
    for (size_t k = 0; k < COUNT(shapes); k++)
        for (size_t r = 0; r < COUNT(rows); r++) {
            char what[100];
            bound b;
            bind_net(&b, &shapes[k], rows[r], r % 2 ? MARQ_SIGMOID : MARQ_TANH);
            snprintf(what, sizeof what, "shape %zu, %zu rows", k, rows[r]);
            check_matrices(&b, what);
            check_apply(&b, what);
            unbind_net(&b);
        }
}

/* ---- Windows of rows ---- */

enum { MANY_ROWS = 5000 }; /* two windows with one output, three with two */

typedef struct answers {
    double *jv, *jtw, *gram, *diagonal;
} answers;

static answers products_of(const marq_net *net, const double *X, const double *vector, bool stored,
                           int threads) {
    size_t n = marq_net_count(net), m = MANY_ROWS * marq_net_outputs(net);
    answers a = {marq_alloc_doubles(m, 1), marq_alloc_doubles(n, 1), marq_alloc_doubles(n, n),
                 marq_alloc_doubles(n, 1)};
    marq_linearisation lin;
    int before = omp_get_max_threads();
    omp_set_num_threads(threads);
    assert_true(marq_linearisation_create(&lin, net, MANY_ROWS, threads,
                                          stored ? MARQ_STORE_ROWS : MARQ_STORE_WINDOW));
    assert_int_equal(lin.window == MANY_ROWS, stored);
    marq_net_linearise(&lin, marq_net_parameters_const(net), MANY_ROWS, X);
    marq_net_apply(&lin, vector, a.jv);
    marq_net_apply_transposed(&lin, vector, a.jtw);
    marq_net_gram(&lin, vector, a.gram, a.jtw);
    marq_net_diagonal(&lin, a.diagonal);
    marq_linearisation_destroy(&lin);
    omp_set_num_threads(before);
    return a;
}

static void answers_clear(answers *a) {
    free(a->jv);
    free(a->jtw);
    free(a->gram);
    free(a->diagonal);
}

static double largest_difference(size_t count, const double *x, const double *y) {
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(x[i] - y[i]));
    return most;
}

static void windows_of_rows_give_the_products_of_all_rows(void **state) {
    (void)state;
    double *X = random_doubles(MANY_ROWS * 4, -1, 1, 1), *vector = random_doubles(MANY_ROWS * 3, -1, 1, 2);
    for (size_t k = 0; k < 4; k++) {
        marq_net *net = make_net(&shapes[k], MARQ_TANH, true, 10, X, vector);
        size_t n = marq_net_count(net), m = MANY_ROWS * marq_net_outputs(net);
        answers all = products_of(net, X, vector, true, 1), windows = products_of(net, X, vector, false, 1);
        REQUIRE(memcmp(all.jv, windows.jv, m * sizeof(double)) == 0, "shape %zu: windows change bits of Jv",
                k);
        /* Sums of at most m products of numbers below 10, in another order. */
        double least = 1e-14 * 100 * (double)m, jtw = largest_difference(n, all.jtw, windows.jtw),
               gram = largest_difference(n * n, all.gram, windows.gram),
               diagonal = largest_difference(n, all.diagonal, windows.diagonal);
        REQUIRE(jtw <= least && gram <= least && diagonal <= least,
                "shape %zu: windows change Jᵀw by %g, JᵀJ by %g, its diagonal by %g", k, jtw, gram, diagonal);
        answers_clear(&all);
        answers_clear(&windows);
        marq_net_destroy(net);
    }
    free(X);
    free(vector);
}

static void bits_of_products_do_not_depend_on_threads(void **state) {
    (void)state;
    double *X = random_doubles(MANY_ROWS * 4, -1, 1, 1), *vector = random_doubles(MANY_ROWS * 3, -1, 1, 2);
    for (int stored = 0; stored < 2; stored++) {
        marq_net *net = make_net(&shapes[2], MARQ_TANH, true, 10, X, vector);
        size_t n = marq_net_count(net), m = MANY_ROWS * marq_net_outputs(net);
        answers one = products_of(net, X, vector, stored, 1);
        for (int threads = 1; threads <= 4; threads++) {
            answers many = products_of(net, X, vector, stored, threads);
            REQUIRE(memcmp(one.jv, many.jv, m * sizeof(double)) == 0, "%d threads change bits of Jv",
                    threads);
            REQUIRE(memcmp(one.jtw, many.jtw, n * sizeof(double)) == 0, "%d threads change bits of Jᵀw",
                    threads);
            REQUIRE(memcmp(one.gram, many.gram, n * n * sizeof(double)) == 0, "%d threads change bits of JᵀJ",
                    threads);
            REQUIRE(memcmp(one.diagonal, many.diagonal, n * sizeof(double)) == 0,
                    "%d threads change bits of the diagonal", threads);
            answers_clear(&many);
        }
        answers_clear(&one);
        marq_net_destroy(net);
    }
    free(X);
    free(vector);
}

static void residuals_are_predictions_less_targets(void **state) {
    (void)state;
    bound b;
    bind_net(&b, &shapes[2], 300, MARQ_TANH);
    /* X and Y are taken as normalised there: the same net without scaling predicts the same. */
    marq_net_normalise(b.net, MARQ_NORMALISE_NONE, 300, b.X, b.Y);
    memcpy(marq_net_parameters(b.net), b.theta, b.n * sizeof *b.theta);
    double fit[600], r[600];
    marq_net_predict(b.net, 300, b.X, fit, 1);
    for (size_t first = 0; first < b.m; first += b.problem.row_block) {
        size_t count = b.m - first < b.problem.row_block ? b.m - first : b.problem.row_block;
        b.problem.residual(b.problem.user, b.theta, first, count, r + first);
    }
    for (size_t i = 0; i < b.m; i++)
        REQUIRE(fabs(r[i] - (fit[i] - b.Y[i])) <= 1e-14, "r[%zu] = %.15g, not %.15g", i, r[i],
                fit[i] - b.Y[i]);
    unbind_net(&b);
}

/* Panels of a net 3-5-2, of whole numbers, so that sums are exact in any order. */
enum { LAYERS = 2, OUTPUTS = 2, PANEL_LINES = 3 + 5 + OUTPUTS * (5 + 2) };
static const size_t panel_widths[2 * LAYERS] = {3, 5, 5, 2};

/* x, y: where a row begins in the first of so many lines. */
static double dot_of_lines(size_t lines, const double *x, const double *y) {
    double sum = 0;
    for (size_t q = 0; q < lines; q++) sum += x[q * MARQ_PANEL_ROWS] * y[q * MARQ_PANEL_ROWS];
    return sum;
}

/* The entry of row i, output o and row j, output p: Σ_l (a · a' + 1) (δ_o · δ'_p). */
static double kernel_entry(const double *x, const double *y, size_t i, size_t o, size_t j, size_t p) {
    enum { LINE = MARQ_PANEL_ROWS };
    const double *a = x + i, *b = y + j, *d = a + (3 + 5 + o * (5 + 2)) * LINE,
                 *e = b + (3 + 5 + p * (5 + 2)) * LINE;
    return (dot_of_lines(3, a, b) + 1) * dot_of_lines(5, d, e) +
           (dot_of_lines(5, a + 3 * LINE, b + 3 * LINE) + 1) * dot_of_lines(2, d + 5 * LINE, e + 5 * LINE);
}

static void every_instruction_set_gives_the_same_kernel_matrix(void **state) {
    (void)state;
    enum { SIZE = PANEL_LINES * MARQ_PANEL_ROWS, ROWS = 11 * OUTPUTS, COLUMNS = 7 * OUTPUTS };
    double *memory = marq_alloc_doubles(2 * SIZE, 1), *x = memory, *y = memory + SIZE;
    double *scratch = marq_alloc_doubles(marq_block_kernel_scratch(LAYERS), 1), K[COLUMNS][ROWS + 1];
    for (size_t i = 0; i < 2 * SIZE; i++) memory[i] = (double)(i * i % 11) - 5;
    const marq_block_math *const maths[2] = {&marq_block_math_base, marq_block_math_here()};
    for (int set = 0; set < 2; set++) {
        for (size_t i = 0; i < COLUMNS * (ROWS + 1); i++) K[i / (ROWS + 1)][i % (ROWS + 1)] = -1;
        maths[set]->kernel(&(marq_block_kernel){LAYERS, OUTPUTS, panel_widths, x, y, ROWS / OUTPUTS,
                                                COLUMNS / OUTPUTS, K[0], ROWS + 1, scratch});
        for (size_t j = 0; j < COLUMNS; j++)
            for (size_t i = 0; i <= ROWS; i++) {
                double expected =
                    i == ROWS ? -1 /* the next row is not touched */
                              : kernel_entry(x, y, i / OUTPUTS, i % OUTPUTS, j / OUTPUTS, j % OUTPUTS);
                REQUIRE(K[j][i] == expected, "set %d: K[%zu, %zu] = %g, not %g", set, i, j, K[j][i],
                        expected);
            }
    }
    free(memory);
    free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_gives_the_same_kernel_matrix),
        cmocka_unit_test(the_jacobian_agrees_with_differences_of_predictions),
        cmocka_unit_test(its_bits_do_not_depend_on_threads),
        cmocka_unit_test(products_agree_with_the_jacobian),
        cmocka_unit_test(windows_of_rows_give_the_products_of_all_rows),
        cmocka_unit_test(bits_of_products_do_not_depend_on_threads),
        cmocka_unit_test(residuals_are_predictions_less_targets),
    };
    return cmocka_run_group_tests_name("nn_jacobian", tests, NULL, NULL);
}
