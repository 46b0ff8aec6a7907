/* fit DATA --formula TEXT: set up, solve, judge, write. */
#include "formulas/fit.h"

#include "folder.h"
#include "interrupt.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

size_t formula_starts(const fit_arguments *a) {
    return a->starts.given ? (size_t)a->starts.value : FORMULA_STARTS;
}

/* ---- Solving ---- */

static int on_progress(void *user, const marq_progress *progress) {
    (void)user, (void)progress;
    return fit_interrupted() ? MARQ_STOP_CALLER : 0;
}

static marq_options solver_options(const formula_outcome *o) {
    const fit_arguments *a = o->arguments;
    marq_options options = marq_options_default();
    options.method = a->method;
    options.jacobian = a->jacobian;
    options.threads = a->threads;
    options.progress = on_progress;
    if (a->seconds.given) options.max_seconds = a->seconds.value;
    if (a->epochs.given) options.max_iterations = (size_t)a->epochs.value;
    return options;
}

/* Says where the formula is not finite at the start. */
static marq_status explain_start(const formula_outcome *o, marq_error *error) {
    marq_formula_data data = formula_data(o);
    marq_formula_trouble trouble;
    double local[FORMULA_MOST_PARAMETERS];
    for (size_t g = 0; g < o->groups.count; g++) {
        formula_local(o, g, o->start, local);
        if (marq_formula_find_trouble(o->formula, &data, local, o->groups.first[g], formula_group_size(o, g),
                                      &trouble))
            return marq_fail(error, MARQ_ERROR_START, "%s:%zu: at the start %s: %s", o->table.file,
                             o->table.lines[trouble.row], trouble.message,
                             trouble.by_data ? "no parameter can change that; leave the row out with --where"
                                             : "give other values with --start");
    }
    return error->status;
}

/* From many places where some parameters have no start. */
static marq_status solve_many(formula_outcome *o, const double *low, const double *high, marq_error *error) {
    marq_minimum minima[FORMULA_MINIMA];
    marq_status status =
        marq_solve_many(&o->problem, &o->options, low, high, formula_starts(o->arguments), o->arguments->seed,
                        o->theta, minima, NULL, FORMULA_MINIMA, &o->minima, error);
    if (status == MARQ_ERROR_START) return explain_start(o, error);
    if (status < 0) return status;
    o->result = minima[0].result;
    /* Minima of one cost are a valley: the rank has its own warning. */
    if (o->minima > 1 && minima[1].cost < 1.5 * minima[0].cost && minima[1].cost > 1.0001 * minima[0].cost)
        fit_warn(&o->warnings, "%zu minima were found; the next has a cost %.3g times the best: give --start",
                 o->minima, minima[1].cost / minima[0].cost);
    return MARQ_OK;
}

static marq_status solve(formula_outcome *o, marq_error *error) {
    o->options = solver_options(o);
    o->threads = o->options.threads > 0 ? o->options.threads : omp_get_max_threads();
    double *low = marq_alloc_doubles(o->parameters, 1), *high = marq_alloc_doubles(o->parameters, 1);
    marq_status status = low && high ? MARQ_OK : marq_fail_memory(error, "the starts");
    fit_interrupt interrupt;
    fit_interrupt_begin(&interrupt);
    if (status == MARQ_OK) status = formula_start_groups(o, error);
    if (status == MARQ_OK) memcpy(o->theta, o->start, o->parameters * sizeof *o->theta);
    if (status == MARQ_OK && formula_start_box(o, low, high) > 0) {
        status = solve_many(o, low, high, error);
    } else if (status == MARQ_OK) {
        status = marq_solve(&o->problem, &o->options, o->theta, &o->result);
        if (status < 0) marq_fail(error, status, "%s", o->result.message);
        if (status == MARQ_ERROR_START) explain_start(o, error);
    }
    fit_interrupt_end(&interrupt);
    free(low);
    free(high);
    return status < 0 ? status : MARQ_OK;
}

/* ---- Writing ---- */

typedef void (*writer)(const formula_outcome *o, marq_text *text);

static marq_status write_file(const formula_outcome *o, const char *name, writer write, marq_error *error) {
    marq_text text = {0};
    write(o, &text);
    marq_status status = fit_write_in(o->folder, name, &text, error);
    marq_text_clear(&text);
    return status;
}

static marq_status write_all(formula_outcome *o, marq_error *error) {
    static const char *const of_nets[] = {"model.json", "history.csv", NULL};
    fit_remove_old(o->folder, of_nets);
    marq_status status = write_file(o, "params.json", formula_parameters_json, error);
    if (status == MARQ_OK) status = write_file(o, "predictions.csv", formula_predictions, error);
    if (status == MARQ_OK && !o->arguments->no_plot) status = formula_draw(o, error);
    if (status == MARQ_OK) status = write_file(o, "report.json", formula_report_json, error);
    return status;
}

static marq_status print(const formula_outcome *o, fit_streams streams, marq_error *error) {
    if (!o->arguments->quiet) fit_warnings_print(&o->warnings, streams.err);
    marq_text text = {0};
    if (o->arguments->json)
        formula_report_json(o, &text);
    else if (!o->arguments->quiet)
        formula_report_text(o, &text);
    size_t put = text.length ? fwrite(text.data, 1, text.length, streams.out) : 0;
    bool failed = text.failed || put != text.length || fflush(streams.out) != 0;
    marq_text_clear(&text);
    return failed ? marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written") : MARQ_OK;
}

static void clear(formula_outcome *o) {
    double *memory[] = {o->start,     o->theta, o->lower, o->upper,    o->weights, o->covariance,
                        o->deviation, o->left,  o->model, o->measured, o->fitted};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(o->fixed);
    free(o->given);
    free(o->side);
    free(o->linear);
    free(o->derived);
    free(o->intervals);
    free(o->curves);
    free(o->names);
    free(o->columns);
    free(o->folder);
    free(o->grouped);
    formula_groups_clear(&o->groups);
    for (size_t k = 0; k < FIT_MOST_EXPRESSIONS; k++) marq_formula_destroy(o->quantities[k]);
    marq_formula_problem_destroy(o->own);
    marq_formula_destroy(o->formula);
    csv_clear(&o->table);
    fit_warnings_clear(&o->warnings);
    plots_list_clear(&o->plots);
}

static fit_end end_of(const formula_outcome *o) {
    const char *word = formula_status_word(o);
    if (strcmp(word, "interrupted") == 0) return FIT_END_INTERRUPTED;
    return strcmp(word, "not_converged") == 0 ? FIT_END_NOT_CONVERGED : FIT_END_DONE;
}

marq_status fit_formula(const fit_arguments *arguments, fit_streams streams, fit_end *end,
                        marq_error *error) {
    formula_outcome o = {.arguments = arguments, .response = MARQ_FORMULA_NONE};
    marq_status status = formula_setup(&o, error);
    if (status == MARQ_OK) status = solve(&o, error);
    if (status == MARQ_OK) status = formula_judge(&o, error);
    if (status == MARQ_OK && arguments->profile_ci) status = formula_profile(&o, error);
    if (status == MARQ_OK) status = fit_make_folder(arguments, &o.folder, error);
    if (status == MARQ_OK) status = write_all(&o, error);
    if (status == MARQ_OK) status = print(&o, streams, error);
    if (status == MARQ_OK) *end = end_of(&o);
    clear(&o);
    return status;
}
