// SPDX-License-Identifier: GPL-2.0-only
// Every state that operations reach in a small world, breadth first, each by a shortest program.
// A world is one zone and whoever watches it (WatchedZone), or two zones in step (smt/steps.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "model/operation/operation.h"
#include "model/policy/variant.h"
#include "program/program.h"

namespace spb::smt {

/// Two superpageblocks of one pageblock of two pages: a zone whose states can all be seen.
Geometry tiniest_size();
/// Two superpageblocks of two pageblocks of two pages.
Geometry tiny_size();
/// A slot for each page, and one more: an Explorer names a chunk after its first page, so that
/// states that differ in names alone are one.
Geometry with_slots_for_pages(Geometry size, uint32_t zones);
/// What is tried in each state: requests of every order and type under four sets of flags, frees of
/// every name, isolation where it may be had.
std::vector<Operation> alphabet(const Geometry& size, bool isolation);

Zone zone_of(const ZoneSpec& spec, const Policy<Concrete>& policy);
/// A word for the whole state; two states have the same with a chance of 2^-64.
uint64_t hash_of(const Zone& zone);

/// The last slot stands for a chunk whose page is not known yet; it is empty in every state.
uint32_t spare_slot(const Geometry& size);
/// The page that a request would get here, or no_page. Changes the zone.
Pfn page_got(Zone& zone, Operation request);

/// One zone, watched by an Observer with `bool found() const`.
template <class Listener>
class WatchedZone {
 public:
  WatchedZone(const ZoneSpec& spec, const Policy<Concrete>& policy, Listener& listener)
      : zone_(zone_of(spec, policy)), listener_(listener) {}

  void reset() { zone_.reset(); }
  void save() { saved_.assign(zone_.image().begin(), zone_.image().end()); }
  void restore() { zone_.restore(saved_); }
  uint64_t hash() const { return hash_of(zone_); }
  bool found() const { return listener_.found(); }
  /// An operation that was watched before.
  void repeat(const Operation& op) { apply(zone_, op); }

  /// One operation in the saved state, its slot named; false: it has nothing to do.
  bool step(Operation& op) {
    if (op.kind == OpKind::free && zone_.slot(op.slot).page == 0) return false;
    if (op.kind == OpKind::rmqueue) {
      const Pfn page = page_got(zone_, op);
      op.slot = page == no_page ? spare_slot(zone_.geometry()) : page.value;
      restore();
    }
    zone_.observer = &listener_;
    apply(zone_, op);
    zone_.observer = nullptr;
    return true;
  }

 private:
  Zone zone_;
  Listener& listener_;
  std::vector<std::byte> saved_;
};

/// Walks a world until it found something, or there is nothing new.
template <class World>
class Explorer {
 public:
  Explorer(World& world, std::vector<Operation> operations)
      : world_(world), operations_(std::move(operations)) {}

  /// True where every state was seen and nothing was found.
  bool run(uint64_t transitions_max) {
    nodes_.push_back({0, 0, {}});
    world_.reset();
    seen_.insert(world_.hash());
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      if (!expand(at, transitions_max)) return false;
    }
    return true;
  }

  uint64_t states() const { return seen_.size(); }
  uint64_t transitions() const { return transitions_; }
  /// Operations of the longest of the shortest programs.
  uint32_t depth() const { return nodes_.back().depth; }
  /// The operations that lead to what was found.
  const std::vector<Operation>& path() const { return path_; }

 private:
  struct Node {
    uint32_t parent;
    uint32_t depth;
    Operation op;
  };

  bool expand(std::size_t at, uint64_t transitions_max) {
    world_.reset();
    path_ = path_to(at);
    for (const Operation& op : path_)
      world_.repeat(op);
    world_.save();
    for (const Operation& op : operations_) {
      if (transitions_ >= transitions_max || !visit(at, op)) return false;
    }
    return true;
  }

  /// False: this is it.
  bool visit(std::size_t at, Operation op) {
    world_.restore();
    if (!world_.step(op)) return true;
    ++transitions_;
    if (world_.found()) {
      path_.push_back(op);
      return false;
    }
    if (seen_.insert(world_.hash()).second) {
      nodes_.push_back({static_cast<uint32_t>(at), nodes_[at].depth + 1, op});
    }
    return true;
  }

  std::vector<Operation> path_to(std::size_t at) const {
    std::vector<Operation> path;
    for (; at != 0; at = nodes_[at].parent)
      path.push_back(nodes_[at].op);
    std::reverse(path.begin(), path.end());
    return path;
  }

  World& world_;
  std::vector<Operation> operations_;
  std::vector<Node> nodes_;
  std::unordered_set<uint64_t> seen_;
  uint64_t transitions_ = 0;
  std::vector<Operation> path_;
};

}  // namespace spb::smt
