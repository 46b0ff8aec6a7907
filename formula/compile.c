/* From graph to program: small integer powers become products, nodes that no output needs fall away, what is
 * the same in all rows is parted from what is not, and registers are given out in one walk over the nodes,
 * free again after the last use. */
#include "kernels.h"
#include "program.h"

#include <base/memory.h>
#include <stdlib.h>

enum { MOST_POWER = 16, SMALLEST_BLOCK = 8, LARGEST_BLOCK = 512, CACHE = 2560 /* doubles of registers */ };

/* ---- Powers ---- */

static marq_node_id product(marq_graph *g, marq_node_id a, marq_node_id b) {
    return marq_graph_node(g, &(marq_node){.op = MARQ_OP_MULTIPLY, .argument = {a, b}});
}

/* a^n, n ≥ 1, by squaring: a^n = (a^(n/2))² · a^(n mod 2). */
static marq_node_id integer_power(marq_graph *g, marq_node_id a, int n) {
    if (n == 1) return a;
    marq_node_id half = integer_power(g, a, n / 2), even = product(g, half, half);
    return n % 2 ? product(g, even, a) : even;
}

/* The node with other arguments. */
static marq_node_id lower(marq_graph *g, marq_node_id id, const marq_node_id *map) {
    marq_node node = g->nodes[id];
    for (int k = 0; k < marq_op_arguments(node.op); k++) node.argument[k] = map[node.argument[k]];
    if (node.op == MARQ_OP_POWER && g->nodes[node.argument[1]].op == MARQ_OP_CONSTANT) {
        double exponent = g->nodes[node.argument[1]].constant;
        int n = exponent >= -MOST_POWER && exponent <= MOST_POWER ? (int)exponent : 0;
        if (n != 0 && n == exponent) {
            marq_node_id power = integer_power(g, node.argument[0], abs(n));
            if (n > 0) return power;
            marq_node_id one = marq_graph_node(g, &(marq_node){.op = MARQ_OP_CONSTANT, .constant = 1});
            return marq_graph_node(g, &(marq_node){.op = MARQ_OP_DIVIDE, .argument = {one, power}});
        }
    }
    return marq_graph_node(g, &node);
}

/* ---- The compiler's state ---- */

typedef struct compiler {
    marq_graph *graph;
    marq_program *program;
    int nodes;
    unsigned char *needed, *varies, *spread; /* of each node: whether … from row to row; as an array, too */
    int *slot;                               /* scalar place ≥ 0, or −1 − register */
    int *array;                              /* the register of a spread scalar */
    int *uses;                               /* of a node's register that are still to come */
    int *free_registers;
    int free_count, registers, scalars;
    int failed;
} compiler;

static void emit(compiler *c, marq_instructions *list, marq_instruction instruction) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 32;
        marq_instruction *items = realloc(list->items, capacity * sizeof *items);
        if (!items) {
            c->failed = 1;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = instruction;
}

static int take_register(compiler *c) {
    return -1 - (c->free_count ? c->free_registers[--c->free_count] : c->registers++);
}

static void release(compiler *c, marq_node_id id) {
    if (c->varies[id] && --c->uses[id] == 0) c->free_registers[c->free_count++] = -1 - c->slot[id];
}

/* ---- Kernels ---- */

/* Puts the kernel for the node's mixture of scalars and arrays into *node's place: arguments may be swapped.
 * Returns a bit for each argument that it reads as a scalar. */
static int choose_kernel(const compiler *c, marq_node *node, int *kernel) {
    *kernel = (int)node->op;
    if (marq_op_arguments(node->op) != 2) return 0;
    int first = !c->varies[node->argument[0]], second = !c->varies[node->argument[1]];
    if (first == second) return 0;
    int commutes = node->op == MARQ_OP_ADD || node->op == MARQ_OP_MULTIPLY;
    if (commutes && first) {
        marq_node_id scalar = node->argument[0];
        node->argument[0] = node->argument[1], node->argument[1] = scalar;
        first = 0;
    }
    switch (node->op) {
    case MARQ_OP_ADD:
        *kernel = MARQ_KERNEL_ADD_SCALAR;
        break;
    case MARQ_OP_SUBTRACT:
        *kernel = first ? MARQ_KERNEL_SCALAR_SUBTRACT : MARQ_KERNEL_SUBTRACT_SCALAR;
        break;
    case MARQ_OP_MULTIPLY:
        *kernel = MARQ_KERNEL_MULTIPLY_SCALAR;
        break;
    case MARQ_OP_DIVIDE:
        *kernel = first ? MARQ_KERNEL_SCALAR_DIVIDE : MARQ_KERNEL_DIVIDE_SCALAR;
        break;
    default:
        return 0;
    }
    return first ? 1 : 2;
}

