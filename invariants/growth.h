// SPDX-License-Identifier: GPL-2.0-only
// What a zone that grows is afterwards.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class GrowthCheck {
 public:
  explicit GrowthCheck(const Zone& zone) : raw_(zone) { reset(); }

  /// The zone is as large as it should be.
  void reset() { size_ = raw_.nr_spbs(); }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) {
    if (op.kind != OpKind::grow && !raw_.zone.dirty.has_changed(ZonePart::size)) [[likely]]
      return;
    check(op, outcome, violations);
    reset();
  }

 private:
  void check(const Operation& op, const Outcome& outcome, Violations& violations) const;
  void check_joined(Violations& violations) const;
  void check_hints(Violations& violations) const;

  Raw raw_;
  uint32_t size_ = 0;
};

}  // namespace spb
