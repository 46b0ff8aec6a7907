/* Prediction: throughput and latency by batch and net, beside PyTorch and ONNX Runtime; memory by layer. */
#include "../nets/operations.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECK_ROWS = 16, MOST_NETS = 8 };

typedef struct subject {
    bench_shape shape;
    marq_net *net;
    double *X, *Y;      /* of the largest batch */
    double check_scale; /* the largest output of the check rows */
} subject;

/* What is measured of an engine on a net, batch and number of threads. */
typedef struct figures {
    double per_second, mean, p50, p99; /* samples; seconds a call */
} figures;

/* ---- Our own predictions ---- */

typedef struct call {
    const marq_net *net;
    marq_net_float *single;
    size_t batch;
    int threads;
    double *X, *Y;
    float *X1, *Y1;
} call;

static void predict_double(void *user) {
    call *c = user;
    if (marq_net_predict(c->net, c->batch, c->X, c->Y, c->threads) != MARQ_OK) bench_fail("out of memory");
}

static void predict_single(void *user) {
    call *c = user;
    marq_net_predict_float(c->single, c->batch, c->X1, c->Y1);
}

/* Of the calls that make a figure, ours and the peers'. */
static double wanted_seconds(const bench *b) {
    return b->options.quick ? 0.02 : 0.2;
}

/* As many calls as last so long, but enough for a p99. */
static figures measure(const bench *b, bench_work work, size_t batch) {
    enum { FEWEST = 101, MOST = 20001 };
    double seconds[MOST];
    bench_latencies(b, work, 5, seconds);
    double wanted = wanted_seconds(b) / fmax(seconds[2], 1e-9);
    size_t count = b->options.iterations ? b->options.iterations : (size_t)fmin(fmax(wanted, FEWEST), MOST);
    if (count > MOST) count = MOST;
    bench_latencies(b, work, count, seconds);
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += seconds[i];
    return (figures){.per_second = (double)batch * (double)count / sum,
                     .mean = sum / (double)count,
                     .p50 = bench_quantile(count, seconds, 0.5),
                     .p99 = bench_quantile(count, seconds, 0.99)};
}

/* ---- The tables ---- */

static void add_figures(json_t *table, const char *engine, const char *precision, size_t batch,
                        const figures *f, double difference) {
    char line[128];
    snprintf(line, sizeof line, "%s, %s", engine, precision);
    bench_row(table, "szfffff", line, batch, f->per_second, 1e6 * f->mean, 1e6 * f->p50, 1e6 * f->p99,
              difference);
}

static void copy_floats(size_t count, const double *from, float *to) {
    for (size_t i = 0; i < count; i++) to[i] = (float)from[i];
}

/* The largest difference of single from double precision, over the largest output. */
static double single_difference(const subject *s, const call *c) {
    size_t values = CHECK_ROWS * marq_net_outputs(s->net);
    double difference = 0;
    marq_net_predict(s->net, CHECK_ROWS, c->X, c->Y, 1);
    marq_net_predict_float(c->single, CHECK_ROWS, c->X1, c->Y1);
    for (size_t i = 0; i < values; i++) difference = fmax(difference, fabs((double)c->Y1[i] - c->Y[i]));
    return difference / s->check_scale;
}

static void measure_ours(const bench *b, json_t *table, const subject *s, const bench_list *batches,
                         size_t most, size_t threads) {
    size_t inputs = marq_net_inputs(s->net), outputs = marq_net_outputs(s->net);
    marq_error error;
    call c = {.net = s->net, .threads = (int)threads, .X = s->X, .Y = s->Y};
    c.single = marq_net_float_create(s->net, (int)threads, &error);
    c.X1 = calloc(most * inputs, sizeof(float)), c.Y1 = calloc(most * outputs, sizeof(float));
    if (!c.single || !c.X1 || !c.Y1) bench_fail("out of memory");
    copy_floats(most * inputs, c.X, c.X1);
    double difference = single_difference(s, &c);
    for (size_t i = 0; i < batches->count; i++) {
        c.batch = batches->value[i];
        figures f = measure(b, (bench_work){predict_double, &c}, c.batch);
        add_figures(table, "marq", "double", c.batch, &f, 0);
        f = measure(b, (bench_work){predict_single, &c}, c.batch);
        add_figures(table, "marq", "single", c.batch, &f, difference);
    }
    marq_net_float_destroy(c.single);
    free(c.X1), free(c.Y1);
}

/* ---- Peers ---- */

