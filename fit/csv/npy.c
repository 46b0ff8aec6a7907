/* The format (NumPy's documentation of numpy.lib.format, versions 1.0 to 3.0): \x93NUMPY, two bytes of a
 * version, the length of the header (little-endian, 2 bytes in version 1, else 4), the header, a Python
 * dictionary as
 *     {'descr': '<f8', 'fortran_order': False, 'shape': (700, 3), }
 * and the numbers, here doubles or floats, row by row. NaN is a missing cell. */
#include "csv/npy.h"

#include <base/error.h>
#include <base/memory.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 100000 }; /* as many as a net has inputs at most */

static const char advice[] =
    "save a matrix of floats: np.save(FILE, np.ascontiguousarray(matrix, dtype='<f8'))";

bool csv_npy_begins(const char *bytes, size_t length) {
    return length >= CSV_NPY_MAGIC && memcmp(bytes, "\x93NUMPY", CSV_NPY_MAGIC) == 0;
}

/* ---- The header ---- */

static marq_status fail(const csv_reader *r, const char *what) {
    return marq_fail(r->error, MARQ_ERROR_DATA, "%s: %s: %s", r->table->file, what, advice);
}

/* The text behind 'key':, or NULL. */
static const char *value_of(const char *header, const char *key) {
    const char *at = strstr(header, key);
    if (at) at = strchr(at, ':');
    return at ? at + 1 + strspn(at + 1, " ") : NULL;
}

static bool read_count(const char **at, size_t *count) {
    char *end;
    *at += strspn(*at, " ");
    if (**at < '0' || **at > '9') return false;
    errno = 0;
    unsigned long long value = strtoull(*at, &end, 10);
    *count = (size_t)value;
    *at = end + strspn(end, " ");
    return errno == 0 && value < SIZE_MAX / 2;
}

/* (rows, columns) */
static bool read_shape(const char *at, csv_npy *npy) {
    if (*at++ != '(' || !read_count(&at, &npy->rows) || *at++ != ',' || !read_count(&at, &npy->columns))
        return false;
    at += *at == ',';
    return *(at + strspn(at, " ")) == ')' && npy->columns > 0;
}

static marq_status read_header(csv_npy *npy, const char *header, const csv_reader *r) {
    const char *type = value_of(header, "'descr'"), *order = value_of(header, "'fortran_order'"),
               *shape = value_of(header, "'shape'");
    if (!type || !order || !shape) return fail(r, "the header of the .npy file is not NumPy's");
    bool doubles = strncmp(type, "'<f8'", 5) == 0;
    if (!doubles && strncmp(type, "'<f4'", 5) != 0) return fail(r, "the numbers are neither '<f8' nor '<f4'");
    if (strncmp(order, "False", 5) != 0) return fail(r, "the matrix lies column by column");
    if (!read_shape(shape, npy)) return fail(r, "the array has not two dimensions");
    if (npy->columns > MOST_COLUMNS) return fail(r, "the matrix has more than 100000 columns");
    npy->size = doubles ? sizeof(double) : sizeof(float);
    if (npy->rows > 0) return MARQ_OK;
    return marq_fail(r->error, MARQ_ERROR_DATA, "%s: the file holds no data: the matrix has no row",
                     r->table->file);
}

/* The header's text; NULL: it ends too early, or there is no memory. */
static char *take_header(FILE *file) {
    unsigned char version[2], size[4] = {0};
    if (fread(version, 1, 2, file) != 2) return NULL;
    size_t bytes = version[0] < 2 ? 2 : 4;
    if (fread(size, 1, bytes, file) != bytes) return NULL;
    size_t length = size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    char *header = length < 1 << 20 ? malloc(length + 1) : NULL;
    if (!header) return NULL;
    header[length] = '\0';
    if (fread(header, 1, length, file) == length) return header;
    free(header);
    return NULL;
}

marq_status csv_npy_open(csv_npy *npy, FILE *file, csv_reader *r) {
    *npy = (csv_npy){.file = file};
    char *header = take_header(file);
    if (!header) return fail(r, "the .npy file ends within its header");
    if (r->options->skip > 0) {
        free(header);
        return marq_fail(r->error, MARQ_ERROR_ARGUMENT, "%s: --skip is for lines of text, not for .npy files",
                         r->table->file);
    }
    marq_status status = read_header(npy, header, r);
    free(header);
    if (status == MARQ_OK) status = csv_reader_columns(r, npy->columns);
    if (status != MARQ_OK) return status;
    npy->buffer = marq_alloc(npy->columns, npy->size);
    r->row.cells = marq_alloc(npy->columns, sizeof *r->row.cells);
    r->row.count = r->row.capacity = npy->columns;
    r->last_filled = true;
    return npy->buffer && r->row.cells ? MARQ_OK : marq_fail_memory(r->error, r->table->file);
}

/* ---- Rows ---- */

static marq_status add_row(csv_npy *npy, csv_reader *r) {
    static char infinite[] = "inf";
    csv_table *table = r->table;
    if (!csv_reader_grow(r)) return marq_fail_memory(r->error, table->file);
    double *to = table->values + table->rows * table->columns;
    r->row.line = npy->row + 1;
    for (size_t j = 0; j < npy->columns; j++) {
        const void *from = (const char *)npy->buffer + j * npy->size;
        float single;
        if (npy->size == sizeof single) {
            memcpy(&single, from, sizeof single);
            to[j] = (double)single;
        } else {
            memcpy(&to[j], from, sizeof to[j]);
        }
        csv_kind kind = isnan(to[j]) ? CSV_ABSENT : isinf(to[j]) ? CSV_INFINITE : CSV_NUMBER;
        r->row.cells[j] = (csv_cell){.text = infinite, .length = strlen(infinite)};
        bool label = table->labels.row && table->labels.column == j;
        if (label && !csv_add_label(table, table->rows, &r->row.cells[j], kind, to[j]))
            return marq_fail_memory(r->error, table->file);
        if (kind != CSV_INFINITE) continue;
        to[j] = (double)NAN;
        if (!csv_note_trouble(table, &r->row, j, kind, false)) return marq_fail_memory(r->error, table->file);
    }
    table->lines[table->rows++] = ++npy->row;
    return MARQ_OK;
}

/* Nothing may follow the last row. */
static marq_status check_end(const csv_npy *npy, const csv_reader *r) {
    if (getc(npy->file) == EOF && !ferror(npy->file)) return MARQ_OK;
    return fail(r, "the .npy file goes on behind its last row");
}

marq_status csv_npy_read(csv_npy *npy, size_t bytes, csv_reader *r) {
    size_t width = npy->columns * npy->size, most = bytes > width ? bytes / width : 1;
    marq_status status = MARQ_OK;
    for (size_t i = 0; status == MARQ_OK && i < most && npy->row < npy->rows; i++) {
        if (fread(npy->buffer, npy->size, npy->columns, npy->file) != npy->columns)
            return marq_fail(r->error, MARQ_ERROR_DATA,
                             "%s: the .npy file ends in row %zu of %zu: save it again", r->table->file,
                             npy->row + 1, npy->rows);
        status = add_row(npy, r);
    }
    return status == MARQ_OK && npy->row == npy->rows ? check_end(npy, r) : status;
}
