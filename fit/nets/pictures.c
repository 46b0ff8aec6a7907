/* Arrays for the plots: each output's measured and fitted values, the fitted curve or surface, the epochs. */
#include "nets/pictures.h"

#include "drawn.h"
#include "nets/classes.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/text.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_POINTS = 1001, SURFACE_POINTS = 61, MOST_OUTPUTS = 6 };

static double *column(size_t rows, size_t columns, const double *values, size_t j) {
    double *out = marq_alloc_doubles(rows, 1);
    for (size_t i = 0; out && i < rows; i++) out[i] = values[i * columns + j];
    return out;
}

/* count values from the least to the most of input j. On a log axis they are spaced by ratio. */
static void fill_grid(const fit_data *d, size_t j, size_t count, bool logarithmic, double *grid) {
    double least = HUGE_VAL, most = -HUGE_VAL;
    for (size_t i = 0; i < d->rows; i++) {
        double v = d->X[i * d->inputs + j];
        if (logarithmic && v <= 0) continue;
        least = fmin(least, v);
        most = fmax(most, v);
    }
    for (size_t k = 0; k < count; k++) {
        double share = (double)k / (double)(count - 1);
        grid[k] = logarithmic ? least * pow(most / least, share) : least + (most - least) * share;
    }
    grid[count - 1] = most;
}

static bool any_positive(const fit_data *d, size_t j) {
    for (size_t i = 0; i < d->rows; i++)
        if (d->X[i * d->inputs + j] > 0) return true;
    return false;
}

/* The plot's name, with the output's if there are several: letters and digits only. */
static void plot_name(const fit_outcome *o, const char *plot, size_t output, char *out, size_t size) {
    int length = marq_format(out, size, "%s", plot);
    if (o->data.outputs == 1) return;
    marq_format(out + length, size - (size_t)length, "-%zu-%s", output + 1, o->data.output_names[output]);
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_') *c = '_';
}

enum { BAND_ENDS = 4 };

/* Low and high of the fitted value, then of a measurement, CURVE_POINTS each; NULL without memory. */
static double *band_ends(const fit_outcome *o, const double *x, const double *y, size_t output) {
    size_t outputs = o->data.outputs;
    double *deviation = marq_alloc_doubles(2 * CURVE_POINTS, outputs),
           *ends = marq_alloc_doubles(BAND_ENDS, CURVE_POINTS);
    for (size_t end = 0; deviation && ends && end < BAND_ENDS; end++) {
        double factor = fit_band_factor(&o->bands, output) * (end % 2 ? 1 : -1);
        if (end == 0)
            marq_net_bands_at(o->bands.net, CURVE_POINTS, x, NULL, deviation,
                              deviation + CURVE_POINTS * outputs, NULL);
        for (size_t i = 0; i < CURVE_POINTS; i++)
            ends[end * CURVE_POINTS + i] =
                y[i] + factor * deviation[(end / 2 * CURVE_POINTS + i) * outputs + output];
    }
    if (!deviation) {
        free(ends);
        ends = NULL;
    }
    free(deviation);
    return ends;
}

/* Rows of different deviations have no band of measurements: it depends on the row. */
static void add_bands(const fit_outcome *o, const double *ends, plots_curve *curve) {
    curve->low = ends;
    curve->high = ends + CURVE_POINTS;
    curve->level = o->bands.level;
    if (o->data.sigma) return;
    curve->prediction_low = ends + 2 * CURVE_POINTS;
    curve->prediction_high = ends + 3 * CURVE_POINTS;
}

static marq_status draw_curve(fit_outcome *o, const plots_style *style, const char *name, size_t output,
                              const plots_rows *rows, marq_error *error) {
    size_t outputs = o->data.outputs;
    double *x = marq_alloc_doubles(CURVE_POINTS, 1), *y = marq_alloc_doubles(CURVE_POINTS, outputs),
           *one = NULL, *ends = NULL;
    marq_status status = marq_fail_memory(error, "a plot");
    if (x && y) {
        fill_grid(&o->data, 0, CURVE_POINTS, style->logx && any_positive(&o->data, 0), x);
        status = marq_net_predict(o->net, CURVE_POINTS, x, y, o->threads);
        one = column(CURVE_POINTS, outputs, y, output);
        if (!one) status = marq_fail_memory(error, "a plot");
    }
    plots_curve curve = {.points = CURVE_POINTS, .x = x, .y = one};
    if (status == MARQ_OK && o->bands.net) {
        ends = band_ends(o, x, one, output);
        if (ends)
            add_bands(o, ends, &curve);
        else
            status = marq_fail_memory(error, "a plot");
    }
    if (status == MARQ_OK) status = plots_comparison(style, name, rows, &curve, NULL, &o->plots, error);
    free(x);
    free(y);
    free(one);
    free(ends);
    return status;
}

