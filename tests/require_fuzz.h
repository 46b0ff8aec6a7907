/* What must hold in a fuzz target. */
#ifndef MARQ_TESTS_REQUIRE_FUZZ_H
#define MARQ_TESTS_REQUIRE_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(condition)                                                                                   \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "not true: %s (line %d)\n", #condition, __LINE__);                               \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

#endif
