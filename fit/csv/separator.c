/* Finds the separator: each candidate reads the first rows, and the one wins with which most rows have the
 * same number of cells (two or more) and most cells are numbers. Among equals the first one of the list. */
#include "csv/inside.h"

#include <stdlib.h>

enum { SAMPLE = 50 };

typedef struct sample {
    size_t rows;
    size_t cells[SAMPLE], numbers[SAMPLE]; /* of a row */
} sample;

static size_t count_numbers(const csv_row *row, char decimal) {
    size_t count = 0;
    double value;
    for (size_t i = 0; i < row->count; i++)
        count += csv_cell_read(&row->cells[i], decimal, &value) != CSV_WORDS;
    return count;
}

/* A bad row ends the sample: reading will find it again and report it. */
static sample take_sample(csv_scanner scanner, char separator, char decimal, csv_row *row) {
    sample taken = {0};
    csv_scanner_separate(&scanner, separator);
    while (taken.rows < SAMPLE && csv_next_row(&scanner, row) == CSV_SCAN_ROW) {
        taken.cells[taken.rows] = row->count;
        taken.numbers[taken.rows++] = count_numbers(row, decimal);
    }
    return taken;
}

/* How many rows have that many cells. */
static size_t count_rows(const sample *taken, size_t cells) {
    size_t count = 0;
    for (size_t i = 0; i < taken->rows; i++) count += taken->cells[i] == cells;
    return count;
}

/* The most frequent number of cells in a row. */
static size_t find_width(const sample *taken) {
    size_t width = 0, most = 0;
    for (size_t i = 0; i < taken->rows; i++) {
        size_t count = count_rows(taken, taken->cells[i]);
        if (count > most) {
            most = count;
            width = taken->cells[i];
        }
    }
    return width;
}

/* Share of the rows that agree × (1 + share of numbers in them): 0 (no table) … 2. */
static double judge(const sample *taken) {
    size_t width = find_width(taken), numbers = 0;
    if (width < 2) return 0.0;
    for (size_t i = 0; i < taken->rows; i++)
        if (taken->cells[i] == width) numbers += taken->numbers[i];
    double agreeing = (double)count_rows(taken, width);
    return agreeing / (double)taken->rows * (1.0 + (double)numbers / (agreeing * (double)width));
}

char csv_find_separator(const csv_scanner *scanner, char decimal) {
    static const char candidates[] = {'\t', ';', ',', ' '};
    char found = decimal == ',' ? ';' : ','; /* of a single column: it does not matter */
    double best = 0.0;
    csv_row row = {0};
    for (size_t i = 0; i < sizeof candidates; i++) {
        if (candidates[i] == decimal) continue;
        sample taken = take_sample(*scanner, candidates[i], decimal, &row);
        double score = judge(&taken);
        if (score <= best) continue;
        best = score;
        found = candidates[i];
    }
    free(row.cells);
    return found;
}
