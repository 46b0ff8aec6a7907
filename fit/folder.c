/* The folder that a fit writes into. */
#include "folder.h"

#include <base/error.h>
#include <base/memory.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The data's name without folder and ending, + ".fit". */
static char *default_folder(const char *data) {
    if (strcmp(data, "-") == 0) return marq_copy_text("stdin.fit");
    const char *slash = strrchr(data, '/'), *name = slash ? slash + 1 : data, *dot = strrchr(name, '.');
    size_t length = dot && dot != name ? (size_t)(dot - name) : strlen(name), size = length + sizeof ".fit";
    char *folder = malloc(size);
    if (folder) marq_format(folder, size, "%.*s.fit", (int)length, name);
    return folder;
}

marq_status fit_make_folder(const fit_arguments *arguments, char **made, marq_error *error) {
    const char *given = arguments->out;
    char *folder = *made = given ? marq_copy_text(given) : default_folder(arguments->data);
    if (!folder) return marq_fail_memory(error, "a folder's name");
    struct stat info;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return marq_fail(error, MARQ_ERROR_WRITE,
                         "%s: cannot make this folder: %s (choose another with --out)", folder,
                         strerror(errno));
    if (stat(folder, &info) != 0 || !S_ISDIR(info.st_mode))
        return marq_fail(error, MARQ_ERROR_WRITE, "%s is not a folder: choose another with --out", folder);
    if (access(folder, W_OK | X_OK) != 0) /* now rather than after the training */
        return marq_fail(error, MARQ_ERROR_WRITE,
                         "%s: cannot write into this folder: %s (choose another with --out)", folder,
                         strerror(errno));
    return MARQ_OK;
}

char *fit_path_in(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path) marq_format(path, size, "%s/%s", folder, name);
    return path;
}

static void remove_all(const char *folder, const char *const *names) {
    for (; *names; names++) {
        char *path = fit_path_in(folder, *names);
        if (path) unlink(path);
        free(path);
    }
}

void fit_remove_old(const char *folder, const char *const *names) {
    static const char *const profiles[] = {"profile.speedscope.json", "profile.folded", NULL};
    plots_remove_old(folder);
    remove_all(folder, profiles);
    remove_all(folder, names);
}

marq_status fit_make_inner(const char *folder, const char *name, char **path, marq_error *error) {
    char *inner = *path = fit_path_in(folder, name);
    if (!inner) return marq_fail_memory(error, "a folder's name");
    if (mkdir(inner, 0777) == 0 || errno == EEXIST) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_WRITE, "%s: cannot make this folder: %s", inner, strerror(errno));
}

void fit_remove_inner(const char *folder, const char *name, const char *const *files) {
    char *inner = fit_path_in(folder, name);
    struct stat info;
    if (inner && stat(inner, &info) == 0 && S_ISDIR(info.st_mode)) {
        fit_remove_old(inner, files);
        rmdir(inner);
    }
    free(inner);
}
