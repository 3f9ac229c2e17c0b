// SPDX-License-Identifier: GPL-2.0-only
// What a function rests on, in pairs: what has to be so, and what cannot be. Checked in builds with
// assertions, but for those with planted faults, which break the model so that a checker finds it.
#pragma once

#include <cassert>

#ifdef SPB_FAULTS
#define SPB_MUST(condition) static_cast<void>(0)
#else
#define SPB_MUST(condition) assert(condition)
#endif
#define SPB_MUST_NOT(condition) SPB_MUST(!(condition))
