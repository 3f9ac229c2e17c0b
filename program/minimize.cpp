// SPDX-License-Identifier: GPL-2.0-only
#include "program/minimize.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>
#include <utility>

#include "model/words/gfp.h"
#include "program/arguments.h"
#include "program/normalise.h"

namespace spb {

// ---- simpler values

namespace {

/// Requests that a reader knows by sight, the plainest first.
constexpr std::array<uint32_t, 5> plain_gfp{GFP_KERNEL, GFP_KERNEL | __GFP_RECLAIMABLE,
                                            GFP_HIGHUSER_MOVABLE, GFP_ATOMIC, GFP_NOWAIT};

void add_without_one_bit(uint32_t value, std::vector<uint32_t>& values) {
  for (uint32_t rest = value; rest != 0; rest &= rest - 1)
    values.push_back(value & ~(rest & (0U - rest)));
}

std::vector<uint32_t> simpler_gfp(uint32_t gfp) {
  const auto known = std::find(plain_gfp.begin(), plain_gfp.end(), gfp);
  std::vector<uint32_t> values(plain_gfp.begin(), known);
  if (known == plain_gfp.end()) add_without_one_bit(gfp, values);
  return values;
}

std::vector<uint32_t> simpler_bits(uint32_t bits) {
  std::vector<uint32_t> values;
  if (bits == 0) return values;
  values.push_back(0);
  add_without_one_bit(bits, values);
  return values;
}

/// Zero, half, and one step less.
std::vector<uint32_t> simpler_number(uint32_t number, uint32_t step = 1) {
  std::vector<uint32_t> values;
  const uint32_t half = number / 2 / step * step;
  for (const uint32_t value : {0U, half, number - std::min(step, number)}) {
    if (value < number && (values.empty() || values.back() != value)) values.push_back(value);
  }
  return values;
}

std::vector<uint32_t> simpler_count(uint32_t count) {
  std::vector<uint32_t> values{1};
  for (const uint32_t value : {count / 2, count - 1}) {
    if (value > values.back()) values.push_back(value);
  }
  return values;
}

/// Slots are renumbered all at once instead: one alone would become another chunk.
bool names_a_slot(Argument argument) {
  return argument == Argument::result || argument == Argument::slot;
}

std::vector<uint32_t> simpler(const Operation& op, Argument argument, const ZoneSpec& zone) {
  const uint32_t value = get(op, argument);
  switch (argument) {
    case Argument::gfp:
      return simpler_gfp(value);
    case Argument::alloc_flags:
    case Argument::clean:
    case Argument::fail:
      return simpler_bits(value);
    case Argument::chunks:
      return value > 1 ? simpler_count(value) : std::vector<uint32_t>{};
    case Argument::pfn:
      return simpler_number(value - zone.geometry_of(op.zone).base_pfn, 1U << op.order);
    case Argument::reclaim:
    case Argument::compact:
      return value == 0 ? std::vector<uint32_t>{} : std::vector<uint32_t>{0};
    default:
      return names_a_slot(argument) ? std::vector<uint32_t>{} : simpler_number(value);
  }
}

// ---- slots

/// Calls `use` with each slot that the operation names, but for those behind a batch's first one;
/// reclaim and compact store slot + 1.
template <class Use>
void for_each_slot(Operation& op, const Use& use) {
  for (const Argument argument : info(op.kind).arguments) {
    const uint32_t value = get(op, argument);
    if (names_a_slot(argument)) set(op, argument, use(value));
    const bool counts_from_one = argument == Argument::reclaim || argument == Argument::compact;
    if (counts_from_one && value != 0) set(op, argument, use(value - 1) + 1);
  }
}

/// Slots count from 0 in the order in which the program names them, and there are as many as it
/// needs, but no fewer than a zone has by default.
Program with_slots_in_order(Program program) {
  std::unordered_map<uint32_t, uint32_t> numbers;
  const auto number = [&numbers](uint32_t slot) {
    return numbers.emplace(slot, static_cast<uint32_t>(numbers.size())).first->second;
  };
  const Program unchanged = program;
  for (Operation& op : program.operations) {
    const uint32_t first = op.slot;
    for_each_slot(op, number);
    // A batch's slots stay side by side, or everything stays as it is.
    for (uint32_t i = 1; i < nr_slots_written(op); ++i) {
      if (number(first + i) != op.slot + i) return unchanged;
    }
  }
  program.zone.geometry.slots = std::max(Geometry{}.slots, static_cast<uint32_t>(numbers.size()));
  program.zone = normalised(program.zone);
  return program;
}

/// `undo` takes back what `op` did: alone, either would leave the other hanging.
bool takes_back(const Operation& undo, const Operation& op) {
  const auto same = [&](Argument argument) {
    return undo.zone == op.zone && get(undo, argument) == get(op, argument);
  };
  switch (op.kind) {
    case OpKind::alloc:
    case OpKind::rmqueue:
    case OpKind::bulk:
      return undo.kind == OpKind::free && undo.slot - op.slot < nr_slots_written(op);
    case OpKind::isolate:
      return undo.kind == OpKind::unisolate && same(Argument::block);
    case OpKind::take:
      return undo.kind == OpKind::give && same(Argument::pfn);
    default:
      return false;
  }
}

// ---- the zone

using Size = uint32_t Geometry::*;

/// The sizes of a zone, those that make the greatest difference first.
constexpr std::array<std::pair<Size, uint32_t>, 7> lessened_sizes{{{&Geometry::grows_by, 0},
                                                                   {&Geometry::superpageblocks, 1},
                                                                   {&Geometry::pageblocks, 1},
                                                                   {&Geometry::pageblock_order, 1},
                                                                   {&Geometry::base_pfn, 0},
                                                                   {&Geometry::absent_first, 0},
                                                                   {&Geometry::absent_last, 0}}};

/// Least, half, one less; the normaliser makes a power of two of what has to be one.
std::vector<uint32_t> simpler_size(uint32_t size, uint32_t least) {
  std::vector<uint32_t> values;
  for (const uint32_t value : {least, size / 2, size - 1}) {
    if (size > least && value >= least) values.push_back(value);
  }
  return values;
}

/// With a smaller zone a large order means the largest one; the normaliser would wrap it around.
void fit_orders(Program& program) {
  const auto largest = static_cast<uint8_t>(program.zone.geometry.max_page_order);
  for (Operation& op : program.operations)
    op.order = std::min(op.order, largest);
}

/// Everything one size smaller: what was a pageblock stays one.
void lower_orders(Program& program) {
  for (Operation& op : program.operations)
    op.order = static_cast<uint8_t>(op.order - std::min<uint8_t>(op.order, 1));
}

// ---- the search

class Minimizer {
 public:
  Minimizer(Program program, const ShowsAfter& shows_after)
      : best_(std::move(program)), shows_after_(shows_after) {}

