/* An assertion that says why: REQUIRE(condition, "format", …). */
#ifndef MARQ_TESTS_REQUIRE_H
#define MARQ_TESTS_REQUIRE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define REQUIRE(condition, ...)                                                                              \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            print_error("ERROR: " __VA_ARGS__);                                                              \
            print_error(": not (%s)\n", #condition);                                                         \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#endif
