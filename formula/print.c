/* Expressions with as few parentheses as precedence allows. */
#include "print.h"

#include <base/number.h>
#include <math.h>
#include <string.h>

/* From loose to tight. */
enum { CHOICE = 1, OR, AND, COMPARISON, SUM, PRODUCT, UNARY, POWER, PRIMARY };

/* The level of an operator and of what may stand on its sides without parentheses. */
static const struct style {
    int level, left, right;
} styles[] = {
    [MARQ_OP_ADD] = {SUM, SUM, PRODUCT},
    [MARQ_OP_SUBTRACT] = {SUM, SUM, PRODUCT},
    [MARQ_OP_MULTIPLY] = {PRODUCT, PRODUCT, UNARY},
    [MARQ_OP_DIVIDE] = {PRODUCT, PRODUCT, UNARY},
    [MARQ_OP_POWER] = {POWER, PRIMARY, UNARY},
    [MARQ_OP_LESS] = {COMPARISON, SUM, SUM},
    [MARQ_OP_LESS_EQUAL] = {COMPARISON, SUM, SUM},
    [MARQ_OP_EQUAL] = {COMPARISON, SUM, SUM},
    [MARQ_OP_NOT_EQUAL] = {COMPARISON, SUM, SUM},
    [MARQ_OP_AND] = {AND, AND, COMPARISON},
    [MARQ_OP_OR] = {OR, OR, AND},
};

typedef struct printer {
    const marq_formula *formula;
    const marq_dialect *dialect;
    const int *names;
    marq_node_id root;
    marq_text *text;
} printer;

static void print(const printer *p, marq_node_id id, int level);

void marq_print_number(marq_text *text, double value) {
    char out[MARQ_NUMBER_SIZE];
    double again = 0;
    for (int digits = 15; digits <= 17; digits++) {
        marq_format(out, sizeof out, "%.*g", digits, value);
        if (marq_number_parse(out, &again) && again == value) break;
    }
    marq_text_add(text, "%s", out);
}

static void open_if(const printer *p, int is_open) {
    if (is_open) marq_text_add(p->text, "(");
}

static void close_if(const printer *p, int is_open) {
    if (is_open) marq_text_add(p->text, ")");
}

static void print_call(const printer *p, const marq_node *node, const char *name) {
    marq_text_add(p->text, "%s(", name);
    for (int k = 0; k < marq_op_arguments(node->op); k++) {
        if (k) marq_text_add(p->text, ", ");
        print(p, node->argument[k], CHOICE);
    }
    marq_text_add(p->text, ")");
}

static int is_logical(marq_op op) {
    return op == MARQ_OP_NOT || (op >= MARQ_OP_LESS && op <= MARQ_OP_OR);
}

static void print_binary(const printer *p, const marq_node *node, int level) {
    const struct style *style = &styles[node->op];
    int is_tight = node->op == MARQ_OP_MULTIPLY || node->op == MARQ_OP_DIVIDE || node->op == MARQ_OP_POWER;
    int is_open = style->level < level;
    open_if(p, is_open);
    print(p, node->argument[0], style->left);
    marq_text_add(p->text, is_tight ? "%s" : " %s ", marq_op_text(node->op));
    print(p, node->argument[1], style->right);
    close_if(p, is_open);
}

/* A minus in front of a product is the product's: -a*b. */
static void print_negated(const printer *p, const marq_node *node, int level) {
    marq_op inner = p->formula->graph.nodes[node->argument[0]].op;
    int own = inner == MARQ_OP_MULTIPLY || inner == MARQ_OP_DIVIDE ? PRODUCT : UNARY, is_open = own < level;
    open_if(p, is_open);
    marq_text_add(p->text, "-");
    print(p, node->argument[0], own);
    close_if(p, is_open);
}

static void print_select(const printer *p, const marq_node *node, int level) {
    open_if(p, level > CHOICE);
    print(p, node->argument[0], OR);
    marq_text_add(p->text, " ? ");
    print(p, node->argument[1], CHOICE);
    marq_text_add(p->text, " : ");
    print(p, node->argument[2], CHOICE);
    close_if(p, level > CHOICE);
}

