/* Student's t, F, χ² and the normal distribution. Oracle: mpmath 1.3 with 60 digits, by the positive series
 * of the incomplete beta and gamma functions (DLMF 8.17.8, 8.11.4) for one tail, or mpmath.gammainc;
 * quantiles by mpmath.findroot on those. */
#include "require.h"

#include <marq/distribution.h>
#include <math.h>

static const double TOLERANCE = 1e-12;

static void require_close(const char *name, double a, double b, double c, double value, double expected) {
    REQUIRE(fabs(value - expected) <= TOLERANCE * fabs(expected), "%s(%g, %g, %g) = %.17g, expected %.17g",
            name, a, b, c, value, expected);
}

static const double t_values[][3] = {
    /* t, dof, P(T ≤ t) */
    {-0.001, 0.5, 0.49973032383424382},
    {-10000.0, 0.5, 0.0032070097517369717},
    {-1.0, 1, 0.25},
    {0.5, 1, 0.64758361765043327},
    {-1000000000.0, 1, 3.1830988618379067e-10},
    {1.1, 2, 0.80698006470227118},
    {-8, 3, 0.0020382887938927341},
    {2, 4.5, 0.94587104640943749},
    {-38, 7, 1.1369089744927467e-9},
    {0.9, 30, 0.81235585661311597},
    {-20, 30, 3.3745418328856432e-19},
    {-1000000000.0, 30, 1.0364534652562062e-249},
    {-1.96, 99.5, 0.026396468216498381},
    {-38, 1000, 1.4593789211300191e-196},
    {4, 1000, 0.99996599504039561},
    {-38, 10000, 1.4483005348856902e-295},
    {-1.96, 1e+06, 0.024998033792634895},
    {-20, 1e+06, 2.8665435236951859e-89},
    {-37.5, HUGE_VAL, 4.6053530095819548e-308},
    {-0.1, HUGE_VAL, 0.46017216272297102},
    {2, HUGE_VAL, 0.97724986805182079},
};

static const double f_values[][5] = {
    /* f, numerator, denominator, both tails */
    {0.0001, 0.5, 0.5, 0.053934720788708477, 0.94606527921129152},
    {30, 0.5, 3, 0.98593689229710151, 0.014063107702898486},
    {0.5, 1, 1, 0.39182655203060727, 0.60817344796939273},
    {1e6, 1, 8.5, 1.0, 7.4903561259255689e-23},
    {1.1, 2, 50, 0.65920945791537379, 0.34079054208462621},
    {1000, 2, 1000, 1.0, 2.750252956203138e-239},
    {0.9, 3.5, 3, 0.45336598117684532, 0.54663401882315468},
    {5, 3.5, 1000, 0.99898689354596152, 0.0010131064540384757},
    {1e-12, 10, 8.5, 1.5665502538141719e-58, 1.0},
    {2, 10, 50, 0.94681231172219081, 0.053187688277809187},
    {1, 100, 100, 0.5, 0.5},
    {0.0001, 100, 50, 1.9448390321934451e-166, 1.0},
    {1.001, 10000, 100000, 0.52847626254848368, 0.47152373745151632},
    {1.1, 10000, 100000, 0.9999999999634097, 3.6590303357152351e-11},
    {0.9, 10000, 100000, 1.2965684131310649e-12, 0.99999999999870343},
    {5, 10000, 1000, 1.0, 1.6206529960717618e-171},
};

static const double chi_square_values[][4] = {
    /* x, dof, both tails */
    {1e-12, 0.5, 0.00092772960857890807, 0.99907227039142109},
    {3, 0.5, 0.96658355584102097, 0.03341644415897903},
    {3.841458820694124, 1, 0.94999999999999994, 0.050000000000000057},
    {300, 1, 1.0, 3.2943623833140412e-67},
    {2, 2, 0.63212055882855768, 0.36787944117144232},
    {600, 2, 1.0, 5.1482002224120138e-131},
    {0.35, 3.5, 0.026362216881080835, 0.97363778311891917},
    {1050, 3.5, 1.0, 1.1824726461757517e-226},
    {1e-11, 10, 2.6041666666558152e-59, 1.0},
    {18.3, 10, 0.94989093858853755, 0.050109061411462452},
    {90, 100, 0.24680203440017027, 0.75319796559982973},
    {0.01, 100, 2.9060056331185985e-180, 1.0},
    {9000, 10000, 1.2697731705204421e-13, 0.99999999999987302},
    {10010, 10000, 0.53005208738085208, 0.46994791261914792},
    {1001000, 1e+06, 0.76032319517447864, 0.23967680482552136},
};

static const double t_quantiles[][3] = {
    /* p, dof, t */
    {0.16, 0.5, -3.9801623031384791},       {0.025, 1, -12.706204736174704},
    {1e-20, 2, -7071067811.8654754},        {0.005, 3, -5.8409093097333572},
    {0.4, 3, -0.27667066233268985},         {0.25, 5, -0.72668684380042265},
    {0.975, 10.5, 2.2138402929187884},      {0.499999, 30, -2.5276002260585127e-6},
    {1e-100, 200, -41.604283576931696},     {0.95, 10000, 1.6450060180692425},
    {0.025, 1e+06, -1.959966356814107},     {1e-300, HUGE_VAL, -37.047096299361199},
    {0.025, HUGE_VAL, -1.9599639845400542}, {0.6, HUGE_VAL, 0.25334710313579974},
};

