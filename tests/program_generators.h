// SPDX-License-Identifier: GPL-2.0-only
// RapidCheck's programs: commands with preconditions over the operations of program/, on small
// zones, with arguments that lean towards the thresholds of the rules.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <vector>

#include <rapidcheck.h>

#include <rapidcheck/state.h>

#include "program/program.h"

namespace spb {

// What RapidCheck prints of a counterexample.
void showValue(const ZoneSpec& zone, std::ostream& out);
void showValue(const Operation& op, std::ostream& out);

}  // namespace spb

namespace spb::test {

/// What a program knows of its zone without running: names in use, pageblocks asked to be isolated.
struct Names {
  explicit Names(const ZoneSpec& of)
      : zone(of), used(of.geometry.slots), isolated(of.geometry.nr_blocks()) {}

  ZoneSpec zone;
  std::vector<bool> used;
  std::vector<bool> isolated;
};

/// A slot that no generated operation uses: properties have it for themselves.
inline constexpr uint32_t spare_slot = 15;

/// One operation. Allocations go into unused slots, only used ones are freed, only pageblocks that
/// were isolated are un-isolated.
class Step : public rc::state::Command<Names, Program> {
 public:
  explicit Step(const Operation& op) : op_(op) {}

  void checkPreconditions(const Names& names) const override;
  void apply(Names& names) const override;
  void run(const Names& names, Program& program) const override;
  void show(std::ostream& out) const override;

 private:
  Operation op_;
};

rc::Gen<ZoneSpec> any_zone();
rc::Gen<std::shared_ptr<const Step::CommandType>> any_step(const Names& names);

/// Operations that take a chosen part of every pageblock: nothing, a page, half and one less and
/// more, all but a page, all.
rc::Gen<std::vector<Operation>> any_filling(const ZoneSpec& zone);

/// An allocation of one attempt into the spare slot.
rc::Gen<Operation> any_request(const ZoneSpec& zone);

/// A filling, then steps. Called within a property.
Program any_program();

}  // namespace spb::test
