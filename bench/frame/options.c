/* Command line of a study. */
#include "frame.h"

#include <base/number.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: bench_%s --out DIR [options]\n"
    "  --quick            small sizes and few samples\n"
    "  --threads 1,2,4    numbers of OpenMP threads\n"
    "  --sizes A,B        sizes of problems\n"
    "  --batches A,B      rows of a batch\n"
    "  --iterations N     samples that a median is of\n"
    "  --warm-up N        calls before the first sample\n"
    "  --data DIR         the user's data (digits: MNIST's four IDX files)\n"
    "  --python FILE --peers DIR   interpreter and scripts of the peers; without them they stay out\n"
    "  --earlier FILE     JSON of an earlier run to compare with\n"
    "  --commit TEXT      what is measured\n"
    "bench/run.sh builds and calls this with what it needs.\n";

static size_t read_size(const char *option, const char *text, const char **end) {
    double value = 0;
    if (!marq_number_read(text, end, &value) || value < 1 || value > 1e9 || value != floor(value))
        bench_fail("%s %s: a whole number from 1 to 1e9 is wanted", option, text);
    return (size_t)value;
}

static bench_list read_list(const char *option, const char *text) {
    bench_list list = {0};
    for (const char *end = text;; text = end + 1) {
        if (list.count == BENCH_MOST_IN_LIST)
            bench_fail("%s: at most %d numbers", option, BENCH_MOST_IN_LIST);
        list.value[list.count++] = read_size(option, text, &end);
        if (*end == '\0') return list;
        if (*end != ',') bench_fail("%s: numbers parted by commas are wanted, not %s", option, text);
    }
}

static size_t read_one(const char *option, const char *text) {
    const char *end;
    size_t value = read_size(option, text, &end);
    if (*end) bench_fail("%s %s: one number is wanted", option, text);
    return value;
}

static void set_option(bench_options *o, const char *name, const char *value) {
    if (strcmp(name, "--out") == 0)
        o->out = value;
    else if (strcmp(name, "--threads") == 0)
        o->threads = read_list(name, value);
    else if (strcmp(name, "--sizes") == 0)
        o->sizes = read_list(name, value);
    else if (strcmp(name, "--batches") == 0)
        o->batches = read_list(name, value);
    else if (strcmp(name, "--iterations") == 0)
        o->iterations = read_one(name, value);
    else if (strcmp(name, "--warm-up") == 0)
        o->warm_up = read_one(name, value);
    else if (strcmp(name, "--data") == 0)
        o->data = value;
    else if (strcmp(name, "--python") == 0)
        o->python = value;
    else if (strcmp(name, "--peers") == 0)
        o->peers = value;
    else if (strcmp(name, "--earlier") == 0)
        o->earlier = value;
    else if (strcmp(name, "--commit") == 0)
        o->commit = value;
    else
        bench_fail("unknown option %s (--help lists them)", name);
}

bench_options bench_read_options(int argc, const char *const *argv) {
    bench_options options = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            printf(help, bench_this.name);
            exit(0);
        }
        if (strcmp(argv[i], "--quick") == 0) {
            options.quick = 1;
            continue;
        }
        if (i + 1 == argc) bench_fail("%s needs a value (--help lists the options)", argv[i]);
        set_option(&options, argv[i], argv[i + 1]);
        i++;
    }
    if (!options.out) bench_fail("--out DIR is missing (--help lists the options)");
    if (!options.python != !options.peers) bench_fail("--python and --peers go together");
    return options;
}

bench_list bench_list_or(const bench_list *given, size_t count, const size_t *usual) {
    if (given->count > 0) return *given;
    bench_list list = {.count = count};
    memcpy(list.value, usual, count * sizeof *usual);
    return list;
}
