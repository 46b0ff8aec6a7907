/* Which BLAS and LAPACK the process resolved. Two of them can share a process on Debian (liblapacke pulls the
 * system's alternative); the build pins one, and this shows and checks it. */
#define _GNU_SOURCE /* dladdr */
#include <marq/lm.h>

#include "blas_symbols.h"

#include <base/text.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

char *openblas_get_config(void);

static const char *file_of(const char *symbol) {
    void *address = dlsym(RTLD_DEFAULT, symbol);
    Dl_info where;
    if (!address || dladdr(address, &where) == 0 || !where.dli_fname) return "(not found)";
    return where.dli_fname;
}

int marq_blas_describe(char *out, size_t size) {
    const char *file = file_of("openblas_get_config");
    for (size_t i = 0; i < sizeof marq_blas_symbols / sizeof *marq_blas_symbols; i++) {
        const char *other = file_of(marq_blas_symbols[i]);
        if (strcmp(other, file) == 0) continue;
        marq_format(out, size, "%s comes from %s, but OpenBLAS is %s", marq_blas_symbols[i], other, file);
        return 0;
    }
    marq_format(out, size, "%s in %s", openblas_get_config(), file);
    return 1;
}
