/* fit --formula without --start: from many places it finds the minimum that the true parameters lead to. */
#include "formulas.h"
#include "run_command.h"

#include <base/random.h>
#include <base/text.h>

enum { MOST_ROWS = 9000 };

/* Noise of 2 % of the response's range (or `noise`), of nearly normal distribution. */
static const struct start_case {
    const char *formula, *truth; /* of x; "a=1,b=2", in the order of the formula */
    double low, high;            /* of x, even steps; logarithmic where low·high > 0 and the ratio ≥ 100 */
    int rows;
    double noise;
} cases[] = {
    {"y = a*exp(-b*x) + c", "a=5,b=1.3,c=1", 0, 4, 40, 0},
    {"y = a*exp(-b*x) + c", "a=5e-9,b=2e6,c=1e-9", 0, 2e-6, 40, 0},
    {"y = a*exp(-x/t) + c", "a=300,t=4000,c=50", 0, 2e4, 40, 0},
    {"y = a*exp(-b*x) + c*exp(-d*x)", "a=5,b=12,c=3,d=0.8", 0, 3, 80, 0.005},
    {"y = a1*exp(-(x-m1)^2/(2*s1^2)) + a2*exp(-(x-m2)^2/(2*s2^2)) + b0 + b1*x",
     "a1=4,m1=3,s1=0.4,a2=2.5,m2=6.2,s2=0.7,b0=1,b1=0.05", 0, 10, 90, 0},
    {"y = a1*exp(-(x-m1)^2/(2*s1^2)) + a2*exp(-(x-m2)^2/(2*s2^2)) + b0 + b1*x",
     "a1=4000,m1=1530e-9,s1=2e-9,a2=1500,m2=1545e-9,s2=4e-9,b0=100,b1=1e9", 1500e-9, 1570e-9, 90, 0},
    {"y = a/(1 + ((x-m)/w)^2) + c", "a=3,m=712,w=4,c=0.5", 600, 800, 80, 0},
    {"y = A*sin(w*x+p) + c", "A=2,w=7.3,p=0.7,c=5", 0, 10, 90, 0.1},
    {"y = A*sin(2*pi*f*x+p)+c", "A=0.01,f=1234,p=2,c=0.001", 0, 0.02, 150, 0.1},
    {"y = A*exp(-x/tau)*sin(w*x)+c", "A=1,tau=3e-3,w=9000,c=0.2", 0, 0.01, 120, 0.05},
    {"y = Vmax*x/(Km+x)", "Vmax=2e-7,Km=3e-9", 1e-10, 1e-7, 20, 0},
    {"y = L/(1+exp(-k*(x-x0)))", "L=300e6,k=0.03,x0=1914", 1790, 2000, 22, 0},
    {"y = a*x^b", "a=3,b=1.7", 1, 90, 40, 0},
    {"y = a*(1-exp(-b*x))", "a=7,b=0.004", 0, 1000, 40, 0},
    {"y = V*x^n/(K^n+x^n)", "V=10,n=2.3,K=1e-6", 1e-8, 1e-4, 30, 0},
    {"y = bottom + (top-bottom)/(1+(x/EC50)^h)", "bottom=3,top=95,EC50=30,h=1.4", 0.1, 1e4, 30, 0},
    {"y = A*exp(-E/(8.314*x))", "A=1e9,E=6e4", 290, 360, 15, 0},
    {"y = a + b*log(x + c)", "a=1,b=2,c=3.5", 0, 90, 40, 0},
    {"y = a + b*log(x - c)", "a=1,b=2,c=0.2", 0.4, 9, 40, 0}, /* defined only below the range of x */
    {"y = a + b*x + (x > x0 ? c*(x-x0) : 0)", "a=1,b=0.2,x0=37,c=1.5", 0, 90, 60, 0},
};

static double normal(marq_random *random) {
    double sum = -6;
    for (int k = 0; k < 12; k++) sum += marq_random_uniform(random);
    return sum;
}

static void read_truth(const struct start_case *c, const marq_formula *formula, double *theta) {
    for (const char *at = c->truth; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        char name[32] = "";
        memcpy(name, at, strcspn(at, "="));
        theta[marq_formula_find_parameter(formula, name)] = strtod(strchr(at, '=') + 1, NULL);
    }
}

static void write_case(const struct start_case *c, const char *path) {
    static double x[MOST_ROWS], y[MOST_ROWS];
    double theta[16], least = HUGE_VAL, most = -HUGE_VAL;
    int logarithmic = c->low > 0 && c->high / c->low >= 100;
    for (int i = 0; i < c->rows; i++) {
        double share = i / (c->rows - 1.0);
        x[i] = logarithmic ? c->low * pow(c->high / c->low, share) : c->low + share * (c->high - c->low);
    }
    marq_formula *formula = parse_model(c->formula, NAMES("x", "y"));
    marq_formula_data data = {(const double *const[]){x, NULL}, 1, (size_t)c->rows};
    read_truth(c, formula, theta);
    marq_formula_evaluate(formula, &data, theta, 0, data.rows, y);
    for (int i = 0; i < c->rows; i++) least = fmin(least, y[i]), most = fmax(most, y[i]);
    marq_random random = {.seed = 7, .stream = 100};
    marq_text text = {0};
    marq_text_add(&text, "x,y\n");
    for (int i = 0; i < c->rows; i++) {
        marq_text_add_number(&text, x[i]);
        marq_text_add(&text, ",");
        marq_text_add_number(&text,
                             y[i] + (c->noise > 0 ? c->noise : 0.02) * (most - least) * normal(&random));
        marq_text_add(&text, "\n");
    }
    write_text(path, text.data);
    marq_text_clear(&text);
    marq_formula_destroy(formula);
}

