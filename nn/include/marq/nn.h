/* marq/nn.h: small feedforward nets, trained by Levenberg–Marquardt.
 *
 * A net is a chain of dense layers  a_l = φ_l(W_l a_{l−1} + b_l),  l = 1 … L, of any widths; a_0 are the
 * normalised inputs, a_L the normalised outputs. Its parameters θ lie in one array: for each layer W_l row by
 * row (one row a neuron), then b_l.
 *
 *     size_t widths[] = {2, 10, 1};                     // inputs, hidden …, outputs
 *     marq_net *net = marq_net_create(3, widths, NULL, &error);
 *     marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, seed);
 *     marq_training training;
 *     marq_net_train(net, &data, NULL, &training, &error);
 *     marq_net_predict(net, rows, X, Y, threads);
 *     marq_net_save(net, "model.json", &error);
 *     marq_net_destroy(net);
 *
 * All matrices of rows are row-major. Two threads may use two nets at once, and one net at once for calls
 * that take it as const. */
#ifndef MARQ_NN_H
#define MARQ_NN_H

#include <marq/lm.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the lists X(name, key …) below: the enum's names. */
#define MARQ_ENUM_NAME(name, ...) name,

/* ---- Shape ---- */

typedef struct marq_net marq_net;

/* X(name, key): the key is what the command line and model files say. */
#define MARQ_ACTIVATION_LIST(X)                                                                              \
    X(MARQ_LINEAR, "linear")                                                                                 \
    X(MARQ_TANH, "tanh")                                                                                     \
    X(MARQ_SIGMOID, "sigmoid")                                                                               \
    X(MARQ_RELU, "relu")

typedef enum marq_activation { MARQ_ACTIVATION_LIST(MARQ_ENUM_NAME) } marq_activation;

/* The key of a value, and the value of a key: 1 and *activation if the key is known, else 0. The other lists
 * of this header have the same two functions. */
MARQ_API const char *marq_activation_key(marq_activation activation);
MARQ_API int marq_activation_find(const char *key, marq_activation *activation);

/* widths: sizes ≥ 2 values: inputs, hidden layers, outputs, each 1 … 100 000. activations: sizes − 1 values,
 * one a layer; NULL: tanh in the hidden layers, linear at the output. Parameters are 0, scaling is the
 * identity. The caller owns the result. NULL on failure, with the reason in *error. */
MARQ_API marq_net *marq_net_create(size_t sizes, const size_t *widths, const marq_activation *activations,
                                   marq_error *error);
MARQ_API marq_net *marq_net_copy(const marq_net *net, marq_error *error);
MARQ_API void marq_net_destroy(marq_net *net); /* NULL is allowed */

MARQ_API size_t marq_net_inputs(const marq_net *net);
MARQ_API size_t marq_net_outputs(const marq_net *net);
MARQ_API size_t marq_net_layers(const marq_net *net);              /* L, without the inputs */
MARQ_API size_t marq_net_width(const marq_net *net, size_t layer); /* of layer 0 (inputs) … L */
MARQ_API marq_activation marq_net_activation(const marq_net *net, size_t layer); /* of layer 1 … L */

/* Makes the net a classifier: its outputs are the logits of a softmax, or for two classes one output is
 * that of the second (logistic). The output layer must be linear, with `classes` outputs, or 1 for two
 * classes. labels: classes names, copied; NULL: the numbers from 0. classes 0: no classifier any longer.
 * MARQ_ERROR_ARGUMENT, MARQ_ERROR_MEMORY: the net is as before. */
MARQ_API marq_status marq_net_set_classes(marq_net *net, size_t classes, const char *const *labels,
                                          marq_error *error);
MARQ_API size_t marq_net_classes(const marq_net *net); /* 0: no classifier */
MARQ_API const char *marq_net_class_name(const marq_net *net, size_t class_number);

/* The number of parameters, and the parameters: owned by the net, valid until it is destroyed. */
MARQ_API size_t marq_net_count(const marq_net *net);
MARQ_API double *marq_net_parameters(marq_net *net);
MARQ_API const double *marq_net_parameters_const(const marq_net *net);

/* ---- Start values ---- */

