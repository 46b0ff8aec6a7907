/* What all share: numbers as text, growing texts, memory, errors. Oracle for the bits of numbers: CPython's
 * float(), its own correctly rounded conversion (David Gay's). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/error.h>
#include <base/file.h>
#include <base/memory.h>
#include <base/number.h>
#include <base/random.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* ---- numbers */

static const struct {
    const char *text;
    uint64_t bits; /* struct.pack('>d', float(text)) */
} numbers[] = {
    {"0.1", 0x3fb999999999999a},
    {"-0.0", 0x8000000000000000},
    {"1e308", 0x7fe1ccf385ebc8a0},
    {"1e23", 0x44b52d02c7e14af6},
    {"+.5e-3", 0x3f40624dd2f1a9fc},
    {"5.", 0x4014000000000000},
    {"4.35", 0x4011666666666666},
    {"9007199254740993", 0x4340000000000000}, /* half-way between two doubles */
    {"0.500000000000000166533453693773481063544750213623046875", 0x3fe0000000000002}, /* so is this */
    {"123456789012345678901234567890", 0x45f8ee90ff6c373e},
    {"1.7976931348623157e308", 0x7fefffffffffffff}, /* the largest */
    {"1.7976931348623158e308", 0x7fefffffffffffff},
    {"2.2250738585072014e-308", 0x0010000000000000}, /* the smallest normal one */
    {"2.2250738585072011e-308", 0x000fffffffffffff}, /* the largest denormal one */
    {"5e-324", 0x0000000000000001},
    {"2.4703282292062328e-324", 0x0000000000000001},
    {"2.4703282292062327e-324", 0x0000000000000000},
    {"1e-400", 0x0000000000000000},
};

static void numbers_are_read_to_the_last_bit(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        double value;
        if (!marq_number_parse(numbers[i].text, &value)) fail_msg("%s is refused", numbers[i].text);
        if (bits_of(value) != numbers[i].bits) fail_msg("%s is read as %a", numbers[i].text, value);
    }
}

static void check_round_trip(double value) {
    char text[MARQ_NUMBER_SIZE];
    double again;
    assert_true(marq_number_parse(marq_number_write(text, value), &again));
    if (bits_of(again) != bits_of(value)) fail_msg("%a is written as %s and read as %a", value, text, again);
}

static void numbers_survive_writing_and_reading(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) check_round_trip(from_bits(numbers[i].bits));
    for (uint32_t i = 0; i < 100000; i++) { /* any bits */
        uint32_t out[4], counter[4] = {i, 0, 0, 0}, key[2] = {1, 2};
        marq_philox(counter, key, out);
        double value = from_bits((uint64_t)out[1] << 32 | out[0]);
        if (isfinite(value)) check_round_trip(value);
    }
}

static void what_is_no_number_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",    " ",    "+",      "-",   ".",   "-.",   "e5",       "1e",      "1e+",   "1,5",
        "1 2", "0x10", "-0X1p3", "inf", "nan", "-inf", "infinity", "nan(1)",  "1e999", "-1e999",
        "--1", "+-1",  "1_000",  "1d5", "1f",  "\v1",  "1\n",      "\u00A01",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        double value = 7.0;
        if (marq_number_parse(bad[i], &value)) fail_msg("\"%s\" is read as %g", bad[i], value);
    }
}

static void reading_says_where_the_number_ends(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {{"1.5abc", 3}, {"1e", 1}, {"-2e+x", 2}, {"1.2.3", 3}, {"1;2", 1}, {"1,5", 1}, {"3\t4", 1}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *end = NULL;
        double value;
        assert_true(marq_number_read(cases[i].text, &end, &value));
        assert_ptr_equal(end, cases[i].text + cases[i].length);
    }
    double value;
    const char *end;
    assert_false(marq_number_read(" 1", &end, &value)); /* no blanks in front … */
    assert_true(marq_number_parse(" \t1 \t", &value));  /* … but around a whole one */
}