/* ---- Marks ---- */

static void mark_needed(compiler *c, const marq_node_id *outputs, size_t count) {
    const marq_node *nodes = c->graph->nodes;
    for (size_t k = 0; k < count; k++) c->needed[outputs[k]] = 1;
    for (marq_node_id i = c->nodes - 1; i >= 0; i--)
        for (int k = 0; c->needed[i] && k < marq_op_arguments(nodes[i].op); k++)
            c->needed[nodes[i].argument[k]] = 1;
    for (marq_node_id i = 0; i < c->nodes; i++) {
        c->varies[i] = nodes[i].op == MARQ_OP_COLUMN || nodes[i].op == MARQ_OP_LEFT;
        for (int k = 0; k < marq_op_arguments(nodes[i].op); k++)
            c->varies[i] |= c->varies[nodes[i].argument[k]];
    }
}

static void count_uses(compiler *c, const marq_node_id *outputs, size_t count) {
    for (size_t k = 0; k < count; k++) c->uses[outputs[k]]++;
    for (marq_node_id i = 0; i < c->nodes; i++) {
        if (!c->needed[i] || !c->varies[i]) continue;
        marq_node node = c->graph->nodes[i];
        int kernel, scalars = choose_kernel(c, &node, &kernel);
        for (int k = 0; k < marq_op_arguments(node.op); k++) {
            marq_node_id a = node.argument[k];
            c->uses[a]++;
            if (!c->varies[a] && !(scalars >> k & 1)) c->spread[a] = 1;
        }
    }
}

/* ---- Code ---- */

static void emit_scalar(compiler *c, marq_node_id id) {
    const marq_node *node = &c->graph->nodes[id];
    marq_program *p = c->program;
    int out = c->slot[id] = c->scalars++;
    if (node->op == MARQ_OP_CONSTANT) {
        p->values[p->value_count] = node->constant;
        emit(c, &p->constants, (marq_instruction){.out = out, .a = (int)p->value_count++});
    } else if (node->op == MARQ_OP_PARAMETER) {
        emit(c, &p->parameters, (marq_instruction){.out = out, .a = (int)node->index});
    } else {
        const marq_node_id *a = node->argument;
        emit(c, &p->scalars,
             (marq_instruction){(int)node->op, out, c->slot[a[0]], c->slot[a[1]], c->slot[a[2]]});
    }
    if (!c->spread[id]) return;
    c->array[id] = take_register(c);
    emit(c, &p->spread, (marq_instruction){.out = c->array[id], .a = out});
}

/* Where an instruction finds argument k. */
static int operand(const compiler *c, const marq_node *node, int k, int scalars) {
    if (k >= marq_op_arguments(node->op)) return 0;
    marq_node_id a = node->argument[k];
    return c->varies[a] || scalars >> k & 1 ? c->slot[a] : c->array[a];
}

static void emit_row(compiler *c, marq_node_id id) {
    marq_node node = c->graph->nodes[id];
    marq_instructions *rows = &c->program->rows;
    if (node.op == MARQ_OP_COLUMN || node.op == MARQ_OP_LEFT) {
        c->slot[id] = take_register(c);
        int column = node.op == MARQ_OP_LEFT ? -1 : (int)node.index;
        emit(c, rows, (marq_instruction){.kernel = MARQ_CODE_LOAD, .out = c->slot[id], .a = column});
        return;
    }
    int kernel, scalars = choose_kernel(c, &node, &kernel);
    marq_instruction in = {.kernel = kernel,
                           .a = operand(c, &node, 0, scalars),
                           .b = operand(c, &node, 1, scalars),
                           .c = operand(c, &node, 2, scalars)};
    for (int k = 0; k < marq_op_arguments(node.op); k++) release(c, node.argument[k]);
    in.out = c->slot[id] = take_register(c);
    emit(c, rows, in);
}

static void emit_stores(compiler *c, marq_node_id id, const marq_node_id *outputs, size_t count) {
    marq_program *p = c->program;
    for (size_t k = 0; k < count; k++) {
        if (outputs[k] != id) continue;
        marq_instruction store = {.kernel = MARQ_CODE_STORE, .out = (int)k, .a = c->slot[id]};
        emit(c, c->varies[id] ? &p->rows : &p->same, store);
        release(c, id);
    }
}

