/* Net + rows -> a least-squares problem in θ: residual (i·outputs + o) is that of output o of row i, as
 * targets.h has it. */
#ifndef MARQ_NN_PROBLEM_H
#define MARQ_NN_PROBLEM_H

#include "linearisation.h"

typedef struct marq_net_problem {
    const marq_net *net;
    size_t rows;
    const double *X; /* normalised; borrowed, as what targets has */
    marq_targets targets;
    marq_pass_team passes;
    marq_linearisation linearisation;
    marq_products products; /* what it offers, and what that costs */
    marq_plan plan;
} marq_net_problem;

/* Allocates and fills *problem for a solve with these options, in place: *problem refers to *own. The net
 * offers rows and products; memory is allocated for those that the plan of this solve uses (marq_plan_solve).
 */
marq_status marq_net_problem_create(marq_net_problem *own, const marq_net *net, size_t rows, const double *X,
                                    const marq_targets *targets, const marq_options *options,
                                    marq_problem *problem, marq_error *error);
void marq_net_problem_destroy(marq_net_problem *own);

/* The caller has put other rows into X and Y. */
void marq_net_problem_renew(marq_net_problem *own);

#endif
