// SPDX-License-Identifier: GPL-2.0-only
// Notes the cells that operations of one zone reach, from what the model reports as it runs. It
// stands before whoever looks in already, and passes on what it hears.
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

  /// Takes its place before the zone's observer; again after that one took its own anew, as at a
  /// reset.
  void attach(Zone& zone);
  /// Once the operation is over, while the zone's dirty list still says what it touched.
  void finish(const Operation& op, const Outcome& outcome);

  RunCells& cells() { return cells_; }
  const RunCells& cells() const { return cells_; }

  void attempt_begins(const Zone& zone, const Request<Concrete>& request) override;
  void attempt_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                    Pfn page) override;
  void mode_begins(const Zone& zone, const Request<Concrete>& request,
                   const ModeRow<Concrete>& row) override;
  void search_begins(const Zone& zone, const Request<Concrete>& request) override;
  void chosen(const Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
              Pfn head, Order order) override;
  void fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by, Pfn head,
                       Order order, Migratetype list) override;
  void driver_begins(const Zone& zone, const Request<Concrete>& request) override;
  void driver_step(const Zone& zone, DriverStep step) override;
  void driver_ends(const Zone& zone, bool served) override;
  void item_moved(const Zone& zone, uint32_t item) override;
  void shrink_requested(const Zone& zone) override;
  void search_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                   Pfn page) override;

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
  Observer* next_ = nullptr;
  RunCells cells_;
  PassId claims_ = PassId::NO_PAGE;      ///< who is about to claim a chunk
  Counts<Refusal> refusals_{};           ///< of the zone's statistics, as last looked at
  Counts<LadderStep> ladder_{};          ///< likewise
  DriverStep step_ = DriverStep::count;  ///< that the caller is at; count: it is at none
  uint32_t type_ = 0;                    ///< that it asks for
  std::vector<uint8_t> lists_;           ///< of each superpageblock, before the operation
};

}  // namespace spb
