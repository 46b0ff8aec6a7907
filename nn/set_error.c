#include "set_error.h"

#include <math.h>
#include <string.h>

/* Σ over rows and outputs of (residual_o / factor_o)²: squares in units of the data from normalised ones. */
static double data_squares(const marq_net *net, size_t rows, const double *residual) {
    size_t outputs = marq_net_outputs(net);
    double sum = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++) {
            double r = residual[i * outputs + o] / net->output.factor[o];
            sum += r * r;
        }
    return sum;
}

/* Sums over the rows of a block. */
typedef struct sums {
    double squares, loss, right;
} sums;
_Static_assert(sizeof(sums) == MARQ_SET_SUMS * sizeof(double), "block_sums hold them");

/* a: the outputs, which are lost. */
static sums sum_classes(const marq_targets *t, size_t first, size_t rows, double *a) {
    size_t n = t->outputs, classes = marq_target_classes(t);
    sums sum = {0};
    for (size_t i = first; i < first + rows; i++, a += n) {
        size_t c = marq_target_class(t, i);
        double weight = t->root ? t->root[i * n] * t->root[i * n] : 1, both[2];
        sum.loss += weight * marq_log_loss(classes, a, c);
        if (marq_likeliest(classes, a) == c) sum.right += weight;
        marq_probabilities(classes, a, classes == 2 ? both : a);
        if (classes == 2) a[0] = both[1];
        for (size_t k = 0; k < n; k++) {
            double e = a[k] - t->Y[i * n + k];
            sum.squares += weight * e * e;
        }
    }
    return sum;
}

/* a: the outputs, which are lost. */
static sums sum_rows(const marq_net *net, const marq_dataset *data, int set, size_t first, size_t rows,
                     double *a) {
    size_t outputs = marq_net_outputs(net);
    marq_targets targets = marq_dataset_targets(data, net, set), squares = targets;
    squares.loss = MARQ_NET_SQUARES;
    sums sum = {0};
    if (data->loss == MARQ_NET_SQUARES) {
        marq_target_residuals(&squares, first, rows, a, a);
        sum.squares = sum.loss = data_squares(net, rows, a);
        return sum;
    }
    for (size_t i = 0; i < rows; i++, a += outputs) {
        marq_target_residuals(&squares, first + i, 1, a, a);
        sum.squares += data_squares(net, 1, a);
        marq_huber_residuals(&targets, a);
        sum.loss += data_squares(net, 1, a);
    }
    return sum;
}

static sums sum_block(const marq_net *net, const double *theta, const marq_dataset *data, int set,
                      marq_pass *pass, size_t first, size_t rows) {
    size_t inputs = marq_net_inputs(net);
    memcpy(pass->a[0], data->X[set] + first * inputs, rows * inputs * sizeof(double));
    marq_forward(net, theta, pass, 0, rows);
    if (first % MARQ_RELEASE_ROWS == 0) marq_dataset_release(data);
    if (data->loss != MARQ_NET_CROSS_ENTROPY)
        return sum_rows(net, data, set, first, rows, pass->a[net->layers]);
    marq_targets targets = marq_dataset_targets(data, net, set);
    return sum_classes(&targets, first, rows, pass->a[net->layers]);
}

static marq_set_error error_of(const marq_net *net, const marq_dataset *data, int set, const double *sum) {
    double weight = data->weight[set], rows = weight / (double)marq_net_outputs(net);
    if (!(weight > 0)) return (marq_set_error){(double)NAN, (double)NAN, (double)NAN};
    if (data->loss == MARQ_NET_CROSS_ENTROPY)
        return (marq_set_error){sum[0] / weight, sum[1] / rows, sum[2] / rows};
    return (marq_set_error){sum[0] / weight, sum[1] / weight, (double)NAN};
}

marq_set_error marq_set_error_at(const marq_net *net, const double *theta, const marq_dataset *data, int set,
                                 const marq_pass_team *passes, double *block_sums) {
    size_t rows = data->rows[set];
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < rows; first += MARQ_PASS_ROWS) {
        size_t block = rows - first < MARQ_PASS_ROWS ? rows - first : MARQ_PASS_ROWS;
        sums own = sum_block(net, theta, data, set, marq_pass_of_thread(passes), first, block);
        memcpy(block_sums + first / MARQ_PASS_ROWS * MARQ_SET_SUMS, &own, sizeof own);
    }
    double all[MARQ_SET_SUMS] = {0};
    for (size_t first = 0; first < rows; first += MARQ_PASS_ROWS)
        for (int k = 0; k < MARQ_SET_SUMS; k++)
            all[k] += block_sums[first / MARQ_PASS_ROWS * MARQ_SET_SUMS + (size_t)k];
    return error_of(net, data, set, all);
}

marq_set_error marq_set_error_of(const marq_net *net, const marq_dataset *data, const double *residual) {
    double mean = data_squares(net, data->rows[MARQ_TRAIN], residual) / data->weight[MARQ_TRAIN];
    return (marq_set_error){mean, mean, (double)NAN};
}

double marq_set_unexplained(const marq_net *net, const marq_dataset *data, int set, double mse) {
    size_t rows = data->rows[set], outputs = marq_net_outputs(net);
    if (rows == 0) return (double)NAN;
    double total = 0;
    marq_dataset_release(data);
    for (size_t o = 0; o < outputs; o++) {
        double factor = net->output.factor[o];
        total += marq_output_spread(rows, outputs, o, data->Y[set], data->root[set]) / factor / factor;
    }
    return total > 0 ? mse * data->weight[set] / total : (double)NAN;
}
