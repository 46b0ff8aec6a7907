#include "process.h"

#include <base/clock.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { LOG_SIZE = 8192, PAUSE_NS = 2000000 };

/* The child starts with default signals, nothing blocked, in its own group. */
static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    int reason = posix_spawnattr_setsigdefault(attributes, &all);
    if (reason == 0) reason = posix_spawnattr_setsigmask(attributes, &none);
    if (reason == 0) reason = posix_spawnattr_setpgroup(attributes, 0);
    if (reason == 0)
        reason = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                          POSIX_SPAWN_SETPGROUP);
    return reason;
}

static int set_files(posix_spawn_file_actions_t *actions, int log) {
    int reason = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (reason == 0) reason = posix_spawn_file_actions_adddup2(actions, log, STDOUT_FILENO);
    if (reason == 0) reason = posix_spawn_file_actions_adddup2(actions, log, STDERR_FILENO);
    return reason;
}

static int spawn(pid_t *child, const char *first, const char *script, int log) {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    /* argv is char *const[] by POSIX although nothing in it is changed; the copies are the child's. */
    union {
        const char *given[6];
        char *argv[6];
    } words = {{"gnuplot", "-d", "-e", first, script, NULL}};
    int reason = posix_spawnattr_init(&attributes);
    if (reason != 0) return reason;
    reason = posix_spawn_file_actions_init(&actions);
    if (reason == 0) {
        reason = set_attributes(&attributes);
        if (reason == 0) reason = set_files(&actions, log);
        if (reason == 0) reason = posix_spawnp(child, "gnuplot", &actions, &attributes, words.argv, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return reason;
}

int plots_process_start(plots_process *process, const char *first, const char *script, const char *log_path) {
    unlink(log_path); /* of a run that was killed and had our number */
    *process = (plots_process){.log = open(log_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    if (process->log < 0) return errno == ENOENT ? ENOTDIR : errno; /* the folder, not gnuplot */
    unlink(log_path);
    int reason = spawn(&process->child, first, script, process->log);
    process->running = reason == 0;
    if (reason != 0) {
        close(process->log);
        process->log = -1;
    }
    return reason;
}

/* Looks whether the child has ended; flags: WNOHANG or 0. */
static void look(plots_process *process, int flags) {
    pid_t ended = waitpid(process->child, &process->status, flags);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return;
    process->running = false;
    if (ended < 0) process->status = 0; /* the host ignores SIGCHLD: the picture itself will tell */
}

static bool any_running(plots_process *processes, size_t count) {
    bool running = false;
    for (size_t i = 0; i < count; i++) {
        if (processes[i].running) look(&processes[i], WNOHANG);
        running = running || processes[i].running;
    }
    return running;
}

void plots_processes_wait(plots_process *processes, size_t count, double seconds) {
    double end = marq_clock_seconds() + seconds;
    while (any_running(processes, count) && marq_clock_seconds() < end)
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    for (size_t i = 0; i < count; i++) {
        if (!processes[i].running) continue;
        processes[i].late = true;
        kill(-processes[i].child, SIGKILL); /* its group */
        while (processes[i].running) look(&processes[i], 0);
    }
}

bool plots_process_succeeded(const plots_process *process) {
    return !process->late && WIFEXITED(process->status) && WEXITSTATUS(process->status) == 0;
}

/* gnuplot's errors read `"NAME.gp" line 12: …`; before them it repeats the line of the script. */
static const char *find_error(char *log) {
    const char *first = "";
    char *rest = NULL;
    for (char *line = strtok_r(log, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        line += strspn(line, " \t");
        if (strstr(line, " line ") && strchr(line, ':') && !strstr(line, "arning:")) return line;
        if (!*first && *line && *line != '^') first = line;
    }
    return first;
}

void plots_process_end(plots_process *process, char *line, size_t size) {
    char log[LOG_SIZE];
    ssize_t length = pread(process->log, log, sizeof log - 1, 0);
    log[length > 0 ? length : 0] = '\0';
    marq_format(line, size, "%s", find_error(log));
    close(process->log);
    process->log = -1;
}
