/* Reads argv by the table of options. */
#include "args.h"

#include "option_values.h"
#include <base/error.h>
#include <base/least.h>
#include <stdlib.h>
#include <string.h>

static fit_arguments defaults(void) {
    return (fit_arguments){
        .csv = csv_defaults(),
        .seed = 1,
        .split = {70, 15, 15},
        .hidden = {20, 20, 10},
        .hidden_count = 3,
        .init = MARQ_INIT_NGUYEN_WIDROW,
        .normalise = MARQ_NORMALISE_RANGE,
        .confidence = 0.95,
        .varpro = true,
    };
}

/* Levenshtein's distance; long names count as far. */
static size_t distance(const char *a, size_t la, const char *b) {
    enum { LONGEST = 40 };
    size_t lb = strlen(b), row[LONGEST + 1];
    if (la > LONGEST || lb > LONGEST) return LONGEST;
    for (size_t j = 0; j <= lb; j++) row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = marq_least(change, marq_least(row[j], row[j - 1]) + 1);
        }
    }
    return row[lb];
}

static marq_status unknown_option(const char *name, size_t length, marq_error *error) {
    const char *near = NULL;
    size_t best = marq_least(4, length / 2); /* farther names are no suggestion */
    for (const fit_option *o = fit_options; o->name || o->help; o++)
        if (o->name && distance(name, length, o->name) < best) {
            best = distance(name, length, o->name);
            near = o->name;
        }
    if (near)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "unknown option %.*s: did you mean %s? (fit --help)",
                         (int)length, name, near);
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "unknown option %.*s: see fit --help", (int)length, name);
}

static const fit_option *find_option(const char *name, size_t length) {
    if (length == 2 && strncmp(name, "-h", 2) == 0) name = "--help", length = strlen(name);
    for (const fit_option *o = fit_options; o->name || o->help; o++)
        if (o->name && strlen(o->name) == length && strncmp(o->name, name, length) == 0) return o;
    return NULL;
}

/* argv[*at] is an option: "--name value", "--name=value" or "--name". */
static marq_status read_option(int argc, const char *const *argv, int *at, fit_arguments *arguments,
                               marq_error *error) {
    const char *name = argv[*at], *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const fit_option *option = find_option(name, length);
    if (!option) return unknown_option(name, length, error);
    arguments->given[option - fit_options] = true;
    if (!option->value) {
        if (equals) return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s takes no value", option->name);
        return fit_set_option(option, arguments, NULL, error);
    }
    if (equals) return fit_set_option(option, arguments, equals + 1, error);
    /* An option in the value's place is a forgotten value; "--name=value" takes any. */
    bool missing = *at + 1 >= argc || find_option(argv[*at + 1], strlen(argv[*at + 1]));
    if (missing)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s needs a value: %s", option->name, option->value);
    return fit_set_option(option, arguments, argv[++*at], error);
}

enum { MOST_WORDS = 3 };

static marq_status read_all(int argc, const char *const *argv, fit_arguments *arguments, const char **words,
                            int *count, marq_error *error) {
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            if (*count == MOST_WORDS)
                return marq_fail(error, MARQ_ERROR_ARGUMENT,
                                 "%s is one word too many: fit takes one data file", argv[i]);
            words[(*count)++] = argv[i];
        } else {
            marq_status status = read_option(argc, argv, &i, arguments, error);
            if (status != MARQ_OK) return status;
        }
    }
    return MARQ_OK;
}

static marq_status set_words(fit_arguments *a, const char *const *words, int count, marq_error *error) {
    if (count == 1 && strcmp(words[0], "help") == 0) {
        a->action = FIT_HELP;
        return MARQ_OK;
    }
    if (a->as_c && (count == 0 || strcmp(words[0], "export") != 0))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--c is for a saved fit: fit export MODEL.json --c");
    if (count > 0 && strcmp(words[0], "predict") == 0) {
        a->action = FIT_PREDICT;
        if (count != 3)
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "predict needs a model and data: fit predict MODEL.json DATA");
        a->model = words[1];
        a->data = words[2];
        return MARQ_OK;
    }
    if (count > 0 && strcmp(words[0], "show") == 0) {
        a->action = FIT_SHOW;
        if (count != 2)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "show needs a model: fit show MODEL.json");
        a->model = words[1];
        return MARQ_OK;
    }
    if (count > 0 && strcmp(words[0], "export") == 0) {
        a->action = FIT_EXPORT;
        if (count != 2 || !a->as_c)
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "export needs a model and a language: fit export MODEL.json --c");
        a->model = words[1];
        return MARQ_OK;
    }
    if (count == 1 && strcmp(words[0], "selftest") == 0) {
        a->action = FIT_SELFTEST;
        return MARQ_OK;
    }
    if (count == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "no data file: fit DATA.csv (see fit --help)");
    if (count > 1)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s is one word too many: fit takes one data file",
                         words[1]);
    a->data = words[0];
    return MARQ_OK;
}

