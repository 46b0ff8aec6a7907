/* Ends the program with words where it cannot go on. */
#include "bench.h"

#include <base/memory.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void bench_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "bench_%s: ", bench_this.name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(1);
}

double *bench_doubles(size_t rows, size_t columns) {
    double *values = marq_alloc_doubles(rows, columns);
    if (!values) bench_fail("out of memory for %zu x %zu numbers", rows, columns);
    return values;
}
