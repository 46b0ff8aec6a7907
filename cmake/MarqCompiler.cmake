# Flags of the files that are also compiled for AVX2 and FMA, which are chosen at run time where the processor has them.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(MARQ_AVX2 "-mavx2;-mfma")
endif()

# Compiler settings for our own targets: marq_compile(target).
function(marq_compile target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
        -Wdouble-promotion -Wcast-qual -Wwrite-strings
        -fno-math-errno -fno-trapping-math -fvisibility=hidden)
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
    target_link_libraries(${target} PRIVATE OpenMP::OpenMP_C)
    if(MARQ_AVX2)
        target_compile_definitions(${target} PRIVATE MARQ_HAVE_AVX2)
    endif()
    if(MARQ_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(MARQ_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all
            -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=address,undefined)
    endif()
    if(MARQ_FUZZ)
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link -Wno-pass-failed) # its counters stop vectors
    endif()
endfunction()

# The version comes from project(VERSION) only.
configure_file(${PROJECT_SOURCE_DIR}/lm/include/marq/version.h.in ${PROJECT_BINARY_DIR}/include/marq/version.h)
