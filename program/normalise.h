// SPDX-License-Identifier: GPL-2.0-only
// Brings anything into the ranges that the model accepts. What is in range stays as it is, so
// normalising twice changes nothing.
#pragma once

#include "model/operation/operation.h"
#include "model/policy/tables.h"
#include "model/words/geometry.h"
#include "model/words/parameters.h"
#include "program/program.h"

namespace spb {

/// What the parameter `without` may take out of any variant's table, a bit a PassId.
uint16_t removable_passes();

/// Sizes that fit together: Geometry::check() finds nothing.
Geometry normalised(const Geometry& geometry);
/// A value out of its range becomes unset; `without` keeps the passes that it may take out.
Parameters normalised(const Parameters& parameters);
/// Zones lie one behind the other, in a row of nodes; `first` must be normalised.
MachineShape normalised(const MachineShape& machine, const Geometry& first);
ZoneSpec normalised(const ZoneSpec& zone);
/// The zone must be normalised.
Operation normalised(const Operation& op, const ZoneSpec& zone);
/// Of a machine of one zone and one CPU.
Operation normalised(const Operation& op, const Geometry& geometry);
Program normalised(Program program);

}  // namespace spb
