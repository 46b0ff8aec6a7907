/* A net from beginning to end: build, initialise, train, evaluate, predict, differentiate, save, load,
 * describe. cc train_net.c $(pkg-config --cflags --libs marq) -o train_net */
#include <marq/nn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 25, INPUTS = 2 };

static int fail(const char *what, const marq_error *error) {
    fprintf(stderr, "%s: %s\n", what, error->message);
    return EXIT_FAILURE;
}

/* z = x² − y on a 5 × 5 grid. */
static void make_data(double X[ROWS * INPUTS], double Y[ROWS]) {
    for (int i = 0; i < ROWS; i++) {
        double x = i % 5 - 2, y = i / 5 - 2;
        X[2 * i] = x;
        X[2 * i + 1] = y;
        Y[i] = x * x - y;
    }
}

static int print_epoch(void *user, const marq_epoch *epoch) {
    (void)user;
    if (epoch->epoch % 5 == 0) printf("epoch %zu: MSE %.2e\n", epoch->epoch, epoch->mse[MARQ_TRAIN]);
    return 0; /* anything else would end the training */
}

static int use(const marq_net *net, const double *X, const double *Y) {
    double mse, r2, z, gradient[64];
    double point[INPUTS] = {0.5, -1};
    if (marq_net_evaluate(net, ROWS, X, Y, &mse, &r2, 0) != MARQ_OK) return 0;
    if (marq_net_predict(net, 1, point, &z, 0) != MARQ_OK) return 0;
    if (marq_net_count(net) > 64 || marq_net_jacobian(net, 1, point, gradient, 0) != MARQ_OK) return 0;
    printf("MSE %.2e, R2 %.9f\n", mse, r2);
    printf("z(0.5, -1) = %.4f (exactly 1.25)\n", z);
    printf("dz/d(last bias) = %.4f\n", gradient[marq_net_count(net) - 1]);
    return mse < 1e-6;
}

int main(int argc, char **argv) {
    const char *path = argc > 1 ? argv[1] : "train_net.json";
    double X[ROWS * INPUTS], Y[ROWS];
    make_data(X, Y);

    marq_error error;
    size_t widths[] = {INPUTS, 6, 1}; /* tanh in the middle, linear at the end */
    marq_net *net = marq_net_create(3, widths, NULL, &error);
    if (!net) return fail("create", &error);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 1);

    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.progress = print_epoch;
    options.max_epochs = 200;
    marq_data data = {.rows = ROWS, .X = X, .Y = Y}; /* no sets: all rows train */
    marq_training training;
    if (marq_net_train(net, &data, &options, &training, &error) < 0) return fail("train", &error);
    printf("%zu parameters, %zu epochs: %s\n", marq_net_count(net), training.epochs, training.message);

    if (marq_net_save(net, path, &error) != MARQ_OK) return fail("save", &error);
    marq_net_destroy(net);
    net = marq_net_load(path, &error);
    if (!net) return fail("load", &error);

    char words[2000];
    marq_net_summary(net, words, sizeof words);
    printf("%s", words);
    int good = use(net, X, Y);
    marq_net_destroy(net);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
