/* Every way of training gives the same bits for every number of threads: parameters and the record of every
 * epoch. Three and four threads on fewer cores as well, and one thread where the caller has four. */
#include "training_data.h"

#include <marq/trials.h>
#include <omp.h>

/* What else a training has. */
enum {
    SIGMA = 1,
    MASK = 2,
    OUTPUT_WEIGHTS = 4,
    HUBER = 8,
    SPILL = 16,
    CALLERS_SCALING = 32,
    PENALTIES = 64,
    ROBUST = SIGMA | HUBER | MASK
};

/* Rows of `waves`, 70 % of them for training, and a net 2-h-…-outputs. */
typedef struct way {
    const char *name;
    size_t rows, hidden[2], outputs;
    size_t classes; /* 0: no classifier */
    size_t batch;   /* SIZE_MAX: all rows */
    size_t epochs;
    double noise;
    marq_recipe recipe;
    marq_optimizer optimizer;
    marq_jacobian jacobian;
    marq_activation activation; /* of the hidden layers; LINEAR: tanh */
    double decay;
    size_t evidence;
    double max_memory;
    int extras;
    const char *plan; /* is in the plan of its last steps */
} way;

#define ALL               SIZE_MAX
#define GRAM              "Cholesky of JᵀJ"
#define KERNEL            "Cholesky of JJᵀ"
#define PRODUCTS          "by products"
#define LITTLE_MEMORY     .max_memory = 1.6e6, .plan = "conjugate gradients"
#define EVIDENCE          .decay = 0.1, .evidence = 2
#define BY(name)          .optimizer = MARQ_OPTIMIZER_##name
#define DIFFERENCES(kind) .jacobian = MARQ_JACOBIAN_##kind, .plan = "from J"