marq_status fit_check_arguments(fit_arguments *a, marq_error *error) {
    if (a->action == FIT_HELP || a->action == FIT_VERSION) return MARQ_OK;
    marq_status status = fit_check_action(a, error);
    if (status != MARQ_OK) return status;
    if (a->from && !a->formula && (a->shape_given || a->init_given || a->normalise_given))
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "--from takes the net and its scaling from the model: leave out --hidden, --activation, "
            "--init and --normalise");
    if (a->split_column && (a->split_given || a->split_contiguous))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--split-column decides the split: leave out --split and "
                         "--split-contiguous");
    if (a->activation_count > 1 && a->activation_count != a->hidden_count + 1 &&
        a->activation_count != a->hidden_count)
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "--activation has %zu names for %zu hidden layers: give one, one a hidden layer, or one a layer "
            "with the output's",
            a->activation_count, a->hidden_count);
    status = fit_check_optimizer(a, error);
    if (status == MARQ_OK) status = fit_read_loss(a, error);
    if (status != MARQ_OK) return status;
    marq_train_options o = fit_train_options(a);
    if (o.mu > o.mu_max)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--mu %g is above --mu-max %g: training could not begin",
                         o.mu, o.mu_max);
    return MARQ_OK;
}

marq_status fit_parse(int argc, const char *const *argv, fit_arguments *arguments, marq_error *error) {
    *arguments = defaults();
    const char *words[MOST_WORDS];
    int count = 0;
    marq_status status = read_all(argc, argv, arguments, words, &count, error);
    if (status != MARQ_OK) return status;
    if (arguments->action == FIT_HELP || arguments->action == FIT_VERSION) return MARQ_OK;
    return set_words(arguments, words, count, error);
}

uint64_t fit_start_seed(const fit_arguments *a) {
    return a->start_seed.given ? (uint64_t)a->start_seed.value : a->seed;
}

static void take(double *field, fit_number number) {
    if (number.given) *field = number.value;
}

marq_train_options fit_train_options(const fit_arguments *a) {
    marq_train_options o = marq_train_options_default(a->recipe);
    if (a->normalise_given) o.normalise = a->normalise;
    o.jacobian = a->jacobian;
    o.keep_scaling = a->from != NULL;
    o.threads = a->threads;
    o.optimizer = a->optimizer;
    o.loss = a->net_loss;
    o.huber_delta = a->huber_delta;
    o.first_order.nesterov = a->nesterov;
    o.seed = fit_start_seed(a);
    take(&o.mu, a->mu);
    take(&o.mu_increase, a->mu_inc);
    take(&o.mu_decrease, a->mu_dec);
    take(&o.mu_max, a->mu_max);
    take(&o.min_gradient, a->min_grad);
    take(&o.max_seconds, a->seconds);
    take(&o.max_memory, a->memory);
    take(&o.first_order.learning_rate, a->learning_rate);
    take(&o.first_order.momentum, a->momentum);
    take(&o.first_order.l1, a->l1);
    take(&o.first_order.l2, a->l2);
    take(&o.first_order.clip, a->clip);
    if (a->goal.given) {
        o.goal = a->goal.value;
        o.relative_goal = 0;
    }
    if (a->epochs.given) o.max_epochs = (size_t)a->epochs.value;
    take(&o.decay, a->decay);
    if (a->bayes) {
        if (!a->decay.given) o.decay = 0.1;
        o.evidence = 2;
    }
    if (a->batch.given) o.batch = (size_t)a->batch.value;
    /* The validation error of first-order methods jumps: on 5-D data without noise (10 000 rows, 64-32-16)
     * Adam was ended by 20 failures at 138 epochs, with 2.6 times the error of 300. */
    if (a->optimizer != MARQ_OPTIMIZER_LM) o.max_failures = 100;
    if (a->max_fail.given) o.max_failures = (size_t)a->max_fail.value;
    return o;
}
