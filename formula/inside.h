/* What a formula is made of. */
#ifndef MARQ_FORMULA_INSIDE_H
#define MARQ_FORMULA_INSIDE_H

#include "names.h"
#include "program.h"
#include <marq/formula.h>

enum { MARQ_FORMULA_BYTES = 8192, MARQ_FORMULA_DEPTH = 200, MARQ_FORMULA_MOST = 500 };

/* A column on the right side, and where it was first written. */
typedef struct marq_use {
    size_t column;
    marq_formula_place place;
} marq_use;

/* A lineshape, and the node that it became. */
typedef struct marq_shape_use {
    marq_formula_shape shape;
    marq_node_id node;
} marq_shape_use;

struct marq_formula {
    marq_formula_kind kind;
    char *text, *left_text;
    marq_names ties;  /* texts */
    marq_names table; /* the names of the columns */
    marq_names parameters;
    marq_names warnings;
    marq_graph graph;
    marq_node_id right;
    marq_node_id left; /* 0: no left side; of a MODEL with a response then that column */
    marq_use *uses;    /* as many as columns in the table */
    size_t use_count;
    size_t response;
    int transformed;
    unsigned char *on_left; /* flags of the table's columns */
    marq_shape_use *shapes;
    size_t shape_count, shape_capacity;
    uint64_t *meet;         /* for linear.c: which parameters are not linear together */
    marq_node_id *gradient; /* by the parameters */
    marq_node_id *slopes;   /* by the table's columns */
    marq_program value_program, gradient_program, slope_program, left_program, back_program;
    int has_back;
    marq_node_id back; /* the response as an expression of MARQ_OP_LEFT, if has_back */
};

#endif
