// SPDX-License-Identifier: GPL-2.0-only
#include "explore/zone_states.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "model/words/gfp.h"

namespace spb {

Geometry with_slots_for_pages(Geometry size, uint32_t zones) {
  size.slots = zones * size.span() + 1;
  return size;
}

// ---- what is tried

namespace {

using A = Argument;

void add_requests(const Geometry& size, std::vector<Operation>& all) {
  const uint32_t flags[] = {0, ALLOC_NOFRAGMENT, ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
                            ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK | ALLOC_NOFRAG_TAINTED_OK};
  for (uint32_t order = 0; order <= size.max_page_order; ++order) {
    for (uint32_t type = 0; type < uint32_t{MIGRATE_PCPTYPES}; ++type) {
      for (const uint32_t f : flags)
        all.push_back(operation(OpKind::rmqueue,
                                {{A::order, order}, {A::migratetype, type}, {A::alloc_flags, f}}));
    }
  }
}

void add_of_kind(const Geometry& size, OpKind kind, std::vector<Operation>& all) {
  switch (kind) {
    case OpKind::rmqueue:
      return add_requests(size, all);
    case OpKind::free:
      for (uint32_t p = size.start().value; p < size.end().value; ++p)
        all.push_back(operation(kind, {{A::slot, p}}));
      return;
    case OpKind::isolate:
    case OpKind::unisolate:
      for (uint32_t b = 0; b < size.nr_blocks(); ++b)
        all.push_back(operation(kind, {{A::block, b}}));
      return;
    case OpKind::irq_work:
    case OpKind::worker:
      all.push_back(operation(kind, {}));
      return;
    case OpKind::wait:
      all.push_back(operation(kind, {{A::ms, 1}}));
      return;
    default:
      throw std::runtime_error("found the kind " + std::string(name_of(kind)) +
                               ", expected rmqueue, free, isolate, unisolate, irq_work, worker or "
                               "wait");
  }
}

}  // namespace

std::vector<Operation> alphabet(const Geometry& size, std::span<const OpKind> kinds) {
  std::vector<Operation> all;
  for (const OpKind kind : kinds)
    add_of_kind(size, kind, all);
  return all;
}

// ---- states

ZoneStates::ZoneStates(Machine& machine, std::vector<Operation> operations,
                       const Symmetry& symmetry)
    : machine_(machine),
      zone_(machine.zone()),
      operations_(std::move(operations)),
      canonical_(zone_, symmetry),
      packing_(zone_, symmetry, SlotNames::pages),
      entered_(machine.image().begin(), machine.image().end()) {}

void ZoneStates::start() {
  machine_.reset();
  entered_.assign(machine_.image().begin(), machine_.image().end());
  restore(entered_);
}

void ZoneStates::enter(const uint64_t* code) {
  const std::vector<std::byte>& image = packing_.unpacked(code);
  std::memcpy(entered_.data(), image.data(), image.size());
  restore(entered_);
}

void ZoneStates::pack(uint64_t* code) {
  packing_.pack(zone_, canonical_.of(zone_), code);
}

/// Gives a free the slot that owns its page, and a request one that is empty. False: there is
/// nothing to do.
bool ZoneStates::name(Operation& op) const {
  const EvacuateQueue& queue = zone_.queue();
  if (op.kind == OpKind::irq_work) return queue.pending != 0;
  if (op.kind == OpKind::worker) return queue.running != 0 || queue.work.first != 0;
  if (op.kind == OpKind::wait) return zone_.state().waits();
  if (op.kind == OpKind::free) {
    const uint32_t owner = zone_.links(Pfn(op.slot)).next;
    if (owner == 0 || zone_.is_free_head(Pfn(op.slot))) return false;
    op.slot = owner - 1;
  } else if (op.kind == OpKind::rmqueue) {
    op.slot = zone_.geometry().slots - 1;
    while (zone_.slot(op.slot).page != 0)
      --op.slot;
  }
  return true;
}

/// The operation as it was run in the state that was entered, which it leaves.
Step ZoneStates::run_named(std::size_t operation, Operation& op) {
  op = operations_[operation];
  return name(op) ? run(op) : Step::nothing;
}

Step ZoneStates::step(std::size_t operation, uint64_t* code) {
  Operation op;
  Step step = run_named(operation, op);
  if (step == Step::nothing) return step;
  const bool same = std::memcmp(machine_.image().data(), entered_.data(), entered_.size()) == 0;
  if (same && step == Step::moved) return Step::same;
  if (step == Step::moved) {
    pack(code);
    // An even sample of states, the same on any number of threads.
    if ((code[0] * 0x9e3779b97f4a7c15U) >> 58U == 0) compare_unpacked(code);
  }
  restore(entered_);
  return step;
}

Operation ZoneStates::go(std::size_t operation) {
  Operation op;
  run_named(operation, op);
  entered_.assign(machine_.image().begin(), machine_.image().end());
  restore(entered_);
  return op;
}

// ---- is it true?

void ZoneStates::compare_unpacked(const uint64_t* code) {
  const std::vector<std::byte> state = renamed(zone_, canonical_.of(zone_), symmetry());
  const std::vector<std::byte>& image = packing_.unpacked(code);
  const auto differs = std::mismatch(state.begin(), state.end(), image.begin());
  if (differs.first == state.end()) return;
  throw std::logic_error(
      "a state cannot be packed: byte " + std::to_string(differs.first - state.begin()) +
      " of its image, " + std::to_string(static_cast<unsigned>(*differs.first)) + ", is " +
      std::to_string(static_cast<unsigned>(*differs.second)) + " by what is kept");
}

/// The codes that all operations lead to, in no order that depends on numbers.
std::vector<uint64_t> ZoneStates::all_codes() {
  std::vector<std::vector<uint64_t>> codes;
  std::vector<uint64_t> code(words());
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    std::fill(code.begin(), code.end(), 0);
    const Step step = this->step(i, code.data());
    if (step == Step::nothing) continue;
    if (step == Step::same) pack(code.data());
    code.push_back(step == Step::same ? uint64_t{static_cast<uint8_t>(Step::moved)}
                                      : uint64_t{static_cast<uint8_t>(step)});
    codes.push_back(code);
    code.pop_back();
  }
  std::sort(codes.begin(), codes.end());
  std::vector<uint64_t> all;
  for (const std::vector<uint64_t>& one : codes)
    all.insert(all.end(), one.begin(), one.end());
  return all;
}

void ZoneStates::try_alike(uint64_t seed) {
  Random random(seed);
  std::vector<uint64_t> code(words());
  std::vector<uint64_t> code_of_other(words());
  pack(code.data());
  const std::vector<uint64_t> here = all_codes();
  const Renaming renaming = random_renaming(zone_, symmetry(), random);
  const std::vector<std::byte> other = renamed(zone_, renaming, symmetry(), &random);
  const std::vector<std::byte> before = std::exchange(entered_, other);
  restore(entered_);
  pack(code_of_other.data());
  const std::vector<uint64_t> there = all_codes();
  entered_ = before;
  restore(entered_);
  if (code == code_of_other && here == there) return;
  throw std::logic_error("the symmetry (" + symmetry_text(symmetry()) + ") does not hold: " +
                         (code == code_of_other ? "two states with one code lead to different ones"
                                                : "a state that was renamed has another code"));
}

}  // namespace spb
