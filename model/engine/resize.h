// SPDX-License-Identifier: GPL-2.0-only
// Memory hotplug: a zone that grows (series v2 09/40).
#pragma once

#include "model/state/zone.h"

namespace spb {

/// The next superpageblock joins the zone and its pages come free, MOVABLE, as onlining frees them;
/// every hint is cleared. False where the zone is as large as it may be.
bool resize_zone_superpageblocks(Zone& zone);

}  // namespace spb
