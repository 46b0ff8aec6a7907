/* The whole command: argv in, exit code out. */
#ifndef FIT_COMMAND_H
#define FIT_COMMAND_H

/* The exit codes, which scripts rely on. */
enum {
    FIT_EXIT_DONE = 0,
    FIT_EXIT_INTERNAL = 1,
    FIT_EXIT_USAGE = 2,
    FIT_EXIT_DATA = 3,
    FIT_EXIT_NO_FIT = 4,
    FIT_EXIT_OUTPUT = 5,
    FIT_EXIT_INTERRUPTED = 130
};

int fit_command(int argc, const char *const *argv);

#endif