static json_t *describe(const subject *s) {
    size_t inputs = marq_net_inputs(s->net), outputs = marq_net_outputs(s->net);
    json_t *sizes = json_array();
    for (size_t l = 0; l < s->shape.count; l++)
        json_array_append_new(sizes, json_integer((json_int_t)s->shape.size[l]));
    return json_pack("{s:o, s:o, s:o, s:o}", "sizes", sizes, "parameters",
                     bench_numbers(marq_net_count(s->net), marq_net_parameters_const(s->net)), "inputs",
                     bench_numbers(CHECK_ROWS * inputs, s->X), "outputs",
                     bench_numbers(CHECK_ROWS * outputs, s->Y));
}

/* tables: one a net. */
static void read_peer(json_t *const *tables, const subject *subjects, const json_t *peer) {
    static const char *const keys[] = {"samples a second", "mean", "p50", "p99"};
    const char *name = json_string_value(json_object_get(peer, "name"));
    const char *precision = json_string_value(json_object_get(peer, "settings"));
    if (!name || !precision) bench_fail("a peer's answer is incomplete");
    size_t i;
    const json_t *from;
    json_array_foreach(json_object_get(peer, "figures"), i, from) {
        double value[4];
        for (int k = 0; k < 4; k++) value[k] = json_number_value(json_object_get(from, keys[k]));
        figures f = {value[0], value[1], value[2], value[3]};
        json_int_t net = json_integer_value(json_object_get(from, "net"));
        add_figures(tables[net], name, precision, (size_t)json_integer_value(json_object_get(from, "batch")),
                    &f, json_number_value(json_object_get(from, "difference")) / subjects[net].check_scale);
    }
}

static void measure_peers(bench *b, json_t *const *tables, const subject *subjects, size_t count,
                          const bench_list *batches, size_t threads) {
    json_t *nets = json_array(), *sizes = json_array();
    for (size_t k = 0; k < count; k++) json_array_append_new(nets, describe(&subjects[k]));
    for (size_t i = 0; i < batches->count; i++)
        json_array_append_new(sizes, json_integer((json_int_t)batches->value[i]));
    json_t *request =
        json_pack("{s:o, s:o, s:i, s:f, s:i}", "nets", nets, "batches", sizes, "threads", (int)threads,
                  "seconds", wanted_seconds(b), "calls", (int)b->options.iterations);
    json_t *answer = bench_ask(b, "inference.py", threads, request);
    size_t i;
    const json_t *peer;
    json_array_foreach(json_object_get(answer, "peers"), i, peer) read_peer(tables, subjects, peer);
    json_decref(answer);
}

/* ---- Memory, and what training takes more ---- */

static void add_memory(json_t *table, const subject *s) {
    char net[64];
    bench_shape_text(&s->shape, net);
    size_t outputs = marq_net_outputs(s->net);
    for (size_t l = 1; l <= marq_net_layers(s->net); l++) {
        size_t width = marq_net_width(s->net, l), parameters = width * (marq_net_width(s->net, l - 1) + 1);
        bench_row(table, "szzzzz", net, l, 8 * parameters, 8 * width, 8 * width * outputs,
                  8 * parameters * outputs);
    }
}

static void add_overhead(bench *b, json_t *table, const subject *s, size_t rows) {
    char net[64];
    bench_bed *bed = bench_bed_create(&s->shape, rows, 1);
    static const bench_operation operations[] = {BENCH_FORWARD, BENCH_REVERSE, BENCH_JACOBIAN};
    bench_work works[3];
    bench_time times[3];
    for (int k = 0; k < 3; k++) works[k] = bench_operation_work(bed, operations[k]);
    bench_race(b, 3, works, times);
    double forward = times[0].median, outputs = (double)marq_net_outputs(s->net), widths = 0;
    for (size_t l = 1; l <= marq_net_layers(s->net); l++) widths += (double)marq_net_width(s->net, l);
    double activations = 8 * (widths + (double)marq_net_inputs(s->net)),
           passes = activations + 8 * widths * outputs;
    bench_row(table, "szfffff", bench_shape_text(&s->shape, net), rows, 1e9 * forward / (double)rows,
              100 * times[1].median / forward, 100 * (times[2].median / forward - 1),
              100 * (passes / activations - 1),
              1e-6 * (passes + 8 * outputs * (double)marq_net_count(s->net)));
    bench_bed_destroy(bed);
}

/* ---- The study ---- */

static size_t choose_subjects(const bench *b, subject *subjects) {
    static const bench_shape usual[] = {
        {5, {1, 20, 20, 10, 1}}, {5, {5, 64, 32, 16, 1}}, {4, {16, 256, 256, 4}}};
    size_t given = b->options.sizes.count, count = b->options.quick ? 1 : sizeof usual / sizeof *usual;
    if (given > MOST_NETS) bench_fail("at most %d sizes", MOST_NETS);
    for (size_t k = 0; k < (given ? given : count); k++) {
        size_t width = given ? b->options.sizes.value[k] : 0;
        subjects[k].shape = given ? (bench_shape){4, {8, width, width, 1}} : usual[k];
    }
    return given ? given : count;
}

