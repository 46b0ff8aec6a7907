/* The split of rows into training, validation and test sets. */
#include <marq/nn.h>

#include <base/error.h>
#include <base/memory.h>
#include <base/random.h>
#include <math.h>
#include <stdlib.h>

/* Rows of each set: rounded shares; every share above 0 gets a row where rows suffice, the training set
 * always. */
static int count_rows(size_t rows, const double shares[MARQ_SETS], size_t counts[MARQ_SETS]) {
    double sum = shares[0] + shares[1] + shares[2];
    if (!(shares[0] > 0) || !(shares[1] >= 0) || !(shares[2] >= 0) || !isfinite(sum)) return 0;
    if (rows == 0) return 0;
    size_t needed = 1 + (shares[MARQ_VALIDATION] > 0) + (shares[MARQ_TEST] > 0);
    for (int s = MARQ_VALIDATION; s < MARQ_SETS; s++) {
        counts[s] = (size_t)floor((double)rows * shares[s] / sum + 0.5);
        if (shares[s] > 0 && counts[s] == 0 && rows >= needed) counts[s] = 1;
    }
    while (counts[MARQ_VALIDATION] + counts[MARQ_TEST] >= rows)
        counts[counts[MARQ_VALIDATION] > counts[MARQ_TEST] ? MARQ_VALIDATION : MARQ_TEST]--;
    counts[MARQ_TRAIN] = rows - counts[MARQ_VALIDATION] - counts[MARQ_TEST];
    return 1;
}

marq_status marq_split(size_t rows, const double shares[MARQ_SETS], uint64_t seed, int contiguous,
                       unsigned char *set, marq_error *error) {
    size_t counts[MARQ_SETS];
    if (!count_rows(rows, shares, counts))
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "a split of %zu rows into %g/%g/%g leaves no training rows: give the training set a larger share",
            rows, shares[0], shares[1], shares[2]);
    size_t *order = marq_alloc(rows, sizeof *order);
    if (!order) return marq_fail_memory(error, "the split");
    for (size_t i = 0; i < rows; i++) order[i] = i;
    marq_random random = {.seed = seed, .stream = MARQ_STREAM_SPLIT};
    if (!contiguous) marq_random_shuffle(&random, order, rows);
    size_t next = 0;
    for (int s = 0; s < MARQ_SETS; s++)
        for (size_t k = 0; k < counts[s]; k++) set[order[next++]] = (unsigned char)s;
    free(order);
    return MARQ_OK;
}
