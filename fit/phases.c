#include "phases.h"

#include "folder.h"
#include <base/error.h>
#include <stdlib.h>

enum { EVENTS = 200000 }; /* a lane: a speedscope file of some MB */

marq_profile *fit_profile_create(int threads) {
    return marq_profile_create((size_t)threads, EVENTS);
}

typedef marq_status (*writer)(const marq_profile *profile, const char *path, marq_error *error);

static marq_status write_file(const marq_profile *profile, const char *folder, const char *name, writer write,
                              marq_error *error) {
    char *path = fit_path_in(folder, name);
    if (!path) return marq_fail_memory(error, "a file's name");
    marq_status status = write(profile, path, error);
    free(path);
    return status;
}

marq_status fit_profile_write(const marq_profile *profile, const char *folder, marq_error *error) {
    marq_status status =
        write_file(profile, folder, "profile.speedscope.json", marq_profile_write_speedscope, error);
    return status == MARQ_OK ? write_file(profile, folder, "profile.folded", marq_profile_write_folded, error)
                             : status;
}

void fit_phases_text(const marq_profile *profile, marq_text *text) {
    marq_phase phases[64];
    size_t count = marq_profile_phases(profile, phases, 64);
    if (count > 64) count = 64;
    marq_text_add(text, "phase           calls     total ms      self ms      mean ms      last ms\n");
    for (size_t i = 0; i < count; i++) {
        const marq_phase *p = &phases[i];
        marq_text_add(text, "%-12s %8llu %12.3f %12.3f %12.4f %12.4f\n", p->name,
                      (unsigned long long)p->count, 1e-6 * (double)p->total_ns, 1e-6 * (double)p->self_ns,
                      1e-6 * (double)p->total_ns / (double)p->count, 1e-6 * (double)p->last_ns);
    }
}
