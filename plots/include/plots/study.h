/* plots: results of a study: lines over a parameter, and bars. */
#ifndef PLOTS_STUDY_H
#define PLOTS_STUDY_H

#include <plots/style.h>

/* One line. Values that are not finite leave a gap. */
typedef struct plots_series {
    const char *name;
    size_t points;
    const double *x, *y;      /* points; y NaN where there is none */
    const double *low, *high; /* points: ends of error bars, both or neither (NULL) */
    int reference;            /* not measured (an ideal, a bound): a thin dashed grey line without points */
} plots_series;

/* Lines over x with points (above 60 values an interval of them), error bars and a key. xlabel, ylabel, logx,
 * logy of the style are used; where x has at most eight different values (threads, batch sizes) and there is
 * room, the tics are at them. Up to 20 series. Error: more series, one without name or points, half of the
 * error bars. */
marq_status plots_lines(const plots_style *style, const char *name, const plots_series *series, size_t count,
                        plots_list *list, marq_error *error);

/* Bars of several series beside each other, one group of them a category. */
typedef struct plots_bars_table {
    size_t categories, series;
    const char *const *category_names; /* categories */
    const char *const *series_names;   /* series; NULL with one: no key */
    const double *value;               /* series × categories, row-major; NaN: no bar */
    const double *low, *high;          /* the same shape: ends of error bars, both or neither (NULL) */
    int digits;                        /* significant ones of the numbers at the bars' ends; 0: no numbers */
} plots_bars_table;

/* Upright bars; lying ones, the first category on top, where the categories' names are long. logy of the
 * style makes the values' axis a log one; ylabel names it, xlabel the categories. At most 60 categories of 14
 * series. Error: more, names or values missing, half of the error bars. */
marq_status plots_bars(const plots_style *style, const char *name, const plots_bars_table *table,
                       plots_list *list, marq_error *error);

#endif