/* X(name, key) */
#define MARQ_INITIALISER_LIST(X)                                                                             \
    /* Nguyen & Widrow 1990 for layers of tanh and sigmoid, Xavier for the others. The active regions of a   \
     * layer's neurons are spread evenly over its input range, with small weights: on smooth data that needs \
     * the fewest epochs. Expects inputs in about [−1, 1]. */                                              \
    X(MARQ_INIT_NGUYEN_WIDROW, "nguyen-widrow")                                                              \
    /* The same with the weights of MATLAB's initnw, which are four times as large. */                       \
    X(MARQ_INIT_INITNW, "initnw")                                                                            \
    /* Glorot & Bengio 2010: W uniform in ±√(6 / (inputs + neurons)), b = 0. */                           \
    X(MARQ_INIT_XAVIER, "xavier")

typedef enum marq_initialiser { MARQ_INITIALISER_LIST(MARQ_ENUM_NAME) } marq_initialiser;

MARQ_API const char *marq_initialiser_key(marq_initialiser initialiser);
MARQ_API int marq_initialiser_find(const char *key, marq_initialiser *initialiser);

/* The same seed gives the same parameters on every machine. */
MARQ_API void marq_net_initialise(marq_net *net, marq_initialiser initialiser, uint64_t seed);

/* ---- Normalisation ---- */

/* X(name, key): to [−1, 1]; to [0, 1]; to mean 0 and standard deviation 1; not at all. */
#define MARQ_NORMALISATION_LIST(X)                                                                           \
    X(MARQ_NORMALISE_RANGE, "range")                                                                         \
    X(MARQ_NORMALISE_UNIT, "unit")                                                                           \
    X(MARQ_NORMALISE_STANDARD, "standard")                                                                   \
    X(MARQ_NORMALISE_NONE, "none")

typedef enum marq_normalisation { MARQ_NORMALISATION_LIST(MARQ_ENUM_NAME) } marq_normalisation;

MARQ_API const char *marq_normalisation_key(marq_normalisation normalisation);
MARQ_API int marq_normalisation_find(const char *key, marq_normalisation *normalisation);

/* Fits the net's scaling of inputs (X rows × inputs) and outputs (Y rows × outputs) to these rows. A constant
 * column is only shifted. */
MARQ_API void marq_net_normalise(marq_net *net, marq_normalisation normalisation, size_t rows,
                                 const double *X, const double *Y);

/* ---- Evaluation ---- */

/* The columns of a prediction: the outputs, or the classes of a classifier. */
MARQ_API size_t marq_net_predicted(const marq_net *net);

/* Y (rows × marq_net_predicted) ← net(X), in the units of the data; the probabilities of a classifier.
 * threads 0: omp_get_max_threads(). MARQ_ERROR_MEMORY. */
MARQ_API marq_status marq_net_predict(const marq_net *net, size_t rows, const double *X, double *Y,
                                      int threads);

/* Prediction in single precision: more than twice as fast, errors of some 1e-7 of the outputs' range for nets
 * of usual size. The handle holds the net's parameters as floats, and memory for its threads, so that
 * predictions allocate nothing; it doesn't follow later changes of the net. One prediction at a time with a
 * handle. */
typedef struct marq_net_float marq_net_float;

/* threads 0: omp_get_max_threads(). The caller owns the result. NULL on failure. */
MARQ_API marq_net_float *marq_net_float_create(const marq_net *net, int threads, marq_error *error);
MARQ_API void marq_net_float_destroy(marq_net_float *net); /* NULL is allowed */

/* Y (rows × marq_net_predicted) ← net(X), X rows × inputs, as marq_net_predict. The same bits for every
 * number of threads, and for every number of rows in one call. */
MARQ_API void marq_net_predict_float(marq_net_float *net, size_t rows, const float *X, float *Y);

/* Mean squared error over rows × outputs and R² = 1 − Σ(y − ŷ)² / Σ(y − ȳ)², both in units of the data and
 * summed over the outputs; values of Y that are NaN are left out. r2 is NaN for constant Y. mse, r2 may be
 * NULL. */
MARQ_API marq_status marq_net_evaluate(const marq_net *net, size_t rows, const double *X, const double *Y,
                                       double *mse, double *r2, int threads);

/* The mean cross-entropy −log p(class) of rows with the classes Y, and the share of those whose likeliest
 * class is theirs (the first of equal ones); counts (classes², or NULL): counts[true·classes + likeliest].
 * Rows whose class is NaN are left out; NaN if none is left. cross_entropy, accuracy may be NULL.
 * MARQ_ERROR_ARGUMENT if the net is no classifier or a class is none of its own. */
MARQ_API marq_status marq_net_evaluate_classes(const marq_net *net, size_t rows, const double *X,
                                               const double *Y, double *cross_entropy, double *accuracy,
                                               size_t *counts, int threads);

