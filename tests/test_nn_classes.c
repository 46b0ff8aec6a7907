/* Classifiers: cross-entropy by generalised Gauss–Newton steps and by first-order methods, probabilities,
 * counts.
 *
 * Expected probabilities of linear classifiers: scikit-learn 1.9.1, LogisticRegression(penalty=None,
 * tol=1e-14), by newton-cg for three classes and newton-cholesky for two; Newton's method in NumPy agrees to
 * 3e-16. With a penalty on all parameters: that Newton's method. */
#include "training_data.h"

#include "nn/problem.h"
#include <stdio.h>
#include <unistd.h>

enum { ROWS = 24 };
static const double inputs[2 * ROWS] = {-0.8, 0.4,  -0.4, 2,    1.6, -1.6, 0.4,  -0.3, 2,   0.2, 1.9, -0.2,
                                        -0.6, -1.3, 0.1,  1.2,  2.5, -0.0, 1.6,  -0.3, 1.2, 0.2, 0.6, -0.4,
                                        -1,   -1.1, 2.5,  -0.2, 2,   0.2,  -1.7, -1.1, 0.8, 2.4, 0.6, 0.7,
                                        -0.6, -2,   0.4,  1.5,  1.1, -1.1, 0.6,  0,    0.8, 1.2, 1.2, -2};

static void fill_classes(double *classes, int two) {
    for (size_t i = 0; i < ROWS; i++) classes[i] = two ? i % 3 > 0 : (double)(i % 3);
}

/* hidden 0: none. */
static marq_net *make_classifier(size_t in, size_t hidden, size_t classes) {
    size_t out = classes == 2 ? 1 : classes;
    marq_net *net = hidden ? start_net(3, (size_t[]){in, hidden, out}, MARQ_INIT_NGUYEN_WIDROW, 1)
                           : start_net(2, (size_t[]){in, out}, MARQ_INIT_XAVIER, 1);
    assert_int_equal(marq_net_set_classes(net, classes, NULL, NULL), MARQ_OK);
    return net;
}

/* ---- Against logistic regression ---- */

static const struct {
    const char *name;
    marq_optimizer optimizer;
    size_t batch;
    double tolerance;
} ways[] = {{"all rows", MARQ_OPTIMIZER_LM, 1000, 1e-8},
            {"gradient descent", MARQ_OPTIMIZER_SGD, 1000, 1e-6}};

static void require_probabilities(const char *what, const marq_net *net, size_t row, size_t classes,
                                  const double *expected, double tolerance) {
    double P[3];
    assert_int_equal(marq_net_predict(net, 1, inputs + 2 * row, P, 1), MARQ_OK);
    for (size_t k = 0; k < classes; k++)
        REQUIRE(fabs(P[k] - expected[k]) < tolerance, "%s: row %zu, class %zu: p = %.15g instead of %.15g",
                what, row, k, P[k], expected[k]);
}

static void linear_classifiers_are_logistic_regressions(void **state) {
    (void)state;
    static const double three[][3] = {{0.95985835456989, 0.00619338525323407, 0.0339482601768754},
                                      {0.168177739775868, 0.793567515176559, 0.0382547450475728},
                                      {0.213717609235795, 1.85691001734954e-05, 0.786263821664032}};
    static const size_t rows[] = {0, 7, 23};
    static const double w[] = {2.06701302669524, 1.04868776958917, -0.338865380036002};
    for (size_t k = 0; k < COUNT(ways); k++)
        for (size_t classes = 2; classes <= 3; classes++) {
            double Y[ROWS];
            fill_classes(Y, classes == 2);
            marq_net *net = make_classifier(2, 0, classes);
            marq_data data = {.rows = ROWS, .X = inputs, .Y = Y};
            marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
            options.optimizer = ways[k].optimizer;
            options.batch = ways[k].batch;
            options.max_epochs = 4000;
            options.first_order = (marq_first_order){.learning_rate = 0.3, .momentum = 0.95};
            marq_training training;
            marq_error error = {0};
            REQUIRE(marq_net_train(net, &data, &options, &training, &error) > 0, "%s", error.message);
            for (size_t r = 0; r < 3; r++) {
                const double *x = inputs + 2 * rows[r];
                double p = 1 / (1 + exp(-w[0] * x[0] - w[1] * x[1] - w[2])), both[] = {1 - p, p};
                require_probabilities(ways[k].name, net, rows[r], classes, classes == 2 ? both : three[r],
                                      ways[k].tolerance);
            }
            double expected = classes == 2 ? 0.333479777345459 : 0.49459077977869;
            REQUIRE(fabs(training.loss[MARQ_TRAIN] - expected) < 1e-9, "%s, %zu classes: cross-entropy %.12g",
                    ways[k].name, classes, training.loss[MARQ_TRAIN]);
            marq_net_destroy(net);
        }
}

