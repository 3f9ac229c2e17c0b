// SPDX-License-Identifier: GPL-2.0-only
#include "program/difference.h"

#include <utility>

#include "model/words/gfp.h"
#include "program/minimize.h"
#include "program/normalise.h"

namespace spb {

// ---- words

std::string_view name_of(Differs what) {
  constexpr std::array<std::string_view, 8> names{"result", "refusal",  "pages", "page",
                                                  "tag",    "category", "pass",  "state"};
  return names[static_cast<std::size_t>(what)];
}

std::string request_class(const Operation& op) {
  const std::string kind(name_of(op.kind));
  const auto typed = [&](Migratetype type) {
    return kind + " " + std::string(migratetype_names()[type]);
  };
  switch (op.kind) {
    case OpKind::alloc:
      return typed(gfp_migratetype(op.a)) + (gfp_is_atomic(op.a) ? ", atomic" : ", may wait");
    case OpKind::rmqueue:
    case OpKind::bulk:
    case OpKind::unreserve:
      return typed(static_cast<Migratetype>(op.a));
    default:
      return kind;
  }
}

std::string came_of(const Outcome& outcome) {
  std::string text(name_of(outcome.result));
  if (outcome.why != IsolateRefusal::count) text += ": " + std::string(name_of(outcome.why));
  if (outcome.by != PassId::NO_PAGE) text += " by " + std::string(name_of(outcome.by));
  return text;
}

// ---- two machines

ZoneSpec read_as(ZoneSpec zone, const Side& side) {
  zone.variant = side.variant;
  zone.parameters = side.parameters;
  return zone;
}

namespace {

std::unique_ptr<Machine> machine_of(const ZoneSpec& zone, const Side& side) {
  RunOptions unchecked;
  unchecked.checks = Checks::none;
  return make_machine(read_as(zone, side), unchecked);
}

std::string category_of(const SpbState& spb) {
  if (spb.on_list == list_empty) return "empty";
  if (spb.on_list == list_isolated) return "isolated";
  return spb.on_list / nr_fullness_bins == SB_TAINTED ? "tainted" : "clean";
}

std::optional<Differs> differing(const Outcome& a, const Outcome& b) {
  if (a.result != b.result) return Differs::result;
  if (a.why != b.why) return Differs::refusal;
  if (a.pages != b.pages) return Differs::pages;
  if (a.pfn != b.pfn) return Differs::page;
  return {};
}

using Words = std::array<std::string, 2>;

/// The first pageblock with another tag on each side.
std::optional<Words> differing_tags(const Zone& a, const Zone& b) {
  for (BlockIndex block(0); block.value < a.geometry().nr_blocks(); ++block.value) {
    const auto tag_a = static_cast<std::size_t>(a.block(block).tag);
    const auto tag_b = static_cast<std::size_t>(b.block(block).tag);
    if (tag_a == tag_b) continue;
    return Words{"tag " + std::string(migratetype_names()[tag_a]),
                 "tag " + std::string(migratetype_names()[tag_b])};
  }
  return {};
}

std::optional<Words> differing_categories(const Zone& a, const Zone& b) {
  for (SpbIndex s(0); s.value < a.geometry().superpageblocks; ++s.value) {
    if (a.spb(s).on_list == b.spb(s).on_list) continue;
    Words words{category_of(a.spb(s)), category_of(b.spb(s))};
    if (words[0] != words[1]) return words;
  }
  return {};
}

}  // namespace

BothSides::BothSides(const ZoneSpec& zone, const Sides& sides)
    : machines_{machine_of(zone, sides[0]), machine_of(zone, sides[1])} {}

void BothSides::reset() {
  for (const auto& machine : machines_)
    machine->reset();
  outcomes_ = {};
}

std::optional<DifferenceClass> BothSides::step(const Operation& op) {
  for (std::size_t side = 0; side < machines_.size(); ++side)
    outcomes_[side] = apply(*machines_[side], op);
  return differing(op);
}

std::optional<DifferenceClass> BothSides::differing(const Operation& op) const {
  const std::string request = request_class(op);
  if (const auto what = spb::differing(outcomes_[0], outcomes_[1])) {
    Words came{came_of(outcomes_[0]), came_of(outcomes_[1])};
    return DifferenceClass{request, *what, std::move(came)};
  }
  if (auto tags = differing_tags(where(0), where(1)))
    return DifferenceClass{request, Differs::tag, std::move(*tags)};
  if (auto categories = differing_categories(where(0), where(1)))
    return DifferenceClass{request, Differs::category, std::move(*categories)};
  if (outcomes_[0].by != outcomes_[1].by) {
    Words came{came_of(outcomes_[0]), came_of(outcomes_[1])};
    return DifferenceClass{request, Differs::pass, std::move(came)};
  }
  return {};
}

// ---- programs

namespace {

/// Machines are set up once for candidates of the same size.
class Comparing {
 public:
  explicit Comparing(const Sides& sides) : sides_(sides) {}

  std::optional<Difference> first(const Program& program) {
    if (both_ && geometry_ == program.zone.geometry && machine_ == program.zone.machine) {
      both_->reset();
    } else {
      both_.emplace(program.zone, sides_);
      geometry_ = program.zone.geometry;
      machine_ = program.zone.machine;
    }
    std::optional<Difference> by_pass;
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
      auto of = both_->step(program.operations[i]);
      if (!of) continue;
      Difference difference{std::move(*of), i + 1};
      if (difference.of.what != Differs::pass) return difference;
      if (!by_pass) by_pass = std::move(difference);
    }
    return by_pass;
  }

 private:
  const Sides& sides_;
  Geometry geometry_;
  MachineShape machine_;
  std::optional<BothSides> both_;
};

}  // namespace

std::optional<Difference> first_difference(const Program& program, const Sides& sides) {
  return Comparing(sides).first(program);
}

Program minimise_difference(const Program& program, const DifferenceClass& of, const Sides& sides) {
  Comparing comparing(sides);
  Program start = program;
  start.zone = read_as(start.zone, sides[0]);
  const auto shows_after = [&](const Program& candidate) -> std::optional<std::size_t> {
    const auto difference = comparing.first(candidate);
    if (!difference || difference->of != of) return {};
    return difference->operation;
  };
  Program least = minimize(normalised(std::move(start)), Lower::zone_operations, shows_after);
  least.zone = read_as(least.zone, sides[0]);
  return least;
}

}  // namespace spb
