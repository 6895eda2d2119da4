#!/usr/bin/env bash
# Measures the optimised build beside its peers, and writes docs/benchmarks.md.
#
#   PROCYON_BIN=…     this binary, instead of building one
#   BENCH_BUILD=…     how that binary was built, in words, for the page
#   BENCH_DATA=…      where the generated bodies lie (2 GB), else /tmp/procyon-bench
#   bench/run.sh --quick            little data, writes no page: to try the bench itself
#   bench/run.sh --steps start,kill some of the steps (start, ingest, history, kill), writes no page
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PROCYON_BIN:-}" ]; then
    cargo build --locked --release -p procyon
    PROCYON_BIN=${CARGO_TARGET_DIR:-target}/release/procyon
    export BENCH_BUILD="the release profile, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
fi
PROCYON_BIN=$(realpath "$PROCYON_BIN")
export PROCYON_BIN

command -v victoria-metrics >/dev/null ||
    echo "the peer is not here, so there will be no ratios: apt-get install victoria-metrics" >&2

data=${BENCH_DATA:-/tmp/procyon-bench}
case " $* " in
*" --quick "*) exec python3 bench/bench.py --data "$data-quick" "$@" ;;
"  ") exec python3 bench/bench.py --data "$data" --write docs/benchmarks.md ;;
*) exec python3 bench/bench.py --data "$data" "$@" ;;
esac
