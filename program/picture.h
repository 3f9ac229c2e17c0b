// SPDX-License-Identifier: GPL-2.0-only
// A zone's superpageblocks as text, small enough to take in at a glance, and what changed in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/state/zone.h"

namespace spb {

/// What the characters of a picture mean.
inline constexpr std::string_view picture_legend =
    "a character a pageblock: U M R its tag, lower case where some pages are free, . wholly free, "
    "# isolated, - outside the zone";

/// A pageblock at one moment.
struct BlockPicture {
  BlockState state;
  uint16_t free;  ///< pages
  bool outside;
  bool operator==(const BlockPicture&) const = default;
};

/// A superpageblock at one moment.
struct SpbPicture {
  SpbState state;
  std::vector<BlockPicture> blocks;
};

/// Every superpageblock of the zone, those that may join it included. Counts the pages of all
/// pageblocks.
std::vector<SpbPicture> picture(const Zone& zone);

/// Superpageblocks that differ, by index.
std::vector<uint32_t> changed(const std::vector<SpbPicture>& before,
                              const std::vector<SpbPicture>& after);

/// "[u.M#]  tainted, bin 2 of 5  nr_free=1 ..."; pageblocks beyond 64 go on a further line, each
/// line after `indent` blanks.
std::string text_of(const SpbPicture& spb, std::size_t indent);

/// "pageblock 3: tag MOVABLE -> UNMOVABLE, 8 -> 7 pages free", a line each.
std::string changes_text(const SpbPicture& before, const SpbPicture& after, uint32_t first_block,
                         std::size_t indent);

}  // namespace spb
