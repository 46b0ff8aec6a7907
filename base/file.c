#include <base/file.h>

#include <base/error.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
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

/* A device, a pipe: something to write to, not to replace. */
static int is_special(const char *path) {
    struct stat found;
    return stat(path, &found) == 0 && !S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode);
}

/* ---- A file that is written as its text grows ---- */

static int pass_on(void *user, const char *bytes, size_t length) {
    marq_file *file = user;
    if (file->stream)
        file->reason = fwrite(bytes, 1, length, file->stream) == length ? 0 : EIO;
    else
        file->reason = write_all(file->descriptor, bytes, length) == 0 ? 0 : errno;
    return file->reason;
}

static marq_status fail_to_write(const marq_file *file, marq_error *error) {
    if (file->stream) return marq_fail(error, MARQ_ERROR_WRITE, "%s: cannot be written", file->path);
    return marq_fail(error, MARQ_ERROR_WRITE, "%s: %s", file->path, strerror(file->reason));
}

marq_status marq_file_open(marq_file *file, const char *path, marq_error *error) {
    size_t size = strlen(path) + 48; /* ".PID-ATTEMPT.tmp" */
    bool special = is_special(path);
    *file = (marq_file){.text = {.pass_on = pass_on, .user = file}, .path = path};
    if (!special && !(file->temporary = malloc(size))) return marq_fail_memory(error, path);
    file->descriptor = special ? open(path, O_WRONLY | O_CLOEXEC) : open_beside(path, file->temporary, size);
    if (file->descriptor >= 0) return MARQ_OK;
    file->reason = errno;
    free(file->temporary);
    return fail_to_write(file, error);
}

void marq_file_onto(marq_file *file, FILE *stream, const char *name) {
    *file = (marq_file){.text = {.pass_on = pass_on, .user = file}, .path = name, .stream = stream};
}

static void note_reason(marq_file *file, bool failed) {
    if (failed && file->reason == 0) file->reason = errno;
}

static void sync_and_rename(marq_file *file, bool complete) {
    if (file->stream) {
        note_reason(file, fflush(file->stream) != 0);
        return;
    }
    bool rename_it = file->temporary && complete;
    if (rename_it) note_reason(file, fsync(file->descriptor) != 0);
    note_reason(file, close(file->descriptor) != 0);
    if (rename_it && file->reason == 0) note_reason(file, rename(file->temporary, file->path) != 0);
    if (file->temporary && (!complete || file->reason != 0)) unlink(file->temporary);
    free(file->temporary);
}

marq_status marq_file_close(marq_file *file, marq_error *error) {
    marq_text_pass_on(&file->text);
    bool complete = !file->text.failed;
    sync_and_rename(file, complete);
    marq_text_clear(&file->text);
    if (file->reason != 0) return fail_to_write(file, error);
    return complete ? MARQ_OK : marq_fail_memory(error, file->path);
}

marq_status marq_file_write(const char *path, const marq_text *text, marq_error *error) {
    if (text->failed) return marq_fail_memory(error, path);
    marq_file file;
    marq_status status = marq_file_open(&file, path, error);
    if (status != MARQ_OK) return status;
    file.text.failed = pass_on(&file, text->data, text->length) != 0;
    return marq_file_close(&file, error);
}
