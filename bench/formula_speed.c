/* formula_speed: formulas beside the same expressions compiled by the C compiler, one thread, processor time.
 * Each figure is the best of several runs, taken in turn, so that a busy machine touches all alike. */
#include "formula_expressions.h"

#include <marq/formula.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 1000000, RUNS = 7, PARAMETERS = 4 };

#define TEXT2(expression) #expression
#define TEXT(expression)  TEXT2(expression)

static const struct entry {
    const char *name, *text;
    bench_expression *compiled, *native;
} entries[] = {
#define ENTRY(name, expression) {#name, TEXT(expression), bench_##name, bench_native_##name},
    EXPRESSIONS(ENTRY)};

typedef struct work {
    double *x, *z, *out, *compiled, *gradient;
    double theta[PARAMETERS]; /* a, b, c, d */
} work;

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static marq_formula *parse(const char *text) {
    static const char *const columns[] = {"x", "z"};
    marq_formula_options options = marq_formula_options_default();
    options.columns = columns, options.column_count = 2;
    marq_formula *formula;
    marq_error error;
    if (marq_formula_parse(text, &options, &formula, NULL, &error) != MARQ_OK) {
        fprintf(stderr, "formula_speed: %s: %s\n", text, error.message);
        exit(1);
    }
    return formula;
}

static int set_up(work *w) {
    w->x = malloc(ROWS * sizeof(double)), w->z = malloc(ROWS * sizeof(double));
    w->out = malloc(ROWS * sizeof(double)), w->compiled = malloc(ROWS * sizeof(double));
    w->gradient = malloc(ROWS * PARAMETERS * sizeof(double));
    if (!w->x || !w->z || !w->out || !w->compiled || !w->gradient) return 0;
    for (size_t i = 0; i < ROWS; i++) {
        w->x[i] = 0.5 + 1e-6 * (double)i;
        w->z[i] = 1.5 - 0.9e-6 * (double)i;
    }
    for (int j = 0; j < PARAMETERS; j++) w->theta[j] = 0.5 + 0.125 * j;
    return 1;
}

/* Operators and calls. */
static int count_operations(const char *text) {
    int count = 0;
    for (const char *c = text; *c; c++) {
        int is_call = *c == '(' && c > text && c[-1] >= 'a' && c[-1] <= 'z';
        count += is_call || *c == '+' || *c == '-' || *c == '*' || *c == '/';
    }
    return count;
}

static double largest_difference(const work *w) {
    double largest = 0;
    for (size_t i = 0; i < ROWS; i++)
        largest = fmax(largest, fabs(w->out[i] - w->compiled[i]) / fmax(1, fabs(w->compiled[i])));
    return largest;
}

static void measure(const struct entry *e, work *w) {
    marq_formula *formula = parse(e->text);
    double theta[PARAMETERS], best[4] = {HUGE_VAL, HUGE_VAL, HUGE_VAL, HUGE_VAL};
    marq_formula_data data = {.columns = (const double *const[]){w->x, w->z}, .stride = 1, .rows = ROWS};
    for (size_t j = 0; j < marq_formula_parameter_count(formula); j++)
        theta[j] = w->theta[marq_formula_parameter_name(formula, j)[0] - 'a'];
    for (int run = 0; run < RUNS; run++) {
        double times[5];
        times[0] = seconds();
        e->native(ROWS, w->theta, w->x, w->z, w->compiled);
        times[1] = seconds();
        e->compiled(ROWS, w->theta, w->x, w->z, w->compiled);
        times[2] = seconds();
        for (size_t first = 0; first < ROWS; first += 1000) /* as the solver asks for them */
            marq_formula_evaluate(formula, &data, theta, first, 1000, w->out + first);
        times[3] = seconds();
        for (size_t first = 0; first < ROWS; first += 1000)
            marq_formula_gradient(formula, &data, theta, first, 1000, NULL, w->gradient + PARAMETERS * first,
                                  PARAMETERS);
        times[4] = seconds();
        for (int k = 0; k < 4; k++) best[k] = fmin(best[k], times[k + 1] - times[k]);
    }
    printf("%-14s %5d %8.1f %8.1f %8.1f %8.2f %8.2f %10.1f %8.2f %10.1e\n", e->name,
           count_operations(e->text), 1e3 * best[1], 1e3 * best[0], 1e3 * best[2], best[2] / best[1],
           best[2] / best[0], 1e3 * best[3], best[3] / best[2], largest_difference(w));
    marq_formula_destroy(formula);
}

int main(void) {
    work w;
    if (!set_up(&w)) {
        fprintf(stderr, "formula_speed: out of memory\n");
        return 1;
    }
    printf("%d rows; milliseconds of one thread; ratios to -O3 and to -O3 -march=native; gradient by %d "
           "parameters, and\n"
           "its ratio to the value; largest difference\n\n"
           "%-14s %5s %8s %8s %8s %8s %8s %10s %8s %10s\n",
           ROWS, PARAMETERS, "", "ops", "-O3", "native", "formula", "ratio", "native", "gradient", "ratio",
           "difference");
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) measure(&entries[i], &w);
    free(w.x), free(w.z), free(w.out), free(w.compiled), free(w.gradient);
    return 0;
}
