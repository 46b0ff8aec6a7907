#include "count_progress.h"

#include "interrupt.h"
#include <base/clock.h>
#include <math.h>
#include <unistd.h>

static const double RENEWAL = 0.1; /* seconds */

fit_count_progress fit_count_begin(FILE *stream, bool quiet, const char *what) {
    double now = marq_clock_seconds();
    return (fit_count_progress){.stream = stream,
                                .what = what,
                                .live = !quiet && isatty(fileno(stream)) == 1,
                                .begin = now,
                                .next = now + RENEWAL};
}

int fit_count_show(void *user, size_t done, size_t total) {
    fit_count_progress *p = user;
    double now = marq_clock_seconds();
    if (p->live && now >= p->next) {
        double left = (now - p->begin) / (double)done * (double)(total - done);
        p->next = now + RENEWAL;
        p->open = true;
        /* Carriage return and "erase to the end of the line". */
        fprintf(p->stream, "\r%s %zu of %zu  about %.0f s left\033[K", p->what, done, total, ceil(left));
        fflush(p->stream);
    }
    return fit_interrupted();
}

void fit_count_end(fit_count_progress *p) {
    if (p->open) fprintf(p->stream, "\r\033[K");
    fflush(p->stream);
    p->open = false;
}
