#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* madvise */
#endif
#include <base/spill.h>

#include <base/error.h>
#include <base/text.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static marq_status fail(marq_error *error, int reason) {
    return marq_fail(error, MARQ_ERROR_WRITE, "the temporary file of the data: %s", strerror(reason));
}

marq_status marq_spill_open(marq_spill *spill, const char *folder, marq_error *error) {
    size_t size = strlen(folder) + sizeof "/.marq-XXXXXX";
    char *path = malloc(size);
    *spill = (marq_spill){0};
    if (!path) return marq_fail_memory(error, "the temporary file of the data");
    marq_format(path, size, "%s/.marq-XXXXXX", folder);
    spill->file = mkstemp(path);
    int reason = errno;
    if (spill->file >= 0) unlink(path);
    free(path);
    spill->opened = spill->file >= 0;
    return spill->opened ? MARQ_OK : fail(error, reason);
}

/* Room on the disk, so that no later write to the memory can fail. */
static marq_status extend(marq_spill *spill, size_t bytes, marq_error *error) {
    int reason = bytes > 0 ? posix_fallocate(spill->file, (off_t)spill->bytes, (off_t)bytes) : 0;
    if (reason != 0) return fail(error, reason);
    spill->bytes += bytes;
    return lseek(spill->file, 0, SEEK_END) < 0 ? fail(error, errno) : MARQ_OK;
}

marq_status marq_spill_append(marq_spill *spill, const void *data, size_t bytes, marq_error *error) {
    if (!data) return extend(spill, bytes, error);
    for (const char *at = data; bytes > 0;) {
        ssize_t put = write(spill->file, at, bytes);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(error, errno);
        at += put;
        bytes -= (size_t)put;
        spill->bytes += (size_t)put;
    }
    return MARQ_OK;
}

marq_status marq_spill_map(marq_spill *spill, marq_error *error) {
    if (spill->bytes == 0) return fail(error, ENODATA);
    void *memory = mmap(NULL, spill->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, spill->file, 0);
    if (memory == MAP_FAILED) return fail(error, errno);
    spill->memory = memory;
    return MARQ_OK;
}

void marq_spill_release(const marq_spill *spill) {
    if (spill->memory) madvise(spill->memory, spill->bytes, MADV_DONTNEED);
}

void marq_spill_close(marq_spill *spill) {
    if (spill->memory) munmap(spill->memory, spill->bytes);
    if (spill->opened) close(spill->file);
    *spill = (marq_spill){0};
}
