/* Times by medians. A sample is the mean of as many calls as last SAMPLE_SECONDS; the median of samples does
 * not see the few that the system disturbed. */
#include "bench.h"

#include <base/clock.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static const double sample_seconds = 0.02, quick_sample_seconds = 0.002, warm_up_seconds = 0.2;
enum {
    SAMPLES = 15,
    QUICK_SAMPLES = 5,
    WARM_UP = 3,
    QUICK_WARM_UP = 1,
    MOST_CALLS = 1 << 24,
    FEWEST_SAMPLES = 3,
    MOST_SECONDS = 3
};

static size_t or_else(size_t given, size_t usual) {
    return given > 0 ? given : usual;
}

static double time_calls(bench_work work, size_t calls) {
    double start = marq_clock_seconds();
    for (size_t i = 0; i < calls; i++) work.call(work.user);
    return (marq_clock_seconds() - start) / (double)calls;
}

/* As many calls as the user says; slow works need fewer than usual. */
static void warm_up(const bench *b, bench_work work) {
    size_t usual = b->options.quick ? QUICK_WARM_UP : WARM_UP;
    double spent = 0;
    if (b->options.warm_up > 0)
        time_calls(work, b->options.warm_up);
    else
        for (size_t i = 0; i < usual && spent < warm_up_seconds; i++) spent += time_calls(work, 1);
}

/* How many calls make a sample, from a few that also warm up. */
static size_t calls_of(const bench *b, bench_work work) {
    warm_up(b, work);
    double enough = b->options.quick ? quick_sample_seconds : sample_seconds;
    size_t calls = 1;
    while (calls < MOST_CALLS && time_calls(work, calls) * (double)calls < enough / 2) calls *= 2;
    return calls;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void bench_sort(size_t count, double *values) {
    qsort(values, count, sizeof *values, by_value);
}

double bench_quantile(size_t count, const double *rising, double q) {
    double place = q * (double)(count - 1), low = floor(place);
    size_t i = (size_t)low;
    return i + 1 < count ? rising[i] + (place - low) * (rising[i + 1] - rising[i]) : rising[count - 1];
}

static void summarise(double *samples, bench_time *time) {
    bench_sort(time->samples, samples);
    time->least = samples[0];
    time->median = bench_quantile(time->samples, samples, 0.5);
    time->most = samples[time->samples - 1];
}

/* Slow works get fewer samples. */
static bool has_enough(size_t taken, double spent) {
    return taken >= FEWEST_SAMPLES && spent > MOST_SECONDS;
}

void bench_race(const bench *b, size_t count, const bench_work *works, bench_time *times) {
    size_t samples = or_else(b->options.iterations, b->options.quick ? QUICK_SAMPLES : SAMPLES);
    double *all = bench_doubles(count, samples), *spent = bench_doubles(count, 1);
    for (size_t k = 0; k < count; k++) times[k] = (bench_time){.calls = calls_of(b, works[k])};
    for (size_t i = 0; i < samples; i++)
        for (size_t k = 0; k < count; k++) {
            bench_time *t = &times[k];
            if (has_enough(t->samples, spent[k])) continue;
            double seconds = time_calls(works[k], t->calls);
            all[k * samples + t->samples++] = seconds;
            spent[k] += seconds * (double)t->calls;
        }
    for (size_t k = 0; k < count; k++) summarise(all + k * samples, &times[k]);
    free(all);
    free(spent);
}

bench_time bench_measure(const bench *b, bench_work work) {
    bench_time time;
    bench_race(b, 1, &work, &time);
    return time;
}

void bench_latencies(const bench *b, bench_work work, size_t count, double *seconds) {
    time_calls(work, or_else(b->options.warm_up, WARM_UP));
    for (size_t i = 0; i < count; i++) seconds[i] = time_calls(work, 1);
    bench_sort(count, seconds);
}
