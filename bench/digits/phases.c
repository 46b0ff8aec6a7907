/* Where the time of a training by batches goes: own time of every scope by its place, so that the rows add up
 * to the whole. */
#include "phases.h"

#include "../flame/flame.h"
#include <base/file.h>
#include <stdlib.h>
#include <string.h>

static char *path_of(const bench *b, const char *name) {
    marq_text path = {0};
    marq_text_add(&path, "%s/%s", b->options.out, name);
    if (path.failed) bench_fail("out of memory");
    return path.data;
}

/* "thread 0;epoch;forward 123": the place without its thread. Returns the microseconds. */
static double read_stack(const char *line, size_t length, char *place, size_t room) {
    const char *last = NULL, *from = line;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == ' ') last = line + i;
        if (line[i] == ';' && from == line) from = line + i + 1;
    }
    size_t size = last && last > from ? (size_t)(last - from) : 0;
    if (size >= room) size = room - 1;
    memcpy(place, from, size);
    place[size] = '\0';
    return last ? strtod(last + 1, NULL) : 0;
}

static double total_of(const char *stacks) {
    double sum = 0;
    char place[256];
    for (const char *line = stacks, *end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        sum += read_stack(line, (size_t)(end - line), place, sizeof place);
    }
    return sum;
}

static void add_places(json_t *table, const char *stacks, size_t epochs, size_t batches) {
    double total = total_of(stacks);
    char place[256];
    for (const char *line = stacks, *end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        double us = read_stack(line, (size_t)(end - line), place, sizeof place);
        if (!(us > 0)) continue;
        bench_row(table, "sffff", place, 1e-3 * us, 100 * us / total, 1e-3 * us / (double)epochs,
                  us / (double)batches);
    }
    bench_row(table, "sffff", "all", 1e-3 * total, 100.0, 1e-3 * total / (double)epochs,
              total / (double)batches);
}

static void add_phases(bench *b, const marq_profile *profile) {
    enum { MOST = 64 };
    marq_phase phases[MOST];
    size_t count = marq_profile_phases(profile, phases, MOST);
    json_t *table = bench_table(b, "phases", "Phases, summed over all places",
                                "phase|times|total ms|own ms|mean us|last us");
    for (size_t k = 0; k < (count < MOST ? count : MOST); k++)
        bench_row(table, "szffff", phases[k].name, (size_t)phases[k].count, 1e-6 * (double)phases[k].total_ns,
                  1e-6 * (double)phases[k].self_ns,
                  1e-3 * (double)phases[k].total_ns / (double)phases[k].count,
                  1e-3 * (double)phases[k].last_ns);
}

double bench_report_phases(bench *b, const marq_profile *profile, size_t epochs, size_t batches) {
    marq_text stacks = {0}, graph = {0};
    marq_error error;
    char *folded = path_of(b, "training.folded"), *svg = path_of(b, "training.svg");
    if (marq_profile_write_folded(profile, folded, &error) != MARQ_OK ||
        marq_file_read(folded, &stacks, &error) != MARQ_OK)
        bench_fail("%s", error.message);
    json_t *table = bench_table(b, "places", "Own time by place", "place|ms|% of all|ms an epoch|us a batch");
    add_places(table, stacks.data, epochs, batches);
    double seconds = 1e-6 * total_of(stacks.data);
    if (!bench_flame(stacks.data, "Training by batches", "us", &graph)) bench_fail("the profile is empty");
    if (marq_file_write(svg, &graph, &error) != MARQ_OK) bench_fail("%s", error.message);
    add_phases(b, profile);
    marq_text_clear(&stacks);
    marq_text_clear(&graph);
    free(folded);
    free(svg);
    return seconds;
}
