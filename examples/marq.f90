! marq's solver for Fortran 2003, over iso_c_binding. Compile this file with your program and link -lmarq.
! The types mirror marq/lm.h, which documents every field.
module marq
  use, intrinsic :: iso_c_binding
  implicit none
  private
  public :: marq_problem, marq_options, marq_result, marq_options_default, marq_solve, marq_residual_function

  type, bind(c) :: marq_problem
    integer(c_size_t) :: rows = 0, parameters = 0
    type(c_ptr) :: user = c_null_ptr
    type(c_funptr) :: residual = c_null_funptr, jacobian = c_null_funptr
    type(c_ptr) :: products = c_null_ptr
    real(c_double) :: kernel_flops = 0
    integer(c_int) :: concurrent = 0
    type(c_ptr) :: lower = c_null_ptr, upper = c_null_ptr, fixed = c_null_ptr, weights = c_null_ptr
    integer(c_int) :: loss = 0
    real(c_double) :: loss_scale = 0
    type(c_funptr) :: loss_function = c_null_funptr
    integer(c_size_t) :: row_block = 0
  end type

  type, bind(c) :: marq_options
    integer(c_int) :: jacobian
    real(c_double) :: typical_size
    integer(c_int) :: method, scaling
    real(c_double) :: radius
    integer(c_int) :: polish, form, damping
    real(c_double) :: mu, mu_increase, mu_decrease, mu_min, mu_max
    integer(c_int) :: acceleration
    real(c_double) :: acceleration_limit, acceleration_step
    real(c_double) :: gradient_tolerance, step_tolerance, cost_tolerance, cost_goal
    integer(c_size_t) :: max_iterations, max_evaluations
    real(c_double) :: max_seconds
    integer(c_int) :: threads
    type(c_funptr) :: progress
    type(c_ptr) :: progress_user, profile
  end type

  type, bind(c) :: marq_result
    integer(c_int) :: status
    integer(c_size_t) :: iterations, rejected, residual_evaluations, jacobian_evaluations, factorisations, polish_steps
    real(c_double) :: cost, gradient_norm, step_norm, mu, seconds
    character(kind=c_char) :: message(256)
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
  end interface
end module
