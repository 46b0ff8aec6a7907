! y = a exp(-b x) + c through eight points, without a callback: the solver asks, this program evaluates.
!     gfortran marq.f90 fit_reverse.f90 $(pkg-config --libs marq) -o fit_reverse
program fit_reverse
  use, intrinsic :: iso_c_binding
  use marq
  implicit none
  real(c_double), parameter :: x(8) = [0d0, 1d0, 2d0, 3d0, 4d0, 5d0, 6d0, 7d0]
  real(c_double), parameter :: y(8) = [5.02d0, 3.48d0, 2.49d0, 1.90d0, 1.52d0, 1.31d0, 1.19d0, 1.10d0]
  type(marq_problem) :: problem
  type(marq_result) :: result
  type(c_ptr) :: solver
  real(c_double) :: p(3) = [1d0, 1d0, 0d0], deviation(3)
  real(c_double), pointer :: at(:), r(:), jacobian(:, :)
  integer(c_int) :: answer = marq_callback_ok

  problem%rows = 8
  problem%parameters = 3
  solver = marq_reverse_create(problem, theta=p, what=marq_reverse_with_jacobian + marq_reverse_with_covariance)
  if (.not. c_associated(solver)) error stop "no solver"
  do
    select case (marq_reverse_next(solver, answer))
    case (marq_request_finished)
      exit
    case (marq_request_residual)
      call c_f_pointer(marq_reverse_theta(solver), at, [3])
      call c_f_pointer(marq_reverse_residual(solver), r, [8])
      r = at(1) * exp(-at(2) * x) + at(3) - y
    case (marq_request_jacobian)
      call c_f_pointer(marq_reverse_theta(solver), at, [3])
      call c_f_pointer(marq_reverse_jacobian(solver), jacobian, [3, 8]) ! a column is a row of J
      jacobian(1, :) = exp(-at(2) * x)
      jacobian(2, :) = -at(1) * x * exp(-at(2) * x)
      jacobian(3, :) = 1
    end select
  end do
  if (marq_reverse_result(solver, p, result) < 0) error stop "the fit failed"
  if (marq_reverse_covariance(solver, deviation=deviation) /= marq_ok) error stop "no covariance"
  call marq_reverse_destroy(solver)
  print '(3(a, f10.6, a, f8.6))', "a =", p(1), " +- ", deviation(1), "  b =", p(2), " +- ", deviation(2), &
    "  c =", p(3), " +- ", deviation(3)
  if (abs(p(1) - 4.02d0) > 0.05d0) error stop "a is wrong"
end program
