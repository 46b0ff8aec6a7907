/* --vs net:10: a net beside the formulas, of the formulas' inputs and left side, with the same weights. Of
 * several groups it has one more input each, 1 in the group's rows and 0 in the others: what the groups have
 * in common it learns from all of them. With errors in the inputs (--sigma-x) its weights are those of the
 * effective variance, 1/w² = σ_y² + Σ_j (∂f/∂x_j σ_j)², with its own slopes (Orear 1982): to first order w (f
 * − y) is the distance that the formulas have. */
#include "formulas/versus_train.h"

#include "list.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAYERS = 16 };

/* ---- The net ---- */

/* "net:20,10" -> widths with the inputs in front and the output behind; 0: not of that form. */
static size_t read_widths(const char *text, size_t inputs, size_t widths[MOST_LAYERS]) {
    size_t count = 1;
    widths[0] = inputs;
    if (strncmp(text, "net:", 4) != 0) return 0;
    char item[32];
    for (const char *list = text + 4; fit_list_next(&list, ',', item, sizeof item);) {
        double width;
        if (count + 1 == MOST_LAYERS || !marq_number_parse(item, &width)) return 0;
        if (width < 1 || width > 10000 || width != floor(width)) return 0;
        widths[count++] = (size_t)width;
    }
    widths[count++] = 1;
    return count;
}

/* The columns of all formulas, in the order of their first use; then the groups. */
static marq_status find_inputs(const formula_run *run, formula_net *n, marq_error *error) {
    const formula_groups *g = &run->outcome[0].groups;
    n->column = marq_alloc(run->table.columns, sizeof *n->column);
    if (!n->column) return marq_fail_memory(error, "the net's inputs");
    for (size_t k = 0; k < run->count; k++)
        for (size_t i = 0; i < marq_formula_column_count(run->outcome[k].formula); i++) {
            size_t column = marq_formula_column(run->outcome[k].formula, i);
            bool known = false;
            for (size_t j = 0; j < n->columns; j++) known = known || n->column[j] == column;
            if (!known) n->column[n->columns++] = column;
        }
    n->inputs = n->columns + (g->count > 1 ? g->count : 0);
    return MARQ_OK;
}

static void describe(formula_net *n, size_t sizes, const size_t *widths) {
    size_t length = (size_t)marq_format(n->text, sizeof n->text, "net ");
    for (size_t l = 0; l < sizes && length < sizeof n->text; l++)
        length +=
            (size_t)marq_format(n->text + length, sizeof n->text - length, l ? "-%zu" : "%zu", widths[l]);
}

/* A group's input is COLUMN[GROUP]. */
static marq_status name_columns(const formula_run *run, const formula_net *n, marq_error *error) {
    const formula_outcome *o = &run->outcome[0];
    const char *output = run->table.names[o->response];
    char **names = marq_alloc(n->inputs, sizeof *names);
    bool complete = names != NULL;
    for (size_t j = 0; complete && j < n->inputs; j++) {
        marq_text text = {0};
        if (j < n->columns)
            marq_text_add(&text, "%s", run->table.names[n->column[j]]);
        else
            marq_text_add(&text, "%s[%s]", run->arguments->group, o->groups.names[j - n->columns]);
        names[j] = text.data;
        complete = !text.failed && text.data;
    }
    complete = complete && marq_net_set_columns(n->net, (const char *const *)names, &output) == MARQ_OK;
    for (size_t j = 0; names && j < n->inputs; j++) free(names[j]);
    free(names);
    return complete ? MARQ_OK : marq_fail_memory(error, "names of columns");
}

static marq_status make_net(const formula_run *run, formula_net *n, marq_error *error) {
    size_t widths[MOST_LAYERS], sizes = read_widths(run->arguments->vs, n->inputs, widths);
    if (sizes == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--vs %s: a net with the sizes of its hidden layers is expected, such as net:10",
                         run->arguments->vs);
    n->net = marq_net_create(sizes, widths, NULL, error);
    if (!n->net) return error->status;
    marq_net_initialise(n->net, MARQ_INIT_NGUYEN_WIDROW, run->arguments->seed);
    describe(n, sizes, widths);
    return name_columns(run, n, error);
}

/* ---- Its rows ---- */

/* The inputs of a group in one row: its columns are set by the caller. */
static void set_group(const formula_net *n, size_t group, double *x) {
    for (size_t j = n->columns; j < n->inputs; j++) x[j] = j - n->columns == group;
}

static double *gather(const formula_outcome *o, const formula_net *n) {
    double *x = marq_alloc_doubles(o->rows, n->inputs);
    for (size_t g = 0; x && g < o->groups.count; g++)
        for (size_t i = o->groups.first[g]; i < o->groups.first[g + 1]; i++) {
            double *row = x + i * n->inputs;
            for (size_t j = 0; j < n->columns; j++)
                row[j] = o->table.values[i * o->table.columns + n->column[j]];
            set_group(n, g, row);
        }
    return x;
}

/* ---- Errors in the inputs ---- */

/* The column's reach times this is the step of central differences. */
static const double STEP = 1e-5;

static double reach_of(const double *x, size_t rows, size_t stride) {
    double low = x[0], high = x[0];
    for (size_t i = 1; i < rows; i++) low = fmin(low, x[i * stride]), high = fmax(high, x[i * stride]);
    return high > low ? high - low : 1;
}

