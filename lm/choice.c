/* How a solve is done: the method, the form of its step, where its derivatives come from, and what of J is
 * held. Every way that the problem and the options leave open is costed; the cheapest that fits in memory is
 * taken.
 *
 * Flops of an iteration with one factorisation (a multiplication and an addition are two):
 *     Gram           gram_cost or m n², and n³/3
 *     kernel         kernel_cost or m² n, and m³/3
 *     QR             2 m n², and 10 n³/3 for the matrix with the damping
 *     iterative      LINEAR_ITERATIONS times product_cost or 4 m n, at the speed of products with vectors
 *     trust region   4 m n² (QR) and 20 n³ (SVD)
 * Bytes are what the workspace allocates (workspace.c) and what the products' costs say. */
#include "choice.h"

#include "reduction.h"
#include "ties.h"
#include <base/error.h>
#include <base/text.h>
#include <math.h>

static const double HELD_BYTES =
    128e6; /* of J, where it may also be formed by tiles and memory has no limit */

bool marq_is_mixed(const marq_problem *problem) {
    for (size_t j = 0; problem->column_jacobian && j < problem->parameters; j++)
        if (problem->column_jacobian[j] != MARQ_JACOBIAN_AUTO) return true;
    return false;
}

/* Iterations of conjugate gradients that a step takes, with its second-order correction: from 10 far from a
 * minimum to some hundreds near one. How much longer a flop takes in products with vectors than in Cholesky's
 * method: in those of a net, and in those with J, which come from memory (measured at 3009 parameters: 4 and
 * 12). */
enum { LINEAR_ITERATIONS = 100, SLOWNESS_OF_PRODUCTS = 4, SLOWNESS_OF_ROWS = 12 };

/* ---- What may be used ---- */

/* Weights and losses scale the rows of J; bounds take rows and columns out of JᵀJ, but columns out of J where
 * the kernel form is wanted. */
static bool products_in_use(const marq_problem *problem, const marq_options *options) {
    return problem->products && options->jacobian == MARQ_JACOBIAN_AUTO && !marq_is_weighted(problem) &&
           !marq_is_mixed(problem) && (problem->products->gram || !marq_is_bounded(problem));
}

static bool offers(const marq_problem *problem, const marq_options *options, marq_form form) {
    const marq_products *own = problem->products;
    if (form == MARQ_FORM_GRAM) return own->gram != NULL;
    if (form == MARQ_FORM_KERNEL) return own->kernel && !marq_is_bounded(problem);
    if (form == MARQ_FORM_QR) return false;
    return own->diagonal || options->scaling == MARQ_SCALING_NONE;
}

derivative marq_derivative_of(const marq_problem *problem, const marq_options *options, bool products) {
    if (options->jacobian == MARQ_JACOBIAN_FORWARD) return DERIVATIVE_FORWARD;
    if (options->jacobian == MARQ_JACOBIAN_CENTRAL) return DERIVATIVE_CENTRAL;
    if (products) return DERIVATIVE_PRODUCTS;
    if (marq_is_mixed(problem)) return DERIVATIVE_MIXED;
    return problem->jacobian ? DERIVATIVE_ANALYTIC : DERIVATIVE_FORWARD;
}

/* ---- Costs ---- */

static double flops_of(const marq_problem *problem, const marq_plan *plan) {
    static const marq_products none;
    const marq_products *own = plan->products ? problem->products : &none;
    double m = (double)problem->rows, n = (double)problem->parameters;
    if (marq_has_radius(plan->method)) return 4 * m * n * n + 20 * n * n * n;
    if (plan->form == MARQ_FORM_KERNEL)
        return (own->kernel_cost.flops > 0 ? own->kernel_cost.flops : m * m * n) + m * m * m / 3;
    if (plan->form == MARQ_FORM_QR) return 2 * m * n * n + 10 * n * n * n / 3;
    if (plan->form == MARQ_FORM_ITERATIVE)
        return LINEAR_ITERATIONS * (own->product_cost.flops > 0 ? own->product_cost.flops : 4 * m * n);
    return (own->gram_cost.flops > 0 ? own->gram_cost.flops : m * n * n) + n * n * n / 3;
}

