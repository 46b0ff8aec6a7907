/* A formula's outputs as a straight list of operations on blocks of rows.
 *
 * All values live in one arena of doubles: first what is the same in all rows ("scalars": constants,
 * parameters, and what is computed of them alone, once a call), then registers of `block` rows each. */
#ifndef MARQ_FORMULA_PROGRAM_H
#define MARQ_FORMULA_PROGRAM_H

#include "graph.h"
#include <marq/status.h>

enum { MARQ_ARENA = 1 << 14 }; /* doubles: 128 KB of stack */

/* Kernels (kernels.h), or one of these. */
enum {
    MARQ_CODE_LOAD = -2, /* register out ← column argument[0] */
    MARQ_CODE_STORE = -1 /* output number out ← register argument[0] */
};

/* Places in the arena. */
typedef struct marq_instruction {
    int kernel, out, argument[4];
} marq_instruction;

typedef struct marq_instructions {
    marq_instruction *items;
    size_t count, capacity;
} marq_instructions;

typedef struct marq_program {
    marq_instructions constants;  /* out ← values[argument[0]] */
    marq_instructions parameters; /* out ← θ[argument[0]] */
    marq_instructions scalars;    /* kernels on single values */
    marq_instructions
        spread; /* register out ← scalar argument[0] in every row, for kernels that want arrays */
    marq_instructions rows; /* the loop's body */
    marq_instructions same; /* output number out ← scalar argument[0] in every row */
    double *values;         /* of the constants */
    size_t value_count;
    size_t outputs;
    int block; /* rows, a multiple of MARQ_KERNEL_ROWS */
} marq_program;

/* Compiles outputs. Destroys nothing on failure but leaves the program empty. MARQ_ERROR_FORMAT: too many
 * values. */
marq_status marq_program_compile(marq_graph *graph, const marq_node_id *outputs, size_t count,
                                 marq_program *program);
void marq_program_destroy(marq_program *program);

/* What a program reads. */
typedef struct marq_inputs {
    const marq_formula_data *data; /* NULL: no columns */
    const double *theta;
    const double *left; /* MARQ_OP_LEFT: count values from row first on */
} marq_inputs;

/* Output 0 of row first + i goes to value[i] (NULL: nowhere), output k > 0 to matrix[i·stride + k − 1]. */
typedef struct marq_outputs {
    double *value, *matrix;
    size_t stride;
} marq_outputs;

void marq_program_run(const marq_program *program, const marq_inputs *inputs, size_t first, size_t count,
                      const marq_outputs *outputs);

#endif
