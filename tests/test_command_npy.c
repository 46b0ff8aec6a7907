/* NumPy's .npy files in place of CSV. The bytes are those of numpy.save (numpy.lib.format, version 1.0):
 * magic, version, length of the header, header padded with blanks to a multiple of 64, numbers. */
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3, ROWS = 90, COLUMNS = 3 };

#define QUICK "--hidden", "4", "--epochs", "5", "--no-plot", "-q"

/* a, b and a product; or a class of three. */
static void fill(double *values, bool classes) {
    for (int i = 0; i < ROWS; i++) {
        double *v = values + (size_t)i * COLUMNS;
        v[0] = (i * 37 % 90) / 64.0 - 0.75, v[1] = (i * 53 % 89) / 64.0 - 0.5; /* floats too */
        v[2] = classes ? (v[0] > 0.25) + (v[1] > 0) : v[0] * v[1];
    }
}

/* header NULL: that of the matrix. extra: bytes behind the numbers, or, below 0, fewer of them. */
static void write_npy(const char *path, const double *values, bool single, const char *header, int extra) {
    char text[400], *bytes = calloc(1, 10 + 400 + ROWS * COLUMNS * sizeof(double) + 64), *at = bytes + 10;
    snprintf(text, sizeof text, "{'descr': '<f%d', 'fortran_order': False, 'shape': (%d, %d), }",
             single ? 4 : 8, ROWS, COLUMNS);
    if (header) snprintf(text, sizeof text, "%s", header);
    size_t length = (10 + strlen(text) + 1 + 63) / 64 * 64 - 10;
    memcpy(bytes, "\x93NUMPY\1\0", 8);
    bytes[8] = (char)(length & 255), bytes[9] = (char)(length >> 8);
    memset(at, ' ', length);
    memcpy(at, text, strlen(text));
    at[length - 1] = '\n';
    at += length;
    for (size_t k = 0; k < ROWS * COLUMNS; k++) {
        float small = (float)values[k];
        memcpy(at, single ? (const void *)&small : &values[k], single ? 4 : 8);
        at += single ? 4 : 8;
    }
    write_bytes(path, bytes, (size_t)(at - bytes + extra));
    free(bytes);
}

static void write_csv(const char *path, const double *values) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < ROWS; i++)
        fprintf(file, "%.17g,%.17g,%.17g\n", values[3 * i], values[3 * i + 1], values[3 * i + 2]);
    assert_int_equal(fclose(file), 0);
}

static void a_matrix_is_fitted_as_its_csv_file(void **state) {
    (void)state;
    double values[ROWS * COLUMNS];
    fill(values, false);
    for (size_t i = 0; i < ROWS; i++) values[3 * i + 2] = (double)(float)values[3 * i + 2];
    write_csv("d.csv", values);
    write_npy("d.npy", values, false, NULL, 0);
    write_npy("s.npy", values, true, NULL, 0);
    DONE("d.csv", QUICK, "--out", "csv");
    DONE("d.npy", QUICK, "--out", "npy");
    DONE("s.npy", QUICK, "--out", "single");
    DONE("d.npy", QUICK, "--out", "stream", "--stream");
    check_same_files("csv/model.json", "npy/model.json");
    check_same_files("csv/model.json", "single/model.json");
    check_same_files("csv/model.json", "stream/model.json");
    check_same_files("csv/predictions.csv", "npy/predictions.csv");
    char *expected = strdup(DONE("predict", "csv/model.json", "d.csv")->out);
    assert_string_equal(DONE("predict", "csv/model.json", "d.npy")->out, expected);
    free(expected);
    DONE("d.npy", QUICK, "--inputs", "c2", "--outputs", "1", "--where", "c3 > 0", "--out", "npy");
}

static void classes_and_formulas_too(void **state) {
    (void)state;
    double values[ROWS * COLUMNS];
    fill(values, true);
    write_csv("d.csv", values);
    write_npy("d.npy", values, false, NULL, 0);
    DONE("d.csv", QUICK, "--loss", "cross-entropy", "--out", "csv");
    DONE("d.npy", QUICK, "--loss", "cross-entropy", "--out", "npy");
    DONE("d.npy", QUICK, "--loss", "cross-entropy", "--out", "stream", "--stream");
    check_same_files("csv/model.json", "npy/model.json");
    check_same_files("csv/model.json", "stream/model.json");
    DONE("d.npy", "--formula", "c3 = p*c1 + q", "--no-plot", "-q", "--out", "formula");
}

static void nan_is_missing_and_infinity_an_error(void **state) {
    (void)state;
    double values[ROWS * COLUMNS];
    fill(values, false);
    values[3 * 5 + 1] = (double)NAN;
    write_npy("d.npy", values, false, NULL, 0);
    REFUSED(DATA, "d.npy:6:2: a missing value in column c2", "d.npy", QUICK);
    const command_result *result = DONE("d.npy", QUICK, "--missing", "drop", "--json");
    assert_non_null(strstr(result->out, "1 row with missing cells left out"));
    values[3 * 7 + 2] = HUGE_VAL;
    write_npy("d.npy", values, false, NULL, 0);
    REFUSED(DATA, "d.npy:8:3: \"inf\" in column c3 is not finite", "d.npy", QUICK, "--missing", "drop");
}

static void other_arrays_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *header, *part;
        int extra;
    } wrong[] = {
        {"{'descr': '<i8', 'fortran_order': False, 'shape': (90, 3), }", "neither '<f8' nor '<f4'", 0},
        {"{'descr': '>f8', 'fortran_order': False, 'shape': (90, 3), }", "neither '<f8' nor '<f4'", 0},
        {"{'descr': '<f8', 'fortran_order': True, 'shape': (90, 3), }", "column by column", 0},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (270,), }", "not two dimensions", 0},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (30, 3, 3), }", "not two dimensions", 0},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 4000000000), }", "more than 100000 columns",
         0},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }", "has no row", 0},
        {"{'descr': '<f8', 'fortran_order': False, }", "not NumPy's", 0},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, 3), }",
         "not two dimensions", 0},
        {NULL, "ends in row 90 of 90", -1},
        {NULL, "goes on behind its last row", 8},
        {NULL, "ends within its header", -(10 + ROWS * COLUMNS * 8)},
    };
    double values[ROWS * COLUMNS];
    fill(values, false);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        write_npy("d.npy", values, false, wrong[k].header, wrong[k].extra);
        REFUSED(DATA, wrong[k].part, "d.npy", QUICK);
        REFUSED(DATA, wrong[k].part, "d.npy", QUICK, "--stream");
    }
    write_npy("d.npy", values, false, NULL, 0);
    REFUSED(USAGE, "--skip is for lines of text", "d.npy", QUICK, "--skip", "1");
}

/* The first bytes are looked at before the rest is read. */
static void short_files_are_still_text(void **state) {
    (void)state;
    write_bytes("none.csv", "", 0);
    REFUSED(DATA, "none.csv: the file holds no data", "none.csv", QUICK);
    write_text("one.csv", "1");
    REFUSED(DATA, "one.csv", "one.csv", QUICK);
    write_text("few.csv", "1,2\n3");
    REFUSED(DATA, "few.csv:2", "few.csv", QUICK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_matrix_is_fitted_as_its_csv_file),   IN_FOLDER(classes_and_formulas_too),
        IN_FOLDER(nan_is_missing_and_infinity_an_error), IN_FOLDER(other_arrays_are_refused),
        IN_FOLDER(short_files_are_still_text),
    };
    return cmocka_run_group_tests_name("command_npy", tests, NULL, NULL);
}
