#!/usr/bin/env bash
# All tests: cargo's (xtask tidy is one of them), the real clients and the real browser against the
# real binary, the page's own. The last line is "N passed, N failed"; the exit status is 0 only when
# nothing failed.
set -uo pipefail
cd "$(dirname "$0")/.."
. .ci/lib.sh

logs=$(mktemp -d)
trap 'postgres_stop; rm -rf "$logs"' EXIT
passed=0
failed=0

# add PASSED FAILED STATUS: what one harness says. One that failed without saying how many counts as one.
add() {
    local f=${2:-0}
    [ "$3" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + ${1:-0})) failed=$((failed + f))
}

say "build"
page || { echo "the page does not build"; echo "0 passed, 1 failed"; exit 1; }
cargo build --locked -p procyon || { echo "the binary does not build"; echo "0 passed, 1 failed"; exit 1; }
PROCYON_BIN=$(realpath "$target/debug/procyon")
export PROCYON_BIN

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
add "$(awk '/^test result:/ { n += $4 } END { print n + 0 }' "$logs/cargo")" \
    "$(awk '/^test result:/ { n += $6 } END { print n + 0 }' "$logs/cargo")" "$status"

say "real clients against the real binary"
if venv && packages e2e/node; then
    "$python" -m pytest -p no:cacheprovider -q -rfEs --junitxml="$logs/e2e.xml" e2e 2>&1 | tail -300
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
    add "$p" "$f" "$status"
else
    add 0 1 1
fi

say "the page's own tests"
if packages ui; then
    (cd ui && npx tsc --noEmit && npx vitest run --reporter=dot --reporter=json --outputFile="$logs/vitest.json") 2>&1 | tail -60
    status=${PIPESTATUS[0]}
    read -r p f < <(node -e '
        try {
            const report = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
            console.log(report.numPassedTests, report.numFailedTests);
        } catch { console.log(0, 0); }' "$logs/vitest.json")
    add "$p" "$f" "$status"
else
    add 0 1 1
fi

say "the page in a real browser"
if packages ui && browser; then
    (cd ui && node --test --test-concurrency=1 --test-reporter=tap e2e/*.test.mjs) >"$logs/browser" 2>&1
    status=$?
    grep -E '^ *(ok|not ok) ' "$logs/browser"
    [ "$status" -eq 0 ] || tail -150 "$logs/browser"
    add "$(sed -nE 's/^# pass ([0-9]+)$/\1/p' "$logs/browser")" \
        "$(sed -nE 's/^# fail ([0-9]+)$/\1/p' "$logs/browser")" "$status"
else
    add 0 1 1
fi

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
