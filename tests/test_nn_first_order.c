/* SGD, Adam and RMSprop: their steps, their batches, their bits and their ends. */
#include "training_data.h"

#include <base/scope.h>
#include <omp.h>

static history seen, other_seen;

/* No stop test but the number of epochs; no scaling. */
static marq_train_options plain(marq_optimizer optimizer, size_t batch, size_t epochs) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.optimizer = optimizer;
    options.normalise = MARQ_NORMALISE_NONE;
    options.batch = batch;
    options.max_epochs = epochs;
    options.min_gradient = options.relative_goal = 0;
    options.max_failures = 0;
    return options;
}

/* ---- Steps ---- */

enum { PARAMETERS = 15 };

/* After three steps on all five rows: PyTorch 2.15, float64. net = Sequential(Linear(2, 2), Tanh(), Linear(2,
 * 2), Sigmoid(), Linear(2, 1)), the j-th parameter in the order of net.parameters() ((7 j) % 11 − 5) / 8,
 * input k of row i ((5 (2 i + k)) % 7 − 3) / 4, output ((3 i) % 5 − 2) / 2. loss = mse_loss(net(X), Y) + l1
 * Σ|W| + l2 Σ W² over the three weight matrices; backward(); clip_grad_norm_(net.parameters(), clip) if clip
 * > 0; step() of torch.optim.SGD, Adam or RMSprop with that lr and momentum. */
static const struct {
    const char *name;
    marq_optimizer optimizer;
    marq_first_order settings;
    double theta[PARAMETERS];
} recorded[] = {
    {"sgd",
     MARQ_OPTIMIZER_SGD,
     {.learning_rate = 0.05},
     {-0.6263407119013222, 0.2466420325735202, -0.2501770137627716, 0.6264884459035716, 0.1174933814365533,
      -0.371414114438302, 0.4982075922794899, 0.0008420550373161696, -0.4982919823549009, 0.3739828763202507,
      -0.1345296415746258, -0.6148183740650982, 0.164391397712161, -0.3060553239230432, 0.4507992421579429}},
    {"sgd with momentum",
     MARQ_OPTIMIZER_SGD,
     {.learning_rate = 0.02, .momentum = 0.9},
     {-0.6260904076113478, 0.2475329747654989, -0.2501151599395146, 0.6260582177431083, 0.1186611151854306,
      -0.3722421275264738, 0.4984915102488226, 0.0009519072729631811, -0.4987445610796233, 0.3739895450332277,
      -0.1334427292698791, -0.6170484511144065, 0.1799920452542259, -0.2956881854494792, 0.4823270206970201}},
    {"sgd with Nesterov's momentum",
     MARQ_OPTIMIZER_SGD,
     {.learning_rate = 0.02, .momentum = 0.9, .nesterov = 1},
     {-0.6264962922680896, 0.2464255632987831, -0.250178606266467, 0.6265610532172706, 0.1164688405582855,
      -0.3711018461059611, 0.4979663319627975, 0.001114418976803995, -0.4981815692551754, 0.3737438506622389,
      -0.1360886530002935, -0.6138516204049361, 0.1542025946452583, -0.3126275251372364, 0.4299209855365342}},
    {"sgd with penalties",
     MARQ_OPTIMIZER_SGD,
     {.learning_rate = 0.05, .l1 = 0.01, .l2 = 0.02},
     {-0.621086383533378, 0.2436742053160488, -0.2471817220848297, 0.6212370565381815, 0.1175322979129223,
      -0.3714366103313805, 0.4937300437471382, -0.0001552762314482543, -0.4938114206474042,
      0.3702392608942539, -0.1344906136160725, -0.6148554012055056, 0.1616225915217305, -0.3029292560178079,
      0.4508453816635528}},
    {"sgd with shortened gradients",
     MARQ_OPTIMIZER_SGD,
     {.learning_rate = 0.05, .clip = 0.1},
     {-0.6250983975519, 0.2497870732842826, -0.2500093953876877, 0.6250900215189011, 0.1244194654794288,
      -0.3747575373014878, 0.4998618967536295, 9.678370641228667e-05, -0.4998916022376292, 0.3749032218076562,
      -0.1257893753868548, -0.6242968377580589, 0.2436740201373585, -0.2541221164898945, 0.6121017964459764}},
    {"adam",
     MARQ_OPTIMIZER_ADAM,
     {.learning_rate = 0.01},
     {-0.6548763707449753, 0.220003731649112, -0.2799193706265846, 0.6549886700529344, 0.09507001208816229,
      -0.34503934813944, 0.470170493041954, 0.02936711211230115, -0.4700418404052885, 0.3452726616877758,
      -0.1549057737219537, -0.594985590673303, 0.220044695564171, -0.2799852855932217, 0.5950340451544491}},
    {"adam with penalties and shortened gradients",
     MARQ_OPTIMIZER_ADAM,
     {.learning_rate = 0.01, .l1 = 0.01, .l2 = 0.02, .clip = 0.1},
     {-0.5949623286912075, 0.2199781767084939, -0.2199881043561231, 0.5949865104001436, 0.09501450963862411,
      -0.3449939092544386, 0.4700096655432812, 0.01671319205662771, -0.4699862951144125, 0.3450057303496041,
      -0.1549531503450304, -0.5949655873020216, 0.2200066991645078, -0.2800112645609164, 0.5949995220073133}},
    {"rmsprop",
     MARQ_OPTIMIZER_RMSPROP,
     {.learning_rate = 0.001},
     {-0.6471464699116816, 0.2271372792503523, -0.272391805615283, 0.647814032213152, 0.102578445975409,
      -0.3523825647567911, 0.4780662179755544, 0.02048217762708544, -0.477406557520359, 0.3534339441797258,
      -0.1472895628771274, -0.6019729299398254, 0.2274305921116828, -0.2727750670196831, 0.6023619977504469}},
    {"rmsprop with momentum and shortened gradients",
     MARQ_OPTIMIZER_RMSPROP,
     {.learning_rate = 0.001, .momentum = 0.5, .clip = 0.5},
     {-0.6582219395557302, 0.2157392738419279, -0.2835466623219886, 0.6591847791063211, 0.09137634377352327,
      -0.3410994008348747, 0.4670805482325847, 0.0307463875133877, -0.4661358573560385, 0.342691055606958,
      -0.1584329673042326, -0.5905057843234622, 0.2161603312986292, -0.2841346990271096, 0.5910618299015473}},
};

