// SPDX-License-Identifier: GPL-2.0-only
// Does the engine do what the proofs beside the searches are about? An observer holds the driver's
// steps to the table, each work item's way to the rows, and the counts of free pages to the sum of
// what the accounting says of every free chunk. Where an item is it reads from the lists.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/state/zone.h"

namespace spb::smt {

/// Watches one zone. What the two differ in first is kept, and nothing after it.
class Bookkeeping : public Observer {
 public:
  /// `policy` is what the reading reads, as parameters shape it; the engine has the zone's own.
  explicit Bookkeeping(const Policy<Concrete>& policy) : policy_(policy) {}

  void attempt_begins(const Zone& zone, const Request<Concrete>& request) override;
  void driver_begins(const Zone& zone, const Request<Concrete>& request) override;
  void driver_step(const Zone& zone, DriverStep step) override;
  /// A driver that found nothing must have come to its last row.
  void driver_ends(const Zone& zone, bool served) override;
  void item_moved(const Zone& zone, uint32_t item) override;

  uint64_t steps() const { return steps_; }
  uint64_t moves() const { return moves_; }
  const std::optional<std::string>& difference() const { return difference_; }

 private:
  /// A caller in the driver; compaction asks for pages of its own, so there may be several.
  struct Caller {
    Request<Concrete> request;
    std::size_t next = 0;  ///< row
  };
  void differs(std::string what);
  std::optional<DriverStep> expected(Caller& caller) const;

  Policy<Concrete> policy_;
  std::vector<Caller> callers_;
  std::map<uint32_t, ItemPlace> places_;  ///< of items that were moved
  uint64_t steps_ = 0;
  uint64_t moves_ = 0;
  std::optional<std::string> difference_;
};

}  // namespace spb::smt
