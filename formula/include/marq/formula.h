/* marq/formula.h: formulas as text, their exact derivatives, and their binding to the solver.
 *
 *     const char *columns[] = {"x", "y"};
 *     marq_formula_options options = marq_formula_options_default();
 *     options.columns = columns, options.column_count = 2;
 *     marq_formula *formula;
 *     marq_formula_place place;
 *     if (marq_formula_parse("y = a*exp(-b*x) + c", &options, &formula, &place, &error) != MARQ_OK) …
 *
 *     const double *values[] = {x, y};
 *     marq_formula_data data = {.columns = values, .stride = 1, .rows = rows};
 *     marq_formula_problem *own;
 *     marq_problem problem;
 *     marq_formula_problem_create(formula, &data, &own, &problem, &error);
 *     marq_solve(&problem, NULL, theta, &result);        (θ: a, b, c, in the order of the text)
 *
 * The language. Numbers have a decimal point. Operators, from loose to tight:
 *
 *     c ? u : v           u where c is not 0, else v
 *     ||                  1 or 0
 *     &&                  1 or 0
 *     < <= > >= == !=     1 or 0; not chained
 *     + -
 *     * /
 *     - + ! in front
 *     ^                   right-associative: -x^2 is -(x^2), x^y^z is x^(y^z), 2^-x is fine
 *
 * Functions, only before '(': exp log (natural) log10 sqrt sin cos tan asin acos atan atan2(y, x) sinh cosh
 * tanh abs erf erfc gamma lgamma (log |Γ|) min(u, v, …) max(u, v, …) j0 j1 y0 y1 (Bessel), and
 * voigt_profile(x, sigma, gamma), of unit area.
 *
 * A name is a column if there is one (odd names in back-quotes), else a constant (pi, e), else a lineshape,
 * else a parameter. Left of '=' stands the response, which may be transformed: log(y) = a + b*x.
 *
 * Lineshapes are functions of the main predictor x with parameters of their own, named shape_parameter, here
 * in their order:
 *
 *     gauss           area/(|sigma| √(2π)) · exp(−(x − center)²/(2 sigma²))     area center sigma
 *     lorentz         area/π · |gamma|/((x − center)² + gamma²)                 area center gamma
 *     voigt           area · voigt_profile(x − center, sigma, gamma)            area center sigma gamma
 *     pseudo_voigt    area · (fraction · L + (1 − fraction) · G)                area center fwhm fraction
 *     exponential     amplitude · exp(−rate · x)                                amplitude rate
 *     power_law       amplitude · x^exponent                                    amplitude exponent
 *     logistic        height/(1 + exp(−rate · (x − center)))                    height center rate
 *     polynomial(n)   c0 + c1·x + … + cn·x^n, n = 0 … 20                        c0 c1 … cn
 *
 * L and G are a Lorentzian and a Gaussian of unit area, both of full width fwhm at half their height; Voigt's
 * profile is the convolution of gauss and lorentz. 'y = gauss + gauss + polynomial(1)': a shape that occurs
 * twice has numbers, gauss1_area … gauss2_sigma. gauss(u) is the shape of the expression u instead of the
 * main predictor, as is polynomial(n, u). pseudo-voigt and power-law are read as the shapes.
 *
 * Limits: 8192 bytes of text, 200 levels of nesting, 500 parameters. A marq_formula never changes after it
 * was made: any number of threads may use it at once. Nothing is allocated while formulas are evaluated;
 * about 140 KB of stack is used. */
#ifndef MARQ_FORMULA_H
#define MARQ_FORMULA_H

#include <marq/lm.h>
#include <marq/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct marq_formula marq_formula;

/* "No such column", "no such parameter". */
#define MARQ_FORMULA_NONE ((size_t)-1)

/* ---- Parsing ---- */

typedef enum marq_formula_kind {
    MARQ_FORMULA_MODEL,     /* columns and parameters, at least one column on the right */
    MARQ_FORMULA_COLUMNS,   /* columns only, e.g. a filter of rows: value ≠ 0 */
    MARQ_FORMULA_PARAMETERS /* given parameters only, e.g. a derived quantity: half = log(2)/b */
} marq_formula_kind;