static void three_steps_are_those_of_pytorch(void **state) {
    (void)state;
    double X[10], Y[5];
    for (int i = 0; i < 10; i++) X[i] = ((5 * i) % 7 - 3) / 4.0;
    for (int i = 0; i < 5; i++) Y[i] = ((3 * i) % 5 - 2) / 2.0;
    marq_data data = {.rows = 5, .X = X, .Y = Y};
    for (size_t c = 0; c < COUNT(recorded); c++) {
        marq_net *net = marq_net_create(4, (size_t[]){2, 2, 2, 1},
                                        (marq_activation[]){MARQ_TANH, MARQ_SIGMOID, MARQ_LINEAR}, NULL);
        double *theta = marq_net_parameters(net);
        for (int j = 0; j < PARAMETERS; j++) theta[j] = ((7 * j) % 11 - 5) / 8.0;
        marq_train_options options = plain(recorded[c].optimizer, 5, 3);
        options.first_order = recorded[c].settings;
        marq_training training;
        marq_error error = {0};
        REQUIRE(marq_net_train(net, &data, &options, &training, &error) > 0, "%s: %s", recorded[c].name,
                error.message);
        assert_int_equal(training.best_epoch, 3); /* whose parameters the net has */
        for (int j = 0; j < PARAMETERS; j++)
            REQUIRE(fabs(theta[j] - recorded[c].theta[j]) < 1e-14,
                    "%s: parameter %d is %.16g, PyTorch's %.16g", recorded[c].name, j, theta[j],
                    recorded[c].theta[j]);
        marq_net_destroy(net);
    }
}

/* ---- Gradients ---- */

/* ∂(½‖r‖²)/∂θ of all rows at the net's parameters, by its Jacobian. */
static double *full_gradient(const marq_net *net, const samples *s) {
    size_t n = marq_net_count(net), m = s->rows * s->outputs;
    double *J = marq_alloc_doubles(m, n), *fitted = marq_alloc_doubles(m, 1), *g = marq_alloc_doubles(n, 1);
    marq_net_jacobian(net, s->rows, s->X, J, 1);
    marq_net_predict(net, s->rows, s->X, fitted, 1);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) g[j] += (fitted[i] - s->Y[i]) * J[i * n + j];
    free(J);
    free(fitted);
    return g;
}

static double largest(size_t n, const double *v) {
    double most = 0;
    for (size_t j = 0; j < n; j++) most = fmax(most, fabs(v[j]));
    return most;
}

