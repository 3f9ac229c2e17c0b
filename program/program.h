// SPDX-License-Identifier: GPL-2.0-only
// A program: a machine and a list of operations on it. As bytes (bytes.h), as text (text.h), as a
// container of any length (container.h).
#pragma once

#include <cstdint>
#include <vector>

#include "model/operation/operation.h"
#include "model/words/geometry.h"
#include "model/words/parameters.h"

namespace spb {

/// The zone that a program runs on, or the first of several: all have its variant and parameters.
struct ZoneSpec {
  Geometry geometry;
  uint32_t variant = 0;    ///< index into variants()
  Parameters parameters;   ///< chosen ones; the others are the variant's
  MachineShape machine{};  ///< around the zone

  bool operator==(const ZoneSpec&) const = default;

  const Geometry& geometry_of(uint32_t zone) const { return machine.geometry_of(geometry, zone); }
};

struct Program {
  ZoneSpec zone;
  std::vector<Operation> operations;

  bool operator==(const Program&) const = default;
};

}  // namespace spb
