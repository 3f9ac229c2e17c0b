// SPDX-License-Identifier: GPL-2.0-only
// A small zone's sizes by chance, and those of a machine around it, the same ones for the same
// seed.
#pragma once

#include "model/words/geometry.h"
#include "program/random.h"

namespace spb {

/// Not normalised yet (normalise.h): a part outside the zone may be too large for it.
Geometry random_geometry(Random& random);
/// Two CPUs, or a second zone, or both. Not normalised either.
MachineShape random_machine(Random& random);

}  // namespace spb
