/* Where the tics of an axis are, and their labels. */
#include "axis.h"

#include <math.h>
#include <string.h>

/* Labels of numbers in this size stand as they are; others in units of a power of ten. */
static int exponent_for(double size) {
    int exponent = size > 0 ? (int)floor(log10(size) + 1e-9) : 0;
    return exponent >= 5 || exponent <= -4 ? exponent : 0;
}

/* The smallest of 1, 2, 5 × 10^k that is not below least. */
static double nice_step(double least, int *power) {
    *power = (int)floor(log10(least));
    double unit = pow(10, *power);
    static const double nice[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++)
        if (nice[i] * unit >= least * (1 - 1e-9)) return nice[i] * unit;
    *power += 1;
    return pow(10, *power);
}

/* Adds the tic; a label that starts with a hyphen gets a real minus sign. */
static void add_tic(plots_axis *axis, double at, int decimals) {
    if (axis->tics == PLOTS_TICS) return;
    char number[PLOTS_TIC_SIZE - 4];
    double shown = at / pow(10, axis->exponent) + 0.0; /* no −0 */
    marq_format(number, sizeof number, "%.*f", decimals, shown);
    const char *sign = number[0] == '-' ? "−" : "";
    marq_format(axis->label[axis->tics], PLOTS_TIC_SIZE, "%s%s", sign, number + (number[0] == '-'));
    axis->at[axis->tics++] = at;
    axis->width = strlen(number) > axis->width ? strlen(number) : axis->width;
}

static void linear_tics(plots_axis *axis, bool whole, size_t most) {
    int power = 0;
    axis->step = nice_step((axis->high - axis->low) / (double)most, &power);
    if (whole && axis->step < 1) {
        axis->step = 1;
        power = 0;
    }
    axis->exponent = whole && axis->high < 1e7 ? 0 : exponent_for(fmax(fabs(axis->low), fabs(axis->high)));
    axis->decimals = axis->exponent > power ? axis->exponent - power : 0;
    if (axis->exponent > 0 && axis->exponent < 15 && axis->decimals > 5) { /* 1000000.25, not 1.00000025 */
        axis->exponent = 0;
        axis->decimals = power < 0 ? -power : 0;
    }
    if (axis->decimals > 17) axis->decimals = 17;
    axis->tics = axis->width = 0;
    for (double k = ceil(axis->low / axis->step - 1e-9); k * axis->step <= axis->high; k++) {
        if (axis->tics == PLOTS_TICS) break;
        add_tic(axis, k * axis->step, axis->decimals);
    }
}

/* Less than two decades: 1, 2 and 5 of each, because one labelled decade would not be a scale. */
static void few_decades_tics(plots_axis *axis) {
    static const double nice[] = {1, 2, 5};
    axis->exponent = exponent_for(axis->high);
    for (int power = (int)floor(log10(axis->low)); pow(10, power) <= axis->high; power++) {
        for (size_t i = 0; i < 3; i++) {
            double at = nice[i] * pow(10, power);
            int decimals = axis->exponent - power;
            if (at >= axis->low && at <= axis->high) add_tic(axis, at, decimals > 0 ? decimals : 0);
        }
    }
}

/* Two decades or more: powers of ten. Every k-th if there are many; listed, because gnuplot would place the
 * minor tics between them one by one, for ever if the step is 10^14. */
static void decades_tics(plots_axis *axis, double decades, size_t most) {
    int every = (int)ceil(decades / (double)most);
    axis->width = axis->low < 1e-99 || axis->high > 1e99 ? 6 : 5; /* 10^{-99} */
    axis->step = every == 1 ? 10 : 0;
    if (every == 1) return;
    int first = (int)ceil(log10(axis->low) / every) * every;
    for (int power = first; power <= log10(axis->high) && axis->tics < PLOTS_TICS; power += every) {
        const char *sign = power < 0 ? "−" : "";
        marq_format(axis->label[axis->tics], PLOTS_TIC_SIZE, "10^{%s%d}", sign, power < 0 ? -power : power);
        axis->at[axis->tics++] = pow(10, power);
    }
}

void plots_tics_find(plots_axis *axis, bool whole, size_t most, size_t room) {
    if (axis->log) {
        double decades = log10(axis->high) - log10(axis->low);
        if (decades >= 2) {
            decades_tics(axis, decades, most);
            return;
        }
        if (decades >= 0.7) {
            few_decades_tics(axis);
            return;
        }
    }
    linear_tics(axis, whole, most);
    while (room > 0 && most > 2 && axis->tics * (axis->width + 2) > room) linear_tics(axis, whole, --most);
    for (size_t more = most + 1; axis->tics < 2 && more <= 2 * most; more++) /* one number is no scale */
        linear_tics(axis, whole, more);
    /* gnuplot itself can place plain tics: the script stays easy to change. */
    if (axis->exponent == 0 && !axis->log) axis->tics = 0;
}
