#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tests that need no more than the image has: every committed program with both kinds of checks and its expectations,
# and the kernel's own answers (golden vectors). Needs no network and leaves the sources as they are.
# Exit status 0 where all holds.
set -euo pipefail
cd -- "$SRC/spbcheck"
objects=$WORK/tests

# The fleet's sanitizer and coverage are for the targets; its standard library stays.
CXXFLAGS=-stdlib=libc++ cmake -S . -B "$objects" -G Ninja --compile-no-warning-as-error -DCMAKE_BUILD_TYPE=Release \
  -DSPB_PROGRAMS=OFF -DSPB_TESTS=OFF -DSPB_TRIAL=ON
cmake --build "$objects" --parallel "$(nproc)" --target spb_trial
mapfile -t programs < <(find corpus tests/scenarios -name '*.txt' -type f | sort)
said=$("$objects/bin/spb_trial" programs "${programs[@]}")
said+=$("$objects/bin/spb_trial" golden tests/data/golden)
printf '%s\n' "$said"
if grep -qE '^(first|golden)' <<<"$said"; then
  echo 'run_tests.sh: a program or a golden vector does not hold' >&2
  exit 1
fi
echo "${#programs[@]} programs and the golden vectors hold"
