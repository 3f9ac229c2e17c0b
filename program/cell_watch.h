// SPDX-License-Identifier: GPL-2.0-only
// Notes the cells that operations of one machine reach, from what the model reports as it runs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/operation/operation.h"
#include "model/state/machine.h"
#include "program/cells.h"

namespace spb {

class CellWatch final : public Observer {
 public:
  explicit CellWatch(Machine& machine);

  /// Looks in from now on; again after the state changed by other means than an operation.
  void attach();
  /// Once the operation is over, while its zone's dirty list still says what it touched.
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
  static uint32_t list_of(const Zone& zone, Pfn head) {
    return zone.spb(zone.spb_of(head)).on_list;
  }
  /// A claim that was under way is over: it was refused, or not.
  void settle_claim() {
    if (claims_ != PassId::NO_PAGE) note_refusals();
  }
  void note_refusals();
  void note_step(bool served);
  void note_ladder();
  void note_moves(const Zone& zone);
  void note_move(const Zone& zone, SpbIndex s);

  Machine& machine_;
  RunCells cells_;
  PassId claims_ = PassId::NO_PAGE;      ///< who is about to claim a chunk
  Counts<Refusal> refusals_{};           ///< of the statistics, as last looked at
  Counts<LadderStep> ladder_{};          ///< likewise
  DriverStep step_ = DriverStep::count;  ///< that the caller is at; count: it is at none
  uint32_t type_ = 0;                    ///< that it asks for
  // By zone and superpageblock, before the operation.
  std::array<std::vector<uint8_t>, zones_max> lists_;
};

}  // namespace spb
