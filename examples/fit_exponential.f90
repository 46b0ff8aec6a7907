! y = a exp(-b x) + c through eight points, in Fortran.
!     gfortran marq.f90 fit_exponential.f90 $(pkg-config --libs marq) -o fit_exponential
module exponential
  use, intrinsic :: iso_c_binding
  implicit none
  real(c_double), parameter :: x(8) = [0d0, 1d0, 2d0, 3d0, 4d0, 5d0, 6d0, 7d0]
  real(c_double), parameter :: y(8) = [5.02d0, 3.48d0, 2.49d0, 1.90d0, 1.52d0, 1.31d0, 1.19d0, 1.10d0]
contains
  integer(c_int) function residual(user, p, first, count, r) bind(c)
    type(c_ptr), value :: user
    real(c_double), intent(in) :: p(*)
    integer(c_size_t), value :: first, count
    real(c_double), intent(out) :: r(*)
    integer(c_size_t) :: i
    do i = 1, count
      r(i) = p(1) * exp(-p(2) * x(first + i)) + p(3) - y(first + i)
    end do
    residual = 0
    if (c_associated(user)) residual = 0
  end function
end module

program fit_exponential
  use marq
  use exponential
  implicit none
  type(marq_problem) :: problem
  type(marq_options) :: options
  type(marq_result) :: result
  real(c_double) :: p(3) = [1d0, 1d0, 0d0]
  problem%rows = 8
  problem%parameters = 3
  problem%residual = c_funloc(residual)
  options = marq_options_default()
  if (marq_solve(problem, options, p, result) < 0) error stop "the fit failed"
  print '(a, f10.6, a, f10.6, a, f10.6)', "a =", p(1), "  b =", p(2), "  c =", p(3)
  if (abs(p(1) - 4.02d0) > 0.05d0) error stop "a is wrong"
end program
