// SPDX-License-Identifier: GPL-2.0-only
// The states of one zone, as a world of a search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "explore/packing.h"
#include "explore/renaming.h"
#include "explore/world.h"
#include "program/program.h"
#include "program/run.h"

namespace spb {

/// A slot for each page, and one more that is empty in every state that a search enters: a chunk is
/// named after its first page, so that states that differ in names alone are one. Two zones in step
/// have a slot for each page of both.
Geometry with_slots_for_pages(Geometry size, uint32_t zones = 1);

/// What is tried in each state, of these kinds: requests of every order and type under four sets of
/// flags, each page freed, each pageblock isolated and released, and the deferred work, of which
/// nothing fails. Other kinds throw std::runtime_error.
std::vector<Operation> alphabet(const Geometry& size, std::span<const OpKind> kinds);

/// Needs a machine of one zone and one CPU whose geometry has slots for its pages, as it was set
/// up.
class ZoneStates : public World {
 public:
  ZoneStates(Machine& machine, std::vector<Operation> operations, const Symmetry& symmetry);

  std::size_t words() const override { return packing_.words(); }
  uint32_t bits() const { return packing_.bits(); }
  const Symmetry& symmetry() const { return canonical_.symmetry(); }
  std::size_t operations() const override { return operations_.size(); }
  void start() override;
  void enter(const uint64_t* code) override;
  void pack(uint64_t* code) override;
  Step step(std::size_t operation, uint64_t* code) override;
  Operation go(std::size_t operation) override;
  void try_alike(uint64_t seed) override;

 protected:
  /// Runs and watches one operation; anything but nothing and same.
  virtual Step run(const Operation& op) = 0;
  /// To the state of this image; whoever watches forgets what was.
  virtual void restore(std::span<const std::byte> image) = 0;

 private:
  bool name(Operation& op) const;
  Step run_named(std::size_t operation, Operation& op);
  std::vector<uint64_t> all_codes();
  void compare_unpacked(const uint64_t* code);

  Machine& machine_;
  const Zone& zone_;
  std::vector<Operation> operations_;
  Canonical canonical_;
  Packing packing_;
  std::vector<std::byte> entered_;
};

/// Every operation is checked as a run of `spbcheck run` is.
class CheckedStates : public ZoneStates {
 public:
  CheckedStates(std::unique_ptr<Runner> runner, std::vector<Operation> operations,
                const Symmetry& symmetry)
      : ZoneStates(runner->machine(), std::move(operations), symmetry),
        runner_(std::move(runner)) {}

 private:
  Step run(const Operation& op) override {
    if (runner_->step(op)) return Step::found;
    return runner_->unchecked_after() ? Step::left : Step::moved;
  }
  void restore(std::span<const std::byte> image) override { runner_->restore(image); }

  std::unique_ptr<Runner> runner_;
};

/// An observer with `bool found() const` watches, which stays true.
template <class Listener>
class WatchedStates : public ZoneStates {
 public:
  WatchedStates(std::unique_ptr<Machine> machine, Listener& listener,
                std::vector<Operation> operations, const Symmetry& symmetry)
      : ZoneStates(*machine, std::move(operations), symmetry),
        machine_(std::move(machine)),
        listener_(listener) {
    machine_->events.enabled = false;
  }

 private:
  Step run(const Operation& op) override {
    machine_->add(listener_);
    apply(*machine_, op);
    machine_->remove(listener_);
    return listener_.found() ? Step::found : Step::moved;
  }
  void restore(std::span<const std::byte> image) override { machine_->restore(image); }

  std::unique_ptr<Machine> machine_;
  Listener& listener_;
};

}  // namespace spb
