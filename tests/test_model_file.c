/* Model files: what is saved comes back to the bit; what is no model is refused with the file's name. */
#include "training_data.h"

#include <float.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static char folder[] = "/tmp/marq-test-model-XXXXXX";
static char path[sizeof folder + 32], second_path[sizeof folder + 32];

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/model.json", folder);
    snprintf(second_path, sizeof second_path, "%s/again.json", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    unlink(second_path);
    return rmdir(folder);
}

/* The file's bytes, terminated; owned by the caller. */
static char *content(const char *name, size_t *length) {
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    char *bytes = marq_alloc(1 << 20, 1);
    *length = fread(bytes, 1, (1 << 20) - 1, file);
    fclose(file);
    return bytes;
}

static void put(const char *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* 2-4-4-2, so that a layer can be missing without a gap between the widths. */
static marq_net *make_net(void) {
    static const size_t widths[] = {2, 4, 4, 2};
    static const marq_activation activations[] = {MARQ_TANH, MARQ_SIGMOID, MARQ_RELU};
    marq_net *net = marq_net_create(4, widths, activations, NULL);
    assert_non_null(net);
    marq_net_initialise(net, MARQ_INIT_XAVIER, 3);
    return net;
}

static void save(const marq_net *net, const char *name) {
    marq_error error = {0};
    REQUIRE(marq_net_save(net, name, &error) == MARQ_OK, "%s", error.message);
}

static marq_net *load(void) {
    marq_error error = {0};
    marq_net *net = marq_net_load(path, &error);
    REQUIRE(net, "%s", error.message);
    return net;
}

/* ---- There and back ---- */

static void same_file_again(const marq_net *loaded) {
    size_t length, again;
    save(loaded, second_path);
    char *bytes = content(path, &length), *others = content(second_path, &again);
    REQUIRE(length == again && memcmp(bytes, others, length) == 0,
            "the saved file of the loaded net has other bytes");
    free(bytes);
    free(others);
}

static void a_trained_net_comes_back_to_the_bit(void **state) {
    (void)state;
    samples s = waves(200, 2, 0.1, 1);
    for (int kind = MARQ_NORMALISE_RANGE; kind <= MARQ_NORMALISE_NONE; kind++) {
        marq_net *net = make_net();
        marq_provenance *p = marq_net_provenance(net);
        p->seed = 12345;
        p->split[0] = 70, p->split[1] = 100.0 / 7, p->split[2] = 15;
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_TRAINLM);
        options.normalise = (marq_normalisation)kind;
        options.max_epochs = 5;
        train(net, &s, options, NULL);
        save(net, path);
        marq_net *loaded = load();
        assert_int_equal(marq_net_count(loaded), marq_net_count(net));
        assert_memory_equal(marq_net_parameters(loaded), marq_net_parameters(net),
                            marq_net_count(net) * sizeof(double));
        for (size_t l = 1; l <= 3; l++)
            assert_int_equal(marq_net_activation(loaded, l), marq_net_activation(net, l));
        double fit[400], again[400];
        marq_net_predict(net, 200, s.X, fit, 1);
        marq_net_predict(loaded, 200, s.X, again, 1);
        REQUIRE(memcmp(fit, again, sizeof fit) == 0, "normalisation %d: other predictions", kind);
        const marq_provenance *q = marq_net_provenance(loaded);
        assert_true(q->trained == 1 && q->recipe == p->recipe && q->status == p->status);
        assert_true(q->epochs == p->epochs && q->best_epoch == p->best_epoch && q->seed == p->seed);
        assert_memory_equal(q->rows, p->rows, sizeof p->rows);
        assert_memory_equal(q->mse, p->mse, sizeof p->mse);
        assert_memory_equal(q->split, p->split, sizeof p->split);
        same_file_again(loaded);
        marq_net_destroy(net);
        marq_net_destroy(loaded);
    }
    samples_destroy(&s);
}

