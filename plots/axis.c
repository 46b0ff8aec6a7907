#include "axis.h"

#include <float.h>
#include <math.h>

const plots_range plots_range_empty = {HUGE_VAL, -HUGE_VAL, HUGE_VAL};

bool plots_plottable(double value) {
    return isfinite(value) && fabs(value) < 1e290;
}

void plots_range_add(plots_range *range, double value) {
    if (!plots_plottable(value)) return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
    if (value > 0) range->positive = fmin(range->positive, value);
}

void plots_range_add_all(plots_range *range, const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) plots_range_add(range, values[i]);
}

static void follow_log(plots_range *range, const plots_range *measured, double value) {
    double room = fmax(sqrt(measured->high / measured->positive), 2);
    if (value > 0)
        plots_range_add(range, fmin(fmax(value, measured->positive / room), measured->high * room));
}

static void follow_linear(plots_range *range, const plots_range *measured, double value) {
    double span = measured->high - measured->low;
    double room = span > 0 ? 0.5 * span : fabs(measured->high);
    plots_range_add(range, fmin(fmax(value, measured->low - room), measured->high + room));
}

void plots_range_follow(plots_range *range, const plots_range *measured, bool log, const double *values,
                        size_t count) {
    for (size_t i = 0; values && i < count; i++) {
        if (!plots_plottable(values[i])) continue;
        if (measured->low > measured->high)
            plots_range_add(range, values[i]);
        else if (log && isfinite(measured->positive))
            follow_log(range, measured, values[i]);
        else
            follow_linear(range, measured, values[i]);
    }
}

/* The range with its margin; never empty, and wide enough for gnuplot to tell its ends apart. */
static void widen_linear(plots_axis *axis, const plots_range *range, double margin) {
    axis->low = range->low <= range->high ? range->low : 0;
    axis->high = range->low <= range->high ? range->high : 1;
    double size = fmax(fabs(axis->low), fabs(axis->high));
    double span = axis->high - axis->low;
    if (size < 1e-290) {
        axis->low = -1;
        axis->high = 1;
    } else if (span < 1e-12 * size) {
        axis->low -= 0.1 * size;
        axis->high += 0.1 * size;
    } else {
        axis->low -= margin * span;
        axis->high += margin * span;
    }
}

static void widen_log(plots_axis *axis, const plots_range *range, double margin) {
    double low = log10(fmax(range->positive, 1e-290)), high = fmax(log10(range->high), low);
    double around = high - low < 1e-9 ? 0.5 : margin * (high - low);
    axis->low = pow(10, low - around);
    axis->high = pow(10, high + around);
}

static void add_listed(marq_text *script, const char *letter, const plots_axis *axis, bool labels) {
    marq_text_add(script, "set %stics (", letter);
    for (size_t i = 0; i < axis->tics; i++)
        marq_text_add(script, "%s'%s' %.15g", i ? ", " : "", labels ? axis->label[i] : "", axis->at[i]);
    marq_text_add(script, ")\n");
}

void plots_axis_show(marq_text *script, const char *letter, const plots_axis *axis) {
    if (axis->tics > 0)
        add_listed(script, letter, axis, true);
    else if (axis->log)
        marq_text_add(script, "set format %s '10^{%%T}'\n", letter);
    else
        marq_text_add(script, "set format %s '%%.%df'\n", letter, axis->decimals);
}

void plots_axis_hide(marq_text *script, const char *letter, const plots_axis *axis) {
    if (axis->tics > 0)
        add_listed(script, letter, axis, false);
    else
        marq_text_add(script, "set format %s ''\n", letter);
}

/* On a log axis gnuplot 5.4 takes a step alone from a multiple of it, not a power: 50, 500, 5000 … from a low
 * end of 59, and the format would call them 10¹, 10², 10³. So a power is named to start from. */
static void add_step(marq_text *script, const char *letter, const plots_axis *axis) {
    double decades = round(log10(axis->step));
    if (axis->log)
        marq_text_add(script, "set %stics 1e%.0f,%.15g\n", letter,
                      decades * floor(log10(axis->low) / decades), axis->step);
    else
        marq_text_add(script, "set %stics %.15g\n", letter, axis->step);
}

void plots_axis_add(marq_text *script, const char *letter, const plots_axis *axis) {
    if (axis->log) marq_text_add(script, "set logscale %s\n", letter);
    marq_text_add(script, "set %srange [%.15g:%.15g]\n", letter, axis->low, axis->high);
    if (axis->tics == 0) add_step(script, letter, axis);
    if (axis->tics == 0 && axis->log && axis->step > 10)
        marq_text_add(script, "unset m%stics\n", letter);
    else if (axis->tics == 0 && axis->log)
        marq_text_add(script, "set m%stics 10\n", letter);
    plots_axis_show(script, letter, axis);
}

double plots_axis_value(const plots_axis *axis, double value) {
    return plots_plottable(value) && (value > 0 || !axis->log) ? value : (double)NAN;
}

double plots_axis_place(const plots_axis *axis, double value) {
    if (axis->log) return log(value / axis->low) / log(axis->high / axis->low);
    return (value - axis->low) / (axis->high - axis->low);
}

double plots_axis_at(const plots_axis *axis, double place) {
    if (axis->log) return axis->low * pow(axis->high / axis->low, place);
    return axis->low + place * (axis->high - axis->low);
}

plots_axis plots_axis_make(const plots_range *range, plots_scale scale, double margin, size_t most,
                           size_t room) {
    plots_axis axis = {.log = scale == PLOTS_LOG && isfinite(range->positive)};
    if (axis.log)
        widen_log(&axis, range, margin);
    else
        widen_linear(&axis, range, margin);
    plots_tics_find(&axis, scale == PLOTS_COUNTS, most, room);
    return axis;
}
