#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds the fuzz targets for a fleet: OSS-Fuzz, ClusterFuzzLite, ClusterFuzz, or ci/fleet-check. The environment has
# SRC (the sources are in $SRC/spbcheck), WORK, OUT, CXX, CXXFLAGS and LIB_FUZZING_ENGINE; the flags carry the sanitizer
# and the coverage, so nothing is added to them here. What a fleet needs lands in OUT: targets, seeds, dictionaries,
# options.
set -euo pipefail
objects=$WORK/spbcheck
sources=$SRC/spbcheck

# A newer compiler than ours may warn of more.
cmake -S "$sources" -B "$objects" -G Ninja --compile-no-warning-as-error -DCMAKE_BUILD_TYPE= \
  -DSPB_FUZZ_ENGINE="$LIB_FUZZING_ENGINE"
cmake --build "$objects" --parallel "$(nproc)"
cp -- "$objects"/bin/*_fuzzer "$OUT/"

# A leak checker may not trace in a container, and the seeds are made once.
mapfile -t programs < <(find "$sources/corpus" "$sources/tests/scenarios" -name '*.txt' -type f | sort)
rm -rf -- "$objects/seeds"
ASAN_OPTIONS=detect_leaks=0 "$objects/bin/fleet_seeds" "$objects/seeds" "${programs[@]}"
for target in "$objects"/bin/*_fuzzer; do
  name=$(basename -- "$target")
  rm -f -- "$OUT/${name}_seed_corpus.zip"
  (cd -- "$objects/seeds/$name" && zip -q -r "$OUT/${name}_seed_corpus.zip" .)
  cp -- "$objects/seeds/$name.dict" "$OUT/"
  cp -- "$sources/ci/oss-fuzz/$name.options" "$OUT/"
done
