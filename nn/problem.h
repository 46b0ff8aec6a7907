/* Net + rows -> a least-squares problem in θ: residual (i·outputs + o) = normalised output o of row i −
 * target. */
#ifndef MARQ_NN_PROBLEM_H
#define MARQ_NN_PROBLEM_H

#include "pass.h"

/* Memory of the products: passes over all rows and one scratch area a thread. */
typedef struct marq_net_products {
    marq_pass all;
    double *scratch; /* threads × scratch_stride */
    size_t scratch_stride;
    double *partial; /* chunks × parameters */
} marq_net_products;

typedef struct marq_net_problem {
    const marq_net *net;
    size_t rows;
    const double *X, *Y; /* normalised; borrowed */
    int threads;
    marq_pass_team passes;
    marq_net_products products;
} marq_net_problem;

/* Allocates and fills *problem for the solver. derivative AUTO: the net offers products (kernel form) and
 * rows. */
marq_status marq_net_problem_create(marq_net_problem *own, const marq_net *net, size_t rows, const double *X,
                                    const double *Y, int threads, marq_jacobian jacobian,
                                    marq_problem *problem, marq_error *error);
void marq_net_problem_destroy(marq_net_problem *own);

/* products.c, kernel.c: the user pointer is the marq_net_problem. */
int marq_net_products_create(marq_net_problem *own);
void marq_net_products_destroy(marq_net_problem *own);
extern const marq_products marq_net_products_table;
int marq_net_kernel(void *user, double *jjt);
size_t marq_net_kernel_scratch(const marq_net *net); /* doubles a thread */
double marq_net_kernel_flops(const marq_net *net, size_t rows);

#endif
