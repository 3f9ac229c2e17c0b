// SPDX-License-Identifier: GPL-2.0-only
// What one step of the evacuation worker does, said a second time: which pages its batch holds,
// what becomes of each, and where it goes on (series v2 06/40; mainline migrate_pages_batch()).
#pragma once

#include <array>
#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class WorkerCheck {
 public:
  explicit WorkerCheck(const Zone& zone) : raw_(zone) {}

  void before();
  /// The operation's last try for a page, which is one for a migration's target, found none.
  void last_try_was(bool in_vain) { in_vain_ = in_vain; }
  void after(const Operation& op, Violations& violations) const;

 private:
  struct Owned {
    uint32_t slot;
    Slot before;
  };

  void collect(uint32_t from, uint32_t end);
  bool is_left(const Owned& owned) const;
  void check_batch(const Operation& op, Violations& violations) const;
  bool any_failed(const Operation& op) const;
  void check_end(const Operation& op, Violations& violations) const;
  void check_content(const Operation& op, Violations& violations) const;
  bool is_finished(const Operation& op) const;

  // A page each of a batch, and as many behind it as may be left alone.
  static constexpr uint32_t owned_max = 128;
  Raw raw_;
  uint32_t item_ = 0;  ///< index + 1 of the one that it holds or takes next; 0: none
  uint32_t block_ = 0;
  bool had_movable_ = false;  ///< PB_has_movable, before
  bool in_vain_ = false;
  bool bails_out_ = false;  ///< the pageblock is MOVABLE again
  std::array<Owned, owned_max> owned_{};
  uint32_t nr_owned_ = 0;  ///< chunks with an owner in the pageblock, from the cursor on
  uint32_t nr_batch_ = 0;
  std::array<uint8_t, owned_max> batch_{};  ///< places among them
  uint32_t cursor_ = 0;                     ///< pfn behind the batch
  uint32_t end_ = 0;
};

}  // namespace spb
