/* Profile scopes: what is counted, and that the files are what their readers expect. Oracle: speedscope's
 * format as its schema states it, checked on the file as jansson reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/clock.h>
#include <base/file.h>
#include <base/scope.h>
#include <base/text.h>
#include <jansson.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/marq-test-profile-XXXXXX";
static char path[sizeof folder + 16];

enum { PHASES = 600 };

static void wait_ns(uint64_t ns) {
    uint64_t until = marq_clock_ns() + ns;
    while (marq_clock_ns() < until) {
    }
}

static marq_phase find_phase(const marq_profile *profile, const char *name) {
    static marq_phase phases[PHASES];
    size_t count = marq_profile_phases(profile, phases, PHASES);
    for (size_t i = 0; i < count; i++)
        if (strcmp(phases[i].name, name) == 0) return phases[i];
    fail_msg("there is no phase %s", name);
    return (marq_phase){0};
}

static void no_profile_does_nothing(void **state) {
    (void)state;
    MARQ_SCOPE(NULL, "outer");
    for (int i = 0; i < 10; i++) {
        MARQ_SCOPE(NULL, "inner");
    }
    marq_profile_destroy(NULL);
}

static void what_cannot_be_created_is_null(void **state) {
    (void)state;
    assert_null(marq_profile_create(0, 1000));
    assert_null(marq_profile_create(1025, 1000));
    assert_null(marq_profile_create(1, SIZE_MAX / 2));
}

static int leave_early(marq_profile *profile, int early) {
    MARQ_SCOPE(profile, "leaver");
    if (early) return 1;
    wait_ns(1000);
    return 0;
}

static void scopes_close_themselves(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
    {
        MARQ_SCOPE(profile, "outer");
        for (int i = 0; i < 3; i++) {
            MARQ_SCOPE(profile, "inner");
            wait_ns(20000);
            if (i == 0) continue;
            leave_early(profile, i == 1);
        }
    }
    marq_phase outer = find_phase(profile, "outer"), inner = find_phase(profile, "inner");
    marq_phase leaver = find_phase(profile, "leaver");
    assert_int_equal(outer.count, 1);
    assert_int_equal(inner.count, 3);
    assert_int_equal(leaver.count, 2);
    assert_true(inner.total_ns >= 60000 && inner.last_ns >= 20000);
    assert_true(leaver.total_ns <= inner.total_ns && inner.total_ns <= outer.total_ns);
    assert_true(outer.self_ns + inner.total_ns == outer.total_ns);
    assert_true(inner.self_ns + leaver.total_ns == inner.total_ns);
    assert_true(outer.last_ns == outer.total_ns);
    marq_profile_destroy(profile);
}

static void recurse(marq_profile *profile, int depth) {
    MARQ_SCOPE(profile, "recursion");
    wait_ns(5000);
    if (depth > 1) recurse(profile, depth - 1);
}

static void a_phase_within_itself_counts_its_time_once(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
    uint64_t start = marq_clock_ns();
    recurse(profile, 10);
    uint64_t elapsed = marq_clock_ns() - start;
    marq_phase phase = find_phase(profile, "recursion");
    assert_int_equal(phase.count, 10);
    assert_true(phase.total_ns <= elapsed && phase.total_ns >= 50000);
    assert_true(phase.self_ns == phase.total_ns);
    marq_profile_destroy(profile);
}

/* "shared" ends last inside "second", which the recorder met first. */
static void the_last_time_is_the_last_in_time(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
    static const char *const callers[] = {"second", "first", "second"};
    for (int i = 0; i < 3; i++) {
        MARQ_SCOPE(profile, callers[i]);
        MARQ_SCOPE(profile, "shared");
        wait_ns(i == 2 ? 2000000 : 1000);
    }
    assert_true(find_phase(profile, "shared").last_ns >= 2000000);
    marq_profile_destroy(profile);
}

static void more_phases_than_asked_for_are_counted(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
    static const char *const names[] = {"a", "b", "a", "c", "b"};
    for (int i = 0; i < 5; i++) {
        MARQ_SCOPE(profile, names[i]);
    }
    marq_phase phases[2];
    assert_int_equal(marq_profile_phases(profile, NULL, 0), 3);
    assert_int_equal(marq_profile_phases(profile, phases, 2), 3);
    assert_string_equal(phases[0].name, "a");
    assert_int_equal(phases[0].count, 2);
    assert_string_equal(phases[1].name, "b");
    marq_profile_destroy(profile);
}

/* ---- speedscope's file */

