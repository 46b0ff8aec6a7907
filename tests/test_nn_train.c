/* Training: what it reaches, that its bits depend on nothing but data, net and options, and what rows may
 * matter. */
#include "training_data.h"

static const char *const set_names[] = {"training", "validation", "test"};
static const size_t deep[] = {1, 20, 20, 10, 1};
static history seen, other_seen;

/* ---- What it reaches ---- */

static void the_default_recipe_learns_the_multimodal_function(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        samples s = multimodal(seed);
        marq_net *net = start_net(5, deep, MARQ_INIT_NGUYEN_WIDROW, seed);
        marq_training training = train(net, &s, marq_train_options_default(MARQ_RECIPE_MARQ), NULL);
        assert_int_equal(training.rows[MARQ_TRAIN], 700);
        assert_int_equal(training.rows[MARQ_VALIDATION], 150);
        assert_int_equal(training.rows[MARQ_TEST], 150);
        for (int set = 0; set < MARQ_SETS; set++)
            REQUIRE(training.mse[set] < 1e-9 && training.r2[set] > 0.99999999,
                    "seed %d: %s MSE %g, r2 %.12g (%s)", (int)seed, set_names[set], training.mse[set],
                    training.r2[set], training.message);
        marq_net_destroy(net);
        samples_destroy(&s);
    }
}

static void trainlm_falls_monotonically(void **state) {
    (void)state;
    samples s = multimodal(1);
    marq_net *net = start_net(4, (size_t[]){1, 10, 10, 1}, MARQ_INIT_INITNW, 1);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_TRAINLM);
    options.max_epochs = 40;
    train(net, &s, options, &seen);
    REQUIRE(seen.count > 10, "%zu epochs", seen.count);
    for (size_t e = 1; e < seen.count; e++)
        REQUIRE(seen.epoch[e].mse[MARQ_TRAIN] < seen.epoch[e - 1].mse[MARQ_TRAIN], "epoch %zu: %g after %g",
                e + 1, seen.epoch[e].mse[MARQ_TRAIN], seen.epoch[e - 1].mse[MARQ_TRAIN]);
    marq_net_destroy(net);
    samples_destroy(&s);
}

