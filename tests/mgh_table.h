/* The functions of mgh_functions.inc, once in double and once in double complex. */
#ifndef TESTS_MGH_TABLE_H
#define TESTS_MGH_TABLE_H

#include <complex.h>
#include <stddef.h>

#define MGH_FUNCTION_LIST(X)                                                                                 \
    X(rosenbrock)                                                                                            \
    X(freudenstein_roth)                                                                                     \
    X(powell_badly_scaled)                                                                                   \
    X(brown_badly_scaled)                                                                                    \
    X(beale)                                                                                                 \
    X(jennrich_sampson)                                                                                      \
    X(helical_valley)                                                                                        \
    X(bard)                                                                                                  \
    X(gaussian)                                                                                              \
    X(meyer)                                                                                                 \
    X(gulf)                                                                                                  \
    X(box3)                                                                                                  \
    X(powell_singular)                                                                                       \
    X(wood)                                                                                                  \
    X(kowalik_osborne)                                                                                       \
    X(brown_dennis)                                                                                          \
    X(osborne1)                                                                                              \
    X(biggs_exp6)                                                                                            \
    X(osborne2)                                                                                              \
    X(watson)                                                                                                \
    X(brown_almost_linear)                                                                                   \
    X(linear_full)                                                                                           \
    X(linear_rank1)                                                                                          \
    X(linear_rank1_zero)                                                                                     \
    X(chebyquad)

enum mgh_index {
#define MGH_ENUM(name) MGH_##name,
    MGH_FUNCTION_LIST(MGH_ENUM)
#undef MGH_ENUM
};

extern void (*const mgh_real[])(size_t m, size_t n, const double *x, double *f);
extern void (*const mgh_complex[])(size_t m, size_t n, const double complex *x, double complex *f);

#endif
