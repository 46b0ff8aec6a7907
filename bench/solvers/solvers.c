#include "solver.h"

#ifdef BENCH_HAVE_CMINPACK
#define MINPACK(solve) solve
#else
#define MINPACK(solve) NULL
#endif
#ifdef BENCH_HAVE_GSL
#define GSL(solve) solve
#else
#define GSL(solve) NULL
#endif
#ifdef BENCH_HAVE_CERES
#define CERES(solve) solve
#else
#define CERES(solve) NULL
#endif

const bench_solver bench_solvers[] = {
    {"marq", "default", bench_marq, bench_marq_deviations, ""},
    {"MINPACK lmder", "tight", MINPACK(bench_minpack_tight), MINPACK(bench_minpack_deviations),
     "libcminpack-dev"},
    {"MINPACK lmder", "default", MINPACK(bench_minpack_default), MINPACK(bench_minpack_deviations),
     "libcminpack-dev"},
    {"Ceres LM", "tight", CERES(bench_ceres_tight), CERES(bench_ceres_deviations), "libceres-dev"},
    {"Ceres LM", "default", CERES(bench_ceres_default), CERES(bench_ceres_deviations), "libceres-dev"},
    {"GSL lm", "tight", GSL(bench_gsl_tight), GSL(bench_gsl_deviations), "libgsl-dev"},
    {"GSL lm", "default", GSL(bench_gsl_default), GSL(bench_gsl_deviations), "libgsl-dev"},
    {"GSL lmaccel", "tight", GSL(bench_gsl_accelerated), GSL(bench_gsl_deviations), "libgsl-dev"},
};
const size_t bench_solver_count = sizeof bench_solvers / sizeof *bench_solvers;
