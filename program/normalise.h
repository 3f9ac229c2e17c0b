// SPDX-License-Identifier: GPL-2.0-only
// Brings anything into the ranges that the model accepts. What is in range stays as it is, so
// normalising twice changes nothing.
#pragma once

#include "model/geometry.h"
#include "model/operation.h"
#include "model/parameters.h"
#include "program/program.h"

namespace spb {

/// Sizes that fit together: Geometry::check() finds nothing.
Geometry normalised(const Geometry& geometry);
/// A value out of its range becomes unset.
Parameters normalised(const Parameters& parameters);
ZoneSpec normalised(const ZoneSpec& zone);
/// The geometry must be normalised.
Operation normalised(const Operation& op, const Geometry& geometry);
Program normalised(Program program);

}  // namespace spb
