/* What the studies of training rest on: their data and the record of a training. */
#include "require.h"

#include "bench/nets/roofline.h"
#include "bench/nets/trial.h"
#include <math.h>
#include <string.h>

static void run_nothing(bench *b) {
    (void)b;
}

const bench_study bench_this = {"example", "An example", "About it.", run_nothing};

/* SciPy 1.17: special.ellipj(u, m)[0], special.j0(20 x); the others by hand. */
static void functions_have_their_values(void **state) {
    (void)state;
    static const struct {
        bench_target target;
        double x[9], value;
    } cases[] = {
        {BENCH_ELLIPTIC, {0.3, 0.2}, 0.2946763356810718},
        {BENCH_ELLIPTIC, {1.5, 0.99}, 0.9067272595112289},
        {BENCH_ELLIPTIC, {1.5707963267948966, 0.5}, 0.9797395592908522},
        {BENCH_ELLIPTIC, {0.7, 0}, 0.644217687237691},
        {BENCH_ELLIPTIC, {0.7, 1}, 0.6043677771171636}, /* tanh */
        {BENCH_BESSEL, {0.1}, 0.22389077914123562},
        {BENCH_BESSEL, {0.5}, -0.24593576445134832},
        {BENCH_BESSEL, {1}, 0.16702466434058322},
        {BENCH_EXP_SINE, {0.5, -1}, 7.38905609893065},
        {BENCH_GRAVITY, {1, 2, 1.5, 1, 3, 2, 3, 1, 4}, 3.0 / 14},
        {BENCH_PARABOLA, {3}, 1.5 * 3.6 * 3.6},
        {BENCH_SMOOTH, {0.5, 0.5, -0.5, 0, 1}, 2},
        {BENCH_RECORDED, {0.25, 0, 0.5, 0.5, 1}, 1.775},
        {BENCH_MULTIMODAL, {0.5}, 0.4794621373315692},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        double value = bench_target_value(cases[k].target, cases[k].x);
        REQUIRE(fabs(value - cases[k].value) < 2e-14, "%s: %.17g, not %.17g",
                bench_target_key(cases[k].target), value, cases[k].value);
    }
}

static void noise_has_its_deviation(void **state) {
    (void)state;
    for (int relative = 0; relative < 2; relative++) {
        bench_samples s = bench_samples_create(&(bench_source){.target = BENCH_SMOOTH,
                                                               .rows = 20000,
                                                               .noise = 0.1,
                                                               .relative = relative,
                                                               .seed = 3,
                                                               .shares = {70, 15, 15}});
        double sum = 0, wanted = 0.1 * (relative ? sqrt(s.variance) : 1);
        for (size_t i = 0; i < s.rows; i++) sum += (s.Y[i] - s.truth[i]) * (s.Y[i] - s.truth[i]);
        double deviation = sqrt(sum / (double)s.rows);
        REQUIRE(fabs(deviation / wanted - 1) < 0.03, "deviation %g, not %g", deviation, wanted);
        assert_int_equal(bench_samples_count(&s, MARQ_TRAIN), 14000);
        assert_int_equal(bench_samples_count(&s, MARQ_TEST), 3000);
        bench_samples_destroy(&s);
    }
}

static bench_samples few_samples(void) {
    return bench_samples_create(&(bench_source){
        .target = BENCH_SINUSOID, .rows = 100, .noise = 0.1, .seed = 1, .shares = {60, 20, 20}});
}

static marq_net *small_net(const bench_samples *s) {
    const size_t widths[] = {1, 6, 1};
    marq_error error;
    marq_net *net = marq_net_create(3, widths, NULL, &error);
    assert_non_null(net);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 1);
    bench_samples_normalise(s, MARQ_NORMALISE_RANGE, net);
    return net;
}

