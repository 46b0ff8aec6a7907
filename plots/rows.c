#include "rows.h"

#include "words.h"
#include <base/error.h>
#include <math.h>

enum { MOST_POINTS = 20000, MOST_OBJECTS = 5000 };

const char *const plots_set_names[PLOTS_SETS + 1] = {"train", "validation", "test", "all"};

marq_status plots_rows_check(const plots_rows *rows, marq_error *error) {
    if (!rows || rows->rows == 0 || !rows->measured || !rows->fitted)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a plot of rows needs measured and fitted values");
    for (size_t i = 0; rows->set && i < rows->rows; i++)
        if (rows->set[i] >= PLOTS_SETS)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "row %zu is in set %d of 0, 1, 2", i + 1,
                             rows->set[i]);
    return MARQ_OK;
}

const char *plots_set_name(const plots_rows *rows, size_t set) {
    return rows->set ? plots_set_names[set] : "measured";
}

size_t plots_set_of(const plots_rows *rows, size_t i) {
    return rows->set ? rows->set[i] : 0;
}

bool plots_in_set(const plots_rows *rows, size_t i, size_t set) {
    return set == PLOTS_ALL || plots_set_of(rows, i) == set;
}

plots_thinning plots_thin(const plots_style *style, size_t rows) {
    size_t most = style->format == PLOTS_PNG ? MOST_POINTS : MOST_OBJECTS;
    return (plots_thinning){.every = rows > most ? 1 + (rows - 1) / most : 1};
}

bool plots_thin_takes(plots_thinning *thinning, size_t set) {
    return thinning->seen[set]++ % thinning->every == 0;
}

static const char *ordinal_ending(size_t number) {
    size_t last = number % 10, teen = number % 100 / 10 == 1;
    if (teen || last == 0 || last > 3) return "th";
    return last == 1 ? "st" : last == 2 ? "nd" : "rd";
}

const char *plots_thin_note(char out[PLOTS_NOTE_SIZE], const plots_thinning *thinning, const char *of_what) {
    out[0] = '\0';
    if (thinning->every > 1)
        marq_format(out, PLOTS_NOTE_SIZE, "every %zu%s %s is shown", thinning->every,
                    ordinal_ending(thinning->every), of_what);
    return out;
}

double plots_point_size(size_t points, double area) {
    double size = 12 * sqrt(area / (double)(points + 1));
    return size > 0.7 ? 0.7 : size < 0.16 ? 0.16 : size;
}

size_t plots_data_pairs(plots_sheet *sheet, const plots_rows *rows, size_t set, const plots_axis *axis) {
    plots_thinning thinning = plots_thin(sheet->style, rows->rows);
    size_t written = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_in_set(rows, i, set) || !plots_thin_takes(&thinning, plots_set_of(rows, i))) continue;
        double pair[2] = {plots_axis_value(axis, rows->measured[i]), plots_axis_value(axis, rows->fitted[i])};
        if (isnan(pair[0]) || isnan(pair[1])) continue;
        if (written++ == 0) plots_data_block(sheet, plots_set_name(rows, set));
        plots_data_row(sheet, pair, 2);
    }
    return written;
}

typedef struct sums {
    double mean, low, high; /* of the measured */
    double residual, total; /* sums of squares */
    size_t count;
} sums;

static bool counts(const plots_rows *rows, size_t i, size_t set) {
    return plots_in_set(rows, i, set) && isfinite(rows->measured[i]) && isfinite(rows->fitted[i]);
}

static sums sum_up(const plots_rows *rows, size_t set) {
    sums s = {.low = HUGE_VAL, .high = -HUGE_VAL};
    for (size_t i = 0; i < rows->rows; i++) {
        if (!counts(rows, i, set)) continue;
        s.mean += (rows->measured[i] - s.mean) / (double)++s.count;
        s.low = fmin(s.low, rows->measured[i]);
        s.high = fmax(s.high, rows->measured[i]);
    }
    for (size_t i = 0; i < rows->rows; i++) {
        if (!counts(rows, i, set)) continue;
        double residual = rows->measured[i] - rows->fitted[i], distance = rows->measured[i] - s.mean;
        s.residual += residual * residual;
        s.total += distance * distance;
    }
    return s;
}

const char *plots_r_squared(char out[PLOTS_NOTE_SIZE], const plots_rows *rows, size_t set) {
    sums s = sum_up(rows, set);
    char number[PLOTS_NUMBER_SIZE];
    double rest = s.residual / s.total; /* 1 − R² */
    if (s.count == 0) {
        marq_format(out, PLOTS_NOTE_SIZE, "no rows");
    } else if (s.low == s.high || !isfinite(rest)) {
        marq_format(out, PLOTS_NOTE_SIZE, "R² undefined");
    } else if (rest == 0) {
        marq_format(out, PLOTS_NOTE_SIZE, "R² = 1");
    } else if (rest < 1e-3) {
        marq_format(out, PLOTS_NOTE_SIZE, "1 − R² = %s", plots_number(number, rest, 2));
    } else {
        bool plain = rest < 2; /* down to R² = −1 */
        if (plain)
            marq_format(out, PLOTS_NOTE_SIZE, "R² = %s%.4f", rest > 1 ? "−" : "", fabs(1 - rest));
        else
            marq_format(out, PLOTS_NOTE_SIZE, "R² = %s", plots_number(number, 1 - rest, 3));
    }
    return out;
}
