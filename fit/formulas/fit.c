/* fit DATA --formula TEXT: read, set up, solve, judge, write; of several formulas each, then compare. */
#include "formulas/compare.h"

#include "folder.h"
#include "interrupt.h"
#include "phases.h"
#include "rows.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/scope.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* ---- Data ---- */

/* Rows with a missing cell in a column that one of the formulas uses count for none of them. */
static marq_status check_rows(formula_run *run, marq_error *error) {
    size_t most = 0, count = 0, dropped = 0;
    for (size_t k = 0; k < run->count; k++)
        most += marq_formula_column_count(run->outcome[k].formula) + FORMULA_OTHER_COLUMNS;
    size_t *used = marq_alloc(most, sizeof *used);
    if (!used) return marq_fail_memory(error, "column numbers");
    for (size_t k = 0; k < run->count; k++) count += formula_list_columns(&run->outcome[k], used + count);
    marq_status status = csv_check(&run->table, used, count, run->arguments->csv.missing, &dropped, error);
    free(used);
    if (status == MARQ_OK) status = formula_sort_table(&run->table, error);
    for (size_t k = 0; status == MARQ_OK && k < run->count; k++) {
        run->outcome[k].table = run->table;
        fit_warn_of_table(&run->outcome[k].warnings, &run->table, dropped);
    }
    return status;
}

static marq_status read_all(formula_run *run, marq_error *error) {
    MARQ_SCOPE(run->profile, "read");
    marq_status status = fit_read_rows(run->arguments, run->arguments->group, &run->table, error);
    for (size_t k = 0; status == MARQ_OK && k < run->count; k++) {
        run->outcome[k].table = run->table;
        status = formula_read(&run->outcome[k], error);
    }
    if (status == MARQ_OK) status = formula_check_comparison(run, error);
    return status == MARQ_OK ? check_rows(run, error) : status;
}

/* ---- Fits ---- */

static marq_status judge(formula_outcome *o, marq_error *error) {
    MARQ_SCOPE(o->run->profile, "judge");
    return formula_judge(o, error);
}

static marq_status profile(formula_outcome *o, marq_error *error) {
    MARQ_SCOPE(o->run->profile, "profile-ci");
    return o->arguments->profile_ci ? formula_profile(o, error) : MARQ_OK;
}

static marq_status resample(formula_outcome *o, marq_error *error) {
    MARQ_SCOPE(o->run->profile, "bootstrap");
    return o->arguments->bootstrap.given ? formula_resample(o, error) : MARQ_OK;
}

static marq_status fit_one(formula_outcome *o, marq_error *error) {
    marq_status status = formula_setup(o, error);
    if (status == MARQ_OK) status = formula_solve(o, error);
    if (status == MARQ_OK) status = judge(o, error);
    if (status == MARQ_OK) status = profile(o, error);
    return status == MARQ_OK ? resample(o, error) : status;
}

/* Which of several formulas a message is about. */
static marq_status name_formula(size_t number, marq_error *error) {
    char reason[sizeof error->message];
    memcpy(reason, error->message, sizeof reason);
    return marq_fail(error, error->status, "formula %zu: %s", number, reason);
}

static marq_status fit_all(formula_run *run, marq_error *error) {
    marq_status status = MARQ_OK;
    fit_interrupt interrupt;
    fit_interrupt_begin(&interrupt);
    for (size_t k = 0; status == MARQ_OK && k < run->count; k++) {
        status = fit_one(&run->outcome[k], error);
        if (status < 0 && run->count > 1) name_formula(k + 1, error);
    }
    if (status == MARQ_OK && run->arguments->vs) status = formula_train_versus(run, error);
    run->interrupted = fit_interrupted();
    fit_interrupt_end(&interrupt);
    return status;
}

/* ---- Writing ---- */

/* Files of models that an earlier run had. */
static void remove_others(const char *folder) {
    static const char *const names[] = {"model.json",      "params.json",   "report.json",
                                        "predictions.csv", "bootstrap.csv", NULL};
    char name[24];
    for (size_t k = 0; k <= FIT_MOST_EXPRESSIONS; k++) {
        marq_format(name, sizeof name, k ? "%zu" : "net", k);
        fit_remove_inner(folder, name, names);
    }
}

