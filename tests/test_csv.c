/* CSV in, as a specification: what is read, and what an error says and where. A table is compared in one
 * line, "names|row|row", with - for a missing value; expected values are written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csv/csv.h"
#include <base/file.h>
#include <base/memory.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/marq-test-csv-XXXXXX";
static char path[sizeof folder + 16];

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BYTES(text)  text, sizeof(text) - 1

static marq_status read_bytes(const char *bytes, size_t length, const csv_options *options, csv_table *table,
                              marq_error *error) {
    marq_text text = {0};
    marq_text_add_bytes(&text, bytes, length);
    assert_int_equal(marq_file_write(path, &text, error), MARQ_OK);
    marq_text_clear(&text);
    return csv_read(path, options, table, error);
}

/* "x,y|1,2|3,-" */
static char *render(const csv_table *table) {
    marq_text text = {0};
    for (size_t j = 0; j < table->columns; j++) marq_text_add(&text, "%s%s", j ? "," : "", table->names[j]);
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        marq_text_add(&text, i % table->columns ? "," : "|");
        if (isnan(table->values[i]))
            marq_text_add(&text, "-");
        else
            marq_text_add(&text, "%g", table->values[i]);
    }
    return text.data;
}

typedef struct good_case {
    const char *what, *bytes;
    size_t length;
    const char *expected;
    csv_options options;
} good_case;

/* .decimal 0 stands for the defaults */
static void check_good(const good_case *good) {
    csv_table table;
    marq_error error = {0};
    csv_options options = good->options.decimal ? good->options : csv_defaults();
    marq_status status = read_bytes(good->bytes, good->length, &options, &table, &error);
    if (status != MARQ_OK) fail_msg("%s: %s", good->what, error.message);
    char *got = render(&table);
    if (strcmp(got, good->expected) != 0) fail_msg("%s: %s instead of %s", good->what, got, good->expected);
    free(got);
    csv_clear(&table);
}

