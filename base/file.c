#include <base/file.h>

#include <base/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* rename */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static marq_status read_all(int descriptor, const char *path, marq_text *text, marq_error *error) {
    char chunk[1 << 16];
    for (;;) {
        ssize_t got = read(descriptor, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return marq_fail(error, MARQ_ERROR_READ, "%s: %s", path, strerror(errno));
        if (got == 0) break;
        marq_text_add_bytes(text, chunk, (size_t)got);
        if (text->failed) return marq_fail_memory(error, path);
    }
    marq_text_add_bytes(text, "", 0); /* terminated even if empty */
    return text->failed ? marq_fail_memory(error, path) : MARQ_OK;
}

marq_status marq_file_read(const char *path, marq_text *text, marq_error *error) {
    if (strcmp(path, "-") == 0) return read_all(STDIN_FILENO, "standard input", text, error);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return marq_fail(error, MARQ_ERROR_READ, "%s: %s", path, strerror(errno));
    marq_status status = read_all(descriptor, path, text, error);
    close(descriptor);
    return status;
}

static int write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t put = write(descriptor, bytes, length);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return -1;
        bytes += put;
        length -= (size_t)put;
    }
    return 0;
}

/* Opens a new file beside the target, with the permissions that the user's umask gives. mkstemp would make
 * it private, and umask can't be read without changing it for all threads. */
static int open_beside(const char *path, char *temporary, size_t size) {
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        marq_format(temporary, size, "%s.%ld-%u.tmp", path, (long)getpid(), attempt);
        int descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

/* 0, or the errno of what failed. */
static int write_and_sync(int descriptor, const marq_text *text) {
    int reason = 0;
    if (write_all(descriptor, text->data, text->length) != 0 || fsync(descriptor) != 0) reason = errno;
    if (close(descriptor) != 0 && reason == 0) reason = errno;
    return reason;
}

static int write_and_rename(const char *path, const marq_text *text, char *temporary, size_t size) {
    int descriptor = open_beside(path, temporary, size);
    if (descriptor < 0) return errno;
    int reason = write_and_sync(descriptor, text);
    if (reason == 0 && rename(temporary, path) != 0) reason = errno;
    if (reason != 0) unlink(temporary);
    return reason;
}

/* A device, a pipe: something to write to, not to replace. */
static int is_special(const char *path) {
    struct stat found;
    return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

static int write_into(const char *path, const marq_text *text) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    int reason = write_all(descriptor, text->data, text->length) != 0 ? errno : 0;
    if (close(descriptor) != 0 && reason == 0) reason = errno;
    return reason;
}

static marq_status end_writing(const char *path, int reason, marq_error *error) {
    return reason ? marq_fail(error, MARQ_ERROR_WRITE, "%s: %s", path, strerror(reason)) : MARQ_OK;
}

marq_status marq_file_write(const char *path, const marq_text *text, marq_error *error) {
    if (text->failed) return marq_fail_memory(error, path);
    if (is_special(path)) return end_writing(path, write_into(path, text), error);
    size_t size = strlen(path) + 48; /* ".PID-ATTEMPT.tmp" */
    char *temporary = malloc(size);
    if (!temporary) return marq_fail_memory(error, path);
    int reason = write_and_rename(path, text, temporary, size);
    free(temporary);
    return end_writing(path, reason, error);
}