/* jacobian[(i·outputs + o)·count + j] = ∂y_io/∂θ_j, in units of the data; of a classifier that of its outputs
 * before they become probabilities. */
MARQ_API marq_status marq_net_jacobian(const marq_net *net, size_t rows, const double *X, double *jacobian,
                                       int threads);

/* ---- Training ---- */

/* The set that a row belongs to. Test rows are only evaluated: nothing is ever chosen by them. */
enum { MARQ_TRAIN = 0, MARQ_VALIDATION = 1, MARQ_TEST = 2, MARQ_SETS = 3 };

typedef struct marq_data {
    size_t rows;
    const double *X;          /* rows × inputs */
    const double *Y;          /* rows × outputs; of a classifier: rows, the class, 0 … classes − 1 */
    const unsigned char *set; /* rows, MARQ_TRAIN …; NULL: all rows train */
    /* A row counts with the weight 1/sigma² of its squared errors, an output with its own; both are scaled so
     * that the training values' mean weight is 1. Errors of a set are weighted means. */
    const double *sigma;          /* rows: standard deviations, > 0; NULL: all 1 */
    const double *output_weights; /* outputs, ≥ 0, one above 0; NULL: all 1, and for a classifier */
    int mask; /* non-zero: a NaN in Y is a missing output, of weight 0; 0: it is an error */
    /* Of data in a file that is mapped into memory: called while rows are read in their order, every some
     * thousand of them, so that those behind may leave memory; by several threads at once where nets are
     * trained side by side. NULL: never. */
    void (*release)(void *user);
    void *release_user;
} marq_data;

/* X(name, key): what a training minimises. */
#define MARQ_NET_LOSS_LIST(X)                                                                                     \
    X(MARQ_NET_SQUARES, "squares")                                                                                \
    /* Huber 1964: ½e² for |e| ≤ δ, else δ|e| − ½δ². Outliers pull with a force that does not grow. */ \
    X(MARQ_NET_HUBER, "huber")                                                                                    \
    /* −log p(class), of classifiers and of them alone: logistic for two classes, softmax for more; LM takes    \
     * generalised Gauss–Newton steps (Schraudolph 2002; Martens 2020). */                                      \
    X(MARQ_NET_CROSS_ENTROPY, "cross-entropy")

typedef enum marq_net_loss { MARQ_NET_LOSS_LIST(MARQ_ENUM_NAME) } marq_net_loss;

MARQ_API const char *marq_net_loss_key(marq_net_loss loss);
MARQ_API int marq_net_loss_find(const char *key, marq_net_loss *loss);

/* Random split into shares of 100 (they are scaled to their sum): set[i] for each row. contiguous: in the
 * order of rows instead. Every share above 0 gets at least one row where rows suffice. */
MARQ_API marq_status marq_split(size_t rows, const double shares[MARQ_SETS], uint64_t seed, int contiguous,
                                unsigned char *set, marq_error *error);

/* X(name, key, words). The first-order methods take steps on batches of rows, by PyTorch's rules with its
 * constants: Adam (Kingma & Ba 2015) with β 0.9 and 0.999, RMSprop (Hinton 2012) with α 0.99, ε 1e-8. */
#define MARQ_OPTIMIZER_LIST(X)                                                                               \
    X(MARQ_OPTIMIZER_LM, "lm", "Levenberg-Marquardt")                                                        \
    X(MARQ_OPTIMIZER_SGD, "sgd", "stochastic gradient descent")                                              \
    X(MARQ_OPTIMIZER_ADAM, "adam", "Adam")                                                                   \
    X(MARQ_OPTIMIZER_RMSPROP, "rmsprop", "RMSprop")

typedef enum marq_optimizer { MARQ_OPTIMIZER_LIST(MARQ_ENUM_NAME) } marq_optimizer;

MARQ_API const char *marq_optimizer_key(marq_optimizer optimizer);
MARQ_API const char *marq_optimizer_text(marq_optimizer optimizer); /* the words */
MARQ_API int marq_optimizer_find(const char *key, marq_optimizer *optimizer);

/* X(name, key): marq's own defaults, measured to need few epochs; or MATLAB's trainlm: μ 1e-3, ×10/÷10, μ_max
 * 1e10, min_grad 1e-7, max_fail 6, 1000 epochs (start it from MARQ_INIT_INITNW). */
#define MARQ_RECIPE_LIST(X)                                                                                  \
    X(MARQ_RECIPE_MARQ, "marq")                                                                              \
    X(MARQ_RECIPE_TRAINLM, "trainlm")

typedef enum marq_recipe { MARQ_RECIPE_LIST(MARQ_ENUM_NAME) } marq_recipe;