static void probabilities_have_twelve_digits_in_both_tails(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(t_values); k++) {
        const double *v = t_values[k];
        require_close("t_cdf", v[0], v[1], 0, marq_t_cdf(v[0], v[1]), v[2]);
    }
    for (size_t k = 0; k < COUNT(f_values); k++) {
        const double *v = f_values[k];
        require_close("f_cdf", v[0], v[1], v[2], marq_f_cdf(v[0], v[1], v[2]), v[3]);
        require_close("f_tail", v[0], v[1], v[2], marq_f_tail(v[0], v[1], v[2]), v[4]);
    }
    for (size_t k = 0; k < COUNT(chi_square_values); k++) {
        const double *v = chi_square_values[k];
        require_close("chi_square_cdf", v[0], v[1], 0, marq_chi_square_cdf(v[0], v[1]), v[2]);
        require_close("chi_square_tail", v[0], v[1], 0, marq_chi_square_tail(v[0], v[1]), v[3]);
    }
    require_close("normal_cdf", -37.5, 0, 0, marq_normal_cdf(-37.5), 4.6053530095819548e-308);
}

static void quantiles_have_twelve_digits(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(t_quantiles); k++) {
        const double *v = t_quantiles[k];
        require_close("t_quantile", v[0], v[1], 0, marq_t_quantile(v[0], v[1]), v[2]);
    }
    require_close("normal_quantile", 0.025, 0, 0, marq_normal_quantile(0.025), -1.9599639845400542);
}

/* For 1e10 degrees of freedom P(T ≤ t) = Φ(t) − φ(t) (t³ + t)/(4 dof) + O(dof⁻²), in mpmath; χ² by
 * mpmath.gammainc. */
static void many_degrees_of_freedom_lead_to_the_normal_distribution(void **state) {
    (void)state;
    require_close("t_cdf", -1.96, 1e10, 0, marq_t_cdf(-1.96, 1e10), 0.0249978951620848703);
    require_close("chi_square_tail", 1.0000001e10, 1e10, 0, marq_chi_square_tail(1.0000001e10, 1e10),
                  0.497177195099130527);
    require_close("t_quantile", 0.975, HUGE_VAL, 0, marq_t_quantile(0.975, HUGE_VAL),
                  marq_normal_quantile(0.975));
    require_close("f_tail", 1.7, 4, HUGE_VAL, marq_f_tail(1.7, 4, HUGE_VAL), marq_chi_square_tail(6.8, 4));
}

/* F of one numerator is the square of t; a quantile undoes a probability; t is symmetric. */
static void the_functions_agree_with_one_another(void **state) {
    (void)state;
    static const double dofs[] = {0.5, 1, 2, 3.7, 11, 250, 1e5, HUGE_VAL};
    static const double probabilities[] = {1e-250, 1e-30, 1e-5, 0.1, 0.2499, 0.2501, 0.45, 0.49};
    for (size_t d = 0; d < COUNT(dofs); d++)
        for (size_t k = 0; k < COUNT(probabilities); k++) {
            double dof = dofs[d], p = probabilities[k], t = marq_t_quantile(p, dof);
            if (isinf(t)) continue; /* beyond the range of doubles for dof 0.5 */
            require_close("t_cdf of quantile", p, dof, t, marq_t_cdf(t, dof), p);
            require_close("t_cdf", t, dof, 0, marq_t_cdf(-t, dof), 1 - marq_t_cdf(t, dof));
            if (fabs(t) < 1e150) require_close("f_tail", t * t, 1, dof, marq_f_tail(t * t, 1, dof), 2 * p);
        }
}

static void edges_and_wrong_arguments_are_defined(void **state) {
    (void)state;
    assert_true(marq_t_cdf(0, 3) == 0.5 && marq_t_quantile(0.5, 3) == 0);
    assert_true(marq_t_cdf(HUGE_VAL, 3) == 1 && marq_t_cdf(-HUGE_VAL, 3) == 0);
    assert_true(marq_t_quantile(0, 3) == -HUGE_VAL && marq_t_quantile(1, 3) == HUGE_VAL);
    assert_true(marq_f_cdf(0, 2, 3) == 0 && marq_f_tail(0, 2, 3) == 1 && marq_f_tail(HUGE_VAL, 2, 3) == 0);
    assert_true(marq_chi_square_cdf(0, 2) == 0 && marq_chi_square_cdf(HUGE_VAL, 2) == 1);
    const double wrong[] = {marq_t_cdf((double)NAN, 3), marq_t_cdf(1, 0),
                            marq_t_quantile(1.5, 3),    marq_t_quantile(0.5, -1),
                            marq_f_cdf(-1, 2, 2),       marq_f_tail(1, 2, (double)NAN),
                            marq_chi_square_cdf(-1, 2), marq_chi_square_tail(1, 0),
                            marq_normal_quantile(-0.1), marq_normal_cdf((double)NAN)};
    for (size_t k = 0; k < COUNT(wrong); k++) REQUIRE(isnan(wrong[k]), "call %zu gave %g", k, wrong[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_have_twelve_digits_in_both_tails),
        cmocka_unit_test(quantiles_have_twelve_digits),
        cmocka_unit_test(many_degrees_of_freedom_lead_to_the_normal_distribution),
        cmocka_unit_test(the_functions_agree_with_one_another),
        cmocka_unit_test(edges_and_wrong_arguments_are_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
