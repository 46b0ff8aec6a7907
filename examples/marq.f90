! marq's solver for Fortran 2003, over iso_c_binding. Compile this file with your program and link -lmarq.
! The types mirror marq/lm.h, which documents every field.
module marq
  use, intrinsic :: iso_c_binding
  implicit none
  private
  public :: marq_problem, marq_linear_tie, marq_ties, marq_options, marq_progress, marq_result, marq_uncertainty, marq_error
  public :: marq_options_default, marq_solve, marq_covariance_at
  public :: marq_residual_function, marq_jacobian_function
  public :: marq_reverse_create, marq_reverse_next, marq_reverse_theta, marq_reverse_rows, marq_reverse_residual, &
    marq_reverse_jacobian, marq_reverse_progress, marq_reverse_result, marq_reverse_covariance, marq_reverse_destroy

  ! Statuses: above 0 the result may be used, below 0 it may not.
  enum, bind(c)
    enumerator :: marq_error_data = -9, marq_error_format, marq_error_write, marq_error_read, marq_error_callback, &
      marq_error_jacobian, marq_error_start, marq_error_memory, marq_error_argument, marq_ok, marq_converged_gradient, &
      marq_converged_step, marq_converged_cost, marq_converged_zero, marq_converged_goal, marq_stop_validation, &
      marq_stop_iterations, marq_stop_evaluations, marq_stop_time, marq_stop_stalled, marq_stop_caller, &
      marq_stop_diverged
  end enum
  ! What a callback returns.
  enum, bind(c)
    enumerator :: marq_callback_abort = -1, marq_callback_ok, marq_callback_not_computable
  end enum
  enum, bind(c)
    enumerator :: marq_jacobian_auto, marq_jacobian_forward, marq_jacobian_central
  end enum
  enum, bind(c)
    enumerator :: marq_loss_squares, marq_loss_soft_l1, marq_loss_huber, marq_loss_cauchy, marq_loss_arctan, &
      marq_loss_tukey, marq_loss_custom
  end enum
  enum, bind(c)
    enumerator :: marq_method_auto, marq_method_trust_region, marq_method_damping, marq_method_dogleg
  end enum
  enum, bind(c)
    enumerator :: marq_damping_gain, marq_damping_factors
  end enum
  enum, bind(c)
    enumerator :: marq_scaling_columns, marq_scaling_none
  end enum
  enum, bind(c)
    enumerator :: marq_form_auto, marq_form_gram, marq_form_kernel, marq_form_iterative, marq_form_qr
  end enum
  ! Reverse communication (marq/reverse.h): what the solver asks for, and what the caller can do and wants.
  enum, bind(c)
    enumerator :: marq_request_finished, marq_request_residual, marq_request_jacobian, marq_request_progress
  end enum
  enum, bind(c)
    enumerator :: marq_reverse_with_jacobian = 1, marq_reverse_with_progress = 2, marq_reverse_with_covariance = 4, &
      marq_reverse_with_absolute = 8
  end enum
  public :: marq_request_finished, marq_request_residual, marq_request_jacobian, marq_request_progress
  public :: marq_reverse_with_jacobian, marq_reverse_with_progress, marq_reverse_with_covariance, &
    marq_reverse_with_absolute
  public :: marq_ok, marq_converged_gradient, marq_converged_step, marq_converged_cost, marq_converged_zero, &
    marq_converged_goal, marq_stop_validation, marq_stop_iterations, marq_stop_evaluations, marq_stop_time, &
    marq_stop_stalled, marq_stop_caller, marq_stop_diverged, marq_error_argument, marq_error_memory, marq_error_start, &
    marq_error_jacobian, marq_error_callback, marq_error_read, marq_error_write, marq_error_format, marq_error_data
  public :: marq_callback_ok, marq_callback_not_computable, marq_callback_abort
  public :: marq_jacobian_auto, marq_jacobian_forward, marq_jacobian_central
  public :: marq_loss_squares, marq_loss_soft_l1, marq_loss_huber, marq_loss_cauchy, marq_loss_arctan, &
    marq_loss_tukey, marq_loss_custom
  public :: marq_method_auto, marq_method_trust_region, marq_method_damping, marq_method_dogleg
  public :: marq_damping_gain, marq_damping_factors, marq_scaling_columns, marq_scaling_none
  public :: marq_form_auto, marq_form_gram, marq_form_kernel, marq_form_iterative, marq_form_qr

  type, bind(c) :: marq_problem
    integer(c_size_t) :: rows = 0, parameters = 0
    type(c_ptr) :: user = c_null_ptr
    type(c_funptr) :: residual = c_null_funptr, jacobian = c_null_funptr
    type(c_ptr) :: column_jacobian = c_null_ptr, products = c_null_ptr
    integer(c_int) :: concurrent = 0
    type(c_ptr) :: lower = c_null_ptr, upper = c_null_ptr, fixed = c_null_ptr, ties = c_null_ptr
    type(c_ptr) :: linear = c_null_ptr, weights = c_null_ptr
    integer(c_size_t) :: idle_rows = 0
    integer(c_int) :: loss = 0
    real(c_double) :: loss_scale = 0
    type(c_funptr) :: loss_function = c_null_funptr, cost = c_null_funptr
    integer(c_size_t) :: row_block = 0
  end type

  ! Parameters and sources count from 0.
  type, bind(c) :: marq_linear_tie
    integer(c_size_t) :: parameter = 0
    real(c_double) :: constant = 0
    integer(c_size_t) :: terms = 0
    type(c_ptr) :: source = c_null_ptr, factor = c_null_ptr
  end type

  type, bind(c) :: marq_ties
    type(c_ptr) :: linear = c_null_ptr
    integer(c_size_t) :: count = 0
    type(c_ptr) :: tied = c_null_ptr
    type(c_funptr) :: function = c_null_funptr, derivative = c_null_funptr
  end type

  type, bind(c) :: marq_options
    integer(c_int) :: jacobian
    real(c_double) :: typical_size
    integer(c_int) :: method, scaling
    real(c_double) :: radius
    integer(c_int) :: polish, form
    real(c_double) :: linear_tolerance
    integer(c_int) :: damping
    real(c_double) :: mu, mu_increase, mu_decrease, mu_min, mu_max
    integer(c_int) :: acceleration
    real(c_double) :: acceleration_limit, acceleration_step
    real(c_double) :: decay
    integer(c_size_t) :: evidence
    real(c_double) :: gradient_tolerance, step_tolerance, cost_tolerance, cost_goal
    integer(c_size_t) :: max_iterations, max_evaluations
    real(c_double) :: max_seconds, max_memory
    integer(c_int) :: threads
    type(c_funptr) :: progress
    type(c_ptr) :: progress_user, profile
  end type

  type, bind(c) :: marq_result
    integer(c_int) :: status
    integer(c_size_t) :: iterations, rejected, residual_evaluations, jacobian_evaluations, factorisations
    integer(c_size_t) :: linear_iterations, polish_steps
    real(c_double) :: cost, gradient_norm, step_norm, mu, decay, effective, beta, seconds
    character(kind=c_char) :: message(256)
  end type

  type, bind(c) :: marq_progress
    integer(c_size_t) :: iteration
    real(c_double) :: cost, gradient_norm, mu, gain_ratio, step_norm, seconds
    integer(c_size_t) :: rejected
    real(c_double) :: decay, effective, beta
    type(c_ptr) :: theta, residual
  end type

  type, bind(c) :: marq_uncertainty
    integer(c_size_t) :: rank, free, dof
    real(c_double) :: variance, condition
    character(kind=c_char) :: message(256)
  end type

  type, bind(c) :: marq_error
    integer(c_int) :: status
    character(kind=c_char) :: message(512)
  end type

  abstract interface
    ! r(1:count) = residuals of rows first+1 ... first+count at theta.
    integer(c_int) function marq_residual_function(user, theta, first, count, r) bind(c)
      import :: c_int, c_ptr, c_double, c_size_t
      type(c_ptr), value :: user
      real(c_double), intent(in) :: theta(*)
      integer(c_size_t), value :: first, count
      real(c_double), intent(out) :: r(*)
    end function

    ! jacobian(j, i) = the derivative of row first+i by theta(j).
    integer(c_int) function marq_jacobian_function(user, theta, first, count, jacobian, stride) bind(c)
      import :: c_int, c_ptr, c_double, c_size_t
      type(c_ptr), value :: user
      real(c_double), intent(in) :: theta(*)
      integer(c_size_t), value :: first, count, stride
      real(c_double), intent(inout) :: jacobian(stride, *)
    end function
  end interface

  interface
    type(marq_options) function marq_options_default() bind(c)
      import :: marq_options
    end function

    integer(c_int) function marq_solve(problem, options, theta, result) bind(c)
      import :: c_int, c_double, marq_problem, marq_options, marq_result
      type(marq_problem), intent(in) :: problem
      type(marq_options), intent(in), optional :: options
      real(c_double), intent(inout) :: theta(*)
      type(marq_result), intent(out) :: result
    end function

    ! covariance(n, n) and deviation(n), or absent.
    integer(c_int) function marq_covariance_at(problem, options, theta, absolute, names, covariance, deviation, &
        uncertainty, error) bind(c)
      import :: c_int, c_double, c_ptr, marq_problem, marq_options, marq_uncertainty, marq_error
      type(marq_problem), intent(in) :: problem
      type(marq_options), intent(in), optional :: options
      real(c_double), intent(in) :: theta(*)
      integer(c_int), value :: absolute
      type(c_ptr), value :: names
      real(c_double), intent(out), optional :: covariance(*), deviation(*)
      type(marq_uncertainty), intent(out), optional :: uncertainty
      type(marq_error), intent(out), optional :: error
    end function

    ! c_null_ptr on failure.
    type(c_ptr) function marq_reverse_create(problem, options, theta, what, error) bind(c)
      import :: c_ptr, c_int, c_double, marq_problem, marq_options, marq_error
      type(marq_problem), intent(in) :: problem
      type(marq_options), intent(in), optional :: options
      real(c_double), intent(in) :: theta(*)
      integer(c_int), value :: what
      type(marq_error), intent(out), optional :: error
    end function

    integer(c_int) function marq_reverse_next(reverse, answer) bind(c)
      import :: c_ptr, c_int
      type(c_ptr), value :: reverse
      integer(c_int), value :: answer
    end function

    ! How many rows are wanted; first (from 0) is the first of them. All, unless problem%row_block is set.
    integer(c_size_t) function marq_reverse_rows(reverse, first) bind(c)
      import :: c_ptr, c_size_t
      type(c_ptr), value :: reverse
      integer(c_size_t), intent(out), optional :: first
    end function

    ! Arrays for c_f_pointer: theta [n], residual [rows], jacobian [n, rows].
    type(c_ptr) function marq_reverse_theta(reverse) bind(c)
      import :: c_ptr
      type(c_ptr), value :: reverse
    end function

    type(c_ptr) function marq_reverse_residual(reverse) bind(c)
      import :: c_ptr
      type(c_ptr), value :: reverse
    end function

    type(c_ptr) function marq_reverse_jacobian(reverse) bind(c)
      import :: c_ptr
      type(c_ptr), value :: reverse
    end function

    ! A marq_progress.
    type(c_ptr) function marq_reverse_progress(reverse) bind(c)
      import :: c_ptr
      type(c_ptr), value :: reverse
    end function

    integer(c_int) function marq_reverse_result(reverse, theta, result) bind(c)
      import :: c_ptr, c_int, c_double, marq_result
      type(c_ptr), value :: reverse
      real(c_double), intent(inout), optional :: theta(*)
      type(marq_result), intent(inout), optional :: result
    end function

    integer(c_int) function marq_reverse_covariance(reverse, covariance, deviation, uncertainty) bind(c)
      import :: c_ptr, c_int, c_double, marq_uncertainty
      type(c_ptr), value :: reverse
      real(c_double), intent(inout), optional :: covariance(*), deviation(*)
      type(marq_uncertainty), intent(inout), optional :: uncertainty
    end function

    subroutine marq_reverse_destroy(reverse) bind(c)
      import :: c_ptr
      type(c_ptr), value :: reverse
    end subroutine
  end interface
end module
