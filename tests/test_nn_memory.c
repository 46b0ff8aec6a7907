/* What a training allocates. Nothing in its loop: between the second record and the
 * fifth. The first epoch is left out: there OpenBLAS sets up the buffers of its threads. */
#include "allocations.h"
#include "training_data.h"

#include <nn/linearisation.h>
#include <omp.h>
#include <stdio.h>
#include <sys/resource.h>

static int no_residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    (void)user, (void)theta, (void)first, (void)count, (void)r;
    return MARQ_CALLBACK_ABORT;
}

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

/* Of steps on all rows, in every form, and of batches. */
static const struct lm_way {
    const char *name;
    size_t rows, hidden, outputs, classes, batch, epochs, evidence;
    double noise, decay, max_memory;
    marq_net_loss loss;
    const char *plan;
} lm_ways[] = {
    {"Gram", 400, 9, 2, 0, 1000, 7, 0, 0.2, 0, 0, MARQ_NET_SQUARES, "JᵀJ"},
    {"kernel", 150, 15, 2, 0, 1000, 7, 0, 0.2, 0, 0, MARQ_NET_HUBER, "JJᵀ"},
    {"evidence, Gram", 400, 9, 2, 0, 1000, 7, 2, 0.2, 0.1, 0, MARQ_NET_SQUARES, "JᵀJ"},
    {"evidence, kernel", 150, 15, 2, 0, 1000, 7, 2, 0.2, 0.1, 0, MARQ_NET_SQUARES, "JJᵀ"},
    {"conjugate gradients", 600, 20, 1, 0, 1000, 7, 0, 0.2, 0, 1.6e6, MARQ_NET_SQUARES, "conjugate"},
    {"batches", 1400, 15, 2, 0, 60, 5, 0, 0, 0, 0, MARQ_NET_SQUARES, "JJᵀ"},
    {"classes, all rows", 300, 9, 3, 3, 1000, 7, 2, 0.2, 0.1, 0, MARQ_NET_CROSS_ENTROPY, "JᵀJ"},
    {"classes, batches", 600, 15, 3, 3, 40, 7, 0, 0.2, 0, 0, MARQ_NET_CROSS_ENTROPY, "JJᵀ"},
};

static void train_counting(const struct lm_way *w, int threads) {
    samples s = waves(w->rows, w->classes ? 1 : w->outputs, w->noise, 1);
    for (size_t i = 0; w->classes && i < s.rows; i++) s.Y[i] = s.Y[i] > 1 ? 2 : s.Y[i] > 0 ? 1 : 0;
    marq_net *net = start_net(4, (size_t[]){2, w->hidden, w->hidden, w->outputs}, MARQ_INIT_NGUYEN_WIDROW, 1);
    assert_int_equal(marq_net_set_classes(net, w->classes, NULL, NULL), MARQ_OK);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.loss = w->loss;
    options.huber_delta = 0.1;
    options.batch = w->batch;
    options.max_epochs = w->epochs;
    options.decay = w->decay;
    options.evidence = w->evidence;
    options.max_memory = w->max_memory;
    options.threads = threads;
    options.relative_goal = 0;
    options.progress = count_between;
    atomic_store(&counted, 0);
    marq_training training;
    marq_data data = data_of(&s);
    marq_error error = {0};
    REQUIRE(marq_net_train(net, &data, &options, &training, &error) > 0, "%s: %s", w->name, error.message);
    REQUIRE(strstr(training.plan, w->plan) && training.epochs >= 5, "%s: %zu epochs, %s", w->name,
            training.epochs, training.plan);
    REQUIRE_NONE_COUNTED("%s, %d threads", w->name, threads);
    marq_net_destroy(net);
    samples_destroy(&s);
}

static void no_epoch_of_levenberg_and_marquardt_allocates(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    for (size_t k = 0; k < COUNT(lm_ways); k++)
        for (int threads = 1; threads <= 2; threads++) train_counting(&lm_ways[k], threads);
}

/* ---- First touch ---- */

static long faults[2];

/* Of each thread of two since the last call. */
static void count_faults(long since[2]) {
#pragma omp parallel num_threads(2)
    {
        struct rusage usage;
        getrusage(RUSAGE_THREAD, &usage);
        since[omp_get_thread_num()] = usage.ru_minflt - faults[omp_get_thread_num()];
        faults[omp_get_thread_num()] = usage.ru_minflt;
    }
}

/* A page that is new is a fault of the thread that touches it. */
static void require_shared(const char *what) {
    long since[2];
    count_faults(since);
    long all = since[0] + since[1];
    REQUIRE(all > 10, "%s: %ld new pages", what, all);
    REQUIRE(since[0] > 0.3 * (double)all && since[1] > 0.3 * (double)all,
            "%s: new pages of two threads: %ld and %ld", what, since[0], since[1]);
}

