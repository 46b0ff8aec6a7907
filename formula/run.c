/* Programs over rows. A row's values do not depend on the block that it is in, but for SLEEF's sine, cosine
 * and tangent, which treat a vector by its largest argument: an ulp. The last block is filled up with copies
 * of its last row. */
#include "kernels.h"
#include "program.h"

#include <stdalign.h>
#include <string.h>

typedef struct runner {
    const marq_program *program;
    const marq_inputs *inputs;
    const marq_outputs *outputs;
    marq_kernel_table *kernels;
    double *arena;
} runner;

static void call(const runner *r, const marq_instruction *in, size_t rows) {
    double *arena = r->arena;
    const int *a = in->argument;
    (*r->kernels)[in->kernel](rows, arena + in->out, arena + a[0], arena + a[1], arena + a[2], arena + a[3]);
}

/* What is the same in all rows. */
static void prepare(const runner *r) {
    const marq_program *p = r->program;
    double *arena = r->arena;
    for (size_t i = 0; i < p->constants.count; i++)
        arena[p->constants.items[i].out] = p->values[p->constants.items[i].argument[0]];
    for (size_t i = 0; i < p->parameters.count; i++)
        arena[p->parameters.items[i].out] = r->inputs->theta[p->parameters.items[i].argument[0]];
    for (size_t i = 0; i < p->scalars.count; i++) {
        call(r, &p->scalars.items[i], 1);
    }
    for (size_t i = 0; i < p->spread.count; i++)
        for (int row = 0; row < p->block; row++)
            arena[p->spread.items[i].out + row] = arena[p->spread.items[i].argument[0]];
}

/* Rows first … first+count−1 of a column, or of the left side's values (column −1), and copies of the last up
 * to `padded`. */
static void load(const runner *r, int column, size_t first, size_t begun, size_t count, size_t padded,
                 double *out) {
    const marq_formula_data *data = r->inputs->data;
    size_t stride = column < 0 ? 1 : data->stride;
    const double *from =
        column < 0 ? r->inputs->left + begun : data->columns[column] + (first + begun) * stride;
    if (stride == 1)
        memcpy(out, from, count * sizeof *out);
    else
        for (size_t i = 0; i < count; i++) out[i] = from[i * stride];
    for (size_t i = count; i < padded; i++) out[i] = out[count - 1];
}

static void store(const runner *r, int output, size_t begun, size_t count, const double *from, size_t step) {
    const marq_outputs *to = r->outputs;
    size_t stride = output == 0 ? 1 : to->stride;
    double *at = output == 0 ? to->value : to->matrix;
    if (!at) return;
    at += begun * stride + (output == 0 ? 0 : (size_t)output - 1);
    for (size_t i = 0; i < count; i++) at[i * stride] = from[i * step];
}

/* Rows begun … begun+count−1 of the call. */
static void run_block(const runner *r, size_t first, size_t begun, size_t count) {
    const marq_instructions *rows = &r->program->rows;
    size_t unit = MARQ_KERNEL_ROWS, padded = (count + unit - 1) / unit * unit;
    double *arena = r->arena;
    for (size_t i = 0; i < rows->count; i++) { /* none: items is NULL */
        const marq_instruction *in = &rows->items[i];
        if (in->kernel >= 0)
            call(r, in, padded);
        else if (in->kernel == MARQ_CODE_LOAD)
            load(r, in->argument[0], first, begun, count, padded, arena + in->out);
        else
            store(r, in->out, begun, count, arena + in->argument[0], 1);
    }
}

void marq_program_run(const marq_program *program, const marq_inputs *inputs, size_t first, size_t count,
                      const marq_outputs *outputs) {
    alignas(64) double arena[MARQ_ARENA];
    runner r = {program, inputs, outputs, marq_kernels(), arena};
    if (count == 0) return;
    prepare(&r);
    for (size_t i = 0; i < program->same.count; i++)
        store(&r, program->same.items[i].out, 0, count, arena + program->same.items[i].argument[0], 0);
    /* Blocks of about the same length, none longer than the program's. */
    size_t most = (size_t)program->block, blocks = (count + most - 1) / most, unit = MARQ_KERNEL_ROWS;
    size_t block = ((count + blocks - 1) / blocks + unit - 1) / unit * unit;
    for (size_t begun = 0; begun < count; begun += block)
        run_block(&r, first, begun, count - begun < block ? count - begun : block);
}
