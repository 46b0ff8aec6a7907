/* Every choice about nets and their training works: shapes, activations, start values, scaling, recipes,
 * Jacobians. */
#include "run_command.h"

#include <math.h>
#include <string.h>

#define QUICK "--epochs", "4", "--no-plot", "-q", "--json"

/* A fit ends, with errors that are numbers and the number of parameters that its shape says. */
static void check_fit(size_t parameters, const char *const *words) {
    json_t *report = parse_json(check_done(words)->out);
    if (parameters) assert_int_equal(number_at(report, "n_parameters", NULL), parameters);
    assert_true(isfinite(number_at(report, "mse", "train")) && number_at(report, "mse", "train") >= 0);
    assert_true(isfinite(number_at(report, "mse", "validation")));
    assert_true(isfinite(number_at(report, "mse", "test")));
    json_decref(report);
}
#define FITS(parameters, ...)                                                                                \
    check_fit(parameters, (const char *const[]){"small.csv", __VA_ARGS__, QUICK, NULL})

static void shapes(void **state) {
    (void)state;
    write_small("small.csv");
    FITS(681 + 20, "--lm");
    FITS(5, "--hidden", "1");
    FITS(2 + 1 + 16 * 2 + 2, "--hidden", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1");
    FITS(2 * 1 + 1 + 1 * 31 + 31 + 31 * 2 + 2 + 2 + 1, "--hidden", "1,31,2");
    FITS(4 * 200 + 1, "--hidden", "200");
    FITS(2 * 7 + 7 * 8 + 8 * 2, "--hidden=7,7", "--outputs", "y,a", "--inputs", "b");
}

/* The layers' activations as show says them. */
static void check_activations(const char *activation, const char *const *expected) {
    FITS(0, "--hidden", "4,3", "--activation", activation);
    json_t *model = read_json("small.fit/model.json");
    const json_t *layers = value_at(model, "layers", NULL);
    assert_int_equal(json_array_size(layers), 3);
    for (size_t l = 0; l < 3; l++)
        assert_string_equal(string_at(json_array_get(layers, l), "activation"), expected[l]);
    json_decref(model);
}
#define ACTIVATIONS(activation, ...) check_activations(activation, (const char *const[]){__VA_ARGS__})

static void activations(void **state) {
    (void)state;
    write_small("small.csv");
    ACTIVATIONS("tanh", "tanh", "tanh", "linear");
    ACTIVATIONS("sigmoid", "sigmoid", "sigmoid", "linear");
    ACTIVATIONS("relu", "relu", "relu", "linear");
    ACTIVATIONS("linear", "linear", "linear", "linear");
    ACTIVATIONS("relu,tanh", "relu", "tanh", "linear"); /* one a hidden layer */
    ACTIVATIONS("relu,sigmoid,tanh", "relu", "sigmoid", "tanh");
}

static void start_values(void **state) {
    (void)state;
    write_small("small.csv");
    FITS(0, "--init", "nguyen-widrow");
    FITS(0, "--init", "initnw");
    FITS(0, "--init", "xavier");
}

static void check_scaling(const char *normalise, double shift, double factor) {
    FITS(0, "--normalise", normalise, "--hidden", "3", "--split", "100/1/1", "--seed", "3");
    json_t *model = read_json("small.fit/model.json");
    const json_t *input = json_array_get(value_at(model, "inputs", NULL), 0);
    assert_string_equal(string_at(model, "normalisation"), normalise);
    if (!isnan(shift)) assert_true(number_at(input, "shift", NULL) == shift);
    if (!isnan(factor)) assert_true(number_at(input, "factor", NULL) == factor);
    json_decref(model);
}

static void scalings(void **state) {
    (void)state;
    write_small("small.csv");
    check_scaling("range", (double)NAN, (double)NAN);
    check_scaling("unit", (double)NAN, (double)NAN);
    check_scaling("standard", (double)NAN, (double)NAN);
    check_scaling("none", 0, 1);
}

static void check_word(const char *key, const char *expected, const char *const *words) {
    json_t *report = parse_json(check_done(words)->out);
    assert_string_equal(string_at(report, key), expected);
    json_decref(report);
}
#define WORD(key, expected, ...)                                                                             \
    check_word(key, expected, (const char *const[]){"small.csv", QUICK, __VA_ARGS__, NULL})

static void recipes_and_jacobians(void **state) {
    (void)state;
    write_small("small.csv");
    WORD("recipe", "marq", "--recipe", "marq");
    WORD("recipe", "trainlm", "--recipe", "trainlm");
    WORD("jacobian", "analytic", "--jacobian", "analytic");
    WORD("jacobian", "fd", "--jacobian", "fd");
    WORD("jacobian", "fd-central", "--jacobian", "fd-central");
    WORD("optimizer", "lm", "--optimizer", "lm");
    WORD("optimizer", "lm", "--lm");
}

/* Difference quotients lead to the same place as derivatives. */
static void all_jacobians_agree(void **state) {
    (void)state;
    static const char *const others[] = {"fd", "fd-central"};
    write_small("small.csv");
    json_t *report = parse_json(DONE("small.csv", QUICK, "--hidden", "4")->out);
    double mse = number_at(report, "mse", "train");
    json_decref(report);
    for (size_t i = 0; i < 2; i++) {
        report = parse_json(DONE("small.csv", QUICK, "--hidden", "4", "--jacobian", others[i])->out);
        check_close(number_at(report, "mse", "train"), mse, 1e-4);
        json_decref(report);
    }
}

/* MATLAB's own damping: 1e-3, divided by 10 after each step that is taken at once. */
static void trainlm_damps_as_matlab_does(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", QUICK, "--recipe", "trainlm", "--hidden", "3");
    table t = read_table("small.fit/history.csv");
    double mu = 1e-3;
    for (size_t i = 1; i < t.rows; i++) {
        mu *= pow(10, number(&t, i, "rejected"));
        check_close(number(&t, i, "mu"), mu, 1e-9);
        mu /= 10;
    }
    clear_table(&t);
    DONE("small.csv", QUICK, "--mu", "5", "--mu-inc", "3", "--mu-dec", "4", "--hidden", "3");
    t = read_table("small.fit/history.csv");
    check_close(number(&t, 1, "mu"), 5 * pow(3, number(&t, 1, "rejected")), 1e-9);
    clear_table(&t);
}

static void mu_dec_may_be_given_as_matlab_does(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", QUICK, "--mu-dec", "10");
    DONE("small.csv", QUICK, "--mu-dec", "0.1", "--out", "other");
    check_same_files("small.fit/model.json", "other/model.json");
}

/* The recipe's name is what others' results are compared with: both must solve the main example. */
static void both_recipes_fit_the_multimodal_data(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    json_t *report = parse_json(
        DONE("multimodal.csv", "--no-plot", "--json", "--recipe", "trainlm", "--epochs", "60")->out);
    assert_true(number_at(report, "mse", "test") < 1e-6);
    json_decref(report);
}

static void the_solver_keeps_to_the_memory_that_is_allowed(void **state) {
    (void)state;
    static const char *const sizes[] = {"1000000000", "1G", "1GB", "0.5T"};
    write_small("small.csv");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        json_t *report = parse_json(DONE("small.csv", QUICK, "--memory", sizes[i])->out);
        assert_non_null(strstr(string_at(report, "plan"), "Cholesky of JJᵀ, 42 × 42, by products"));
        json_decref(report);
    }
    const command_result *result = DONE("small.csv", "--epochs", "2", "--no-plot", "-v");
    assert_non_null(strstr(result->out, "Cholesky of JJᵀ"));
    result = FIT("small.csv", QUICK, "--memory", "100k");
    assert_int_equal(result->code, 4);
    assert_non_null(strstr(result->err, "the limit on memory allows 100 kB: raise --memory"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(shapes),
        IN_FOLDER(activations),
        IN_FOLDER(start_values),
        IN_FOLDER(scalings),
        IN_FOLDER(recipes_and_jacobians),
        IN_FOLDER(all_jacobians_agree),
        IN_FOLDER(trainlm_damps_as_matlab_does),
        IN_FOLDER(mu_dec_may_be_given_as_matlab_does),
        IN_FOLDER(both_recipes_fit_the_multimodal_data),
        IN_FOLDER(the_solver_keeps_to_the_memory_that_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
