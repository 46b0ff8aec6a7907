/* Which form of the step, and where its derivatives come from. Flops of one matrix and its factorisation:
 *     Gram    m n² + n³/3      (J's rows)
 *     kernel  kernel_flops + m³/3   (products; from J's rows m² n + m³/3) */
#include "solver.h"

bool marq_is_mixed(const marq_problem *problem) {
    for (size_t j = 0; problem->column_jacobian && j < problem->parameters; j++)
        if (problem->column_jacobian[j] != MARQ_JACOBIAN_AUTO) return true;
    return false;
}

/* Weights and losses scale the rows of J; bounds take rows and columns out of JᵀJ, but columns out of J where
 * the kernel form is wanted. */
static bool products_in_use(const marq_problem *problem, const marq_options *options) {
    return problem->products && options->jacobian == MARQ_JACOBIAN_AUTO && !marq_is_weighted(problem) &&
           !marq_is_mixed(problem) && (problem->products->gram || !marq_is_bounded(problem));
}

static marq_form cheaper_form(const marq_problem *problem, bool products) {
    double m = (double)problem->rows, n = (double)problem->parameters;
    double kernel = products && problem->kernel_flops > 0 ? problem->kernel_flops : m * m * n;
    return kernel + m * m * m / 3 < m * n * n + n * n * n / 3 ? MARQ_FORM_KERNEL : MARQ_FORM_GRAM;
}

static bool offers(const marq_problem *problem, marq_form form) {
    if (form == MARQ_FORM_GRAM) return problem->products->gram != NULL;
    return problem->products->kernel && !marq_is_bounded(problem);
}

static marq_form choose_form(const marq_problem *problem, const marq_options *options) {
    if (options->form != MARQ_FORM_AUTO) return options->form;
    if (options->scaling != MARQ_SCALING_NONE) return MARQ_FORM_GRAM;
    bool products = products_in_use(problem, options);
    if (products && !problem->jacobian) { /* only what the products offer, without rows */
        if (!offers(problem, MARQ_FORM_KERNEL)) return MARQ_FORM_GRAM;
        if (!offers(problem, MARQ_FORM_GRAM)) return MARQ_FORM_KERNEL;
    }
    return cheaper_form(problem, products);
}

static derivative choose_derivative(const marq_problem *problem, const marq_options *options, bool products) {
    if (options->jacobian == MARQ_JACOBIAN_FORWARD) return DERIVATIVE_FORWARD;
    if (options->jacobian == MARQ_JACOBIAN_CENTRAL) return DERIVATIVE_CENTRAL;
    if (products) return DERIVATIVE_PRODUCTS;
    if (marq_is_mixed(problem)) return DERIVATIVE_MIXED;
    return problem->jacobian ? DERIVATIVE_ANALYTIC : DERIVATIVE_FORWARD;
}

/* The trust region's SVD costs about 20 n³, and it needs rows: not where only products are offered. */
static marq_method choose_method(const marq_problem *problem, const marq_options *options) {
    enum { MOST_PARAMETERS = 200 };
    if (options->method != MARQ_METHOD_AUTO) return options->method;
    bool only_products = products_in_use(problem, options) && !problem->jacobian;
    bool few = problem->parameters <= MOST_PARAMETERS;
    bool plain = options->scaling == MARQ_SCALING_COLUMNS && options->form == MARQ_FORM_AUTO;
    return few && plain && !only_products ? MARQ_METHOD_TRUST_REGION : MARQ_METHOD_DAMPING;
}

marq_plan marq_choose(const marq_problem *problem, const marq_options *options) {
    marq_plan plan = {choose_method(problem, options), MARQ_FORM_GRAM, DERIVATIVE_ANALYTIC};
    if (plan.method == MARQ_METHOD_DAMPING) plan.form = choose_form(problem, options);
    bool products =
        plan.method == MARQ_METHOD_DAMPING && products_in_use(problem, options) && offers(problem, plan.form);
    plan.derivative = choose_derivative(problem, options, products);
    return plan;
}
