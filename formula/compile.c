/* From graph to program: nodes that no output needs fall away, what is the same in all rows is parted from
 * what is not, and registers are given out in one walk over the nodes, free again after the last use. */
#include "kernels.h"
#include "lower.h"
#include "program.h"
#include "tiles.h"

#include <base/memory.h>
#include <stdlib.h>

/* Doubles of registers: 80 KB, which lie in the second-level cache; shorter blocks that fit the first one
 * lose more by calls than they gain (measured on Zen 3). */
enum { LARGEST_BLOCK = 512, SMALLEST_GOOD_BLOCK = 64, CACHE = 10240 };

/* ---- The compiler's state ---- */

typedef struct compiler {
    marq_graph *graph;
    marq_program *program;
    int nodes;
    marq_marks marks;
    unsigned char *spread; /* of each node that does not vary: whether a kernel wants it as an array */
    int *slot;             /* scalar place ≥ 0, or −1 − register */
    int *array;            /* the register of a spread scalar */
    int *uses;             /* of a node's register that are still to come */
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
    if (c->marks.varies[id] && --c->uses[id] == 0) c->free_registers[c->free_count++] = -1 - c->slot[id];
}

/* ---- Marks ---- */

static void mark(compiler *c, const marq_node_id *outputs, size_t count) {
    const marq_node *nodes = c->graph->nodes;
    unsigned char *needed = c->marks.needed;
    for (size_t k = 0; k < count; k++) needed[outputs[k]] = 1;
    for (marq_node_id i = c->nodes - 1; i >= 0; i--)
        for (int k = 0; needed[i] && k < marq_op_arguments(nodes[i].op); k++)
            needed[nodes[i].argument[k]] = 1;
    marq_graph_mark_varying(c->graph, c->marks.varies);
}

static int is_row(const compiler *c, marq_node_id i) {
    return c->marks.needed[i] && c->marks.varies[i];
}

static int is_leaf(const compiler *c, marq_node_id i) {
    return c->graph->nodes[i].op >= MARQ_OP_COMPUTED;
}

/* How often each node is an argument of a node that varies, or an output. */
static void count_uses(compiler *c, const marq_node_id *outputs, size_t count) {
    const marq_node *nodes = c->graph->nodes;
    for (size_t k = 0; k < count; k++) c->uses[outputs[k]]++;
    for (marq_node_id i = 0; i < c->nodes; i++)
        for (int k = 0; is_row(c, i) && k < marq_op_arguments(nodes[i].op); k++)
            c->uses[nodes[i].argument[k]]++;
}

