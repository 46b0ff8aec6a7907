/* data -> rows of each set, gathered and normalised. The scaling sees the training rows only.
 * The weight of a value is w_io = c v_o / σ_i² with output weights v and row deviations σ, 0 where it is
 * missing, and c such that the training values that are there have the mean weight 1. Huber's threshold δ in
 * units of σ_i of the data is t_o = δ √(c v_o) factor_o for the residuals √w_io (a − y) of normalised
 * outputs. */
#include "dataset.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int set_of(const marq_data *data, size_t row) {
    return data->set ? data->set[row] : MARQ_TRAIN;
}

/* ---- Checks ---- */

static marq_status check_row(const marq_net *net, const marq_data *data, size_t i, marq_error *error) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
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
    return MARQ_OK;
}

static marq_status check(const marq_net *net, const marq_data *data, const marq_train_options *options,
                         marq_error *error) {
    if (!data->X || !data->Y || data->rows == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the data have no rows");
    if (options->loss == MARQ_NET_HUBER && !(options->huber_delta > 0 && isfinite(options->huber_delta)))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "huber_delta must be above 0");
    for (size_t o = 0; data->output_weights && o < marq_net_outputs(net); o++)
        if (!(data->output_weights[o] >= 0 && isfinite(data->output_weights[o])))
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "an output weight is below 0 or not finite");
    marq_status status = MARQ_OK;
    for (size_t i = 0; status == MARQ_OK && i < data->rows; i++) status = check_row(net, data, i, error);
    return status;
}

/* ---- Gathering ---- */

static bool is_weighted(const marq_data *data, size_t outputs) {
    bool weighted = data->sigma || data->output_weights;
    for (size_t i = 0; !weighted && i < data->rows * outputs; i++) weighted = isnan(data->Y[i]);
    return weighted;
}

static marq_status allocate(marq_dataset *set, const marq_net *net, const marq_data *data,
                            marq_error *error) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    bool weighted = is_weighted(data, outputs);
    for (size_t i = 0; i < data->rows; i++) set->rows[set_of(data, i)]++;
    for (int s = 0; s < MARQ_SETS; s++) {
        if (set->rows[s] == 0) continue;
        set->X[s] = marq_alloc_doubles(set->rows[s], inputs);
        set->Y[s] = marq_alloc_doubles(set->rows[s], outputs);
        if (weighted) set->root[s] = marq_alloc_doubles(set->rows[s], outputs);
        if (!set->X[s] || !set->Y[s] || (weighted && !set->root[s]))
            return marq_fail_memory(error, "the data");
    }
    if (set->loss == MARQ_NET_HUBER) set->threshold = marq_alloc_doubles(outputs, 1);
    if (set->loss == MARQ_NET_HUBER && !set->threshold) return marq_fail_memory(error, "the data");
    return MARQ_OK;
}

/* √w of a value, but for c. */
static double root_weight(const marq_data *data, size_t outputs, size_t row, size_t output) {
    if (isnan(data->Y[row * outputs + output])) return 0;
    double root = data->output_weights ? sqrt(data->output_weights[output]) : 1;
    return data->sigma ? root / data->sigma[row] : root;
}

static void copy_rows(marq_dataset *set, const marq_net *net, const marq_data *data) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net), next[MARQ_SETS] = {0};
    for (size_t i = 0; i < data->rows; i++) {
        int s = set_of(data, i);
        size_t to = next[s]++;
        memcpy(set->X[s] + to * inputs, data->X + i * inputs, inputs * sizeof(double));
        memcpy(set->Y[s] + to * outputs, data->Y + i * outputs, outputs * sizeof(double));
        for (size_t o = 0; set->root[s] && o < outputs; o++)
            set->root[s][to * outputs + o] = root_weight(data, outputs, i, o);
    }
}

/* ---- Weights ---- */

/* √c. A value that is there counts, also with an output weight of 0. */
static double common_root(const marq_dataset *set, size_t outputs) {
    double sum = 0, present = 0;
    const double *root = set->root[MARQ_TRAIN], *Y = set->Y[MARQ_TRAIN];
    for (size_t i = 0; root && i < set->rows[MARQ_TRAIN] * outputs; i++) {
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

static void normalise(marq_dataset *set, const marq_net *net) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    for (int s = 0; s < MARQ_SETS; s++) {
        if (set->rows[s] == 0) continue;
        marq_scale_rows(&net->input, set->rows[s], inputs, set->X[s], set->X[s]);
        marq_scale_rows(&net->output, set->rows[s], outputs, set->Y[s], set->Y[s]);
        for (size_t i = 0; set->root[s] && i < set->rows[s] * outputs; i++)
            if (isnan(set->Y[s][i])) set->Y[s][i] = 0; /* with weight 0 */
    }
}

static marq_status fill(marq_dataset *set, marq_net *net, const marq_data *data,
                        const marq_train_options *options, marq_error *error) {
    size_t outputs = marq_net_outputs(net);
    const int train = MARQ_TRAIN;
    if (set->rows[train] == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "no row belongs to the training set");
    copy_rows(set, net, data);
    double common = common_root(set, outputs);
    marq_status status = weigh(set, outputs, common, error);
    if (status != MARQ_OK) return status;
    set->variance =
        marq_spread(set->rows[train], outputs, set->Y[train], set->root[train]) / set->weight[train];
    if (!options->keep_scaling)
        marq_net_normalise(net, options->normalise, set->rows[train], set->X[train], set->Y[train]);
    set_thresholds(set, net, data, options->huber_delta, common);
    normalise(set, net);
    return MARQ_OK;
}

marq_status marq_dataset_create(marq_dataset *set, marq_net *net, const marq_data *data,
                                const marq_train_options *options, marq_error *error) {
    *set = (marq_dataset){.loss = options->loss};
    marq_status status = check(net, data, options, error);
    if (status == MARQ_OK) status = allocate(set, net, data, error);
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

void marq_dataset_destroy(marq_dataset *set) {
    for (int s = 0; s < MARQ_SETS; s++) {
        free(set->X[s]);
        free(set->Y[s]);
        free(set->root[s]);
    }
    free(set->threshold);
    *set = (marq_dataset){0};
}
