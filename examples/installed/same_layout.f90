! The types and constants of marq.f90 against those of the C header (same_layout.c).
program same_layout
  use, intrinsic :: iso_c_binding
  use marq
  implicit none
  interface
    integer(c_long) function fact(name) bind(c)
      import :: c_long, c_char
      character(kind=c_char), intent(in) :: name(*)
    end function
    integer(c_long) function fact_count() bind(c)
      import :: c_long
    end function
  end interface
  type(marq_problem), target :: p
  type(marq_linear_tie), target :: t
  type(marq_ties), target :: ts
  type(marq_options), target :: o
  type(marq_progress), target :: g
  type(marq_result), target :: r
  type(marq_uncertainty), target :: u
  type(marq_error), target :: e
  integer(c_long) :: seen = 0
  logical :: wrong = .false.

  call same("marq_problem", int(c_sizeof(p), c_long))
  call field("marq_problem.rows", c_loc(p%rows), c_loc(p))
  call field("marq_problem.parameters", c_loc(p%parameters), c_loc(p))
  call field("marq_problem.user", c_loc(p%user), c_loc(p))
  call field("marq_problem.residual", c_loc(p%residual), c_loc(p))
  call field("marq_problem.jacobian", c_loc(p%jacobian), c_loc(p))
  call field("marq_problem.column_jacobian", c_loc(p%column_jacobian), c_loc(p))
  call field("marq_problem.products", c_loc(p%products), c_loc(p))
  call field("marq_problem.concurrent", c_loc(p%concurrent), c_loc(p))
  call field("marq_problem.lower", c_loc(p%lower), c_loc(p))
  call field("marq_problem.upper", c_loc(p%upper), c_loc(p))
  call field("marq_problem.fixed", c_loc(p%fixed), c_loc(p))
  call field("marq_problem.ties", c_loc(p%ties), c_loc(p))
  call field("marq_problem.linear", c_loc(p%linear), c_loc(p))
  call field("marq_problem.weights", c_loc(p%weights), c_loc(p))
  call field("marq_problem.idle_rows", c_loc(p%idle_rows), c_loc(p))
  call field("marq_problem.loss", c_loc(p%loss), c_loc(p))
  call field("marq_problem.loss_scale", c_loc(p%loss_scale), c_loc(p))
  call field("marq_problem.loss_function", c_loc(p%loss_function), c_loc(p))
  call field("marq_problem.cost", c_loc(p%cost), c_loc(p))
  call field("marq_problem.row_block", c_loc(p%row_block), c_loc(p))

  call same("marq_linear_tie", int(c_sizeof(t), c_long))
  call field("marq_linear_tie.parameter", c_loc(t%parameter), c_loc(t))
  call field("marq_linear_tie.constant", c_loc(t%constant), c_loc(t))
  call field("marq_linear_tie.terms", c_loc(t%terms), c_loc(t))
  call field("marq_linear_tie.source", c_loc(t%source), c_loc(t))
  call field("marq_linear_tie.factor", c_loc(t%factor), c_loc(t))

  call same("marq_ties", int(c_sizeof(ts), c_long))
  call field("marq_ties.linear", c_loc(ts%linear), c_loc(ts))
  call field("marq_ties.count", c_loc(ts%count), c_loc(ts))
  call field("marq_ties.tied", c_loc(ts%tied), c_loc(ts))
  call field("marq_ties.function", c_loc(ts%function), c_loc(ts))
  call field("marq_ties.derivative", c_loc(ts%derivative), c_loc(ts))

  call same("marq_options", int(c_sizeof(o), c_long))
  call field("marq_options.jacobian", c_loc(o%jacobian), c_loc(o))
  call field("marq_options.typical_size", c_loc(o%typical_size), c_loc(o))
  call field("marq_options.method", c_loc(o%method), c_loc(o))
  call field("marq_options.scaling", c_loc(o%scaling), c_loc(o))
  call field("marq_options.radius", c_loc(o%radius), c_loc(o))
  call field("marq_options.polish", c_loc(o%polish), c_loc(o))
  call field("marq_options.form", c_loc(o%form), c_loc(o))
  call field("marq_options.linear_tolerance", c_loc(o%linear_tolerance), c_loc(o))
  call field("marq_options.damping", c_loc(o%damping), c_loc(o))
  call field("marq_options.mu", c_loc(o%mu), c_loc(o))
  call field("marq_options.mu_increase", c_loc(o%mu_increase), c_loc(o))
  call field("marq_options.mu_decrease", c_loc(o%mu_decrease), c_loc(o))
  call field("marq_options.mu_min", c_loc(o%mu_min), c_loc(o))
  call field("marq_options.mu_max", c_loc(o%mu_max), c_loc(o))
  call field("marq_options.acceleration", c_loc(o%acceleration), c_loc(o))
  call field("marq_options.acceleration_limit", c_loc(o%acceleration_limit), c_loc(o))
  call field("marq_options.acceleration_step", c_loc(o%acceleration_step), c_loc(o))
  call field("marq_options.decay", c_loc(o%decay), c_loc(o))
  call field("marq_options.evidence", c_loc(o%evidence), c_loc(o))
  call field("marq_options.gradient_tolerance", c_loc(o%gradient_tolerance), c_loc(o))
  call field("marq_options.step_tolerance", c_loc(o%step_tolerance), c_loc(o))
  call field("marq_options.cost_tolerance", c_loc(o%cost_tolerance), c_loc(o))
  call field("marq_options.cost_goal", c_loc(o%cost_goal), c_loc(o))
  call field("marq_options.max_iterations", c_loc(o%max_iterations), c_loc(o))
  call field("marq_options.max_evaluations", c_loc(o%max_evaluations), c_loc(o))
  call field("marq_options.max_seconds", c_loc(o%max_seconds), c_loc(o))
  call field("marq_options.max_memory", c_loc(o%max_memory), c_loc(o))
  call field("marq_options.threads", c_loc(o%threads), c_loc(o))
  call field("marq_options.progress", c_loc(o%progress), c_loc(o))
  call field("marq_options.progress_user", c_loc(o%progress_user), c_loc(o))
  call field("marq_options.profile", c_loc(o%profile), c_loc(o))

  call same("marq_progress", int(c_sizeof(g), c_long))
  call field("marq_progress.iteration", c_loc(g%iteration), c_loc(g))
  call field("marq_progress.cost", c_loc(g%cost), c_loc(g))
  call field("marq_progress.gradient_norm", c_loc(g%gradient_norm), c_loc(g))
  call field("marq_progress.mu", c_loc(g%mu), c_loc(g))
  call field("marq_progress.gain_ratio", c_loc(g%gain_ratio), c_loc(g))
  call field("marq_progress.step_norm", c_loc(g%step_norm), c_loc(g))
  call field("marq_progress.seconds", c_loc(g%seconds), c_loc(g))
  call field("marq_progress.rejected", c_loc(g%rejected), c_loc(g))
  call field("marq_progress.decay", c_loc(g%decay), c_loc(g))
  call field("marq_progress.effective", c_loc(g%effective), c_loc(g))
  call field("marq_progress.beta", c_loc(g%beta), c_loc(g))
  call field("marq_progress.theta", c_loc(g%theta), c_loc(g))
  call field("marq_progress.residual", c_loc(g%residual), c_loc(g))

  call same("marq_result", int(c_sizeof(r), c_long))
  call field("marq_result.status", c_loc(r%status), c_loc(r))
  call field("marq_result.iterations", c_loc(r%iterations), c_loc(r))
  call field("marq_result.rejected", c_loc(r%rejected), c_loc(r))
  call field("marq_result.residual_evaluations", c_loc(r%residual_evaluations), c_loc(r))
  call field("marq_result.jacobian_evaluations", c_loc(r%jacobian_evaluations), c_loc(r))
  call field("marq_result.factorisations", c_loc(r%factorisations), c_loc(r))
  call field("marq_result.linear_iterations", c_loc(r%linear_iterations), c_loc(r))
  call field("marq_result.polish_steps", c_loc(r%polish_steps), c_loc(r))
  call field("marq_result.cost", c_loc(r%cost), c_loc(r))
  call field("marq_result.gradient_norm", c_loc(r%gradient_norm), c_loc(r))
  call field("marq_result.step_norm", c_loc(r%step_norm), c_loc(r))
  call field("marq_result.mu", c_loc(r%mu), c_loc(r))
  call field("marq_result.decay", c_loc(r%decay), c_loc(r))
  call field("marq_result.effective", c_loc(r%effective), c_loc(r))
  call field("marq_result.beta", c_loc(r%beta), c_loc(r))
  call field("marq_result.seconds", c_loc(r%seconds), c_loc(r))
  call field("marq_result.message", c_loc(r%message(1)), c_loc(r))

  call same("marq_uncertainty", int(c_sizeof(u), c_long))
  call field("marq_uncertainty.rank", c_loc(u%rank), c_loc(u))
  call field("marq_uncertainty.free", c_loc(u%free), c_loc(u))
  call field("marq_uncertainty.dof", c_loc(u%dof), c_loc(u))
  call field("marq_uncertainty.variance", c_loc(u%variance), c_loc(u))
  call field("marq_uncertainty.condition", c_loc(u%condition), c_loc(u))
  call field("marq_uncertainty.message", c_loc(u%message(1)), c_loc(u))

  call same("marq_error", int(c_sizeof(e), c_long))
  call field("marq_error.status", c_loc(e%status), c_loc(e))
  call field("marq_error.message", c_loc(e%message(1)), c_loc(e))

  call same("MARQ_OK", int(marq_ok, c_long))
  call same("MARQ_CONVERGED_GRADIENT", int(marq_converged_gradient, c_long))
  call same("MARQ_CONVERGED_STEP", int(marq_converged_step, c_long))
  call same("MARQ_CONVERGED_COST", int(marq_converged_cost, c_long))
  call same("MARQ_CONVERGED_ZERO", int(marq_converged_zero, c_long))
  call same("MARQ_CONVERGED_GOAL", int(marq_converged_goal, c_long))
  call same("MARQ_STOP_VALIDATION", int(marq_stop_validation, c_long))
  call same("MARQ_STOP_ITERATIONS", int(marq_stop_iterations, c_long))
  call same("MARQ_STOP_EVALUATIONS", int(marq_stop_evaluations, c_long))
  call same("MARQ_STOP_TIME", int(marq_stop_time, c_long))
  call same("MARQ_STOP_STALLED", int(marq_stop_stalled, c_long))
  call same("MARQ_STOP_CALLER", int(marq_stop_caller, c_long))
  call same("MARQ_STOP_DIVERGED", int(marq_stop_diverged, c_long))
  call same("MARQ_ERROR_ARGUMENT", int(marq_error_argument, c_long))
  call same("MARQ_ERROR_MEMORY", int(marq_error_memory, c_long))
  call same("MARQ_ERROR_START", int(marq_error_start, c_long))
  call same("MARQ_ERROR_JACOBIAN", int(marq_error_jacobian, c_long))
  call same("MARQ_ERROR_CALLBACK", int(marq_error_callback, c_long))
  call same("MARQ_ERROR_READ", int(marq_error_read, c_long))
  call same("MARQ_ERROR_WRITE", int(marq_error_write, c_long))
  call same("MARQ_ERROR_FORMAT", int(marq_error_format, c_long))
  call same("MARQ_ERROR_DATA", int(marq_error_data, c_long))
  call same("MARQ_CALLBACK_OK", int(marq_callback_ok, c_long))
  call same("MARQ_CALLBACK_NOT_COMPUTABLE", int(marq_callback_not_computable, c_long))
  call same("MARQ_CALLBACK_ABORT", int(marq_callback_abort, c_long))
  call same("MARQ_JACOBIAN_AUTO", int(marq_jacobian_auto, c_long))
  call same("MARQ_JACOBIAN_FORWARD", int(marq_jacobian_forward, c_long))
  call same("MARQ_JACOBIAN_CENTRAL", int(marq_jacobian_central, c_long))
  call same("MARQ_LOSS_SQUARES", int(marq_loss_squares, c_long))
  call same("MARQ_LOSS_SOFT_L1", int(marq_loss_soft_l1, c_long))
  call same("MARQ_LOSS_HUBER", int(marq_loss_huber, c_long))
  call same("MARQ_LOSS_CAUCHY", int(marq_loss_cauchy, c_long))
  call same("MARQ_LOSS_ARCTAN", int(marq_loss_arctan, c_long))
  call same("MARQ_LOSS_TUKEY", int(marq_loss_tukey, c_long))
  call same("MARQ_LOSS_CUSTOM", int(marq_loss_custom, c_long))
  call same("MARQ_METHOD_AUTO", int(marq_method_auto, c_long))
  call same("MARQ_METHOD_TRUST_REGION", int(marq_method_trust_region, c_long))
  call same("MARQ_METHOD_DAMPING", int(marq_method_damping, c_long))
  call same("MARQ_METHOD_DOGLEG", int(marq_method_dogleg, c_long))
  call same("MARQ_DAMPING_GAIN", int(marq_damping_gain, c_long))
  call same("MARQ_DAMPING_FACTORS", int(marq_damping_factors, c_long))
  call same("MARQ_SCALING_COLUMNS", int(marq_scaling_columns, c_long))
  call same("MARQ_SCALING_NONE", int(marq_scaling_none, c_long))
  call same("MARQ_FORM_AUTO", int(marq_form_auto, c_long))
  call same("MARQ_FORM_GRAM", int(marq_form_gram, c_long))
  call same("MARQ_FORM_KERNEL", int(marq_form_kernel, c_long))
  call same("MARQ_FORM_ITERATIVE", int(marq_form_iterative, c_long))
  call same("MARQ_FORM_QR", int(marq_form_qr, c_long))
  call same("MARQ_REQUEST_FINISHED", int(marq_request_finished, c_long))
  call same("MARQ_REQUEST_RESIDUAL", int(marq_request_residual, c_long))
  call same("MARQ_REQUEST_JACOBIAN", int(marq_request_jacobian, c_long))
  call same("MARQ_REQUEST_PROGRESS", int(marq_request_progress, c_long))
  call same("MARQ_REVERSE_WITH_JACOBIAN", int(marq_reverse_with_jacobian, c_long))
  call same("MARQ_REVERSE_WITH_PROGRESS", int(marq_reverse_with_progress, c_long))
  call same("MARQ_REVERSE_WITH_COVARIANCE", int(marq_reverse_with_covariance, c_long))
  call same("MARQ_REVERSE_WITH_ABSOLUTE", int(marq_reverse_with_absolute, c_long))

  if (seen /= fact_count()) then
    print '(i0, a, i0)', fact_count(), " fields, types and constants in the header, compared: ", seen
    wrong = .true.
  end if
  if (wrong) error stop "marq.f90 and marq/lm.h differ"

contains
  subroutine field(name, place, begin)
    character(*), intent(in) :: name
    type(c_ptr), intent(in) :: place, begin
    call same(name, int(transfer(place, 0_c_intptr_t) - transfer(begin, 0_c_intptr_t), c_long))
  end subroutine

  subroutine same(name, value)
    character(*), intent(in) :: name
    integer(c_long), intent(in) :: value
    seen = seen + 1
    if (fact(name // c_null_char) == value) return
    print '(a, i0, a, i0)', name // " is ", value, " in Fortran, in C ", fact(name // c_null_char)
    wrong = .true.
  end subroutine
end program
