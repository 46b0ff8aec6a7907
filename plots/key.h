/* The key above the panels. gnuplot's own has columns of one width, which it guesses; this one knows how many
 * rows it has before the panels are placed, and lays short entries in a row and many in columns. */
#ifndef PLOTS_KEY_H
#define PLOTS_KEY_H

#include "sheet.h"

enum { PLOTS_KEY_ENTRIES = 28, PLOTS_KEY_NAME = 48, PLOTS_KEY_STYLE = 80 };

/* Each style in gnuplot's words, empty: the sample has no such part. */
typedef struct plots_key_entry {
    const char *user;          /* the text, a user's; NULL: ours */
    char text[PLOTS_KEY_NAME]; /* ours */
    char line[PLOTS_KEY_STYLE], point[PLOTS_KEY_STYLE], area[PLOTS_KEY_STYLE];
} plots_key_entry;

typedef struct plots_key {
    size_t count;
    plots_key_entry entries[PLOTS_KEY_ENTRIES];
} plots_key;

/* Adds an entry with the user's text, or with ours if that is NULL or empty. Never NULL: what is too much
 * replaces the last one. */
plots_key_entry *plots_key_add(plots_key *key, const char *user, const char *ours);

/* The same with a style of the sheet: of points, of a line, or of a line with points. */
void plots_key_add_points(plots_key *key, const char *ours, size_t line_style);
void plots_key_add_line(plots_key *key, const char *ours, size_t line_style);

/* Used by plots_head: writes the key, centred, its first row at top (pixels from below). Gives its number of
 * rows. */
size_t plots_key_draw(plots_sheet *sheet, const plots_key *key, double top);

/* What stands above the panels: title and note, the key, and below it, if
 * label is set, room for one label on the panel's frame. Gives the top of the panels in pixels. */
double plots_head(plots_sheet *sheet, const char *note, const plots_key *key, bool label);

#endif