/* The same of what the kernels read, and which scalars they want as arrays. */
static void count_reads(compiler *c, const marq_node_id *outputs, size_t count) {
    for (marq_node_id i = 0; i < c->nodes; i++) c->uses[i] = 0;
    for (size_t k = 0; k < count; k++) c->uses[outputs[k]]++;
    for (marq_node_id i = 0; i < c->nodes; i++) {
        if (!is_row(c, i) || is_leaf(c, i) || c->marks.inner[i]) continue;
        marq_tile tile = marq_tile_of(c->graph, &c->marks, i);
        for (int k = 0; k < tile.count; k++) {
            marq_node_id a = tile.argument[k];
            c->uses[a]++;
            if (!c->marks.varies[a] && !tile.as_scalar[k]) c->spread[a] = 1;
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
        emit(c, &p->constants, (marq_instruction){.out = out, .argument = {(int)p->value_count++}});
    } else if (node->op == MARQ_OP_PARAMETER) {
        emit(c, &p->parameters, (marq_instruction){.out = out, .argument = {(int)node->index}});
    } else {
        marq_instruction in = {.kernel = (int)node->op, .out = out};
        for (int k = 0; k < marq_op_arguments(node->op); k++) in.argument[k] = c->slot[node->argument[k]];
        emit(c, &p->scalars, in);
    }
    if (!c->spread[id]) return;
    c->array[id] = take_register(c);
    emit(c, &p->spread, (marq_instruction){.out = c->array[id], .argument = {out}});
}

static void release_arguments(compiler *c, const marq_tile *tile) {
    for (int k = 0; k < tile->count; k++) release(c, tile->argument[k]);
}

static marq_instruction call_of(const compiler *c, const marq_tile *tile) {
    marq_instruction in = {.kernel = tile->kernel};
    for (int k = 0; k < tile->count; k++) {
        marq_node_id a = tile->argument[k];
        in.argument[tile->place[k]] = c->marks.varies[a] || tile->as_scalar[k] ? c->slot[a] : c->array[a];
    }
    return in;
}

static void emit_load(compiler *c, marq_node_id id) {
    const marq_node *node = &c->graph->nodes[id];
    int column = node->op == MARQ_OP_LEFT ? -1 : (int)node->index;
    c->slot[id] = take_register(c);
    emit(c, &c->program->rows,
         (marq_instruction){.kernel = MARQ_CODE_LOAD, .out = c->slot[id], .argument = {column}});
}

/* Voigt's profile and its slopes of the same arguments: out[k] ← the node, or −1. Returns how many are
 * needed. */
static int find_voigt(const compiler *c, const marq_node *node, marq_node_id out[4]) {
    static const marq_op ops[] = {MARQ_OP_VOIGT, MARQ_OP_VOIGT_X, MARQ_OP_VOIGT_SIGMA, MARQ_OP_VOIGT_GAMMA};
    int count = 0, is_voigt = 0;
    for (int k = 0; k < 4; k++) is_voigt |= node->op == ops[k];
    for (int k = 0; is_voigt && k < 4; k++) {
        marq_node other = *node;
        other.op = ops[k];
        out[k] = marq_graph_find(c->graph, &other);
        if (out[k] >= 0 && !c->marks.needed[out[k]]) out[k] = -1;
        count += out[k] >= 0;
    }
    return count;
}

/* One call for all of them, to four registers in a row. */
static void emit_voigt(compiler *c, const marq_node_id nodes[4], const marq_tile *tile) {
    marq_instruction in = call_of(c, tile);
    int first = c->registers;
    c->registers += 4;
    in.kernel = MARQ_KERNEL_VOIGT_ALL;
    in.out = -1 - first, in.argument[3] = -1 - (first + 1);
    emit(c, &c->program->rows, in);
    for (int k = 0; k < 4; k++)
        if (nodes[k] >= 0)
            c->slot[nodes[k]] = -1 - (first + k);
        else
            c->free_registers[c->free_count++] = first + k;
}

static void emit_row(compiler *c, marq_node_id id) {
    if (is_leaf(c, id)) {
        emit_load(c, id);
        return;
    }
    marq_tile tile = marq_tile_of(c->graph, &c->marks, id);
    marq_node_id voigt[4];
    int is_done = c->slot[id] < 0; /* with another one */
    if (!is_done && find_voigt(c, &c->graph->nodes[id], voigt) > 1) {
        emit_voigt(c, voigt, &tile);
        is_done = 1;
    }
    if (is_done) {
        release_arguments(c, &tile);
        return;
    }
    marq_instruction in = call_of(c, &tile);
    release_arguments(c, &tile);
    in.out = c->slot[id] = take_register(c);
    emit(c, &c->program->rows, in);
}

static void emit_stores(compiler *c, marq_node_id id, const marq_node_id *outputs, size_t count) {
    marq_program *p = c->program;
    for (size_t k = 0; k < count; k++) {
        if (outputs[k] != id) continue;
        marq_instruction store = {.kernel = MARQ_CODE_STORE, .out = (int)k, .argument = {c->slot[id]}};
        emit(c, c->marks.varies[id] ? &p->rows : &p->same, store);
        release(c, id);
    }
}

static void emit_all(compiler *c, const marq_node_id *outputs, size_t count, const unsigned char *is_output) {
    for (int varying = 0; varying < 2; varying++)
        for (marq_node_id i = 0; i < c->nodes; i++) {
            if (!c->marks.needed[i] || c->marks.varies[i] != varying || c->marks.inner[i]) continue;
            if (varying)
                emit_row(c, i);
            else
                emit_scalar(c, i);
            if (is_output[i]) emit_stores(c, i, outputs, count);
        }
}

/* ---- Places in the arena ---- */

static int place_of(int slot, int registers_at, int block) {
    return slot >= 0 ? slot : registers_at + (-1 - slot) * block;
}

/* Numbers of columns and outputs stay as they are. */
static void place(marq_instructions *list, int registers_at, int block) {
    for (size_t i = 0; i < list->count; i++) {
        marq_instruction *in = &list->items[i];
        if (in->kernel != MARQ_CODE_STORE) in->out = place_of(in->out, registers_at, block);
        for (int k = 0; in->kernel != MARQ_CODE_LOAD && k < 4; k++)
            in->argument[k] = place_of(in->argument[k], registers_at, block);
    }
}

/* The block: so many rows that all registers fit the cache, but no fewer than is good, or than the arena
 * holds. */
static int lay_out(compiler *c) {
    marq_program *p = c->program;
    const int unit = MARQ_KERNEL_ROWS;
    int registers_at = (c->scalars + unit - 1) / unit * unit, room = MARQ_ARENA - registers_at;
    int registers = c->registers > 0 ? c->registers : 1;
    int block = CACHE / registers / unit * unit;
    if (block < SMALLEST_GOOD_BLOCK) block = SMALLEST_GOOD_BLOCK;
    if (block > LARGEST_BLOCK) block = LARGEST_BLOCK;
    if (block > room / registers) block = room / registers / unit * unit;
    if (block < unit) return 0;
    p->block = block;
    place(&p->spread, registers_at, block);
    place(&p->rows, registers_at, block);
    return 1;
}

static marq_status compile(compiler *c, const marq_node_id *outputs, size_t count) {
    size_t nodes = (size_t)c->nodes;
    unsigned char *marks = marq_alloc(5 * nodes, 1), *is_output = marks + 4 * nodes;
    int *numbers = marq_alloc(10 * nodes, sizeof *numbers);
    c->program->values = marq_alloc(nodes, sizeof(double));
    c->failed = !marks || !numbers || !c->program->values;
    marq_status status = MARQ_ERROR_MEMORY;
    if (!c->failed) {
        c->marks = (marq_marks){marks, marks + nodes, marks + 2 * nodes};
        c->spread = marks + 3 * nodes;
        c->slot = numbers, c->array = numbers + nodes, c->uses = numbers + 2 * nodes;
        c->free_registers = numbers + 6 * nodes; /* at most four for each node */
        for (size_t k = 0; k < count; k++) is_output[outputs[k]] = 1;
        mark(c, outputs, count);
        count_uses(c, outputs, count);
        marq_tiles_choose(c->graph, &c->marks, c->uses, numbers + 3 * nodes);
        count_reads(c, outputs, count);
        emit_all(c, outputs, count, is_output);
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
    if (map && lowered && marq_lower_powers(graph, before, map)) {
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
