// SPDX-License-Identifier: GPL-2.0-only
// Why each pass of a search declined: the policy's rows in their order, asked about the state in
// which the search began.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/state/zone.h"

namespace spb {

/// A pass, and what came of it.
struct PassTried {
  std::string pass;
  std::string why;  ///< it declined; or "takes a chunk", "turns to ..."
};

/// One search: "order=0 mt=MOVABLE", and the passes in their order.
struct Search {
  std::string request;
  std::vector<PassTried> passes;
};

/// Watches one operation and writes down every search that it makes.
class PassesTried : public Observer {
 public:
  void search_begins(const Zone& zone, const Request<Concrete>& request) override;
  void fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by, Pfn head,
                       Order order, Migratetype list) override;

  /// The first of them.
  const std::vector<Search>& searches() const { return told_; }
  /// A heading and the searches; empty where there was none.
  std::string text() const;

 private:
  std::vector<Search> told_;
  std::size_t searches_ = 0;
};

/// Why the pass takes nothing for this request in this state; nothing where it takes something.
std::optional<std::string> why_declined(const Zone& zone, const Request<Concrete>& request,
                                        const PassRow<Concrete>& row);

}  // namespace spb
