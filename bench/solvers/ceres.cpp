// Ceres Solver's Levenberg–Marquardt with dense QR: its default options, and tight ones.
extern "C" {
#include "solver.h"
}

#include <ceres/ceres.h>
#include <cmath>
#include <glog/logging.h>
#include <utility>
#include <vector>

namespace {

class Counted : public ceres::CostFunction {
  public:
    explicit Counted(bench_problem *problem) : problem_(problem) {
        set_num_residuals(static_cast<int>(problem->rows));
        mutable_parameter_block_sizes()->push_back(static_cast<int>(problem->parameters));
    }

    // A value that is not finite makes the point infeasible: the step is rejected.
    bool Evaluate(double const *const *x, double *r, double **J) const override {
        if (!bench_residual(problem_, x[0], r)) return false;
        return !J || !J[0] || bench_jacobian(problem_, x[0], J[0]);
    }

  private:
    bench_problem *problem_;
};

void solve(bench_problem *p, double *x, ceres::Solver::Options options) {
    FLAGS_minloglevel = google::FATAL; // failures are counted, not logged
    options.linear_solver_type = ceres::DENSE_QR;
    options.logging_type = ceres::SILENT;
    options.num_threads = 1;
    ceres::Problem problem;
    problem.AddResidualBlock(new Counted(p), nullptr, x);
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
}

} // namespace

extern "C" void bench_ceres_default(bench_problem *p, double *x) {
    solve(p, x, ceres::Solver::Options());
}

// 1e-18 is what Ceres's own test drivers take.
extern "C" void bench_ceres_tight(bench_problem *p, double *x) {
    ceres::Solver::Options options;
    options.function_tolerance = options.gradient_tolerance = options.parameter_tolerance = 1e-18;
    options.max_num_iterations = static_cast<int>(p->tight_limit);
    solve(p, x, options);
}

// By Ceres's default, a sparse QR of J; fails, and leaves NaN, where that finds J rank-deficient.
extern "C" void bench_ceres_deviations(bench_problem *p, const double *x, double *deviations) {
    std::vector<double> at(x, x + p->parameters), r(p->rows), covariance(p->parameters * p->parameters);
    ceres::Problem problem;
    problem.AddResidualBlock(new Counted(p), nullptr, at.data());
    FLAGS_minloglevel = google::FATAL;
    ceres::Covariance solver{ceres::Covariance::Options()};
    std::vector<std::pair<const double *, const double *>> blocks{{at.data(), at.data()}};
    if (!solver.Compute(blocks, &problem)) return;
    solver.GetCovarianceBlock(at.data(), at.data(), covariance.data());
    bench_residual(p, x, r.data());
    double squares = 0;
    for (double value : r) squares += value * value;
    double variance = squares / static_cast<double>(p->rows - p->parameters);
    for (std::size_t j = 0; j < p->parameters; j++)
        deviations[j] = std::sqrt(variance * covariance[j * p->parameters + j]);
}