static double chi2_of(const char *const *words) {
    json_t *report = parse_json(check_done(words)->out);
    double chi2 = number_at(report, "chi2", NULL);
    json_decref(report);
    return chi2;
}

static void check_found(const struct start_case *c) {
    write_case(c, "d.csv");
    double found =
        chi2_of((const char *const[]){"d.csv", "--formula", c->formula, "--json", "--no-plot", NULL});
    double least = chi2_of((const char *const[]){"d.csv", "--formula", c->formula, "--json", "--no-plot",
                                                 "--start", c->truth, NULL});
    REQUIRE(found <= least * (1 + 1e-6), "%s (%s): %.9g, from the true parameters %.9g", c->formula, c->truth,
            found, least);
}

static void the_minimum_is_found_at_any_scale(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) check_found(&cases[i]);
}

/* A sample of them is solved from all starts, the whole from where those end. */
static void the_minimum_is_found_in_many_rows(void **state) {
    (void)state;
    const struct start_case many = {
        "y = A*exp(-x/tau)*sin(w*x) + c", "A=1,tau=3e-3,w=9000,c=0.2", 0, 0.01, MOST_ROWS, 0.1};
    check_found(&many);
}

static void the_number_of_threads_changes_nothing(void **state) {
    (void)state;
    write_case(&cases[4], "d.csv");
    const char *const threads[] = {"1", "3"}, *const folders[] = {"one", "three"};
    for (int k = 0; k < 2; k++)
        DONE("d.csv", "--formula", cases[4].formula, "--no-plot", "--threads", threads[k], "--out",
             folders[k]);
    check_same_files("one/params.json", "three/params.json");
}

/* Of two peaks, one narrow and high, one broad: a single peak fits either, and the broad one is worse. */
/* Of d.csv, by the case's formula. */
static void check_widths(const struct start_case *c, const char *option, const char *value, double sign) {
    json_t *report =
        parse_json(DONE("d.csv", "--formula", c->formula, "--no-plot", "--json", option, value)->out);
    double s1 = number_at(entry_at(report, "parameters", "s1"), "value", NULL);
    double s2 = number_at(entry_at(report, "parameters", "s2"), "value", NULL);
    REQUIRE(sign * s1 > 0.3 && s2 > 0.3, "%s %s: s1 %g, s2 %g", option, value, s1, s2);
    json_decref(report);
}

/* A width that enters by its square has two signs; without a start it is positive, with one it keeps its own.
 */
static void a_width_is_positive(void **state) {
    (void)state;
    write_case(&cases[4], "d.csv");
    check_widths(&cases[4], "--seed", "1", 1);
    check_widths(&cases[4], "--seed", "2", 1);
    check_widths(&cases[4], "--start", "s1=-0.5", -1);
}

static void the_minima_are_told(void **state) {
    (void)state;
    const struct start_case two = {"y = a1*exp(-((x-m1)/s1)^2) + a2*exp(-((x-m2)/s2)^2)",
                                   "a1=4,m1=3,s1=0.4,a2=3,m2=7,s2=1",
                                   0,
                                   10,
                                   80,
                                   0.01};
    write_case(&two, "d.csv");
    json_t *report = parse_json(
        DONE("d.csv", "--formula", "y = a*exp(-((x-m)/s)^2)", "--json", "--no-plot", "--starts", "60")->out);
    const json_t *list = value_at(report, "minima", NULL);
    assert_true(json_array_size(list) >= 2);
    double chi2 = number_at(report, "chi2", NULL), before = 0;
    check_close(2 * number_at(json_array_get(list, 0), "cost", NULL), chi2, 1e-9);
    for (size_t k = 0; k < json_array_size(list); k++) {
        double cost = number_at(json_array_get(list, k), "cost", NULL);
        assert_true(cost >= before && number_at(json_array_get(list, k), "starts", NULL) >= 1);
        before = cost;
    }
    json_decref(report);
}

/* The bounds hold for the places, too. */
static void starts_keep_to_the_bounds(void **state) {
    (void)state;
    write_case(&cases[0], "d.csv");
    json_t *report = parse_json(
        DONE("d.csv", "--formula", cases[0].formula, "--bounds", "b=2:3", "--json", "--no-plot")->out);
    const json_t *b = json_array_get(value_at(report, "parameters", NULL), 1);
    assert_true(number_at(b, "value", NULL) == 2);
    json_decref(report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_minimum_is_found_at_any_scale),
        IN_FOLDER(the_minimum_is_found_in_many_rows),
        IN_FOLDER(the_number_of_threads_changes_nothing),
        IN_FOLDER(a_width_is_positive),
        IN_FOLDER(the_minima_are_told),
        IN_FOLDER(starts_keep_to_the_bounds),
    };
    return cmocka_run_group_tests_name("command_starts", tests, NULL, NULL);
}