/* Plans are compared by time, in units of a flop of Cholesky's method. */
static double time_of(const marq_plan *plan) {
    bool vectors = plan->method == MARQ_METHOD_DAMPING && plan->form == MARQ_FORM_ITERATIVE;
    return plan->flops * (!vectors ? 1 : plan->products ? SLOWNESS_OF_PRODUCTS : SLOWNESS_OF_ROWS);
}

static double bytes_of(const marq_problem *problem, const marq_options *options, const marq_plan *plan) {
    double own = marq_workspace_bytes(problem, options, plan);
    if (!plan->products) return own;
    if (plan->form == MARQ_FORM_GRAM) return own + problem->products->gram_cost.bytes;
    if (plan->form == MARQ_FORM_KERNEL) return own + problem->products->kernel_cost.bytes;
    return own + problem->products->product_cost.bytes;
}

/* ---- The list of ways ---- */

enum { MOST_PLANS = 8 };

typedef struct plan_list {
    const marq_problem *problem;
    const marq_options *options;
    size_t count;
    marq_plan plan[MOST_PLANS];
} plan_list;

static void add(plan_list *list, marq_plan plan) {
    plan.rows = list->problem->rows;
    plan.parameters = list->problem->parameters;
    plan.flops = flops_of(list->problem, &plan);
    plan.bytes = bytes_of(list->problem, list->options, &plan);
    list->plan[list->count++] = plan;
}

/* QR of J may take over from Cholesky's method. */
static bool may_take_qr(const marq_problem *problem, const marq_options *options) {
    return options->form == MARQ_FORM_AUTO && !marq_decays(options) && problem->rows >= problem->parameters;
}

/* In the order of preference where flops are equal. */
static void add_form(plan_list *list, marq_form form) {
    const marq_problem *p = list->problem;
    const marq_options *o = list->options;
    bool asked = o->form == form, products = products_in_use(p, o);
    if (o->form != MARQ_FORM_AUTO && !asked) return;
    if (form == MARQ_FORM_KERNEL && o->scaling != MARQ_SCALING_NONE) return;
    if (form == MARQ_FORM_ITERATIVE && o->evidence) return; /* that needs a factor */
    if (form == MARQ_FORM_QR && !asked) return;             /* it takes over from the Gram form */
    if (products && offers(p, o, form)) {
        add(list, (marq_plan){.method = MARQ_METHOD_DAMPING, .form = form, .products = 1});
        return;
    }
    if (products && !p->jacobian && !asked) return; /* only what the products offer, without rows */
    if (form == MARQ_FORM_GRAM && may_take_qr(p, o))
        add(list, (marq_plan){.method = MARQ_METHOD_DAMPING, .form = form, .held = 1, .qr = 1});
    add(list, (marq_plan){.method = MARQ_METHOD_DAMPING, .form = form, .held = 1});
    if (form == MARQ_FORM_GRAM) add(list, (marq_plan){.method = MARQ_METHOD_DAMPING, .form = form});
}

/* The trust region is preferred where it may be used: not where only products are offered, for it needs rows.
 */
static bool prefers_trust_region(const marq_problem *problem, const marq_options *options) {
    enum { MOST_PARAMETERS = 200 };
    bool only_products = products_in_use(problem, options) && !problem->jacobian;
    bool few = problem->parameters <= MOST_PARAMETERS;
    bool plain = options->scaling == MARQ_SCALING_COLUMNS && options->form == MARQ_FORM_AUTO;
    return options->method == MARQ_METHOD_AUTO && few && plain && !only_products;
}

static void list_plans(plan_list *list) {
    marq_method method = list->options->method;
    if (prefers_trust_region(list->problem, list->options)) method = MARQ_METHOD_TRUST_REGION;
    if (method == MARQ_METHOD_TRUST_REGION || method == MARQ_METHOD_DOGLEG)
        add(list, (marq_plan){.method = method, .form = MARQ_FORM_GRAM, .held = 1});
    if (list->options->method != MARQ_METHOD_AUTO && marq_has_radius(method)) return;
    add_form(list, MARQ_FORM_GRAM);
    add_form(list, MARQ_FORM_KERNEL);
    add_form(list, MARQ_FORM_ITERATIVE);
    add_form(list, MARQ_FORM_QR);
}

/* ---- The choice ---- */