static const way ways[] = {
    /* Steps on all rows. */
    {"plain, Gram", 600, {12, 12}, 1, 0, ALL, 4, 0.1, .plan = GRAM},
    {"plain, kernel", 200, {20, 20}, 1, 0, ALL, 5, 0.1, .plan = KERNEL},
    {"plain, Gram by windows", 6500, {5, 0}, 1, 0, ALL, 2, 0.1, .plan = GRAM},
    {"trainlm", 300, {15, 0}, 1, 0, ALL, 5, 0.1, .recipe = MARQ_RECIPE_TRAINLM, .plan = GRAM},
    {"decay, Gram", 450, {12, 12}, 1, 0, ALL, 4, 0.1, .decay = 0.01, .plan = GRAM},
    {"decay, kernel", 200, {20, 20}, 1, 0, ALL, 5, 0.1, .decay = 0.01, .plan = KERNEL},
    {"evidence, Gram", 450, {12, 12}, 1, 0, ALL, 5, 0.1, EVIDENCE, .plan = GRAM},
    {"evidence, kernel", 200, {20, 20}, 1, 0, ALL, 6, 0.1, EVIDENCE, .plan = KERNEL},
    {"conjugate gradients", 600, {20, 20}, 1, 0, ALL, 2, 0.1, LITTLE_MEMORY},
    {"the same, decay", 600, {20, 20}, 1, 0, ALL, 3, 0.1, .decay = 0.01, LITTLE_MEMORY},
    {"forward differences", 300, {7, 7}, 1, 0, ALL, 4, 0.1, DIFFERENCES(FORWARD)},
    {"central differences", 80, {10, 10}, 1, 0, ALL, 3, 0.1, DIFFERENCES(CENTRAL)},
    {"sigmoid", 300, {9, 9}, 1, 0, ALL, 5, 0.1, .activation = MARQ_SIGMOID, .plan = GRAM},
    {"ReLU", 300, {9, 9}, 1, 0, ALL, 5, 0.1, .activation = MARQ_RELU, .plan = GRAM},
    /* Weights, masks, losses. */
    {"several outputs, Gram", 300, {9, 9}, 3, 0, ALL, 5, 0.1, .extras = OUTPUT_WEIGHTS, .plan = GRAM},
    {"several outputs, kernel", 90, {20, 15}, 3, 0, ALL, 5, 0.1, .extras = OUTPUT_WEIGHTS, .plan = KERNEL},
    {"deviations, Huber, mask, Gram", 300, {9, 9}, 2, 0, ALL, 5, 0.1, .extras = ROBUST, .plan = GRAM},
    {"deviations, Huber, mask, kernel", 90, {20, 15}, 2, 0, ALL, 5, 0.1, .extras = ROBUST, .plan = KERNEL},
    {"mask, evidence", 300, {9, 9}, 2, 0, ALL, 6, 0.1, EVIDENCE, .extras = SIGMA | MASK, .plan = GRAM},
    {"deviations, Huber, mask, batches", 300, {20, 15}, 2, 0, 30, 4, 0.1, .extras = ROBUST, .plan = KERNEL},
    {"differences, Huber", 200, {6, 6}, 1, 0, ALL, 4, 0.1, DIFFERENCES(FORWARD), .extras = HUBER},
    /* Batches and what follows them. */
    {"batches", 600, {20, 20}, 1, 0, 60, 5, 0, .plan = KERNEL},
    {"momentum", 2100, {30, 30}, 1, 0, 40, 8, 0.5, .plan = KERNEL},
    {"batches from a file", 300, {15, 15}, 2, 0, 50, 4, 0.1, .extras = SPILL | SIGMA, .plan = KERNEL},
    {"all rows from a file", 500, {8, 8}, 1, 0, ALL, 4, 0.1, .extras = SPILL, .plan = GRAM},
    {"a given scaling", 200, {12, 12}, 1, 0, ALL, 4, 0.1, .extras = CALLERS_SCALING, .plan = KERNEL},
    {"the default of few data", 80, {10, 10}, 1, 0, 0, 20, 0.2, .plan = PRODUCTS},
    {"the default of many data", 600, {12, 12}, 1, 0, 0, 12, 0.02, .plan = PRODUCTS},
    /* Classes. */
    {"two classes, Gram", 400, {9, 9}, 1, 2, ALL, 6, 0.3, EVIDENCE, .plan = GRAM},
    {"two classes, kernel", 100, {15, 15}, 1, 2, ALL, 6, 0.3, EVIDENCE, .plan = KERNEL},
    {"three classes, Gram", 400, {9, 9}, 3, 3, ALL, 5, 0.3, .extras = SIGMA | MASK, .plan = GRAM},
    {"three classes, kernel", 90, {20, 15}, 3, 3, ALL, 5, 0.3, .decay = 0.1, .plan = KERNEL},
    {"two classes, batches", 600, {15, 15}, 1, 2, 60, 5, 0.3, .extras = MASK, .plan = KERNEL},
    {"three classes, batches", 600, {15, 15}, 3, 3, 40, 5, 0.3, .extras = SIGMA, .plan = KERNEL},
    {"four classes, the default", 300, {9, 9}, 4, 4, 0, 6, 0.3, .plan = PRODUCTS},
    /* First-order methods. */
    {"SGD, momentum", 600, {20, 20}, 1, 0, 32, 3, 0.1, BY(SGD), .extras = PENALTIES},
    {"Adam", 1300, {20, 20}, 1, 0, 1000, 3, 0.1, BY(ADAM), .extras = PENALTIES | SIGMA},
    {"RMSprop", 600, {20, 20}, 2, 0, 64, 3, 0.1, BY(RMSPROP), .extras = PENALTIES | HUBER | MASK},
    {"Adam, classes", 600, {20, 20}, 3, 3, 32, 3, 0.3, BY(ADAM), .extras = SPILL},
};

/* ---- A training ---- */

typedef struct problem {
    samples s;
    marq_data data;
    double *sigma;
    marq_net *start;
    marq_train_options options;
} problem;

static const double output_weights[] = {1, 0.5, 2};

/* The class of a row by the size of its value. */
static void make_classes(samples *s, size_t classes) {
    for (size_t i = 0; i < s->rows; i++) {
        double part = (s->Y[i] + 1) / 3 * (double)classes;
        s->Y[i] = fmin(fmax(floor(part), 0), (double)classes - 1);
    }
}

