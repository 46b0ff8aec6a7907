/* Memory by phase: own allocations and the whole process, the peaks reset before each phase. */
#include "../heap/heap.h"
#include "interpolator.h"

#include <stdlib.h>

static void begin_phase(void) {
    bench_heap_reset();
    bench_memory_reset();
}

/* When a phase is over: what is in use then, and the most that it took. */
static void end_phase(json_t *table, const char *phase) {
    static const double mega = 1e-6;
    struct {
        const char *what;
        double value;
    } figures[] = {{"own allocations, now", (double)bench_heap_now()},
                   {"own allocations, peak", (double)bench_heap_peak()},
                   {"process, now", bench_memory_now()},
                   {"process, peak", bench_memory_peak()}};
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
        bench_row(table, "ssf", phase, figures[k].what, mega * figures[k].value);
    begin_phase();
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

void bench_five_memory(bench *b, const bench_five *five) {
    size_t rows = b->options.quick ? 400 : 5000;
    const size_t widths[] = {5, 64, 32, 16, 1};
    json_t *table = bench_table(b, "memory", "Memory by phase", "phase|what|MB");
    marq_error error;
    begin_phase();
    end_phase(table, "before");
    bench_case c = {.target = BENCH_RECORDED, .rows = rows, .noise = 0.01};
    bench_source source = bench_five_source(&c, BENCH_FIVE_SEED);
    bench_samples s = bench_samples_load(&source);
    end_phase(table, "load");
    bench_samples_split(&source, &s);
    end_phase(table, "split");
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, BENCH_FIVE_SEED);
    end_phase(table, "model");
    bench_samples_normalise(&s, MARQ_NORMALISE_RANGE, net);
    end_phase(table, "normalisation");
    train(five, net, &s);
    end_phase(table, "training");
    double *fitted = bench_doubles(rows, 1);
    if (marq_net_predict(net, rows, s.X, fitted, 1) != MARQ_OK) bench_fail("out of memory");
    end_phase(table, "prediction");
    free(fitted);
    bench_note(b,
               "Memory by phase at %zu rows of the recorded target: what is in use when the phase is over, "
               "and the most "
               "while it lasted; the peaks are reset before each. Recorded elsewhere: 4.94 MB at 5000 rows, "
               "of Python's "
               "own allocations. The process holds OpenBLAS's buffers and the libraries' code too.",
               rows);
    marq_net_destroy(net);
    bench_samples_destroy(&s);
    bench_draw(b, table,
               &(bench_picture){.name = "memory",
                                .title = "Memory by phase",
                                .x = "phase",
                                .y = "MB",
                                .series = "what",
                                .log_y = 1,
                                .bars = 1});
}