/* Takes a short step with learning rate 1e-6 from the net's start. */
static void check_gradient(marq_net *net, const samples *s) {
    size_t n = marq_net_count(net);
    double *start = marq_alloc_doubles(n, 1), *g = full_gradient(net, s);
    const double *theta = marq_net_parameters(net);
    memcpy(start, theta, n * sizeof *start);
    marq_train_options options = plain(MARQ_OPTIMIZER_SGD, s->rows, 1);
    options.first_order.learning_rate = 1e-6;
    train(net, s, options, &seen);
    double most = largest(n, g), norm = seen.epoch[0].gradient_norm;
    REQUIRE(fabs(norm - most) <= 1e-12 * most, "%zu rows, %zu parameters: gradient_norm %.15g, not %.15g",
            s->rows, n, norm, most);
    double factor = 2.0 / (double)(s->rows * s->outputs);
    for (size_t j = 0; j < n; j++) {
        double step = (start[j] - theta[j]) / 1e-6, expected = factor * g[j];
        REQUIRE(fabs(step - expected) <= 1e-8 + 1e-9 * factor * most,
                "%zu rows, %zu parameters: ∂E/∂θ_%zu is %.10g by the step, %.10g by the Jacobian", s->rows, n,
                j, step, expected);
    }
    free(start);
    free(g);
}

/* Widths and rows on both sides of vectors and blocks. */
static void gradients_are_those_of_the_jacobian(void **state) {
    (void)state;
    static const size_t rows[] = {1, 3, 31, 32, 33, 500};
    static const size_t shapes[][4] = {
        {2, 1, 1, 1}, {2, 5, 3, 2}, {2, 20, 9, 1}, {2, 33, 10, 4}, {2, 8, 64, 3}};
    for (size_t r = 0; r < COUNT(rows); r++)
        for (size_t k = 0; k < COUNT(shapes); k++)
            for (int activation = MARQ_LINEAR; activation <= MARQ_RELU; activation++) {
                samples s = waves(rows[r], shapes[k][3], 0.1, 2);
                memset(s.set, MARQ_TRAIN, s.rows);
                marq_activation each = (marq_activation)activation;
                marq_net *net = marq_net_create(4, shapes[k], (marq_activation[]){each, each, each}, NULL);
                marq_net_initialise(net, MARQ_INIT_XAVIER, 1);
                check_gradient(net, &s);
                marq_net_destroy(net);
                samples_destroy(&s);
            }
}

/* ---- Batches ---- */

/* With steps too short to matter, three batches of three add up to the gradient of all nine rows. */
static void an_epoch_takes_every_row_once(void **state) {
    (void)state;
    samples s = waves(9, 1, 0.1, 3);
    memset(s.set, MARQ_TRAIN, s.rows);
    marq_net *net = start_net(3, (size_t[]){2, 4, 1}, MARQ_INIT_XAVIER, 1);
    size_t n = marq_net_count(net);
    double *theta = marq_net_parameters(net), *start = marq_alloc_doubles(n, 1), *g = full_gradient(net, &s);
    memcpy(start, theta, n * sizeof *start);
    marq_train_options options = plain(MARQ_OPTIMIZER_SGD, 3, 1);
    options.first_order.learning_rate = 1e-9;
    train(net, &s, options, &seen);
    assert_int_equal(seen.epoch[0].accepted, 3);
    assert_int_equal(seen.epoch[0].rejected, 0);
    for (size_t j = 0; j < n; j++) {
        double step = (start[j] - theta[j]) / 1e-9;
        REQUIRE(fabs(step - 2.0 / 3 * g[j]) < 1e-6, "parameter %zu moved by %.9g, expected %.9g", j, step,
                2.0 / 3 * g[j]);
    }
    free(start);
    free(g);
    marq_net_destroy(net);
    samples_destroy(&s);
}

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
    marq_train_options a = plain(MARQ_OPTIMIZER_ADAM, 16, 3), b = a;
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
    marq_train_options options = plain(MARQ_OPTIMIZER_SGD, 8, 20);
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
            marq_train_options options = plain((marq_optimizer)optimizer, batch, 2);
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
    marq_train_options options = plain(MARQ_OPTIMIZER_ADAM, 32, 3);
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
        marq_train_options options = plain((marq_optimizer)optimizer, 0, 300);
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
    marq_train_options start = plain(MARQ_OPTIMIZER_ADAM, 0, 0), options = start;
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
    marq_train_options options = plain(MARQ_OPTIMIZER_SGD, 0, 1000);
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
    marq_train_options options = plain(MARQ_OPTIMIZER_ADAM, 0, 2);
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
    options = plain(MARQ_OPTIMIZER_SGD, 1000, 2);
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
    marq_train_options options = plain(MARQ_OPTIMIZER_ADAM, 40, 2);
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
        marq_train_options options = plain(cases[c].optimizer, 0, 3);
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
        cmocka_unit_test(three_steps_are_those_of_pytorch),
        cmocka_unit_test(gradients_are_those_of_the_jacobian),
        cmocka_unit_test(an_epoch_takes_every_row_once),
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