static json_t *write_and_load(const marq_profile *profile) {
    marq_error error = {0};
    json_error_t trouble;
    if (marq_profile_write_speedscope(profile, path, &error) != MARQ_OK) fail_msg("%s", error.message);
    json_t *root = json_load_file(path, 0, &trouble);
    if (!root) fail_msg("line %d: %s", trouble.line, trouble.text);
    return root;
}

/* Each event opens a frame, or closes the one opened last; times never decrease; all is closed at the end. */
static size_t check_events(const json_t *lane, size_t frames) {
    const json_t *events = json_object_get(lane, "events");
    size_t open[4096], depth = 0, count = json_array_size(events);
    json_int_t before = json_integer_value(json_object_get(lane, "startValue"));
    for (size_t i = 0; i < count; i++) {
        const json_t *event = json_array_get(events, i);
        const char *type = json_string_value(json_object_get(event, "type"));
        json_int_t at = json_integer_value(json_object_get(event, "at"));
        size_t frame = (size_t)json_integer_value(json_object_get(event, "frame"));
        assert_true(frame < frames && at >= before && depth < 4096);
        before = at;
        if (strcmp(type, "O") == 0) {
            open[depth++] = frame;
            continue;
        }
        assert_string_equal(type, "C");
        assert_true(depth > 0 && open[depth - 1] == frame);
        depth--;
    }
    assert_int_equal(depth, 0);
    assert_true(json_integer_value(json_object_get(lane, "endValue")) >= before);
    return count;
}

/* Returns how many events there are; *lanes how many profiles. */
static size_t check_speedscope(const marq_profile *profile, size_t *lanes) {
    json_t *root = write_and_load(profile);
    assert_string_equal(json_string_value(json_object_get(root, "$schema")),
                        "https://www.speedscope.app/file-format-schema.json");
    const json_t *frames = json_object_get(json_object_get(root, "shared"), "frames");
    const json_t *profiles = json_object_get(root, "profiles");
    assert_true(json_is_array(frames) && json_is_array(profiles) && json_array_size(profiles) > 0);
    for (size_t i = 0; i < json_array_size(frames); i++)
        assert_true(json_is_string(json_object_get(json_array_get(frames, i), "name")));
    size_t events = 0;
    for (size_t i = 0; i < json_array_size(profiles); i++) {
        const json_t *lane = json_array_get(profiles, i);
        assert_string_equal(json_string_value(json_object_get(lane, "type")), "evented");
        assert_string_equal(json_string_value(json_object_get(lane, "unit")), "nanoseconds");
        assert_true(json_is_string(json_object_get(lane, "name")));
        events += check_events(lane, json_array_size(frames));
    }
    if (lanes) *lanes = json_array_size(profiles);
    json_decref(root);
    return events;
}

static void threads_have_lanes(void **state) {
    (void)state;
    enum { THREADS = 4, TIMES = 50 };
    marq_profile *profile = marq_profile_create(THREADS, 10000);
    {
        MARQ_SCOPE(profile, "all");
#pragma omp parallel num_threads(THREADS)
        for (int i = 0; i < TIMES; i++) {
            MARQ_SCOPE(profile, "outer");
            for (int j = 0; j < 2; j++) {
                MARQ_SCOPE(profile, "inner");
                wait_ns(500);
            }
        }
    }
    size_t threads = 0, lanes = 0;
#pragma omp parallel num_threads(THREADS) reduction(+ : threads)
    threads += 1;
    marq_phase outer = find_phase(profile, "outer"), inner = find_phase(profile, "inner");
    assert_int_equal(outer.count, threads * TIMES);
    assert_int_equal(inner.count, threads * TIMES * 2);
    assert_true(inner.total_ns <= outer.total_ns && inner.total_ns >= 500 * inner.count);
    assert_true(outer.self_ns + inner.total_ns == outer.total_ns);
    assert_int_equal(check_speedscope(profile, &lanes), 2 * (1 + threads * TIMES * 3));
    assert_int_equal(lanes, threads);
    marq_profile_destroy(profile);
}

static void threads_without_a_lane_are_left_out(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
#pragma omp parallel num_threads(4)
    { MARQ_SCOPE(profile, "phase"); }
    assert_int_equal(find_phase(profile, "phase").count, 1);
    marq_profile_destroy(profile);
}

static void a_full_timeline_is_balanced_and_totals_go_on(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1); /* 64 events are the least */
    {
        MARQ_SCOPE(profile, "all");
        for (int i = 0; i < 1000; i++) {
            MARQ_SCOPE(profile, "outer");
            MARQ_SCOPE(profile, "inner");
        }
    }
    assert_int_equal(find_phase(profile, "outer").count, 1000);
    assert_int_equal(find_phase(profile, "inner").count, 1000);
    assert_true(find_phase(profile, "inner").total_ns <= find_phase(profile, "outer").total_ns);
    size_t events = check_speedscope(profile, NULL);
    assert_in_range(events, 60, 64);
    marq_profile_destroy(profile);
}

