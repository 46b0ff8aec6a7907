/* Pictures of tables, drawn by plots/. */
#include "frame.h"

void bench_draw_all(bench *b) {
    (void)b;
}
