#!/usr/bin/env bash
# ./bootstrap.sh demo   installs what is missing, builds, fits multimodal.csv, says where the pictures are
# ./bootstrap.sh build  the same without the fit
# ./bootstrap.sh test   installs what is missing, then every test: gcc, clang, and under the sanitizers
set -euo pipefail
cd "$(dirname "$0")"

build_packages=(cmake make gcc g++ pkg-config libopenblas-openmp-dev liblapacke-dev libsleef-dev libjansson-dev
    libcerf-dev gnuplot-nox libcmocka-dev)
test_packages=(clang libomp-dev binutils gfortran python3-numpy)
jobs=$(nproc)

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs the Debian packages that are missing, with sudo when not root.
install_packages() {
    local missing=() package
    for package in "$@"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "bootstrap: no apt-get here; install what these Debian packages hold: ${missing[*]}" >&2
        exit 1
    fi
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "bootstrap: installing ${missing[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# build FOLDER [CMake options]
build() {
    local folder=$1
    shift
    cmake -S . -B "$folder" "$@" >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
    cmake --build "$folder" --parallel "$jobs"
}

run_tests() {
    echo "bootstrap: tests of $1"
    ctest --test-dir "$1" --output-on-failure
}

case "${1:-}" in
demo)
    install_packages "${build_packages[@]}"
    build build -DCMAKE_BUILD_TYPE=Release -DMARQ_TESTS=OFF
    echo
    echo "./build/fit multimodal.csv --lm"
    ./build/fit multimodal.csv --lm
    echo
    echo "The pictures are in $PWD/multimodal.fit: begin with comparison.png and error.png."
    ;;
build)
    install_packages "${build_packages[@]}"
    build build -DCMAKE_BUILD_TYPE=Release -DMARQ_TESTS=OFF
    ;;
test)
    install_packages "${build_packages[@]}" "${test_packages[@]}"
    build build-gcc -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=gcc -DMARQ_WERROR=ON
    run_tests build-gcc
    build build-clang -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=clang -DMARQ_WERROR=ON
    run_tests build-clang
    build build-sanitizers -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=gcc -DMARQ_WERROR=ON -DMARQ_SANITIZE=ON
    run_tests build-sanitizers
    ;;
*)
    sed -n '2,4s/^# //p' "$0" >&2
    exit 2
    ;;
esac
