/* The OpenMP threads of one solve, training or prediction.
 *
 * Two rules keep the bits of a solve the same for every number of threads: work is cut into blocks whose
 * sizes do not depend on it, and every BLAS call runs on one thread. openblas-openmp runs one thread inside a
 * parallel region of two or more threads, but not inside a region of one: there it follows
 * omp_get_max_threads(). So each entry point sets that to its own number and restores it at the end, and
 * calls BLAS only inside parallel regions. */
#ifndef MARQ_BASE_TEAM_H
#define MARQ_BASE_TEAM_H

#include <omp.h>

typedef struct marq_team {
    int threads;
    int previous; /* the caller's setting */
} marq_team;

static inline int marq_team_size(int requested) {
    return requested > 0 ? requested : omp_get_max_threads();
}

static inline marq_team marq_team_enter(int requested) {
    marq_team team = {marq_team_size(requested), omp_get_max_threads()};
    omp_set_num_threads(team.threads);
    return team;
}

static inline void marq_team_leave(const marq_team *team) {
    omp_set_num_threads(team->previous);
}

#endif
