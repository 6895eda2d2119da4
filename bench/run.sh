#!/usr/bin/env bash
# Measures the optimised build beside its peers, and writes docs/benchmarks.md.
#
#   PROCYON_BIN=…     this binary, instead of building one
#   PROCYON_AGENT_BIN=…  the slim agent's binary, and DOGSTATSD_LOAD_BIN=… its load generator
#   BENCH_BUILD=…     how that binary was built, in words, for the page
#   BENCH_DATA=…      where the generated bodies lie (2 GB), else /tmp/procyon-bench
#   bench/run.sh --quick            little data, writes no page: to try the bench itself
#   bench/run.sh --steps start,kill some of the steps (start, ingest, history, kill, page, agent), writes no page
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PROCYON_BIN:-}" ]; then
    cargo build --locked --release -p procyon
    PROCYON_BIN=${CARGO_TARGET_DIR:-target}/release/procyon
    export BENCH_BUILD="the release profile, commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
fi
PROCYON_BIN=$(realpath "$PROCYON_BIN")
export PROCYON_BIN

if [ -z "${PROCYON_AGENT_BIN:-}" ]; then
    cargo build --locked --release -p agent --bins
    PROCYON_AGENT_BIN=$(realpath "${CARGO_TARGET_DIR:-target}/release/procyon-agent")
    DOGSTATSD_LOAD_BIN=$(realpath "${CARGO_TARGET_DIR:-target}/release/dogstatsd-load")
    export PROCYON_AGENT_BIN DOGSTATSD_LOAD_BIN
fi
if ! python3 -c "import datadog_serverless_compat" 2>/dev/null && [ -z "${SERVERLESS_COMPAT:-}" ]; then
    echo "the agent's peer is not here: pip install datadog-serverless-compat" >&2
fi

command -v victoria-metrics >/dev/null ||
    echo "the peer is not here, so there will be no ratios: apt-get install victoria-metrics" >&2

data=${BENCH_DATA:-/tmp/procyon-bench}
case " $* " in
*" --quick "*) exec python3 bench/bench.py --data "$data-quick" "$@" ;;
"  ") exec python3 bench/bench.py --data "$data" --write docs/benchmarks.md ;;
*) exec python3 bench/bench.py --data "$data" "$@" ;;
esac
