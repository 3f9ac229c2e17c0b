// SPDX-License-Identifier: GPL-2.0-only
// Notes the cells that operations of one zone reach, from what the model reports as it runs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/operation/operation.h"
#include "model/state/zone.h"
#include "program/cells.h"

namespace spb {

class CellWatch final : public Observer {
 public:
  explicit CellWatch(const Zone& zone);

  /// Looks in before the zone's observer; again after that one took its place anew, as at a reset.
  void attach(Zone& zone);
  /// Once the operation is over, while the zone's dirty list still says what it touched.
  void finish(const Operation& op, const Outcome& outcome);

  RunCells& cells() { return cells_; }
  const RunCells& cells() const { return cells_; }

  void attempt_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn) override;
  void mode_begins(const Zone&, const Request<Concrete>&, const ModeRow<Concrete>&) override {
    settle_claim();
  }
  void search_begins(const Zone&, const Request<Concrete>&) override { settle_claim(); }
  void chosen(const Zone&, const Request<Concrete>& request, const PassRow<Concrete>& row, Pfn head,
              Order) override;
  void fallback_chosen(const Zone&, const Request<Concrete>& request, PassId by, Pfn head, Order,
                       Migratetype) override;
  void search_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) override;
  void driver_begins(const Zone&, const Request<Concrete>& request) override {
    type_ = static_cast<uint32_t>(request.asked);
  }
  void driver_step(const Zone&, DriverStep step) override;
  void driver_ends(const Zone&, bool served) override;

 private:
  void note_pass(const Request<Concrete>& request, PassId by, uint32_t list);
  uint32_t list_of(Pfn head) const { return zone_.spb(zone_.spb_of(head)).on_list; }
  /// A claim that was under way is over: it was refused, or not.
  void settle_claim() {
    if (claims_ != PassId::NO_PAGE) note_refusals();
  }
  void note_refusals();
  void note_step(bool served);
  void note_ladder();
  void note_moves();
  void note_move(SpbIndex s);

  const Zone& zone_;
  InFront<CellWatch> in_front_{*this};
  RunCells cells_;
  PassId claims_ = PassId::NO_PAGE;      ///< who is about to claim a chunk
  Counts<Refusal> refusals_{};           ///< of the zone's statistics, as last looked at
  Counts<LadderStep> ladder_{};          ///< likewise
  DriverStep step_ = DriverStep::count;  ///< that the caller is at; count: it is at none
  uint32_t type_ = 0;                    ///< that it asks for
  std::vector<uint8_t> lists_;           ///< of each superpageblock, before the operation
};

}  // namespace spb