  Program run(Lower lower) {
    accept(best_);
    remove_in_chunks();
    for (bool smaller = true; smaller;) {
      if (lower == Lower::zone_operations) lower_zone();
      const Program before = best_;
      remove_one_by_one();
      lower_arguments();
      renumber_slots();
      smaller = best_ != before;
    }
    return std::move(best_);
  }

 private:
  /// Takes a normalised candidate over, up to the operation after which it shows it.
  bool accept(Program candidate) {
    const auto operations = shows_after_(candidate);
    if (!operations) return false;
    candidate.operations.resize(*operations);
    best_ = std::move(candidate);
    return true;
  }

  bool accept_if_new(Program candidate) {
    return candidate != best_ && accept(std::move(candidate));
  }

  // Chunks from the end backwards: what comes late needs what came early, seldom the other way.
  bool remove_chunks(std::size_t chunk) {
    bool removed = false;
    for (std::size_t end = best_.operations.size(); end > 0;) {
      const std::size_t begin = end - std::min(chunk, end);
      Program candidate{best_.zone, {}};
      candidate.operations.reserve(best_.operations.size());
      const auto first = best_.operations.begin();
      const auto at = [first](std::size_t i) { return first + static_cast<std::ptrdiff_t>(i); };
      candidate.operations.insert(candidate.operations.end(), first, at(begin));
      candidate.operations.insert(candidate.operations.end(), at(end), best_.operations.end());
      removed = accept(std::move(candidate)) || removed;
      end = std::min(begin, best_.operations.size());
    }
    return removed;
  }