static void fill_points(const double *x, const double *y, double *points) {
    for (size_t j = 0; j < SURFACE_POINTS; j++)
        for (size_t i = 0; i < SURFACE_POINTS; i++) {
            points[2 * (j * SURFACE_POINTS + i)] = x[i];
            points[2 * (j * SURFACE_POINTS + i) + 1] = y[j];
        }
}

static marq_status draw_surface(fit_outcome *o, const plots_style *style, const char *name, size_t output,
                                const plots_rows *rows, marq_error *error) {
    size_t count = (size_t)SURFACE_POINTS * SURFACE_POINTS, outputs = o->data.outputs;
    double *x = marq_alloc_doubles(SURFACE_POINTS, 1), *y = marq_alloc_doubles(SURFACE_POINTS, 1);
    double *points = marq_alloc_doubles(count, 2), *values = marq_alloc_doubles(count, outputs), *z = NULL;
    marq_status status = marq_fail_memory(error, "a plot");
    if (x && y && points && values) {
        fill_grid(&o->data, 0, SURFACE_POINTS, style->logx && any_positive(&o->data, 0), x);
        fill_grid(&o->data, 1, SURFACE_POINTS, style->logy && any_positive(&o->data, 1), y);
        fill_points(x, y, points);
        status = marq_net_predict(o->net, count, points, values, o->threads);
        z = column(count, outputs, values, output);
        if (!z) status = marq_fail_memory(error, "a plot");
    }
    plots_surface surface = {SURFACE_POINTS, SURFACE_POINTS, x, y, z};
    if (status == MARQ_OK) status = plots_comparison(style, name, rows, NULL, &surface, &o->plots, error);
    free(x);
    free(y);
    free(points);
    free(values);
    free(z);
    return status;
}

static marq_status draw_comparison(fit_outcome *o, const plots_style *style, size_t output,
                                   const plots_rows *rows, marq_error *error) {
    char name[100];
    plot_name(o, "comparison", output, name, sizeof name);
    if (o->data.inputs == 1) return draw_curve(o, style, name, output, rows, error);
    if (o->data.inputs == 2) return draw_surface(o, style, name, output, rows, error);
    return plots_comparison(style, name, rows, NULL, NULL, &o->plots, error);
}

/* The rows that an output was measured in. */
typedef struct measured_rows {
    size_t count;
    double *x, *measured, *fitted;
    unsigned char *set;
} measured_rows;

static bool gather_measured(const fit_outcome *o, size_t output, measured_rows *rows) {
    const fit_data *d = &o->data;
    *rows = (measured_rows){.x = marq_alloc_doubles(d->rows, d->inputs),
                            .measured = marq_alloc_doubles(d->rows, 1),
                            .fitted = marq_alloc_doubles(d->rows, 1),
                            .set = marq_alloc(d->rows, 1)};
    if (!rows->x || !rows->measured || !rows->fitted || !rows->set) return false;
    for (size_t i = 0; i < d->rows; i++) {
        double y = d->Y[i * d->outputs + output];
        if (isnan(y)) continue;
        size_t to = rows->count++;
        memcpy(rows->x + to * d->inputs, d->X + i * d->inputs, d->inputs * sizeof *rows->x);
        rows->measured[to] = y;
        rows->fitted[to] = o->fitted[i * d->outputs + output];
        rows->set[to] = d->set[i];
    }
    return true;
}

static void free_measured(measured_rows *rows) {
    free(rows->x);
    free(rows->measured);
    free(rows->fitted);
    free(rows->set);
}

