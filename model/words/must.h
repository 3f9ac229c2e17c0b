// SPDX-License-Identifier: GPL-2.0-only
// Assertions, in pairs: what a function takes for granted, and what it takes to be impossible.
// Checked in builds with assertions (preset dev).
#pragma once

#include <cassert>

#define SPB_MUST(condition) assert(condition)
#define SPB_MUST_NOT(condition) SPB_MUST(!(condition))