/* Borrowed for the duration of marq_formula_parse. */
typedef struct marq_formula_options {
    marq_formula_kind kind;
    const char *const *columns; /* the table's column names, UTF-8 */
    size_t column_count;
    size_t response;  /* the response of a MODEL without left side, which may then not stand on the right; or
                         NONE */
    size_t predictor; /* of the lineshapes; NONE: the first column that is not the response */
    /* The names that PARAMETERS may use; the formula's parameters are then these, in this order. */
    const char *const *parameters;
    size_t parameter_count;
    /* Each 'b = 2*a': a parameter that is an expression of others. It is replaced by the expression wherever
     * it stands, and is no parameter of the formula any more. An expression may use further tied parameters,
     * and new ones. */
    const char *const *ties;
    size_t tie_count;
} marq_formula_options;

/* MODEL, no columns, response and predictor NONE. */
MARQ_API marq_formula_options marq_formula_options_default(void);

/* A piece of the text, in bytes. */
typedef struct marq_formula_place {
    size_t tie; /* the piece is one of options.ties[tie]; NONE: of the formula */
    size_t position, length;
} marq_formula_place;

/* On success *formula is owned by the caller: marq_formula_destroy. On failure *formula is NULL, the status
 * is MARQ_ERROR_FORMAT (the text; *place says where, the message has no text around it) or MARQ_ERROR_MEMORY
 * or MARQ_ERROR_ARGUMENT. place and error may be NULL. */
MARQ_API marq_status marq_formula_parse(const char *text, const marq_formula_options *options,
                                        marq_formula **formula, marq_formula_place *place, marq_error *error);

/* NULL is allowed. */
MARQ_API void marq_formula_destroy(marq_formula *formula);

/* Writes two lines to out (each ended by a newline, always terminated): the text, or what of it fits around
 * the place, and under it a caret and tildes. Returns out. 256 bytes hold any. */
MARQ_API const char *marq_formula_mark(const char *text, const marq_formula_place *place, char *out,
                                       size_t size);

/* Whether a name that is no column is a number: "pi", "e"; *value ← which one. */
MARQ_API int marq_formula_constant(const char *name, double *value);

/* ---- What a formula has ---- */

MARQ_API size_t marq_formula_parameter_count(const marq_formula *formula);
/* In the order of the text. Owned by the formula. */
MARQ_API const char *marq_formula_parameter_name(const marq_formula *formula, size_t parameter);
/* NONE if there is no such parameter. */
MARQ_API size_t marq_formula_find_parameter(const marq_formula *formula, const char *name);

/* The columns on the right side, in the order of the text: indices into options.columns. */
MARQ_API size_t marq_formula_column_count(const marq_formula *formula);
MARQ_API size_t marq_formula_column(const marq_formula *formula, size_t k);

/* MODEL: the column that the left side is about, or options.response; NONE without either. */
MARQ_API size_t marq_formula_response(const marq_formula *formula);
/* Whether the left side is more than a column's name, so that residuals are of the transformed response. */
MARQ_API int marq_formula_is_transformed(const marq_formula *formula);
/* Whether the left side has this column; the response alone where none was written. */
MARQ_API int marq_formula_is_on_left(const marq_formula *formula, size_t column);
/* The left side as it was written, "" without one; PARAMETERS: the name of the quantity. */
MARQ_API const char *marq_formula_left_text(const marq_formula *formula);

/* One line each: names that look like a misspelt column; e where it looks like a parameter: not as in e^u. */
MARQ_API size_t marq_formula_warning_count(const marq_formula *formula);
MARQ_API const char *marq_formula_warning(const marq_formula *formula, size_t k);

