/* Inside the comparison of two inputs: the fitted surface in the data file, and its contour lines' labels. */
#ifndef PLOTS_SURFACE_H
#define PLOTS_SURFACE_H

#include "contour.h"
#include "sheet.h"
#include <plots/training.h>

/* Points of the colour map in each direction. A picture in SVG or PDF holds it as one image, not as so many
 * objects. */
enum { SURFACE_PIXELS = 180 };

typedef struct surface_axes {
    plots_axis x, y, z;
} surface_axes;

typedef struct surface_label {
    plots_contour_point at; /* pixels from the panel's lower left corner */
    double length, angle;   /* pixels; degrees */
    double level;
} surface_label;

enum { SURFACE_MOST_LABELS = 40 };
typedef struct surface_labels {
    double width, height; /* of the panel in pixels */
    const surface_axes *axes;
    size_t count;
    surface_label label[SURFACE_MOST_LABELS];
} surface_labels;

/* Writes the blocks "fit" (the grid), "map" (the colours' values, evenly spaced on the page) and "contours",
 * and finds the labels. Gives the number of finite values. */
size_t surface_write(plots_sheet *sheet, const plots_surface *surface, const surface_axes *axes,
                     surface_labels *labels);

/* Contour lines at the tics of the colour bar and halfway between, each interrupted by its label where there
 * is room for one. grid: in pixels from the panel's corner. */
void surface_write_contours(plots_sheet *sheet, const plots_grid *grid, surface_labels *labels);

void surface_draw_labels(plots_sheet *sheet, const surface_labels *labels);
void surface_remove_labels(plots_sheet *sheet, const surface_labels *labels);

#endif
