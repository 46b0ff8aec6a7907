// Ceres Solver's Levenberg–Marquardt on the normal equations.
extern "C" {
#include "net_solvers.h"
}

#include <ceres/ceres.h>
#include <glog/logging.h>
#include <limits>

namespace {

class Net : public ceres::CostFunction {
  public:
    explicit Net(bench_net_fit *fit) : fit_(fit) {
        set_num_residuals(static_cast<int>(fit->rows));
        mutable_parameter_block_sizes()->push_back(static_cast<int>(fit->parameters));
    }

    // Ceres has its own limit of time.
    bool Evaluate(double const *const *theta, double *r, double **J) const override {
        bench_net_residual(fit_, theta[0], r);
        if (J && J[0]) bench_net_jacobian(fit_, theta[0], J[0]);
        return true;
    }

  private:
    bench_net_fit *fit_;
};

} // namespace

extern "C" void bench_net_ceres(bench_net_fit *fit, double *theta) {
    FLAGS_minloglevel = google::FATAL;
    ceres::Solver::Options options;
    options.linear_solver_type = ceres::DENSE_NORMAL_CHOLESKY;
    options.dense_linear_algebra_library_type = ceres::LAPACK;
    options.logging_type = ceres::SILENT;
    options.num_threads = 1;
    options.max_solver_time_in_seconds = fit->seconds;
    options.max_num_iterations = std::numeric_limits<int>::max();
    options.function_tolerance = options.gradient_tolerance = options.parameter_tolerance = 1e-18;
    ceres::Problem problem;
    problem.AddResidualBlock(new Net(fit), nullptr, theta);
    ceres::Solver::Summary summary;
    ceres::Solve(options, &problem, &summary);
}
