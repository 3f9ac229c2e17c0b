#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# After build.sh, and a change of the sources: builds what the change reaches. Needs no network.
set -euo pipefail
cmake --build "$WORK/spbcheck" --parallel "$(nproc)"
cp -- "$WORK"/spbcheck/bin/*_fuzzer "$OUT/"
