// SPDX-License-Identifier: GPL-2.0-only
#include "cli/child.h"
#include "cli/diff.h"
#include "model/policy/variant.h"
#include "program/story.h"

namespace spb::cli {

namespace {

class Readings : public Compared {
 public:
  explicit Readings(const Sides& sides) : sides_(sides) {}

  std::string kind() const override { return "readings"; }

  std::vector<std::optional<Difference>> first(std::span<const Program> programs) override {
    std::vector<std::optional<Difference>> result;
    for (const Program& program : programs)
      result.push_back(first_difference(program, sides_));
    return result;
  }

  Program least(const Program& program, const DifferenceClass& of) override {
    return minimise_difference(program, of, sides_);
  }

  std::array<ToldSide, 2> told(const Program& program, std::size_t operation) override {
    return {told_by(program, operation, sides_[0]), told_by(program, operation, sides_[1])};
  }

  std::vector<Side> generated_for() const override { return {sides_[0], sides_[1]}; }

  std::array<std::vector<std::string>, 2> proving() const override {
    return {proving_of(sides_[0]), proving_of(sides_[1])};
  }

 private:
  static ToldSide told_by(const Program& program, std::size_t operation, const Side& side) {
    RunOptions unchecked;
    unchecked.checks = Checks::none;
    const auto machine = make_machine(read_as(program.zone, side), unchecked);
    for (std::size_t i = 0; i + 1 < operation; ++i)
      apply(*machine, program.operations[i]);
    PassesTried passes;
    machine->add(passes);
    const Outcome outcome = apply(*machine, program.operations[operation - 1]);
    machine->remove(passes);
    return {outcome_text(outcome, machine->zone()), passes.searches()};
  }

  static std::vector<std::string> proving_of(const Side& side) {
    const std::string variant(variants()[side.variant].name);
    return {own_program(), "prove", "--all", "--variant", variant};
  }

  Sides sides_;
};

}  // namespace

std::unique_ptr<Compared> two_readings(const Sides& sides) {
  return std::make_unique<Readings>(sides);
}

}  // namespace spb::cli
