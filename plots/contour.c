/* Marching squares: the line of a level crosses the edges of the grid where one end is below it and the other
 * is not, at the place that linear interpolation gives. A cell has no, two or four such edges; two are
 * joined, four (a saddle) in pairs, by the mean of the corners. Each edge then has at most two links, one in
 * each of its cells, and lines are chains of edges: first those with ends, then the closed ones.
 *
 * Edge j·nx + i goes from point (i, j) to the right, edge nx·ny + j·nx + i upwards. */
#include "contour.h"

#include <base/memory.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static const size_t NONE = SIZE_MAX;

int plots_tracer_open(plots_tracer *tracer, size_t nx, size_t ny) {
    tracer->links = marq_alloc(2 * nx * ny, sizeof *tracer->links);
    tracer->points = marq_alloc(2 * nx * ny + 1, sizeof *tracer->points);
    return tracer->links && tracer->points;
}

void plots_tracer_clear(plots_tracer *tracer) {
    free(tracer->links);
    free(tracer->points);
    *tracer = (plots_tracer){0};
}

/* ---- Links ---- */

static void link_edges(plots_tracer *tracer, size_t a, size_t b) {
    tracer->links[a][tracer->links[a][0] != NONE] = b;
    tracer->links[b][tracer->links[b][0] != NONE] = a;
}

static void link_cell(plots_tracer *tracer, const plots_grid *grid, double level, size_t i, size_t j) {
    size_t nx = grid->nx, across = nx * grid->ny, a = j * nx + i;
    /* Corners and edges against the clock, from the lower left corner and the lower edge. */
    const double corner[4] = {grid->z[a], grid->z[a + 1], grid->z[a + nx + 1], grid->z[a + nx]};
    const size_t edge[4] = {a, across + a + 1, a + nx, across + a};
    size_t crossed[4], count = 0;
    double mean = 0;
    for (size_t k = 0; k < 4; k++) {
        if (!isfinite(corner[k])) return;
        mean += corner[k] / 4;
        if ((corner[k] >= level) != (corner[(k + 1) % 4] >= level)) crossed[count++] = edge[k];
    }
    if (count == 2) link_edges(tracer, crossed[0], crossed[1]);
    if (count < 4) return;
    bool joined = (mean >= level) == (corner[0] >= level); /* the first corner and the one opposite */
    link_edges(tracer, edge[0], edge[joined ? 1 : 3]);
    link_edges(tracer, edge[2], edge[joined ? 3 : 1]);
}

/* ---- Lines ---- */

static plots_contour_point crossing(const plots_grid *grid, double level, size_t edge) {
    size_t across = grid->nx * grid->ny, a = edge % across, b = a + (edge < across ? 1 : grid->nx);
    double t = (level - grid->z[a]) / (grid->z[b] - grid->z[a]);
    double xa = grid->x[a % grid->nx], ya = grid->y[a / grid->nx];
    double xb = grid->x[b % grid->nx], yb = grid->y[b / grid->nx];
    return (plots_contour_point){xa + t * (xb - xa), ya + t * (yb - ya)};
}

/* Takes the chain that starts at this edge out of the links. */
static size_t follow(plots_tracer *tracer, const plots_grid *grid, double level, size_t edge) {
    size_t count = 0;
    while (edge != NONE) {
        tracer->points[count++] = crossing(grid, level, edge);
        size_t *link = tracer->links[edge], next = link[0] != NONE ? link[0] : link[1];
        link[0] = link[1] = NONE;
        if (next != NONE) tracer->links[next][tracer->links[next][1] == edge] = NONE;
        edge = next;
    }
    return count;
}

void plots_contours(plots_tracer *tracer, const plots_grid *grid, double level, plots_contour_visit *visit,
                    void *user) {
    size_t edges = 2 * grid->nx * grid->ny;
    for (size_t e = 0; e < edges; e++) tracer->links[e][0] = tracer->links[e][1] = NONE;
    for (size_t j = 0; j + 1 < grid->ny; j++)
        for (size_t i = 0; i + 1 < grid->nx; i++) link_cell(tracer, grid, level, i, j);
    for (int closed = 0; closed < 2; closed++)
        for (size_t e = 0; e < edges; e++) {
            bool first = tracer->links[e][0] != NONE, second = tracer->links[e][1] != NONE;
            if (closed ? !first && !second : first == second) continue;
            visit(user, level, tracer->points, follow(tracer, grid, level, e));
        }
}
