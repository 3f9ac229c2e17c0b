// SPDX-License-Identifier: GPL-2.0-only
// A small zone's sizes by chance, the same ones for the same seed.
#pragma once

#include "model/words/geometry.h"
#include "program/random.h"

namespace spb {

/// Not normalised yet (normalise.h): a part outside the zone may be too large for it.
Geometry random_geometry(Random& random);

}  // namespace spb
