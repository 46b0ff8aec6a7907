#include "nets/history.h"

#include <base/file.h>
#include <math.h>
#include <stdlib.h>

void fit_history_add(fit_history *h, const marq_epoch *epoch) {
    if (h->failed) return;
    if (h->count == h->capacity) {
        size_t capacity = h->capacity ? 2 * h->capacity : 256;
        marq_epoch *grown = realloc(h->epochs, capacity * sizeof *grown);
        if (!grown) {
            h->failed = true;
            return;
        }
        h->epochs = grown;
        h->capacity = capacity;
    }
    h->epochs[h->count++] = *epoch;
}

void fit_history_clear(fit_history *h) {
    free(h->epochs);
    *h = (fit_history){0};
}

/* An empty set has an empty cell. */
static void add_cell(marq_text *text, double value) {
    marq_text_add(text, ",");
    if (!isnan(value)) marq_text_add_number(text, value);
}

marq_status fit_history_write(const fit_history *h, const char *path, marq_error *error) {
    marq_text text = {0};
    marq_text_add(
        &text,
        "epoch,seconds,mse_train,mse_validation,mse_test,mu,gradient_norm,accepted,rejected,"
        "validation_failures,decay,effective_parameters,alpha,beta,loss_train,loss_validation,loss_test,"
        "accuracy_train,accuracy_validation,accuracy_test\n");
    for (size_t i = 0; i < h->count; i++) {
        const marq_epoch *e = &h->epochs[i];
        marq_text_add(&text, "%zu,%.6f", e->epoch, e->seconds);
        for (int s = 0; s < MARQ_SETS; s++) add_cell(&text, e->mse[s]);
        add_cell(&text, e->mu);
        add_cell(&text, e->gradient_norm);
        marq_text_add(&text, ",%zu,%zu,%zu", e->accepted, e->rejected, e->validation_failures);
        add_cell(&text, e->decay);
        add_cell(&text, e->effective);
        add_cell(&text, e->decay * e->beta);
        add_cell(&text, e->beta);
        for (int s = 0; s < MARQ_SETS; s++) add_cell(&text, e->loss[s]);
        for (int s = 0; s < MARQ_SETS; s++) add_cell(&text, e->accuracy[s]);
        marq_text_add(&text, "\n");
    }
    marq_status status = marq_file_write(path, &text, error);
    marq_text_clear(&text);
    return status;
}
