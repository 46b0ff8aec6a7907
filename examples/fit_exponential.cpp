// The same in C++: a lambda as the residual, through a small adapter.
//     c++ fit_exponential.cpp $(pkg-config --cflags --libs marq) -o fit_exponential
#include <cmath>
#include <cstdio>
#include <functional>
#include <marq/lm.h>
#include <vector>

using Residual = std::function<double(const double *p, std::size_t row)>;

static int call(void *user, const double *p, std::size_t first, std::size_t count, double *r) {
    const Residual &f = *static_cast<const Residual *>(user);
    for (std::size_t i = 0; i < count; i++) r[i] = f(p, first + i);
    return MARQ_CALLBACK_OK;
}

int main() {
    const std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7}, y{5.02, 3.48, 2.49, 1.90, 1.52, 1.31, 1.19, 1.10};
    Residual f = [&](const double *p, std::size_t i) { return p[0] * std::exp(-p[1] * x[i]) + p[2] - y[i]; };
    marq_problem problem{};
    problem.rows = x.size();
    problem.parameters = 3;
    problem.user = &f;
    problem.residual = call;
    std::vector<double> p{1, 1, 0};
    marq_result result;
    if (marq_solve(&problem, nullptr, p.data(), &result) < 0) {
        std::fprintf(stderr, "%s\n", result.message);
        return 1;
    }
    std::printf("a = %.6f, b = %.6f, c = %.6f\n", p[0], p[1], p[2]);
    return std::fabs(p[0] - 4.02) < 0.05 ? 0 : 1;
}
