/* --loss: nets and formulas have different ones. */
#include "option_values.h"

#include <string.h>

static marq_status read_formula_loss(fit_arguments *a, const char *v, marq_error *error) {
    static const char *const names[] = {"linear", "soft_l1", "huber", "cauchy", "arctan", "tukey"};
    size_t length = strcspn(v, ":");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncmp(v, names[i], length) == 0) {
            a->loss = (marq_loss)i;
            return v[length]
                       ? fit_number_value("--loss", v + length + 1, 1e-300, 1e300, &a->loss_scale, error)
                       : MARQ_OK;
        }
    return fit_wrong_value(error, "--loss", v,
                           "linear, soft_l1, huber, cauchy, arctan or tukey, and perhaps :SCALE");
}

static marq_status read_net_loss(fit_arguments *a, const char *v, marq_error *error) {
    static const char huber[] = "huber:";
    if (strncmp(v, huber, sizeof huber - 1) == 0) {
        a->net_loss = MARQ_NET_HUBER;
        return fit_number_value("--loss", v + sizeof huber - 1, 1e-140, 1e140, &a->huber_delta, error);
    }
    if (marq_net_loss_find(v, &a->net_loss) && a->net_loss != MARQ_NET_HUBER) return MARQ_OK;
    return fit_wrong_value(error, "--loss", v,
                           "squares, cross-entropy, or huber:DELTA with the error where it becomes linear,");
}

marq_status fit_read_loss(fit_arguments *a, marq_error *error) {
    if (!a->loss_name) return MARQ_OK;
    return a->formula ? read_formula_loss(a, a->loss_name, error) : read_net_loss(a, a->loss_name, error);
}
