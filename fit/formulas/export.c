/* A saved formula as C source: the right side as a function of columns and parameters, the fitted parameters,
 * and one function for users, on the data's scale. */
#include "formulas/saved_formula.h"

#include <base/error.h>
#include <stdlib.h>
#include <string.h>

static void add_parameters(const formula_saved *s, marq_text *text) {
    marq_text_add(text, "\nstatic const double parameters[][%zu] = {\n", s->parameters);
    for (size_t g = 0; g < s->groups; g++) {
        marq_text_add(text, "    {");
        for (size_t j = 0; j < s->parameters; j++) {
            marq_text_add(text, j ? ", " : "");
            marq_text_add_number(text, s->theta[g * s->parameters + j]);
        }
        marq_text_add(text, "},\n");
    }
    marq_text_add(text, "};\n\n");
}

/* In a comment: without what could end it. */
static void add_word(marq_text *text, const char *word) {
    for (; *word; word++)
        if (*word != '*' && *word != '/' && (unsigned char)*word >= ' ') marq_text_add(text, "%c", *word);
}

/* What the file is, and what it is linked with. */
static void add_comment(const formula_saved *s, const char *right, marq_text *text) {
    marq_text_add(text, "/* A formula that marq fitted: ");
    add_word(text, s->names[marq_formula_response(s->formula)]);
    marq_text_add(text, s->group_column ? " = model(x, group), x: " : " = model(x), x: ");
    for (size_t k = 0; k < marq_formula_column_count(s->formula); k++) {
        if (k) marq_text_add(text, ", ");
        add_word(text, s->names[marq_formula_column(s->formula, k)]);
    }
    marq_text_add(
        text,
        strstr(right, "#include <cerf.h>")
            ? ".\n * Voigt's profile comes from libcerf (Debian: libcerf-dev): link with -lcerf -lm. */\n"
            : ". Link with -lm. */\n");
}

static void add_function(const formula_saved *s, const char *back, marq_text *text) {
    const char *arguments = s->group_column ? "const double *x, int group" : "const double *x";
    if (s->group_column) {
        marq_text_add(text, "/* group:");
        for (size_t g = 0; g < s->groups; g++) {
            marq_text_add(text, g ? ", %zu " : " %zu ", g);
            add_word(text, formula_saved_group(s, g));
        }
        marq_text_add(text, " */\n");
    }
    marq_text_add(text, "double model(%s);\n\ndouble model(%s) {\n    return ", arguments, arguments);
    const char *group = s->group_column ? "group" : "0";
    marq_text_add(text,
                  back ? "model_response(model_right(x, parameters[%s]));\n}\n"
                       : "model_right(x, parameters[%s]);\n}\n",
                  group);
}

/* Declared static, the functions that follow stay in their file. */
static void add_source(const formula_saved *s, const char *right, const char *back, marq_text *text) {
    add_comment(s, right, text);
    marq_text_add(text, "static double model_right(const double *x, const double *p);\n");
    if (back) marq_text_add(text, "static double model_response(double left);\n");
    marq_text_add(text, "\n%s", right);
    if (back) marq_text_add(text, "\n%s", back);
    add_parameters(s, text);
    add_function(s, back, text);
}

static marq_status make_source(const formula_saved *s, marq_text *text, marq_error *error) {
    int is_transformed = marq_formula_is_transformed(s->formula);
    char *right = marq_formula_c_source(s->formula, "model_right");
    char *back = is_transformed ? marq_formula_response_c_source(s->formula, "model_response") : NULL;
    marq_status status = right ? MARQ_OK : marq_fail_memory(error, "the source");
    if (right && is_transformed && !back)
        status = marq_fail(error, MARQ_ERROR_ARGUMENT,
                           "%s has other columns than the response: it cannot be written as C of the inputs",
                           marq_formula_left_text(s->formula));
    if (right && status == MARQ_OK) add_source(s, right, back, text);
    free(right);
    free(back);
    return status;
}

marq_status fit_export_formula(const char *path, json_t *root, marq_text *text, marq_error *error) {
    formula_saved s;
    marq_status status = formula_saved_read(root, path, &s, error);
    if (status == MARQ_OK) status = make_source(&s, text, error);
    formula_saved_clear(&s);
    return status;
}
