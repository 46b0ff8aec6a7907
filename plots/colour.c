#include "colour.h"

enum { BAR_WIDTH = 40 };

/* viridis by Smith and van der Walt */
const char plots_palette_even[] =
    "set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', \\\n"
    "                     5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725')\n";

const char plots_palette_signed[] = "set palette defined (-1 '#0072B2', 0 '#FFFFFF', 1 '#D55E00')\n";

const char plots_palette_from_zero[] = "set palette defined (0 '#FFFFFF', 1 '#0072B2')\n";

void plots_colour_bar(plots_sheet *sheet, const plots_axis *axis, double left, double bottom, double top) {
    marq_text *script = &sheet->script;
    plots_axis_add(script, "cb", axis);
    marq_text_add(script, "set cblabel offset %s,0\n", axis->tics ? "1.5" : "1"); /* listed: not measured */
    marq_text_add(script,
                  "set colorbox user origin screen %.4f, screen %.4f size screen %.4f, screen %.4f border\n",
                  left / PAGE_WIDTH, bottom / PAGE_HEIGHT, (double)BAR_WIDTH / PAGE_WIDTH,
                  (top - bottom) / PAGE_HEIGHT);
}

double plots_colour_bar_width(const plots_axis *axis) {
    return BAR_WIDTH + 30 + LINE_HEIGHT + (double)(axis->width + 5) * CHARACTER_WIDTH;
}