/* With weight decay by the solver itself: a training keeps the parameters of the lowest loss without it. */
static void weight_decay_is_a_ridge_penalty(void **state) {
    (void)state;
    static const double expected[] = {0.783577982628831, 0.139746418436568, 0.0766755989346011};
    double Y[3 * ROWS] = {0};
    for (size_t i = 0; i < ROWS; i++) Y[3 * i + i % 3] = 1;
    for (marq_form form = MARQ_FORM_GRAM; form <= MARQ_FORM_KERNEL; form++) {
        marq_net *net = make_classifier(2, 0, 3);
        marq_targets targets = {MARQ_NET_CROSS_ENTROPY, 3, Y, NULL, NULL};
        marq_options options = marq_options_default();
        options.method = MARQ_METHOD_DAMPING;
        options.scaling = MARQ_SCALING_NONE;
        options.form = form;
        options.decay = 0.5;
        marq_net_problem own;
        marq_problem problem;
        assert_int_equal(marq_net_problem_create(&own, net, ROWS, inputs, &targets, &options, &problem, NULL),
                         MARQ_OK);
        assert_true(marq_solve(&problem, &options, marq_net_parameters(net), NULL) > 0);
        require_probabilities(form == MARQ_FORM_GRAM ? "Gram" : "kernel", net, 0, 3, expected, 1e-7);
        marq_net_problem_destroy(&own);
        marq_net_destroy(net);
    }
}

/* ---- Derivatives ---- */

static double cost_at(const marq_problem *p, const double *theta) {
    double *r = marq_alloc_doubles(p->rows, 1);
    size_t block = p->row_block < p->rows ? p->row_block : p->rows;
    double sum = 0;
    for (size_t first = 0; first < p->rows; first += block) {
        size_t count = p->rows - first < block ? p->rows - first : block;
        assert_int_equal(p->residual(p->user, theta, first, count, r), MARQ_CALLBACK_OK);
        sum += p->cost(p->user, first, count, r);
    }
    free(r);
    return sum;
}

/* g ← Jᵀr by the rows; H (n × n) ← JᵀJ, or NULL. */
static void model_at(const marq_problem *p, const double *theta, double *g, double *H) {
    size_t m = p->rows, n = p->parameters;
    double *r = marq_alloc_doubles(m, 1), *J = marq_alloc_doubles(m, n);
    size_t block = p->row_block < m ? p->row_block : m;
    for (size_t first = 0; first < m; first += block) {
        size_t count = m - first < block ? m - first : block;
        p->residual(p->user, theta, first, count, r + first);
        p->jacobian(p->user, theta, first, count, J + first * n, n);
    }
    for (size_t j = 0; j < n; j++) {
        g[j] = 0;
        for (size_t i = 0; i < m; i++) g[j] += J[i * n + j] * r[i];
        for (size_t k = 0; H && k < n; k++) {
            H[j * n + k] = 0;
            for (size_t i = 0; i < m; i++) H[j * n + k] += J[i * n + j] * J[i * n + k];
        }
    }
    free(r);
    free(J);
}

/* Jᵀr is the gradient of the cost; for a linear net, whose logits are linear in θ, JᵀJ is the Hessian. */
static void check_model(const marq_problem *p, bool linear, double *theta, const char *what) {
    size_t n = p->parameters;
    double *g = marq_alloc_doubles(n, 1), *up = marq_alloc_doubles(n, 1), *down = marq_alloc_doubles(n, 1);
    double *H = marq_alloc_doubles(n, n), h = 1e-4;
    model_at(p, theta, g, H);
    for (size_t j = 0; j < n; j++) {
        double old = theta[j], high, low;
        theta[j] = old + h;
        high = cost_at(p, theta);
        model_at(p, theta, up, NULL);
        theta[j] = old - h;
        low = cost_at(p, theta);
        model_at(p, theta, down, NULL);
        theta[j] = old;
        REQUIRE(fabs((high - low) / (2 * h) - g[j]) < 1e-5, "%s: gradient %zu is %.9g, by differences %.9g",
                what, j, g[j], (high - low) / (2 * h));
        for (size_t k = 0; linear && k < n; k++)
            REQUIRE(fabs((up[k] - down[k]) / (2 * h) - H[j * n + k]) < 1e-5,
                    "%s: curvature %zu, %zu is %.9g, by differences %.9g", what, j, k, H[j * n + k],
                    (up[k] - down[k]) / (2 * h));
    }
    free(g);
    free(up);
    free(down);
    free(H);
}