  bool remove_pair(std::size_t first) {
    const auto& operations = best_.operations;
    const auto begin = operations.begin() + static_cast<std::ptrdiff_t>(first);
    const auto second = std::find_if(begin + 1, operations.end(), [&begin](const Operation& op) {
      return takes_back(op, *begin);
    });
    if (second == operations.end()) return false;
    Program candidate = best_;
    candidate.operations.erase(candidate.operations.begin() + (second - operations.begin()));
    candidate.operations.erase(candidate.operations.begin() + (begin - operations.begin()));
    return accept(std::move(candidate));
  }

  bool remove_pairs() {
    bool removed = false;
    for (std::size_t i = best_.operations.size(); i-- > 0;)
      removed = (i < best_.operations.size() && remove_pair(i)) || removed;
    return removed;
  }

  void remove_in_chunks() {
    std::size_t chunk = std::bit_floor(best_.operations.size());
    for (; chunk > 1; chunk /= 2)
      remove_chunks(chunk);
  }

  void remove_one_by_one() {
    while (remove_chunks(1) || remove_pairs()) {
    }
  }

  /// A pfn's simpler values count from the base pfn.
  static void set_value(Program& program, std::size_t index, Argument argument, uint32_t value) {
    Operation& op = program.operations[index];
    const Geometry& geometry = program.zone.geometry_of(op.zone);
    set(op, argument, argument == Argument::pfn ? geometry.base_pfn + value : value);
    op = normalised(op, program.zone);
  }

  bool try_value(std::size_t index, Argument argument, uint32_t value) {
    Program candidate = best_;
    set_value(candidate, index, argument, value);
    return accept_if_new(std::move(candidate));
  }

  /// An operation that failed earlier ends the program, so the index may be past it.
  bool lower_argument(std::size_t index, Argument argument) {
    if (index >= best_.operations.size()) return false;
    const auto values = simpler(best_.operations[index], argument, best_.zone);
    return std::any_of(values.begin(), values.end(), [this, index, argument](uint32_t value) {
      return try_value(index, argument, value);
    });
  }

  bool has_argument(std::size_t index, Argument argument) const {
    const auto& arguments = info(best_.operations[index].kind).arguments;
    return std::find(arguments.begin(), arguments.end(), argument) != arguments.end();
  }

  /// The simplest value everywhere at once: thousands of like operations need no run each.
  void lower_everywhere(Argument argument) {
    Program candidate = best_;
    for (std::size_t index = 0; index < best_.operations.size(); ++index) {
      if (!has_argument(index, argument)) continue;
      const auto values = simpler(best_.operations[index], argument, best_.zone);
      if (!values.empty()) set_value(candidate, index, argument, values.front());
    }
    accept_if_new(std::move(candidate));
  }

  void lower_operation(std::size_t index) {
    if (index >= best_.operations.size()) return;
    for (const Argument argument : info(best_.operations[index].kind).arguments) {
      while (lower_argument(index, argument)) {
      }
    }
  }

  void lower_arguments() {
    for (std::size_t i = 0; i < static_cast<std::size_t>(Argument::count); ++i)
      lower_everywhere(static_cast<Argument>(i));
    for (std::size_t index = best_.operations.size(); index-- > 0;)
      lower_operation(index);
  }

  bool try_size(Size size, uint32_t value, void (*fit)(Program&)) {
    Program candidate = best_;
    candidate.zone.geometry.*size = value;
    candidate.zone = normalised(candidate.zone);
    fit(candidate);
    return accept_if_new(normalised(std::move(candidate)));
  }

