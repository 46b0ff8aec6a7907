/* What is done with a saved formula: predict, show, export (of nets too), --params. */
#include "require.h"
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3, ROWS = 24 };

/* Two groups of decays; z is a second input, w no input at all. */
static void write_data(void) {
    FILE *file = fopen("d.csv", "w");
    assert_non_null(file);
    fputs("run,x,z,y,w\n", file);
    for (int i = 0; i < ROWS; i++) {
        double x = 0.25 * (i % 12), z = (i * 7) % 5, a = i < 12 ? 2 : 3;
        fprintf(file, "%s,%g,%g,%.6f,7\n", i < 12 ? "first" : "second run", x, z,
                a * exp(-0.7 * x) + 0.5 + 0.1 * z + 0.01 * ((i * 5) % 7 - 3));
    }
    fclose(file);
}

/* Fits to fit/, and predicts the same rows. */
static void check_predictions(const char *const *options) {
    const char *words[16] = {"d.csv", "--out", "fit", "--no-plot", "-q"};
    for (size_t k = 0; options[k]; k++) words[5 + k] = options[k];
    check_done(words);
    table saved = read_table("fit/predictions.csv");
    table now = parse_table(DONE("predict", "fit/model.json", "d.csv")->out);
    assert_int_equal(now.rows, saved.rows);
    assert_int_equal(now.columns + 1, saved.columns); /* the set is not told */
    for (size_t i = 0; i < now.rows; i++)
        for (size_t c = 0; c < now.columns; c++)
            assert_string_equal(now.cells[i * now.columns + c], saved.cells[i * saved.columns + c]);
    clear_table(&now);
    clear_table(&saved);
}

static void the_data_give_the_fit_s_own_predictions(void **state) {
    (void)state;
    write_data();
    static const char *const fits[][9] = {
        {"--formula", "y = a*exp(-b*x) + c + d*z"},
        {"--formula", "log(y) = a - b*x + c*z"},
        {"--formula", "a*exp(-b*x) + c", "--outputs", "y"},
        {"--formula", "y = exponential + polynomial(1, z)", "--group", "run", "--shared", "exponential_rate"},
        {"--formula", "y = a*exp(-b*x) + c", "--tie", "c = a/4", "--fix", "b=0.7"},
        {"--formula", "log(y) = a - b*x", "--group", "run"},
    };
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) check_predictions(fits[i]);
}

/* Columns by name, in any order; one that is named like a parameter is not one. */
static void new_data_need_the_inputs_only(void **state) {
    (void)state;
    write_data();
    DONE("d.csv", "--formula", "y = a*exp(-b*x) + c*z", "--out", "fit", "--no-plot", "-q");
    json_t *model = read_json("fit/model.json");
    double p[3];
    for (size_t j = 0; j < 3; j++)
        p[j] = number_at(json_array_get(value_at(model, "parameters", NULL), j), "value", NULL);
    write_text("new.csv", "z,a,x\n2,100,0.5\n");
    const command_result *result = DONE("predict", "fit/model.json", "new.csv");
    assert_string_equal(result->err, "");
    table t = parse_table(result->out);
    assert_string_equal(t.cells[2], "fitted");
    check_close(number(&t, 1, "fitted"), p[0] * exp(-p[1] * 0.5) + 2 * p[2], 1e-14);
    clear_table(&t);
    json_decref(model);
    write_text("new.csv", "z,y\n2,100\n");
    REFUSED(DATA, "new.csv has no column for the model's input x", "predict", "fit/model.json", "new.csv");
    write_text("new.csv", "z,x\n2,1\n,3\n");
    REFUSED(DATA, "new.csv:3:1: a missing value", "predict", "fit/model.json", "new.csv");
}

