/* The 27 problems of NIST's nonlinear regression set. */
#ifndef FIT_NIST_H
#define FIT_NIST_H

#include <marq/lm.h>

enum { NIST_PROBLEMS = 27, NIST_MOST_PARAMETERS = 9, NIST_STARTS = 2 };

/* The model's value at x; gradient[j] ← its derivative by b_j (gradient NULL: not wanted). */
typedef double (*nist_model)(const double *b, const double *x, double *gradient);

typedef struct nist_problem {
    const char *name;
    const char *formula; /* of the columns y, x (Nelson: y, x1, x2) and the parameters b1, b2, … */
    nist_model model;
    size_t rows, parameters, predictors;
    const double *data; /* rows × (1 + predictors): y, x */
    double start[NIST_STARTS][NIST_MOST_PARAMETERS];
    double certified[NIST_MOST_PARAMETERS];
    double deviation[NIST_MOST_PARAMETERS]; /* certified standard deviations */
    double rss;                             /* certified residual sum of squares */
} nist_problem;

extern const nist_problem nist_problems[NIST_PROBLEMS];

/* residual = model − y (Nelson: − log y). The user pointer of the marq_problem is the nist_problem. */
marq_problem nist_as_marq(const nist_problem *problem);

double nist_bennett5(const double *b, const double *x, double *gradient);
double nist_boxbod(const double *b, const double *x, double *gradient);
double nist_chwirut(const double *b, const double *x, double *gradient);
double nist_danwood(const double *b, const double *x, double *gradient);
double nist_enso(const double *b, const double *x, double *gradient);
double nist_eckerle4(const double *b, const double *x, double *gradient);
double nist_gauss(const double *b, const double *x, double *gradient);
double nist_cubic_ratio(const double *b, const double *x, double *gradient);
double nist_kirby2(const double *b, const double *x, double *gradient);
double nist_lanczos(const double *b, const double *x, double *gradient);
double nist_mgh09(const double *b, const double *x, double *gradient);
double nist_mgh10(const double *b, const double *x, double *gradient);
double nist_mgh17(const double *b, const double *x, double *gradient);
double nist_misra1b(const double *b, const double *x, double *gradient);
double nist_misra1c(const double *b, const double *x, double *gradient);
double nist_misra1d(const double *b, const double *x, double *gradient);
double nist_nelson(const double *b, const double *x, double *gradient);
double nist_rat42(const double *b, const double *x, double *gradient);
double nist_rat43(const double *b, const double *x, double *gradient);
double nist_roszman1(const double *b, const double *x, double *gradient);

#endif
