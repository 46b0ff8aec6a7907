/* Parameters that enter linearly.
 *
 * Two parameters "meet" if the formula is not linear in them together: they are in two factors of a product,
 * or both inside of a function; a parameter that meets itself is not linear alone. Bottom up, with D(u) the
 * parameters in u, there meet in
 *
 *     u ± v         none
 *     u · v         D(u) × D(v)
 *     u / v         D(u) × D(v), D(v) × D(v)
 *     c ? u : v     D(c) × D(c, u, v)
 *     f(u, …)       D(u, …) × D(u, …)
 *
 * Meetings of two parameters do not depend on the others: they are found once, as sets of bits. A set of
 * which no two meet is linear. The largest one is hard to find (independent sets of a graph); taken is, again
 * and again, the parameter that meets the fewest of those left. */
#include "linear.h"

#include <base/memory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- Meetings ---- */

typedef struct relation {
    size_t count, words; /* parameters; words of 64 bits that hold a flag for each */
    uint64_t *in;        /* of each node: the parameters in it */
    uint64_t *meet;      /* of each parameter: those that it meets */
} relation;

static int has(const uint64_t *set, size_t j) {
    return set[j / 64] >> (j % 64) & 1;
}

static void join(const relation *r, uint64_t *set, const uint64_t *more) {
    for (size_t w = 0; w < r->words; w++) set[w] |= more[w];
}

static void meet_one_way(relation *r, const uint64_t *first, const uint64_t *second) {
    for (size_t i = 0; i < r->count; i++)
        if (has(first, i)) join(r, r->meet + i * r->words, second);
}

static void meet(relation *r, marq_node_id a, marq_node_id b) {
    const uint64_t *first = r->in + (size_t)a * r->words, *second = r->in + (size_t)b * r->words;
    meet_one_way(r, first, second);
    meet_one_way(r, second, first);
}

static void relate(relation *r, const marq_node *node) {
    const marq_node_id *a = node->argument;
    switch (node->op) {
    case MARQ_OP_NEGATE:
    case MARQ_OP_ADD:
    case MARQ_OP_SUBTRACT:
        break;
    case MARQ_OP_MULTIPLY:
        meet(r, a[0], a[1]);
        break;
    case MARQ_OP_DIVIDE:
        meet(r, a[0], a[1]);
        meet(r, a[1], a[1]);
        break;
    case MARQ_OP_SELECT:
        for (int k = 0; k < 3; k++) meet(r, a[0], a[k]);
        break;
    default:
        for (int k = 0; k < marq_op_arguments(node->op); k++)
            for (int l = 0; l <= k; l++) meet(r, a[k], a[l]);
    }
}

/* used[i] ← whether the right side is made of node i. */
static void mark_used(const marq_formula *f, unsigned char *used) {
    used[f->right] = 1;
    for (marq_node_id i = f->right; i >= 0; i--)
        for (int k = 0; used[i] && k < marq_op_arguments(f->graph.nodes[i].op); k++)
            used[f->graph.nodes[i].argument[k]] = 1;
}

static void relate_all(const marq_formula *f, const unsigned char *used, relation *r) {
    for (marq_node_id i = 0; i <= f->right; i++) {
        const marq_node *node = &f->graph.nodes[i];
        uint64_t *in = r->in + (size_t)i * r->words;
        if (!used[i]) continue;
        if (node->op == MARQ_OP_PARAMETER) in[node->index / 64] |= UINT64_C(1) << (node->index % 64);
        for (int k = 0; k < marq_op_arguments(node->op); k++)
            join(r, in, r->in + (size_t)node->argument[k] * r->words);
        relate(r, node);
    }
}

int marq_linear_find(marq_formula *f) {
    size_t count = f->parameters.count, nodes = (size_t)f->right + 1;
    relation r = {.count = count, .words = (count + 63) / 64};
    unsigned char *used = marq_alloc(nodes, 1);
    r.in = marq_alloc(nodes * r.words, sizeof *r.in);
    r.meet = marq_alloc(count * r.words, sizeof *r.meet);
    if (used && r.in && r.meet) {
        mark_used(f, used);
        relate_all(f, used, &r);
        f->meet = r.meet;
    } else {
        free(r.meet);
    }
    free(used);
    free(r.in);
    return f->meet != NULL;
}

/* ---- The choice ---- */

size_t marq_formula_linear(const marq_formula *f, const unsigned char *held, unsigned char *linear) {
    size_t count = f->parameters.count, words = (count + 63) / 64, taken = 0;
    unsigned char left[MARQ_FORMULA_MOST] = {0}; /* may still be taken */
    for (size_t j = 0; j < count; j++) {
        linear[j] = 0;
        left[j] = !(held && held[j]) && !has(f->meet + j * words, j);
    }
    for (;;) {
        size_t best = count, fewest = SIZE_MAX;
        for (size_t j = 0; j < count; j++) {
            size_t sum = 0;
            for (size_t i = 0; left[j] && i < count; i++) sum += left[i] && has(f->meet + j * words, i);
            if (left[j] && sum < fewest) fewest = sum, best = j;
        }
        if (best == count) return taken;
        linear[best] = 1, taken++;
        for (size_t i = 0; i < count; i++)
            if (i == best || has(f->meet + best * words, i)) left[i] = 0;
    }
}