static void first_order_settings_come_back(void **state) {
    (void)state;
    samples s = waves(100, 2, 0.1, 1);
    marq_net *net = make_net();
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.optimizer = MARQ_OPTIMIZER_SGD;
    options.first_order = (marq_first_order){0.01 / 3, 0.9, 1, 1e-5, 1.0 / 3e4, 7};
    options.batch = 11;
    options.max_epochs = 2;
    train(net, &s, options, NULL);
    save(net, path);
    marq_net *loaded = load();
    const marq_provenance *p = marq_net_provenance(net), *q = marq_net_provenance(loaded);
    assert_true(q->trained && q->optimizer == MARQ_OPTIMIZER_SGD && q->batch == 11);
    const marq_first_order *f = &p->first_order, *g = &q->first_order;
    assert_true(f->learning_rate == g->learning_rate && f->momentum == g->momentum && g->nesterov == 1);
    assert_true(f->l1 == g->l1 && f->l2 == g->l2 && g->clip == 7);
    same_file_again(loaded);
    marq_net_destroy(net);
    marq_net_destroy(loaded);
    samples_destroy(&s);
}

static void every_finite_double_comes_back(void **state) {
    (void)state;
    static const double odd[] = {0.0,     -0.0, DBL_TRUE_MIN, -DBL_MIN,     DBL_MAX,         -DBL_MAX,
                                 1.0 / 3, 0.1,  1e22,         123456789012, 1 + DBL_EPSILON, 5e-5,
                                 1,       -7,   1e300,        2.5e-310};
    marq_net *net = make_net();
    memcpy(marq_net_parameters(net), odd, sizeof odd);
    save(net, path);
    marq_net *loaded = load();
    for (size_t i = 0; i < COUNT(odd); i++)
        REQUIRE(memcmp(&marq_net_parameters(loaded)[i], &odd[i], sizeof *odd) == 0,
                "%.17g came back as %.17g", odd[i], marq_net_parameters(loaded)[i]);
    same_file_again(loaded);
    marq_net_destroy(net);
    marq_net_destroy(loaded);
}

static void odd_names_come_back(void **state) {
    (void)state;
    static const char *const names[] = {"a \"quoted\" one", "Größe ∂θ 🌊", "tab\tand\nline \\ slash", ""};
    marq_net *net = make_net();
    assert_int_equal(marq_net_set_columns(net, names, names + 2), MARQ_OK);
    save(net, path);
    marq_net *loaded = load();
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(marq_net_input_name(loaded, i), names[i]);
        assert_string_equal(marq_net_output_name(loaded, i), names[2 + i]);
    }
    same_file_again(loaded);
    marq_net_destroy(net);
    marq_net_destroy(loaded);
}

static void a_net_without_names_or_training_comes_back_so(void **state) {
    (void)state;
    marq_net *net = make_net();
    marq_net_provenance(net)->seed = UINT64_MAX;
    save(net, path);
    marq_net *loaded = load();
    assert_null(marq_net_input_name(loaded, 0));
    assert_null(marq_net_output_name(loaded, 1));
    assert_int_equal(marq_net_provenance(loaded)->trained, 0);
    assert_true(marq_net_provenance(loaded)->seed == UINT64_MAX);
    same_file_again(loaded);
    marq_net_destroy(net);
    marq_net_destroy(loaded);
}

/* No time, no threads, no place. */
static void the_same_training_writes_the_same_file(void **state) {
    (void)state;
    samples s = waves(200, 2, 0.1, 1);
    char *bytes[2];
    size_t length[2];
    for (int run = 0; run < 2; run++) {
        marq_net *net = make_net();
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.max_epochs = 5;
        options.threads = 1 + run;
        train(net, &s, options, NULL);
        save(net, run ? second_path : path);
        bytes[run] = content(run ? second_path : path, &length[run]);
        marq_net_destroy(net);
    }
    assert_true(length[0] == length[1] && memcmp(bytes[0], bytes[1], length[0]) == 0);
    free(bytes[0]);
    free(bytes[1]);
    samples_destroy(&s);
}

/* ---- What is no model ---- */

