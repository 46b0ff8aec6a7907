/* Weights, Huber's loss and missing outputs of nets: every way of training finds what they ask for, and every
 * product sees them.
 *
 * Expected lines a + b x: by NumPy 2.4.6, numpy.linalg.lstsq of the rows times their weights; with Huber's
 * loss by iterating that with the weights δ/|f| of residuals |f| > δ 200 times, which
 * scipy.optimize.least_squares (loss='huber') agrees with to 1e-9. */
#include "training_data.h"

#include "nn/problem.h"
#include <omp.h>

enum { ROWS = 12 };
static const double y_values[ROWS] = {1.1, 1.4, 2.2, 2.3, 9.0, 3.9, 3.8, 4.6, -3.0, 5.4, 6.1, 6.2};
static const double sigmas[ROWS] = {1, 2, 1, .5, 3, 1, 1, 2, 4, .5, 1, 1.5};

typedef struct line {
    double intercept, slope;
} line;

/* ---- Lines ---- */

/* The two outputs of a net without hidden layers, as lines. Rows at x = 0, ¼ …, 2¾. */
static void train_lines(marq_data data, marq_train_options options, size_t outputs, line *lines) {
    double X[ROWS], Y[2 * 2];
    for (size_t i = 0; i < ROWS; i++) X[i] = (double)i / 4;
    data.rows = ROWS;
    data.X = X;
    marq_net *net = start_net(2, (size_t[]){1, outputs}, MARQ_INIT_XAVIER, 3);
    marq_error error = {0};
    marq_status status = marq_net_train(net, &data, &options, NULL, &error);
    REQUIRE(status > 0, "training failed: %s", error.message);
    assert_int_equal(marq_net_predict(net, 2, (double[]){0, 1}, Y, 1), MARQ_OK);
    for (size_t o = 0; o < outputs; o++) lines[o] = (line){Y[o], Y[outputs + o] - Y[o]};
    marq_net_destroy(net);
}

static void require_line(const char *what, line got, line expected, double tolerance) {
    REQUIRE(fabs(got.intercept - expected.intercept) < tolerance &&
                fabs(got.slope - expected.slope) < tolerance,
            "%s: %.12g + %.12g x instead of %.12g + %.12g x", what, got.intercept, got.slope,
            expected.intercept, expected.slope);
}

/* All rows at once in either form, batches first, and a first-order method. */
static void require_lines(marq_data data, marq_train_options options, size_t outputs, const line *expected) {
    static const struct {
        const char *name;
        size_t batch;
        marq_optimizer optimizer;
        marq_jacobian jacobian;
        double tolerance;
    } ways[] = {{"all rows", 1000, MARQ_OPTIMIZER_LM, MARQ_JACOBIAN_AUTO, 1e-6},
                {"differences", 1000, MARQ_OPTIMIZER_LM, MARQ_JACOBIAN_CENTRAL, 1e-6},
                {"batches, then all rows", 5, MARQ_OPTIMIZER_LM, MARQ_JACOBIAN_AUTO, 1e-6},
                {"gradient descent", 1000, MARQ_OPTIMIZER_SGD, MARQ_JACOBIAN_AUTO, 1e-6}};
    for (size_t k = 0; k < COUNT(ways); k++) {
        line lines[2];
        options.batch = ways[k].batch;
        options.optimizer = ways[k].optimizer;
        options.jacobian = ways[k].jacobian;
        options.max_epochs = 3000;
        options.first_order = (marq_first_order){.learning_rate = 0.1, .momentum = 0.9};
        train_lines(data, options, outputs, lines);
        for (size_t o = 0; o < outputs; o++)
            require_line(ways[k].name, lines[o], expected[o], ways[k].tolerance);
    }
}

static void row_weights_make_a_weighted_fit(void **state) {
    (void)state;
    marq_data data = {.Y = y_values, .sigma = sigmas};
    require_lines(data, marq_train_options_default(MARQ_RECIPE_MARQ), 1,
                  &(line){1.076829177150542, 1.916210811435146});
}

static void hubers_loss_sets_outliers_aside(void **state) {
    (void)state;
    marq_data data = {.Y = y_values};
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.loss = MARQ_NET_HUBER;
    options.huber_delta = 0.5;
    require_lines(data, options, 1, &(line){1.160714285714286, 1.880952380952381});
    data.sigma = sigmas; /* δ is then in units of sigma */
    require_lines(data, options, 1, &(line){1.007127980175378, 1.959374827320914});
}

