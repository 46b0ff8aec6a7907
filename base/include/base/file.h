/* Whole files: read at once; written at once or as their text grows, to a temporary name beside the target,
 * synced and renamed. */
#ifndef MARQ_BASE_FILE_H
#define MARQ_BASE_FILE_H

#include <base/text.h>
#include <marq/status.h>
#include <stdio.h>

/* Reads the file into *text (owned by the caller; bytes may include NUL). "-" is standard input. */
marq_status marq_file_read(const char *path, marq_text *text, marq_error *error);

/* Writes text as the file; the old file stays until the new one is complete. Into a pipe or a device, such as
 * /dev/null, it is written as it comes. text->failed is an error. */
marq_status marq_file_write(const char *path, const marq_text *text, marq_error *error);

/* A file that is written as its text grows:
 *     marq_file file;
 *     marq_status status = marq_file_open(&file, path, error);
 *     if (status == MARQ_OK) {
 *         marq_text_add(&file.text, …);
 *         status = marq_file_close(&file, error);
 *     }
 * Where it fails, the file is as before, and there is nothing to close. */
typedef struct marq_file {
    marq_text text;
    const char *path; /* borrowed, as is stream */
    char *temporary;  /* what is renamed in the end; NULL: path or stream itself is written */
    FILE *stream;
    int descriptor, reason; /* the errno of what failed */
} marq_file;

marq_status marq_file_open(marq_file *file, const char *path, marq_error *error);

/* The same for a stream that is open, and stays so. name: of it, in messages. */
void marq_file_onto(marq_file *file, FILE *stream, const char *name);

marq_status marq_file_close(marq_file *file, marq_error *error);

#endif
