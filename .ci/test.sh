#!/usr/bin/env bash
# All tests: cargo's (xtask tidy is one of them), then the real clients against the real binary.
# The last line is "N passed, N failed"; the exit status is 0 only when nothing failed.
set -uo pipefail
cd "$(dirname "$0")/.."
. .ci/lib.sh

logs=$(mktemp -d)
trap 'postgres_stop; rm -rf "$logs"' EXIT
passed=0
failed=0

# count LOG STATUS: adds what cargo's harnesses say. One that failed without saying how many counts as one.
count_cargo() {
    local p f
    p=$(awk '/^test result:/ { n += $4 } END { print n + 0 }' "$1")
    f=$(awk '/^test result:/ { n += $6 } END { print n + 0 }' "$1")
    [ "$2" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + p)) failed=$((failed + f))
}

say "build"
cargo build --locked -p procyon || { echo "the binary does not build"; echo "0 passed, 1 failed"; exit 1; }

say "cargo tests"
postgres
cargo test --locked --workspace --no-fail-fast >"$logs/cargo" 2>&1
status=$?
# A line for each harness; the whole output of those that failed.
awk '/^     Running|^   Doc-tests/ { name = $0 } /^test result:/ { print name; print "       " $0 }' "$logs/cargo"
if [ "$status" -ne 0 ]; then
    grep -nE '^error|^test .*FAILED|panicked at' "$logs/cargo" | head -60
    awk '/^failures:/ { show = 1 } /^test result:/ { show = 0 } show' "$logs/cargo" | head -400
    grep -A12 '^error' "$logs/cargo" | head -80
fi
count_cargo "$logs/cargo" "$status"

say "real clients against the real binary"
if venv; then
    PROCYON_BIN=$(realpath "$target/debug/procyon") "$python" -m pytest -p no:cacheprovider -q -rfEs \
        --junitxml="$logs/e2e.xml" e2e 2>&1 | tail -300
    status=${PIPESTATUS[0]}
    read -r p f < <("$python" - "$logs/e2e.xml" <<'PY'
import sys, xml.etree.ElementTree as tree
try:
    suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
    n = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    print(n["tests"] - n["failures"] - n["errors"] - n["skipped"], n["failures"] + n["errors"])
except (OSError, tree.ParseError):
    print(0, 0)
PY
    )
    [ "$status" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + p)) failed=$((failed + f))
else
    failed=$((failed + 1))
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
