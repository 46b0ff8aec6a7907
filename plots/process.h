/* gnuplot as a child: started without a shell, watched, ended when its time is over. */
#ifndef PLOTS_PROCESS_H
#define PLOTS_PROCESS_H

#include <base/text.h>
#include <stdbool.h>
#include <sys/types.h>

typedef struct plots_process {
    pid_t child;
    int log; /* what the child prints; a file without a name */
    bool running, late;
    int status; /* of waitpid, once it is no longer running */
} plots_process;

/* Starts `gnuplot -d -e first script` with an empty standard input, in a process group of its own, so that
 * Ctrl-C reaches only the caller, who decides. log_path: a new file for what it prints, beside the pictures;
 * its name is gone when this returns. 0, or the errno: ENOENT if there is no gnuplot. */
int plots_process_start(plots_process *process, const char *first, const char *script, const char *log_path);

/* Waits for all, each with the same number of seconds from now; then kills those that are left. */
void plots_processes_wait(plots_process *processes, size_t count, double seconds);

/* It ended by itself, without an error. */
bool plots_process_succeeded(const plots_process *process);

/* The first line that names an error; "" if it printed nothing. Closes the log. */
void plots_process_end(plots_process *process, char *line, size_t size);

#endif
