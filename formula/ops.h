/* What a node of a formula may be. */
#ifndef MARQ_FORMULA_OPS_H
#define MARQ_FORMULA_OPS_H

/* X(NAME, kernel, text, arguments) of everything that is computed; kernel: its function in kernels.inc.
 * Functions that have no text cannot be written, they come from derivatives. */
#define MARQ_OPERATOR_LIST(X)                                                                                \
    X(NEGATE, negate, "-", 1)                                                                                \
    X(NOT, not, "!", 1)                                                                                      \
    X(ADD, add, "+", 2)                                                                                      \
    X(SUBTRACT, subtract, "-", 2)                                                                            \
    X(MULTIPLY, multiply, "*", 2)                                                                            \
    X(DIVIDE, divide, "/", 2)                                                                                \
    X(POWER, power, "^", 2)                                                                                  \
    X(LESS, less, "<", 2)                                                                                    \
    X(LESS_EQUAL, less_equal, "<=", 2)                                                                       \
    X(EQUAL, equal, "==", 2)                                                                                 \
    X(NOT_EQUAL, not_equal, "!=", 2)                                                                         \
    X(AND, and, "&&", 2)                                                                                     \
    X(OR, or, "||", 2)                                                                                       \
    X(SELECT, select, "?", 3)

/* Functions that a formula may call; min and max take two or more. voigt_profile(x, σ, γ) has unit area. */
#define MARQ_FUNCTION_LIST(X)                                                                                \
    X(EXP, exp, "exp", 1)                                                                                    \
    X(LOG, log, "log", 1)                                                                                    \
    X(LOG10, log10, "log10", 1)                                                                              \
    X(SQRT, sqrt, "sqrt", 1)                                                                                 \
    X(SIN, sin, "sin", 1)                                                                                    \
    X(COS, cos, "cos", 1)                                                                                    \
    X(TAN, tan, "tan", 1)                                                                                    \
    X(ASIN, asin, "asin", 1)                                                                                 \
    X(ACOS, acos, "acos", 1)                                                                                 \
    X(ATAN, atan, "atan", 1)                                                                                 \
    X(ATAN2, atan2, "atan2", 2)                                                                              \
    X(SINH, sinh, "sinh", 1)                                                                                 \
    X(COSH, cosh, "cosh", 1)                                                                                 \
    X(TANH, tanh, "tanh", 1)                                                                                 \
    X(ABS, abs, "abs", 1)                                                                                    \
    X(ERF, erf, "erf", 1)                                                                                    \
    X(ERFC, erfc, "erfc", 1)                                                                                 \
    X(GAMMA, gamma, "gamma", 1)                                                                              \
    X(LGAMMA, lgamma, "lgamma", 1)                                                                           \
    X(MIN, min, "min", 2)                                                                                    \
    X(MAX, max, "max", 2)                                                                                    \
    X(J0, j0, "j0", 1)                                                                                       \
    X(J1, j1, "j1", 1)                                                                                       \
    X(Y0, y0, "y0", 1)                                                                                       \
    X(Y1, y1, "y1", 1)                                                                                       \
    X(VOIGT, voigt, "voigt_profile", 3)

/* Functions that only derivatives bring: ψ = Γ'/Γ, and the slopes of Voigt's profile by each argument, in
 * this order. */
#define MARQ_HIDDEN_LIST(X)                                                                                  \
    X(DIGAMMA, digamma, "digamma", 1)                                                                        \
    X(VOIGT_X, voigt_x, "voigt_slope_x", 3)                                                                  \
    X(VOIGT_SIGMA, voigt_sigma, "voigt_slope_sigma", 3)                                                      \
    X(VOIGT_GAMMA, voigt_gamma, "voigt_slope_gamma", 3)

#define MARQ_COMPUTED_LIST(X) MARQ_OPERATOR_LIST(X) MARQ_FUNCTION_LIST(X) MARQ_HIDDEN_LIST(X)

typedef enum marq_op {
#define MARQ_OP_ENUM(name, kernel, text, arguments) MARQ_OP_##name,
    MARQ_COMPUTED_LIST(MARQ_OP_ENUM)
#undef MARQ_OP_ENUM
        MARQ_OP_COMPUTED, /* how many of them */
    MARQ_OP_FIRST_FUNCTION = MARQ_OP_EXP,
    MARQ_OP_LAST_FUNCTION = MARQ_OP_VOIGT,
    MARQ_OP_CONSTANT = MARQ_OP_COMPUTED,
    MARQ_OP_PARAMETER,
    MARQ_OP_COLUMN,
    MARQ_OP_LEFT /* the value of the left side, in the expression that gives the response back */
} marq_op;

/* How many nodes an op is made of: 0 … 3. */
int marq_op_arguments(marq_op op);
/* As it is written. */
const char *marq_op_text(marq_op op);
/* The function of that name, or MARQ_OP_COMPUTED. */
marq_op marq_function_find(const char *name, unsigned length);

#endif
