/* Options whose values are more than a text, a flag or a number: each reads its own. */
#ifndef FIT_OPTION_SETTERS_H
#define FIT_OPTION_SETTERS_H

#include "args.h"

marq_status fit_set_activation(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_bootstrap(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_comment(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_confidence(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_decimal(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_derive(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_formula(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_help(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_hidden(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_init(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_jacobian(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_lm(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_memory(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_method(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_missing(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_mu_dec(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_normalise(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_optimizer(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_out(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_plot_format(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_recipe(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_seed(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_separator(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_skip(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_split(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_threads(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_tie(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_varpro(fit_arguments *arguments, const char *value, marq_error *error);
marq_status fit_set_version(fit_arguments *arguments, const char *value, marq_error *error);

#endif
