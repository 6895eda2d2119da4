#!/usr/bin/env bash
# The official API client's scenarios and recorded Terraform traffic against the real binary.
# usage: .ci/conformance.sh [AREAS] [FAILURES]   (comma separated areas; how many failures to print)
# The runner lies outside of the repository; without it this says so and ends well.
set -uo pipefail
cd "$(dirname "$0")/.."
. .ci/lib.sh

areas=${1:-}
failures=${2:-0}
runner=${PROCYON_CONFORMANCE:-../shared/conformance}
if [ ! -d "$runner/ddconf" ]; then
    echo "conformance: no runner at $runner, skipped (set PROCYON_CONFORMANCE to its folder)"
    exit 0
fi
[ -e "$target/debug/procyon" ] || cargo build --locked -p procyon || exit 1
venv || exit 1
PROCYON_BIN=$(realpath "$target/debug/procyon") \
    "$python" e2e/conformance.py --runner "$runner" --failures "$failures" ${areas:+--areas "$areas"}
