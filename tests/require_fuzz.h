/* What must hold in a fuzz target. */
#ifndef MARQ_TESTS_REQUIRE_FUZZ_H
#define MARQ_TESTS_REQUIRE_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                                   \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "not true: %s (line %d)\n", #condition, __LINE__);                               \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* The path of a file that holds the bytes: an unlinked one, used again for every input. */
static inline const char *fuzz_file(const void *bytes, size_t length) {
    static char path[32];
    static int descriptor = -1;
    if (descriptor < 0) {
        FILE *file = tmpfile();
        REQUIRE(file);
        descriptor = fileno(file);
        snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    }
    REQUIRE(ftruncate(descriptor, 0) == 0);
    REQUIRE(pwrite(descriptor, bytes, length, 0) == (ssize_t)length);
    return path;
}

/* A message of one line: not empty, no control characters. */
static inline void fuzz_check_line(const char *line) {
    REQUIRE(*line);
    for (; *line; line++) REQUIRE((unsigned char)*line >= ' ' && *line != 0x7F);
}

#endif
