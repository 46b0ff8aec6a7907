/* One BLAS: every routine of BLAS and LAPACK that marq calls comes from one OpenBLAS, and the list by which
 * marq checks that at run time is complete. */
#include "require.h"

#include "lm/blas_symbols.h"
#include <marq/lm.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_listed(const char *symbol) {
    for (size_t i = 0; i < COUNT(marq_blas_symbols); i++)
        if (strcmp(marq_blas_symbols[i], symbol) == 0) return true;
    return false;
}

static void this_process_has_one_openblas(void **state) {
    (void)state;
    char text[1000];
    REQUIRE(marq_blas_describe(text, sizeof text) == 1, "%s", text);
    REQUIRE(strstr(text, "OpenBLAS") && strstr(text, "USE_OPENMP"), "not OpenBLAS for OpenMP: %s", text);
    REQUIRE(strstr(text, " in /"), "no file in: %s", text);
}

static void a_description_is_cut_to_its_buffer(void **state) {
    (void)state;
    char text[1000], cut[12];
    memset(cut, 'x', sizeof cut);
    marq_blas_describe(text, sizeof text);
    assert_int_equal(marq_blas_describe(cut, 10), 1);
    assert_int_equal(strlen(cut), 9);
    assert_memory_equal(cut, text, 9);
    assert_int_equal(cut[10], 'x');
}

/* ---- The list against what the command needs ---- */

/* "LAPACKE_dpotrf_work" → "dpotrf_"; other names as they are. */
static const char *resolved_name(const char *symbol, char *out, size_t size) {
    if (strncmp(symbol, "LAPACKE_", 8) != 0) return symbol;
    const char *name = symbol + 8, *end = strstr(name, "_work");
    REQUIRE(end && strcmp(end, "_work") == 0, "%s checks for NaN or copies: call its _work function", symbol);
    snprintf(out, size, "%.*s_", (int)(end - name), name);
    return out;
}

static void the_list_has_all_that_the_command_needs(void **state) {
    (void)state;
    FILE *names = popen("nm -D --undefined-only '" FIT_COMMAND_PATH "'", "r");
    assert_non_null(names);
    char line[500], symbol[300], name[300];
    size_t lines = 0, routines = 0;
    while (fgets(line, sizeof line, names)) {
        lines++;
        if (sscanf(line, " %*c %299[^@ \n]", symbol) != 1) continue;
        if (strncmp(symbol, "cblas_", 6) != 0 && strncmp(symbol, "LAPACKE_", 8) != 0) continue;
        routines++;
        const char *resolved = resolved_name(symbol, name, sizeof name);
        REQUIRE(is_listed(resolved), "the command needs %s, lm/blas_symbols.h lacks %s", symbol, resolved);
    }
    if (pclose(names) != 0 || lines == 0) {
        print_message("skipped: nm cannot read the command\n");
        skip();
    }
    REQUIRE(routines >= 3, "nm shows %zu routines of BLAS and LAPACK only", routines);
}

/* ---- Where the dynamic linker finds them ---- */

static void the_linker_binds_them_to_that_file(void **state) {
    (void)state;
    char text[1000], line[2000], from[600], to[600], symbol[300];
    marq_blas_describe(text, sizeof text);
    const char *file = strstr(text, " in /") + 4;
    FILE *log =
        popen("LD_DEBUG=bindings LD_BIND_NOW=1 '" FIT_COMMAND_PATH "' --version 2>&1 >/dev/null", "r");
    assert_non_null(log);
    size_t bindings = 0, of_command = 0;
    bool found[COUNT(marq_blas_symbols)] = {false};
    while (fgets(line, sizeof line, log)) {
        const char *words = strstr(line, "binding file ");
        if (!words || sscanf(words, "binding file %599s [%*d] to %599s [%*d]: normal symbol `%299[^']", from,
                             to, symbol) != 3)
            continue;
        bindings++;
        bool by_command = strcmp(from, FIT_COMMAND_PATH) == 0 && strncmp(symbol, "cblas_", 6) == 0;
        of_command += by_command;
        if (!by_command && !is_listed(symbol)) continue;
        REQUIRE(strcmp(to, file) == 0, "%s takes %s from %s, not from %s", from, symbol, to, file);
        for (size_t i = 0; i < COUNT(found); i++) found[i] |= strcmp(marq_blas_symbols[i], symbol) == 0;
    }
    assert_int_equal(pclose(log), 0);
    if (bindings == 0) {
        print_message("skipped: the dynamic linker has no LD_DEBUG\n");
        skip();
    }
    REQUIRE(of_command >= 3, "%zu bindings, %zu of them by the command to cblas_", bindings, of_command);
    for (size_t i = 0; i < COUNT(found); i++) REQUIRE(found[i], "nothing binds %s", marq_blas_symbols[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_process_has_one_openblas),
        cmocka_unit_test(a_description_is_cut_to_its_buffer),
        cmocka_unit_test(the_list_has_all_that_the_command_needs),
        cmocka_unit_test(the_linker_binds_them_to_that_file),
    };
    return cmocka_run_group_tests_name("blas", tests, NULL, NULL);
}