MARQ_API const char *marq_recipe_key(marq_recipe recipe);
MARQ_API int marq_recipe_find(const char *key, marq_recipe *recipe);

/* Of the first-order methods. The objective of a batch is the mean of (ŷ − y)² (Huber: 2ρ) over its rows and
 * the outputs, all normalised, + l1 Σ|w| + l2 Σw² over the weights (not the biases). */
typedef struct marq_first_order {
    double learning_rate; /* 0: the optimizer's default: sgd 0.01, adam and rmsprop 0.001 */
    double momentum;      /* 0 (default) … < 1; sgd and rmsprop */
    int nesterov;         /* 0 (default) or 1: Nesterov's form of sgd's momentum */
    double l1, l2;        /* ≥ 0; default 0 */
    double clip;          /* a longer gradient is shortened to this norm; 0 (default): never */
} marq_first_order;

/* One epoch, as history.csv has it: a pass over as many rows as the training set has; under LM one accepted
 * step. Mean squared errors over all rows of a set, in units of the data squared; NaN for an empty set. Those
 * of a classifier are of its outputs' probabilities. */
typedef struct marq_epoch {
    size_t epoch;
    double seconds; /* of training since it began, without the evaluations for this record */
    double mse[MARQ_SETS];
    /* What the training minimises and the validation judges, as a mean over a set: the mean squared error;
     * with Huber's loss 2ρ, which is the squared error of small ones; the cross-entropy of a row. */
    double loss[MARQ_SETS];
    double accuracy[MARQ_SETS]; /* of a classifier: the share of rows whose likeliest class is theirs; else
                                   NaN */
    double mu;                  /* NaN: the optimizer has none */
    /* max_j |∂(½‖r‖²)/∂θ_j| of the training rows on normalised outputs. LM: before the step; the others: the
     * sum over the epoch's batches, each at its own parameters, with the penalties. */
    double gradient_norm;
    double decay;     /* weight decay α in use; 0: none */
    double effective; /* effective number of parameters γ; NaN: not estimated */
    /* Precision β of the noise of normalised outputs, (N − γ)/‖r‖²; 1 of classes; NaN: not estimated.
     * MacKay's α is decay · beta. */
    double beta;
    size_t accepted, rejected;  /* steps */
    size_t validation_failures; /* epochs in a row without a new best */
    int best;                   /* non-zero: its parameters are the best so far */
} marq_epoch;

/* Non-zero ends the training; the best net so far is kept. */
typedef int (*marq_epoch_function)(void *user, const marq_epoch *epoch);

typedef struct marq_train_options {
    marq_optimizer optimizer;
    marq_recipe recipe; /* named in the model file; the fields below say what is done */
    marq_net_loss loss; /* a classifier's is MARQ_NET_CROSS_ENTROPY, whatever stands here */
    double huber_delta; /* δ > 0, in units of the outputs; with sigma, in standard deviations */
    marq_normalisation normalise;
    int keep_scaling; /* non-zero: leave the net's scaling as it is (training on) */
    /* Levenberg–Marquardt: */
    marq_jacobian jacobian; /* AUTO: analytic */
    double mu, mu_increase, mu_decrease, mu_min, mu_max;
    int acceleration; /* second-order correction */
    /* Weight decay: ½ Σ r² + ½ α ‖θ‖² on normalised outputs is minimised over all rows. 0 (default): none, or
     * as the evidence has it where marq chooses the steps. */
    double decay;
    size_t evidence; /* with decay: accepted steps between estimates of α (marq/lm.h), 0: α stays */
    marq_first_order first_order; /* sgd, adam, rmsprop */
    /* Rows a step; more than there are: all of them. 0: sgd, adam, rmsprop: 32; lm: chosen by the sizes of
     * the problem, with Bayesian regularisation on all rows where those are few (nn/train_stages.c). */
    size_t batch;
    uint64_t seed; /* of the order of the rows */
    /* All methods: */
    double min_gradient;      /* max_j |∂(½‖r‖²)/∂θ_j| on normalised outputs */
    double goal;              /* training loss (the MSE) in units of the data squared, 0: none */
    double relative_goal;     /* training loss over the variance of the training outputs, 0: none; not of
                                 classifiers */
    size_t max_failures;      /* epochs in a row without a better validation error; 0: no limit */
    double failure_tolerance; /* a validation error this much better, relatively, is better */
    size_t max_epochs;
    double max_seconds; /* 0: no limit */
    double
        max_memory; /* bytes for the solver and what it is given by the net, beside the data; 0: no limit */
    int threads;    /* 0: omp_get_max_threads() */
    /* A folder: the rows as they are used in training lie in a temporary file there, mapped into memory,
     * which may be smaller than they. NULL (default): in memory. The same results. The data that are given
     * may be in such a mapping too. What else grows with the rows: 9 bytes each by batches. */
    const char *spill_folder;
    marq_epoch_function progress;
    /* Within an epoch, between its steps: non-zero ends the training, as that of progress does; what was done
     * of the epoch is told as one. The limit on time ends it there too. NULL: never. */
    int (*poll)(void *user);
    void *progress_user; /* of both */
    marq_profile *profile;
} marq_train_options;

