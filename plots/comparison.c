/* Measured against fitted, in the form that suits the number of inputs. */
#include "comparison.h"

#include <base/error.h>

static marq_status check(const plots_rows *rows, const plots_curve *curve, const plots_surface *surface,
                         marq_error *error) {
    marq_status status = plots_rows_check(rows, error);
    if (status != MARQ_OK) return status;
    if (rows->inputs > 0 && (!rows->x || !rows->in_names))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a comparison needs the inputs and their names");
    if (rows->inputs == 1 && (!curve || curve->points == 0 || !curve->x || !curve->y))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the comparison of one input needs the fitted curve");
    if (rows->inputs == 1 &&
        (!curve->low != !curve->high || !curve->prediction_low != !curve->prediction_high))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a band needs both of its ends");
    if (rows->inputs == 2 &&
        (!surface || surface->nx < 2 || surface->ny < 2 || !surface->x || !surface->y || !surface->z))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "the comparison of two inputs needs the fitted surface, at least 2 x 2 points");
    return MARQ_OK;
}

marq_status plots_comparison(const plots_style *style, const char *name, const plots_rows *rows,
                             const plots_curve *curve, const plots_surface *surface, plots_list *list,
                             marq_error *error) {
    marq_status status = check(rows, curve, surface, error);
    if (status != MARQ_OK) return status;
    if (rows->inputs == 1) return plots_draw_curve(style, name, rows, curve, list, error);
    if (rows->inputs == 2) return plots_draw_surface(style, name, rows, surface, list, error);
    return plots_draw_pairs(style, name, rows, list, error);
}
