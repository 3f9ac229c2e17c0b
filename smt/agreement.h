// SPDX-License-Identifier: GPL-2.0-only
// Does the engine do what the proofs are about? An observer compares each search of the engine with
// the reading, evaluated on the same state; explore() does so in every state of a small zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/operation/operation.h"
#include "program/program.h"
#include "smt/reading.h"
#include "smt/world.h"

namespace spb::smt {

/// Watches one zone. What the two differ in first is kept, and nothing after it.
class Agreement : public Observer {
 public:
  /// `policy` is what the reading reads; the engine has the zone's own.
  explicit Agreement(const Policy<Concrete>& policy) : policy_(policy) {}

  void search_begins(const Zone& zone, const Request<Concrete>& request) override;
  void chosen(const Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
              Pfn head, Order order) override;
  void fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by, Pfn head,
                       Order order, Migratetype list) override;
  void search_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                   Pfn page) override;

  uint64_t searches() const { return searches_; }
  bool found() const { return difference_.has_value(); }
  const std::optional<std::string>& difference() const { return difference_; }

 private:
  /// What the reading says of a search that has begun: the first pass with a candidate, if any.
  struct Expectation {
    PassId pass = PassId::NO_PAGE;
    std::size_t step = 0;
    Pfn taken = no_page;
    Block<Concrete> after{};
  };
  void differs(std::string what);
  void check_state(const ZoneWorld& world);

  Policy<Concrete> policy_;
  std::vector<Expectation> searches_open_;
  uint64_t searches_ = 0;
  std::optional<std::string> difference_;
};

struct Explored {
  uint64_t states = 0;       ///< those that are alike count as one
  uint64_t transitions = 0;  ///< operations run, no two alike in the same state
  uint32_t depth = 0;        ///< operations to the farthest state
  uint64_t searches = 0;     ///< compared with the reading
  bool complete = false;     ///< there are no further states
  std::optional<std::string> difference;
  Program program;  ///< that leads to the difference
};

/// Every state that requests, frees and isolation reach in this zone, breadth first, until there
/// are no more or more than so many operations would be run. The geometry has slots for its pages.
Explored explore(const ZoneSpec& zone, const Policy<Concrete>& engine,
                 const Policy<Concrete>& reading, uint64_t transitions_max, uint32_t threads = 1);

}  // namespace spb::smt
