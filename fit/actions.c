/* Which options go with what is done with a saved fit, and with the selftest: all others are for fitting. */
#include "args.h"

#include <base/error.h>
#include <string.h>

enum {
    PREDICT = 1 << FIT_PREDICT,
    SHOW = 1 << FIT_SHOW,
    EXPORT = 1 << FIT_EXPORT,
    SELFTEST = 1 << FIT_SELFTEST,
    ALL = PREDICT | SHOW | EXPORT | SELFTEST
};

static const char *const action_names[] = {
    [FIT_PREDICT] = "predict", [FIT_SHOW] = "show", [FIT_EXPORT] = "export", [FIT_SELFTEST] = "selftest"};

static const struct {
    const char *option;
    int actions;
} used[] = {
    {"--where", PREDICT},
    {"--missing", PREDICT},
    {"--separator", PREDICT},
    {"--decimal", PREDICT},
    {"--comment", PREDICT},
    {"--skip", PREDICT},
    {"--sigma", PREDICT},
    {"--bands", PREDICT},
    {"--confidence", PREDICT},
    {"--out", PREDICT | EXPORT},
    {"--c", EXPORT},
    {"--json", PREDICT | SELFTEST},
    {"--jacobian", SELFTEST},
    {"--threads", ALL},
    {"-q", ALL},
    {"-v", ALL},
};

static bool is_used(const char *option, fit_action action) {
    for (size_t i = 0; i < sizeof used / sizeof *used; i++)
        if (strcmp(used[i].option, option) == 0) return used[i].actions & (1 << action);
    return false;
}

marq_status fit_check_action(const fit_arguments *a, marq_error *error) {
    if (a->action == FIT_TRAIN) return MARQ_OK;
    for (const fit_option *o = fit_options; o->name || o->help; o++)
        if (o->name && a->given[o - fit_options] && !is_used(o->name, a->action))
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "%s is for fitting, fit DATA %s%s%s: fit %s does not use it", o->name, o->name,
                             o->value ? " " : "", o->value ? o->value : "", action_names[a->action]);
    return MARQ_OK;
}
