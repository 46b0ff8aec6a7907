/* Fuzz target of the CSV reader (clang -fsanitize=fuzzer,address,undefined). The first byte chooses the
 * options, the rest is the file. Beyond not crashing: what was read keeps the promises of csv.h, reading it
 * back from the CSV that it makes gives the same values, and what was refused says why in one line. */
#include "csv/csv.h"
#include "require_fuzz.h"
#include <base/text.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static csv_options choose(unsigned byte) {
    static const char separators[] = {0, 0, ',', ';', '\t', ' ', '|', ':'};
    csv_options options = csv_defaults();
    options.separator = separators[byte & 7];
    if (byte & 8) options.decimal = ',';
    if (byte & 16) options.comment = 0;
    options.skip = byte >> 6;
    return options;
}

static void check_table(const csv_table *table) {
    REQUIRE(table->rows > 0 && table->columns > 0 && table->values && table->lines);
    for (size_t i = 1; i < table->rows; i++) REQUIRE(table->lines[i] > table->lines[i - 1]);
    for (size_t i = 0; i < table->rows * table->columns; i++) REQUIRE(!isinf(table->values[i]));
    for (size_t i = 0; i < table->warning_count; i++) fuzz_check_line(table->warnings[i]);
    for (size_t j = 0; j < table->columns; j++) {
        fuzz_check_line(table->names[j]);
        if (j < 64) REQUIRE(csv_find_column(table, table->names[j]) == (long)j);
        if (table->troubles[j].message) fuzz_check_line(table->troubles[j].message);
    }
}

static void add_name(marq_text *text, const char *name) {
    marq_text_add(text, "\"");
    for (; *name; name++) marq_text_add_bytes(text, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    marq_text_add(text, "\"");
}

static marq_text write_table(const csv_table *table) {
    marq_text text = {0};
    marq_text_add(&text, "\"first\"");
    for (size_t j = 0; j < table->columns; j++) {
        marq_text_add(&text, ",");
        add_name(&text, table->names[j]);
    }
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        marq_text_add(&text, i % table->columns ? "," : "\n0,");
        if (!isnan(table->values[i])) marq_text_add_number(&text, table->values[i]);
    }
    return text;
}

/* A first column in front keeps the header one and its lines from being blank or comments. */
static void check_round_trip(const csv_table *table) {
    marq_text text = write_table(table);
    csv_options options = csv_defaults();
    csv_table again;
    options.separator = ',';
    REQUIRE(csv_read(fuzz_file(text.data, text.length), &options, &again, NULL) == MARQ_OK);
    REQUIRE(again.rows == table->rows && again.columns == table->columns + 1);
    for (size_t j = 0; j < table->columns; j++) {
        if (strcmp(table->names[j], "first") != 0 && strncmp(table->names[j], "first_", 6) != 0)
            REQUIRE(strcmp(again.names[j + 1], table->names[j]) == 0);
        for (size_t i = 0; i < table->rows; i++) {
            double was = table->values[i * table->columns + j], is = again.values[i * again.columns + j + 1];
            REQUIRE((isnan(was) && isnan(is)) || memcmp(&was, &is, sizeof was) == 0);
        }
    }
    csv_clear(&again);
    marq_text_clear(&text);
}

static void check_columns(csv_table *table) {
    size_t columns[] = {0, table->columns - 1}, rows = table->rows, dropped = 0;
    marq_error error = {0};
    if (csv_check(table, columns, 2, CSV_MISSING_ERROR, NULL, &error) != MARQ_OK)
        fuzz_check_line(error.message);
    marq_status status = csv_check(table, columns, 2, CSV_MISSING_DROP, &dropped, &error);
    REQUIRE(rows == table->rows + dropped);
    if (status != MARQ_OK) return;
    for (size_t i = 0; i < table->rows; i++) REQUIRE(!isnan(table->values[i * table->columns]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    csv_options options = choose(data[0]);
    csv_table table;
    marq_error error = {0};
    marq_status status = csv_read(fuzz_file(data + 1, size - 1), &options, &table, &error);
    if (status == MARQ_OK) {
        check_table(&table);
        check_round_trip(&table);
        check_columns(&table);
    } else {
        REQUIRE(status == MARQ_ERROR_DATA);
        fuzz_check_line(error.message);
        REQUIRE(!table.values && !table.names && !table.file);
    }
    csv_clear(&table);
    return 0;
}
