# Installs the libraries, the public headers, the modules for Fortran and Python, the command, and what find_package(marq)
# and pkg-config need.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS marq EXPORT marqTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS marq_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES
    base/include/marq/distribution.h
    base/include/marq/profile.h
    base/include/marq/status.h
    formula/include/marq/formula.h
    lm/include/marq/inference.h
    lm/include/marq/batches.h
    lm/include/marq/laplace.h
    lm/include/marq/lm.h
    lm/include/marq/odr.h
    lm/include/marq/reverse.h
    nn/include/marq/bands.h
    nn/include/marq/nn.h
    nn/include/marq/trials.h
    ${PROJECT_BINARY_DIR}/include/marq/version.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/marq)
install(FILES examples/marq.f90 examples/marq.py DESTINATION ${CMAKE_INSTALL_DATADIR}/marq)

set(marq_package ${CMAKE_INSTALL_LIBDIR}/cmake/marq)
install(EXPORT marqTargets NAMESPACE marq:: DESTINATION ${marq_package})
configure_package_config_file(cmake/marqConfig.cmake.in ${PROJECT_BINARY_DIR}/marqConfig.cmake
    INSTALL_DESTINATION ${marq_package} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/marqConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/marqConfig.cmake ${PROJECT_BINARY_DIR}/marqConfigVersion.cmake
    DESTINATION ${marq_package})

file(RELATIVE_PATH marq_up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/") # from marq.pc to the prefix
configure_file(cmake/marq.pc.in ${PROJECT_BINARY_DIR}/marq.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/marq.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