static void is_refused(const char *what) {
    marq_error error = {0};
    marq_net *net = marq_net_load(path, &error);
    marq_net_destroy(net);
    REQUIRE(!net, "%s: was loaded", what);
    REQUIRE(error.status == MARQ_ERROR_FORMAT, "%s: status %d, \"%s\"", what, error.status, error.message);
    REQUIRE(strstr(error.message, path), "%s: \"%s\" does not name the file", what, error.message);
    assert_null(marq_net_load(path, NULL));
}

/* A change of the file: the value at a path of keys and indices ("layers/1/biases") is replaced; "-":
 * removed. */
static const struct {
    const char *what, *place, *value;
} changes[] = {
    {"no format", "format", "-"},
    {"another format", "format", "\"other\""},
    {"a format that is no text", "format", "1"},
    {"no version", "format_version", "-"},
    {"another version", "format_version", "2"},
    {"a version that is text", "format_version", "\"1\""},
    {"another kind", "kind", "\"formula\""},
    {"no kind", "kind", "-"},
    {"no layers", "layers", "-"},
    {"an empty list of layers", "layers", "[]"},
    {"layers that are no list", "layers", "{}"},
    {"a missing first layer", "layers/0", "-"},
    {"a missing middle layer", "layers/1", "-"},
    {"a missing last layer", "layers/2", "-"},
    {"a layer that is a number", "layers/1", "7"},
    {"no activation", "layers/0/activation", "-"},
    {"an unknown activation", "layers/0/activation", "\"softplus\""},
    {"no weights", "layers/1/weights", "-"},
    {"no neurons", "layers/1/weights", "[]"},
    {"a neuron too few", "layers/1/weights/3", "-"},
    {"a row that is no list", "layers/1/weights/3", "1.5"},
    {"a weight too few", "layers/1/weights/3/0", "-"},
    {"a row too long", "layers/1/weights/3", "[1, 2, 3, 4, 5]"},
    {"a weight that is text", "layers/1/weights/3/0", "\"1\""},
    {"a weight that is null", "layers/1/weights/3/0", "null"},
    {"a weight that is a list", "layers/1/weights/3/0", "[1]"},
    {"no biases", "layers/2/biases", "-"},
    {"a bias too few", "layers/2/biases/1", "-"},
    {"biases that are text", "layers/2/biases", "\"none\""},
    {"a bias that is true", "layers/2/biases/1", "true"},
    {"no inputs", "inputs", "-"},
    {"an empty list of inputs", "inputs", "[]"},
    {"an input too few", "inputs/1", "-"},
    {"an output too few", "outputs/1", "-"},
    {"no outputs", "outputs", "null"},
    {"a column that is a number", "inputs/0", "1"},
    {"no shift", "inputs/0/shift", "-"},
    {"a shift that is text", "outputs/0/shift", "\"0\""},
    {"no factor", "inputs/1/factor", "-"},
    {"a factor of zero", "outputs/1/factor", "0.0"},
    {"no normalisation", "normalisation", "-"},
    {"an unknown normalisation", "normalisation", "\"log\""},
    {"another number of parameters", "n_parameters", "1"},
};

static void set_value(json_t *parent, const char *key, const char *value) {
    json_t *new = strcmp(value, "-") == 0 ? NULL : json_loads(value, JSON_DECODE_ANY, NULL);
    size_t index = (size_t)strtoul(key, NULL, 10);
    if (json_is_array(parent) && new)
        assert_int_equal(json_array_set_new(parent, index, new), 0);
    else if (json_is_array(parent))
        assert_int_equal(json_array_remove(parent, index), 0);
    else if (new)
        assert_int_equal(json_object_set_new(parent, key, new), 0);
    else
        assert_int_equal(json_object_del(parent, key), 0);
}

static void change(json_t *root, const char *place, const char *value) {
    char copy[100], *rest = copy, *slash;
    snprintf(copy, sizeof copy, "%s", place);
    json_t *parent = root;
    for (; (slash = strchr(rest, '/')); rest = slash + 1) {
        *slash = '\0';
        parent = json_is_array(parent) ? json_array_get(parent, (size_t)strtoul(rest, NULL, 10))
                                       : json_object_get(parent, rest);
        assert_non_null(parent);
    }
    set_value(parent, rest, value);
}