static void residuals_and_rows_make_gradient_and_curvature(void **state) {
    (void)state;
    double root[3 * ROWS];
    for (size_t i = 0; i < 3 * ROWS; i++) root[i] = 0.5 + 0.25 * (double)(i / 3 % 4); /* one a row of three */
    for (size_t classes = 2; classes <= 3; classes++)
        for (size_t hidden = 0; hidden <= 4; hidden += 4) {
            size_t outputs = classes == 2 ? 1 : 3;
            double Y[3 * ROWS] = {0};
            for (size_t i = 0; i < ROWS; i++)
                Y[i * outputs + (outputs == 1 ? 0 : i % 3)] = outputs == 1 ? i % 2 : 1;
            marq_net *net = make_classifier(2, hidden, classes);
            marq_targets targets = {MARQ_NET_CROSS_ENTROPY, outputs, Y, root, NULL};
            marq_options options = marq_options_default();
            options.method = MARQ_METHOD_DAMPING;
            options.scaling = MARQ_SCALING_NONE;
            marq_net_problem own;
            marq_problem problem;
            assert_int_equal(
                marq_net_problem_create(&own, net, ROWS, inputs, &targets, &options, &problem, NULL),
                MARQ_OK);
            char what[60];
            snprintf(what, sizeof what, "%zu classes, %zu hidden", classes, hidden);
            check_model(&problem, hidden == 0, marq_net_parameters(net), what);
            marq_net_problem_destroy(&own);
            marq_net_destroy(net);
        }
}

static void certain_errors_have_finite_costs(void **state) {
    (void)state;
    const double Y[] = {1, 0, 0}, logits[][3] = {{-800, 0, 0}, {800, 0, -800}, {40, 0, 0}};
    const double expected[] = {800.69314718055995, 0, 8.4967085105831222e-18}; /* by mpmath */
    marq_targets targets = {MARQ_NET_CROSS_ENTROPY, 3, Y, NULL, NULL};
    for (size_t k = 0; k < 3; k++) {
        double r[3];
        marq_target_residuals(&targets, 0, 1, logits[k], r);
        double cost = marq_target_cost(&targets, 0, 1, r), most = fmin(expected[k], 600);
        REQUIRE(fabs(cost - most) <= 1e-12 * most, "logits %g, %g, %g: cost %.15g instead of %.15g",
                logits[k][0], logits[k][1], logits[k][2], cost, most);
    }
}

/* ---- Nets ---- */

static void nets_part_what_lines_cannot(void **state) {
    (void)state;
    samples s = rings(400, 3);
    marq_data data = data_of(&s);
    for (int k = 0; k < 3; k++) {
        marq_net *net = make_classifier(2, 12, 3);
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.optimizer = k == 2 ? MARQ_OPTIMIZER_ADAM : MARQ_OPTIMIZER_LM;
        options.batch = k == 1 ? 60 : 0;
        options.max_epochs = k == 2 ? 400 : 100;
        options.first_order.learning_rate = k == 2 ? 0.01 : 0;
        options.max_failures = k == 2 ? 0 : 20;
        marq_training training;
        assert_true(marq_net_train(net, &data, &options, &training, NULL) > 0);
        REQUIRE(training.accuracy[MARQ_TEST] > 0.95, "way %d: accuracy %g, cross-entropy %g after %zu epochs",
                k, training.accuracy[MARQ_TEST], training.loss[MARQ_TEST], training.epochs);
        marq_net_destroy(net);
    }
    samples_destroy(&s);
}

