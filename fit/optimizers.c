/* Which options belong to which optimizer of nets, and which to formulas. */
#include "args.h"

#include <base/error.h>
#include <string.h>

enum {
    LM = 1 << MARQ_OPTIMIZER_LM,
    SGD = 1 << MARQ_OPTIMIZER_SGD,
    ADAM = 1 << MARQ_OPTIMIZER_ADAM,
    RMSPROP = 1 << MARQ_OPTIMIZER_RMSPROP,
    FIRST_ORDER = SGD | ADAM | RMSPROP,
    NET = LM | FIRST_ORDER,
    FORMULA = 1 << 16
};

static const struct {
    const char *option;
    int fits;
    const char *words;
} limited[] = {
    {"--recipe", LM, "--optimizer lm"},
    {"--mu", LM, "--optimizer lm"},
    {"--mu-inc", LM, "--optimizer lm"},
    {"--mu-dec", LM, "--optimizer lm"},
    {"--mu-max", LM, "--optimizer lm"},
    {"--memory", LM, "--optimizer lm"},
    {"--decay", LM, "--optimizer lm"},
    {"--bayes", LM, "--optimizer lm"},
    {"--jacobian", LM | FORMULA, "--optimizer lm"},
    {"--learning-rate", FIRST_ORDER, "--optimizer sgd, adam or rmsprop"},
    {"--momentum", SGD | RMSPROP, "--optimizer sgd or rmsprop"},
    {"--nesterov", SGD, "--optimizer sgd"},
    {"--l1", FIRST_ORDER, "--optimizer sgd, adam or rmsprop"},
    {"--l2", FIRST_ORDER, "--optimizer sgd, adam or rmsprop"},
    {"--clip", FIRST_ORDER, "--optimizer sgd, adam or rmsprop"},
    {"--hidden", NET, "nets"},
    {"--restarts", NET, "nets"},
    {"--start-seed", NET, "nets"},
    {"--activation", NET, "nets"},
    {"--init", NET, "nets"},
    {"--normalise", NET, "nets"},
    {"--split", NET, "nets"},
    {"--split-column", NET, "nets"},
    {"--split-contiguous", NET, "nets"},
    {"--goal", NET, "nets"},
    {"--max-fail", NET, "nets"},
    {"--min-grad", NET, "nets"},
    {"--batch", NET, "nets"},
    {"--stream", NET, "nets"},
    {"--bands", NET, "nets"},
    {"--vs", FORMULA, "--formula"},
    {"--nested", FORMULA, "--formula"},
    {"--params", FORMULA, "--formula"},
    {"--start", FORMULA, "--formula"},
    {"--starts", FORMULA, "--formula"},
    {"--fix", FORMULA, "--formula"},
    {"--bounds", FORMULA, "--formula"},
    {"--tie", FORMULA, "--formula"},
    {"--derive", FORMULA, "--formula"},
    {"--output-weights", NET, "nets"},
    {"--sigma-absolute", FORMULA, "--formula"},
    {"--sigma-x", FORMULA, "--formula"},
    {"--bootstrap", FORMULA, "--formula"},
    {"--group", FORMULA, "--formula"},
    {"--shared", FORMULA, "--formula"},
    {"--method", FORMULA, "--formula"},
    {"--profile-ci", FORMULA, "--formula"},
    {"--varpro", FORMULA, "--formula"},
};

static bool was_given(const fit_arguments *a, const char *name) {
    for (const fit_option *o = fit_options; o->name || o->help; o++)
        if (o->name && strcmp(o->name, name) == 0) return a->given[o - fit_options];
    return false;
}

marq_status fit_check_optimizer(const fit_arguments *a, marq_error *error) {
    int fit = a->formula ? FORMULA : 1 << a->optimizer;
    const char *what = a->formula ? "a formula" : marq_optimizer_text(a->optimizer);
    for (size_t i = 0; i < sizeof limited / sizeof *limited; i++)
        if (was_given(a, limited[i].option) && !(limited[i].fits & fit))
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s is for %s: %s does not use it",
                             limited[i].option, limited[i].words, what);
    if (a->formula && a->optimizer != MARQ_OPTIMIZER_LM)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--optimizer %s is for nets: formulas are fitted by lm",
                         marq_optimizer_key(a->optimizer));
    if (a->nested && a->formula_count < 2)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--nested needs several --formula, the simplest first");
    if (a->shared && !a->group)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--shared needs --group, the column that names data sets");
    if (a->formula && a->csv.missing == CSV_MISSING_KEEP)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--missing mask is for nets: use --missing drop");
    bool trials = a->hidden_auto || (a->restarts.given && a->restarts.value > 1);
    if (trials && a->from)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--from goes on from the model's one start and size: leave out --restarts and "
                         "--hidden auto");
    bool classify = a->loss_name && strcmp(a->loss_name, "cross-entropy") == 0 && !a->formula;
    if (classify && a->output_weights)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--loss cross-entropy has no --output-weights");
    if (classify && a->jacobian != MARQ_JACOBIAN_AUTO)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--loss cross-entropy needs --jacobian analytic");
    if (a->stream && a->data && strcmp(a->data, "-") == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--stream needs a file: standard input is read but once");
    if (!a->formula && !a->bands && was_given(a, "--confidence"))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--confidence is for --formula, or for nets with --bands");
    if (a->bands && a->loss_name && strcmp(a->loss_name, "squares") != 0 && !classify)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--bands needs --loss squares or cross-entropy");
    if (a->nesterov && !(a->momentum.value > 0))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--nesterov needs --momentum, such as 0.9");
    return MARQ_OK;
}