/* Parameters that enter linearly, all of them together: with all others held, the formula is c(x) + Σ θ_j
 * φ_j(x). held (n flags, or NULL): parameters that stay where they are and count as numbers. linear (n flags)
 * ← 1 or 0. Returns how many. In a product of two candidates the one that multiplies fewer others is taken.
 * Found from the structure, so a formula that is linear only after algebra (log(exp(a))) is not seen as such.
 */
MARQ_API size_t marq_formula_linear(const marq_formula *formula, const unsigned char *held,
                                    unsigned char *linear);

typedef enum marq_lineshape {
    MARQ_LINESHAPE_GAUSS,
    MARQ_LINESHAPE_LORENTZ,
    MARQ_LINESHAPE_VOIGT,
    MARQ_LINESHAPE_PSEUDO_VOIGT,
    MARQ_LINESHAPE_EXPONENTIAL,
    MARQ_LINESHAPE_POWER_LAW,
    MARQ_LINESHAPE_LOGISTIC,
    MARQ_LINESHAPE_POLYNOMIAL
} marq_lineshape;

enum { MARQ_LINESHAPE_PARAMETERS = 21 }; /* at most */

/* One lineshape of a formula, for start values. */
typedef struct marq_formula_shape {
    marq_lineshape shape;
    size_t predictor; /* its column; NONE: an expression */
    int sign;         /* 1 or −1: a term of the sum that the right side is; 0: inside of something else */
    size_t parameter_count;
    /* Indices of its parameters in the order of the list above; NONE for one that is tied. */
    size_t parameters[MARQ_LINESHAPE_PARAMETERS];
    marq_formula_place place;
} marq_formula_shape;

MARQ_API size_t marq_formula_shape_count(const marq_formula *formula);
MARQ_API const marq_formula_shape *marq_formula_shape_at(const marq_formula *formula, size_t k);
/* "gauss", … */
MARQ_API const char *marq_lineshape_name(marq_lineshape shape);

/* ---- Evaluation ---- */

/* Rows of a table. Column j of row i is columns[j][i·stride]: stride is 1 for columns by themselves, the
 * table's width for a table by rows (columns[j] = table + j). Only columns that the formula uses are read;
 * others may be NULL. */
typedef struct marq_formula_data {
    const double *const *columns; /* as many as options.column_count */
    size_t stride;
    size_t rows;
} marq_formula_data;

/* value[i] ← the right side at theta in row first + i, count values. data may be NULL for PARAMETERS, theta
 * for COLUMNS. Values that are not defined (log of a negative number) are NaN. */
MARQ_API void marq_formula_evaluate(const marq_formula *formula, const marq_formula_data *data,
                                    const double *theta, size_t first, size_t count, double *value);

/* The same (value may be NULL), and gradient[i·stride + j] ← its derivative by parameter j, j = 0 …
 * parameters − 1. */
MARQ_API void marq_formula_gradient(const marq_formula *formula, const marq_formula_data *data,
                                    const double *theta, size_t first, size_t count, double *value,
                                    double *gradient, size_t stride);

/* slopes[i·stride + k] ← the right side's derivative by its k-th column (marq_formula_column). */
MARQ_API void marq_formula_slopes(const marq_formula *formula, const marq_formula_data *data,
                                  const double *theta, size_t first, size_t count, double *slopes,
                                  size_t stride);

/* value[i] ← the left side, e.g. log(y); the response itself where it is not transformed. The formula must
 * have a response. */
MARQ_API void marq_formula_left(const marq_formula *formula, const marq_formula_data *data, size_t first,
                                size_t count, double *value);

/* response[i] ← the response at which the left side is left[i], e.g. exp(left[i]): back to the data's scale.
 * Other columns of the left side are read from data. Where the left side has two branches (y^2) it is the
 * positive one. MARQ_ERROR_ARGUMENT if the left side cannot be turned around (y + log(y)). */
MARQ_API marq_status marq_formula_back(const marq_formula *formula, const marq_formula_data *data,
                                       size_t first, size_t count, const double *left, double *response,
                                       marq_error *error);