static void make_subject(subject *s, size_t most) {
    s->net = bench_make_net(&s->shape);
    size_t values = CHECK_ROWS * marq_net_outputs(s->net);
    s->X = bench_doubles(most, marq_net_inputs(s->net));
    s->Y = bench_doubles(most, marq_net_outputs(s->net));
    bench_make_data(&s->shape, most, s->X, s->Y);
    marq_net_predict(s->net, CHECK_ROWS, s->X, s->Y, 1);
    s->check_scale = 0;
    for (size_t i = 0; i < values; i++) s->check_scale = fmax(s->check_scale, fabs(s->Y[i]));
}

static json_t *make_table(bench *b, const subject *s, size_t threads) {
    char net[64], key[96], title[160];
    bench_shape_text(&s->shape, net);
    snprintf(key, sizeof key, "net-%s-threads-%zu", net, threads);
    snprintf(title, sizeof title, "Predictions of the net %s on %zu thread%s", net, threads,
             threads == 1 ? "" : "s");
    json_t *table = bench_table(b, key, title, "engine|batch|samples/s|mean us|p50 us|p99 us|difference");
    bench_draw(b, table,
               &(bench_picture){.name = key,
                                .title = title,
                                .x = "batch",
                                .y = "samples/s",
                                .series = "engine",
                                .log_x = 1,
                                .log_y = 1});
    return table;
}

/* Our predictions, then the peers', at once for all nets: in the same run, on the same threads. */
static void measure_all(bench *b, const subject *subjects, size_t count, const bench_list *batches,
                        size_t most, size_t threads) {
    json_t *tables[MOST_NETS];
    for (size_t k = 0; k < count; k++) {
        tables[k] = make_table(b, &subjects[k], threads);
        measure_ours(b, tables[k], &subjects[k], batches, most, threads);
    }
    measure_peers(b, tables, subjects, count, batches, threads);
}

static void run(bench *b) {
    static const size_t usual[] = {1, 4, 16, 64, 256, 1024, 4096}, quick[] = {1, 64, 1024};
    bench_list batches = b->options.quick ? bench_list_or(&b->options.batches, 3, quick)
                                          : bench_list_or(&b->options.batches, 7, usual);
    const size_t all[] = {1, (size_t)omp_get_max_threads()};
    bench_list threads = bench_list_or(&b->options.threads, all[1] > 1 ? 2 : 1, all);
    size_t most = CHECK_ROWS;
    for (size_t i = 0; i < batches.count; i++) most = batches.value[i] > most ? batches.value[i] : most;
    subject subjects[MOST_NETS];
    size_t count = choose_subjects(b, subjects);
    for (size_t k = 0; k < count; k++) make_subject(&subjects[k], most);
    for (size_t t = 0; t < threads.count; t++)
        measure_all(b, subjects, count, &batches, most, threads.value[t]);
    json_t *memory =
        bench_table(b, "memory", "Memory by layer, double precision",
                    "net|layer|parameters B|forward B/sample|reverse B/sample|Jacobian B/sample");
    json_t *overhead =
        bench_table(b, "overhead", "What training takes beyond prediction, one thread",
                    "net|rows|forward ns/sample|reverse, % of forward|Jacobian with both passes, % "
                    "more|memory of the passes, % more|with the rows of J, MB/sample");
    for (size_t k = 0; k < count; k++) {
        add_memory(memory, &subjects[k]);
        add_overhead(b, overhead, &subjects[k], b->options.quick ? 128 : 512);
        free(subjects[k].X), free(subjects[k].Y);
        marq_net_destroy(subjects[k].net);
    }
}

const bench_study bench_this = {
    .name = "inference",
    .title = "Prediction: throughput, latency, memory",
    .about =
        "Calls of one batch after another, each timed by itself: samples a second over all calls, and mean, "
        "median and 99th percentile of a call. marq is called from C, PyTorch (eager, inference mode) and "
        "ONNX "
        "Runtime from Python, as their users do, with the same parameters and as many threads. `difference` "
        "is "
        "the largest from marq's double precision over the largest output, on 16 rows. `--batches` gives the "
        "rows of a call, `--iterations` the calls of a figure, ours and the peers' (else as many as last 0.2 "
        "s, at least 101), `--sizes W` takes nets 8-W-W-1 instead, `--threads` the threads.",
    .run = run,
};
