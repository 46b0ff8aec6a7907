/* How a solve is done, decided before the loop. */
#ifndef MARQ_LM_CHOICE_H
#define MARQ_LM_CHOICE_H

#include "solver.h"

/* Where the derivatives of a plan come from. */
derivative marq_derivative_of(const marq_problem *problem, const marq_options *options, bool products);

/* workspace.c: what the workspace of a plan takes with one thread, by the function that allocates it. */
double marq_workspace_bytes(const marq_problem *problem, const marq_options *options, const marq_plan *plan);

/* workspace.c: the workspace was made for such a problem and plan. */
bool marq_workspace_fits(const marq_workspace *work, const marq_problem *problem, const marq_options *options,
                         const marq_plan *plan);

#endif