static void groups_are_matched_by_name(void **state) {
    (void)state;
    write_data();
    DONE("d.csv", "--formula", "y = a*exp(-b*x)", "--group", "run", "--shared", "b", "--out", "fit",
         "--no-plot", "-q");
    write_text("new.csv", "x,run\n0,second run\n0,first\n");
    table t = parse_table(DONE("predict", "fit/model.json", "new.csv")->out);
    json_t *model = read_json("fit/model.json");
    const json_t *list = value_at(model, "parameters", NULL);
    for (size_t j = 0; j < json_array_size(list); j++) {
        const json_t *p = json_array_get(list, j);
        if (strcmp(string_at(p, "name"), "a[second run]") == 0)
            assert_true(number(&t, 1, "fitted") == number_at(p, "value", NULL));
        if (strcmp(string_at(p, "name"), "a[first]") == 0)
            assert_true(number(&t, 2, "fitted") == number_at(p, "value", NULL));
    }
    json_decref(model);
    clear_table(&t);
    write_text("new.csv", "x,run\n0,first\n1,third\n");
    REFUSED(DATA, "new.csv:3: the model has no group third", "predict", "fit/model.json", "new.csv");
    write_text("new.csv", "x\n0\n");
    REFUSED(DATA, "no column for the model's groups, run", "predict", "fit/model.json", "new.csv");
}

/* On the data's scale, where the response was transformed too. */
static void errors_are_told(void **state) {
    (void)state;
    write_data();
    DONE("d.csv", "--formula", "log(y) = a - b*x + c*z", "--out", "fit", "--no-plot", "-q");
    json_t *report = parse_json(DONE("predict", "fit/model.json", "d.csv", "--json")->out);
    table saved = read_table("fit/predictions.csv");
    double squares = 0, mean = 0, total = 0;
    for (size_t i = 1; i < saved.rows; i++) {
        squares += pow(number(&saved, i, "residual"), 2) / ROWS;
        mean += number(&saved, i, "measured") / ROWS;
    }
    for (size_t i = 1; i < saved.rows; i++) total += pow(number(&saved, i, "measured") - mean, 2) / ROWS;
    check_close(number_at(report, "mse", NULL), squares, 1e-12);
    check_close(number_at(report, "r2", NULL), 1 - squares / total, 1e-12);
    clear_table(&saved);
    json_decref(report);
    write_text("new.csv", "x,z\n1000,1e6\n");
    const command_result *result = DONE("predict", "fit/model.json", "new.csv", "-q");
    assert_string_equal(result->err, "");
}

static void show_tells_the_formula(void **state) {
    (void)state;
    write_data();
    DONE("d.csv", "--formula", "log(y) = a - b*x + c*z", "--fix", "b=0.25", "--out", "fit", "--no-plot",
         "-q");
    const command_result *result = DONE("show", "fit/model.json");
    static const char *const parts[] = {"formula     log(y) = a - b*x + c*z\n", "inputs      x, z\n",
                                        "response    y, fitted as log(y)\n", "converged, 24 rows",
                                        "0.25  fixed\n"};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        REQUIRE(strstr(result->out, parts[k]), "%s is not in\n%s", parts[k], result->out);
}

/* ---- Damaged models ---- */

static void damaged_models_are_refused(void **state) {
    (void)state;
    write_data();
    DONE("d.csv", "--formula", "y = a*exp(-b*x) + c", "--out", "fit", "--no-plot", "-q");
    char *model = read_text("fit/model.json", NULL);
    static const char *const changes[][2] = {{"\"formula\": \"y = a", "\"formula\": \"y = q*a"},
                                             {"\"formula\": \"y = a", "\"formula\": \"y = (a"},
                                             {"\"ties\": []", "\"ties\": 3"},
                                             {"\"format_version\": 1", "\"format_version\": 9"},
                                             {"\"name\": \"b\"", "\"name\": \"d\""},
                                             {"\"columns\"", "\"rows\""},
                                             {"\"x\",", "\"X\","}};
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
        const char *place = strstr(model, changes[k][0]);
        assert_non_null(place);
        size_t size = strlen(model) + strlen(changes[k][1]) + 1;
        char *text = malloc(size);
        assert_non_null(text);
        snprintf(text, size, "%.*s%s%s", (int)(place - model), model, changes[k][1],
                 place + strlen(changes[k][0]));
        write_text("bad.json", text);
        REFUSED(DATA, "bad.json: not a model", "predict", "bad.json", "d.csv");
        REFUSED(DATA, "bad.json: not a model", "show", "bad.json");
        REFUSED(DATA, "bad.json: not a model", "export", "bad.json", "--c");
        free(text);
    }
    free(model);
}