/* Each output is then fitted to the rows that have it, and weights of outputs do not matter. */
static void missing_outputs_have_no_weight(void **state) {
    (void)state;
    double Y[2 * ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        double x = (double)i / 4;
        Y[2 * i] = i == 1 || i == 5 || i == 6 ? (double)NAN : y_values[i];
        Y[2 * i + 1] = i == 0 || i == 5 || i == 9 || i == 10 ? (double)NAN : 2 - 0.3 * x + 0.1 * sin(7 * x);
    }
    line expected[] = {{2.271666666666667, 0.996666666666667}, {1.995669940543982, -0.2907878176290811}};
    marq_data data = {.Y = Y, .mask = 1};
    require_lines(data, marq_train_options_default(MARQ_RECIPE_MARQ), 2, expected);
    data.output_weights = (double[]){1, 0.2};
    require_lines(data, marq_train_options_default(MARQ_RECIPE_MARQ), 2, expected);
}

/* One hidden, linear neuron cannot follow two outputs that have nothing in common: the weights decide which
 * it follows. */
static void output_weights_say_what_counts(void **state) {
    (void)state;
    samples s = waves(80, 2, 0, 3);
    memcpy(s.Y, s.X, 160 * sizeof *s.Y);
    for (size_t favoured = 0; favoured < 2; favoured++) {
        marq_net *net =
            marq_net_create(3, (size_t[]){2, 1, 2}, (marq_activation[]){MARQ_LINEAR, MARQ_LINEAR}, NULL);
        marq_net_initialise(net, MARQ_INIT_XAVIER, 1);
        double weights[] = {favoured == 0 ? 1 : 0.01, favoured == 1 ? 1 : 0.01}, fitted[160], mse[2] = {0};
        marq_data data = {.rows = 80, .X = s.X, .Y = s.Y, .output_weights = weights};
        assert_true(marq_net_train(net, &data, NULL, NULL, NULL) > 0);
        assert_int_equal(marq_net_predict(net, 80, s.X, fitted, 1), MARQ_OK);
        for (size_t i = 0; i < 160; i++) mse[i % 2] += pow(fitted[i] - s.Y[i], 2) / 80;
        REQUIRE(mse[favoured] < 0.001 && mse[1 - favoured] > 0.1, "output %zu is favoured, errors %g and %g",
                favoured, mse[0], mse[1]);
        marq_net_destroy(net);
    }
    samples_destroy(&s);
}

/* ---- Errors that are reported ---- */

