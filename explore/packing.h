// SPDX-License-Identifier: GPL-2.0-only
// A zone's whole state in few words, and back. Kept is what nothing else says: the chunks one
// behind the other, each free one with the next on its list, tags and bits of pageblocks, lists of
// superpageblocks, hints, work items. Left out is what follows from these: counters, sums, the
// other links. Where the model would keep a counter that does not follow, unpacked() differs from
// the state; whoever packs compares, in a sample (explore/zone_states.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "explore/bits.h"
#include "explore/renaming.h"
#include "explore/zone_image.h"
#include "model/state/zone.h"

namespace spb {

/// What a state's names are good for.
enum class SlotNames : uint8_t {
  pages,  ///< any name will do: a chunk is named after its page
  kept,   ///< each chunk with the slot that owns it
};

class Packing {
 public:
  /// Of states of this zone, which is as it was set up. Throws std::runtime_error where pages are
  /// allocated from the start: nobody owns them.
  Packing(const Zone& zone, const Symmetry& symmetry, SlotNames names);

  /// Bits of a state at most.
  uint32_t bits() const { return bits_; }
  /// Words of a state: all that bits() need.
  std::size_t words() const { return (bits_ + 63) / 64; }

  /// Writes words() words. Every allocated chunk has an owner.
  void pack(const Zone& zone, const Renaming& renaming, uint64_t* code) const;
  /// The image of the state; good until the next call.
  const std::vector<std::byte>& unpacked(const uint64_t* code);

 private:
  void pack_spbs(const Zone& zone, const Renaming& renaming, BitWriter& bits) const;
  void pack_blocks(const Zone& zone, const Renaming& renaming, BitWriter& bits) const;
  void pack_chunks(const Zone& zone, const Renaming& renaming, BitWriter& bits) const;
  uint32_t pack_chunk(const Zone& zone, const Renaming& renaming, Pfn pfn, BitWriter& bits) const;
  void pack_hints(const Zone& zone, const Renaming& renaming, BitWriter& bits) const;
  void pack_items(const Zone& zone, const Renaming& renaming, BitWriter& bits) const;
  void pack_chain(const Zone& zone, const Renaming& renaming, uint32_t first,
                  BitWriter& bits) const;

  void unpack_spbs(BitReader& bits);
  void link_spbs();
  void unpack_blocks(BitReader& bits);
  void unpack_chunks(BitReader& bits);
  uint32_t unpack_chunk(uint32_t pfn, BitReader& bits);
  void link_chunks();
  void list_chunk(uint32_t pfn);
  void unpack_hints(BitReader& bits);
  void unpack_items(BitReader& bits);
  uint32_t unpack_chain(BitReader& bits, uint32_t& next, uint32_t count);

  const Zone& zone_;  ///< for what is the same in all states
  Geometry geometry_;
  SlotNames names_;
  bool series_;      ///< there are hints
  bool spb_places_;  ///< lists of superpageblocks are not in the order of their numbers
  uint32_t items_;
  // Widths of numbers.
  uint32_t spb_ = 0;
  uint32_t block_ = 0;
  uint32_t page_ = 0;
  uint32_t order_ = 0;
  uint32_t slot_ = 0;
  uint32_t item_ = 0;
  uint32_t wait_ = 0;
  uint32_t bits_ = 0;
  std::vector<std::byte> pristine_;
  std::vector<std::byte> bytes_;
  ZoneImage to_;
};

}  // namespace spb
