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

static void prepare(const runner *r) {
    const marq_program *p = r->program;
    double *arena = r->arena;
    for (size_t i = 0; i < p->constants.count; i++)
        arena[p->constants.items[i].out] = p->values[p->constants.items[i].a];
    for (size_t i = 0; i < p->parameters.count; i++)
        arena[p->parameters.items[i].out] = r->inputs->theta[p->parameters.items[i].a];
    for (size_t i = 0; i < p->scalars.count; i++) {
        marq_instruction in = p->scalars.items[i];
        (*r->kernels)[in.kernel](1, arena + in.out, arena + in.a, arena + in.b, arena + in.c);
    }
    for (size_t i = 0; i < p->spread.count; i++)
        for (int row = 0; row < p->block; row++)
            arena[p->spread.items[i].out + row] = arena[p->spread.items[i].a];
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
    size_t padded = (count + 7) / 8 * 8;
    double *arena = r->arena;
    for (size_t k = 0; k < rows->count; k++) {
        marq_instruction in = rows->items[k];
        if (in.kernel == MARQ_CODE_LOAD)
            load(r, in.a, first, begun, count, padded, arena + in.out);
        else if (in.kernel == MARQ_CODE_STORE)
            store(r, in.out, begun, count, arena + in.a, 1);
        else
            (*r->kernels)[in.kernel](padded, arena + in.out, arena + in.a, arena + in.b, arena + in.c);
    }
}

void marq_program_run(const marq_program *program, const marq_inputs *inputs, size_t first, size_t count,
                      const marq_outputs *outputs) {
    alignas(64) double arena[MARQ_ARENA];
    runner r = {program, inputs, outputs, marq_kernels(), arena};
    if (count == 0) return;
    prepare(&r);
    for (size_t i = 0; i < program->same.count; i++)
        store(&r, program->same.items[i].out, 0, count, arena + program->same.items[i].a, 0);
    size_t block = (size_t)program->block;
    for (size_t begun = 0; begun < count; begun += block)
        run_block(&r, first, begun, count - begun < block ? count - begun : block);
}