  bool lower_size(Size size, uint32_t least) {
    const auto values = simpler_size(best_.zone.geometry.*size, least);
    return std::any_of(values.begin(), values.end(), [this, size](uint32_t value) {
      return try_size(size, value, fit_orders) ||
             (size == &Geometry::pageblock_order && try_size(size, value, lower_orders));
    });
  }

  void lower_parameters() {
    for (std::size_t i = 0; i < nr_parameters; ++i) {
      Program candidate = best_;
      candidate.zone.parameters.values[i] = Parameters::unset;
      accept_if_new(std::move(candidate));
    }
  }

  /// Operations of a zone that goes are those of the one that takes its place, or of the last.
  void lower_machine() {
    for (const uint32_t cpus : simpler_size(best_.zone.machine.cpus, 1)) {
      Program candidate = best_;
      candidate.zone.machine.cpus = std::min(cpus, candidate.zone.machine.cpus);
      accept_if_new(normalised(std::move(candidate)));
    }
    for (uint32_t zone = best_.zone.machine.nr_further; zone > 0; --zone) {
      if (!remove_further(zone)) lower_further(zone);
    }
    Program one_node = best_;
    for (FurtherZone& zone : one_node.zone.machine.further)
      zone.node = 0;
    accept_if_new(normalised(std::move(one_node)));
  }

  bool remove_further(uint32_t zone) {
    Program candidate = best_;
    auto& further = candidate.zone.machine.further;
    std::copy(further.begin() + zone, further.end(), further.begin() + zone - 1);
    further.back() = {};
    --candidate.zone.machine.nr_further;
    const auto of_others = [zone](const Operation& op) {
      const auto& arguments = info(op.kind).arguments;
      return op.zone != zone ||
             std::find(arguments.begin(), arguments.end(), Argument::zone) == arguments.end();
    };
    auto& operations = candidate.operations;
    operations.erase(std::stable_partition(operations.begin(), operations.end(), of_others),
                     operations.end());
    for (Operation& op : operations) {
      if (op.zone > zone) --op.zone;
    }
    return accept_if_new(normalised(std::move(candidate)));
  }

  void lower_further(uint32_t zone) {
    const auto lower = [this, zone](Size size, uint32_t least) {
      const uint32_t now = best_.zone.machine.further[zone - 1].geometry.*size;
      const auto values = simpler_size(now, least);
      return std::any_of(values.begin(), values.end(), [&](uint32_t value) {
        Program candidate = best_;
        candidate.zone.machine.further[zone - 1].geometry.*size = value;
        candidate = normalised(std::move(candidate));
        const bool less = candidate.zone.machine.further[zone - 1].geometry.*size < now;
        return less && accept(std::move(candidate));
      });
    };
    // A base pfn of 0 is that behind the zone before.
    while (lower(&Geometry::grows_by, 0) || lower(&Geometry::superpageblocks, 1) ||
           lower(&Geometry::absent_first, 0) || lower(&Geometry::absent_last, 0) ||
           lower(&Geometry::base_pfn, 0)) {
    }
  }

  void lower_zone() {
    lower_machine();
    lower_parameters();
    Program from_free = best_;
    from_free.zone.geometry.start_allocated = false;
    accept_if_new(normalised(std::move(from_free)));
    for (const auto& [size, least] : lessened_sizes) {
      while (lower_size(size, least)) {
      }
    }
    while (lower_size(&Geometry::max_page_order, best_.zone.geometry.pageblock_order)) {
    }
  }

  void renumber_slots() { accept_if_new(normalised(with_slots_in_order(best_))); }

  Program best_;
  const ShowsAfter& shows_after_;
};

}  // namespace

Program minimize(Program program, Lower lower, const ShowsAfter& shows_after) {
  return Minimizer(std::move(program), shows_after).run(lower);
}

}  // namespace spb