static void a_trial_keeps_what_training_reports(void **state) {
    (void)state;
    bench_samples s = few_samples();
    marq_net *net = small_net(&s);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 12;
    options.threads = 1;
    bench_trial t = bench_trial_train("marq", net, &s, &options);
    assert_true(t.points >= 5 && t.points <= 12);
    assert_string_equal(t.trainer, "marq");
    double first = t.point[0].errors.mse[MARQ_TRAIN], least = bench_trial_least(&t, MARQ_TRAIN);
    REQUIRE(least < first, "%g is no better than %g", least, first);
    assert_true(bench_trial_time_to(&t, MARQ_TRAIN, first) <= t.point[0].seconds);
    assert_true(isnan(bench_trial_time_to(&t, MARQ_TRAIN, least / 2)));
    double at_end = bench_trial_at(&t, MARQ_VALIDATION, t.seconds + 1);
    REQUIRE(fabs(at_end / t.kept.mse[MARQ_VALIDATION] - 1) < 1e-9, "%g, but kept %g", at_end,
            t.kept.mse[MARQ_VALIDATION]);
    bench_trial_destroy(&t);
    marq_net_destroy(net);
    bench_samples_destroy(&s);
}

/* As peers in Python are evaluated: the errors are those of the parameters that came back. */
static void added_points_are_evaluated_and_the_best_is_kept(void **state) {
    (void)state;
    bench_samples s = few_samples();
    marq_net *net = small_net(&s);
    double *theta = marq_net_parameters(net);
    bench_trial t = {.points = 0};
    bench_trial_add(&t, &s, net, 1, 0.5);
    memset(theta, 0, marq_net_count(net) * sizeof *theta);
    bench_trial_add(&t, &s, net, 2, 1.5);
    theta[marq_net_count(net) - 1] = 50; /* far off */
    bench_trial_add(&t, &s, net, 3, 2.5);
    assert_int_equal(t.points, 3);
    assert_false(t.point[2].best);
    assert_true(t.point[2].errors.mse[MARQ_TEST] > 1000);
    assert_true(t.point[2].errors.truth > 1000);
    size_t best = t.point[1].errors.mse[MARQ_VALIDATION] < t.point[0].errors.mse[MARQ_VALIDATION];
    assert_memory_equal(&t.kept, &t.point[best].errors, sizeof t.kept);
    assert_true(t.seconds == 2.5);
    bench_trial_destroy(&t);
    marq_net_destroy(net);
    bench_samples_destroy(&s);
}

static void long_records_are_thinned_for_pictures(void **state) {
    (void)state;
    bench_point points[1000] = {{.epoch = 0}};
    for (size_t i = 0; i < COUNT(points); i++) points[i].epoch = i + 1;
    bench_trial t = {.point = points, .points = COUNT(points)};
    size_t shown = 0, last = 0;
    for (size_t i = 0; i < t.points; i = bench_trial_later(&t, i, 1.1)) {
        REQUIRE(i == 0 || i + 1 == t.points || i + 1 >= (size_t)(1.1 * (double)(last + 1)), "%zu after %zu",
                i, last);
        last = i;
        shown++;
    }
    assert_int_equal(last, 999);
    REQUIRE(shown > 40 && shown < 70, "%zu points", shown);
}

/* A sample is lowered by whatever else the machine does, so the best of them is the roof. */
static void a_roof_is_the_best_of_its_samples(void **state) {
    (void)state;
    bench b = {.options = {.quick = 1}};
    bench_roofline *roofline = bench_roofline_create(&b, 2);
    bench_roof first = *bench_roofline_sample(roofline);
    assert_true(first.multiply_add > 0 && first.dgemm > 0 && first.bandwidth > 0);
    for (int k = 0; k < 3; k++) {
        bench_roof later = *bench_roofline_sample(roofline);
        assert_true(later.multiply_add >= first.multiply_add && later.dgemm >= first.dgemm &&
                    later.bandwidth >= first.bandwidth);
        first = later;
    }
    bench_roofline_destroy(roofline);
    const bench_roof roof = {.multiply_add = 4, .dgemm = 5, .bandwidth = 2};
    assert_true(bench_roof_peak(&roof) == 5);
    assert_true(bench_least_seconds(&roof, 100, 8) == 20 && bench_least_seconds(&roof, 5, 8) == 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_have_their_values),
        cmocka_unit_test(noise_has_its_deviation),
        cmocka_unit_test(a_trial_keeps_what_training_reports),
        cmocka_unit_test(added_points_are_evaluated_and_the_best_is_kept),
        cmocka_unit_test(long_records_are_thinned_for_pictures),
        cmocka_unit_test(a_roof_is_the_best_of_its_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
