#include "help.h"

#include "args.h"
#include <base/error.h>
#include <base/text.h>
#include <string.h>

static const char intro[] =
    "fit DATA [options]              fit a net to DATA, a CSV or .npy file, or - for standard input\n"
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
    "    fit kinetics.csv --formula 'v = Vmax*S/(Km + S)'     to all rows; names that are no columns are "
    "parameters\n"
    "    fit peaks.csv --formula 'y = gauss + gauss + polynomial(1)' --sigma err     shapes start from the "
    "data\n"
    "    fit sets.csv --formula 'y = a*exp(-b*t)' --group run --shared b             one b, an a for each "
    "run\n";

static const char *const outro[] = {
    "The language of formulas: + - * / ^, < <= > >= == != && || !, c ? u : v; exp log (natural) log10 sqrt "
    "sin cos tan asin acos atan atan2 sinh cosh tanh abs erf erfc gamma lgamma min max j0 j1 y0 y1; pi and "
    "e. Names of columns are variables (odd ones in back-quotes), others are parameters. log(y) = ... fits "
    "the logarithm.",
    "Shapes over the first input, with parameters of their own (gauss_area, gauss_center, ...): gauss(area "
    "center sigma) lorentz(area center gamma) voigt(area center sigma gamma) pseudo_voigt(area center fwhm "
    "fraction) exponential(amplitude rate) power_law(amplitude exponent) logistic(height center rate) "
    "polynomial(n): c0 ... cn. They are written by their names alone, 'gauss + gauss + polynomial(1)'; two "
    "of a kind are gauss1_area ... and gauss2_area ...",
    "Files in the folder: model.json (the saved fit), report.json, history.csv (a row an epoch), "
    "predictions.csv, and the pictures comparison, error, state, residuals, regression, each with its "
    "gnuplot script and data. Of a formula: params.json, report.json, predictions.csv, bootstrap.csv, and "
    "the pictures fit, residuals, residuals-fitted, qq, correlation, profiles, comparison. Of several "
    "formulas the best one's are in the folder, those of the others in folders 1, 2, ... in it, by their "
    "place on the command line, and the net's in net.",
    ("Exit codes: 0 done, 1 internal error, 2 usage, 3 bad data, 4 no usable fit, 5 output cannot be "
     "written, 130 interrupted (the best net so far is written)."),
};

static marq_status put(marq_text *text, FILE *out, marq_error *error) {
    bool written =
        !text->failed && fwrite(text->data, 1, text->length, out) == text->length && fflush(out) == 0;
    marq_text_clear(text);
    return written ? MARQ_OK : marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written");
}

enum { HELP_WIDTH = 114, HELP_INDENT = 31 };

/* Adds words (ASCII) that begin at column indent, on as many lines as they need. */
static void add_wrapped(marq_text *text, int indent, const char *words) {
    const size_t room = HELP_WIDTH - (size_t)indent;
    while (strlen(words) > room) {
        size_t length = room;
        while (length > 0 && words[length] != ' ') length--;
        if (length == 0) break; /* one long word */
        marq_text_add(text, "%.*s\n%*s", (int)length, words, indent, "");
        words += length + 1;
    }
    marq_text_add(text, "%s\n", words);
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
        marq_text_add(&text, "  %-28s ", left);
        add_wrapped(&text, HELP_INDENT, o->help);
    }
    for (size_t i = 0; i < sizeof outro / sizeof *outro; i++) {
        marq_text_add(&text, "\n");
        add_wrapped(&text, 0, outro[i]);
    }
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
