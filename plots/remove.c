/* Pictures of an earlier run: found by name, removed. */
#include "list.h"

#include <base/text.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const known[] = {"comparison", "error", "state",       "residuals", "regression",
                                    "fit",        "qq",    "correlation", "profiles",  "confusion"};

/* The length of a picture's name without its ending; 0: no picture. */
static size_t stem_length(const char *file) {
    const char *dot = strrchr(file, '.');
    if (!dot) return 0;
    for (int format = PLOTS_PNG; format <= PLOTS_PDF; format++)
        if (strcmp(dot + 1, plots_format_ending((plots_format)format)) == 0) return (size_t)(dot - file);
    return 0;
}

/* A known plot name by itself is ours. With a suffix it might be a copy that the user keeps
 * ("comparison-old.png"): it is ours if its script lies beside it. */
static bool is_ours(int folder, const char *file) {
    size_t stem = stem_length(file);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i]);
        if (stem < length || strncmp(file, known[i], length) != 0) continue;
        if (stem == length) return true;
        char script[256];
        int needed = marq_format(script, sizeof script, "%.*s.gp", (int)stem, file);
        return file[length] == '-' && needed < (int)sizeof script && faccessat(folder, script, F_OK, 0) == 0;
    }
    return false;
}

void plots_remove_old(const char *folder) {
    DIR *directory = opendir(folder);
    if (!directory) return;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        if (is_ours(dirfd(directory), entry->d_name)) unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
}
