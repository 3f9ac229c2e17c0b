// SPDX-License-Identifier: GPL-2.0-only
// What a function rests on, in pairs: what has to be so, and what cannot be. Checked in builds with
// assertions.
#pragma once

#include <cassert>

#define SPB_MUST(condition) assert(condition)
#define SPB_MUST_NOT(condition) SPB_MUST(!(condition))
