/* Stochastic gradient descent from the same start, with momentum, shortened gradients and penalties. */
#include "multimodal.h"

#include <math.h>

static const struct variant {
    const char *name;
    marq_first_order options;
} variants[] = {
    {"rate 0.01", {.learning_rate = 0.01}},
    {"rate 0.1", {.learning_rate = 0.1}},
    {"0.1, clip 0.1", {.learning_rate = 0.1, .clip = 0.1}},
    {"momentum 0.9", {.learning_rate = 0.01, .momentum = 0.9}},
    {"+ Nesterov", {.learning_rate = 0.01, .momentum = 0.9, .nesterov = 1}},
    {"+ clip 0.1", {.learning_rate = 0.01, .momentum = 0.9, .clip = 0.1}},
    {"+ L2 1e-5", {.learning_rate = 0.01, .momentum = 0.9, .l2 = 1e-5}},
    {"+ L1 1e-5", {.learning_rate = 0.01, .momentum = 0.9, .l1 = 1e-5}},
};

void bench_multimodal_sgd(bench *b) {
    json_t *table = bench_table(b, "sgd", "Stochastic gradient descent, batches of 32",
                                "variant|epochs|seconds|ms an epoch|training MSE|validation MSE|test MSE");
    json_t *curves =
        bench_table(b, "sgd-curves", "Stochastic gradient descent", "variant|epoch|training MSE");
    bench_only_json(curves);
    bench_samples s = bench_multimodal_samples(b, 1);
    double unit = bench_multimodal_unit(&s);
    for (size_t k = 0; k < sizeof variants / sizeof *variants; k++) {
        marq_net *net = bench_multimodal_net(&s, MARQ_INIT_NGUYEN_WIDROW, 1);
        marq_train_options options = bench_multimodal_options(b, b->options.quick ? 50 : 3000);
        options.optimizer = MARQ_OPTIMIZER_SGD;
        options.batch = 32;
        options.first_order = variants[k].options;
        bench_trial t = bench_trial_train(variants[k].name, net, &s, &options);
        size_t last = t.points > 0 ? t.point[t.points - 1].epoch : 0;
        bench_row(table, "szfffff", t.trainer, last, t.seconds, 1e3 * t.seconds / (double)last,
                  t.kept.mse[MARQ_TRAIN] / unit, t.kept.mse[MARQ_VALIDATION] / unit,
                  t.kept.mse[MARQ_TEST] / unit);
        for (size_t i = 0; i < t.points; i = bench_trial_later(&t, i, 1.05))
            bench_row(curves, "szf", t.trainer, t.point[i].epoch,
                      bench_multimodal_after(&t, &s, t.point[i].epoch));
        bench_trial_destroy(&t);
        marq_net_destroy(net);
    }
    bench_samples_destroy(&s);
    bench_draw(b, curves,
               &(bench_picture){.name = "sgd",
                                .title = "Stochastic gradient descent: the least training error so far",
                                .x = "epoch",
                                .y = "training MSE",
                                .series = "variant",
                                .log_x = 1,
                                .log_y = 1});
}