/* variance[i] += (∂f/∂x_j σ_j)²; x is moved and put back; room: 2 × rows. */
static marq_status add_variance(const formula_outcome *o, const formula_net *n, size_t j, double *x,
                                double *room, double *variance) {
    long errors = formula_errors_of(o, n->column[j]);
    if (errors < 0) return MARQ_OK;
    double h = STEP * reach_of(x + j, o->rows, n->inputs);
    marq_status status = MARQ_OK;
    for (int side = 0; side < 2 && status == MARQ_OK; side++) {
        for (size_t i = 0; i < o->rows; i++)
            x[i * n->inputs + j] = o->table.values[i * o->table.columns + n->column[j]] + (side ? h : -h);
        status = marq_net_predict(n->net, o->rows, x, room + (size_t)side * o->rows, 1);
    }
    for (size_t i = 0; i < o->rows; i++) {
        const double *row = o->table.values + i * o->table.columns;
        double moved = (room[o->rows + i] - room[i]) / (2 * h) * row[errors];
        x[i * n->inputs + j] = row[n->column[j]];
        variance[i] += moved * moved;
    }
    return status;
}

/* weights ← of the effective variance, at the net as it is. */
static marq_status set_weights(const formula_outcome *o, const formula_net *n, double *x, double *weights,
                               marq_error *error) {
    double *room = marq_alloc_doubles(2, o->rows);
    marq_status status = room ? MARQ_OK : MARQ_ERROR_MEMORY;
    for (size_t i = 0; i < o->rows; i++) weights[i] = o->weights ? 1 / (o->weights[i] * o->weights[i]) : 1;
    for (size_t j = 0; status == MARQ_OK && j < n->columns; j++)
        status = add_variance(o, n, j, x, room, weights);
    for (size_t i = 0; i < o->rows; i++) weights[i] = 1 / sqrt(weights[i]);
    free(room);
    return status == MARQ_OK ? MARQ_OK : marq_fail_memory(error, "the net");
}

/* ---- Training ---- */

enum { ROUNDS = 2 }; /* of new weights, each trained with */

static marq_status train(const formula_run *run, formula_net *n, marq_error *error) {
    const formula_outcome *o = &run->outcome[0];
    double *x = gather(o, n), *weights = o->odr ? marq_alloc_doubles(o->rows, 1) : NULL;
    n->model = marq_alloc_doubles(o->rows, 1);
    bool complete = x && n->model && (weights || !o->odr);
    marq_status status = complete ? MARQ_OK : marq_fail_memory(error, "the net");
    formula_net_rows rows = {o->rows, x, o->left, o->weights};
    if (status == MARQ_OK) {
        marq_net_normalise(n->net, MARQ_NORMALISE_RANGE, o->rows, x, o->left);
        status = formula_train_net(run, &rows, n, error);
    }
    if (o->odr) rows.weights = weights;
    for (int round = 0; status == MARQ_OK && o->odr && round < ROUNDS; round++) {
        status = set_weights(o, n, x, weights, error);
        if (status == MARQ_OK) status = formula_train_net(run, &rows, n, error);
    }
    if (status == MARQ_OK && o->odr) status = set_weights(o, n, x, weights, error);
    if (status == MARQ_OK && marq_net_predict(n->net, o->rows, x, n->model, 1) != MARQ_OK)
        status = marq_fail_memory(error, "the net");
    for (size_t i = 0; status == MARQ_OK && i < o->rows; i++) {
        double r = (n->model[i] - o->left[i]) * (rows.weights ? rows.weights[i] : 1);
        n->chi2 += r * r;
    }
    free(x);
    free(weights);
    return status;
}

marq_status formula_train_versus(formula_run *run, marq_error *error) {
    formula_net *n = run->net = marq_alloc(1, sizeof *n);
    if (!n) return marq_fail_memory(error, "the net");
    marq_status status = find_inputs(run, n, error);
    if (status == MARQ_OK) status = make_net(run, n, error);
    return status == MARQ_OK ? train(run, n, error) : status;
}

marq_status formula_versus_curve(const formula_net *n, size_t group, const double *x, size_t points,
                                 double *y, marq_error *error) {
    double *rows = marq_alloc_doubles(points, n->inputs);
    for (size_t k = 0; rows && k < points; k++) {
        rows[k * n->inputs] = x[k];
        set_group(n, group, rows + k * n->inputs);
    }
    bool complete = rows && marq_net_predict(n->net, points, rows, y, 1) == MARQ_OK;
    free(rows);
    return complete ? MARQ_OK : marq_fail_memory(error, "the net's curve");
}

/* ---- Its file ---- */

marq_status formula_write_versus(const formula_run *run, const char *folder, marq_error *error) {
    marq_text path = {0};
    marq_text_add(&path, "%s/model.json", folder);
    marq_status status = path.failed ? marq_fail_memory(error, "a file's name")
                                     : marq_net_save(run->net->net, path.data, error);
    marq_text_clear(&path);
    return status;
}

void formula_versus_clear(formula_net *n) {
    if (!n) return;
    marq_net_destroy(n->net);
    free(n->column);
    free(n->model);
    free(n);
}
