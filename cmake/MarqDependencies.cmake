# Every dependency is looked for here; one that is missing ends the configuration with the name of its
# Debian package.
find_package(PkgConfig)
if(NOT PKG_CONFIG_FOUND)
    message(FATAL_ERROR "pkg-config is missing. Debian package: pkg-config (or run ./bootstrap.sh)")
endif()

function(marq_missing what package)
    message(FATAL_ERROR "${what} is missing. Debian package: ${package} (or run ./bootstrap.sh)")
endfunction()

find_package(OpenMP COMPONENTS C)
if(NOT OpenMP_C_FOUND)
    if(CMAKE_C_COMPILER_ID MATCHES Clang)
        marq_missing("OpenMP for clang" "libomp-dev")
    endif()
    marq_missing("OpenMP" "gcc")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
pkg_check_modules(SLEEF IMPORTED_TARGET sleef)
if(NOT SLEEF_FOUND)
    marq_missing("SLEEF (vectorised mathematics)" "libsleef-dev")
endif()
pkg_check_modules(JANSSON IMPORTED_TARGET jansson>=2.12)
if(NOT JANSSON_FOUND)
    marq_missing("jansson (JSON)" "libjansson-dev")
endif()
pkg_check_modules(CERF IMPORTED_TARGET libcerf)
if(NOT CERF_FOUND)
    marq_missing("libcerf (complex error function)" "libcerf-dev")
endif()
if(MARQ_TESTS)
    pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
    if(NOT CMOCKA_FOUND)
        marq_missing("cmocka (unit tests; -DMARQ_TESTS=OFF builds without them)" "libcmocka-dev")
    endif()
    # The examples in these languages are tests.
    find_program(MARQ_FORTRAN gfortran)
    if(NOT MARQ_FORTRAN)
        marq_missing("gfortran (examples; -DMARQ_TESTS=OFF builds without them)" "gfortran")
    endif()
    foreach(python python3 /usr/bin/python3) # that of the Debian package, if the first in PATH has no numpy
        find_program(python_found ${python} NO_CACHE)
        execute_process(COMMAND ${python_found} -c "import numpy" RESULT_VARIABLE failed ERROR_QUIET)
        if(failed EQUAL 0 AND NOT MARQ_PYTHON)
            set(MARQ_PYTHON ${python_found} CACHE FILEPATH "A Python with numpy, for tests")
        endif()
        unset(python_found)
    endforeach()
    if(NOT MARQ_PYTHON)
        marq_missing("Python with numpy (examples; -DMARQ_TESTS=OFF builds without them)" "python3-numpy")
    endif()
endif()

# gnuplot is needed when a fit draws, not when marq is built; a package without it would draw nothing, so
# its absence is said here already.
find_program(MARQ_GNUPLOT gnuplot)
if(NOT MARQ_GNUPLOT)
    marq_missing("gnuplot" "gnuplot-nox")
endif()

# OpenBLAS, the OpenMP variant, by its own folder: the plain libopenblas.so is an alternative that a user may
# have pointed at the pthread variant.
find_path(MARQ_OPENBLAS_INCLUDE cblas.h PATH_SUFFIXES openblas-openmp ${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp)
find_library(MARQ_OPENBLAS_LIBRARY openblas
    PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp /usr/lib/openblas-openmp
    PATH_SUFFIXES openblas-openmp NO_DEFAULT_PATH)
if(NOT MARQ_OPENBLAS_LIBRARY OR NOT MARQ_OPENBLAS_INCLUDE)
    marq_missing("OpenBLAS (OpenMP variant)" "libopenblas-openmp-dev")
endif()
find_path(MARQ_LAPACKE_INCLUDE lapacke.h)
find_library(MARQ_LAPACKE_LIBRARY lapacke)
if(NOT MARQ_LAPACKE_LIBRARY OR NOT MARQ_LAPACKE_INCLUDE)
    marq_missing("LAPACKE" "liblapacke-dev")
endif()

# liblapacke pulls liblapack.so.3 and libblas.so.3 by the system's alternatives. Two things keep one BLAS in
# the process: libopenblas comes first, so every symbol that it has is found there; and its folder is a
# DT_RPATH (not a RUNPATH), which also holds for the libraries that liblapacke pulls.
get_filename_component(MARQ_OPENBLAS_FOLDER "${MARQ_OPENBLAS_LIBRARY}" DIRECTORY)
add_library(marq_blas INTERFACE)
target_include_directories(marq_blas SYSTEM INTERFACE ${MARQ_OPENBLAS_INCLUDE} ${MARQ_LAPACKE_INCLUDE})
target_link_libraries(marq_blas INTERFACE ${MARQ_OPENBLAS_LIBRARY} ${MARQ_LAPACKE_LIBRARY})
target_link_options(marq_blas INTERFACE -Wl,--disable-new-dtags -Wl,-rpath,${MARQ_OPENBLAS_FOLDER})
