/* Which options belong to which optimizer. */
#include "args.h"

#include <base/error.h>
#include <string.h>

enum {
    LM = 1 << MARQ_OPTIMIZER_LM,
    SGD = 1 << MARQ_OPTIMIZER_SGD,
    ADAM = 1 << MARQ_OPTIMIZER_ADAM,
    RMSPROP = 1 << MARQ_OPTIMIZER_RMSPROP,
    FIRST_ORDER = SGD | ADAM | RMSPROP
};

static const struct {
    const char *option;
    int optimizers;
    const char *words;
} limited[] = {
    {"--recipe", LM, "lm"},
    {"--jacobian", LM, "lm"},
    {"--mu", LM, "lm"},
    {"--mu-inc", LM, "lm"},
    {"--mu-dec", LM, "lm"},
    {"--mu-max", LM, "lm"},
    {"--memory", LM, "lm"},
    {"--decay", LM, "lm"},
    {"--bayes", LM, "lm"},
    {"--learning-rate", FIRST_ORDER, "sgd, adam or rmsprop"},
    {"--momentum", SGD | RMSPROP, "sgd or rmsprop"},
    {"--nesterov", SGD, "sgd"},
    {"--l1", FIRST_ORDER, "sgd, adam or rmsprop"},
    {"--l2", FIRST_ORDER, "sgd, adam or rmsprop"},
    {"--clip", FIRST_ORDER, "sgd, adam or rmsprop"},
};

static bool was_given(const fit_arguments *a, const char *name) {
    for (const fit_option *o = fit_options; o->name || o->help; o++)
        if (o->name && strcmp(o->name, name) == 0) return a->given[o - fit_options];
    return false;
}

marq_status fit_check_optimizer(const fit_arguments *a, marq_error *error) {
    for (size_t i = 0; i < sizeof limited / sizeof *limited; i++)
        if (was_given(a, limited[i].option) && !(limited[i].optimizers & 1 << a->optimizer))
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s is for --optimizer %s: %s does not use it",
                             limited[i].option, limited[i].words, marq_optimizer_text(a->optimizer));
    if (a->nesterov && !(a->momentum.value > 0))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--nesterov needs --momentum, such as 0.9");
    return MARQ_OK;
}