static void emit_all(compiler *c, const marq_node_id *outputs, size_t count, const unsigned char *is_output) {
    for (int varying = 0; varying < 2; varying++)
        for (marq_node_id i = 0; i < c->nodes; i++) {
            if (!c->needed[i] || c->varies[i] != varying) continue;
            if (varying)
                emit_row(c, i);
            else
                emit_scalar(c, i);
            if (is_output[i]) emit_stores(c, i, outputs, count);
        }
}

/* ---- Places in the arena ---- */

static void place(marq_instructions *list, int registers_at, int block, int has_out) {
    for (size_t i = 0; i < list->count; i++) {
        int *places[] = {&list->items[i].out, &list->items[i].a, &list->items[i].b, &list->items[i].c};
        int code = list->items[i].kernel;
        for (int k = 0; k < 4; k++) {
            int is_place = code == MARQ_CODE_LOAD    ? k == 0
                           : code == MARQ_CODE_STORE ? k == 1
                                                     : k > 0 || has_out;
            if (is_place && *places[k] < 0) *places[k] = registers_at + (-1 - *places[k]) * block;
        }
    }
}

/* The block's rows: all registers in the first-level cache if that gives 64 rows or more. */
static int lay_out(compiler *c) {
    marq_program *p = c->program;
    int registers_at = (c->scalars + 7) / 8 * 8, room = MARQ_ARENA - registers_at;
    int registers = c->registers > 0 ? c->registers : 1;
    int block = CACHE / registers / 8 * 8;
    if (block < 64) block = 64;
    if (block > LARGEST_BLOCK) block = LARGEST_BLOCK;
    if (block > room / registers) block = room / registers / 8 * 8;
    if (block < SMALLEST_BLOCK) return 0;
    p->block = block;
    place(&p->spread, registers_at, block, 1);
    place(&p->rows, registers_at, block, 1);
    return 1;
}

static marq_status compile(compiler *c, const marq_node_id *outputs, size_t count) {
    size_t nodes = (size_t)c->nodes;
    unsigned char *marks = marq_alloc(4 * nodes, 1);
    int *numbers = marq_alloc(4 * nodes, sizeof *numbers);
    c->program->values = marq_alloc(nodes, sizeof(double));
    c->failed = !marks || !numbers || !c->program->values;
    marq_status status = MARQ_ERROR_MEMORY;
    if (!c->failed) {
        c->needed = marks, c->varies = marks + nodes, c->spread = marks + 2 * nodes;
        c->slot = numbers, c->array = numbers + nodes, c->uses = numbers + 2 * nodes;
        c->free_registers = numbers + 3 * nodes;
        for (size_t k = 0; k < count; k++) marks[3 * nodes + (size_t)outputs[k]] = 1;
        mark_needed(c, outputs, count);
        count_uses(c, outputs, count);
        emit_all(c, outputs, count, marks + 3 * nodes);
        if (!c->failed) status = lay_out(c) ? MARQ_OK : MARQ_ERROR_FORMAT;
    }
    free(marks);
    free(numbers);
    return status;
}

marq_status marq_program_compile(marq_graph *graph, const marq_node_id *outputs, size_t count,
                                 marq_program *program) {
    *program = (marq_program){.outputs = count};
    int before = graph->count;
    marq_node_id *map = marq_alloc((size_t)before, sizeof *map);
    marq_node_id *lowered = marq_alloc(count, sizeof *lowered);
    marq_status status = MARQ_ERROR_MEMORY;
    if (map && lowered) {
        for (marq_node_id i = 0; i < before; i++) map[i] = lower(graph, i, map);
        for (size_t k = 0; k < count; k++) lowered[k] = map[outputs[k]];
        compiler c = {.graph = graph, .program = program, .nodes = graph->count};
        if (!graph->failed) status = compile(&c, lowered, count);
    }
    free(map);
    free(lowered);
    if (status != MARQ_OK) marq_program_destroy(program);
    return status;
}

void marq_program_destroy(marq_program *program) {
    marq_instructions *lists[] = {&program->constants, &program->parameters, &program->scalars,
                                  &program->spread,    &program->rows,       &program->same};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) free(lists[i]->items);
    free(program->values);
    *program = (marq_program){0};
}