/* ---- Export ---- */

static void compile(const char *main_source, const char *libraries) {
    char words[1200];
    write_text("main.c", main_source);
    snprintf(words, sizeof words, "%s -std=c99 -Wall -Wextra -Werror -O1 -o run main.c model.c %s -lm",
             MARQ_C_COMPILER, libraries);
    REQUIRE(system(words) == 0, "%s", words);
    REQUIRE(system("./run > out.csv") == 0, "the program fails");
}

/* main reads the inputs of the rows of p.csv and prints column y. */
static void check_source(const char *declaration, const char *call, const char *libraries, double tolerance) {
    table rows = read_table("p.csv");
    size_t inputs = rows.columns - 3;
    char source[20000], *at = source, *end = source + sizeof source;
    at += snprintf(at, (size_t)(end - at), "#include <stdio.h>\n%s\nint main(void) {\n    puts(\"y\");\n",
                   declaration);
    for (size_t i = 1; i < rows.rows; i++) {
        at += snprintf(at, (size_t)(end - at), "    { double y[1], x[] = {");
        for (size_t k = 0; k < inputs; k++) {
            const char *value = rows.cells[i * rows.columns + k];
            int is_group = strcmp(value, "first") == 0 ? 0 : strcmp(value, "second run") == 0 ? 1 : -1;
            if (is_group >= 0)
                at += snprintf(at, (size_t)(end - at), "%d, ", is_group);
            else
                at += snprintf(at, (size_t)(end - at), "%s, ", value);
        }
        at += snprintf(at, (size_t)(end - at), "}; %s; printf(\"%%.17g\\n\", y[0]); }\n", call);
    }
    snprintf(at, (size_t)(end - at), "    return 0;\n}\n");
    compile(source, libraries);
    table out = read_table("out.csv");
    assert_int_equal(out.rows, rows.rows);
    for (size_t i = 1; i < rows.rows; i++) {
        double is = number(&out, i, "y"), expected = number(&rows, i, "fitted");
        REQUIRE(fabs(is - expected) <= tolerance * fmax(1, fabs(expected)), "row %zu: %.17g, fitted %.17g", i,
                is, expected);
    }
    clear_table(&out);
    clear_table(&rows);
}

static void formulas_become_c(void **state) {
    (void)state;
    write_data();
    static const char *const formulas[] = {"y = a*exp(-b*x) + c*max(z, d) + (x < 1 ? a : b)*sqrt(abs(z))",
                                           "log(y) = a - b*x + c*z", "1/(y + 1) = a + b*x^2"};
    for (size_t i = 0; i < 3; i++) {
        DONE("d.csv", "--formula", formulas[i], "--out", "fit", "--no-plot", "-q");
        DONE("predict", "fit/model.json", "d.csv", "--out", "p.csv", "-q");
        DONE("export", "fit/model.json", "--c", "--out", "model.c");
        check_source("double model(const double *x);", "y[0] = model(x)", "", 1e-13);
    }
    DONE("d.csv", "--formula", "y = a*exp(-b*x) + c", "--group", "run", "--out", "fit", "--no-plot", "-q");
    DONE("predict", "fit/model.json", "d.csv", "--out", "p.csv", "-q");
    DONE("export", "fit/model.json", "--c", "--out", "model.c");
    check_source("double model(const double *x, int group);", "y[0] = model(x + 1, (int)x[0])", "", 1e-13);
}

static bool has_libcerf(void) {
    char words[600];
    write_text("cerf.c", "#include <cerf.h>\nint main(void) {\n    return voigt(0, 1, 1) < 0;\n}\n");
    snprintf(words, sizeof words, "%s -o cerf cerf.c -lcerf -lm > cerf.log 2>&1", MARQ_C_COMPILER);
    return system(words) == 0;
}

