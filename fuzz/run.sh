#!/usr/bin/env bash
# Feeds one decoder with mutated bytes: fuzz/run.sh [TARGET] [SECONDS].
# With a nightly compiler libFuzzer does it, guided by coverage; without one the stable smoke test
# runs with many more rounds.
set -euo pipefail
cd "$(dirname "$0")"
name=${1:-v2_protobuf}
seconds=${2:-60}
targets=$(cd fuzz_targets && ls | sed 's/\.rs$//' | tr '\n' ' ')
case " $targets " in
  *" $name "*) ;;
  *) echo "no target $name; there are: $targets" >&2; exit 2 ;;
esac
seeds=../crates/wire/testdata/$name
if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "no nightly compiler: the smoke test with more rounds instead" >&2
  cd .. && FUZZ_ROUNDS=$((seconds * 20000)) cargo test -p wire --test fuzz_smoke -- --exact "$name"
  exit
fi
mkdir -p "corpus/$name"
if cargo fuzz --version >/dev/null 2>&1; then
  exec cargo +nightly fuzz run "$name" "corpus/$name" "$seeds" -- -max_total_time="$seconds"
fi
# What cargo-fuzz would set.
host=$(rustc +nightly -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=$PWD/target
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Zsanitizer=address \
-Ccodegen-units=1 -Cdebug-assertions"
cargo +nightly build --release --target "$host" --bin "$name"
exec "$CARGO_TARGET_DIR/$host/release/$name" "corpus/$name" "$seeds" -max_total_time="$seconds"
