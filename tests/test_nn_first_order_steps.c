/* The steps of SGD, Adam and RMSprop: the rules, the gradients, the rows. */
#include "training_data.h"

static history seen;

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
        marq_train_options options = plain_first_order(recorded[c].optimizer, 5, 3);
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
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_SGD, s->rows, 1);
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

/* With steps too short to matter, three batches of three add up to the gradient of all nine rows. */
static void an_epoch_takes_every_row_once(void **state) {
    (void)state;
    samples s = waves(9, 1, 0.1, 3);
    memset(s.set, MARQ_TRAIN, s.rows);
    marq_net *net = start_net(3, (size_t[]){2, 4, 1}, MARQ_INIT_XAVIER, 1);
    size_t n = marq_net_count(net);
    double *theta = marq_net_parameters(net), *start = marq_alloc_doubles(n, 1), *g = full_gradient(net, &s);
    memcpy(start, theta, n * sizeof *start);
    marq_train_options options = plain_first_order(MARQ_OPTIMIZER_SGD, 3, 1);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_steps_are_those_of_pytorch),
        cmocka_unit_test(gradients_are_those_of_the_jacobian),
        cmocka_unit_test(an_epoch_takes_every_row_once),
    };
    return cmocka_run_group_tests_name("nn_first_order_steps", tests, NULL, NULL);
}