static void errors_are_weighted_means(void **state) {
    (void)state;
    samples s = waves(60, 2, 0.2, 3);
    double sigma[60];
    for (size_t i = 0; i < 60; i++) sigma[i] = 0.5 + (double)(i % 3);
    s.Y[7] = s.Y[30] = (double)NAN;
    marq_net *net = start_net(3, (size_t[]){2, 4, 2}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_data data = data_of(&s);
    data.sigma = sigma;
    data.mask = 1;
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 5;
    options.loss = MARQ_NET_HUBER;
    options.huber_delta = 0.3;
    marq_training training;
    assert_true(marq_net_train(net, &data, &options, &training, NULL) > 0);
    double fitted[120];
    assert_int_equal(marq_net_predict(net, 60, s.X, fitted, 1), MARQ_OK);
    for (int set = 0; set < MARQ_SETS; set++) {
        double squares = 0, loss = 0, weight = 0;
        for (size_t i = 0; i < 120; i++) {
            if (s.set[i / 2] != set || isnan(s.Y[i])) continue;
            double w = 1 / sigma[i / 2] / sigma[i / 2], e = fabs(fitted[i] - s.Y[i]), t = 0.3 * sigma[i / 2];
            squares += w * e * e;
            loss += w * (e <= t ? e * e : t * (2 * e - t));
            weight += w;
        }
        REQUIRE(fabs(training.mse[set] - squares / weight) < 1e-12 * training.mse[set] &&
                    fabs(training.loss[set] - loss / weight) < 1e-12 * training.loss[set],
                "set %d: MSE %.15g, loss %.15g instead of %.15g, %.15g", set, training.mse[set],
                training.loss[set], squares / weight, loss / weight);
    }
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* ---- Products ---- */

static double *random_doubles(size_t count, double low, double high, uint64_t seed) {
    double *out = marq_alloc_doubles(count, 1);
    marq_random random = {.seed = seed, .stream = 98};
    for (size_t i = 0; i < count; i++) out[i] = low + (high - low) * marq_random_uniform(&random);
    return out;
}

/* The largest disagreement of the products with the rows of J. */
static double product_error(const marq_problem *p, const double *J) {
    size_t m = p->rows, n = p->parameters;
    double *gram = marq_alloc_doubles(n, n), *kernel = marq_alloc_doubles(m, m), most = 0;
    double *w = random_doubles(m, -1, 1, 1), *jtw = marq_alloc_doubles(n, 1);
    assert_int_equal(p->products->gram(p->user, w, gram, jtw), MARQ_CALLBACK_OK);
    assert_int_equal(p->products->kernel(p->user, kernel), MARQ_CALLBACK_OK);
    for (size_t j = 0; j < n; j++) {
        double product = 0;
        for (size_t i = 0; i < m; i++) product += J[i * n + j] * w[i];
        most = fmax(most, fabs(product - jtw[j]));
        for (size_t k = j; k < n; k++) {
            double sum = 0;
            for (size_t i = 0; i < m; i++) sum += J[i * n + j] * J[i * n + k];
            most = fmax(most, fabs(sum - gram[j * n + k]));
        }
    }
    for (size_t i = 0; i < m; i++)
        for (size_t k = i; k < m; k++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++) sum += J[i * n + j] * J[k * n + j];
            most = fmax(most, fabs(sum - kernel[i * m + k]));
        }
    free(gram);
    free(kernel);
    free(w);
    free(jtw);
    return most;
}

static void derivatives_and_products_see_weights_and_loss(void **state) {
    (void)state;
    enum { M = 40, OUTPUTS = 2 };
    marq_net *net = start_net(3, (size_t[]){2, 6, OUTPUTS}, MARQ_INIT_NGUYEN_WIDROW, 1);
    double *X = random_doubles(M * 2, -1, 1, 2), *Y = random_doubles(M * OUTPUTS, -1, 1, 3);
    double *root = random_doubles(M * OUTPUTS, 0.2, 2, 4), threshold[] = {0.3, 0.6};
    root[5] = root[12] = 0;
    for (int loss = MARQ_NET_SQUARES; loss <= MARQ_NET_HUBER; loss++) {
        marq_targets targets = {(marq_net_loss)loss, OUTPUTS, Y, root, threshold};
        marq_options options = marq_options_default();
        options.method = MARQ_METHOD_DAMPING;
        options.scaling = MARQ_SCALING_NONE;
        options.form = MARQ_FORM_KERNEL;
        marq_net_problem own;
        marq_problem problem;
        marq_error error = {0};
        assert_int_equal(marq_net_problem_create(&own, net, M, X, &targets, &options, &problem, &error),
                         MARQ_OK);
        size_t n = problem.parameters;
        double *J = marq_alloc_doubles(problem.rows, n), *theta = marq_net_parameters(net);
        REQUIRE(marq_check_jacobian(&problem, NULL, theta, 1e-6, J, NULL, NULL, &error) == MARQ_OK,
                "loss %d: %s", loss, error.message);
        assert_int_equal(problem.products->linearise(problem.user, theta), MARQ_CALLBACK_OK);
        double worst = product_error(&problem, J);
        REQUIRE(worst < 1e-11, "loss %d: a product is off by %g", loss, worst);
        assert_int_equal(marq_targets_missing(&targets, M), 2);
        free(J);
        marq_net_problem_destroy(&own);
    }
    free(X);
    free(Y);
    free(root);
    marq_net_destroy(net);
}

/* ---- What is refused ---- */

static void require_refused(marq_data data, marq_train_options options, const char *part) {
    double X[ROWS];
    for (size_t i = 0; i < ROWS; i++) X[i] = (double)i;
    data.rows = ROWS;
    data.X = X;
    marq_net *net = start_net(2, (size_t[]){1, 1}, MARQ_INIT_XAVIER, 1);
    marq_error error = {0};
    REQUIRE(marq_net_train(net, &data, &options, NULL, &error) < 0 && strstr(error.message, part),
            "not refused with \"%s\": %s", part, error.message);
    marq_net_destroy(net);
}

static void weights_that_make_no_sense_are_refused(void **state) {
    (void)state;
    double none[ROWS], zero[ROWS] = {0};
    for (size_t i = 0; i < ROWS; i++) none[i] = (double)NAN;
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ), huber = options;
    huber.loss = MARQ_NET_HUBER;
    require_refused((marq_data){.Y = none, .mask = 1}, options,
                    "no output of the training rows has a weight");
    require_refused((marq_data){.Y = none}, options, "not finite");
    require_refused((marq_data){.Y = y_values, .sigma = zero}, options, "standard deviation 0");
    require_refused((marq_data){.Y = y_values, .output_weights = (double[]){-1}}, options, "output weight");
    require_refused((marq_data){.Y = y_values, .output_weights = (double[]){0}}, options, "has a weight");
    require_refused((marq_data){.Y = y_values}, huber, "huber_delta");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_weights_make_a_weighted_fit),
        cmocka_unit_test(hubers_loss_sets_outliers_aside),
        cmocka_unit_test(missing_outputs_have_no_weight),
        cmocka_unit_test(output_weights_say_what_counts),
        cmocka_unit_test(errors_are_weighted_means),
        cmocka_unit_test(derivatives_and_products_see_weights_and_loss),
        cmocka_unit_test(weights_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests_name("nn_targets", tests, NULL, NULL);
}
