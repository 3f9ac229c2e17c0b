// SPDX-License-Identifier: GPL-2.0-only
// An operation changes allocated pages by exactly what its outcome says, and leaves the slots that
// it names whole.
#pragma once

#include <array>
#include <cstdint>

#include "invariants/findings.h"
#include "invariants/raw.h"
#include "model/operation.h"

namespace spb {

class OutcomeCheck {
 public:
  explicit OutcomeCheck(const Zone& zone) : raw_(zone) {}

  void before(const Operation& op);
  void after(const Operation& op, const Outcome& outcome, Findings& findings);

 private:
  struct Named {
    uint32_t slot;
    Slot before;
  };

  void name(uint32_t slot);
  void name_slots_of_worker();
  int64_t expected_change(const Operation& op, const Outcome& outcome) const;
  int64_t reclaimed_pages(uint32_t except) const;

  // The slots of an allocation, or a page each of a batch of the worker.
  static constexpr uint32_t named_max = 64;
  Raw raw_;
  std::array<Named, named_max> named_{};
  uint32_t nr_named_ = 0;
  uint32_t allocated_ = 0;
};

}  // namespace spb
