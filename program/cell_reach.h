// SPDX-License-Identifier: GPL-2.0-only
// Which cells a variant has, and which of them nothing can reach, by its tables. A cell that is
// neither reached nor excluded here is a hole.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/policy/variant.h"
#include "program/cells.h"

namespace spb {

class CellReach {
 public:
  explicit CellReach(const Variant& variant);

  /// The variant's tables have its rows, and its words fit together.
  bool has(uint32_t cell) const;
  /// Why nothing can reach it, whatever the parameters; empty if something can, or nobody knows.
  std::string why_unreachable(uint32_t cell) const;

 private:
  using At = std::array<uint32_t, 4>;
  bool has_pass(PassId id) const;
  bool claims_part(PassId id) const;
  std::string why_pass(const At& at) const;
  std::string why_row(const PassRow<Concrete>& row, const At& at) const;
  std::string why_fallback(Mode mode, const At& at) const;
  std::string why_try(const At& at) const;
  void try_callers();

  const Variant& variant_;
  Limits<Concrete> limits_;
  std::vector<bool> tries_;         ///< by step and flags: some caller makes such a try
  std::vector<bool> ladder_types_;  ///< by ladder step and type: some caller takes it
  std::vector<bool> driver_types_;  ///< by driver step and type
};

}  // namespace spb
