/* The files of one formula's fit, and its end. */
#include "formulas/fit.h"

#include "folder.h"
#include <base/error.h>
#include <base/file.h>
#include <stdlib.h>

typedef void (*writer)(const formula_outcome *o, marq_text *text);

static marq_status write_file(const formula_outcome *o, const char *name, writer write, marq_error *error) {
    char *path = fit_path_in(o->folder, name);
    if (!path) return marq_fail_memory(error, "a file's name");
    marq_file file;
    marq_status status = marq_file_open(&file, path, error);
    if (status == MARQ_OK) {
        write(o, &file.text);
        status = marq_file_close(&file, error);
    }
    free(path);
    return status;
}

marq_status formula_write(formula_outcome *o, marq_error *error) {
    static const char *const old[] = {"history.csv", "bootstrap.csv", "bands.bin", NULL};
    fit_remove_old(o->folder, old);
    marq_status status = write_file(o, "params.json", formula_parameters_json, error);
    if (status == MARQ_OK) status = write_file(o, "model.json", formula_model_json, error);
    if (status == MARQ_OK) status = write_file(o, "predictions.csv", formula_predictions, error);
    if (status == MARQ_OK && o->bootstrap.used)
        status = write_file(o, "bootstrap.csv", formula_bootstrap_csv, error);
    if (status == MARQ_OK && !o->arguments->no_plot) status = formula_draw(o, error);
    if (status == MARQ_OK) status = write_file(o, "report.json", formula_report_json, error);
    return status;
}

void formula_clear(formula_outcome *o) {
    double *memory[] = {o->start,      o->theta,     o->lower,       o->upper,           o->weights,
                        o->covariance, o->deviation, o->left,        o->model,           o->measured,
                        o->fitted,     o->distance,  o->true_inputs, o->bootstrap.values};
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
    free(o->bootstrap.spread);
    formula_odr_destroy(o->odr);
    formula_ties_destroy(o->ties);
    for (size_t k = 0; k < sizeof o->quantities / sizeof *o->quantities; k++)
        formula_relation_clear(&o->quantities[k]);
    formula_groups_clear(&o->groups);
    marq_formula_problem_destroy(o->own);
    marq_formula_destroy(o->formula);
    fit_warnings_clear(&o->warnings);
    plots_list_clear(&o->plots);
}
