/* Forward and reverse passes over blocks of rows. A pass holds, for up to `rows` rows, the activations of
 * every layer and (if asked for) the reverse derivatives δ: for layer l, row i and output o δ_l(i, o) = ∂
 * output_o(row i) / ∂ z_l(row i),   z_l = W_l a_{l−1} + b_l. */
#ifndef MARQ_NN_PASS_H
#define MARQ_NN_PASS_H

#include "net.h"

/* The most rows that one thread takes at once: they stay in its cache through all layers. */
enum { MARQ_PASS_ROWS = 128 };

/* How many it takes of so many rows: few enough that several threads share the blocks evenly. By the rows
 * alone, so that bits do not depend on the number of threads. */
size_t marq_pass_block(size_t rows);

typedef struct marq_pass {
    double **a;     /* layers + 1 pointers: a[l] is rows × width(l), a[0] the normalised inputs */
    double **delta; /* layers pointers: delta[l] is (rows·outputs) × width(l + 1), row (i·outputs + o) */
    double *memory;
} marq_pass;

/* What a pass over so many rows takes. */
size_t marq_pass_doubles(const marq_net *net, size_t rows, int with_reverse);

/* 0 without memory. */
int marq_pass_create(marq_pass *pass, const marq_net *net, size_t rows, int with_reverse);
void marq_pass_destroy(marq_pass *pass);

/* One pass of MARQ_PASS_ROWS rows a thread. */
typedef struct marq_pass_team {
    marq_pass *pass;
    int threads;
} marq_pass_team;
int marq_pass_team_create(marq_pass_team *team, const marq_net *net, int threads, int with_reverse);
void marq_pass_team_destroy(marq_pass_team *team);
marq_pass *marq_pass_of_thread(const marq_pass_team *team);

/* a[1] … a[L] of rows first … first+rows−1 from a[0]. theta: the parameters to use. */
void marq_forward(const marq_net *net, const double *theta, marq_pass *pass, size_t first, size_t rows);

/* delta[0] … delta[L−1] of these rows; after marq_forward. */
void marq_reverse(const marq_net *net, const double *theta, marq_pass *pass, size_t first, size_t rows);

/* The same for other functions of the outputs, as many: the caller has written their derivatives by a_L to
 * delta[L−1]. */
void marq_reverse_seeded(const marq_net *net, const double *theta, marq_pass *pass, size_t first,
                         size_t rows);

#endif
