/* data -> rows of each set, gathered and normalised. The scaling sees the training rows only. */
#include "dataset.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int set_of(const marq_data *data, size_t row) {
    return data->set ? data->set[row] : MARQ_TRAIN;
}

static marq_status check(const marq_net *net, const marq_data *data, marq_error *error) {
    if (!data->X || !data->Y || data->rows == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the data have no rows");
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    for (size_t i = 0; i < data->rows; i++) {
        if (set_of(data, i) >= MARQ_SETS)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "row %zu belongs to set %d: 0, 1 and 2 are possible",
                             i + 1, set_of(data, i));
        for (size_t j = 0; j < inputs + outputs; j++) {
            double v = j < inputs ? data->X[i * inputs + j] : data->Y[i * outputs + j - inputs];
            if (!isfinite(v))
                return marq_fail(error, MARQ_ERROR_DATA, "row %zu has a value that is not finite", i + 1);
        }
    }
    return MARQ_OK;
}

static marq_status gather(marq_dataset *set, const marq_net *net, const marq_data *data, marq_error *error) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net), next[MARQ_SETS] = {0};
    for (size_t i = 0; i < data->rows; i++) set->rows[set_of(data, i)]++;
    for (int s = 0; s < MARQ_SETS; s++) {
        if (set->rows[s] == 0) continue;
        set->X[s] = marq_alloc_doubles(set->rows[s], inputs);
        set->Y[s] = marq_alloc_doubles(set->rows[s], outputs);
        if (!set->X[s] || !set->Y[s]) return marq_fail_memory(error, "the data");
    }
    if (set->rows[MARQ_TRAIN] == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "no row belongs to the training set");
    for (size_t i = 0; i < data->rows; i++) {
        int s = set_of(data, i);
        size_t to = next[s]++;
        memcpy(set->X[s] + to * inputs, data->X + i * inputs, inputs * sizeof(double));
        memcpy(set->Y[s] + to * outputs, data->Y + i * outputs, outputs * sizeof(double));
    }
    return MARQ_OK;
}

marq_status marq_dataset_create(marq_dataset *set, marq_net *net, const marq_data *data,
                                const marq_train_options *options, marq_error *error) {
    *set = (marq_dataset){0};
    marq_status status = check(net, data, error);
    if (status == MARQ_OK) status = gather(set, net, data, error);
    if (status != MARQ_OK) {
        marq_dataset_destroy(set);
        return status;
    }
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    set->variance = marq_spread(set->rows[MARQ_TRAIN], outputs, set->Y[MARQ_TRAIN]) /
                    (double)(set->rows[MARQ_TRAIN] * outputs);
    if (!options->keep_scaling)
        marq_net_normalise(net, options->normalise, set->rows[MARQ_TRAIN], set->X[MARQ_TRAIN],
                           set->Y[MARQ_TRAIN]);
    for (int s = 0; s < MARQ_SETS; s++) {
        if (set->rows[s] == 0) continue;
        marq_scale_rows(&net->input, set->rows[s], inputs, set->X[s], set->X[s]);
        marq_scale_rows(&net->output, set->rows[s], outputs, set->Y[s], set->Y[s]);
    }
    return MARQ_OK;
}

void marq_dataset_destroy(marq_dataset *set) {
    for (int s = 0; s < MARQ_SETS; s++) {
        free(set->X[s]);
        free(set->Y[s]);
    }
    *set = (marq_dataset){0};
}
