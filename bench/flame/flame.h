/* A flame graph: collapsed stacks in, an SVG out that zooms by a click. Width is time, from bottom to top a
 * scope lies on the one that opened it (Gregg 2016, "The flame graph"). */
#ifndef BENCH_FLAME_H
#define BENCH_FLAME_H

#include <base/text.h>

/* stacks: lines "a;b;c WEIGHT" as marq_profile_write_folded writes them; lines that are not so are left out.
 * unit: of the weights. Appends the document to out; 0 if there is no stack. */
int bench_flame(const char *stacks, const char *title, const char *unit, marq_text *out);

#endif
