/* Contour lines of a grid of values, by marching squares. */
#ifndef PLOTS_CONTOUR_H
#define PLOTS_CONTOUR_H

#include <stddef.h>

/* Values z[j*nx + i] at (x[i], y[j]); a cell with a value that is not finite has no line. */
typedef struct plots_grid {
    size_t nx, ny;
    const double *x, *y, *z;
} plots_grid;

typedef struct plots_contour_point {
    double x, y;
} plots_contour_point;

/* The working memory, for grids of that size. Zero-initialise; clear in any case. */
typedef struct plots_tracer {
    size_t (*links)[2]; /* of each edge of the grid: the edges that the line goes on to */
    plots_contour_point *points;
} plots_tracer;

int plots_tracer_open(plots_tracer *tracer, size_t nx, size_t ny); /* 0: out of memory */
void plots_tracer_clear(plots_tracer *tracer);

/* Is given each line of the level, from end to end; of a closed one the first point is also the last. */
typedef void plots_contour_visit(void *user, double level, const plots_contour_point *points, size_t count);

void plots_contours(plots_tracer *tracer, const plots_grid *grid, double level, plots_contour_visit *visit,
                    void *user);

#endif