static void tables_that_are_read(void **state) {
    (void)state;
    /* clang-format off */
    static const good_case cases[] = {
        {"commas", BYTES("x,y\n1,2\n3,4\n"), "x,y|1,2|3,4", {0}},
        {"semicolons", BYTES("x;y\n1;2\n"), "x,y|1,2", {0}},
        {"tabs", BYTES("x\ty\n1\t2\n"), "x,y|1,2", {0}},
        {"tabs keep empty cells", BYTES("x\ty\tz\n1\t\t2\n"), "x,y,z|1,-,2", {0}},
        {"blanks: runs of spaces and tabs", BYTES("  x  y\n1 \t 2  \n 3 4\n"), "x,y|1,2|3,4", {0}},
        {"comma and space", BYTES("x, y\n1, 2\n"), "x,y|1,2", {0}},
        {"blanks in names", BYTES("time (s), heat (J)\n1, 2\n"), "time (s),heat (J)|1,2", {0}},
        {"one column", BYTES("time (s)\n1\n2\n"), "time (s)|1|2", {0}},
        {"no line end at the end", BYTES("1,2\n3,4"), "c1,c2|1,2|3,4", {0}},
        {"no header", BYTES("1,2\n3,4\n"), "c1,c2|1,2|3,4", {0}},
        {"missing words are no header", BYTES("NA,1\n2,3\n"), "c1,c2|-,1|2,3", {0}},
        {"missing words beside text are", BYTES("NA,y\n2,3\n"), "NA,y|2,3", {0}},
        {"missing: empty, NA, NaN, null", BYTES("x,y\n,NA\nnan,NULL\n null ,-NaN\n"), "x,y|-,-|-,-|-,-", {0}},
        {"comments and blank lines", BYTES("# a\n\nx,y\n  # b\n1,2\n \t\n3,4\n#"), "x,y|1,2|3,4", {0}},
        {"CRLF", BYTES("x,y\r\n1,2\r\n\r\n3,4\r\n"), "x,y|1,2|3,4", {0}},
        {"lone CR", BYTES("x,y\r1,2\r3,4\r"), "x,y|1,2|3,4", {0}},
        {"BOM", BYTES("\xEF\xBB\xBFx,y\n1,2\n"), "x,y|1,2", {0}},
        {"quoted numbers are numbers", BYTES("\"1.5\",\" 2 \"\n\"3\",4\n"), "c1,c2|1.5,2|3,4", {0}},
        {"quoted names", BYTES("\"x, cm\",\"the \"\"y\"\"\"\n1,2\n"), "x, cm,the \"y\"|1,2", {0}},
        {"a line end in a name becomes a blank", BYTES("\"x\ncm\",y\n1,2\n"), "x cm,y|1,2", {0}},
        {"quotes among blanks", BYTES("\"x y\" z\n1 2\n"), "x y,z|1,2", {0}},
        {"a quote inside a cell is a sign", BYTES("5\" pipe,y\n1,2\n"), "5\" pipe,y|1,2", {0}},
        {"UTF-8 names", BYTES("θ (°),y\n1,2\n"), "θ (°),y|1,2", {0}},
        {"Latin-1 names become UTF-8", BYTES("T (\xB0" "C),y\n1,2\n"), "T (°C),y|1,2", {0}},
        {"unnamed columns", BYTES(",y,\n1,2,3\n"), "c1,y,c3|1,2,3", {0}},
        {"unnamed beside a column called c1", BYTES(",c1\n1,2\n"), "c1_1,c1|1,2", {0}},
        {"duplicate names", BYTES("x,x,x_2,x\n1,2,3,4\n"), "x,x_2,x_2_3,x_4|1,2,3,4", {0}},
        {"a separator at every line's end", BYTES("x,y,\n1,2,\n3,4,\n"), "x,y|1,2|3,4", {0}},
        {"the same without header", BYTES("1,2,\n3,4,\n"), "c1,c2|1,2|3,4", {0}},
        {"at the header's end only", BYTES("x,y,\n1,2\n3,4\n"), "x,y|1,2|3,4", {0}},
        {"at every end but the header's", BYTES("x,y\n1,2,\n3,4,\n"), "x,y|1,2|3,4", {0}},
        {"an empty column with a name stays", BYTES("x,y\n1,\n3,\n"), "x,y|1,-|3,-", {0}},
        {"an unnamed column with values stays", BYTES("x,y,\n1,2,5\n3,4,\n"), "x,y,c3|1,2,5|3,4,-", {0}},
        {"numbers of all forms", BYTES("+1,-.5,5.,1e3\n1E-3,1e+2,-0,007\n"),
         "c1,c2,c3,c4|1,-0.5,5,1000|0.001,100,-0,7", {0}},
        {"too small is zero", BYTES("1e-999,1\n"), "c1,c2|0,1", {0}},
        {"decimal comma", BYTES("x;y\n1,5;2,25\n3;-,5\n"), "x,y|1.5,2.25|3,-0.5",
         {.decimal = ',', .comment = '#'}},
        {"decimal comma, blanks", BYTES("1,5 2\n3 4,5\n"), "c1,c2|1.5,2|3,4.5",
         {.decimal = ',', .comment = '#'}},
        {"decimal comma, one column", BYTES("x\n1,5\n2,5\n"), "x|1.5|2.5", {.decimal = ',', .comment = '#'}},
        {"decimal comma, quoted among commas", BYTES("\"1,5\",2\n"), "c1,c2|1.5,2",
         {.decimal = ',', .separator = ',', .comment = '#'}},
        {"a separator of one's own", BYTES("1|2\n3|4\n"), "c1,c2|1,2|3,4", {.decimal = '.', .separator = '|'}},
        {"a comment sign of one's own", BYTES("% a,b,c\n1,2\n"), "c1,c2|1,2", {.decimal = '.', .comment = '%'}},
        {"skipped lines", BYTES("Device \"7\nx\n\nx,y\n1,2\n"), "x,y|1,2", {.decimal = '.', .skip = 3}},
        {"text is missing until the column is used", BYTES("x,label\n1,a\n2,3\n"), "x,label|1,-|2,3", {0}},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) check_good(&cases[i]);
}

/* All of an error's message stands behind the file's name; words must occur in it. */
typedef struct bad_case {
    const char *bytes;
    size_t length;
    const char *place, *words;
    csv_options options;
} bad_case;

static void check_message(const char *message, const char *place, const char *words) {
    size_t length = strlen(path);
    if (strncmp(message, path, length) != 0 || strncmp(message + length, place, strlen(place)) != 0)
        fail_msg("%s: not at %s", message, place);
    if (!strstr(message, words)) fail_msg("%s: does not say %s", message, words);
    for (const char *at = message; *at; at++) assert_true((unsigned char)*at >= ' ' && *at != 0x7F);
}