/* Comparisons and logic; where the dialect casts them they are always in parentheses. */
static void print_logical(const printer *p, const marq_node *node, int level) {
    const char *cast = p->dialect->cast;
    if (cast) marq_text_add(p->text, "%s(", cast);
    if (cast) level = CHOICE;
    if (node->op == MARQ_OP_NOT) {
        marq_text_add(p->text, "!");
        print(p, node->argument[0], UNARY);
    } else {
        print_binary(p, node, level);
    }
    if (cast) marq_text_add(p->text, ")");
}

static void print_constant(const printer *p, const marq_node *node, int level) {
    int is_open = level > UNARY && signbit(node->constant);
    open_if(p, is_open);
    p->dialect->leaf(p->formula, node, p->text);
    close_if(p, is_open);
}

static void print(const printer *p, marq_node_id id, int level) {
    const marq_node *node = &p->formula->graph.nodes[id];
    const char *name = p->dialect->call(node->op);
    if (p->text->length > MARQ_PRINT_BYTES) p->text->failed = 1;
    if (p->text->failed) return;
    if (p->names && p->names[id] && id != p->root)
        marq_text_add(p->text, "t%d", p->names[id]);
    else if (node->op == MARQ_OP_CONSTANT)
        print_constant(p, node, level);
    else if (node->op > MARQ_OP_CONSTANT)
        p->dialect->leaf(p->formula, node, p->text);
    else if (name)
        print_call(p, node, name);
    else if (node->op == MARQ_OP_NEGATE)
        print_negated(p, node, level);
    else if (node->op == MARQ_OP_SELECT)
        print_select(p, node, level);
    else if (is_logical(node->op))
        print_logical(p, node, level);
    else
        print_binary(p, node, level);
}

void marq_print(const marq_formula *formula, const marq_dialect *dialect, marq_node_id root, const int *names,
                marq_text *text) {
    printer p = {formula, dialect, names, root, text};
    print(&p, root, CHOICE);
}

/* ---- The language ---- */

static const char *language_call(marq_op op) {
    int is_function = op >= MARQ_OP_FIRST_FUNCTION && op < MARQ_OP_COMPUTED;
    return is_function ? marq_op_text(op) : NULL;
}

static int is_plain(const char *name) {
    if (*name >= '0' && *name <= '9') return 0;
    for (; *name; name++) {
        char c = *name;
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
            return 0;
    }
    return 1;
}

/* Whether the word means the constant here, and not a column or a parameter. */
static int is_free(const marq_formula *f, const char *word) {
    size_t length = strlen(word);
    return marq_names_find(&f->table, word, length) == MARQ_FORMULA_NONE &&
           marq_names_find(&f->parameters, word, length) == MARQ_FORMULA_NONE;
}

static void language_leaf(const marq_formula *formula, const marq_node *node, marq_text *text) {
    if (node->op == MARQ_OP_COLUMN) {
        const char *name = formula->table.items[node->index];
        marq_text_add(text, is_plain(name) ? "%s" : "`%s`", name);
    } else if (node->op == MARQ_OP_PARAMETER) {
        marq_text_add(text, "%s", formula->parameters.items[node->index]);
    } else if (node->constant == acos(-1.0) && is_free(formula, "pi")) {
        marq_text_add(text, "pi");
    } else if (node->constant == exp(1.0) && is_free(formula, "e")) {
        marq_text_add(text, "e");
    } else {
        marq_print_number(text, node->constant);
    }
}

static const marq_dialect language = {language_call, language_leaf, NULL};

static char *print_root(const marq_formula *formula, marq_node_id root) {
    marq_text text = {0};
    marq_print(formula, &language, root, NULL, &text);
    if (text.failed) marq_text_clear(&text);
    return text.data;
}

char *marq_formula_text(const marq_formula *formula) {
    return print_root(formula, formula->right);
}

char *marq_formula_derivative_text(const marq_formula *formula, size_t parameter) {
    return parameter < formula->parameters.count ? print_root(formula, formula->gradient[parameter]) : NULL;
}
