/* The command: parses, runs the action, turns a status into an exit code and an error into one line. */
#include "command.h"

#include "formulas/fit.h"
#include "formulas/saved_formula.h"
#include "help.h"
#include "nets/train.h"
#include "nist/selftest.h"
#include "saved.h"
#include <stdio.h>

static int exit_code(marq_status status) {
    switch (status) {
    case MARQ_ERROR_ARGUMENT:
        return FIT_EXIT_USAGE;
    case MARQ_ERROR_READ:
    case MARQ_ERROR_FORMAT:
    case MARQ_ERROR_DATA:
        return FIT_EXIT_DATA;
    case MARQ_ERROR_START:
    case MARQ_ERROR_JACOBIAN:
    case MARQ_ERROR_MEMORY:
        return FIT_EXIT_NO_FIT;
    case MARQ_ERROR_WRITE:
        return FIT_EXIT_OUTPUT;
    default:
        return status < 0 ? FIT_EXIT_INTERNAL : FIT_EXIT_DONE;
    }
}

static marq_status run(const fit_arguments *arguments, fit_streams streams, fit_end *end, marq_error *error) {
    switch (arguments->action) {
    case FIT_HELP:
        return fit_help(streams.out, error);
    case FIT_VERSION:
        return fit_version(streams.out, error);
    case FIT_PREDICT:
        return fit_predict(arguments, streams, error);
    case FIT_SHOW:
        return fit_show(arguments, streams, error);
    case FIT_EXPORT:
        return fit_export(arguments, streams, error);
    case FIT_SELFTEST:
        return fit_selftest(arguments, streams, error);
    case FIT_TRAIN:
        break;
    }
    return arguments->formula ? fit_formula(arguments, streams, end, error)
                              : fit_train(arguments, streams, end, error);
}

int fit_command(int argc, const char *const *argv) {
    fit_arguments arguments;
    marq_error error = {0};
    fit_end end = FIT_END_DONE;
    fit_streams streams = {stdout, stderr};
    formula_saved saved = {0}; /* of --from */
    marq_status status = fit_parse(argc, argv, &arguments, &error);
    if (status == MARQ_OK) status = fit_take_from(&arguments, &saved, &error);
    if (status == MARQ_OK) status = fit_check_arguments(&arguments, &error);
    if (status == MARQ_OK) status = run(&arguments, streams, &end, &error);
    formula_saved_clear(&saved);
    if (status < 0) {
        fprintf(stderr, "fit: %s\n", error.message);
        return exit_code(status);
    }
    static const int codes[] = {[FIT_END_DONE] = FIT_EXIT_DONE,
                                [FIT_END_INTERRUPTED] = FIT_EXIT_INTERRUPTED,
                                [FIT_END_NOT_CONVERGED] = FIT_EXIT_NO_FIT};
    return codes[end];
}
