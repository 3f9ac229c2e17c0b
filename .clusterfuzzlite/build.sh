#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
set -euo pipefail
exec bash -eu "$SRC/spbcheck/ci/oss-fuzz/build.sh"
