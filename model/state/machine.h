// SPDX-License-Identifier: GPL-2.0-only
// A machine: zones in a row of nodes, CPUs, and what all zones share, which is the slots that
// programs name, the pool of the evacuation's work items (series v2 06/40 has one for all nodes),
// the log and the statistics. Its state is one flat arena.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "model/state/zone.h"

namespace spb {

struct Variant;

class Machine {
 public:
  /// Sizes and parameters must have passed their checks; parameters are resolved by the first zone.
  Machine(const Geometry& first, const Variant& variant, const Parameters& chosen);
  Machine(const Geometry& first, const Policy<Concrete>& policy, const Parameters& resolved,
          const MachineShape& shape = {});
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Back to the state after set-up.
  void reset();
  /// Back to the state whose image() this was, of this machine or of one set up alike.
  void restore(std::span<const std::byte> image);
  std::span<const std::byte> image() const { return {arena_.get(), arena_bytes_}; }
  /// Bytes that such a machine takes, without building it.
  static std::size_t arena_bytes(const Geometry& first, const Policy<Concrete>& policy,
                                 const Parameters& resolved, const MachineShape& shape = {});

  const MachineShape& shape() const { return shape_; }
  uint32_t nr_zones() const { return static_cast<uint32_t>(zones_.size()); }
  /// One zone and one CPU: an operation has no choice.
  bool is_single() const { return is_single_; }
  Zone& zone(uint32_t index = 0) { return *zones_[index]; }
  const Zone& zone(uint32_t index = 0) const { return *zones_[index]; }
  Zone& first_zone_of(uint32_t node);
  /// Whether a zone waits for anything, so that the time that passes makes a difference.
  bool waits() const { return waits_; }
  /// Looks in at every zone from now on.
  void add(Observer& observer);
  void remove(Observer& observer);

  // Beside the state.
  EventLog events;
  Statistics statistics;

 private:
  struct Layout;
  void place(const Layout& layout);
  void place(Zone& zone, const Layout& layout);
  /// The zones, and the pool: defined in engine/boot.cpp.
  void set_up();
  void forget();
  void look_who_waits();
  friend struct Mutate;

  MachineShape shape_;
  bool is_single_;
  bool waits_ = false;  ///< what the zones' records say: asked after each operation
  uint32_t pool_size_;
  // Zeroed by the system page by page when touched: most of a large zone's pages are inside free
  // chunks, which are 0.
  struct Release {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Release> arena_;
  std::size_t arena_bytes_;
  std::vector<std::byte> pristine_;
  std::vector<std::unique_ptr<Zone>> zones_;
};

}  // namespace spb
