// SPDX-License-Identifier: GPL-2.0-only
// Every state that requests, frees and isolation reach in a small zone, breadth first, each reached
// by a shortest program.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/operation.h"
#include "model/variant.h"
#include "program/program.h"

namespace spb::smt {

/// Two superpageblocks of two pageblocks of two pages.
Geometry tiny_size();
/// What is tried in each state: requests of every order and type under four sets of flags, frees,
/// isolation where it may be had.
std::vector<Operation> alphabet(const Geometry& size, bool isolation);
/// A request goes into the lowest slot that is empty; false: the operation has nothing to do here.
bool fit(const Zone& zone, Operation& op);

/// Runs `watch`, an Observer with `bool found() const`, over every transition until it found
/// something.
template <class Watch>
class Explorer {
 public:
  Explorer(const ZoneSpec& spec, const Policy<Concrete>& engine, Watch& watch)
      : spec_(spec),
        zone_(spec.geometry, engine,
              resolve(spec.parameters, variants()[spec.variant].defaults, spec.geometry)),
        watch_(watch),
        operations_(alphabet(spec.geometry, true)) {}

  /// True where every state was seen.
  bool run(uint64_t transitions_max) {
    nodes_.push_back({0, {}});
    seen_.insert(hash());
    for (std::size_t at = 0; at < nodes_.size() && !watch_.found(); ++at) {
      const std::vector<Operation> path = path_to(at);
      for (const Operation& op : operations_) {
        if (transitions_ >= transitions_max || watch_.found()) return false;
        visit(path, op, static_cast<uint32_t>(at));
      }
    }
    return !watch_.found();
  }

  uint64_t states() const { return seen_.size(); }
  uint64_t transitions() const { return transitions_; }
  /// That leads to what the watch found.
  const Program& program() const { return program_; }

 private:
  struct Node {
    uint32_t parent;
    Operation op;
  };

  void visit(const std::vector<Operation>& path, Operation op, uint32_t at) {
    zone_.reset();
    // The way there was watched when it was first walked.
    zone_.observer = nullptr;
    for (const Operation& earlier : path)
      apply(zone_, earlier);
    if (!fit(zone_, op)) return;
    zone_.observer = &watch_;
    apply(zone_, op);
    zone_.observer = nullptr;
    ++transitions_;
    if (watch_.found()) {
      program_ = {spec_, path};
      program_.operations.push_back(op);
    } else if (seen_.insert(hash()).second) {
      nodes_.push_back({at, op});
    }
  }

  std::size_t hash() const {
    const auto image = zone_.image();
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(image.data()), image.size()});
  }

  std::vector<Operation> path_to(std::size_t at) const {
    std::vector<Operation> path;
    for (; at != 0; at = nodes_[at].parent)
      path.push_back(nodes_[at].op);
    std::reverse(path.begin(), path.end());
    return path;
  }

  ZoneSpec spec_;
  Zone zone_;
  Watch& watch_;
  std::vector<Operation> operations_;
  std::vector<Node> nodes_;
  std::unordered_set<std::size_t> seen_;
  uint64_t transitions_ = 0;
  Program program_;
};

}  // namespace spb::smt
