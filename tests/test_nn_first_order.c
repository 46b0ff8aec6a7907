/* Trainings by SGD, Adam and RMSprop: their batches, their bits, their ends and reports. Their steps are in
 * test_nn_first_order_steps.c. */
#include "training_data.h"

#include <base/scope.h>
#include <omp.h>

static history seen, other_seen;

/* ---- Batches ---- */

static marq_net *trained(const samples *s, marq_train_options options, history *h) {
    marq_net *net = start_net(4, (size_t[]){2, 20, 20, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    train(net, s, options, h);
    return net;
}

/* True if net, trained with the record `seen`, and a net trained with options have the same bits in
 * parameters and history. */
static bool same_as(const marq_net *net, const samples *s, marq_train_options options) {
    marq_net *other = trained(s, options, &other_seen);
    bool equal = same_parameters(net, other);
    assert_int_equal(seen.count, other_seen.count);
    for (size_t e = 0; e < seen.count; e++)
        equal = equal && memcmp(seen.epoch[e].mse, other_seen.epoch[e].mse, sizeof seen.epoch[e].mse) == 0 &&
                seen.epoch[e].gradient_norm == other_seen.epoch[e].gradient_norm;
    marq_net_destroy(other);
    return equal;
}

static bool same(const samples *s, marq_train_options a, marq_train_options b) {
    marq_net *net = trained(s, a, &seen);
    bool equal = same_as(net, s, b);
    marq_net_destroy(net);
    return equal;
}

static void the_seed_alone_orders_the_batches(void **state) {
    (void)state;
    samples s = waves(100, 1, 0.1, 4);
    marq_train_options a = plain_first_order(MARQ_OPTIMIZER_ADAM, 16, 3), b = a;
    REQUIRE(same(&s, a, b), "the same options give other bits");
    b.seed = 2;
    REQUIRE(!same(&s, a, b), "another seed gives the same bits");
    b.batch = a.batch = 1000; /* all rows at once: nothing to order */
    REQUIRE(same(&s, a, b), "the seed matters though there is one batch");
    samples_destroy(&s);
}

static void every_epoch_is_shuffled_anew(void **state) {
    (void)state;
    samples s = waves(64, 1, 0.1, 5);
    memset(s.set, MARQ_TRAIN, s.rows);
    marq_net *net = start_net(3, (size_t[]){2, 4, 1}, MARQ_INIT_XAVIER, 1);
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_SGD, 8, 20);
    options.first_order.learning_rate = 1e-2;
    options.first_order.clip = 1e-6; /* steps of one length: an epoch's way depends on its batches alone */
    train(net, &s, options, &seen);
    size_t repeated = 0;
    for (size_t e = 2; e < seen.count; e++) {
        double last = seen.epoch[e - 1].mse[0] - seen.epoch[e - 2].mse[0];
        double now = seen.epoch[e].mse[0] - seen.epoch[e - 1].mse[0];
        repeated += fabs(now - last) <= 1e-6 * fabs(last);
    }
    REQUIRE(repeated == 0, "%zu of %zu epochs do what the one before did", repeated, seen.count);
    marq_net_destroy(net);
    samples_destroy(&s);
}

static void bits_do_not_depend_on_threads_or_on_the_run(void **state) {
    (void)state;
    samples s = waves(1300, 1, 0.1, 6);
    int before = omp_get_max_threads();
    for (int optimizer = MARQ_OPTIMIZER_SGD; optimizer <= MARQ_OPTIMIZER_RMSPROP; optimizer++)
        for (size_t batch = 32; batch <= 1024; batch *= 32) {
            marq_train_options options = plain_first_order((marq_optimizer)optimizer, batch, 2);
            options.first_order.clip = 0.5;
            options.threads = 1;
            marq_net *first = trained(&s, options, &seen);
            for (int run = 0; run < 10; run++) { /* 1, 2, 3, 4 threads …; 1 of the caller's 4 at last */
                options.threads = run < 9 ? 1 + run % 4 : 1;
                if (run == 9) omp_set_num_threads(4);
                bool equal = same_as(first, &s, options);
                omp_set_num_threads(before);
                REQUIRE(equal, "optimizer %d, batch %zu: other bits on %d threads (run %d)", optimizer, batch,
                        options.threads, run);
            }
            marq_net_destroy(first);
        }
    samples_destroy(&s);
}

/* A program may train several nets at once, each in a thread of its own. */
static void threads_of_the_caller_may_train_at_once(void **state) {
    (void)state;
    samples s = waves(100, 1, 0.1, 6);
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_ADAM, 32, 3);
    options.threads = 1;
    marq_net *first = trained(&s, options, NULL);
    int wrong = 0;
#pragma omp parallel num_threads(4) reduction(+ : wrong)
    {
        marq_net *net = trained(&s, options, NULL);
        wrong += !same_parameters(net, first);
        marq_net_destroy(net);
    }
    assert_int_equal(wrong, 0);
    marq_net_destroy(first);
    samples_destroy(&s);
}

