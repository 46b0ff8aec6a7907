/* Random numbers. Oracle: the vectors that Random123 publishes (kat_vectors, philox4x32 10). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/random.h>
#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    uint32_t counter[4], key[2], out[4];
} vectors[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void philox_gives_the_published_numbers(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        uint32_t out[4];
        marq_philox(vectors[i].counter, vectors[i].key, out);
        assert_memory_equal(out, vectors[i].out, sizeof out);
    }
}

static uint64_t join(const uint32_t *low_first) {
    return (uint64_t)low_first[1] << 32 | low_first[0];
}

/* seed: the key; stream and index: the counter. The upper 53 bits of the first 64 make the number. */
static void a_number_is_a_function_of_seed_stream_and_index(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        marq_random random = {join(vectors[i].key), join(vectors[i].counter + 2), join(vectors[i].counter)};
        double expected = ldexp((double)(join(vectors[i].out) >> 11), -53);
        assert_true(marq_random_uniform(&random) == expected);
        assert_true(random.index == join(vectors[i].counter) + 1);
    }
}

static void uniform_numbers_are_uniform(void **state) {
    (void)state;
    enum { DRAWS = 100000, BINS = 20 };
    marq_random random = {.seed = 1, .stream = 7};
    double sum = 0.0, squares = 0.0, chi2 = 0.0;
    size_t bins[BINS] = {0};
    for (int i = 0; i < DRAWS; i++) {
        double value = marq_random_uniform(&random);
        assert_true(value >= 0.0 && value < 1.0);
        sum += value;
        squares += value * value;
        bins[(size_t)(value * BINS)]++;
    }
    for (int i = 0; i < BINS; i++) chi2 += pow((double)bins[i] - DRAWS / BINS, 2) / (DRAWS / BINS);
    assert_true(fabs(sum / DRAWS - 0.5) < 4.0 * sqrt(1.0 / 12.0 / DRAWS)); /* four standard errors */
    assert_true(fabs(squares / DRAWS - 1.0 / 3.0) < 4.0 * sqrt(4.0 / 45.0 / DRAWS));
    assert_true(chi2 < 43.8); /* 19 degrees of freedom, 0.1 % */
}

static void numbers_below_a_bound_have_no_bias(void **state) {
    (void)state;
    marq_random random = {.seed = 3};
    uint64_t bound = (uint64_t)3 << 62; /* a remainder alone would give the lowest third half of the draws */
    int lowest = 0;
    for (int i = 0; i < 3000; i++) {
        uint64_t value = marq_random_below(&random, bound);
        assert_true(value < bound);
        lowest += value < bound / 3;
    }
    assert_in_range(lowest, 900, 1100);
    for (int i = 0; i < 100; i++) assert_int_equal(marq_random_below(&random, 1), 0);
}

static void a_shuffle_is_a_permutation(void **state) {
    (void)state;
    size_t items[1000], seen[1000] = {0}, moved = 0;
    for (size_t i = 0; i < 1000; i++) items[i] = i;
    marq_random random = {.seed = 1, .stream = MARQ_STREAM_SPLIT};
    marq_random_shuffle(&random, items, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(seen[items[i]]++, 0);
        moved += items[i] != i;
    }
    assert_true(moved > 980);
    marq_random_shuffle(&random, items, 0);
}

static void every_order_is_as_likely(void **state) {
    (void)state;
    size_t orders[27] = {0}, possible = 0;
    marq_random random = {.seed = 2};
    for (int i = 0; i < 6000; i++) {
        size_t items[3] = {0, 1, 2};
        marq_random_shuffle(&random, items, 3);
        orders[9 * items[0] + 3 * items[1] + items[2]]++;
    }
    for (size_t i = 0; i < 27; i++) {
        possible += orders[i] > 0;
        if (orders[i] > 0) assert_in_range(orders[i], 880, 1120); /* four standard deviations */
    }
    assert_int_equal(possible, 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_numbers),
        cmocka_unit_test(a_number_is_a_function_of_seed_stream_and_index),
        cmocka_unit_test(uniform_numbers_are_uniform),
        cmocka_unit_test(numbers_below_a_bound_have_no_bias),
        cmocka_unit_test(a_shuffle_is_a_permutation),
        cmocka_unit_test(every_order_is_as_likely),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
