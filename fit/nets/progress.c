#include "nets/progress.h"

#include <base/clock.h>
#include <base/text.h>
#include <math.h>
#include <unistd.h>

static const double RENEWAL = 0.1; /* seconds between renewals of the live line */

fit_progress fit_progress_begin(FILE *stream, bool verbose, bool quiet, const marq_train_options *options) {
    bool terminal = isatty(fileno(stream)) == 1;
    return (fit_progress){
        .stream = stream,
        .verbose = verbose && !quiet,
        .live = terminal && !verbose && !quiet,
        .max_epochs = options->max_epochs,
        .max_seconds = options->max_seconds,
    };
}

/* At most this many seconds are left: the limits are the only certain end. */
static double seconds_left(const fit_progress *p, const marq_epoch *e) {
    double left = e->seconds / (double)e->epoch * (double)(p->max_epochs - e->epoch);
    return p->max_seconds > 0 ? fmin(left, fmax(p->max_seconds - e->seconds, 0)) : left;
}

static void describe(const marq_epoch *e, char *out, size_t size) {
    int length = marq_format(out, size, "epoch %zu  error %.3e", e->epoch, e->loss[MARQ_TRAIN]);
    if (!isnan(e->loss[MARQ_VALIDATION]))
        length +=
            marq_format(out + length, size - (size_t)length, "  validation %.3e", e->loss[MARQ_VALIDATION]);
    if (!isnan(e->mu)) length += marq_format(out + length, size - (size_t)length, "  mu %.1e", e->mu);
    length += marq_format(out + length, size - (size_t)length, "  gradient %.1e", e->gradient_norm);
    if (!isnan(e->effective))
        marq_format(out + length, size - (size_t)length, "  alpha %.1e  beta %.1e  gamma %.4g",
                    e->decay * e->beta, e->beta, e->effective);
}

void fit_progress_show(fit_progress *p, const marq_epoch *epoch) {
    if (!p->verbose && !p->live) return;
    char line[200];
    describe(epoch, line, sizeof line);
    if (p->verbose) {
        fprintf(p->stream, "%s\n", line);
        return;
    }
    double now = marq_clock_seconds();
    if (now < p->next) return;
    p->next = now + RENEWAL;
    p->open = true;
    /* Carriage return and "erase to the end of the line". */
    fprintf(p->stream, "\r%s  at most %.0f s left\033[K", line, ceil(seconds_left(p, epoch)));
    fflush(p->stream);
}

void fit_progress_end(fit_progress *p) {
    if (p->open) fprintf(p->stream, "\r\033[K");
    fflush(p->stream);
    p->open = false;
}