/* The command writes its profile in a scope of its own, and Ctrl-C may end a run in any. */
static void check_open(marq_profile *profile) {
    MARQ_SCOPE(profile, "run");
    for (int i = 0; i < 2; i++) {
        MARQ_SCOPE(profile, "write");
        { MARQ_SCOPE(profile, "inner"); }
        assert_int_equal(check_speedscope(profile, NULL), i == 0 ? 6 : 10);
        marq_phase run = find_phase(profile, "run"), writing = find_phase(profile, "write");
        assert_int_equal(run.count, 0);
        assert_int_equal(writing.count, i);
        assert_true(run.self_ns <= run.total_ns &&
                    writing.self_ns <= writing.total_ns); /* no negative time */
    }
}

static void scopes_that_are_open_are_closed_in_the_file(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
    check_open(profile);
    check_speedscope(profile, NULL);
    marq_profile_destroy(profile);
}

static void nest(marq_profile *profile, const char (*names)[8], size_t depth) {
    if (depth == 0) return;
    MARQ_SCOPE(profile, names[depth - 1]);
    nest(profile, names, depth - 1);
}

/* 512 places in the call tree, the root with them, and 64 scopes in each other are recorded. */
static void too_many_phases_and_too_deep_ones_are_left_out(void **state) {
    (void)state;
    static char names[PHASES][8];
    for (int i = 0; i < PHASES; i++) marq_format(names[i], sizeof names[i], "n%d", i);
    marq_profile *profile = marq_profile_create(1, 10000);
    nest(profile, (const char(*)[8])names, 100);
    for (int i = 0; i < PHASES; i++) {
        MARQ_SCOPE(profile, names[i]);
    }
    static marq_phase phases[PHASES];
    size_t count = marq_profile_phases(profile, phases, PHASES);
    assert_in_range(count, 400, 511);
    check_speedscope(profile, NULL);
    marq_profile_destroy(profile);
}

static void stacks_are_folded(void **state) {
    (void)state;
    marq_profile *profile = marq_profile_create(1, 1000);
    {
        MARQ_SCOPE(profile, "outer");
        wait_ns(3000000);
        MARQ_SCOPE(profile, "inner");
        wait_ns(2000000);
    }
    assert_int_equal(marq_profile_write_folded(profile, path, NULL), MARQ_OK);
    marq_text text = {0};
    assert_int_equal(marq_file_read(path, &text, NULL), MARQ_OK);
    const char *inner = strstr(text.data, "thread 0;outer;inner "),
               *outer = strstr(text.data, "thread 0;outer ");
    assert_true(inner && outer);
    assert_in_range(strtol(outer + strlen("thread 0;outer "), NULL, 10), 3000, 1000000);
    assert_in_range(strtol(inner + strlen("thread 0;outer;inner "), NULL, 10), 2000, 1000000);
    marq_text_clear(&text);
    marq_profile_destroy(profile);
}

static void a_file_that_cannot_be_written_is_named(void **state) {
    (void)state;
    marq_error error = {0};
    marq_profile *profile = marq_profile_create(1, 64);
    assert_int_equal(marq_profile_write_speedscope(profile, "/nowhere/p", &error), MARQ_ERROR_WRITE);
    assert_string_equal(error.message, "/nowhere/p: No such file or directory");
    assert_int_equal(marq_profile_write_folded(profile, "/nowhere/p", &error), MARQ_ERROR_WRITE);
    check_speedscope(profile, NULL); /* without a single scope */
    marq_profile_destroy(profile);
}

static int make_folder(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    marq_format(path, sizeof path, "%s/file", folder);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_profile_does_nothing),
        cmocka_unit_test(what_cannot_be_created_is_null),
        cmocka_unit_test(scopes_close_themselves),
        cmocka_unit_test(a_phase_within_itself_counts_its_time_once),
        cmocka_unit_test(the_last_time_is_the_last_in_time),
        cmocka_unit_test(more_phases_than_asked_for_are_counted),
        cmocka_unit_test(threads_have_lanes),
        cmocka_unit_test(threads_without_a_lane_are_left_out),
        cmocka_unit_test(a_full_timeline_is_balanced_and_totals_go_on),
        cmocka_unit_test(scopes_that_are_open_are_closed_in_the_file),
        cmocka_unit_test(too_many_phases_and_too_deep_ones_are_left_out),
        cmocka_unit_test(stacks_are_folded),
        cmocka_unit_test(a_file_that_cannot_be_written_is_named),
    };
    return cmocka_run_group_tests_name("profile", tests, make_folder, remove_folder);
}
