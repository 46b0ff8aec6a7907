/* NumPy's .npy files: a matrix in binary form, read as a table. */
#ifndef FIT_CSV_NPY_H
#define FIT_CSV_NPY_H

#include "csv/reader.h"
#include <stdio.h>

enum { CSV_NPY_MAGIC = 6 }; /* bytes by which such a file is known */

typedef struct csv_npy {
    FILE *file;
    size_t rows, columns; /* columns 0: it is no such file */
    size_t row;           /* rows that were read */
    size_t size;          /* bytes of a number: 8 or 4 */
    void *buffer;         /* of a row; free() */
} csv_npy;

bool csv_npy_begins(const char *bytes, size_t length);

/* Behind the magic: reads the header, and gives the table its columns, c1, c2, … */
marq_status csv_npy_open(csv_npy *npy, FILE *file, csv_reader *r);

/* Adds the next rows, of about so many bytes; behind the last one the file is at its end. */
marq_status csv_npy_read(csv_npy *npy, size_t bytes, csv_reader *r);

#endif