static marq_net *make_net(const way *w) {
    size_t widths[] = {2, w->hidden[0], w->hidden[1] ? w->hidden[1] : w->outputs, w->outputs};
    size_t layers = w->hidden[1] ? 3 : 2;
    marq_activation own = w->activation ? w->activation : MARQ_TANH,
                    activations[] = {own, layers == 3 ? own : MARQ_LINEAR, MARQ_LINEAR};
    marq_net *net = marq_net_create(layers + 1, widths, activations, NULL);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 3);
    assert_int_equal(marq_net_set_classes(net, w->classes, NULL, NULL), MARQ_OK);
    return net;
}

static marq_train_options options_of(const way *w) {
    marq_train_options o = marq_train_options_default(w->recipe);
    o.optimizer = w->optimizer;
    o.jacobian = w->jacobian;
    o.batch = w->batch;
    o.max_epochs = w->epochs;
    o.relative_goal = 0;
    o.decay = w->decay;
    o.evidence = w->evidence;
    o.max_memory = w->max_memory;
    o.seed = 8;
    o.loss = w->extras & HUBER ? MARQ_NET_HUBER : MARQ_NET_SQUARES;
    o.huber_delta = 0.05;
    o.keep_scaling = (w->extras & CALLERS_SCALING) != 0;
    o.spill_folder = w->extras & SPILL ? "." : NULL;
    if (w->extras & PENALTIES)
        o.first_order = (marq_first_order){.l1 = 1e-5,
                                           .l2 = 1e-5,
                                           .clip = 0.5,
                                           .momentum = w->optimizer == MARQ_OPTIMIZER_ADAM ? 0 : 0.9,
                                           .nesterov = w->optimizer == MARQ_OPTIMIZER_SGD};
    return o;
}

static problem make_problem(const way *w) {
    size_t columns = w->classes ? 1 : w->outputs;
    problem p = {.s = waves(w->rows, columns, w->noise, 5), .start = make_net(w), .options = options_of(w)};
    if (w->classes) make_classes(&p.s, w->classes);
    for (size_t i = 0; w->extras & MASK && i < w->rows * columns; i += 7) p.s.Y[i] = (double)NAN;
    p.data = data_of(&p.s);
    p.data.mask = (w->extras & MASK) != 0;
    if (w->extras & SIGMA) p.data.sigma = p.sigma = marq_alloc_doubles(w->rows, 1);
    for (size_t i = 0; p.sigma && i < w->rows; i++) p.sigma[i] = 0.5 + (double)(i % 5);
    if (w->extras & OUTPUT_WEIGHTS) p.data.output_weights = output_weights;
    return p;
}

static void clear_problem(problem *p) {
    samples_destroy(&p->s);
    marq_net_destroy(p->start);
    free(p->sigma);
}

static marq_net *trained(const way *w, const problem *p, int threads, history *h) {
    marq_net *net = marq_net_copy(p->start, NULL);
    marq_train_options options = p->options;
    marq_training training;
    marq_error error = {0};
    h->count = 0;
    options.threads = threads;
    options.progress = record;
    options.progress_user = h;
    REQUIRE(marq_net_train(net, &p->data, &options, &training, &error) > 0, "%s: %s", w->name, error.message);
    REQUIRE(!w->plan || strstr(training.plan, w->plan), "%s: the plan is \"%s\"", w->name, training.plan);
    return net;
}

/* ---- The same bits ---- */

/* But seconds. NULL: none. */
static const char *difference(history *a, history *b) {
    if (a->count != b->count) return "the number of epochs";
    for (size_t e = 0; e < a->count; e++) {
        a->epoch[e].seconds = b->epoch[e].seconds = 0;
        size_t size = offsetof(marq_epoch, best) + sizeof a->epoch[e].best;
        if (memcmp(&a->epoch[e], &b->epoch[e], size) != 0) return "the record of an epoch";
    }
    return NULL;
}

/* In the first run the caller has four. Sanitizers see in two what there is to see. */
#if defined(__SANITIZE_ADDRESS__)
static const int runs[] = {1, 3};
#else
static const int runs[] = {1, 2, 3, 4, 1, 2, 3, 4, 3, 2};
#endif

static int threads_of_run(size_t run) {
    omp_set_num_threads(run == 0 ? 4 : 2);
    return runs[run];
}