/* Where an evaluation is not finite. */
typedef struct marq_formula_trouble {
    size_t row;       /* from 0 */
    int left;         /* non-zero: on the left side */
    int by_data;      /* non-zero: no parameter can change it */
    size_t parameter; /* the derivative by it is not finite, though the value is; NONE: the value is not */
    /* The innermost subexpression that is not finite while what it is made of is; length 0: none in the text.
     */
    marq_formula_place place;
    char message[256]; /* e.g. "log(b - x) is not a number: b - x is -1" */
} marq_formula_trouble;

/* Looks for the first row of first … first+count−1 where the left side, the value or a derivative is not
 * finite. 1 if there is one, else 0. Allocates memory for the row that it finds, and says less where there is
 * none. */
MARQ_API int marq_formula_find_trouble(const marq_formula *formula, const marq_formula_data *data,
                                       const double *theta, size_t first, size_t count,
                                       marq_formula_trouble *trouble);

/* Where to look for a parameter. */
typedef struct marq_formula_range {
    double low, high; /* low < high: of θ, or if scale is not 0 of |θ| (then 0 < low) */
    int scale;        /* non-zero: of unknown magnitude; draw its logarithm */
    int sign;         /* with scale: 1 θ > 0, −1 θ < 0, 0 either */
} marq_formula_range;

/* ranges (one a parameter) ← where the parameters may lie, from their places in the formula and the data's
 * ranges and spacings: m of (x − m) among the x, b of exp(−b·x) from a tenth of 1/(range of x) to 1/(spacing
 * of x), …; the sizes that nothing tells, from 1e-3 to 1e3. theta: of the held ones (n flags, or NULL), which
 * count as numbers and whose ranges mean nothing. For starts: nothing keeps a solution inside.
 * MARQ_ERROR_MEMORY. */
MARQ_API marq_status marq_formula_ranges(const marq_formula *formula, const marq_formula_data *data,
                                         const double *theta, const unsigned char *held,
                                         marq_formula_range *ranges, marq_error *error);

/* ---- As a least-squares problem ---- */

typedef struct marq_formula_problem marq_formula_problem;

/* Fills *problem: m = data->rows residuals right side − left side, n = the formula's parameters, exact
 * Jacobian, callbacks that any number of threads may call. Bounds, fixed parameters, weights, losses are
 * yours to add. formula and data's arrays are borrowed until marq_formula_problem_destroy(*own); the left
 * side is evaluated once, here. Fails with MARQ_ERROR_DATA where it is not finite, naming the row (from 1)
 * and the subexpression. */
MARQ_API marq_status marq_formula_problem_create(const marq_formula *formula, const marq_formula_data *data,
                                                 marq_formula_problem **own, marq_problem *problem,
                                                 marq_error *error);
/* NULL is allowed. */
MARQ_API void marq_formula_problem_destroy(marq_formula_problem *own);

/* ---- Printing ---- */

/* The right side in the language, with as few parentheses as it needs. The caller frees it; NULL without
 * memory. */
MARQ_API char *marq_formula_text(const marq_formula *formula);

/* The derivative by a parameter, in the language but for digamma(u) and the slopes of Voigt's profile. The
 * caller frees it; NULL without memory, or for one that would be longer than 64 KB. */
MARQ_API char *marq_formula_derivative_text(const marq_formula *formula, size_t parameter);

/* C99 source of 'double NAME(const double *x, const double *p)': the right side with x[k] the k-th column
 * (marq_formula_column) and p[j] the parameters. Needs <math.h>, and libcerf's <cerf.h> for Voigt's profile;
 * the includes are in the source. name must be a C identifier. The caller frees it; NULL without memory. */
MARQ_API char *marq_formula_c_source(const marq_formula *formula, const char *name);

/* The same of 'double NAME(double left)': the response at which the left side is `left`. NULL also if the
 * left side cannot be turned around, or has other columns. */
MARQ_API char *marq_formula_response_c_source(const marq_formula *formula, const char *name);

#ifdef __cplusplus
}
#endif
#endif
