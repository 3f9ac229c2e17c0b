// SPDX-License-Identifier: GPL-2.0-only
// Isolating a pageblock (mainline mm/page_isolation.c), or only setting its bit (parameter
// `isolation`).
#pragma once

#include "model/state/zone.h"

namespace spb {

/// IsolateRefusal::count on success.
IsolateRefusal set_migratetype_isolate(Zone& zone, BlockIndex b);
/// False if the pageblock is not isolated.
bool unset_migratetype_isolate(Zone& zone, BlockIndex b);

}  // namespace spb
