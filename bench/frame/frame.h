/* Inside of the frame. */
#ifndef BENCH_FRAME_INSIDE_H
#define BENCH_FRAME_INSIDE_H

#include "bench.h"

/* options.c: ends the program with words on a wrong one. */
bench_options bench_read_options(int argc, const char *const *argv);

/* facts.c: machine, compiler, BLAS, OpenMP, the moment. */
json_t *bench_facts(const bench_options *options);

/* markdown.c: the report as text; the caller frees it. */
char *bench_markdown(const json_t *report);

/* pictures.c: draws the report's pictures into its folder and lists them as drawn. */
void bench_draw_all(bench *b);

/* report.c: a table of the report by its key. */
const json_t *bench_find_table(const json_t *report, const char *key);

#endif
