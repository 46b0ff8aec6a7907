/* An axis: its range from the data and where its tics are. gnuplot's own choice prints six digits, which
 * makes equal labels of 1000000.1 and 1000000.2, and does not say how wide the labels will be. */
#ifndef PLOTS_AXIS_H
#define PLOTS_AXIS_H

#include <base/text.h>
#include <stdbool.h>
#include <stddef.h>

/* What lies between the smallest and the largest plottable value. Start with plots_range_empty. */
typedef struct plots_range {
    double low, high; /* low > high: none yet */
    double positive;  /* the smallest positive value; infinite: none */
} plots_range;

typedef enum plots_scale { PLOTS_LINEAR, PLOTS_LOG, PLOTS_COUNTS } plots_scale;

enum { PLOTS_TICS = 16, PLOTS_TIC_SIZE = 40 };

typedef struct plots_axis {
    double low, high;
    bool log;
    double step;  /* between tics: a difference, or on a log axis a ratio; 0: only those listed */
    int decimals; /* of the labels */
    int exponent; /* labels are in units of 10^exponent; it then stands in the axis' label */
    size_t tics;  /* listed ones */
    double at[PLOTS_TICS];
    char label[PLOTS_TICS][PLOTS_TIC_SIZE];
    size_t width; /* of the widest label, in characters */
} plots_axis;

extern const plots_range plots_range_empty;

/* Finite and far enough from the largest double for gnuplot's arithmetic. */
bool plots_plottable(double value);
void plots_range_add(plots_range *range, double value);
void plots_range_add_all(plots_range *range, const double *values, size_t count);

/* Adds a fit's values, but none farther beyond the measured range than half of it (on a log axis half of its
 * decades): where the fit runs away from the data, the data stay readable. */
void plots_range_follow(plots_range *range, const plots_range *measured, bool log, const double *values,
                        size_t count);

/* An axis around the range with a margin (a fraction of it) at both ends and at most `most` tics whose labels
 * take at most room characters in a row (0: they stand above each other). A log axis needs a positive
 * value, otherwise the axis is linear. An empty range gives 0 … 1, one value a range around it. */
plots_axis plots_axis_make(const plots_range *range, plots_scale scale, double margin, size_t most,
                           size_t room);

/* Used by plots_axis_make: tics for the range that is set. whole: only whole numbers. */
void plots_tics_find(plots_axis *axis, bool whole, size_t most, size_t room);

/* NaN if the value has no place on the axis' scale, else the value. */
double plots_axis_value(const plots_axis *axis, double value);

/* Where on the axis a value is, 0 at its lower end and 1 at its upper one, and the other way round. */
double plots_axis_place(const plots_axis *axis, double value);
double plots_axis_at(const plots_axis *axis, double place);

/* Writes the commands that set the range and tics of the axis `x`, `y`, `cb`. */
void plots_axis_add(marq_text *script, const char *letter, const plots_axis *axis);

/* Between panels that share the axis: its tics without or with their labels. */
void plots_axis_hide(marq_text *script, const char *letter, const plots_axis *axis);
void plots_axis_show(marq_text *script, const char *letter, const plots_axis *axis);

#endif
