/* --profile: the files that speedscope and flame graphs read, and the table of phases. */
#include "run_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const needed[] = {"epoch", "Jacobian", "gradient", "Gram", "factor", "solve", "evaluate"};

/* Sums over all epochs of a profile, in ns. */
typedef struct sums {
    size_t epochs;
    double epoch, children;
} sums;

typedef struct scope {
    const char *name;
    double opened;
    double children; /* of its direct children, in all */
} scope;

enum { DEEPEST = 64 };

static void close_scope(scope *stack, size_t depth, double at, sums *s) {
    double time = at - stack[depth].opened;
    assert_true(stack[depth].children <= time);
    if (depth > 0) stack[depth - 1].children += time;
    if (strcmp(stack[depth].name, "epoch") != 0) return;
    s->epochs++;
    s->epoch += time;
    s->children += stack[depth].children;
}

/* Events balance in stack order, and time never runs back. */
static sums check_events(const json_t *profile, const json_t *frames) {
    scope stack[DEEPEST];
    size_t depth = 0;
    sums s = {0};
    const json_t *events = value_at(profile, "events", NULL);
    double last = number_at(profile, "startValue", NULL);
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        double at = number_at(event, "at", NULL);
        const json_t *frame = json_array_get(frames, (size_t)number_at(event, "frame", NULL));
        const char *name = string_at(frame, "name");
        assert_true(at >= last);
        last = at;
        if (strcmp(string_at(event, "type"), "O") == 0) {
            assert_true(depth < DEEPEST);
            stack[depth++] = (scope){name, at, 0};
        } else {
            assert_string_equal(string_at(event, "type"), "C");
            assert_true(depth > 0);
            assert_string_equal(stack[--depth].name, name);
            close_scope(stack, depth, at, &s);
        }
    }
    assert_int_equal(depth, 0);
    assert_true(last <= number_at(profile, "endValue", NULL));
    return s;
}

static bool has_frame(const json_t *frames, const char *name) {
    for (size_t i = 0; i < json_array_size(frames); i++)
        if (strcmp(string_at(json_array_get(frames, i), "name"), name) == 0) return true;
    return false;
}

static void check_speedscope(const char *path, size_t epochs) {
    json_t *root = read_json(path);
    assert_string_equal(string_at(root, "$schema"), "https://www.speedscope.app/file-format-schema.json");
    const json_t *frames = value_at(root, "shared", "frames"), *profiles = value_at(root, "profiles", NULL);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) assert_true(has_frame(frames, needed[i]));
    sums all = {0};
    assert_true(json_array_size(profiles) >= 1);
    for (size_t p = 0; p < json_array_size(profiles); p++) {
        const json_t *profile = json_array_get(profiles, p);
        assert_string_equal(string_at(profile, "type"), "evented");
        assert_string_equal(string_at(profile, "unit"), "nanoseconds");
        sums s = check_events(profile, frames);
        all.epochs += s.epochs;
        all.epoch += s.epoch;
        all.children += s.children;
    }
    assert_in_range(all.epochs, epochs, epochs + 1); /* a last one may stop before its step */
    assert_true(all.children >= 0.9 * all.epoch);    /* nothing that takes time is without a name */
    json_decref(root);
}

/* thread N;name;…;name microseconds */
static void check_folded(const char *path) {
    char *text = read_text(path, NULL), *rest = NULL;
    size_t found = 0;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *blank = strrchr(line, ' '), *name;
        assert_non_null(blank);
        assert_int_equal(strspn(blank + 1, "0123456789"), strlen(blank + 1));
        *blank = '\0';
        assert_memory_equal(line, "thread ", 7);
        assert_null(strstr(line, ";;"));
        name = strrchr(line, ';');
        assert_non_null(name);
        for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
            found |= (size_t)(strcmp(name + 1, needed[i]) == 0) << i;
    }
    assert_int_equal(found, ((size_t)1 << sizeof needed / sizeof *needed) - 1);
    free(text);
}

/* A line a phase, with five numbers behind the name. */
static void check_phases(const char *text) {
    assert_non_null(strstr(text, "total"));
    assert_non_null(strstr(text, "mean"));
    assert_non_null(strstr(text, "last"));
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        char start[40];
        double values[5];
        snprintf(start, sizeof start, "\n%s ", needed[i]);
        const char *line = strstr(text, start);
        assert_non_null(line);
        assert_int_equal(
            sscanf(line, "%*s %lf %lf %lf %lf %lf", values, values + 1, values + 2, values + 3, values + 4),
            5);
        for (int k = 0; k < 5; k++) assert_true(values[k] >= 0);
        assert_true(values[0] >= 1);
    }
}

static void check_profile(const char *threads) {
    const command_result *result = DONE("multimodal.csv", "--no-plot", "--epochs", "10", "--goal", "0",
                                        "--profile", "--json", "--threads", threads);
    check_phases(result->err);
    json_decref(parse_json(result->out));
    check_speedscope("multimodal.fit/profile.speedscope.json", 10);
    check_folded("multimodal.fit/profile.folded");
}

static void the_profile_accounts_for_every_epoch(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    check_profile("1");
    check_profile("2");
    check_profile("4");
}

static void other_jacobians_are_profiled_too(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--no-plot", "--epochs", "5", "--goal", "0", "--profile", "--jacobian", "fd-central",
         "--recipe", "trainlm");
    check_speedscope("small.fit/profile.speedscope.json", 5);
    check_folded("small.fit/profile.folded");
}

static void a_profile_without_epochs_is_whole(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--no-plot", "--epochs", "0", "--profile");
    json_decref(read_json("small.fit/profile.speedscope.json"));
    assert_true(exists("small.fit/profile.folded"));
}

static void without_the_option_there_is_none(void **state) {
    (void)state;
    write_small("small.csv");
    const command_result *result = DONE("small.csv", "--no-plot", "--epochs", "2");
    assert_string_equal(result->err, "");
    assert_false(exists("small.fit/profile.folded"));
    assert_false(exists("small.fit/profile.speedscope.json"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_profile_accounts_for_every_epoch),
        IN_FOLDER(other_jacobians_are_profiled_too),
        IN_FOLDER(a_profile_without_epochs_is_whole),
        IN_FOLDER(without_the_option_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