MARQ_API marq_train_options marq_train_options_default(marq_recipe recipe);

typedef struct marq_training {
    marq_status status;
    size_t epochs;
    size_t best_epoch; /* whose parameters the net has */
    size_t rows[MARQ_SETS];
    double mse[MARQ_SETS];  /* of those parameters; NaN for an empty set */
    double loss[MARQ_SETS]; /* the same, as marq_epoch has it; and the next */
    double accuracy[MARQ_SETS];
    double r2[MARQ_SETS];          /* 1 − unexplained */
    double unexplained[MARQ_SETS]; /* Σ(y − ŷ)²/Σ(y − ȳ)²; NaN for an empty or constant set */
    size_t residual_evaluations, jacobian_evaluations, factorisations; /* the first two: of all rows */
    double seconds;
    char message[256];
    char plan[600]; /* how steps were computed, in words (marq_plan_text), of all stages in order; "" where
                     * there is nothing to choose
                     */
} marq_training;

/* Fits the scaling to the training rows (unless keep_scaling), then trains from the net's parameters. The net
 * then has the parameters of the best validation error, or of the best training error without validation
 * rows; also when it was stopped. options NULL: the defaults of MARQ_RECIPE_MARQ. training may be NULL.
 * MARQ_STOP_DIVERGED: a first-order method ran off to infinity; the best is kept, at worst the start. Fails
 * with a status < 0 and the reason in *error: the net is then unchanged but for its scaling. */
MARQ_API marq_status marq_net_train(marq_net *net, const marq_data *data, const marq_train_options *options,
                                    marq_training *training, marq_error *error);

/* ---- Names, files, words ---- */

/* Optional names of the columns: inputs, then outputs; copied. NULL removes them. */
MARQ_API marq_status marq_net_set_columns(marq_net *net, const char *const *inputs,
                                          const char *const *outputs);
MARQ_API const char *marq_net_input_name(const marq_net *net, size_t input);   /* NULL without names */
MARQ_API const char *marq_net_output_name(const marq_net *net, size_t output); /* NULL without names */

/* How the net was trained, kept in the model file. Set by marq_net_train except for what only the caller
 * knows: split and seeds, which stay as set here. */
typedef struct marq_provenance {
    int trained;
    marq_optimizer optimizer;
    marq_recipe recipe;           /* lm */
    marq_first_order first_order; /* sgd, adam, rmsprop: with the rate and the batch that were in use */
    size_t batch;
    marq_net_loss loss;
    double huber_delta;
    marq_status status;
    size_t epochs, best_epoch;
    size_t rows[MARQ_SETS];
    double mse[MARQ_SETS];
    uint64_t seed;           /* of the split */
    uint64_t start_seed;     /* of the start values and the order of batches */
    double split[MARQ_SETS]; /* shares; all 0: not known */
} marq_provenance;

MARQ_API marq_provenance *marq_net_provenance(marq_net *net);

/* The optimizer and its settings in words, as snprintf: "Adam, learning rate 0.001, batch 32". */
MARQ_API size_t marq_provenance_text(const marq_provenance *provenance, char *out, size_t size);

/* JSON; parameters with 17 digits, so that load gives the same bits. Nothing in it depends on time or
 * threads. */
MARQ_API marq_status marq_net_save(const marq_net *net, const char *path, marq_error *error);
/* The caller owns the result. NULL on failure. */
MARQ_API marq_net *marq_net_load(const char *path, marq_error *error);
/* The same of a file that Jansson has parsed already (root: borrowed); path stands in messages only. */
struct json_t;
MARQ_API marq_net *marq_net_from_json(const struct json_t *root, const char *path, marq_error *error);

/* The net in words (layers, shapes, parameters, scaling, how it was trained), as snprintf: returns the length
 * that is needed without the terminator. */
MARQ_API size_t marq_net_summary(const marq_net *net, char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
