// SPDX-License-Identifier: GPL-2.0-only
#include "program/picture.h"

#include <algorithm>
#include <cstring>

#include "model/words/gfp.h"

namespace spb {

namespace {

constexpr std::size_t blocks_a_line = 64;
constexpr std::size_t changes_max = 16;

BlockPicture block_picture(const Zone& zone, BlockIndex b) {
  return {zone.block(b), static_cast<uint16_t>(zone.count_pages(b).free),
          zone.geometry().outside(b)};
}

char symbol(const BlockPicture& block) {
  if (block.outside) return '-';
  if (block.state.bits & PB_migrate_isolate) return '#';
  if (block.state.bits & PB_all_free) return '.';
  constexpr std::string_view letters = "UMRHCI";
  const char letter = letters[block.state.tag];
  return block.free > 0 ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string list_text(uint8_t list) {
  if (list == list_empty) return "empty";
  if (list == list_isolated) return "isolated";
  const std::string category = list / nr_fullness_bins == SB_TAINTED ? "tainted" : "clean";
  return category + ", bin " + std::to_string(list % nr_fullness_bins) + " of " +
         std::to_string(nr_fullness_bins);
}

std::string counters_text(const SpbState& spb) {
  const auto counter = [](const char* name, uint32_t value) {
    return std::string(" ") + name + "=" + std::to_string(value);
  };
  return counter("nr_free", spb.nr_free) + counter("nr_unmovable", spb.nr_unmovable) +
         counter("nr_reclaimable", spb.nr_reclaimable) + counter("nr_movable", spb.nr_movable) +
         counter("nr_free_pages", spb.nr_free_pages);
}

std::string content_text(uint8_t bits) {
  std::string text;
  const auto add = [&](uint8_t bit, const char* name) {
    if (bits & bit) text += (text.empty() ? "" : "+") + std::string(name);
  };
  add(PB_has_unmovable, "unmovable");
  add(PB_has_reclaimable, "reclaimable");
  add(PB_has_movable, "movable");
  return text.empty() ? "nothing" : text;
}

/// ", name before -> after" where they differ.
std::string change(const char* name, const std::string& before, const std::string& after) {
  if (before == after) return {};
  return std::string(", ") + name + before + " -> " + after;
}

std::string yes_no(bool yes) {
  return yes ? "yes" : "no";
}

std::string block_changes(const BlockPicture& before, const BlockPicture& after) {
  if (before.outside != after.outside) return ", joins the zone";
  const auto tag = [](const BlockPicture& block) {
    return std::string(migratetype_names()[block.state.tag]);
  };
  const auto isolated = [](const BlockPicture& block) {
    return yes_no(block.state.bits & PB_migrate_isolate);
  };
  return change("tag ", tag(before), tag(after)) +
         change("has ", content_text(before.state.bits), content_text(after.state.bits)) +
         change("isolated ", isolated(before), isolated(after)) +
         change("free pages ", std::to_string(before.free), std::to_string(after.free)) +
         change("wholly free ", yes_no(before.state.bits & PB_all_free),
                yes_no(after.state.bits & PB_all_free));
}

/// Its neighbours on the list are no part of a superpageblock's picture.
bool same(const SpbPicture& a, const SpbPicture& b) {
  SpbState one = a.state;
  one.next = b.state.next;
  one.prev = b.state.prev;
  return std::memcmp(&one, &b.state, sizeof one) == 0 && a.blocks == b.blocks;
}

}  // namespace

std::vector<SpbPicture> picture(const Zone& zone) {
  std::vector<SpbPicture> spbs(zone.geometry().most_superpageblocks());
  const uint32_t blocks = zone.geometry().pageblocks;
  for (uint32_t s = 0; s < spbs.size(); ++s) {
    spbs[s].state = zone.spb(SpbIndex(s));
    for (uint32_t b = 0; b < blocks; ++b)
      spbs[s].blocks.push_back(block_picture(zone, BlockIndex(s * blocks + b)));
  }
  return spbs;
}

std::vector<uint32_t> changed(const std::vector<SpbPicture>& before,
                              const std::vector<SpbPicture>& after) {
  std::vector<uint32_t> result;
  for (uint32_t s = 0; s < after.size(); ++s) {
    if (!same(before[s], after[s])) result.push_back(s);
  }
  return result;
}

std::string text_of(const SpbPicture& spb, std::size_t indent) {
  std::string text = "[";
  for (std::size_t b = 0; b < spb.blocks.size(); ++b) {
    if (b > 0 && b % blocks_a_line == 0) text += "\n" + std::string(indent + 1, ' ');
    text += symbol(spb.blocks[b]);
  }
  text += "]";
  if (spb.state.total_pageblocks == 0) return text + "  not in the zone";
  text += spb.blocks.size() > blocks_a_line ? "\n" + std::string(indent, ' ') : "  ";
  return text + list_text(spb.state.on_list) + " " + counters_text(spb.state);
}

std::string changes_text(const SpbPicture& before, const SpbPicture& after, uint32_t first_block,
                         std::size_t indent) {
  std::string text;
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (std::size_t b = 0; b < after.blocks.size(); ++b) {
    const std::string changes = block_changes(before.blocks[b], after.blocks[b]);
    if (changes.empty()) continue;
    if (++shown > changes_max) {
      ++left_out;
      continue;
    }
    text += std::string(indent, ' ') + "pageblock " + std::to_string(first_block + b) + ": " +
            changes.substr(2) + "\n";
  }
  if (left_out > 0) {
    text += std::string(indent, ' ') + "and " + std::to_string(left_out) + " pageblocks more\n";
  }
  return text;
}

}  // namespace spb