static void check_bad(const bad_case *bad) {
    csv_table table;
    marq_error error = {0};
    csv_options options = bad->options.decimal ? bad->options : csv_defaults();
    marq_status status = read_bytes(bad->bytes, bad->length, &options, &table, &error);
    if (status != MARQ_ERROR_DATA) fail_msg("%s is no error", bad->place);
    check_message(error.message, bad->place, bad->words);
    assert_int_equal(table.rows, 0);
    assert_null(table.values);
}

static void files_that_are_refused(void **state) {
    (void)state;
    /* clang-format off */
    static const bad_case cases[] = {
        {BYTES(""), ": ", "the file holds no data", {0}},
        {BYTES("\xEF\xBB\xBF"), ": ", "the file holds no data", {0}},
        {BYTES("# a\n\n"), ": ", "only comments", {0}},
        {BYTES("1,2\n"), ": ", "lower --skip 2", {.decimal = '.', .skip = 2}},
        {BYTES("\n\nx,y\n"), ":3: ", "a header, but no row", {0}},
        {BYTES("x,y\n1,2\n3\n4,5\n"), ":3:2: ",
         "the row has 1 cell, the header on line 1 has 2 (separator: comma): complete or delete the row", {0}},
        {BYTES("x\n1,5\n2,5\n"), ":2:2: ", "if commas are decimal signs, add --decimal ,;", {0}},
        {BYTES("\n \t\n"), ": ", "the file holds no data", {0}},
        {BYTES("x,y\n1,2\n\n3,4,5\n"), ":4:3: ", "has 3 cells, the header on line 1 has 2", {0}},
        {BYTES("1;2\n3;4\n5\n"), ":3:2: ", "the first row on line 1 has 2 (separator: semicolon)", {0}},
        {BYTES("Device 7\nx;y;z\n1;2;3\n"), ":2:2: ", "leave the lines above it out with --skip", {0}},
        {BYTES("x,y\n1,2,\n3,4,5\n"), ":3:3: ", "the header on line 1 has 2", {0}},
        {BYTES("x,y\n1,2\n\"3,4\n5,6\n"), ":3:1: ", "never closed", {0}},
        {BYTES("x,y\n1,\"2\"3\n"), ":2:2: ", "text behind the closing quote", {0}},
        {BYTES("x,y\n1,2\0\n"), ":2:2: ", "NUL", {0}},
        {BYTES("x,y\n1,\"2\0\"\n"), ":2:2: ", "NUL", {0}},
        {BYTES("\xFF\xFEx\0,\0y\0\n\0"), ":1:1: ", "UTF-16", {0}},
        {BYTES("\xFE\xFF\0x\0,\0y\0\n"), ":1:1: ", "UTF-16", {0}},
        {BYTES("x\0,\0y\0\n\0"), ":1:1: ", "save the table as CSV in UTF-8", {0}},
        {BYTES("\"a\rb\",c\r1,2\r3\n"), ":4:2: ", "the row has 1 cell", {0}},
        {BYTES("\"a\nb\",c\r\n1,2\r3\n"), ":4:2: ", "the row has 1 cell", {0}}, /* lines within quotes count */
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) check_bad(&cases[i]);
}

/* What spoils one column: an error only if the column is in use. Here the last column is. */
static void check_column(const bad_case *bad) {
    csv_table table;
    marq_error error = {0};
    csv_options options = bad->options.decimal ? bad->options : csv_defaults();
    if (read_bytes(bad->bytes, bad->length, &options, &table, &error) != MARQ_OK)
        fail_msg("%s", error.message);
    size_t first = 0, last = table.columns - 1, dropped = 7;
    assert_int_equal(csv_check(&table, &first, 1, CSV_MISSING_KEEP, NULL, NULL), MARQ_OK);
    assert_int_equal(csv_check(&table, &last, 1, CSV_MISSING_ERROR, &dropped, &error), MARQ_ERROR_DATA);
    check_message(error.message, bad->place, bad->words);
    assert_int_equal(dropped, 0);
    csv_clear(&table);
}

