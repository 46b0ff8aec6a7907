#include "key.h"

#include "words.h"
#include <math.h>

enum { MOST_ROWS = 4, SAMPLE = 64, BEHIND_SAMPLE = 16, BETWEEN = 56, FIRST = 20 };

plots_key_entry *plots_key_add(plots_key *key, const char *user, const char *ours) {
    if (key->count < PLOTS_KEY_ENTRIES) key->count++;
    plots_key_entry *entry = &key->entries[key->count - 1];
    bool named = user && *user;
    *entry = (plots_key_entry){.user = named ? user : NULL};
    if (!named) marq_format(entry->text, sizeof entry->text, "%s", ours ? ours : "(no name)");
    return entry;
}

void plots_key_add_points(plots_key *key, const char *ours, size_t line_style) {
    plots_key_entry *entry = plots_key_add(key, NULL, ours);
    marq_format(entry->point, sizeof entry->point, "ls %zu ps 0.7", line_style);
}

void plots_key_add_line(plots_key *key, const char *ours, size_t line_style) {
    plots_key_entry *entry = plots_key_add(key, NULL, ours);
    marq_format(entry->line, sizeof entry->line, "ls %zu", line_style);
}

/* ---- Layout ---- */

typedef struct layout {
    size_t columns, rows, characters; /* of the names */
    double column;                    /* width; 0: entries follow each other in one row */
    double sample;                    /* width of all samples in columns */
    double total;                     /* width of the whole */
} layout;

static const char *text_of(const plots_key_entry *entry) {
    return entry->user ? entry->user : entry->text;
}

static double sample_width(const plots_key_entry *entry) {
    return *entry->line || *entry->area ? SAMPLE : *entry->point ? SAMPLE / 2 : 0;
}

static double text_width(const layout *l, const plots_key_entry *entry) {
    return BEHIND_SAMPLE + plots_text_width(text_of(entry), l->characters) * EM_WIDTH;
}

static void lay_columns(layout *l, const plots_key *key, double room) {
    double longest = 0;
    l->sample = 0;
    for (size_t i = 0; i < key->count; i++) {
        longest = fmax(longest, text_width(l, &key->entries[i]));
        l->sample = fmax(l->sample, sample_width(&key->entries[i]));
    }
    l->column = l->sample + longest + BETWEEN;
    double most = fmax(1, floor((room + BETWEEN) / l->column));
    l->rows = (size_t)ceil((double)key->count / most);
    l->columns = (key->count + l->rows - 1) / l->rows;
    l->total = l->column * (double)l->columns - BETWEEN;
}

/* In one row if they fit; else in columns, with names cut until there are few rows. */
static layout find_layout(const plots_key *key) {
    static const size_t cuts[] = {36, 30, 21};
    layout l = {.columns = key->count, .rows = 1, .characters = cuts[0]};
    double room = PAGE_WIDTH - 60;
    for (size_t i = 0; i < key->count; i++)
        l.total += sample_width(&key->entries[i]) + text_width(&l, &key->entries[i]) + (i > 0 ? BETWEEN : 0);
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts && (l.total > room || l.rows > MOST_ROWS); c++) {
        l.characters = cuts[c];
        lay_columns(&l, key, room);
    }
    return l;
}

/* ---- Script ---- */

static void draw_sample(plots_sheet *sheet, const plots_key_entry *entry, size_t number, double x, double y,
                        double width) {
    marq_text *script = &sheet->script;
    double left = x / PAGE_WIDTH, right = (x + width) / PAGE_WIDTH, height = y / PAGE_HEIGHT;
    if (*entry->area)
        marq_text_add(
            script, "set object %zu rectangle from screen %.4f, screen %.4f to screen %.4f, screen %.4f %s\n",
            number, left, height - 0.012, right, height + 0.012, entry->area);
    if (*entry->line)
        marq_text_add(script,
                      "set arrow %zu from screen %.4f, screen %.4f to screen %.4f, screen %.4f nohead %s\n",
                      number, left, height, right, height, entry->line);
    if (*entry->point)
        marq_text_add(script, "set label %zu '' at screen %.4f, screen %.4f point %s\n",
                      number + PLOTS_KEY_ENTRIES, (left + right) / 2, height, entry->point);
}

static void draw_text(plots_sheet *sheet, const plots_key_entry *entry, size_t number, double x, double y,
                      size_t characters) {
    marq_text_add(&sheet->script, "set label %zu ", number);
    plots_quote(&sheet->script, text_of(entry), characters);
    marq_text_add(&sheet->script, " at screen %.4f, screen %.4f left noenhanced\n", x / PAGE_WIDTH,
                  y / PAGE_HEIGHT);
}

/* In columns one column after the other, each from above. */
size_t plots_key_draw(plots_sheet *sheet, const plots_key *key, double top) {
    layout l = find_layout(key);
    double x = (PAGE_WIDTH - l.total) / 2, y = top;
    marq_text_add(&sheet->script, "\n# the key\nunset key\n");
    for (size_t i = 0; i < key->count; i++) {
        const plots_key_entry *entry = &key->entries[i];
        double sample = l.column > 0 ? l.sample : sample_width(entry);
        draw_sample(sheet, entry, FIRST + i, x, y, sample);
        draw_text(sheet, entry, FIRST + i, x + sample + BEHIND_SAMPLE, y, l.characters);
        bool next = (i + 1) % l.rows == 0;
        if (next) x += l.column > 0 ? l.column : sample + text_width(&l, entry) + BETWEEN;
        y = next ? top : y - LINE_HEIGHT;
    }
    marq_text_add(&sheet->script, "\n");
    return l.rows;
}