static void incomplete_and_wrong_models_are_refused(void **state) {
    (void)state;
    marq_net *net = make_net();
    save(net, path);
    json_t *good = json_load_file(path, 0, NULL);
    assert_non_null(good);
    for (size_t k = 0; k < COUNT(changes); k++) {
        json_t *bad = json_deep_copy(good);
        change(bad, changes[k].place, changes[k].value);
        assert_int_equal(json_dump_file(bad, path, JSON_REAL_PRECISION(17)), 0);
        json_decref(bad);
        is_refused(changes[k].what);
    }
    json_decref(good);
    marq_net_destroy(net);
}

static void files_that_are_no_json_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "", "\n", "[]", "7", "null", "{}", "{", "x,y\n1,2\n", "{\"format\": \"marq-model\"}", "\xff\xfe"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        put(texts[i], strlen(texts[i]));
        is_refused(texts[i]);
    }
    put("{}\0{}", 5);
    is_refused("a file with a NUL");
}

static void a_file_that_ends_early_is_refused(void **state) {
    (void)state;
    marq_net *net = make_net();
    save(net, path);
    size_t length;
    char *bytes = content(path, &length);
    assert_true(length > 1000 && bytes[length - 1] == '\n');
    for (size_t kept = 0; kept < length - 1; kept += 1 + kept / 200) {
        put(bytes, kept);
        is_refused("a file that ends early");
    }
    free(bytes);
    marq_net_destroy(net);
}

/* Loaded or refused, with a status: no more can be said, but sanitizers watch. */
static void any_changed_byte_is_survived(void **state) {
    (void)state;
    static const char new[] = {'0', '9', '-', '"', ']', '}', ',', 'x', '\0', '\n', '\xff'};
    marq_net *net = make_net();
    save(net, path);
    size_t length, refused = 0;
    char *bytes = content(path, &length);
    for (size_t i = 0; i < length; i++) {
        char kept = bytes[i];
        bytes[i] = new[i % sizeof new];
        put(bytes, length);
        bytes[i] = kept;
        marq_error error = {0};
        marq_net *loaded = marq_net_load(path, &error);
        REQUIRE(loaded || error.status == MARQ_ERROR_FORMAT, "byte %zu: status %d, %s", i, error.status,
                error.message);
        refused += !loaded;
        marq_net_destroy(loaded);
    }
    REQUIRE(refused > length / 4, "%zu of %zu changes were refused", refused, length);
    free(bytes);
    marq_net_destroy(net);
}

static void files_that_are_not_there_are_named(void **state) {
    (void)state;
    char nowhere[sizeof folder + 32];
    snprintf(nowhere, sizeof nowhere, "%s/no/model.json", folder);
    marq_error error = {0};
    assert_null(marq_net_load(nowhere, &error));
    assert_int_equal(error.status, MARQ_ERROR_READ);
    assert_non_null(strstr(error.message, nowhere));
    marq_net *net = make_net();
    assert_int_equal(marq_net_save(net, nowhere, &error), MARQ_ERROR_WRITE);
    REQUIRE(strstr(error.message, "model.json"), "\"%s\" does not name the file", error.message);
    marq_net_destroy(net);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trained_net_comes_back_to_the_bit),
        cmocka_unit_test(first_order_settings_come_back),
        cmocka_unit_test(every_finite_double_comes_back),
        cmocka_unit_test(odd_names_come_back),
        cmocka_unit_test(a_net_without_names_or_training_comes_back_so),
        cmocka_unit_test(the_same_training_writes_the_same_file),
        cmocka_unit_test(incomplete_and_wrong_models_are_refused),
        cmocka_unit_test(files_that_are_no_json_are_refused),
        cmocka_unit_test(a_file_that_ends_early_is_refused),
        cmocka_unit_test(any_changed_byte_is_survived),
        cmocka_unit_test(files_that_are_not_there_are_named),
    };
    return cmocka_run_group_tests_name("model_file", tests, make_folder, remove_folder);
}
