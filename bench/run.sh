#!/usr/bin/env bash
# bench/run.sh [options] [NAME…]   builds and runs studies (all of them by default) and writes
#                                  bench/results/NAME/: NAME.json, report.md, pictures
#   --quick            small sizes and few samples: everything in 2 minutes; into build-bench/results
#   --threads 1,2,4    numbers of OpenMP threads to compare
#   --sizes A,B  --batches A,B  --iterations N  --warm-up N    what they mean: bench/README.md
#   --data DIR         the user's data: digits takes MNIST's four IDX files, unpacked
#   --no-peers         without the peers in Python (else they are installed from PyPI on the first run)
#   --python FILE      a Python that has them already
#   --out DIR          instead of bench/results
#   --build DIR        a build folder that is up to date, instead of building in build-bench
#   --list             names the studies
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")

usage() {
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$here/run.sh"
}
fail() {
    echo "bench/run.sh: $1" >&2
    exit 2
}

peers=yes python='' out='' build='' quick='' options=() names=()
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=yes && options+=(--quick) ;;
    --no-peers) peers='' ;;
    --list) (cd "$here/studies" && ls -- *.c | sed 's/\.c$//') && exit 0 ;;
    --help) usage && exit 0 ;;
    --python | --out | --build | --threads | --sizes | --batches | --iterations | --warm-up | --data)
        [ $# -gt 1 ] || fail "$1 needs a value"
        case $1 in
        --python) python=$2 ;;
        --out) out=$2 ;;
        --build) build=$2 ;;
        *) options+=("$1" "$2") ;;
        esac
        shift
        ;;
    -*) fail "unknown option $1 (--help lists them)" ;;
    *)
        [ -f "$here/studies/$1.c" ] || fail "no study $1 (--list names them)"
        names+=("$1")
        ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || mapfile -t names < <("$0" --list)

own_build=$root/build-bench
[ -n "$out" ] || { [ -n "$quick" ] && out=${build:-$own_build}/results || out=$here/results; }
if [ -z "$build" ]; then
    build=$own_build
    cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DMARQ_TESTS=OFF -DMARQ_BENCH=ON >"$build.log" 2>&1 &&
        cmake --build "$build" --parallel "$(nproc)" >>"$build.log" 2>&1 || { tail -30 "$build.log" >&2; exit 1; }
fi

# The peers' own environment, made anew when the pinned versions change. Without it the studies still run.
make_python() {
    local venv=$build/peers
    if ! cmp -s "$here/peers/requirements.txt" "$venv/requirements.txt"; then
        echo "bench: installing the peers of bench/peers/requirements.txt into $venv" >&2
        python3 -m venv --clear "$venv" >&2 &&
            "$venv/bin/pip" install --quiet --requirement "$here/peers/requirements.txt" >&2 &&
            cp "$here/peers/requirements.txt" "$venv/" || return 1
    fi
    echo "$venv/bin/python"
}
if [ -n "$peers" ]; then
    [ -n "$python" ] || python=$(make_python) || echo "bench: the peers in Python stay out" >&2
    [ -z "$python" ] || options+=(--python "$python" --peers "$here/peers")
fi

commit=$(git -C "$root" describe --always 2>/dev/null || echo unknown)
# what the studies write themselves is no change
git -C "$root" diff --quiet HEAD -- . ':!bench/README.md' ':!bench/results' 2>/dev/null || commit+=-dirty
earlier=$(mktemp)
trap 'rm -f "$earlier"' EXIT
failed=()
for name in "${names[@]}"; do
    mkdir -p "$out/$name"
    compare=()
    # The figures that are checked in, not those of the last run here.
    if git -C "$root" show "HEAD:bench/results/$name/$name.json" >"$earlier" 2>/dev/null; then
        compare=(--earlier "$earlier")
    fi
    echo "bench: $name" >&2
    if "$build/bench/bench_$name" --out "$out/$name" --commit "$commit" "${compare[@]}" "${options[@]}"; then
        echo "bench: $out/$name/report.md" >&2
    else
        failed+=("$name")
    fi
done
# The checked-in figures appear in README's table.
if [ "$out" = "$here/results" ]; then
    python3 "$here/summary.py" "$out" "$here/README.md" || echo "bench: README.md keeps its table" >&2
fi
[ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
