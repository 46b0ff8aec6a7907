/* Where and with what the figures were taken. */
#include "frame.h"

#include <marq/lm.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* The value of the first line "key : value" of a file; "" without one. */
static void find_line(const char *path, const char *key, char *out, size_t size) {
    FILE *file = fopen(path, "r");
    char line[512];
    out[0] = '\0';
    while (file && !out[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, key, strlen(key)) == 0 && colon)
            snprintf(out, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file) fclose(file);
}

static void add(json_t *facts, const char *key, const char *value) {
    json_object_set_new(facts, key, json_string(value ? value : ""));
}

static void add_processor(json_t *facts) {
    char model[256], flags[256], load[64] = "";
    find_line("/proc/cpuinfo", "model name", model, sizeof model);
    add(facts, "processor", model);
    json_object_set_new(facts, "cores online", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    find_line("/proc/meminfo", "MemTotal", flags, sizeof flags);
    add(facts, "memory", flags + strspn(flags, " "));
    FILE *file = fopen("/proc/loadavg", "r");
    if (file && fgets(load, sizeof load, file)) load[strcspn(load, "\n")] = '\0';
    if (file) fclose(file);
    add(facts, "load at the start", load);
}

static void add_system(json_t *facts) {
    struct utsname system;
    char text[300];
    if (uname(&system) == 0) {
        snprintf(text, sizeof text, "%s %s %s", system.sysname, system.release, system.machine);
        add(facts, "system", text);
    }
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc) > 0)
        add(facts, "date", text);
}

static void add_software(json_t *facts, const bench_options *options) {
    char blas[512];
    marq_blas_describe(blas, sizeof blas);
    add(facts, "marq", marq_version());
    add(facts, "commit", options->commit ? options->commit : "not given");
    add(facts, "compiler", BENCH_COMPILER);
    add(facts, "BLAS", blas);
}

static void add_openmp(json_t *facts) {
    static const char *const names[] = {"OMP_NUM_THREADS", "OMP_PLACES", "OMP_PROC_BIND", "OMP_WAIT_POLICY"};
    json_object_set_new(facts, "OpenMP threads", json_integer(omp_get_max_threads()));
    json_object_set_new(facts, "OpenMP places", json_integer(omp_get_num_places()));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        add(facts, names[i], value ? value : "not set");
    }
}

json_t *bench_facts(const bench_options *options) {
    json_t *facts = json_object();
    add_system(facts);
    add_processor(facts);
    add_software(facts, options);
    add_openmp(facts);
    return facts;
}
