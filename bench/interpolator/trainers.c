#include "interpolator.h"

#include <math.h>

const double bench_five_rate = 1e-3;
enum { EPOCHS = 300, QUICK_EPOCHS = 5 };

bench_five bench_five_begin(bench *b) {
    return (bench_five){
        .b = b, .epochs = b->options.quick ? QUICK_EPOCHS : EPOCHS, .lm_seconds = b->options.quick ? 0.1 : 5};
}

void bench_five_end(bench_five *five) {
    for (size_t k = 0; k < five->peers; k++) bench_trial_destroy(&five->peer[k]);
}

bench_source bench_five_source(const bench_case *data, uint64_t seed) {
    return (bench_source){.target = data->target,
                          .rows = data->rows,
                          .noise = data->noise,
                          .relative = data->target == BENCH_SMOOTH,
                          .seed = seed,
                          .shares = {70, 15, 15}};
}

bench_samples bench_five_samples(const bench_case *data, uint64_t seed) {
    bench_source source = bench_five_source(data, seed);
    return bench_samples_create(&source);
}

static marq_net *make_start(const bench_samples *samples, marq_initialiser start, marq_normalisation scaling,
                            uint64_t seed) {
    const size_t widths[] = {5, 64, 32, 16, 1};
    marq_error error;
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, start, seed);
    bench_samples_normalise(samples, scaling, net);
    return net;
}

bench_trial bench_five_lm(const bench_samples *samples, uint64_t seed, double seconds, int threads) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    marq_net *net = make_start(samples, MARQ_INIT_NGUYEN_WIDROW, options.normalise, seed);
    options.seed = seed;
    options.max_seconds = seconds;
    options.threads = threads;
    bench_trial trial = bench_trial_train("marq LM", net, samples, &options);
    marq_net_destroy(net);
    return trial;
}

bench_trial bench_five_adam(const bench_five *five, const bench_samples *samples, uint64_t seed) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    marq_net *net = make_start(samples, MARQ_INIT_XAVIER, MARQ_NORMALISE_STANDARD, seed);
    options.optimizer = MARQ_OPTIMIZER_ADAM;
    options.first_order.learning_rate = bench_five_rate;
    options.batch = BENCH_FIVE_BATCH;
    options.seed = seed;
    options.max_epochs = five->epochs;
    options.max_failures = 0;
    options.min_gradient = options.relative_goal = 0;
    options.threads = 1;
    bench_trial trial = bench_trial_train("marq Adam", net, samples, &options);
    marq_net_destroy(net);
    return trial;
}

static int same(const bench_case *a, const bench_case *b) {
    return a->target == b->target && a->rows == b->rows && fabs(a->noise - b->noise) < 1e-9;
}

/* From the start of marq's Adam. Returns how many there are: none or one. */
static size_t train_peer(const bench_five *five, const bench_samples *samples, size_t epochs, int peaks,
                         bench_trial *trials) {
    marq_net *net = make_start(samples, MARQ_INIT_XAVIER, MARQ_NORMALISE_STANDARD, BENCH_FIVE_SEED);
    bench_peer_task task = {.trainers = "torch-adam",
                            .epochs = epochs,
                            .batch = BENCH_FIVE_BATCH,
                            .rate = bench_five_rate,
                            .density = 1,
                            .threads = 1,
                            .peaks = peaks};
    size_t count = bench_train_peers(five->b, &task, net, samples, trials);
    marq_net_destroy(net);
    return count;
}

int bench_five_peer_peaks(const bench_five *five, const bench_samples *samples, bench_peaks *peaks) {
    bench_trial trials[BENCH_MOST_TRIALS];
    if (five->absent || train_peer(five, samples, 2, 1, trials) == 0) return 0;
    *peaks = trials[0].peaks;
    bench_trial_destroy(&trials[0]);
    return 1;
}

const bench_trial *bench_five_peer(bench_five *five, const bench_case *data) {
    for (size_t k = 0; k < five->peers; k++)
        if (same(&five->peer_case[k], data)) return &five->peer[k];
    if (five->absent) return NULL;
    if (five->peers == BENCH_FIVE_MOST_PEERS) bench_fail("more than %d cases", BENCH_FIVE_MOST_PEERS);
    bench_samples samples = bench_five_samples(data, BENCH_FIVE_SEED);
    bench_trial trials[BENCH_MOST_TRIALS];
    size_t count = train_peer(five, &samples, five->epochs, 0, trials);
    bench_samples_destroy(&samples);
    five->absent = count == 0;
    if (five->absent) return NULL;
    five->peer_case[five->peers] = *data;
    five->peer[five->peers] = trials[0];
    return &five->peer[five->peers++];
}
