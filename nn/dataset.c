/* data -> rows of each set, gathered and normalised. The scaling sees the training rows only.
 * The weight of a value is w_io = c v_o / σ_i² with output weights v and row deviations σ, 0 where it is
 * missing, and c such that the training values that are there have the mean weight 1. Huber's threshold δ in
 * units of σ_i of the data is t_o = δ √(c v_o) factor_o for the residuals √w_io (a − y) of normalised
 * outputs. */
#include "dataset.h"

#include "pass.h"
#include <base/error.h>
#include <base/least.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int set_of(const marq_data *data, size_t row) {
    return data->set ? data->set[row] : MARQ_TRAIN;
}

/* Row i of the data is about to be read, and those before it are done with. */
static void reach(const marq_data *data, size_t i) {
    if (data->release && i % MARQ_RELEASE_ROWS == 0) data->release(data->release_user);
}

/* ---- Checks ---- */

/* Columns of data->Y: a classifier's is the class. */
static size_t given_columns(const marq_net *net) {
    return net->classes ? 1 : marq_net_outputs(net);
}

static marq_status check_class(const marq_net *net, const marq_data *data, size_t i, marq_error *error) {
    double y = data->Y[i];
    if (isnan(y) || (y >= 0 && y < (double)net->classes && y == floor(y))) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_DATA, "row %zu has the class %g: 0 to %zu are possible", i + 1, y,
                     net->classes - 1);
}

static marq_status check_row(const marq_net *net, const marq_data *data, size_t i, marq_error *error) {
    size_t inputs = marq_net_inputs(net), outputs = given_columns(net);
    if (set_of(data, i) >= MARQ_SETS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "row %zu belongs to set %d: 0, 1 and 2 are possible",
                         i + 1, set_of(data, i));
    for (size_t j = 0; j < inputs + outputs; j++) {
        double v = j < inputs ? data->X[i * inputs + j] : data->Y[i * outputs + j - inputs];
        bool missing_output = data->mask && j >= inputs && isnan(v);
        if (!isfinite(v) && !missing_output)
            return marq_fail(error, MARQ_ERROR_DATA, "row %zu has a value that is not finite", i + 1);
    }
    if (data->sigma && !(data->sigma[i] > 0 && isfinite(data->sigma[i])))
        return marq_fail(error, MARQ_ERROR_DATA, "row %zu has the standard deviation %g: it must be above 0",
                         i + 1, data->sigma[i]);
    return net->classes ? check_class(net, data, i, error) : MARQ_OK;
}

static marq_status check(const marq_net *net, const marq_data *data, const marq_train_options *options,
                         marq_error *error) {
    if (!data->X || !data->Y || data->rows == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the data have no rows");
    if (!net->classes && options->loss == MARQ_NET_CROSS_ENTROPY)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "cross-entropy is for classifiers (marq_net_set_classes)");
    if (net->classes && (data->output_weights || options->jacobian != MARQ_JACOBIAN_AUTO))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "a classifier has no output weights and no Jacobian by differences");
    if (options->loss == MARQ_NET_HUBER && !net->classes &&
        !(options->huber_delta > 0 && isfinite(options->huber_delta)))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "huber_delta must be above 0");
    for (size_t o = 0; data->output_weights && o < marq_net_outputs(net); o++)
        if (!(data->output_weights[o] >= 0 && isfinite(data->output_weights[o])))
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "an output weight is below 0 or not finite");
    marq_status status = MARQ_OK;
    for (size_t i = 0; status == MARQ_OK && i < data->rows; i++) {
        reach(data, i);
        status = check_row(net, data, i, error);
    }
    return status;
}

/* ---- Gathering ---- */

static bool is_weighted(const marq_data *data, size_t columns) {
    bool weighted = data->sigma || data->output_weights;
    for (size_t i = 0; !weighted && i < data->rows * columns; i++) weighted = isnan(data->Y[i]);
    return weighted;
}

/* Memory for the sets, or parts of the file. */
static marq_status take(marq_dataset *set, size_t rows, size_t columns, double **array, size_t *used,
                        marq_error *error) {
    if (set->spill.memory) {
        *array = (double *)set->spill.memory + *used;
        *used += rows * columns;
        return MARQ_OK;
    }
    *array = marq_alloc_shared(rows, columns, marq_pass_block(rows));
    return *array ? MARQ_OK : marq_fail_memory(error, "the data");
}

