/* Fuzz target of formulas (clang -fsanitize=fuzzer,address,undefined). The first byte chooses the kind, then
 * come the text and, on lines of their own, ties. Beyond not crashing: what was refused says why in one line
 * and where; what was read has the same bits alone, with its derivatives, and row by row; it says where it is
 * not finite; and read back from the text that it prints it has the same values. */
#include "require_fuzz.h"

#include <marq/formula.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 37, COLUMNS = 4, MOST_TIES = 8 };

static const char *const columns[COLUMNS] = {"x", "z", "y", "t in s"};
static double table[ROWS * COLUMNS];
static const double *pointers[COLUMNS] = {table, table + 1, table + 2, table + 3};
static const marq_formula_data rows = {.columns = pointers, .stride = COLUMNS, .rows = ROWS};

static void fill_table(void) {
    for (int i = 0; i < ROWS; i++) {
        table[i * COLUMNS] = 0.25 * (i - 3);
        table[i * COLUMNS + 1] = i % 5 - 1;
        table[i * COLUMNS + 2] = 1 + i * i;
        table[i * COLUMNS + 3] = 1e3 + i;
    }
}

static int same(double a, double b) {
    return (isnan(a) && isnan(b)) || a == b;
}

/* Of texts that say the same: products and sums may be in another order. */
static int is_near(double a, double b) {
    return same(a, b) || fabs(a - b) <= 1e-6 * fmax(fabs(a), fabs(b)) || !isfinite(a) || !isfinite(b);
}

static void check_line(const char *line) {
    REQUIRE(*line);
    REQUIRE(!strpbrk(line, "\r\n"));
}

static void check_failure(marq_status status, const marq_formula_options *options, const char *text,
                          const marq_formula_place *place, const marq_error *error) {
    char mark[256];
    REQUIRE(status == MARQ_ERROR_FORMAT);
    check_line(error->message);
    const char *of = place->tie == MARQ_FORMULA_NONE ? text : options->ties[place->tie];
    REQUIRE(place->tie == MARQ_FORMULA_NONE || place->tie < options->tie_count);
    REQUIRE(place->position + place->length <= strlen(of) + 1);
    REQUIRE(strchr(marq_formula_mark(of, place, mark, sizeof mark), '^'));
}

/* A row alone has other bits where a vector of sines goes by its largest argument. */
static int has_own_rows(const char *text) {
    return !strstr(text, "sin") && !strstr(text, "cos") && !strstr(text, "tan");
}

static void check_rows(const marq_formula *formula, const double *theta, int own_rows, double *value) {
    size_t n = marq_formula_parameter_count(formula);
    double again[ROWS], one, *gradient = calloc(ROWS * (n + 1), sizeof *gradient);
    REQUIRE(gradient);
    marq_formula_evaluate(formula, &rows, theta, 0, ROWS, value);
    marq_formula_gradient(formula, &rows, theta, 0, ROWS, again, gradient, n);
    for (size_t i = 0; i < ROWS; i++) {
        REQUIRE(same(value[i], again[i]));
        marq_formula_evaluate(formula, &rows, theta, i, 1, &one);
        REQUIRE(!own_rows || same(value[i], one));
    }
    free(gradient);
}

static void check_trouble(const marq_formula *formula, const double *theta, const double *value) {
    size_t first = 0;
    while (first < ROWS && isfinite(value[first])) first++;
    marq_formula_trouble trouble;
    int found = marq_formula_find_trouble(formula, &rows, theta, 0, ROWS, &trouble);
    REQUIRE(found || first == ROWS);
    if (!found) return;
    REQUIRE(trouble.row <= first && trouble.row < ROWS);
    check_line(trouble.message);
}

static void check_response(const marq_formula *formula) {
    double left[ROWS], back[ROWS];
    if (marq_formula_response(formula) == MARQ_FORMULA_NONE) return;
    marq_formula_left(formula, &rows, 0, ROWS, left);
    marq_formula_back(formula, &rows, 0, ROWS, left, back, NULL);
}

static void check_texts(const marq_formula *formula, const marq_formula_options *options, const double *theta,
                        const double *value) {
    char *text = marq_formula_text(formula), *source = marq_formula_c_source(formula, "f");
    REQUIRE(text && source);
    marq_formula_options again_options = *options;
    again_options.ties = NULL, again_options.tie_count = 0;
    marq_formula *again = NULL;
    marq_error error = {0};
    double other[ROWS], moved[501];
    marq_status status = marq_formula_parse(text, &again_options, &again, NULL, &error);
    if (status == MARQ_OK) {
        for (size_t j = 0; j < marq_formula_parameter_count(again); j++) {
            size_t k = marq_formula_find_parameter(formula, marq_formula_parameter_name(again, j));
            REQUIRE(k != MARQ_FORMULA_NONE);
            moved[j] = theta[k];
        }
        marq_formula_evaluate(again, &rows, moved, 0, ROWS, other);
        for (size_t i = 0; i < ROWS; i++) REQUIRE(is_near(value[i], other[i]));
    }
    marq_formula_destroy(again);
    free(text);
    free(source);
    for (size_t j = 0; j < marq_formula_parameter_count(formula) && j < 4; j++)
        free(marq_formula_derivative_text(formula, j));
}

static void check_formula(const marq_formula *formula, const char *text,
                          const marq_formula_options *options) {
    double theta[501], value[ROWS], slopes[ROWS * COLUMNS];
    unsigned char linear[501];
    size_t n = marq_formula_parameter_count(formula);
    REQUIRE(n <= 500);
    for (size_t j = 0; j < n; j++) theta[j] = 0.5 + 0.37 * (double)(j % 7);
    REQUIRE(marq_formula_linear(formula, NULL, linear) <= n);
    check_rows(formula, theta, has_own_rows(text), value);
    if (options->kind == MARQ_FORMULA_MODEL) {
        check_trouble(formula, theta, value);
        check_response(formula);
        marq_formula_slopes(formula, &rows, theta, 0, ROWS, slopes, COLUMNS);
    }
    check_texts(formula, options, theta, value);
}

/* Cuts the text into lines: the first is the formula, the others are ties. */
static size_t cut_ties(char *text, const char **ties) {
    size_t count = 0;
    for (char *end = strchr(text, '\n'); end && count < MOST_TIES; end = strchr(end + 1, '\n')) {
        *end = '\0';
        ties[count++] = end + 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const parameters[] = {"a", "b", "c"};
    if (size == 0) return 0;
    fill_table();
    char *text = calloc(size, 1);
    const char *ties[MOST_TIES];
    REQUIRE(text);
    memcpy(text, data + 1, size - 1);
    marq_formula_options options = marq_formula_options_default();
    options.kind = (marq_formula_kind)(data[0] % 3);
    options.columns = columns, options.column_count = COLUMNS;
    options.parameters = parameters, options.parameter_count = 3;
    if (data[0] & 4) options.response = 2;
    if (options.kind != MARQ_FORMULA_COLUMNS) options.tie_count = cut_ties(text, ties);
    options.ties = ties;
    marq_formula *formula = NULL;
    marq_formula_place place = {.tie = MARQ_FORMULA_NONE};
    marq_error error = {0};
    marq_status status = marq_formula_parse(text, &options, &formula, &place, &error);
    if (status == MARQ_OK)
        check_formula(formula, text, &options);
    else
        check_failure(status, &options, text, &place, &error);
    marq_formula_destroy(formula);
    free(text);
    return 0;
}
