/* All pictures of a list at once, each by a gnuplot of its own. */
#include "list.h"
#include "picture.h"
#include "process.h"

#include <base/error.h>
#include <base/memory.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One picture while it is drawn. */
typedef struct job {
    plots_process *process;
    marq_text path, temporary; /* from the caller's folder */
    marq_status status;
    char reason[400]; /* why it failed */
} job;

MARQ_PRINTF(3, 4) static void fail(job *j, marq_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    marq_format_list(j->reason, sizeof j->reason, format, arguments);
    va_end(arguments);
    j->status = status;
}

/* The commands before the script: into the folder, and where the picture goes. Quotes in the path are put in
 * by number, because gnuplot misreads several in a row. A path that does not start at the root gets ./ in
 * front, because cd replaces a leading ~. */
static void add_first_commands(marq_text *first, const char *folder, const char *picture) {
    marq_text_add(first, "quote = sprintf('%%c', 39); cd '%s", folder[0] == '/' ? "" : "./");
    for (const char *byte = folder; *byte; byte++) {
        if (*byte == '\'')
            marq_text_add(first, "' . quote . '");
        else
            marq_text_add_bytes(first, byte, 1);
    }
    marq_text_add(first, "'; output_file = '%s'", picture);
}

static void name_files(job *j, marq_text *picture, marq_text *log, const char *folder, const char *name,
                       const char *ending) {
    marq_text_add(picture, ".%s.%ld.%s.tmp", name, (long)getpid(), ending);
    marq_text_add(log, "%s/.%s.%ld.log.tmp", folder, name, (long)getpid());
    marq_text_add(&j->path, "%s/%s.%s", folder, name, ending);
    marq_text_add(&j->temporary, "%s/%s", folder, picture->failed ? "" : picture->data);
}

static void start(job *j, const plots_style *style, const char *name) {
    marq_text picture = {0}, log = {0}, first = {0}, script = {0};
    name_files(j, &picture, &log, style->folder, name, plots_format_ending(style->format));
    marq_text_add(&script, "%s.gp", name);
    add_first_commands(&first, style->folder, picture.failed ? "" : picture.data);
    int failed = picture.failed || log.failed || first.failed || script.failed || j->path.failed ||
                 j->temporary.failed;
    int reason = failed ? ENOMEM : plots_process_start(j->process, first.data, script.data, log.data);
    if (reason == ENOENT)
        fail(j, MARQ_ERROR_WRITE, "gnuplot is not installed (on Debian and Ubuntu: apt install gnuplot-nox)");
    else if (reason == ENOMEM)
        fail(j, MARQ_ERROR_MEMORY, "out of memory");
    else if (reason != 0)
        fail(j, MARQ_ERROR_WRITE, "gnuplot cannot be started: %s", strerror(reason));
    marq_text_clear(&picture);
    marq_text_clear(&log);
    marq_text_clear(&first);
    marq_text_clear(&script);
}

/* The process has ended: takes the picture, or finds out why there is none. */
static void finish(job *j, const char *name, double seconds) {
    char line[300];
    marq_error error;
    if (j->status != MARQ_OK) return;
    plots_process_end(j->process, line, sizeof line);
    if (plots_process_succeeded(j->process)) {
        if (plots_picture_finish(j->temporary.data, j->path.data, &error) != MARQ_OK)
            fail(j, error.status, "%s", error.message);
        return;
    }
    unlink(j->temporary.data);
    if (j->process->late)
        fail(j, MARQ_ERROR_WRITE, "gnuplot took longer than %g s for %s.gp", seconds, name);
    else
        fail(j, MARQ_ERROR_WRITE, "gnuplot failed: %s", *line ? line : "it ended without a message");
}

/* The first failure speaks for all: they mostly have one cause. */
static marq_status conclude(const plots_style *style, const plots_list *list, const job *jobs,
                            marq_error *error) {
    size_t failed = 0, first = 0;
    for (size_t i = 0; i < list->count; i++)
        if (jobs[i].status != MARQ_OK && failed++ == 0) first = i;
    if (failed == 0) return MARQ_OK;
    char file[128], more[48] = "";
    plots_file_name(style, list, first, file, sizeof file);
    if (failed > 1) marq_format(more, sizeof more, " and %zu more", failed - 1);
    return marq_fail(error, jobs[first].status, "%s%s not drawn: %s", file, more, jobs[first].reason);
}

static marq_status render(const plots_style *style, plots_list *list, job *jobs, double seconds,
                          marq_error *error) {
    plots_process processes[PLOTS_MOST] = {0};
    for (size_t i = 0; i < list->count; i++) {
        jobs[i].process = &processes[i];
        start(&jobs[i], style, list->names[i]);
    }
    plots_processes_wait(processes, list->count, seconds);
    for (size_t i = 0; i < list->count; i++) {
        finish(&jobs[i], list->names[i], seconds);
        list->drawn[i] = jobs[i].status == MARQ_OK;
    }
    return conclude(style, list, jobs, error);
}

marq_status plots_render(const plots_style *style, plots_list *list, double seconds, marq_error *error) {
    if (!style || !style->folder || !list || !(seconds > 0))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "drawing needs a style, a list and a positive time");
    job *jobs = marq_alloc(list->count, sizeof *jobs);
    if (!jobs) return marq_fail_memory(error, "drawing");
    marq_status status = render(style, list, jobs, seconds, error);
    for (size_t i = 0; i < list->count; i++) {
        marq_text_clear(&jobs[i].path);
        marq_text_clear(&jobs[i].temporary);
    }
    free(jobs);
    return status;
}
