/* The plots of a run, and the names of their files. */
#ifndef PLOTS_LIST_H
#define PLOTS_LIST_H

#include <plots/plots.h>
#include <stdbool.h>

/* "png", "svg", "pdf". */
const char *plots_format_ending(plots_format format);

/* A name that is safe as part of a file name and in a script: ASCII letters, digits, - _ . and no dot or
 * hyphen in front. */
bool plots_name_is_plain(const char *name);

/* Adds a plot; one that is there already stays once. */
marq_status plots_list_add(plots_list *list, const char *name, marq_error *error);

#endif
