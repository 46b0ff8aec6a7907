/* Peers that live in Python: a script reads a request and writes an answer, both JSON files in a folder that
 * is there for this call only. */
#include "frame.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { PATH_SIZE = 1024, MOST_SECONDS = 3600 };

/* Every library that these peers bring follows one of the three variables. Returns 0, or says what failed. */
static const char *run_script(const bench *b, const char *script, size_t threads, char *request,
                              char *answer) {
    static const char *const variables[] = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"};
    char limit[32], path[PATH_SIZE], settings[3][64];
    snprintf(limit, sizeof limit, "%d", MOST_SECONDS);
    snprintf(path, sizeof path, "%s/%s", b->options.peers, script);
    for (int i = 0; i < 3; i++) snprintf(settings[i], sizeof settings[i], "%s=%zu", variables[i], threads);
    char python[PATH_SIZE];
    snprintf(python, sizeof python, "%s", b->options.python);
    char timeout[] = "timeout", env[] = "env";
    char *arguments[] = {timeout, limit, env,     settings[0], settings[1], settings[2],
                         python,  path,  request, answer,      NULL};
    pid_t child;
    int status = 0;
    if (posix_spawnp(&child, timeout, NULL, NULL, arguments, environ) != 0)
        return "the command `timeout` cannot be started";
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 124) return "its time limit of an hour is over";
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : "it failed; its message is above";
}

static json_t *exchange(const bench *b, const char *script, size_t threads, const json_t *request,
                        const char *folder, const char **why) {
    char to[PATH_SIZE], from[PATH_SIZE];
    snprintf(to, sizeof to, "%s/request.json", folder);
    snprintf(from, sizeof from, "%s/answer.json", folder);
    json_t *answer = NULL;
    if (json_dump_file(request, to, JSON_REAL_PRECISION(17)) != 0)
        *why = "the request cannot be written";
    else if ((*why = run_script(b, script, threads, to, from)) == NULL) {
        answer = json_load_file(from, 0, NULL);
        if (!answer) *why = "its answer is not JSON";
    }
    unlink(to);
    unlink(from);
    return answer;
}

json_t *bench_numbers(size_t count, const double *values) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, isfinite(values[i]) ? json_real(values[i]) : json_null());
    return list;
}

json_t *bench_ask(bench *b, const char *script, size_t threads, json_t *request) {
    const char *why = "run without Python peers";
    json_t *answer = NULL;
    char folder[] = "/tmp/bench-XXXXXX";
    if (!request) bench_fail("out of memory for the request to %s", script);
    if (b->options.python && !mkdtemp(folder))
        why = "no folder can be made in /tmp";
    else if (b->options.python) {
        answer = exchange(b, script, threads, request, folder, &why);
        rmdir(folder);
    }
    json_decref(request);
    if (!answer) bench_absent(b, script, why);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(answer, "absent"), i, item) bench_absent(
        b, json_string_value(json_object_get(item, "what")), json_string_value(json_object_get(item, "why")));
    return answer;
}
