#include "set_error.h"

#include <math.h>
#include <string.h>

double marq_data_squares(const marq_net *net, size_t rows, const double *residual) {
    size_t outputs = marq_net_outputs(net);
    double sum = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++) {
            double r = residual[i * outputs + o] / net->output.factor[o];
            sum += r * r;
        }
    return sum;
}

static double block_squares(const marq_net *net, const double *theta, const marq_dataset *data, int set,
                            marq_pass *pass, size_t first, size_t rows) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    memcpy(pass->a[0], data->X[set] + first * inputs, rows * inputs * sizeof(double));
    marq_forward(net, theta, pass, 0, rows);
    double *fitted = pass->a[net->layers];
    const double *target = data->Y[set] + first * outputs;
    for (size_t k = 0; k < rows * outputs; k++) fitted[k] -= target[k];
    return marq_data_squares(net, rows, fitted);
}

double marq_set_mse(const marq_net *net, const double *theta, const marq_dataset *data, int set,
                    const marq_pass_team *passes, double *block_sums) {
    size_t rows = data->rows[set];
    if (rows == 0) return (double)NAN;
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < rows; first += MARQ_PASS_ROWS) {
        size_t block = rows - first < MARQ_PASS_ROWS ? rows - first : MARQ_PASS_ROWS;
        block_sums[first / MARQ_PASS_ROWS] =
            block_squares(net, theta, data, set, marq_pass_of_thread(passes), first, block);
    }
    double sum = 0;
    for (size_t first = 0; first < rows; first += MARQ_PASS_ROWS) sum += block_sums[first / MARQ_PASS_ROWS];
    return sum / (double)(rows * marq_net_outputs(net));
}

double marq_set_unexplained(const marq_net *net, const marq_dataset *data, int set, double mse) {
    size_t rows = data->rows[set], outputs = marq_net_outputs(net);
    if (rows == 0) return (double)NAN;
    double total = 0;
    for (size_t o = 0; o < outputs; o++) {
        double factor = net->output.factor[o];
        total += marq_output_spread(rows, outputs, o, data->Y[set]) / factor / factor;
    }
    return total > 0 ? mse * (double)(rows * outputs) / total : (double)NAN;
}
