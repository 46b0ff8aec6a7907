/* Whole files: read at once, written to a temporary name beside the target, synced and renamed. */
#ifndef MARQ_BASE_FILE_H
#define MARQ_BASE_FILE_H

#include <base/text.h>
#include <marq/status.h>

/* Reads the file into *text (owned by the caller; bytes may include NUL). "-" is standard input. */
marq_status marq_file_read(const char *path, marq_text *text, marq_error *error);

/* Writes text as the file; the old file stays until the new one is complete. Into a pipe or a device, such as
 * /dev/null, it is written as it comes. text->failed is an error. */
marq_status marq_file_write(const char *path, const marq_text *text, marq_error *error);

#endif
