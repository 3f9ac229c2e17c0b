// SPDX-License-Identifier: GPL-2.0-only
// A program: a zone and a list of operations on it. As bytes (bytes.h), as text (text.h), as a
// container of any length (container.h).
#pragma once

#include <cstdint>
#include <vector>

#include "model/operation/operation.h"
#include "model/words/geometry.h"
#include "model/words/parameters.h"

namespace spb {

/// The zone that a program runs on.
struct ZoneSpec {
  Geometry geometry;
  uint32_t variant = 0;   ///< index into variants()
  Parameters parameters;  ///< chosen ones; the others are the variant's

  bool operator==(const ZoneSpec&) const = default;
};

struct Program {
  ZoneSpec zone;
  std::vector<Operation> operations;

  bool operator==(const Program&) const = default;
};

}  // namespace spb