/* The head of the file says what to link, and that is enough. */
static void voigt_s_profile_needs_libcerf(void **state) {
    (void)state;
    write_data();
    const char *const formula = "y = voigt + polynomial(1)";
    DONE("d.csv", "--formula", formula, "--inputs", "x", "--start", "voigt_center=1", "--out", "fit",
         "--no-plot", "-q");
    DONE("predict", "fit/model.json", "d.csv", "--out", "p.csv", "-q");
    const command_result *r = DONE("export", "fit/model.json", "--c", "--out", "model.c");
    REQUIRE(strstr(r->err, "-lcerf"), "%s", r->err);
    char *text = read_text("model.c", NULL);
    REQUIRE(strncmp(text, "/* A formula that marq fitted: y = model(x), x: x.", 50) == 0, "%s", text);
    const char *advice = strstr(text, "link with -lcerf -lm");
    REQUIRE(advice && advice < strstr(text, "*/"), "%s", text);
    free(text);
    if (!has_libcerf()) skip();
    check_source("double model(const double *x);", "y[0] = model(x)", "-lcerf", 1e-12);
}

static void nets_become_c(void **state) {
    (void)state;
    write_data();
    static const char *const kinds[][2] = {{"tanh,sigmoid,linear", "range"},
                                           {"relu,tanh,linear", "standard"}};
    for (size_t i = 0; i < 2; i++) {
        DONE("d.csv", "--inputs", "x,z", "--outputs", "y", "--hidden", "5,4", "--activation", kinds[i][0],
             "--normalise", kinds[i][1], "--epochs", "5", "--out", "fit", "--no-plot", "-q");
        DONE("predict", "fit/model.json", "d.csv", "--out", "p.csv", "-q");
        DONE("export", "fit/model.json", "--c", "--out", "model.c");
        check_source("void model(const double *x, double *y);", "model(x, y)", "", 1e-12);
    }
    REFUSED(USAGE, "fit export MODEL.json --c", "export", "fit/model.json");
    REFUSED(USAGE, "fit export MODEL.json --c", "d.csv", "--c");
    REFUSED(DATA, "d.csv:1: not a JSON file", "export", "d.csv", "--c");
}

/* ---- --params ---- */

static void a_former_fit_gives_starts_bounds_and_what_is_fixed(void **state) {
    (void)state;
    write_data();
    DONE("d.csv", "--formula", "y = a*exp(-b*x) + c", "--fix", "c=0.5", "--bounds", "b=0.1:0.5", "--out",
         "fit", "--no-plot", "-q");
    json_t *report = parse_json(DONE("d.csv", "--formula", "y = a*exp(-b*x) + c + d*z", "--params",
                                     "fit/params.json", "--start", "a=9", "--json", "--no-plot")
                                    ->out);
    const json_t *list = value_at(report, "parameters", NULL);
    const json_t *a = json_array_get(list, 0), *b = json_array_get(list, 1), *c = json_array_get(list, 2);
    assert_true(number_at(a, "start", NULL) == 9);
    assert_true(number_at(b, "upper", NULL) == 0.5 && number_at(b, "lower", NULL) == 0.1);
    assert_true(json_is_true(value_at(c, "fixed", NULL)) && number_at(c, "value", NULL) == 0.5);
    json_decref(report);
    const command_result *result =
        DONE("d.csv", "--formula", "y = a + d*z", "--params", "fit/params.json", "--no-plot");
    assert_non_null(strstr(result->err, "the formula has no free parameter b: it is left out"));
    write_text("bad.json", "[1, 2]");
    REFUSED(DATA, "bad.json: no params.json", "d.csv", "--formula", "y = a*x", "--params", "bad.json",
            "--out", "new");
    REFUSED(USAGE, "--params is for --formula", "d.csv", "--params", "fit/params.json", "--out", "new");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_data_give_the_fit_s_own_predictions),
        IN_FOLDER(new_data_need_the_inputs_only),
        IN_FOLDER(groups_are_matched_by_name),
        IN_FOLDER(errors_are_told),
        IN_FOLDER(show_tells_the_formula),
        IN_FOLDER(damaged_models_are_refused),
        IN_FOLDER(formulas_become_c),
        IN_FOLDER(voigt_s_profile_needs_libcerf),
        IN_FOLDER(nets_become_c),
        IN_FOLDER(a_former_fit_gives_starts_bounds_and_what_is_fixed),
    };
    return cmocka_run_group_tests_name("command_formula_saved", tests, NULL, NULL);
}