/* ---- What they reach, and how they end ---- */

static void all_of_them_learn(void **state) {
    (void)state;
    static const marq_first_order settings[] = {
        [MARQ_OPTIMIZER_SGD] = {.learning_rate = 0.05, .momentum = 0.9}, [MARQ_OPTIMIZER_RMSPROP] = {0}};
    samples s = waves(400, 1, 0, 7);
    for (int optimizer = MARQ_OPTIMIZER_SGD; optimizer <= MARQ_OPTIMIZER_RMSPROP; optimizer++) {
        marq_net *net = start_net(3, (size_t[]){2, 20, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
        marq_train_options options = plain_first_order((marq_optimizer)optimizer, 0, 300);
        options.normalise = MARQ_NORMALISE_RANGE;
        options.first_order = settings[optimizer];
        marq_training training = train(net, &s, options, NULL);
        REQUIRE(training.r2[MARQ_TEST] > 0.99, "optimizer %d: test R² %g", optimizer, training.r2[MARQ_TEST]);
        marq_net_destroy(net);
    }
    samples_destroy(&s);
}

static marq_training ends_with(marq_status expected, const samples *s, marq_train_options options) {
    marq_net *net = start_net(3, (size_t[]){2, 10, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_training training = train(net, s, options, &seen);
    REQUIRE(training.status == expected, "ends with \"%s\", expected \"%s\"",
            marq_status_key(training.status), marq_status_key(expected));
    REQUIRE(training.epochs == seen.count, "%zu epochs, %zu records", training.epochs, seen.count);
    for (size_t e = 0; e < seen.count; e++)
        REQUIRE(isnan(seen.epoch[e].mu) && isnan(seen.epoch[e].effective) && seen.epoch[e].gradient_norm > 0,
                "epoch %zu: mu %g, gradient %g", e + 1, seen.epoch[e].mu, seen.epoch[e].gradient_norm);
    marq_net_destroy(net);
    return training;
}

static void they_end_for_each_reason(void **state) {
    (void)state;
    samples s = waves(200, 1, 0.5, 8);
    marq_train_options start = plain_first_order(MARQ_OPTIMIZER_ADAM, 0, 0), options = start;
    assert_int_equal(ends_with(MARQ_STOP_ITERATIONS, &s, options).best_epoch, 0);
    options.max_epochs = 3;
    marq_training training = ends_with(MARQ_STOP_ITERATIONS, &s, options);
    assert_int_equal(training.epochs, 3);
    assert_true(training.residual_evaluations == 3 && training.factorisations == 0);
    options.max_epochs = 2000;
    options.goal = 0.3;
    REQUIRE(ends_with(MARQ_CONVERGED_GOAL, &s, options).epochs < 2000, "goal");
    options.goal = 0;
    options.max_failures = 5;
    training = ends_with(MARQ_STOP_VALIDATION, &s, options);
    assert_int_equal(training.epochs, training.best_epoch + 5);
    options = start;
    options.max_epochs = 10;
    options.min_gradient = 1e6;
    assert_int_equal(ends_with(MARQ_CONVERGED_GRADIENT, &s, options).epochs, 1);
    options.min_gradient = 0;
    options.max_seconds = 1e-9;
    ends_with(MARQ_STOP_TIME, &s, options);
    options.max_seconds = 0;
    seen.stop_at = 2;
    assert_int_equal(ends_with(MARQ_STOP_CALLER, &s, options).epochs, 2);
    seen.stop_at = 0;
    samples_destroy(&s);
}

/* The best net from before is kept; a linear net's error is a parabola, which a long step climbs. */
static void a_training_that_diverges_says_so(void **state) {
    (void)state;
    samples s = waves(200, 1, 0, 9);
    marq_net *net = start_net(2, (size_t[]){2, 1}, MARQ_INIT_XAVIER, 1), *start = marq_net_copy(net, NULL);
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_SGD, 0, 1000);
    options.first_order.learning_rate = 10;
    marq_training training = train(net, &s, options, &seen);
    REQUIRE(training.status == MARQ_STOP_DIVERGED, "ends with \"%s\"", training.message);
    assert_int_equal(training.best_epoch, 0);
    assert_memory_equal(marq_net_parameters(net), marq_net_parameters(start), 3 * sizeof(double));
    for (size_t e = 0; e < seen.count; e++)
        REQUIRE(!isnan(seen.epoch[e].mse[MARQ_TRAIN]), "epoch %zu has no error", e + 1);
    options.first_order.clip = 1e-3; /* the cure that is recommended */
    REQUIRE(train(net, &s, options, NULL).status == MARQ_STOP_ITERATIONS, "short gradients diverge too");
    marq_net_destroy(net);
    marq_net_destroy(start);
    samples_destroy(&s);
}

/* ---- Reports and refusals ---- */

static void provenance_has_the_settings_in_use(void **state) {
    (void)state;
    samples s = waves(100, 1, 0, 1);
    marq_net *net = start_net(3, (size_t[]){2, 5, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_ADAM, 0, 2);
    options.first_order.l2 = 1e-4;
    train(net, &s, options, NULL);
    const marq_provenance *p = marq_net_provenance(net);
    assert_true(p->trained && p->optimizer == MARQ_OPTIMIZER_ADAM && p->batch == 32);
    assert_true(p->first_order.learning_rate == 0.001 && p->first_order.l2 == 1e-4);
    char text[100], summary[3000];
    size_t length = marq_provenance_text(p, text, sizeof text);
    assert_string_equal(text, "Adam, learning rate 0.001, batch 32, l2 0.0001");
    assert_int_equal(length, strlen(text));
    marq_net_summary(net, summary, sizeof summary);
    REQUIRE(strstr(summary, text), "not in: %s", summary);
    options = plain_first_order(MARQ_OPTIMIZER_SGD, 1000, 2);
    options.first_order = (marq_first_order){.momentum = 0.5, .nesterov = 1, .clip = 3};
    train(net, &s, options, NULL);
    marq_provenance_text(p, text, sizeof text);
    assert_string_equal(
        text, "stochastic gradient descent, learning rate 0.01, Nesterov momentum 0.5, batch 70, clip 3");
    marq_net_destroy(net);
    samples_destroy(&s);
}

static uint64_t times(const marq_phase *phases, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(phases[i].name, name) == 0) return phases[i].count;
    return 0;
}

/* 70 training rows in batches of 40 and 30: each of two blocks and of one; three layers; two epochs. */
static void the_profile_has_every_phase_and_layer(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint64_t times;
    } expected[] = {{"epoch", 2},   {"shuffle", 2},     {"batch", 4},   {"step", 4},    {"gather", 6},
                    {"forward", 6}, {"gradient", 6},    {"layer1", 18}, {"layer2", 18}, {"layer3", 18},
                    {"layer4", 0},  {"activation", 18}, {"judge", 3},   {"evaluate", 9}};
    samples s = waves(100, 1, 0.1, 1);
    marq_net *net = start_net(4, (size_t[]){2, 6, 5, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_ADAM, 40, 2);
    options.threads = 1;
    options.profile = marq_profile_create(1, 1000);
    {
        MARQ_SCOPE(options.profile, "all");
        train(net, &s, options, NULL);
    }
    marq_phase phases[64];
    size_t count = marq_profile_phases(options.profile, phases, 64);
    for (size_t i = 0; i < COUNT(expected); i++)
        REQUIRE(times(phases, count, expected[i].name) == expected[i].times, "%s: %llu times, not %llu",
                expected[i].name, (unsigned long long)times(phases, count, expected[i].name),
                (unsigned long long)expected[i].times);
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += phases[i].self_ns;
    assert_string_equal(phases[0].name, "all");
    REQUIRE(sum == phases[0].total_ns, "the phases' own times add up to %llu of %llu ns",
            (unsigned long long)sum, (unsigned long long)phases[0].total_ns);
    marq_profile_destroy(options.profile);
    marq_net_destroy(net);
    samples_destroy(&s);
}

static void settings_that_make_no_sense_are_refused(void **state) {
    (void)state;
    static const struct {
        marq_optimizer optimizer;
        marq_first_order settings;
        const char *word;
    } cases[] = {
        {MARQ_OPTIMIZER_SGD, {.learning_rate = -1}, "learning_rate"},
        {MARQ_OPTIMIZER_ADAM, {.learning_rate = (double)INFINITY}, "learning_rate"},
        {MARQ_OPTIMIZER_SGD, {.momentum = 1}, "momentum"},
        {MARQ_OPTIMIZER_RMSPROP, {.momentum = -0.1}, "momentum"},
        {MARQ_OPTIMIZER_ADAM, {.momentum = 0.9}, "momentum"},
        {MARQ_OPTIMIZER_SGD, {.nesterov = 1}, "nesterov"},
        {MARQ_OPTIMIZER_RMSPROP, {.nesterov = 1, .momentum = 0.9}, "nesterov"},
        {MARQ_OPTIMIZER_SGD, {.l1 = -1}, "l1"},
        {MARQ_OPTIMIZER_SGD, {.l2 = (double)NAN}, "l2"},
        {MARQ_OPTIMIZER_SGD, {.clip = -1}, "clip"},
        {(marq_optimizer)77, {.l1 = 0}, "77"},
    };
    samples s = waves(50, 1, 0, 1);
    marq_data data = data_of(&s);
    marq_net *net = start_net(3, (size_t[]){2, 5, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    for (size_t c = 0; c < COUNT(cases); c++) {
        marq_train_options options = plain_first_order(cases[c].optimizer, 0, 3);
        options.first_order = cases[c].settings;
        marq_error error = {0};
        marq_status status = marq_net_train(net, &data, &options, NULL, &error);
        REQUIRE(status == MARQ_ERROR_ARGUMENT && strstr(error.message, cases[c].word), "case %zu: %d, \"%s\"",
                c, status, error.message);
    }
    assert_int_equal(marq_net_provenance(net)->trained, 0);
    marq_net_destroy(net);
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_seed_alone_orders_the_batches),
        cmocka_unit_test(every_epoch_is_shuffled_anew),
        cmocka_unit_test(bits_do_not_depend_on_threads_or_on_the_run),
        cmocka_unit_test(threads_of_the_caller_may_train_at_once),
        cmocka_unit_test(all_of_them_learn),
        cmocka_unit_test(they_end_for_each_reason),
        cmocka_unit_test(a_training_that_diverges_says_so),
        cmocka_unit_test(provenance_has_the_settings_in_use),
        cmocka_unit_test(the_profile_has_every_phase_and_layer),
        cmocka_unit_test(settings_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests_name("nn_first_order", tests, NULL, NULL);
}
