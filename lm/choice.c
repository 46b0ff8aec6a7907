/* Which form of the step, and where its derivatives come from. Flops of one matrix and its factorisation:
 *     Gram    m n² + n³/3      (J's rows)
 *     kernel  kernel_flops + m³/3   (products; from J's rows m² n + m³/3) */
#include "solver.h"

static bool products_in_use(const marq_problem *problem, const marq_options *options) {
    return problem->products && options->jacobian == MARQ_JACOBIAN_AUTO;
}

static marq_form cheaper_form(const marq_problem *problem, bool products) {
    double m = (double)problem->rows, n = (double)problem->parameters;
    double kernel = products && problem->kernel_flops > 0 ? problem->kernel_flops : m * m * n;
    return kernel + m * m * m / 3 < m * n * n + n * n * n / 3 ? MARQ_FORM_KERNEL : MARQ_FORM_GRAM;
}

static bool offers(const marq_products *products, marq_form form) {
    return form == MARQ_FORM_GRAM ? products->gram != NULL : products->kernel != NULL;
}

static marq_form choose_form(const marq_problem *problem, const marq_options *options) {
    if (options->form != MARQ_FORM_AUTO) return options->form;
    if (options->scaling != MARQ_SCALING_NONE) return MARQ_FORM_GRAM;
    bool products = products_in_use(problem, options);
    if (products && !problem->jacobian) { /* only what the products offer, without rows */
        if (!problem->products->kernel) return MARQ_FORM_GRAM;
        if (!problem->products->gram) return MARQ_FORM_KERNEL;
    }
    return cheaper_form(problem, products);
}

void marq_choose(const marq_problem *problem, const marq_options *options, marq_form *form, derivative *source) {
    *form = choose_form(problem, options);
    if (options->jacobian == MARQ_JACOBIAN_FORWARD)
        *source = DERIVATIVE_FORWARD;
    else if (options->jacobian == MARQ_JACOBIAN_CENTRAL)
        *source = DERIVATIVE_CENTRAL;
    else if (problem->products && offers(problem->products, *form))
        *source = DERIVATIVE_PRODUCTS;
    else
        *source = problem->jacobian ? DERIVATIVE_ANALYTIC : DERIVATIVE_FORWARD;
}
