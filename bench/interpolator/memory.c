/* Memory at ten moments: own allocations and the whole process, the peaks reset before each phase. */
#include "../heap/heap.h"
#include "interpolator.h"

#include <stdlib.h>

static const double mega = 1e-6;

static void reset_peaks(void) {
    bench_heap_reset();
    bench_memory_reset();
}

/* What is in use now. */
static void note_now(json_t *table, const char *moment) {
    bench_row(table, "ssf", moment, "own allocations", mega * (double)bench_heap_now());
    bench_row(table, "ssf", moment, "process", mega * bench_memory_now());
    reset_peaks();
}

/* The most since the last moment. */
static void note_peak(json_t *table, const char *moment) {
    bench_row(table, "ssf", moment, "own allocations", mega * (double)bench_heap_peak());
    bench_row(table, "ssf", moment, "process", mega * bench_memory_peak());
}

static void train(const bench_five *five, marq_net *net, const bench_samples *s) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_seconds = five->lm_seconds;
    options.threads = 1;
    options.keep_scaling = 1;
    marq_data data = bench_samples_data(s);
    marq_error error;
    if (marq_net_train(net, &data, &options, NULL, &error) < 0) bench_fail("%s", error.message);
}

/* Adam in PyTorch on the same rows. */
static void add_peer(bench *b, const bench_five *five, const bench_samples *s) {
    bench_peaks peaks;
    if (!bench_five_peer_peaks(five, s, &peaks)) return;
    json_t *table =
        bench_table(b, "memory-peers", "Peak memory of Adam in PyTorch at the same rows", "what|MB");
    bench_row(table, "sf", "Python's own allocations, PyTorch", mega * peaks.python);
    bench_row(table, "sf", "process, PyTorch", mega * peaks.process);
}

void bench_five_memory(bench *b, const bench_five *five) {
    size_t rows = b->options.quick ? 400 : 5000;
    const size_t widths[] = {5, 64, 32, 16, 1};
    json_t *table = bench_table(b, "memory", "Memory", "moment|what|MB");
    marq_error error;
    bench_case c = {.target = BENCH_RECORDED, .rows = rows, .noise = 0.01};
    bench_source source = bench_five_source(&c, BENCH_FIVE_SEED);
    reset_peaks();
    bench_samples s = bench_samples_load(&source);
    note_now(table, "after load");
    bench_samples_split(&source, &s);
    note_now(table, "after split");
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, BENCH_FIVE_SEED);
    note_now(table, "after model");
    bench_samples_normalise(&s, MARQ_NORMALISE_RANGE, net);
    note_now(table, "after normalisation");
    note_now(table, "before training");
    train(five, net, &s);
    note_peak(table, "peak of training");
    note_now(table, "after training");
    double *fitted = bench_doubles(rows, 1);
    note_now(table, "before prediction");
    if (marq_net_predict(net, rows, s.X, fitted, 1) != MARQ_OK) bench_fail("out of memory");
    note_peak(table, "peak of prediction");
    note_now(table, "after prediction");
    free(fitted);
    add_peer(b, five, &s);
    bench_note(
        b,
        "Memory at %zu rows of the recorded target; the peaks are reset before each phase. Recorded "
        "elsewhere: 4.94 MB at 5000 rows, of Python's own allocations. marq's rows hold what it reads, "
        "too; the process holds OpenBLAS's buffers and the libraries' code.",
        rows);
    marq_net_destroy(net);
    bench_samples_destroy(&s);
    bench_draw(b, table,
               &(bench_picture){.name = "memory",
                                .title = "Memory",
                                .x = "moment",
                                .y = "MB",
                                .series = "what",
                                .log_y = 1,
                                .bars = 1});
}
