/* Flame graphs: a tree of collapsed stacks as SVG. */
#include "require.h"

#include "bench/flame/flame.h"
#include "bench/frame/bench.h"
#include <stdlib.h>
#include <string.h>

static void run_nothing(bench *b) {
    (void)b;
}

const bench_study bench_this = {"example", "An example", "About it.", run_nothing};

static void boxes_have_the_weight_of_their_stacks(void **state) {
    (void)state;
    marq_text svg = {0};
    assert_true(bench_flame("a 10\na;b 20\na;b;c 50\nd 20\n", "title", "us", &svg));
    assert_false(svg.failed);
    static const char *const wanted[] = {
        "data-x=\"0.000000000\" data-w=\"1.000000000\" data-d=\"0\"><title>all: 100 us, 100.00 %",
        "data-x=\"0.000000000\" data-w=\"0.800000000\" data-d=\"1\"><title>a: 80 us, 80.00 %",
        "data-x=\"0.000000000\" data-w=\"0.700000000\" data-d=\"2\"><title>b: 70 us, 70.00 %",
        "data-x=\"0.000000000\" data-w=\"0.500000000\" data-d=\"3\"><title>c: 50 us, 50.00 %",
        "data-x=\"0.800000000\" data-w=\"0.200000000\" data-d=\"1\"><title>d: 20 us, 20.00 %"};
    for (size_t k = 0; k < COUNT(wanted); k++)
        REQUIRE(strstr(svg.data, wanted[k]), "\"%s\" is missing in\n%s", wanted[k], svg.data);
    assert_non_null(strstr(svg.data, "onclick"));
    marq_text_clear(&svg);
}

/* The same scope called again from another place is another box; names cannot break the document. */
static void names_are_escaped(void **state) {
    (void)state;
    marq_text svg = {0};
    assert_true(bench_flame("a<b>&;two words 5\nc;two words 5\n", "x < y", "us", &svg));
    assert_non_null(strstr(svg.data, "a&lt;b&gt;&amp;: 5 us"));
    assert_non_null(strstr(svg.data, "x &lt; y"));
    assert_null(strstr(svg.data, "a<b>"));
    const char *first = strstr(svg.data, "two words: 5 us");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "two words: 5 us"));
    marq_text_clear(&svg);
}

static void no_stack_is_no_picture(void **state) {
    (void)state;
    static const char *const empty[] = {"", "\n\n", "name", "a;b 0\n", "a b c\n"};
    for (size_t k = 0; k < COUNT(empty); k++) {
        marq_text svg = {0};
        REQUIRE(!bench_flame(empty[k], "title", "us", &svg), "\"%s\" gave a picture", empty[k]);
        assert_null(svg.data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_have_the_weight_of_their_stacks),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(no_stack_is_no_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