/* Each thread touches the rows first that it will work on. Arrays of 64 MB and more are new memory. */
static void threads_touch_their_rows_first(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    int before = omp_get_max_threads();
    omp_set_num_threads(2);
    long unused[2];
    count_faults(unused);
    double *array = marq_alloc_shared(8192, 1024, 64);
    require_shared("an array");
    free(array);
    marq_net *net = start_net(4, (size_t[]){2, 20, 20, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_linearisation lin;
    assert_true(marq_linearisation_create(&lin, net, 100000, 2, MARQ_STORE_PANELS));
    require_shared("a linearisation");
    marq_linearisation_destroy(&lin);
    marq_problem problem = {.rows = 3000, .parameters = 3000, .residual = no_residual};
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.form = MARQ_FORM_GRAM;
    options.threads = 2;
    omp_set_num_threads(1); /* the solve has its own number */
    marq_workspace *work = marq_workspace_create(&problem, &options, NULL);
    assert_non_null(work);
    require_shared("a workspace");
    marq_workspace_destroy(work);
    marq_net_destroy(net);
    omp_set_num_threads(before);
}

static size_t bytes_of_training(const samples *s, const char *folder, double *theta) {
    marq_net *net = start_net(5, (size_t[]){2, 20, 20, 10, 2}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.batch = 100;
    options.max_epochs = 1;
    options.threads = 1;
    options.spill_folder = folder;
    marq_data data = data_of(s);
    marq_error error;
    atomic_store(&counted_bytes, 0);
    atomic_store(&counting, true);
    marq_status status = marq_net_train(net, &data, &options, NULL, &error);
    atomic_store(&counting, false);
    REQUIRE(status > 0, "%s", error.message);
    memcpy(theta, marq_net_parameters_const(net), marq_net_count(net) * sizeof *theta);
    marq_net_destroy(net);
    return atomic_load(&counted_bytes);
}

/* 4 numbers a row, and what it takes to know its place in an order: 8 bytes; 1 for sums of blocks. */
static void memory_grows_by_the_rows_and_their_order_alone(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    enum { FEW = 4000, MANY = 20000, MORE = MANY - FEW };
    samples few = waves(FEW, 2, 0, 1), many = waves(MANY, 2, 0, 1);
    double theta[2][800] = {{0}};
    size_t least = bytes_of_training(&few, NULL, theta[0]), most = bytes_of_training(&many, NULL, theta[0]);
    double a_row = (double)(most - least) / MORE;
    REQUIRE(a_row <= 4 * sizeof(double) + 9, "%g bytes a row in memory", a_row);
    REQUIRE(least <= 10e6, "%zu bytes for %d rows", least, FEW);
    least = bytes_of_training(&few, ".", theta[1]);
    most = bytes_of_training(&many, ".", theta[1]);
    a_row = (double)(most - least) / MORE;
    REQUIRE(a_row <= 9, "%g bytes a row with a file", a_row);
    assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
    samples_destroy(&few);
    samples_destroy(&many);
}

typedef struct release_count {
    int count, begun; /* calls; non-zero: an epoch was told */
} release_count;

static void count_release(void *user) {
    release_count *c = user;
    assert_false(c->begun); /* the rows have been copied */
    c->count++;
}

static int begin(void *user, const marq_epoch *epoch) {
    (void)epoch;
    ((release_count *)user)->begun = 1;
    return 0;
}

/* Data in a file may leave memory while they are read, here twice: checked, and copied. What is trained is
 * the same. */
static void data_are_released_while_they_are_read(void **state) {
    (void)state;
    enum { ROWS = 20000 };
    samples s = waves(ROWS, 2, 0, 1);
    double theta[2][20] = {{0}};
    for (int k = 0; k < 2; k++) {
        release_count c = {0};
        marq_net *net = start_net(3, (size_t[]){2, 3, 2}, MARQ_INIT_NGUYEN_WIDROW, 1);
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.max_epochs = 2;
        options.batch = 100;
        options.progress = begin;
        options.progress_user = &c;
        marq_data data = data_of(&s);
        if (k == 1) data.release = count_release, data.release_user = &c;
        marq_error error;
        REQUIRE(marq_net_train(net, &data, &options, NULL, &error) > 0, "%s", error.message);
        memcpy(theta[k], marq_net_parameters_const(net), marq_net_count(net) * sizeof **theta);
        REQUIRE(c.count >= (k == 1 ? 2 * ROWS / 10000 : 0), "%d calls", c.count);
        assert_true(c.begun);
        marq_net_destroy(net);
    }
    assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
    samples_destroy(&s);
}

static void a_folder_that_is_not_there_is_named(void **state) {
    (void)state;
    samples s = waves(50, 2, 0, 1);
    marq_net *net = start_net(3, (size_t[]){2, 3, 2}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.spill_folder = "no/such/folder";
    marq_data data = data_of(&s);
    marq_error error;
    assert_int_equal(marq_net_train(net, &data, &options, NULL, &error), MARQ_ERROR_WRITE);
    REQUIRE(strstr(error.message, "temporary file"), "%s", error.message);
    marq_net_destroy(net);
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_epoch_of_a_first_order_method_allocates),
        cmocka_unit_test(no_epoch_of_levenberg_and_marquardt_allocates),
        cmocka_unit_test(threads_touch_their_rows_first),
        cmocka_unit_test(memory_grows_by_the_rows_and_their_order_alone),
        cmocka_unit_test(data_are_released_while_they_are_read),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests_name("nn_memory", tests, NULL, NULL);
}
