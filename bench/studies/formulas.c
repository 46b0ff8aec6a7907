/* Speed of formulas as text beside the same expressions compiled by the C compiler. */
#define POWER(u, v) (u) ^ (v)
#include "../formulas/expressions.h"
#include "../frame/bench.h"

#include <marq/formula.h>
#include <math.h>
#include <stdlib.h>

enum { PARAMETERS = 4, BLOCK = 1000 }; /* a, b, c, d; rows at once, as the solver asks for them */

#define TEXT2(expression) #expression
#define TEXT(expression)  TEXT2(expression)

static const struct entry {
    const char *name, *text;
    bench_expression *compiled, *native;
} entries[] = {
#define ENTRY(name, expression) {#name, TEXT(expression), bench_##name, bench_native_##name},
    EXPRESSIONS(ENTRY)};

typedef struct subject {
    const struct entry *entry;
    marq_formula *formula;
    size_t rows;
    double *x, *z, *out, *compiled, *gradient;
    double theta[PARAMETERS], own_theta[PARAMETERS]; /* in the order a, b, c, d; in the formula's */
    const double *columns[2];
    marq_formula_data data;
} subject;

static marq_formula *parse(const char *text) {
    static const char *const columns[] = {"x", "z"};
    marq_formula_options options = marq_formula_options_default();
    options.columns = columns, options.column_count = 2;
    marq_formula *formula;
    marq_error error;
    if (marq_formula_parse(text, &options, &formula, NULL, &error) != MARQ_OK)
        bench_fail("%s: %s", text, error.message);
    return formula;
}

static void make_memory(subject *s, size_t rows) {
    s->rows = rows;
    s->x = bench_doubles(rows, 1), s->z = bench_doubles(rows, 1);
    s->out = bench_doubles(rows, 1), s->compiled = bench_doubles(rows, 1);
    s->gradient = bench_doubles(rows, PARAMETERS);
    for (size_t i = 0; i < rows; i++) {
        double share = (double)i / (double)rows;
        s->x[i] = 0.5 + share;
        s->z[i] = 1.5 - 0.9 * share;
    }
    for (int j = 0; j < PARAMETERS; j++) s->theta[j] = 0.5 + 0.125 * j;
    s->columns[0] = s->x, s->columns[1] = s->z;
    s->data = (marq_formula_data){.columns = s->columns, .stride = 1, .rows = rows};
}

static void free_memory(subject *s) {
    free(s->x), free(s->z), free(s->out), free(s->compiled), free(s->gradient);
}

static void take_entry(subject *s, const struct entry *entry) {
    s->entry = entry;
    s->formula = parse(entry->text);
    for (size_t j = 0; j < marq_formula_parameter_count(s->formula); j++)
        s->own_theta[j] = s->theta[marq_formula_parameter_name(s->formula, j)[0] - 'a'];
}

/* ---- What is timed ---- */

static void run_compiled(void *user) {
    subject *s = user;
    s->entry->compiled(s->rows, s->theta, s->x, s->z, s->compiled);
}

static void run_native(void *user) {
    subject *s = user;
    s->entry->native(s->rows, s->theta, s->x, s->z, s->compiled);
}

static size_t block_at(const subject *s, size_t first) {
    return s->rows - first < BLOCK ? s->rows - first : BLOCK;
}

static void run_formula(void *user) {
    subject *s = user;
    for (size_t first = 0; first < s->rows; first += BLOCK)
        marq_formula_evaluate(s->formula, &s->data, s->own_theta, first, block_at(s, first), s->out + first);
}

static void run_gradient(void *user) {
    subject *s = user;
    for (size_t first = 0; first < s->rows; first += BLOCK)
        marq_formula_gradient(s->formula, &s->data, s->own_theta, first, block_at(s, first), NULL,
                              s->gradient + PARAMETERS * first, PARAMETERS);
}

/* ---- The table ---- */

/* Operators and calls. */
static size_t count_operations(const char *text) {
    size_t count = 0;
    for (const char *c = text; *c; c++) {
        int is_call = *c == '(' && c > text && c[-1] >= 'a' && c[-1] <= 'z';
        count += is_call || *c == '+' || *c == '-' || *c == '*' || *c == '/' || *c == '^';
    }
    return count;
}

static double largest_difference(const subject *s) {
    double largest = 0;
    for (size_t i = 0; i < s->rows; i++)
        largest = fmax(largest, fabs(s->out[i] - s->compiled[i]) / fmax(1, fabs(s->compiled[i])));
    return largest;
}

static void add_entry(bench *b, json_t *table, subject *s) {
    void (*const calls[])(void *) = {run_native, run_compiled, run_formula, run_gradient};
    bench_work works[4];
    bench_time t[4];
    for (int k = 0; k < 4; k++) works[k] = (bench_work){calls[k], s};
    bench_race(b, 4, works, t);
    double ns = 1e9 / (double)s->rows;
    bench_row(table, "szzfffffffff", s->entry->name, s->rows, count_operations(s->entry->text),
              ns * t[1].median, ns * t[0].median, ns * t[2].median, ns * t[3].median,
              t[2].median / t[1].median, t[2].median / t[0].median, t[3].median / t[2].median,
              (double)marq_formula_parameter_count(s->formula), largest_difference(s));
}

/* Of the first size. */
static void draw(bench *b, const json_t *table) {
    static const struct {
        size_t cell;
        const char *name;
    } series[] = {{3, "C -O3"}, {4, "C -O3 -march=native"}, {5, "formula"}, {6, "formula with gradient"}};
    json_t *bars = bench_table(b, "bars", "Nanoseconds a row", "expression|evaluated by|ns a row");
    bench_only_json(bars);
    for (size_t k = 0; k < sizeof entries / sizeof *entries; k++) {
        const json_t *row = json_array_get(json_object_get(table, "rows"), k);
        for (size_t j = 0; j < sizeof series / sizeof *series; j++)
            bench_row(bars, "ssf", json_string_value(json_array_get(row, 0)), series[j].name,
                      json_number_value(json_array_get(row, series[j].cell)));
    }
    bench_draw(b, bars,
               &(bench_picture){.name = "formulas",
                                .title = "Time of a row, one thread",
                                .x = "expression",
                                .y = "ns a row",
                                .series = "evaluated by",
                                .log_y = 1,
                                .bars = 1});
}

static void run(bench *b) {
    static const size_t usual[] = {1000000}, quick[] = {2000};
    bench_list sizes = bench_list_or(&b->options.sizes, 1, b->options.quick ? quick : usual);
    json_t *table = bench_table(b, "expressions", "Nanoseconds a row, one thread",
                                "expression|rows|operations|C -O3|C -O3 -march=native|formula|gradient|"
                                "formula / -O3|formula / native|gradient / formula|parameters|difference");
    for (size_t i = 0; i < sizes.count; i++) {
        subject s = {0};
        make_memory(&s, sizes.value[i]);
        for (size_t k = 0; k < sizeof entries / sizeof *entries; k++) {
            take_entry(&s, &entries[k]);
            add_entry(b, table, &s);
            marq_formula_destroy(s.formula);
        }
        free_memory(&s);
    }
    draw(b, table);
}

const bench_study bench_this = {
    .name = "formulas",
    .title = "Formulas beside compiled C",
    .about =
        "Expressions of about 100 operations of two columns and four parameters, as a formula that marq "
        "reads "
        "at run time and as a loop that the C compiler compiled with -O3, and with -O3 -march=native. The "
        "gradient is by all parameters. `difference` is the largest between formula and C, relative where "
        "values are above 1. `--sizes` gives the rows.",
    .run = run,
};
