/* The fitted surface in the data file: as it was given, and as colours on the page. */
#include "surface.h"

#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_CELLS = 150 };

/* ---- The grid that is used: every k-th line of a very fine one, in pixels ---- */

static size_t grid_lines(size_t count) {
    size_t every = 1 + (count - 1) / MOST_CELLS;
    return (count - 2) / every + 2;
}

static size_t grid_line(size_t k, size_t count) {
    size_t every = 1 + (count - 1) / MOST_CELLS;
    return k * every < count - 1 ? k * every : count - 1;
}

static size_t write_grid(plots_sheet *sheet, const plots_surface *s, const surface_axes *a) {
    size_t nx = grid_lines(s->nx), ny = grid_lines(s->ny), finite = 0;
    plots_data_block(sheet, "fit");
    for (size_t j = 0; j < ny; j++) {
        size_t line = grid_line(j, s->ny);
        if (j > 0) marq_text_add(&sheet->data, "\n");
        for (size_t i = 0; i < nx; i++) {
            size_t column = grid_line(i, s->nx);
            double row[3] = {plots_axis_value(&a->x, s->x[column]), plots_axis_value(&a->y, s->y[line]),
                             s->z[line * s->nx + column]};
            plots_data_row(sheet, row, 3);
            finite += plots_plottable(row[2]);
        }
    }
    return finite;
}

typedef struct pixel_grid {
    double *x, *y, *z;
    plots_grid grid;
} pixel_grid;

static bool open_grid(pixel_grid *p, const plots_surface *s, const surface_labels *labels) {
    size_t nx = grid_lines(s->nx), ny = grid_lines(s->ny);
    p->x = marq_alloc_doubles(nx, 1);
    p->y = marq_alloc_doubles(ny, 1);
    p->z = marq_alloc_doubles(ny, nx);
    p->grid = (plots_grid){nx, ny, p->x, p->y, p->z};
    if (!p->x || !p->y || !p->z) return false;
    for (size_t i = 0; i < nx; i++)
        p->x[i] = labels->width * plots_axis_place(&labels->axes->x, s->x[grid_line(i, s->nx)]);
    for (size_t j = 0; j < ny; j++) {
        p->y[j] = labels->height * plots_axis_place(&labels->axes->y, s->y[grid_line(j, s->ny)]);
        for (size_t i = 0; i < nx; i++)
            p->z[j * nx + i] = s->z[grid_line(j, s->ny) * s->nx + grid_line(i, s->nx)];
    }
    return true;
}

static void close_grid(pixel_grid *p) {
    free(p->x);
    free(p->y);
    free(p->z);
}

/* ---- Colours ---- */

/* The cell that holds the place: its lower line in *cell, the share of the way to the upper one. */
static bool find_cell(const double *lines, size_t count, double place, size_t *cell, double *share) {
    while (*cell + 2 < count && lines[*cell + 1] <= place) ++*cell;
    *share = (place - lines[*cell]) / (lines[*cell + 1] - lines[*cell]);
    return *share >= -1e-9 && *share <= 1 + 1e-9;
}

static double bilinear(const plots_grid *g, size_t i, size_t j, double u, double v) {
    const double *low = g->z + j * g->nx + i, *high = low + g->nx;
    return (1 - v) * ((1 - u) * low[0] + u * low[1]) + v * ((1 - u) * high[0] + u * high[1]);
}

/* Six digits: colours need no more. */
static void write_map(plots_sheet *sheet, const plots_grid *g, const surface_labels *labels) {
    size_t i, j = 0;
    double u, v;
    plots_data_block(sheet, "map");
    for (size_t line = 0; line < SURFACE_PIXELS; line++) {
        bool inside = find_cell(g->y, g->ny, labels->height * ((double)line + 0.5) / SURFACE_PIXELS, &j, &v);
        i = 0;
        for (size_t k = 0; k < SURFACE_PIXELS; k++) {
            bool known =
                find_cell(g->x, g->nx, labels->width * ((double)k + 0.5) / SURFACE_PIXELS, &i, &u) && inside;
            double z = known ? bilinear(g, i, j, u, v) : (double)NAN;
            if (plots_plottable(z))
                marq_text_add(&sheet->data, k > 0 ? " %.6g" : "%.6g", z);
            else
                marq_text_add(&sheet->data, k > 0 ? " NaN" : "NaN");
        }
        marq_text_add(&sheet->data, "\n");
    }
}

size_t surface_write(plots_sheet *sheet, const plots_surface *surface, const surface_axes *axes,
                     surface_labels *labels) {
    pixel_grid pixels;
    labels->axes = axes;
    size_t finite = write_grid(sheet, surface, axes);
    if (finite == 0) return 0;
    if (open_grid(&pixels, surface, labels)) {
        write_map(sheet, &pixels.grid, labels);
        surface_write_contours(sheet, &pixels.grid, labels);
    } else {
        sheet->data.failed = 1;
    }
    close_grid(&pixels);
    return finite;
}
