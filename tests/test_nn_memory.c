/* Nothing is allocated in the loop of a first-order training: between the second record and the fifth. The
 * first epoch is left out: there OpenBLAS sets up the buffers of its threads. */
#include "allocations.h"
#include "training_data.h"

#include <stdio.h>

static int count_between(void *user, const marq_epoch *epoch) {
    (void)user;
    if (epoch->epoch == 2) atomic_store(&counting, true);
    if (epoch->epoch == 5) atomic_store(&counting, false);
    return 0;
}

static void no_epoch_of_a_first_order_method_allocates(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    samples s = waves(1200, 2, 0.1, 1);
    for (int optimizer = MARQ_OPTIMIZER_SGD; optimizer <= MARQ_OPTIMIZER_RMSPROP; optimizer++)
        for (int wide = 0; wide < 2; wide++)
            for (int threads = 1; threads <= 2; threads++) {
                marq_net *net = start_net(4, (size_t[]){2, 20, 20, 2}, MARQ_INIT_NGUYEN_WIDROW, 1);
                marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
                options.optimizer = (marq_optimizer)optimizer;
                options.first_order = (marq_first_order){.l1 = 1e-6, .l2 = 1e-6, .clip = 1};
                options.batch = wide ? 800 : 30;
                options.max_epochs = 6;
                options.threads = threads;
                options.progress = count_between;
                atomic_store(&counted, 0);
                marq_training training;
                marq_data data = data_of(&s);
                assert_true(marq_net_train(net, &data, &options, &training, NULL) > 0);
                assert_int_equal(training.epochs, 6);
                REQUIRE_NONE_COUNTED("optimizer %d, batch %zu, %d threads", optimizer, options.batch,
                                     threads);
                marq_net_destroy(net);
            }
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_epoch_of_a_first_order_method_allocates)};
    return cmocka_run_group_tests_name("nn_memory", tests, NULL, NULL);
}