static void numbers_do_not_know_the_locale(void **state) {
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "de_DE")) skip();
    assert_string_equal(localeconv()->decimal_point, ",");
    numbers_are_read_to_the_last_bit(state);
    what_is_no_number_is_refused(state);
    char text[MARQ_NUMBER_SIZE];
    assert_string_equal(marq_number_write(text, 1.5), "1.5");
    marq_text grown = {0};
    marq_text_add(&grown, "%.2f", 2.25);
    assert_string_equal(grown.data, "2.25");
    marq_text_clear(&grown);
    assert_string_equal(localeconv()->decimal_point, ","); /* the host's locale is as before */
    setlocale(LC_ALL, "C");
}

/* ---- texts and memory */

static void texts_grow(void **state) {
    (void)state;
    marq_text text = {0};
    for (int i = 0; i < 10000; i++) marq_text_add(&text, "%04d,", i);
    marq_text_add_number(&text, 0.1);
    marq_text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.failed, 0);
    assert_int_equal(text.length, 50000 + strlen("0.10000000000000001") + 3);
    assert_memory_equal(text.data + 49995, "9999,0.10000000000000001a\0b", 28); /* terminated */
    assert_true(text.capacity < 4 * text.length);
    marq_text_clear(&text);
    assert_null(text.data);
    assert_int_equal(text.length + text.capacity, 0);
}

static void a_text_remembers_that_memory_ran_out(void **state) {
    (void)state;
    marq_text text = {0};
    marq_error error = {0};
    volatile size_t too_much = SIZE_MAX / 2;
    marq_text_add(&text, "kept");
    marq_text_add_bytes(&text, "", too_much);
    marq_text_add(&text, "not added");
    assert_int_equal(text.failed, 1);
    assert_string_equal(text.data, "kept");
    assert_int_equal(marq_file_write("/tmp/never-written", &text, &error), MARQ_ERROR_MEMORY);
    marq_text_clear(&text);
}

static void memory_is_zeroed_aligned_and_checked(void **state) {
    (void)state;
    for (size_t count = 0; count < 200; count += 7) {
        unsigned char *bytes = marq_alloc(count, 1);
        assert_non_null(bytes);
        assert_int_equal((uintptr_t)bytes % 64, 0);
        for (size_t i = 0; i < count; i++) assert_int_equal(bytes[i], 0);
        free(bytes);
    }
    assert_null(marq_alloc(SIZE_MAX, 1));
    assert_null(marq_alloc(SIZE_MAX / 8 + 2, 8)); /* the product would be small */
    assert_null(marq_alloc_doubles(SIZE_MAX / 16, 4));
    assert_null(marq_copy_text(NULL));
}

static void an_error_is_cut_between_two_signs(void **state) {
    (void)state;
    char umlauts[1024] = "";
    for (size_t i = 0; i + 3 < sizeof umlauts; i += 2) memcpy(umlauts + i, "ä", 3);
    for (int shift = 0; shift < 2; shift++) {
        marq_error error;
        assert_int_equal(marq_fail(&error, MARQ_ERROR_READ, "%s%s", shift ? "x" : "", umlauts),
                         MARQ_ERROR_READ);
        size_t length = strlen(error.message);
        assert_true(length >= sizeof error.message - 4 && length < sizeof error.message);
        assert_int_equal(length % 2, shift);
    }
    assert_int_equal(marq_fail(NULL, MARQ_ERROR_READ, "%d", 1), MARQ_ERROR_READ);
}

static void an_error_is_one_line(void **state) {
    (void)state;
    marq_error error;
    marq_fail(&error, MARQ_ERROR_FORMAT, "near '%s'", "a\nb\x1b[2J\x7f\tc");
    assert_string_equal(error.message, "near 'a b [2J  c'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_to_the_last_bit),
        cmocka_unit_test(numbers_survive_writing_and_reading),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(reading_says_where_the_number_ends),
        cmocka_unit_test(numbers_do_not_know_the_locale),
        cmocka_unit_test(texts_grow),
        cmocka_unit_test(a_text_remembers_that_memory_ran_out),
        cmocka_unit_test(memory_is_zeroed_aligned_and_checked),
        cmocka_unit_test(an_error_is_cut_between_two_signs),
        cmocka_unit_test(an_error_is_one_line),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
