/* Contour lines of the fitted surface and their labels. A label stands in its line, along it, where the line
 * is straightest; it keeps away from the panel's ends and from other labels. */
#include "surface.h"
#include "words.h"

#include <math.h>

enum { LABEL_CHARACTER = 16, AROUND_LABEL = 14, FROM_END = 10, FROM_SIDE = 22, APART = 130 };
static const double STRAIGHT = 0.96; /* chord over arc of a line that can carry a label */

typedef plots_contour_point point;

typedef struct drawing {
    plots_sheet *sheet;
    surface_labels *labels;
    bool any; /* the block has begun */
} drawing;

/* ---- Places on a line ---- */

static double distance(point a, point b) {
    return hypot(b.x - a.x, b.y - a.y);
}

static double length_of(const point *points, size_t count) {
    double length = 0;
    for (size_t i = 1; i < count; i++) length += distance(points[i - 1], points[i]);
    return length;
}

/* The point at that length of the line. */
static point point_at(const point *points, size_t count, double place) {
    for (size_t i = 1; i < count; i++) {
        double step = distance(points[i - 1], points[i]);
        if (place <= step && step > 0) {
            double t = place / step;
            return (point){points[i - 1].x + t * (points[i].x - points[i - 1].x),
                           points[i - 1].y + t * (points[i].y - points[i - 1].y)};
        }
        place -= step;
    }
    return points[count - 1];
}

/* ---- Labels ---- */

static void label_text(char out[PLOTS_NUMBER_SIZE], const surface_labels *labels, double level) {
    const plots_axis *z = &labels->axes->z;
    double shown = level / pow(10, z->exponent) + 0.0;
    bool half = fabs(level / z->step - floor(level / z->step + 0.5)) > 0.25;
    int decimals = z->decimals + (half && fmod(z->step / pow(10, floor(log10(z->step) + 1e-9)), 2) > 0.5);
    marq_format(out, PLOTS_NUMBER_SIZE, "%s%.*f", shown < 0 ? "−" : "", decimals, fabs(shown));
}

static bool has_room(const surface_labels *labels, point at, double length, double angle) {
    double across = FROM_SIDE + 0.5 * length * fabs(cos(angle)),
           up = FROM_SIDE + 0.5 * length * fabs(sin(angle));
    if (at.x < across || at.x > labels->width - across || at.y < up || at.y > labels->height - up)
        return false;
    for (size_t k = 0; k < labels->count; k++)
        if (distance(at, labels->label[k].at) < APART) return false;
    return labels->count < SURFACE_MOST_LABELS;
}

/* Looks for the best place along the line; gives the label's place on it, or a negative number. */
static double place_label(const surface_labels *labels, const point *points, size_t count,
                          surface_label *label) {
    double whole = length_of(points, count), half = label->length / 2, best = STRAIGHT, found = -1;
    point middle = {labels->width / 2, labels->height / 2};
    for (double s = half + FROM_END; s < whole - half - FROM_END; s += 6) {
        point a = point_at(points, count, s - half), b = point_at(points, count, s + half);
        point at = {(a.x + b.x) / 2, (a.y + b.y) / 2};
        double angle = atan2(b.y - a.y, b.x - a.x), straight = distance(a, b) / label->length;
        double score = straight - 0.03 * distance(at, middle) / labels->width;
        if (straight < STRAIGHT || score <= best - 0.03 || !has_room(labels, at, label->length, angle))
            continue;
        best = score + 0.03;
        found = s;
        label->at = at;
        label->angle = angle * 57.29577951308232;
    }
    if (label->angle > 90) label->angle -= 180;
    if (label->angle <= -90) label->angle += 180;
    return found;
}

/* ---- Lines ---- */

/* White on the dark half of the palette, black on the light one. */
static double colour_on(const surface_labels *labels, double level) {
    return plots_axis_place(&labels->axes->z, level) < 0.55 ? 0xFFFFFF : 0;
}

static void write_point(drawing *d, point p, double level) {
    const surface_labels *l = d->labels;
    double row[4] = {plots_axis_at(&l->axes->x, p.x / l->width), plots_axis_at(&l->axes->y, p.y / l->height),
                     colour_on(l, level), level};
    plots_data_row(d->sheet, row, 4);
}

static void begin_line(drawing *d) {
    if (d->any)
        marq_text_add(&d->sheet->data, "\n");
    else
        plots_data_block(d->sheet, "contours");
    d->any = true;
}

/* The points from one place of the line to another. */
static void write_part(drawing *d, const point *points, size_t count, double from, double to, double level) {
    double s = 0;
    begin_line(d);
    write_point(d, point_at(points, count, from), level);
    for (size_t i = 1; i < count; i++) {
        s += distance(points[i - 1], points[i]);
        if (s > from && s < to) write_point(d, points[i], level);
    }
    write_point(d, point_at(points, count, to), level);
}

static void draw_line(void *user, double level, const point *points, size_t count) {
    drawing *d = user;
    char text[PLOTS_NUMBER_SIZE];
    double whole = length_of(points, count);
    if (whole < 1) return;
    label_text(text, d->labels, level);
    surface_label label = {
        .level = level, .length = AROUND_LABEL + plots_text_width(text, PLOTS_NUMBER_SIZE) * EM_WIDTH * 0.75};
    double place = place_label(d->labels, points, count, &label);
    if (place < 0) {
        write_part(d, points, count, 0, whole, level);
        return;
    }
    d->labels->label[d->labels->count++] = label;
    write_part(d, points, count, 0, place - label.length / 2, level);
    write_part(d, points, count, place + label.length / 2, whole, level);
}

/* Lines at tics first: they have the first choice of places for their labels. */
void surface_write_contours(plots_sheet *sheet, const plots_grid *grid, surface_labels *labels) {
    const plots_axis *z = &labels->axes->z;
    drawing d = {.sheet = sheet, .labels = labels};
    plots_tracer tracer = {0};
    if (plots_tracer_open(&tracer, grid->nx, grid->ny)) {
        for (int half = 0; half < 2; half++)
            for (double k = ceil(z->low / z->step) - 0.5 * half; k * z->step <= z->high; k++)
                if (k * z->step > z->low) plots_contours(&tracer, grid, k * z->step, draw_line, &d);
    } else {
        sheet->data.failed = 1;
    }
    plots_tracer_clear(&tracer);
}

/* ---- Script ---- */

enum { FIRST_LABEL = 100 };

void surface_draw_labels(plots_sheet *sheet, const surface_labels *labels) {
    char text[PLOTS_NUMBER_SIZE];
    for (size_t k = 0; k < labels->count; k++) {
        const surface_label *label = &labels->label[k];
        label_text(text, labels, label->level);
        marq_text_add(
            &sheet->script,
            "set label %zu '{/*0.75 %s}' at graph %.4f, graph %.4f center rotate by %.0f front tc rgb '%s'\n",
            FIRST_LABEL + k, text, label->at.x / labels->width, label->at.y / labels->height, label->angle,
            colour_on(labels, label->level) > 0 ? "#FFFFFF" : "#000000");
    }
}

void surface_remove_labels(plots_sheet *sheet, const surface_labels *labels) {
    for (size_t k = 0; k < labels->count; k++)
        marq_text_add(&sheet->script, "unset label %zu\n", FIRST_LABEL + k);
}
