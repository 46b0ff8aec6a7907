#include "nets/classes.h"

#include "json.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t likeliest(size_t classes, const double *p) {
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (p[k] > p[best]) best = k;
    return best;
}

static void add_class_names(const marq_net *net, const char *prefix, marq_text *text) {
    for (size_t k = 0; k < marq_net_classes(net); k++) {
        marq_text_add(text, ",");
        fit_add_cell(text, prefix, marq_net_class_name(net, k));
    }
}

static void add_class_numbers(size_t classes, const double *values, marq_text *text) {
    for (size_t k = 0; k < classes; k++) {
        marq_text_add(text, ",");
        marq_text_add_number(text, values[k]);
    }
}

static void add_head(const fit_data *data, const marq_net *net, const fit_predictions *p, marq_text *text) {
    for (size_t j = 0; j < data->inputs; j++) {
        if (j > 0) marq_text_add(text, ",");
        fit_add_cell(text, "", data->input_names[j]);
    }
    marq_text_add(text, data->Y ? ",measured,fitted" : ",fitted");
    add_class_names(net, "p_", text);
    if (p->with_set) marq_text_add(text, ",set");
    if (p->std_error) {
        add_class_names(net, "std_error_", text);
        add_class_names(net, "lower_", text);
        add_class_names(net, "upper_", text);
    }
    marq_text_add(text, "\n");
}

void fit_class_predictions(const fit_data *data, const marq_net *net, const fit_predictions *predictions,
                           marq_text *text) {
    static const char *const sets[] = {"train", "validation", "test"};
    size_t classes = marq_net_classes(net);
    add_head(data, net, predictions, text);
    for (size_t i = 0; i < data->rows; i++) {
        const double *p = predictions->fitted + i * classes;
        for (size_t j = 0; j < data->inputs; j++) {
            marq_text_add_number(text, data->X[i * data->inputs + j]);
            marq_text_add(text, ",");
        }
        if (data->Y && !isnan(data->Y[i]))
            fit_add_cell(text, "", marq_net_class_name(net, (size_t)data->Y[i]));
        if (data->Y) marq_text_add(text, ",");
        fit_add_cell(text, "", marq_net_class_name(net, likeliest(classes, p)));
        add_class_numbers(classes, p, text);
        if (predictions->with_set) marq_text_add(text, ",%s", sets[data->set[i]]);
        if (predictions->std_error) {
            add_class_numbers(classes, predictions->std_error + i * classes, text);
            add_class_numbers(classes, predictions->lower + i * classes, text);
            add_class_numbers(classes, predictions->upper + i * classes, text);
        }
        marq_text_add(text, "\n");
    }
}

/* P: the probabilities of count rows from the first on. */
static void count_rows(const fit_data *data, size_t first, size_t count, const double *P, size_t *counts) {
    size_t classes = data->classes;
    for (size_t i = first; i < first + count; i++, P += classes) {
        if (isnan(data->Y[i])) continue;
        size_t row = data->set[i] * classes + (size_t)data->Y[i];
        counts[row * classes + likeliest(classes, P)]++;
    }
}

size_t *fit_count_classes(const fit_data *data, const marq_net *net, const double *P, int threads) {
    enum { BLOCK = FIT_RELEASE_ROWS };
    size_t classes = data->classes, most = data->rows < BLOCK ? data->rows : BLOCK;
    size_t *counts = marq_alloc(MARQ_SETS * classes * classes, sizeof *counts);
    double *block = P ? NULL : marq_alloc_doubles(most, classes);
    bool complete = counts && (P || block);
    for (size_t first = 0; complete && first < data->rows; first += most) {
        size_t count = data->rows - first < most ? data->rows - first : most;
        const double *X = data->X + first * data->inputs;
        if (!P) complete = marq_net_predict(net, count, X, block, threads) == MARQ_OK;
        if (complete) count_rows(data, first, count, P ? P + first * classes : block, counts);
        fit_data_release(data);
    }
    free(block);
    if (complete) return counts;
    free(counts);
    return NULL;
}

size_t fit_judged_count(const size_t *confusion, size_t classes, bool tested, size_t of, size_t given) {
    size_t count = 0;
    for (size_t s = tested ? MARQ_TEST : 0; s < MARQ_SETS; s++)
        count += confusion[(s * classes + of) * classes + given];
    return count;
}

/* A dash where there is nothing to share. */
static void add_share(marq_text *text, int width, size_t right, size_t all) {
    if (all > 0)
        marq_text_add(text, "  %*.4f", width, (double)right / (double)all);
    else
        marq_text_add(text, "  %*s", width, "-");
}

static int longest_name(const marq_net *net) {
    enum { LEAST = 10, MOST = 40 };
    size_t longest = LEAST;
    for (size_t k = 0; k < marq_net_classes(net); k++) {
        size_t length = strlen(marq_net_class_name(net, k));
        if (length > longest) longest = length;
    }
    return longest < MOST ? (int)longest : MOST;
}

void fit_classes_text(const marq_net *net, const size_t *confusion, bool tested, marq_text *text) {
    enum { MOST = 20 };
    size_t classes = marq_net_classes(net);
    if (classes > MOST) {
        marq_text_add(text, "\nreport.json has the confusion matrix\n");
        return;
    }
    int width = longest_name(net);
    marq_text_add(text, "\n%-*s    rows       recall      precision\n", width,
                  tested ? "test rows" : "all rows");
    for (size_t k = 0; k < classes; k++) {
        size_t own = 0, given = 0, right = fit_judged_count(confusion, classes, tested, k, k);
        for (size_t g = 0; g < classes; g++) {
            own += fit_judged_count(confusion, classes, tested, k, g);
            given += fit_judged_count(confusion, classes, tested, g, k);
        }
        marq_text_add(text, "%-*s %7zu", width, marq_net_class_name(net, k), own);
        add_share(text, 11, right, own);
        add_share(text, 13, right, given);
        marq_text_add(text, "\n");
    }
}

json_t *fit_counts_json(size_t classes, const size_t *counts) {
    json_t *rows = json_array();
    for (size_t k = 0; k < classes; k++) {
        json_t *row = json_array();
        for (size_t g = 0; g < classes; g++)
            json_array_append_new(row, fit_json_size(counts[k * classes + g]));
        json_array_append_new(rows, row);
    }
    return rows;
}

json_t *fit_classes_json(const marq_net *net) {
    json_t *array = json_array();
    for (size_t k = 0; k < marq_net_classes(net); k++)
        json_array_append_new(array, json_string(marq_net_class_name(net, k)));
    return array;
}
