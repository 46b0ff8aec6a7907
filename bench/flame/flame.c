/* The stacks become a tree: a node's weight is its own and its children's. A node is drawn as a box of a
 * share of the width, with the attributes that the script inside of the document zooms by. */
#include "flame.h"

#include "../frame/bench.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 1200, BOX = 18, TOP = 40, MOST_NODES = 20000, MOST_DEPTH = 100 };

typedef struct node {
    const char *name; /* in the stacks */
    size_t length;
    double weight;
    size_t child, next; /* 0: none */
    size_t depth;
} node;

typedef struct tree {
    node *nodes; /* 0: all */
    size_t count, depth;
} tree;

/* ---- The tree ---- */

static size_t child_of(tree *t, size_t parent, const char *name, size_t length) {
    size_t *link = &t->nodes[parent].child;
    for (; *link; link = &t->nodes[*link].next)
        if (t->nodes[*link].length == length && memcmp(t->nodes[*link].name, name, length) == 0) return *link;
    if (t->count == MOST_NODES) return parent;
    size_t depth = t->nodes[parent].depth + 1;
    if (depth > t->depth) t->depth = depth;
    t->nodes[t->count] = (node){.name = name, .length = length, .depth = depth};
    return *link = t->count++;
}

/* One line, up to its end. */
static void add_stack(tree *t, const char *line, size_t length) {
    const char *blank = memchr(line, ' ', length), *last = blank;
    for (; blank; blank = memchr(blank + 1, ' ', length - (size_t)(blank + 1 - line))) last = blank;
    double weight = last ? strtod(last + 1, NULL) : 0;
    if (!last || !(weight > 0)) return;
    size_t at = 0;
    t->nodes[0].weight += weight;
    for (const char *name = line; name < last && t->nodes[at].depth < MOST_DEPTH;) {
        const char *end = memchr(name, ';', (size_t)(last - name));
        if (!end) end = last;
        at = child_of(t, at, name, (size_t)(end - name));
        t->nodes[at].weight += weight;
        name = end + 1;
    }
}

/* ---- The picture ---- */

static void add_escaped(marq_text *out, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        const char *entity = text[i] == '<'   ? "&lt;"
                             : text[i] == '>' ? "&gt;"
                             : text[i] == '&' ? "&amp;"
                                              : NULL;
        if (entity)
            marq_text_add(out, "%s", entity);
        else
            marq_text_add(out, "%c", text[i]);
    }
}

/* Warm colours, the same for the same name everywhere (FNV-1a). */
static uint32_t hash(const node *n) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n->length; i++) h = (h ^ (unsigned char)n->name[i]) * 16777619u;
    return h;
}

static void add_box(const tree *t, const node *n, double x, const char *unit, marq_text *out) {
    double share = n->weight / t->nodes[0].weight;
    uint32_t h = hash(n);
    marq_text_add(out, "<g data-x=\"%.9f\" data-w=\"%.9f\" data-d=\"%zu\"><title>", x, share, n->depth);
    add_escaped(out, n->name, n->length);
    marq_text_add(
        out,
        ": %.0f %s, %.2f %%</title><rect y=\"%zu\" height=\"%d\" fill=\"rgb(%u,%u,%u)\"/><text y=\"%zu\">",
        n->weight, unit, 100 * share, TOP + (t->depth - n->depth) * BOX, BOX - 1, 205 + h % 50,
        90 + h / 50 % 110, 40 + h / 5500 % 40, TOP + (t->depth - n->depth) * BOX + BOX - 5);
    add_escaped(out, n->name, n->length);
    marq_text_add(out, "</text></g>\n");
}

static void add_boxes(const tree *t, size_t at, double x, const char *unit, marq_text *out) {
    if (at > 0 || t->nodes[at].length > 0) add_box(t, &t->nodes[at], x, unit, out);
    for (size_t k = t->nodes[at].child; k; k = t->nodes[k].next) {
        add_boxes(t, k, x, unit, out);
        x += t->nodes[k].weight / t->nodes[0].weight;
    }
}

/* zoom(x, w, d): the box at x of width w and depth d fills the picture; boxes below it too, others scale or
 * vanish. */
static const char script[] =
    "<script><![CDATA[\n"
    "const W = %d, boxes = [...document.querySelectorAll('g[data-x]')];\n"
    "function zoom(x0, w0, d0) {\n"
    "  for (const g of boxes) {\n"
    "    const x = +g.dataset.x, w = +g.dataset.w, e = 1e-9;\n"
    "    const below = +g.dataset.d < d0 && x <= x0 + e && x + w >= x0 + w0 - e;\n"
    "    const inside = +g.dataset.d >= d0 && x >= x0 - e && x + w <= x0 + w0 + e;\n"
    "    g.style.display = below || inside ? '' : 'none';\n"
    "    g.style.opacity = below ? 0.5 : 1;\n"
    "    const left = below ? 0 : (x - x0) / w0 * W, width = below ? W : w / w0 * W;\n"
    "    const rect = g.querySelector('rect'), text = g.querySelector('text');\n"
    "    rect.setAttribute('x', left); rect.setAttribute('width', Math.max(width - 0.5, 0.1));\n"
    "    text.setAttribute('x', left + 3);\n"
    "    const name = g.querySelector('title').textContent.split(':')[0], room = Math.floor((width - 6) / "
    "6.6);\n"
    "    text.textContent = room < 2 ? '' : name.length <= room ? name : name.slice(0, room - 1) + "
    "'\\u2026';\n"
    "  }\n"
    "}\n"
    "for (const g of boxes) g.onclick = () => zoom(+g.dataset.x, +g.dataset.w, +g.dataset.d);\n"
    "document.getElementById('all').onclick = () => zoom(0, 1, 0);\n"
    "zoom(0, 1, 0);\n"
    "]]></script>\n";

static void add_document(const tree *t, const char *title, const char *unit, marq_text *out) {
    size_t height = TOP + (t->depth + 1) * BOX + 10;
    marq_text_add(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %zu\" font-family=\"monospace\" "
        "font-size=\"11\">\n<style>g { cursor: pointer } rect:hover { stroke: black }</style>\n"
        "<rect id=\"all\" width=\"%d\" height=\"%zu\" fill=\"#fafafa\"/>\n<text x=\"%d\" y=\"22\" "
        "font-size=\"15\" text-anchor=\"middle\">",
        WIDTH, height, WIDTH, height, WIDTH / 2);
    add_escaped(out, title, strlen(title));
    marq_text_add(out, "</text>\n");
    add_boxes(t, 0, 0, unit, out);
    marq_text_add(out, script, WIDTH);
    marq_text_add(out, "</svg>\n");
}

int bench_flame(const char *stacks, const char *title, const char *unit, marq_text *out) {
    tree t = {.nodes = calloc(MOST_NODES, sizeof *t.nodes), .count = 1};
    if (!t.nodes) bench_fail("out of memory for the flame graph");
    t.nodes[0] = (node){.name = "all", .length = 3};
    for (const char *line = stacks, *end; *line; line = *end ? end + 1 : end) {
        end = line + strcspn(line, "\n");
        add_stack(&t, line, (size_t)(end - line));
    }
    int some = t.nodes[0].weight > 0;
    if (some) add_document(&t, title, unit, out);
    free(t.nodes);
    return some;
}