static void cells_that_are_refused_in_use(void **state) {
    (void)state;
    /* clang-format off */
    static const bad_case cases[] = {
        {BYTES("x,y\n1,2\n\n3,abc\n4,d\n"), ":4:2: ",
         "\"abc\" in column y is not a number: correct it, empty it and add --missing drop, or choose columns", {0}},
        {BYTES("x,y\n1,red\n2,blue\n"), ":2:2: ", "\"red\" in column y is not a number: correct it", {0}},
        {BYTES("x,y\n1,\n"), ":2:2: ",
         "a missing value in column y: fill it in, or leave out such rows with", {0}},
        {BYTES("1,2\n1,null\n"), ":2:2: ", "a missing value in column c2", {0}},
        {BYTES("1,2\n3,inf\n"), ":2:2: ", "\"inf\" in column c2 is not finite", {0}},
        {BYTES("1,-Infinity\n3,4\n"), ":1:2: ", "\"-Infinity\" in column c2 is not finite",
         {0}}, /* no header */
        {BYTES("1,1e999\n3,4\n"), ":1:2: ", "\"1e999\" in column c2 is too large for a double", {0}},
        {BYTES("1,2\n3,0x10\n"), ":2:2: ", "\"0x10\" in column c2 is not a number", {0}},
        {BYTES("1,2\n3,1 000\n"), ":2:2: ", "\"1 000\" in column c2 is not a number", {0}},
        {BYTES("1,2\n3,2 # why\n"), ":2:2: ", "\"2 # why\"", {0}},
        {BYTES("x;y\n1;2,5\n"), ":2:2: ", "\"2,5\" in column y has a decimal comma: add --decimal ,", {0}},
        {BYTES("x,y\n1,\"2,5\"\n"), ":2:2: ", "add --decimal , --separator ,", {0}},
        {BYTES("1;2,5\n3;4,5\n"), ":1:2: ", "\"2,5\" in column c2 has a decimal comma", {0}}, /* no header */
        {BYTES("x;y\n1;2.5\n"), ":2:2: ", "has a decimal point: leave out --decimal ,", {.decimal = ','}},
        {BYTES("x,y\n,m\n1,2\n"), ":2:2: ",
         "if line 2 holds units, delete it, or read from below it with --skip 2", {0}},
        {BYTES("x,y\n1,\"a\n\t\x01\xC3\"\n"), ":2:2: ", "\"a\\x0A\\x09\\x01\\xC3\" in", {0}}, /* one line */
        {BYTES("x,y\n1,0123456789012345678901234567890123456789x\n"), ":2:2: ",
         "\"01234567890123456789012345678901…\"", {0}},
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) check_column(&cases[i]);
}

static csv_table read_good(const char *text) {
    csv_table table;
    marq_error error = {0};
    if (read_bytes(text, strlen(text), NULL, &table, &error) != MARQ_OK) fail_msg("%s", error.message);
    return table;
}

static void the_first_trouble_in_the_file_is_the_error(void **state) {
    (void)state;
    csv_table table = read_good("a,b,c\n1,2,3\n1,2,oops\n1,no,3\n,2,3\n");
    marq_error error = {0};
    size_t columns[] = {0, 1, 2};
    assert_int_equal(csv_check(&table, columns, 3, CSV_MISSING_DROP, NULL, &error), MARQ_ERROR_DATA);
    check_message(error.message, ":3:3: ", "\"oops\" in column c");
    assert_int_equal(csv_check(&table, columns, 2, CSV_MISSING_KEEP, NULL, &error), MARQ_ERROR_DATA);
    check_message(error.message, ":4:2: ", "\"no\" in column b");
    csv_clear(&table);
}

