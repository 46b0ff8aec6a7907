/* --profile-ci: intervals where the likelihood says, not the curvature at the estimate (marq/inference.h),
 * and their picture. */
#include "formulas/fit.h"

#include "count_progress.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/inference.h>
#include <stdlib.h>
#include <string.h>

marq_status formula_profile(formula_outcome *o, marq_error *error) {
    size_t n = o->parameters;
    o->intervals = marq_alloc(n, sizeof *o->intervals);
    o->curves = marq_alloc(n * MARQ_CURVE_POINTS, sizeof *o->curves);
    if (!o->intervals || !o->curves) return marq_fail_memory(error, "the profiles");
    marq_interval_options options = marq_interval_options_default();
    options.level = o->arguments->confidence;
    options.absolute = o->arguments->sigma_absolute;
    fit_count_progress progress = fit_count_begin(o->err, o->arguments->quiet, "profile, side");
    options.progress = fit_count_show;
    options.progress_user = &progress;
    marq_status status =
        marq_profile_intervals(&o->problem, &o->options, o->theta, &options, o->intervals, o->curves, error);
    fit_count_end(&progress);
    if (status < 0) return status;
    if (status == MARQ_STOP_CALLER) {
        free(o->intervals);
        o->intervals = NULL;
        fit_warn(&o->warnings, "the profiles were interrupted: they are left out");
        return MARQ_OK;
    }
    for (size_t j = 0; j < n; j++) {
        const marq_interval_end *ends[] = {&o->intervals[j].low, &o->intervals[j].high};
        for (size_t side = 0; side < 2; side++)
            if (ends[side]->message[0])
                fit_warn(&o->warnings, "profile of %s, %s end: %s", o->names[j], side ? "upper" : "lower",
                         ends[side]->message);
    }
    return MARQ_OK;
}

static double end_or_nan(const marq_interval_end *end) {
    return end->status == MARQ_END_FOUND ? end->value : (double)NAN;
}

/* The values and roots of one curve in arrays of their own: values, then roots. */
static void split(const marq_curve_point *curve, size_t points, double *values) {
    for (size_t k = 0; k < points; k++) {
        values[k] = curve[k].value;
        values[MARQ_CURVE_POINTS + k] = curve[k].tau;
    }
}

marq_status formula_draw_profiles(formula_outcome *o, const plots_style *style, marq_error *error) {
    plots_profile profiles[PLOTS_MOST_PROFILES];
    double *memory = marq_alloc_doubles(PLOTS_MOST_PROFILES, (size_t)2 * MARQ_CURVE_POINTS);
    if (!memory) return marq_fail_memory(error, "a plot");
    size_t count = 0;
    for (size_t j = 0; j < o->parameters && count < PLOTS_MOST_PROFILES; j++) {
        const marq_interval *interval = &o->intervals[j];
        if (interval->points < 3) continue;
        double *values = memory + count * 2 * MARQ_CURVE_POINTS;
        split(o->curves + j * MARQ_CURVE_POINTS, interval->points, values);
        profiles[count++] = (plots_profile){.name = o->names[j],
                                            .points = interval->points,
                                            .value = values,
                                            .tau = values + MARQ_CURVE_POINTS,
                                            .best = o->theta[j],
                                            .stderror = o->deviation[j],
                                            .low = end_or_nan(&interval->low),
                                            .high = end_or_nan(&interval->high)};
    }
    plots_profile_set set = {.count = count,
                             .profile = profiles,
                             .limit = o->statistics.factor,
                             .level = o->arguments->confidence};
    marq_status status = count ? plots_profiles(style, "profiles", &set, &o->plots, error) : MARQ_OK;
    free(memory);
    return status;
}
