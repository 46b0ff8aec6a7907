/* Table -> inputs, outputs and sets of rows. */
#ifndef FIT_COLUMNS_H
#define FIT_COLUMNS_H

#include "args.h"
#include "warnings.h"
#include <base/spill.h>

enum { FIT_DATA_FILES = 3 };

/* Data of a fit, owned. */
typedef struct fit_data {
    size_t rows, inputs, outputs;
    double *X;     /* rows × inputs */
    double *Y;     /* rows × outputs, NaN where masked; NULL for prediction without measured outputs */
    double *sigma; /* rows: standard deviations; NULL: none */
    double *output_weights;          /* outputs; NULL: all 1 */
    unsigned char *set;              /* rows */
    char **input_names;              /* inputs */
    char **output_names;             /* outputs */
    size_t dropped;                  /* rows left out because of missing cells */
    size_t classes;                  /* of a classifier, whose Y is the class of each row; 0: none */
    char **class_names;              /* classes */
    marq_spill file[FIT_DATA_FILES]; /* X, Y and sigma lie in these if they are open: --stream */
    const csv_labels *label_of; /* borrowed: the group of each row, a column before the inputs; or NULL */
    const char *label_name;
} fit_data;

/* Chooses and checks the columns that the arguments name, splits the rows. The table may lose rows. */
marq_status fit_select(const fit_arguments *arguments, csv_table *table, fit_data *data,
                       fit_warnings *warnings, marq_error *error);

/* The same in two steps, the first for each part of a table: columns without the checks of all rows, and set
 * only where a column says it, and labels for classes; then those checks, the classes, the split and the
 * weights of outputs. table: the last part, or the whole; its file's name and its labels are needed. */
marq_status fit_select_part(const fit_arguments *arguments, csv_table *table, fit_data *part,
                            marq_error *error);
marq_status fit_finish_selection(const fit_arguments *arguments, const csv_table *table, fit_data *data,
                                 fit_warnings *warnings, marq_error *error);

/* The columns of a saved net, by name; Y only if all outputs are there. */
marq_status fit_select_for_net(const fit_arguments *arguments, const marq_net *net, csv_table *table,
                               fit_data *data, marq_error *error);

/* The reader's warnings, and how many rows were dropped. */
void fit_warn_of_table(fit_warnings *warnings, const csv_table *table, size_t dropped);

/* Where rows are in files: those that were used may leave memory. To be called every so many rows. */
enum { FIT_RELEASE_ROWS = 4096 };
void fit_data_release(const fit_data *data);

void fit_data_clear(fit_data *data);

#endif