static void rows_with_missing_cells_can_be_dropped(void **state) {
    (void)state;
    csv_table table = read_good("a,b,c\n,1,\n1,,2\n\n2,2,\n3,3,3\n");
    size_t used[] = {0, 2}, dropped = 0;
    marq_error error = {0};
    assert_int_equal(csv_check(&table, used, 2, CSV_MISSING_KEEP, &dropped, &error), MARQ_OK);
    assert_int_equal(table.rows, 4);
    assert_int_equal(csv_check(&table, used, 2, CSV_MISSING_ERROR, &dropped, &error), MARQ_ERROR_DATA);
    check_message(error.message, ":2:1: ", "column a");
    assert_int_equal(csv_check(&table, used, 2, CSV_MISSING_DROP, &dropped, &error), MARQ_OK);
    assert_int_equal(dropped, 2);
    char *got = render(&table);
    assert_string_equal(got, "a,b,c|1,-,2|3,3,3");
    free(got);
    assert_int_equal(table.lines[0], 3); /* the lines go with the rows */
    assert_int_equal(table.lines[1], 6);
    csv_clear(&table);

    table = read_good("a,b\n1,\n2,\n");
    used[0] = 1;
    assert_int_equal(csv_check(&table, used, 1, CSV_MISSING_DROP, &dropped, &error), MARQ_ERROR_DATA);
    check_message(error.message, ": ", "--missing drop leaves none");
    csv_clear(&table);
}

static void columns_are_found_by_name_or_number(void **state) {
    (void)state;
    csv_table table = read_good("x,2,y\n1,2,3\n");
    assert_int_equal(csv_find_column(&table, "y"), 2);
    assert_int_equal(csv_find_column(&table, "1"), 0);
    assert_int_equal(csv_find_column(&table, "2"), 1); /* the name, which is also the number */
    assert_int_equal(csv_find_column(&table, "3"), 2);
    static const char *const none[] = {"0", "4", "-1", "1x", " 1", "Y", "", "99999999999999999999999"};
    for (size_t i = 0; i < COUNT(none); i++) assert_int_equal(csv_find_column(&table, none[i]), -1);
    csv_clear(&table);
}

static void check_warning(const char *text, const char *place, const char *words) {
    csv_table table = read_good(text);
    assert_int_equal(table.warning_count, words ? 1 : 0);
    if (words) check_message(table.warnings[0], place, words);
    csv_clear(&table);
}

static void what_was_guessed_is_warned_of(void **state) {
    (void)state;
    check_warning("x,y\n1,2\n", NULL, NULL);
    check_warning("#\nx,x,x\n1,2,3\n",
                  ":2:2: ", "this column's name is taken: it is read as x_2 (and 1 more like it)");
    check_warning("T \xB0,y\n1,2\n", ":1: ", "the header is not UTF-8: taken as Latin-1");
    check_warning("x,y,\n1,2,\n", ": ", "the last column has no name and no values: it is left out");
    check_warning("a,1.5\nb,2.5\n", ":1: ", "numbers beside text: it is taken as the header");
}

static void what_cannot_be_opened_is_a_read_error(void **state) {
    (void)state;
    csv_table table;
    marq_error error = {0};
    assert_int_equal(csv_read("/nowhere/data.csv", NULL, &table, &error), MARQ_ERROR_READ);
    assert_string_equal(error.message, "/nowhere/data.csv: No such file or directory");
    assert_int_equal(csv_read(folder, NULL, &table, &error), MARQ_ERROR_READ);
    assert_non_null(strstr(error.message, "Is a directory"));
}

static void options_that_make_no_sense_are_refused(void **state) {
    (void)state;
    static const csv_options bad[] = {{.decimal = ';'},
                                      {.decimal = '.', .separator = '5'},
                                      {.decimal = '.', .separator = '"'},
                                      {.decimal = '.', .separator = 'e'},
                                      {.decimal = '.', .separator = '\xC3'},
                                      {.decimal = '.', .separator = '#', .comment = '#'},
                                      {.decimal = '.', .comment = '-'}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        csv_table table;
        marq_error error = {0};
        assert_int_equal(csv_read("-", &bad[i], &table, &error), MARQ_ERROR_ARGUMENT);
        assert_true(strlen(error.message) > 10);
    }
}

/* Names, kinds of cells and numbers depend on no locale (skipped silently where de_DE is not installed). */
static void the_locale_does_not_matter(void **state) {
    static const char *const locales[] = {"de_DE.UTF-8", "de_DE", "tr_TR.UTF-8"};
    for (size_t i = 0; i < COUNT(locales); i++) {
        if (!setlocale(LC_ALL, locales[i])) continue;
        tables_that_are_read(state);
        cells_that_are_refused_in_use(state);
    }
    setlocale(LC_ALL, "C");
}

/* A file is read by parts of 4 MB. A comment ends at each place of a row around the first part's end, so that
 * this is within a row, between two, and behind a line end in quotes. */
