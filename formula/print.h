/* A graph as text: in the language, or in C. */
#ifndef MARQ_FORMULA_PRINT_H
#define MARQ_FORMULA_PRINT_H

#include "inside.h"

/* How the parts that differ are written. */
typedef struct marq_dialect {
    /* What a call of the op is named; NULL: it is an operator. */
    const char *(*call)(marq_op op);
    void (*leaf)(const marq_formula *formula, const marq_node *node, marq_text *text);
    /* In front of a comparison in parentheses, which then stands for a number: "(double)"; NULL: not needed.
     */
    const char *cast;
} marq_dialect;

/* Adds the expression. names[i]: the variable that holds node i, where it is not 0; NULL: none has one. Gives
 * up quietly, with text->failed set, beyond MARQ_PRINT_BYTES. */
enum { MARQ_PRINT_BYTES = 1 << 16 };
void marq_print(const marq_formula *formula, const marq_dialect *dialect, marq_node_id root, const int *names,
                marq_text *text);

/* Adds a number with as few digits as give it back. */
void marq_print_number(marq_text *text, double value);

#endif
