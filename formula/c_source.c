/* The right side as a C function: subexpressions that are used again become variables, and so do deep ones.
 */
#include "print.h"

#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 8 }; /* levels of one statement */

static const char *const names_in_c[MARQ_OP_COMPUTED] = {
    [MARQ_OP_POWER] = "pow",  [MARQ_OP_ABS] = "fabs",    [MARQ_OP_GAMMA] = "tgamma",
    [MARQ_OP_MIN] = "lesser", [MARQ_OP_MAX] = "greater", [MARQ_OP_VOIGT] = "voigt",
};

static const char *c_call(marq_op op) {
    if (op < MARQ_OP_COMPUTED && names_in_c[op]) return names_in_c[op];
    return op >= MARQ_OP_FIRST_FUNCTION && op <= MARQ_OP_LAST_FUNCTION ? marq_op_text(op) : NULL;
}

static size_t place_of_column(const marq_formula *f, size_t column) {
    size_t k = 0;
    while (k < f->use_count && f->uses[k].column != column) k++;
    return k;
}

/* A number is a double in C if it has a point or an exponent. */
static void c_number(marq_text *text, double value) {
    size_t start = text->length;
    marq_print_number(text, value);
    if (text->data && !strpbrk(text->data + start, ".e")) marq_text_add(text, ".0");
}

static void c_leaf(const marq_formula *formula, const marq_node *node, marq_text *text) {
    if (node->op == MARQ_OP_COLUMN)
        marq_text_add(text, "x[%zu]", place_of_column(formula, node->index));
    else if (node->op == MARQ_OP_PARAMETER)
        marq_text_add(text, "p[%zu]", node->index);
    else if (node->op == MARQ_OP_LEFT)
        marq_text_add(text, "left");
    else
        c_number(text, node->constant);
}

static const marq_dialect c = {c_call, c_leaf, "(double)"};

/* ---- Which nodes become variables ---- */

/* used[i] ← how often node i is an argument of what the root is made of; 0: it is not part of it. */
static void count_uses(const marq_formula *f, marq_node_id root, int *used) {
    used[root] = 1;
    for (marq_node_id i = root; i >= 0; i--) {
        const marq_node *node = &f->graph.nodes[i];
        for (int k = 0; used[i] && k < marq_op_arguments(node->op); k++) used[node->argument[k]]++;
    }
}

/* names[i] ← the number of node i's variable, or 0. */
static void name_nodes(const marq_formula *f, marq_node_id root, const int *used, int *depth, int *names) {
    int last = 0;
    for (marq_node_id i = 0; i < root; i++) {
        const marq_node *node = &f->graph.nodes[i];
        depth[i] = 0;
        for (int k = 0; k < marq_op_arguments(node->op); k++)
            if (depth[node->argument[k]] >= depth[i]) depth[i] = depth[node->argument[k]] + 1;
        int is_leaf = node->op >= MARQ_OP_COMPUTED;
        if (is_leaf || !used[i] || (used[i] == 1 && depth[i] < DEEP)) continue;
        names[i] = ++last;
        depth[i] = 0;
    }
}

/* ---- The function ---- */

/* A comment must not end within: stars of the text are kept apart from slashes. */
static void add_comment(marq_text *text, const char *words) {
    for (; *words; words++) {
        char shown[2] = {(unsigned char)*words < ' ' ? ' ' : *words, 0};
        marq_text_add(text, "%s%s", shown, shown[0] == '*' && words[1] == '/' ? " " : "");
    }
}

static int uses(const marq_formula *f, marq_node_id root, const int *used, marq_op op) {
    for (marq_node_id i = 0; i <= root; i++)
        if (used[i] && f->graph.nodes[i].op == op) return 1;
    return 0;
}

static void add_comments(const marq_formula *f, marq_text *text) {
    marq_text_add(text, "/* ");
    add_comment(text, f->text);
    marq_text_add(text, "\n * x:");
    for (size_t k = 0; k < f->use_count; k++) {
        marq_text_add(text, "%s ", k ? "," : "");
        add_comment(text, f->table.items[f->uses[k].column]);
    }
    marq_text_add(text, "\n * p:");
    for (size_t j = 0; j < f->parameters.count; j++)
        marq_text_add(text, "%s %s", j ? "," : "", f->parameters.items[j]);
    marq_text_add(text, " */\n");
}

/* What the expression calls. */
static void add_head(const marq_formula *f, marq_node_id root, const int *used, marq_text *text) {
    static const marq_op bessel[] = {MARQ_OP_J0, MARQ_OP_J1, MARQ_OP_Y0, MARQ_OP_Y1};
    int has_bessel = 0;
    for (int k = 0; k < 4; k++) has_bessel |= uses(f, root, used, bessel[k]);
    if (has_bessel) marq_text_add(text, "#define _XOPEN_SOURCE 700\n");
    if (uses(f, root, used, MARQ_OP_VOIGT)) marq_text_add(text, "#include <cerf.h> /* libcerf */\n");
    marq_text_add(text, "#include <math.h>\n\n");
    if (uses(f, root, used, MARQ_OP_MIN))
        marq_text_add(text, "static double lesser(double a, double b) {\n"
                            "    return a <= b || a != a ? a : b;\n}\n\n");
    if (uses(f, root, used, MARQ_OP_MAX))
        marq_text_add(text, "static double greater(double a, double b) {\n"
                            "    return a >= b || a != a ? a : b;\n}\n\n");
}

/* The statements, and the return of root. */
static void add_body(const marq_formula *f, marq_node_id root, const int *names, marq_text *text) {
    for (marq_node_id i = 0; i <= root; i++) {
        if (i < root && !names[i]) continue;
        if (i < root)
            marq_text_add(text, "    double t%d = ", names[i]);
        else
            marq_text_add(text, "    return ");
        marq_text line = {0};
        marq_print(f, &c, i, names, &line);
        if (line.failed) text->failed = 1;
        marq_text_add(text, "%s;\n", line.data ? line.data : "");
        marq_text_clear(&line);
    }
    marq_text_add(text, "}\n");
}

/* 'double NAME(arguments) { … }' of the expression. NULL without memory. */
static char *add_source(const marq_formula *f, marq_node_id root, const char *name, const char *arguments,
                        marq_text *text) {
    size_t nodes = (size_t)root + 1;
    int *numbers = marq_alloc(3 * nodes, sizeof *numbers);
    if (numbers) {
        int *used = numbers, *depth = numbers + nodes, *names = numbers + 2 * nodes;
        count_uses(f, root, used);
        name_nodes(f, root, used, depth, names);
        add_head(f, root, used, text);
        marq_text_add(text, "double %s(%s) {\n", name, arguments);
        if (root == f->right && f->use_count == 0) marq_text_add(text, "    (void)x;\n");
        if (root == f->right && f->parameters.count == 0) marq_text_add(text, "    (void)p;\n");
        add_body(f, root, names, text);
    }
    if (text->failed || !numbers) marq_text_clear(text);
    free(numbers);
    return text->data;
}

char *marq_formula_c_source(const marq_formula *formula, const char *name) {
    marq_text text = {0};
    add_comments(formula, &text);
    return add_source(formula, formula->right, name, "const double *x, const double *p", &text);
}

char *marq_formula_response_c_source(const marq_formula *formula, const char *name) {
    marq_text text = {0};
    if (!formula->has_back) return NULL;
    for (size_t j = 0; j < formula->table.count; j++)
        if (formula->on_left[j] && j != formula->response) return NULL;
    return add_source(formula, formula->back, name, "double left", &text);
}
