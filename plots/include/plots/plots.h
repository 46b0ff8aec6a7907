/* plots: arrays in; a gnuplot script, its data file and a picture out.
 *
 * Each plot NAME writes into style->folder: NAME.dat (data that we wrote), NAME.gp (the script, which a user
 * can change and run again with `gnuplot NAME.gp` in that folder) and, by gnuplot, NAME.png|svg|pdf. The
 * data and the script are written by plots_…(); plots_render() runs gnuplot on all scripts of a list at once.
 * NAME is of ASCII letters, digits, - _ . and starts with a letter or digit. Knows neither nets nor the
 * solver. No function prints. Arrays are borrowed for the call only.
 *
 * Values that are not finite, or not positive on a log axis, are left out; a log axis without any positive
 * value becomes a linear one. Of many rows every k-th of each set is drawn as a point, about 20 000 in all
 * (5 000 in SVG and PDF), and the picture says so; histograms and R² use all rows. Pictures are 6 × 4 inch, a
 * PNG 1800 × 1200 pixels.
 */
#ifndef PLOTS_PLOTS_H
#define PLOTS_PLOTS_H

#include <plots/inference.h>
#include <plots/study.h>
#include <plots/style.h>
#include <plots/training.h>

#endif