/* The best formula's files go into the folder, the others' into folders in it: their numbers, and "net". */
static marq_status write_all(formula_run *run, marq_error *error) {
    MARQ_SCOPE(run->profile, "write");
    formula_outcome *best = &run->outcome[run->best];
    marq_status status = fit_make_folder(run->arguments, &best->folder, error);
    if (status != MARQ_OK) return status;
    remove_others(best->folder);
    for (size_t k = 0; status == MARQ_OK && k < run->count; k++) {
        char name[24];
        marq_format(name, sizeof name, "%zu", k + 1);
        if (k != run->best) status = fit_make_inner(best->folder, name, &run->outcome[k].folder, error);
        if (status == MARQ_OK && k != run->best) status = formula_write(&run->outcome[k], error);
    }
    char *inner = NULL;
    if (status == MARQ_OK && run->net) status = fit_make_inner(best->folder, "net", &inner, error);
    if (status == MARQ_OK && run->net) status = formula_write_versus(run, inner, error);
    free(inner);
    return status == MARQ_OK ? formula_write(best, error) : status;
}

static marq_status print(const formula_run *run, fit_streams streams, marq_error *error) {
    const fit_arguments *a = run->arguments;
    const formula_outcome *best = &run->outcome[run->best];
    if (!a->quiet) fit_warnings_print(&best->warnings, streams.err);
    marq_text text = {0}, phases = {0};
    if (a->json)
        formula_report_json(best, &text);
    else if (!a->quiet) {
        formula_comparison_text(run, &text);
        formula_report_text(best, &text);
    }
    if (run->profile && !a->quiet) fit_phases_text(run->profile, &phases);
    if (phases.length) fwrite(phases.data, 1, phases.length, streams.err);
    size_t put = text.length ? fwrite(text.data, 1, text.length, streams.out) : 0;
    bool failed = text.failed || put != text.length || fflush(streams.out) != 0;
    marq_text_clear(&text);
    marq_text_clear(&phases);
    return failed ? marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written") : MARQ_OK;
}

static fit_end end_of(const formula_run *run) {
    const char *word = formula_status_word(&run->outcome[run->best]);
    if (run->interrupted || strcmp(word, "interrupted") == 0) return FIT_END_INTERRUPTED;
    return strcmp(word, "not_converged") == 0 ? FIT_END_NOT_CONVERGED : FIT_END_DONE;
}

/* ---- The run ---- */

static marq_status begin(formula_run *run, fit_streams streams, marq_error *error) {
    const fit_arguments *a = run->arguments;
    run->count = a->formula_count;
    run->each = marq_alloc(run->count, sizeof *run->each);
    run->outcome = marq_alloc(run->count, sizeof *run->outcome);
    if (!run->each || !run->outcome) return marq_fail_memory(error, "the formulas");
    for (size_t k = 0; k < run->count; k++) {
        run->each[k] = *a;
        run->each[k].formula = a->formulas[k];
        run->outcome[k] = (formula_outcome){
            .run = run, .arguments = &run->each[k], .response = MARQ_FORMULA_NONE, .err = streams.err};
    }
    if (!a->profile) return MARQ_OK;
    run->profile = fit_profile_create(a->threads > 0 ? a->threads : omp_get_max_threads());
    return run->profile ? MARQ_OK : marq_fail_memory(error, "the profile");
}

static void clear(formula_run *run) {
    for (size_t k = 0; run->outcome && k < run->count; k++) formula_clear(&run->outcome[k]);
    free(run->outcome);
    free(run->each);
    formula_comparison_clear(run->comparison);
    formula_versus_clear(run->net);
    csv_clear(&run->table);
    marq_profile_destroy(run->profile);
}

marq_status fit_formula(const fit_arguments *arguments, fit_streams streams, fit_end *end,
                        marq_error *error) {
    formula_run run = {.arguments = arguments};
    marq_status status = begin(&run, streams, error);
    if (status == MARQ_OK) status = read_all(&run, error);
    if (status == MARQ_OK) status = fit_all(&run, error);
    if (status == MARQ_OK) status = formula_compare(&run, error);
    if (status == MARQ_OK) status = write_all(&run, error);
    if (status == MARQ_OK && run.profile)
        status = fit_profile_write(run.profile, run.outcome[run.best].folder, error);
    if (status == MARQ_OK) status = print(&run, streams, error);
    if (status == MARQ_OK) *end = end_of(&run);
    clear(&run);
    return status;
}
