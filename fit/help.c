#include "help.h"

#include "args.h"
#include <base/error.h>
#include <base/text.h>

static const char intro[] =
    "fit DATA [options]              fit a net to DATA, a CSV file, or - for standard input\n"
    "fit predict MODEL.json DATA     evaluate a saved fit: CSV on standard output, or to --out FILE\n"
    "fit show MODEL.json             a saved fit in words\n"
    "fit export MODEL.json --c       a saved fit as C source: on standard output, or to --out FILE\n"
    "fit selftest                    the solver's scorecard on NIST's nonlinear regression set\n"
    "\n"
    "    fit multimodal.csv --lm     fits y over x, writes net, report, tables and pictures to "
    "multimodal.fit/\n"
    "\n"
    "The last column of DATA is the output, all others are inputs. Rows are split at random into training "
    "(70 %),\n"
    "validation (15 %, they end the training) and test (15 %, they are never used but for the report).\n"
    "\n"
    "    fit kinetics.csv --formula 'v = Vmax*S/(Km + S)'         fits a formula to all rows: names that are "
    "no\n"
    "                                                             columns are parameters\n"
    "    fit peaks.csv --formula 'y = gauss + gauss + polynomial(1)' --sigma err     shapes start from the "
    "data\n"
    "    fit sets.csv --formula 'y = a*exp(-b*t)' --group run --shared b             one b, an a for each "
    "run\n";

static const char outro[] =
    "\n"
    "The language of formulas: + - * / ^, < <= > >= == != && || !, c ? u : v; exp log (natural) log10 sqrt "
    "sin "
    "cos tan\n"
    "asin acos atan atan2 sinh cosh tanh abs erf erfc gamma lgamma min max j0 j1 y0 y1; pi and e. Names of "
    "columns are\n"
    "variables (odd ones in back-quotes), others are parameters. log(y) = ... fits the logarithm. Shapes "
    "over "
    "the first\n"
    "input, with parameters of their own (gauss_area, gauss_center, ...): gauss(area center sigma) "
    "lorentz(area center gamma)\n"
    "voigt(area center sigma gamma) pseudo_voigt(area center fwhm fraction) exponential(amplitude rate)\n"
    "power_law(amplitude exponent) logistic(height center rate) polynomial(n): c0 ... cn. They are written "
    "by "
    "their names\n"
    "alone, 'gauss + gauss + polynomial(1)'; two of a kind are gauss1_area ... and gauss2_area ...\n"
    "\n"
    "Files in the folder: model.json (the saved fit), report.json, history.csv (a row an epoch), "
    "predictions.csv, "
    "and the\n"
    "pictures comparison, error, state, residuals, regression, each with its gnuplot script and data.\n"
    "Of a formula: params.json, report.json, predictions.csv, bootstrap.csv, and the pictures fit, "
    "residuals,\n"
    "residuals-fitted, qq, correlation, profiles, comparison. Of several formulas the best one's are in the "
    "folder, those\n"
    "of the others in folders 1, 2, ... in it, by their place on the command line, and the net's in net.\n"
    "Exit codes: 0 done, 1 internal error, 2 usage, 3 bad data, 4 no usable fit, 5 output cannot be "
    "written,\n"
    "130 interrupted (the best net so far is written).\n";

static marq_status put(marq_text *text, FILE *out, marq_error *error) {
    bool written =
        !text->failed && fwrite(text->data, 1, text->length, out) == text->length && fflush(out) == 0;
    marq_text_clear(text);
    return written ? MARQ_OK : marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written");
}

marq_status fit_help(FILE *out, marq_error *error) {
    marq_text text = {0};
    marq_text_add(&text, "%s", intro);
    for (const fit_option *o = fit_options; o->name || o->help; o++) {
        char left[64];
        if (!o->name) {
            marq_text_add(&text, "\n%s\n", o->help);
            continue;
        }
        marq_format(left, sizeof left, "%s %s", o->name, o->value ? o->value : "");
        marq_text_add(&text, "  %-28s %s\n", left, o->help);
    }
    marq_text_add(&text, "%s", outro);
    return put(&text, out, error);
}

marq_status fit_version(FILE *out, marq_error *error) {
    char blas[300];
    int one = marq_blas_describe(blas, sizeof blas);
    marq_text text = {0};
    marq_text_add(&text, "fit (marq) %s\nBLAS and LAPACK: %s\n", MARQ_VERSION, blas);
    if (!one) marq_text_add(&text, "warning: BLAS and LAPACK come from more than one library\n");
    return put(&text, out, error);
}