static marq_status draw_output(fit_outcome *o, const plots_style *style, size_t output, marq_error *error) {
    const fit_data *d = &o->data;
    measured_rows own;
    marq_status status = gather_measured(o, output, &own) ? MARQ_OK : marq_fail_memory(error, "a plot");
    plots_rows rows = {.rows = own.count,
                       .inputs = d->inputs,
                       .x = own.x,
                       .measured = own.measured,
                       .fitted = own.fitted,
                       .set = own.set,
                       .in_names = (const char *const *)d->input_names,
                       .out_name = d->output_names[output]};
    char name[100];
    if (status == MARQ_OK) status = draw_comparison(o, style, output, &rows, error);
    plot_name(o, "residuals", output, name, sizeof name);
    if (status == MARQ_OK) status = plots_residuals(style, name, &rows, &o->plots, error);
    plot_name(o, "regression", output, name, sizeof name);
    if (status == MARQ_OK) status = plots_regression(style, name, &rows, &o->plots, error);
    free_measured(&own);
    return status;
}

/* Columns of the history: epoch, three errors, mu, gradient, failures. */
enum { HISTORY_COLUMNS = 7 };

static double history_value(const marq_epoch *e, int column_number) {
    switch (column_number) {
    case 0:
        return (double)e->epoch;
    case 1:
    case 2:
    case 3:
        return e->loss[column_number - 1];
    case 4:
        return e->mu;
    case 5:
        return e->gradient_norm;
    default:
        return (double)e->validation_failures;
    }
}

static const char *error_name(marq_net_loss loss) {
    static const char *const names[] = {[MARQ_NET_SQUARES] = NULL,
                                        [MARQ_NET_HUBER] = "Huber error",
                                        [MARQ_NET_CROSS_ENTROPY] = "cross-entropy"};
    return names[loss];
}

static marq_status draw_history(fit_outcome *o, const plots_style *style, marq_error *error) {
    size_t count = o->history.count;
    if (count == 0) return MARQ_OK;
    double *values = marq_alloc_doubles(HISTORY_COLUMNS, count), *c[HISTORY_COLUMNS];
    if (!values) return marq_fail_memory(error, "a plot");
    for (int k = 0; k < HISTORY_COLUMNS; k++) {
        c[k] = values + (size_t)k * count;
        for (size_t i = 0; i < count; i++) c[k][i] = history_value(&o->history.epochs[i], k);
    }
    bool validated = o->training.rows[MARQ_VALIDATION] > 0;
    plots_history history = {
        .epochs = count,
        .epoch = c[0],
        .mse = {c[1], validated ? c[2] : NULL, o->training.rows[MARQ_TEST] > 0 ? c[3] : NULL},
        .mu = c[4],
        .gradient_norm = c[5],
        .validation_failures = validated ? c[6] : NULL,
        .error_name = error_name(o->options.loss),
        .best = o->training.best_epoch > 0 ? o->training.best_epoch - 1 : 0};
    marq_status status = plots_error(style, "error", &history, &o->plots, error);
    if (status == MARQ_OK) status = plots_state(style, "state", &history, &o->plots, error);
    free(values);
    return status;
}

/* Of the test rows; of all where there are none. */
static marq_status draw_confusion(fit_outcome *o, const plots_style *style, marq_error *error) {
    size_t classes = o->data.classes, *counts = marq_alloc(classes * classes, sizeof *counts);
    if (!counts) return marq_fail_memory(error, "a plot");
    bool tested = o->training.rows[MARQ_TEST] > 0;
    for (size_t k = 0; k < classes * classes; k++)
        counts[k] = fit_judged_count(o->confusion, classes, tested, k / classes, k % classes);
    marq_status status = plots_confusion(style, "confusion", tested ? "test rows" : "all rows", classes,
                                         (const char *const *)o->data.class_names, counts, &o->plots, error);
    free(counts);
    return status;
}

marq_status fit_draw(fit_outcome *o, marq_error *error) {
    plots_style style = fit_plot_style(o->arguments, o->folder);
    size_t outputs = o->data.outputs < MOST_OUTPUTS ? o->data.outputs : MOST_OUTPUTS;
    if (outputs < o->data.outputs)
        fit_warn(&o->warnings, "pictures of the first %zu of %zu outputs only", outputs, o->data.outputs);
    marq_status status = draw_history(o, &style, error);
    if (status == MARQ_OK && o->data.classes) status = draw_confusion(o, &style, error);
    for (size_t k = 0; status == MARQ_OK && o->data.classes == 0 && k < outputs; k++)
        status = draw_output(o, &style, k, error);
    if (status == MARQ_OK) fit_render(&style, &o->plots, &o->warnings);
    return status;
}
