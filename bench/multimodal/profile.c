/* One epoch as a flame graph, and as a file for speedscope. */
#include "multimodal.h"

#include "../flame/flame.h"
#include <base/file.h>
#include <stdlib.h>

static char *path_of(const bench *b, const char *name) {
    marq_text path = {0};
    marq_text_add(&path, "%s/%s", b->options.out, name);
    if (path.failed) bench_fail("out of memory");
    return path.data;
}

static marq_profile *profile_epoch(const bench *b) {
    bench_samples s = bench_multimodal_samples(b, 1);
    marq_net *net = bench_multimodal_net(&s, MARQ_INIT_NGUYEN_WIDROW, 1);
    marq_train_options options = bench_multimodal_options(b, 1);
    marq_profile *profile = marq_profile_create((size_t)options.threads, 100000);
    if (!profile) bench_fail("out of memory for the profile");
    options.profile = profile;
    bench_trial trial = bench_trial_train("one epoch", net, &s, &options);
    bench_trial_destroy(&trial);
    marq_net_destroy(net);
    bench_samples_destroy(&s);
    return profile;
}

/* epoch.folded is read back, and stays: other tools read it too. */
static void write_flame(const bench *b, const marq_profile *profile) {
    marq_text stacks = {0}, graph = {0};
    marq_error error;
    char *folded = path_of(b, "epoch.folded"), *svg = path_of(b, "epoch.svg");
    if (marq_profile_write_folded(profile, folded, &error) != MARQ_OK ||
        marq_file_read(folded, &stacks, &error) != MARQ_OK)
        bench_fail("%s", error.message);
    if (!bench_flame(stacks.data, "One epoch of the multimodal net", "us", &graph))
        bench_fail("the profile of an epoch is empty");
    if (marq_file_write(svg, &graph, &error) != MARQ_OK) bench_fail("%s", error.message);
    marq_text_clear(&stacks);
    marq_text_clear(&graph);
    free(folded);
    free(svg);
}

static void add_phases(bench *b, const marq_profile *profile) {
    enum { MOST = 64 };
    marq_phase phases[MOST];
    size_t count = marq_profile_phases(profile, phases, MOST);
    json_t *table = bench_table(b, "phases", "Phases of one epoch", "phase|times|total us|own us");
    for (size_t k = 0; k < (count < MOST ? count : MOST); k++)
        bench_row(table, "szff", phases[k].name, (size_t)phases[k].count, 1e-3 * (double)phases[k].total_ns,
                  1e-3 * (double)phases[k].self_ns);
}

void bench_multimodal_flame(bench *b) {
    marq_profile *profile = profile_epoch(b);
    char *speedscope = path_of(b, "epoch.speedscope.json");
    marq_error error;
    if (marq_profile_write_speedscope(profile, speedscope, &error) != MARQ_OK)
        bench_fail("%s", error.message);
    write_flame(b, profile);
    add_phases(b, profile);
    bench_note(
        b, "One epoch as a flame graph: [epoch.svg](epoch.svg) (a click zooms, the background zooms out); "
           "[epoch.speedscope.json](epoch.speedscope.json) is for speedscope.app.");
    marq_profile_destroy(profile);
    free(speedscope);
}
