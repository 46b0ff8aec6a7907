#!/bin/sh
# try_installed.sh BUILD EXAMPLES FOLDER CC FORTRAN PYTHON: installs the build to FOLDER/prefix, builds the examples against
# that copy with find_package(marq) and with pkg-config, and runs them; the same with the modules for Fortran and Python.
set -eu
build=$1 examples=$2 folder=$3 cc=$4 fortran=$5 python=$6
rm -rf "$folder"
mkdir -p "$folder"
cmake --install "$build" --prefix "$folder/prefix" >"$folder/install.log"

cmake -S "$examples/installed" -B "$folder/cmake" -DCMAKE_PREFIX_PATH="$folder/prefix" -DEXAMPLES="$examples" \
    >"$folder/configure.log"
cmake --build "$folder/cmake" >"$folder/build.log"
for program in fit_exponential_c fit_exponential_cpp fit_exponential_f90 fit_reverse; do "$folder/cmake/$program"; done
"$folder/cmake/same_layout"
"$folder/cmake/train_net" "$folder/net.json"

PKG_CONFIG_PATH=$(dirname "$(find "$folder/prefix" -name marq.pc)")
export PKG_CONFIG_PATH
libraries=$(pkg-config --variable=libdir marq)
"$cc" "$examples/fit_exponential.c" $(pkg-config --cflags --libs marq) -lm -Wl,-rpath,"$libraries" -o "$folder/by_pkg_config"
"$folder/by_pkg_config"
"$cc" "$examples/fit_exponential.c" $(pkg-config --cflags marq) \
    $(pkg-config --static --libs marq | sed 's/-lmarq/-l:libmarq.a/') -o "$folder/static"
"$folder/static"
"$fortran" -J "$folder" "$(pkg-config --variable=fortran_source marq)" "$examples/fit_exponential.f90" \
    $(pkg-config --libs marq) -Wl,-rpath,"$libraries" -o "$folder/fortran_by_pkg_config"
"$folder/fortran_by_pkg_config"
PYTHONPATH=$(dirname "$(pkg-config --variable=python_source marq)") MARQ_LIBRARY=$libraries/libmarq.so PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH MARQ_LIBRARY PYTHONDONTWRITEBYTECODE
cp "$examples/fit_exponential.py" "$folder" # away from the source of the module
"$python" "$folder/fit_exponential.py"
"$python" "$examples/installed/try_python.py" "$folder/cmake/libfacts.so"
"$folder/prefix/bin/fit" --version

# Only functions of the public headers are seen from outside (and the locks that OpenMP names).
for name in $(nm -D --defined-only "$libraries/libmarq.so" | awk '{print $3}' | grep -v '^\.gomp'); do
    grep -qrw "$name" "$folder/prefix/include" || { echo "libmarq.so shows $name, which no header has" >&2; exit 1; }
done
