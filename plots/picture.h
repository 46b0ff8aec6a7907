/* The finished picture: from gnuplot's temporary file to its own name. */
#ifndef PLOTS_PICTURE_H
#define PLOTS_PICTURE_H

#include <base/text.h>
#include <marq/status.h>

/* Says in a PNG that it has 300 dots an inch (chunk pHYs behind IHDR), unless it has such a chunk already.
 * Other bytes are left alone. */
void plots_picture_set_dpi(marq_text *picture);

/* Takes the picture from one file to the other, which appears complete or not at all; the first is removed
 * in any case. An empty picture is an error. */
marq_status plots_picture_finish(const char *temporary, const char *path, marq_error *error);

#endif