static void rows_may_lie_across_parts(void **state) {
    (void)state;
    enum { PART = 1 << 22, ROWS = 20 };
    static const char row[] = "1,\"a\nb\",2\n";
    for (size_t place = 0; place < sizeof row; place++) {
        marq_text text = {0};
        marq_text_add(&text, "x,name,y\n#");
        while (text.length < PART - 5 * (sizeof row - 1) - place) marq_text_add_bytes(&text, ".", 1);
        marq_text_add(&text, "\n");
        for (size_t i = 0; i < ROWS; i++) marq_text_add_bytes(&text, row, sizeof row - 1);
        csv_table table;
        marq_error error = {0};
        assert_int_equal(marq_file_write(path, &text, &error), MARQ_OK);
        marq_text_clear(&text);
        assert_int_equal(csv_read(path, NULL, &table, &error), MARQ_OK);
        assert_int_equal(table.rows, ROWS);
        assert_int_equal(table.lines[ROWS - 1], 2 * ROWS + 1);
        for (size_t i = 0; i < ROWS; i++)
            assert_true(table.values[3 * i] == 1 && table.values[3 * i + 2] == 2);
        csv_clear(&table);
    }
}

static void data_may_begin_beyond_the_first_part(void **state) {
    (void)state;
    marq_text text = {0};
    for (size_t i = 0; i < 500000; i++) marq_text_add_bytes(&text, "# comment\n", 10);
    marq_text_add(&text, "x,y\n1,2\n");
    csv_table table;
    marq_error error = {0};
    assert_int_equal(marq_file_write(path, &text, &error), MARQ_OK);
    assert_int_equal(csv_read(path, NULL, &table, &error), MARQ_OK);
    assert_string_equal(table.names[1], "y");
    assert_int_equal(table.lines[0], 500002);
    csv_clear(&table);
    marq_text_add(&text, "3,\"4");
    assert_int_equal(marq_file_write(path, &text, &error), MARQ_OK);
    assert_int_equal(csv_read(path, NULL, &table, &error), MARQ_ERROR_DATA);
    assert_non_null(strstr(error.message, ":500003:2"));
    marq_text_clear(&text);
}

static double seconds_to_read(size_t rows, const char *row) {
    marq_text text = {0};
    for (size_t i = 0; i < rows; i++) marq_text_add_bytes(&text, row, strlen(row));
    csv_table table;
    marq_error error = {0};
    assert_int_equal(marq_file_write(path, &text, &error), MARQ_OK);
    marq_text_clear(&text);
    clock_t start = clock(); /* the processor's time: a busy machine does not count */
    assert_int_equal(csv_read(path, NULL, &table, &error), MARQ_OK);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_int_equal(table.rows, rows);
    assert_true(table.values[3 * rows - 1] == -0.75);
    csv_clear(&table);
    return seconds;
}

/* Eight times the rows may take 8 times as long, not 64 times; the bound is loose. */
static void time_grows_with_the_size_only(void **state) {
    (void)state;
    static const char row[] = "0.12345678901234567,1e-3,-0.75\n";
    double small = seconds_to_read(20000, row), large = seconds_to_read(160000, row);
    if (large > 30.0 * small + 0.1) fail_msg("%g s for 20000 rows, %g s for 160000", small, large);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    marq_format(path, sizeof path, "%s/data.csv", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder); /* fails if anything else was left there */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_that_are_read),
        cmocka_unit_test(files_that_are_refused),
        cmocka_unit_test(cells_that_are_refused_in_use),
        cmocka_unit_test(the_first_trouble_in_the_file_is_the_error),
        cmocka_unit_test(rows_with_missing_cells_can_be_dropped),
        cmocka_unit_test(columns_are_found_by_name_or_number),
        cmocka_unit_test(what_was_guessed_is_warned_of),
        cmocka_unit_test(what_cannot_be_opened_is_a_read_error),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
        cmocka_unit_test(the_locale_does_not_matter),
        cmocka_unit_test(rows_may_lie_across_parts),
        cmocka_unit_test(data_may_begin_beyond_the_first_part),
        cmocka_unit_test(time_grows_with_the_size_only),
    };
    return cmocka_run_group_tests_name("csv", tests, make_folder, remove_folder);
}