static marq_status open_spill(marq_dataset *set, const char *folder, size_t doubles, marq_error *error) {
    marq_status status = marq_spill_open(&set->spill, folder, error);
    if (status == MARQ_OK) status = marq_spill_append(&set->spill, NULL, doubles * sizeof(double), error);
    return status == MARQ_OK ? marq_spill_map(&set->spill, error) : status;
}

static marq_status allocate(marq_dataset *set, const marq_net *net, const marq_data *data, const char *folder,
                            marq_error *error) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net), used = 0;
    bool weighted = is_weighted(data, given_columns(net));
    size_t columns = inputs + outputs + (weighted ? outputs : 0);
    marq_status status = folder ? open_spill(set, folder, data->rows * columns, error) : MARQ_OK;
    for (size_t i = 0; i < data->rows; i++) set->rows[set_of(data, i)]++;
    for (int s = 0; s < MARQ_SETS; s++) {
        size_t rows = set->rows[s];
        if (rows == 0) continue;
        if (status == MARQ_OK) status = take(set, rows, inputs, &set->X[s], &used, error);
        if (status == MARQ_OK) status = take(set, rows, outputs, &set->Y[s], &used, error);
        if (status == MARQ_OK && weighted) status = take(set, rows, outputs, &set->root[s], &used, error);
    }
    if (status != MARQ_OK) return status;
    if (set->loss == MARQ_NET_HUBER) set->threshold = marq_alloc_doubles(outputs, 1);
    if (set->loss == MARQ_NET_HUBER && !set->threshold) return marq_fail_memory(error, "the data");
    return MARQ_OK;
}

/* The target of an output: the value, or 1 for the class and 0 for the others. */
static double target(const marq_net *net, const marq_data *data, size_t row, size_t output) {
    size_t outputs = marq_net_outputs(net);
    if (!net->classes || isnan(data->Y[row])) return data->Y[net->classes ? row : row * outputs + output];
    return data->Y[row] == (double)(outputs == 1 ? 1 : output);
}

/* √w of a value, but for c. */
static double root_weight(const marq_net *net, const marq_data *data, size_t row, size_t output) {
    if (isnan(target(net, data, row, output))) return 0;
    double root = data->output_weights ? sqrt(data->output_weights[output]) : 1;
    return data->sigma ? root / data->sigma[row] : root;
}

static void copy_rows(marq_dataset *set, const marq_net *net, const marq_data *data) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net), next[MARQ_SETS] = {0};
    for (size_t i = 0; i < data->rows; i++) {
        if (i % MARQ_RELEASE_ROWS == 0) marq_dataset_release(set);
        reach(data, i);
        int s = set_of(data, i);
        size_t to = next[s]++;
        memcpy(set->X[s] + to * inputs, data->X + i * inputs, inputs * sizeof(double));
        for (size_t o = 0; o < outputs; o++) {
            set->Y[s][to * outputs + o] = target(net, data, i, o);
            if (set->root[s]) set->root[s][to * outputs + o] = root_weight(net, data, i, o);
        }
    }
}

/* ---- Weights ---- */

/* √c. A value that is there counts, also with an output weight of 0. */
static double common_root(const marq_dataset *set, size_t outputs) {
    double sum = 0, present = 0;
    const double *root = set->root[MARQ_TRAIN], *Y = set->Y[MARQ_TRAIN];
    for (size_t i = 0; root && i < set->rows[MARQ_TRAIN] * outputs; i++) {
        if (i % MARQ_RELEASE_ROWS == 0) marq_dataset_release(set);
        sum += root[i] * root[i];
        present += !isnan(Y[i]);
    }
    return root ? sqrt(present / sum) : 1;
}

static void set_thresholds(const marq_dataset *set, const marq_net *net, const marq_data *data, double delta,
                           double common) {
    for (size_t o = 0; set->threshold && o < marq_net_outputs(net); o++) {
        double root = data->output_weights ? sqrt(data->output_weights[o]) : 1;
        set->threshold[o] = delta * common * root * fabs(net->output.factor[o]);
    }
}

static marq_status weigh(marq_dataset *set, size_t outputs, double common, marq_error *error) {
    for (int s = 0; s < MARQ_SETS; s++) {
        double *root = set->root[s];
        set->weight[s] = root ? 0 : (double)(set->rows[s] * outputs);
        for (size_t i = 0; root && i < set->rows[s] * outputs; i++) {
            if (i % MARQ_RELEASE_ROWS == 0) marq_dataset_release(set);
            root[i] *= common;
            set->weight[s] += root[i] * root[i];
        }
    }
    double all = set->weight[MARQ_TRAIN];
    if (all > 0 && isfinite(all)) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_DATA,
                     "no output of the training rows has a weight: all are missing, or weigh nothing");
}