static void every_way_has_the_same_bits(void **state) {
    (void)state;
    static history seen, other;
    int before = omp_get_max_threads();
    for (size_t k = 0; k < COUNT(ways); k++) {
        const way *w = &ways[k];
        problem p = make_problem(w);
        marq_net *first = trained(w, &p, 1, &seen);
        REQUIRE(seen.count > 1, "%s: %zu epochs", w->name, seen.count);
        for (size_t run = 0; run < COUNT(runs); run++) {
            marq_net *net = trained(w, &p, threads_of_run(run), &other);
            const char *what = difference(&seen, &other);
            REQUIRE(!what, "%s, %d threads (run %zu): %s differs", w->name, runs[run], run, what);
            REQUIRE(same_parameters(net, first), "%s, %d threads (run %zu): other parameters", w->name,
                    runs[run], run);
            marq_net_destroy(net);
        }
        marq_net_destroy(first);
        clear_problem(&p);
    }
    omp_set_num_threads(before);
}

/* ---- Side by side ---- */

enum { TRIALS = 4 };

typedef struct team_of_trials {
    marq_trial trial[TRIALS];
    history *history; /* TRIALS */
    size_t best;
} team_of_trials;

static void train_side_by_side(const problem *p, int threads, team_of_trials *t) {
    marq_train_options options = p->options;
    marq_error error = {0};
    options.threads = threads;
    options.progress = record;
    for (size_t k = 0; k < TRIALS; k++) {
        marq_net *net = marq_net_copy(p->start, NULL);
        marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 1 + k);
        t->trial[k] = (marq_trial){.net = net, .seed = 1 + k, .progress_user = &t->history[k]};
        t->history[k].count = 0;
    }
    REQUIRE(marq_net_train_trials(t->trial, TRIALS, &p->data, &options, &t->best, &error) > 0, "%s",
            error.message);
}

static void trainings_side_by_side_have_the_same_bits(void **state) {
    (void)state;
    static const char *const names[] = {"mask, evidence", "batches from a file", "three classes, batches",
                                        "SGD, momentum"};
    int before = omp_get_max_threads();
    team_of_trials first = {.history = marq_alloc(TRIALS, sizeof(history))},
                   other = {.history = marq_alloc(TRIALS, sizeof(history))};
    for (size_t n = 0; n < COUNT(names); n++) {
        size_t at = 0;
        while (strcmp(ways[at].name, names[n]) != 0) at++;
        problem p = make_problem(&ways[at]);
        train_side_by_side(&p, 1, &first);
        for (size_t run = 0; run < COUNT(runs); run++) {
            train_side_by_side(&p, threads_of_run(run), &other);
            assert_int_equal(first.best, other.best);
            for (size_t k = 0; k < TRIALS; k++) {
                const char *what = difference(&first.history[k], &other.history[k]);
                REQUIRE(!what, "%s, trial %zu, %d threads: %s differs", names[n], k, runs[run], what);
                REQUIRE(same_parameters(first.trial[k].net, other.trial[k].net),
                        "%s, trial %zu, %d threads: other parameters", names[n], k, runs[run]);
                assert_memory_equal(&first.trial[k].score, &other.trial[k].score, sizeof(double));
                marq_net_destroy(other.trial[k].net);
            }
        }
        for (size_t k = 0; k < TRIALS; k++) marq_net_destroy(first.trial[k].net);
        clear_problem(&p);
    }
    omp_set_num_threads(before);
    free(first.history);
    free(other.history);
}

/* Own-batch steps reject some, momentum none: that stage was among the ways. */
static void momentum_was_reached(void **state) {
    (void)state;
    static history seen;
    size_t at = 0;
    while (strcmp(ways[at].name, "momentum") != 0) at++;
    problem p = make_problem(&ways[at]);
    marq_net_destroy(trained(&ways[at], &p, 1, &seen));
    const marq_epoch *first = &seen.epoch[0], *last = &seen.epoch[seen.count - 1];
    REQUIRE(first->rejected > 0 && last->rejected == 0 && last->accepted > 1,
            "%zu steps rejected at first, %zu at last, %zu accepted", first->rejected, last->rejected,
            last->accepted);
    clear_problem(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_has_the_same_bits),
        cmocka_unit_test(trainings_side_by_side_have_the_same_bits),
        cmocka_unit_test(momentum_was_reached),
    };
    return cmocka_run_group_tests_name("nn_threads", tests, NULL, NULL);
}
