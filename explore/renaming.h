// SPDX-License-Identifier: GPL-2.0-only
// Which states are alike. Where parts of a zone change places together with everything that names
// them (list links, hints, work items, slots), the engine does the same as before to the parts that
// took the places; so one state stands for all of them.
//
// What lists do not settle, numbers do: cut superpageblocks keep theirs, and so do pages and
// pageblocks inside a largest buddy, since a split hands out the lowest part of a chunk and a
// relabelled pageblock is gone through from its first page on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/operation/operation.h"
#include "model/state/zone.h"
#include "program/random.h"

namespace spb {

struct Symmetry {
  bool superpageblocks = false;  ///< those that the zone has whole change places
  bool buddies = false;      ///< runs of pages as long as a largest buddy change places inside a
                             ///< superpageblock that the zone has whole
  bool list_places = false;  ///< nobody reads in which order superpageblocks are on a list

  bool operator==(const Symmetry&) const = default;
};

/// All that is sound for these kinds of operation: without lists of their own, superpageblocks are
/// walked by nobody; with them, unreserving a pageblock goes through them by number.
Symmetry sound_symmetry(const Zone& zone, std::span<const Operation> operations);
/// "superpageblocks, largest buddies", or "none".
std::string symmetry_text(const Symmetry& symmetry);

/// New places for the parts of a zone. `buddies` are counted through the zone, `items` from 0.
struct Renaming {
  std::vector<uint32_t> spb_to, spb_from;      ///< by old number, by new number
  std::vector<uint32_t> buddy_to, buddy_from;  ///< likewise
  std::vector<uint32_t> item_to;
  uint32_t buddy_order = 0;

  /// Everything stays.
  explicit Renaming(const Zone& zone);
  Pfn page_to(uint32_t pfn) const { return moved(buddy_to, pfn); }
  Pfn page_from(uint32_t pfn) const { return moved(buddy_from, pfn); }

 private:
  Pfn moved(const std::vector<uint32_t>& buddies, uint32_t pfn) const {
    const uint32_t inside = pfn & ((1U << buddy_order) - 1);
    return Pfn(buddies[pfn >> buddy_order] << buddy_order | inside);
  }
};

/// Finds, for any state, the renaming that leads to the one that stands for all that are alike.
/// Allocates when it is built.
class Canonical {
 public:
  Canonical(const Zone& zone, const Symmetry& symmetry);
  /// Good until the next call.
  const Renaming& of(const Zone& zone);
  const Symmetry& symmetry() const { return symmetry_; }

 private:
  void rank_buddies(const Zone& zone);
  void rank_list(const Zone& zone, uint32_t first);
  uint64_t content(const Zone& zone, uint32_t buddy) const;
  void place_buddies(uint32_t spb);
  void rank_spbs(const Zone& zone);
  uint64_t rank_of_spb(const Zone& zone, uint32_t spb) const;
  void number_items(const Zone& zone);
  void number_chain(const Zone& zone, uint32_t first);
  void mark_item(const Zone& zone, uint32_t item);

  Symmetry symmetry_;
  bool items_;
  bool ranks_buddies_;
  uint32_t buddies_of_spb_;
  std::vector<uint8_t> is_whole_;  ///< superpageblocks
  Renaming renaming_;
  // By old number: what comes first, is first.
  std::vector<uint64_t> buddy_rank_;
  std::vector<uint64_t> spb_rank_;
  std::vector<uint64_t> item_marks_;  ///< by pageblock: what the work items say of it
  uint64_t next_rank_ = 0;
  uint32_t next_item_ = 0;
};

/// A renaming drawn from the symmetry.
Renaming random_renaming(const Zone& zone, const Symmetry& symmetry, Random& random);

/// The zone's state under the renaming, its chunks named after their pages. Where places on lists
/// say nothing, superpageblocks are on their lists in the order of their numbers, or in any order
/// where `random` is given. Allocates: this is for comparisons, the search packs instead.
std::vector<std::byte> renamed(const Zone& zone, const Renaming& renaming, const Symmetry& symmetry,
                               Random* random = nullptr);

}  // namespace spb