/* ---- A dataset ---- */

/* What a constant model would leave: the variance of squared errors, the entropy of classes. */
static double constant_loss(const marq_dataset *set, const marq_net *net) {
    size_t outputs = marq_net_outputs(net), rows = set->rows[MARQ_TRAIN];
    const double *Y = set->Y[MARQ_TRAIN], *root = set->root[MARQ_TRAIN];
    double total = set->weight[MARQ_TRAIN] / (double)outputs, entropy = 0;
    if (!net->classes) return marq_spread(rows, outputs, Y, root) / set->weight[MARQ_TRAIN];
    for (size_t o = 0; o < outputs; o++) {
        double share = 0;
        for (size_t i = 0; i < rows; i++) {
            size_t cell = i * outputs + o;
            if (i % MARQ_RELEASE_ROWS == 0) marq_dataset_release(set);
            if (!isnan(Y[cell])) share += Y[cell] * (root ? root[cell] * root[cell] : 1) / total;
        }
        if (share > 0) entropy -= share * log(share);
        if (outputs == 1 && share < 1) entropy -= (1 - share) * log(1 - share);
    }
    return entropy;
}

static void normalise_rows(marq_dataset *set, const marq_net *net, int s, size_t first, size_t rows) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    double *X = set->X[s] + first * inputs, *Y = set->Y[s] + first * outputs;
    marq_scale_rows(&net->input, rows, inputs, X, X);
    marq_scale_rows(&net->output, rows, outputs, Y, Y);
    for (size_t i = 0; set->root[s] && i < rows * outputs; i++)
        if (isnan(Y[i])) Y[i] = 0; /* with weight 0 */
}

static void normalise(marq_dataset *set, const marq_net *net) {
    for (int s = 0; s < MARQ_SETS; s++)
        for (size_t first = 0; first < set->rows[s]; first += MARQ_RELEASE_ROWS) {
            size_t left = set->rows[s] - first;
            normalise_rows(set, net, s, first, marq_least(left, MARQ_RELEASE_ROWS));
            marq_dataset_release(set);
        }
}

static marq_status fill(marq_dataset *set, marq_net *net, const marq_data *data,
                        const marq_train_options *options, marq_error *error) {
    size_t outputs = marq_net_outputs(net);
    const int train = MARQ_TRAIN;
    if (set->rows[train] == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "no row belongs to the training set");
    copy_rows(set, net, data);
    if (data->release) data->release(data->release_user);
    double common = set->common = common_root(set, outputs);
    marq_status status = weigh(set, outputs, common, error);
    if (status != MARQ_OK) return status;
    set->variance = constant_loss(set, net);
    if (!options->keep_scaling) marq_net_normalise_by(net, options->normalise, set);
    set_thresholds(set, net, data, options->huber_delta, common);
    normalise(set, net);
    marq_dataset_release(set);
    return MARQ_OK;
}

marq_status marq_dataset_create(marq_dataset *set, marq_net *net, const marq_data *data,
                                const marq_train_options *options, marq_error *error) {
    *set = (marq_dataset){.loss = net->classes ? MARQ_NET_CROSS_ENTROPY : options->loss};
    marq_status status = check(net, data, options, error);
    if (status == MARQ_OK) status = allocate(set, net, data, options->spill_folder, error);
    if (status == MARQ_OK) status = fill(set, net, data, options, error);
    if (status != MARQ_OK) marq_dataset_destroy(set);
    return status;
}

marq_targets marq_dataset_targets(const marq_dataset *data, const marq_net *net, int set) {
    return (marq_targets){.loss = data->loss,
                          .outputs = marq_net_outputs(net),
                          .Y = data->Y[set],
                          .root = data->root[set],
                          .threshold = data->threshold};
}

void marq_dataset_release(const marq_dataset *set) {
    enum { WORTH_IT = 1 << 26 }; /* bytes: less may stay */
    if (set->spill.bytes >= WORTH_IT) marq_spill_release(&set->spill);
}

void marq_dataset_destroy(marq_dataset *set) {
    for (int s = 0; s < MARQ_SETS && !set->spill.opened; s++) {
        free(set->X[s]);
        free(set->Y[s]);
        free(set->root[s]);
    }
    free(set->threshold);
    marq_spill_close(&set->spill);
    *set = (marq_dataset){0};
}