static bool fits(const plan_list *list, const marq_plan *plan) {
    double most = list->options->max_memory, m = (double)list->problem->rows,
           n = (double)list->problem->parameters;
    if (most > 0) return plan->bytes <= most;
    bool has_choice = plan->method == MARQ_METHOD_DAMPING && plan->form == MARQ_FORM_GRAM && plan->held;
    return !has_choice || m * n * sizeof(double) <= HELD_BYTES;
}

static const marq_plan *cheapest(const plan_list *list) {
    const marq_plan *best = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const marq_plan *plan = &list->plan[i];
        if (!fits(list, plan)) continue;
        if (marq_has_radius(plan->method)) return plan;
        if (!best || time_of(plan) < time_of(best)) best = plan;
    }
    return best;
}

/* Two or three digits and a unit: "3.2 GB", "460 GFLOP". */
static void describe(double amount, const char *what, char *out, size_t size) {
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};
    size_t step = 0;
    while (amount >= 999.5 && step + 1 < sizeof prefixes / sizeof *prefixes) {
        amount /= 1000;
        step++;
    }
    marq_format(out, size, amount < 9.95 ? "%.1f %s%s" : "%.0f %s%s", amount, prefixes[step], what);
}

static marq_status refuse(const plan_list *list, marq_error *error) {
    double least = HUGE_VAL;
    for (size_t i = 0; i < list->count; i++) least = fmin(least, list->plan[i].bytes);
    char needed[40], allowed[40];
    describe(least, "B", needed, sizeof needed);
    describe(list->options->max_memory, "B", allowed, sizeof allowed);
    return marq_fail(error, MARQ_ERROR_MEMORY, "the solve needs %s, the limit on memory allows %s", needed,
                     allowed);
}

static marq_status choose(const marq_problem *problem, const marq_options *options, marq_plan *plan,
                          marq_error *error) {
    plan_list list = {.problem = problem, .options = options};
    list_plans(&list);
    const marq_plan *best = cheapest(&list);
    if (!best) return refuse(&list, error);
    *plan = *best;
    return MARQ_OK;
}

marq_status marq_plan_solve(const marq_problem *problem, const marq_options *options, marq_plan *plan,
                            marq_error *error) {
    if (!problem || !plan) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    marq_options defaults = marq_options_default();
    if (!options) options = &defaults;
    marq_status status = marq_check_problem(problem, options, error);
    if (status != MARQ_OK || !marq_is_tied(problem))
        return status == MARQ_OK ? choose(problem, options, plan, error) : status;
    marq_reduction *reduction =
        marq_reduction_create(problem, 1); /* the solve is one in the free parameters */
    if (!reduction) return marq_fail_memory(error, "the ties");
    status = choose(&reduction->problem, options, plan, error);
    marq_reduction_destroy(reduction);
    return status;
}

/* ---- In words ---- */

static const char *rows_in_words(const marq_plan *plan) {
    if (plan->products) return "by products";
    if (plan->qr) return "from J, QR of J if that loses digits";
    return plan->held ? "from J" : "from J by blocks of rows";
}

int marq_plan_text(const marq_plan *plan, char *out, size_t size) {
    char memory[40], work[40], what[120];
    describe(plan->bytes, "B", memory, sizeof memory);
    describe(plan->flops, "FLOP", work, sizeof work);
    size_t m = plan->rows, n = plan->parameters;
    bool kernel = plan->form == MARQ_FORM_KERNEL;
    if (marq_has_radius(plan->method))
        marq_format(what, sizeof what, "QR and SVD of J, %zu × %zu%s", m, n,
                    plan->method == MARQ_METHOD_DOGLEG ? ", dogleg" : "");
    else if (plan->form == MARQ_FORM_QR)
        marq_format(what, sizeof what, "QR of J, %zu × %zu", m, n);
    else if (plan->form == MARQ_FORM_ITERATIVE)
        marq_format(what, sizeof what, "conjugate gradients on JᵀJ, %zu × %zu, %s", n, n,
                    rows_in_words(plan));
    else
        marq_format(what, sizeof what, "Cholesky of %s, %zu × %zu, %s", kernel ? "JJᵀ" : "JᵀJ",
                    kernel ? m : n, kernel ? m : n, rows_in_words(plan));
    return marq_format(out, size, "%s: %s, about %s a step", what, memory, work);
}
