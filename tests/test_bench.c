/* The frame of the benchmarks: medians, quantiles, Amdahl's law, reports. */
#include "require.h"

#include "bench/frame/frame.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void run_nothing(bench *b) {
    (void)b;
}

const bench_study bench_this = {"example", "An example", "About it.", run_nothing};

static void quantiles_lie_between_neighbours(void **state) {
    (void)state;
    const double values[] = {1, 2, 4, 8};
    assert_true(bench_quantile(4, values, 0) == 1);
    assert_true(bench_quantile(4, values, 0.5) == 3);
    assert_true(fabs(bench_quantile(4, values, 0.9) - 6.8) < 1e-14);
    assert_true(bench_quantile(4, values, 1) == 8);
    assert_true(bench_quantile(1, values, 0.5) == 1);
}

static void amdahls_share_is_recovered(void **state) {
    (void)state;
    const size_t threads[] = {1, 2, 4, 8};
    for (double share = -0.1; share < 1.05; share += 0.1) {
        double times[4];
        for (size_t k = 0; k < 4; k++) times[k] = 3 * (share + (1 - share) / (double)threads[k]);
        double found = bench_amdahl(4, threads, times);
        REQUIRE(fabs(found - share) < 1e-12, "%g instead of %g", found, share);
    }
    assert_true(isnan(bench_amdahl(1, threads, (const double[]){1})));
    assert_true(fabs(bench_amdahl(2, (const size_t[]){2, 4}, (const double[]){6, 4}) - 0.2) < 1e-12);
}

static void count_call(void *user) {
    ++*(size_t *)user;
}

static void every_sample_of_a_race_is_taken(void **state) {
    (void)state;
    bench b = {.options = {.quick = 1, .iterations = 4, .warm_up = 1}};
    size_t calls[2] = {0};
    bench_work works[2] = {{count_call, &calls[0]}, {count_call, &calls[1]}};
    bench_time times[2];
    bench_race(&b, 2, works, times);
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(times[k].samples, 4);
        assert_true(calls[k] > 4 * times[k].calls);
        assert_true(0 < times[k].least && times[k].least <= times[k].median &&
                    times[k].median <= times[k].most);
    }
}

static void latencies_rise(void **state) {
    (void)state;
    bench b = {.options = {.warm_up = 1}};
    size_t calls = 0;
    double seconds[20];
    bench_latencies(&b, (bench_work){count_call, &calls}, 20, seconds);
    assert_int_equal(calls, 21);
    for (size_t i = 1; i < 20; i++) assert_true(seconds[i - 1] <= seconds[i]);
}

static bench empty_report(void) {
    return (bench){.report = json_pack("{s:s, s:s, s:b, s:{s:s}, s:[], s:[], s:[], s:[]}", "title",
                                       "An example", "about", "About it.", "quick", 0, "machine", "system",
                                       "Linux", "tables", "pictures", "notes", "absent")};
}

/* Of the report as Markdown. */
static void require_line(const char *markdown, const char *line) {
    char whole[200];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    REQUIRE(strstr(markdown, whole) != NULL, "no line \"%s\" in:\n%s", line, markdown);
}

static void a_report_has_its_tables_notes_and_absentees(void **state) {
    (void)state;
    bench b = empty_report();
    json_t *table = bench_table(&b, "times", "Times", "phase|threads|ms|note");
    bench_row(table, "szfs", "forward", (size_t)2, 1.5, "fine");
    bench_row(table, "szf-", "reverse", (size_t)4, (double)NAN);
    bench_only_json(bench_table(&b, "long", "A long one", "a"));
    bench_note(&b, "Note %d.", 7);
    bench_absent(&b, "Octave", "not installed");
    char *markdown = bench_markdown(b.report);
    static const char *const lines[] = {"# An example",
                                        "About it.",
                                        "## Times",
                                        "| phase | threads | ms | note |",
                                        "|---|---|---|---|",
                                        "| forward | 2 | 1.5 | fine |",
                                        "| reverse | 4 | | |",
                                        "Note 7.",
                                        "- Octave: not installed",
                                        "| system | Linux |"};
    for (size_t i = 0; i < COUNT(lines); i++)
        if (i > 0) require_line(markdown, lines[i]);
    assert_memory_equal(markdown, lines[0], strlen(lines[0]));
    assert_null(strstr(markdown, "A long one"));
    free(markdown);
    json_decref(b.report);
}

static void a_table_is_found_by_its_key(void **state) {
    (void)state;
    bench b = empty_report();
    json_t *table = bench_table(&b, "times", "Times", "phase");
    assert_ptr_equal(bench_find_table(b.report, "times"), table);
    assert_null(bench_find_table(b.report, "sizes"));
    json_decref(b.report);
}

static void options_are_read(void **state) {
    (void)state;
    static const char *const arguments[] = {"bench",   "--out",   "here", "--threads", "1,2,16",
                                            "--quick", "--sizes", "1e3",  "--warm-up", "4"};
    bench_options o = bench_read_options(COUNT(arguments), arguments);
    assert_string_equal(o.out, "here");
    assert_true(o.quick && o.warm_up == 4 && o.iterations == 0 && !o.python);
    assert_true(o.threads.count == 3 && o.threads.value[2] == 16);
    assert_true(o.sizes.count == 1 && o.sizes.value[0] == 1000);
    const size_t usual[] = {5, 6};
    assert_int_equal(bench_list_or(&o.threads, 2, usual).value[0], 1);
    assert_int_equal(bench_list_or(&o.batches, 2, usual).value[1], 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_lie_between_neighbours),
        cmocka_unit_test(amdahls_share_is_recovered),
        cmocka_unit_test(every_sample_of_a_race_is_taken),
        cmocka_unit_test(latencies_rise),
        cmocka_unit_test(a_report_has_its_tables_notes_and_absentees),
        cmocka_unit_test(a_table_is_found_by_its_key),
        cmocka_unit_test(options_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