static void what_training_reports_is_what_evaluation_finds(void **state) {
    (void)state;
    samples s = rings(200, 4);
    s.Y[5] = (double)NAN;
    marq_data data = data_of(&s);
    data.mask = 1;
    marq_net *net = make_classifier(2, 5, 3);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 5;
    marq_training training;
    assert_true(marq_net_train(net, &data, &options, &training, NULL) > 0);
    for (int set = 0; set < MARQ_SETS; set++) {
        size_t rows = 0, counts[9], sum = 0, right = 0;
        double X[400], Y[200], loss, accuracy;
        for (size_t i = 0; i < 200; i++)
            if (s.set[i] == set) memcpy(X + 2 * rows, s.X + 2 * i, 2 * sizeof *X), Y[rows++] = s.Y[i];
        assert_int_equal(marq_net_evaluate_classes(net, rows, X, Y, &loss, &accuracy, counts, 1), MARQ_OK);
        REQUIRE(fabs(loss - training.loss[set]) < 1e-12 && fabs(accuracy - training.accuracy[set]) < 1e-12,
                "set %d: %.12g and %.12g, %.12g and %.12g", set, loss, training.loss[set], accuracy,
                training.accuracy[set]);
        for (size_t k = 0; k < 9; k++) sum += counts[k], right += k % 4 == 0 ? counts[k] : 0;
        assert_true(fabs(accuracy - (double)right / (double)sum) < 1e-15);
    }
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* ---- The net itself ---- */

static void a_classifier_survives_its_file(void **state) {
    (void)state;
    char path[] = "/tmp/marq_classes_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    marq_net *net = make_classifier(2, 3, 2);
    assert_int_equal(marq_net_set_classes(net, 2, (const char *[]){"no", "\"yes\", é"}, NULL), MARQ_OK);
    assert_int_equal(marq_net_save(net, path, NULL), MARQ_OK);
    marq_net *loaded = marq_net_load(path, NULL), *copy = marq_net_copy(net, NULL);
    unlink(path);
    marq_net *others[] = {loaded, copy};
    for (size_t k = 0; k < 2; k++) {
        double P[2], Q[2];
        assert_int_equal(marq_net_classes(others[k]), 2);
        assert_string_equal(marq_net_class_name(others[k], 1), "\"yes\", é");
        assert_int_equal(marq_net_predict(net, 1, inputs, P, 1), MARQ_OK);
        assert_int_equal(marq_net_predict(others[k], 1, inputs, Q, 1), MARQ_OK);
        assert_memory_equal(P, Q, sizeof P);
        marq_net_destroy(others[k]);
    }
    marq_net_destroy(net);
}

static void single_precision_gives_the_same_probabilities(void **state) {
    (void)state;
    for (size_t classes = 2; classes <= 3; classes++) {
        marq_net *net = make_classifier(2, 5, classes);
        float X[2 * ROWS], P[3 * ROWS];
        double Q[3 * ROWS];
        for (size_t i = 0; i < 2 * ROWS; i++) X[i] = (float)inputs[i];
        marq_net_float *fast = marq_net_float_create(net, 1, NULL);
        marq_net_predict_float(fast, ROWS, X, P);
        assert_int_equal(marq_net_predict(net, ROWS, inputs, Q, 1), MARQ_OK);
        for (size_t i = 0; i < classes * ROWS; i++)
            REQUIRE(fabs((double)P[i] - Q[i]) < 1e-6, "%zu classes: %zu is %g, %g", classes, i, (double)P[i],
                    Q[i]);
        marq_net_float_destroy(fast);
        marq_net_destroy(net);
    }
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    marq_net *net = start_net(2, (size_t[]){2, 2}, MARQ_INIT_XAVIER, 1);
    marq_error error;
    assert_int_equal(marq_net_set_classes(net, 2, NULL, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(marq_net_set_classes(net, 1, NULL, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(marq_net_set_classes(net, 3, NULL, &error), MARQ_ERROR_ARGUMENT);
    double Y[ROWS] = {0}, mse;
    marq_data data = {.rows = ROWS, .X = inputs, .Y = Y};
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.loss = MARQ_NET_CROSS_ENTROPY;
    assert_int_equal(marq_net_train(net, &data, &options, NULL, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(marq_net_evaluate_classes(net, ROWS, inputs, Y, NULL, NULL, NULL, 1),
                     MARQ_ERROR_ARGUMENT);
    marq_net_destroy(net);
    net = make_classifier(2, 2, 3);
    Y[3] = 3;
    assert_int_equal(marq_net_train(net, &data, &options, NULL, &error), MARQ_ERROR_DATA);
    assert_non_null(strstr(error.message, "row 4 has the class 3"));
    assert_int_equal(marq_net_evaluate(net, ROWS, inputs, Y, &mse, NULL, 1), MARQ_ERROR_ARGUMENT);
    Y[3] = 1;
    options.jacobian = MARQ_JACOBIAN_FORWARD;
    assert_int_equal(marq_net_train(net, &data, &options, NULL, &error), MARQ_ERROR_ARGUMENT);
    marq_net_destroy(net);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_classifiers_are_logistic_regressions),
        cmocka_unit_test(weight_decay_is_a_ridge_penalty),
        cmocka_unit_test(residuals_and_rows_make_gradient_and_curvature),
        cmocka_unit_test(certain_errors_have_finite_costs),
        cmocka_unit_test(nets_part_what_lines_cannot),
        cmocka_unit_test(what_training_reports_is_what_evaluation_finds),
        cmocka_unit_test(a_classifier_survives_its_file),
        cmocka_unit_test(single_precision_gives_the_same_probabilities),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests_name("nn_classes", tests, NULL, NULL);
}