static void every_jacobian_reaches_the_same_error(void **state) {
    (void)state;
    samples s = waves(200, 1, 0, 3);
    for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
        marq_net *net = start_net(3, (size_t[]){2, 8, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.jacobian = (marq_jacobian)kind;
        options.goal = 1e-6;
        options.max_epochs = 200;
        marq_training training = train(net, &s, options, NULL);
        REQUIRE(training.status == MARQ_CONVERGED_GOAL && training.mse[MARQ_TEST] < 1e-5,
                "Jacobian %d: training %g, test %g (%s)", kind, training.mse[MARQ_TRAIN],
                training.mse[MARQ_TEST], training.message);
        marq_net_destroy(net);
    }
    samples_destroy(&s);
}

static void several_outputs_are_learnt_together(void **state) {
    (void)state;
    samples s = waves(300, 3, 0, 4);
    marq_net *net = start_net(3, (size_t[]){2, 15, 3}, MARQ_INIT_NGUYEN_WIDROW, 2);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.goal = 1e-7;
    marq_training training = train(net, &s, options, NULL);
    REQUIRE(training.mse[MARQ_TRAIN] <= 1e-7 && training.mse[MARQ_TEST] < 1e-5, "training %g, test %g (%s)",
            training.mse[MARQ_TRAIN], training.mse[MARQ_TEST], training.message);
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* ---- Which rows matter ---- */

/* But seconds. NaN is NaN. */
static const char *difference(const history *a, const history *b, int sets) {
    if (a->count != b->count) return "the number of epochs";
    for (size_t e = 0; e < a->count; e++) {
        const marq_epoch *p = &a->epoch[e], *q = &b->epoch[e];
        if (memcmp(p->mse, q->mse, (size_t)sets * sizeof *p->mse) != 0) return "an MSE";
        if (p->epoch != q->epoch || p->mu != q->mu || p->gradient_norm != q->gradient_norm)
            return "mu or the gradient";
        if (p->accepted != q->accepted || p->rejected != q->rejected) return "a count of steps";
        if (p->validation_failures != q->validation_failures || !p->best != !q->best) return "the best epoch";
    }
    return NULL;
}

/* Trains the same net on both. True if the parameters have the same bits. */
static bool same_nets(const samples *a, const samples *b, marq_train_options options) {
    static const size_t widths[] = {2, 8, 1};
    marq_net *net = start_net(3, widths, MARQ_INIT_NGUYEN_WIDROW, 6),
             *other = start_net(3, widths, MARQ_INIT_NGUYEN_WIDROW, 6);
    train(net, a, options, &seen);
    train(other, b, options, &other_seen);
    bool same = same_parameters(net, other);
    marq_net_destroy(net);
    marq_net_destroy(other);
    return same;
}

static void spoil(samples *s, int set) {
    for (size_t i = 0; i < s->rows; i++)
        if (s->set[i] == set) s->X[2 * i] += 5, s->X[2 * i + 1] *= -30, s->Y[i] = 100 * cos((double)i);
}

static void test_rows_never_matter(void **state) {
    (void)state;
    samples s = waves(200, 1, 0.05, 7), spoilt = waves(200, 1, 0.05, 7);
    spoil(&spoilt, MARQ_TEST);
    bool same = same_nets(&s, &spoilt, marq_train_options_default(MARQ_RECIPE_MARQ));
    const char *what = difference(&seen, &other_seen, MARQ_TEST); /* the sets before it */
    REQUIRE(!what, "%s differs", what);
    REQUIRE(same, "the values of test rows change the parameters");
    REQUIRE(seen.epoch[0].mse[MARQ_TEST] != other_seen.epoch[0].mse[MARQ_TEST],
            "the test rows were not evaluated");
    samples_destroy(&s);
    samples_destroy(&spoilt);
}

static void validation_rows_change_at_most_the_choice_of_the_epoch(void **state) {
    (void)state;
    samples s = waves(200, 1, 0.05, 7), spoilt = waves(200, 1, 0.05, 7);
    spoil(&spoilt, MARQ_VALIDATION);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.batch = SIZE_MAX; /* one stage: a second begins at the best epoch of the first */
    same_nets(&s, &spoilt, options);
    size_t common = seen.count < other_seen.count ? seen.count : other_seen.count;
    for (size_t e = 0; e < common; e++)
        REQUIRE(seen.epoch[e].mse[MARQ_TRAIN] == other_seen.epoch[e].mse[MARQ_TRAIN] &&
                    seen.epoch[e].mse[MARQ_TEST] == other_seen.epoch[e].mse[MARQ_TEST] &&
                    seen.epoch[e].mu == other_seen.epoch[e].mu,
                "epoch %zu takes another way", e + 1);
    REQUIRE(seen.epoch[0].mse[MARQ_VALIDATION] != other_seen.epoch[0].mse[MARQ_VALIDATION],
            "they were not evaluated");
    samples_destroy(&s);
    samples_destroy(&spoilt);
}

static void training_rows_matter(void **state) {
    (void)state;
    samples s = waves(200, 1, 0.05, 7), spoilt = waves(200, 1, 0.05, 7);
    spoilt.Y[0] += 1e-9, spoilt.Y[1] += 1e-9, spoilt.Y[2] += 1e-9, spoilt.Y[3] += 1e-9;
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 3;
    REQUIRE(!same_nets(&s, &spoilt, options), "four rows changed nothing");
    samples_destroy(&s);
    samples_destroy(&spoilt);
}

/* ---- Scaling ---- */

static void scaling_is_fitted_to_the_training_rows(void **state) {
    (void)state;
    static const size_t widths[] = {2, 4, 1};
    for (int kind = MARQ_NORMALISE_RANGE; kind <= MARQ_NORMALISE_NONE; kind++) {
        samples s = waves(100, 1, 0, 8);
        spoil(&s, MARQ_VALIDATION);
        spoil(&s, MARQ_TEST);
        double X[200], Y[100], fit[100], expected[100];
        size_t rows = 0;
        for (size_t i = 0; i < s.rows; i++)
            if (s.set[i] == MARQ_TRAIN) memcpy(X + 2 * rows, s.X + 2 * i, 2 * sizeof *X), Y[rows++] = s.Y[i];
        marq_net *net = start_net(3, widths, MARQ_INIT_NGUYEN_WIDROW, 1),
                 *by_hand = start_net(3, widths, MARQ_INIT_XAVIER, 1);
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.normalise = (marq_normalisation)kind;
        options.max_epochs = 2;
        train(net, &s, options, NULL);
        marq_net_normalise(by_hand, (marq_normalisation)kind, rows, X, Y);
        memcpy(marq_net_parameters(by_hand), marq_net_parameters(net), marq_net_count(net) * sizeof(double));
        marq_net_predict(net, s.rows, s.X, fit, 1);
        marq_net_predict(by_hand, s.rows, s.X, expected, 1);
        REQUIRE(memcmp(fit, expected, sizeof fit) == 0, "normalisation %d is not that of the training rows",
                kind);
        marq_net_destroy(net);
        marq_net_destroy(by_hand);
        samples_destroy(&s);
    }
}

static void training_on_keeps_the_scaling_if_asked_to(void **state) {
    (void)state;
    samples s = waves(150, 1, 0, 9), shifted = waves(150, 1, 0, 9);
    for (size_t i = 0; i < 300; i++) shifted.X[i] *= 0.5;
    marq_net *net = start_net(3, (size_t[]){2, 6, 1}, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 10;
    train(net, &s, options, NULL);
    double before[150], after[150];
    marq_net_predict(net, 150, s.X, before, 1);
    options.keep_scaling = 1;
    options.max_epochs = 0;
    train(net, &shifted, options, NULL);
    marq_net_predict(net, 150, s.X, after, 1);
    assert_memory_equal(before, after, sizeof before);
    options.keep_scaling = 0;
    train(net, &shifted, options, NULL);
    marq_net_predict(net, 150, s.X, after, 1);
    assert_memory_not_equal(before, after, sizeof before);
    marq_net_destroy(net);
    samples_destroy(&s);
    samples_destroy(&shifted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_recipe_learns_the_multimodal_function),
        cmocka_unit_test(trainlm_falls_monotonically),
        cmocka_unit_test(every_jacobian_reaches_the_same_error),
        cmocka_unit_test(several_outputs_are_learnt_together),
        cmocka_unit_test(test_rows_never_matter),
        cmocka_unit_test(validation_rows_change_at_most_the_choice_of_the_epoch),
        cmocka_unit_test(training_rows_matter),
        cmocka_unit_test(scaling_is_fitted_to_the_training_rows),
        cmocka_unit_test(training_on_keeps_the_scaling_if_asked_to),
    };
    return cmocka_run_group_tests_name("nn_train", tests, NULL, NULL);
}
