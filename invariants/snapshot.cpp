// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/snapshot.h"

#include <algorithm>
#include <cstring>

namespace spb {

namespace {

/// An index field (index + 1, 0: none) names something that was marked.
bool leads_to_marked(const std::vector<uint8_t>& marked, uint32_t link) {
  return link > 0 && link <= marked.size() && marked[link - 1] != 0;
}

}  // namespace

Snapshot::Snapshot(const Zone& zone, bool wanted) : raw_(zone), wanted_(wanted) {
  if (!wanted_) return;
  pages_.resize(raw_.span);
  links_.resize(raw_.span);
  blocks_.resize(raw_.nr_blocks);
  spbs_.resize(raw_.nr_spbs);
  marked_pages_.resize(raw_.span);
  marked_links_.resize(raw_.span);
  marked_blocks_.resize(raw_.nr_blocks);
  marked_spbs_.resize(raw_.nr_spbs);
}

void Snapshot::copy() {
  std::copy_n(raw_.pages, raw_.span, pages_.begin());
  std::copy_n(raw_.links, raw_.span, links_.begin());
  std::copy_n(raw_.blocks, raw_.nr_blocks, blocks_.begin());
  std::copy_n(raw_.spbs, raw_.nr_spbs, spbs_.begin());
}

void Snapshot::compare_all(Findings& findings) {
  const DirtyList& dirty = raw_.zone.dirty;
  if (dirty.overflow()) return;
  std::fill(marked_pages_.begin(), marked_pages_.end(), uint8_t{0});
  std::fill(marked_links_.begin(), marked_links_.end(), uint8_t{0});
  std::fill(marked_blocks_.begin(), marked_blocks_.end(), uint8_t{0});
  std::fill(marked_spbs_.begin(), marked_spbs_.end(), uint8_t{0});
  for (const DirtyPages& range : dirty.pages) {
    std::fill_n(marked_pages_.begin() + range.pfn.value, 1U << range.order.value, uint8_t{1});
    marked_links_[range.pfn.value] = 1;
  }
  for (const Pfn pfn : dirty.links)
    marked_links_[pfn.value] = 1;
  for (const BlockIndex b : dirty.blocks)
    marked_blocks_[b.value] = 1;
  for (const SpbIndex s : dirty.spbs)
    marked_spbs_[s.value] = 1;
  compare_pages(findings);
  for (uint32_t b = 0; b < raw_.nr_blocks; ++b) {
    if (marked_blocks_[b] || raw_.blocks[b] == blocks_[b]) continue;
    findings.add(clauses::block_unmarked, at_block(b), blocks_[b].bits, raw_.blocks[b].bits);
  }
  for (uint32_t s = 0; s < raw_.nr_spbs; ++s) {
    if (marked_spbs_[s] || is_as_before(s)) continue;
    findings.add(clauses::spb_unmarked, at_spb(s), spbs_[s].nr_free_pages,
                 raw_.spbs[s].nr_free_pages);
  }
}

/// All but links that changed together with the superpageblock that they name.
bool Snapshot::is_as_before(uint32_t s) const {
  SpbState before = spbs_[s];
  const SpbState& now = raw_.spbs[s];
  if (leads_to_marked(marked_spbs_, now.next)) before.next = now.next;
  if (leads_to_marked(marked_spbs_, now.prev)) before.prev = now.prev;
  return std::memcmp(&before, &now, sizeof before) == 0;
}

/// A link that changed is marked at the page it is in or at the one that it names. An owner comes
/// and goes without a mark: the slot that is named says what is checked.
void Snapshot::compare_pages(Findings& findings) const {
  const auto is_owner = [](uint8_t page) {
    return Raw::is_allocated(page) && (page & page_state::owned);
  };
  const auto is_unmarked = [&](uint32_t pfn, uint32_t before, uint32_t now) {
    return before != now && !marked_links_[pfn] && !leads_to_marked(marked_links_, now);
  };
  for (uint32_t pfn = 0; pfn < raw_.span; ++pfn) {
    if (!marked_pages_[pfn] && pages_[pfn] != raw_.pages[pfn]) {
      findings.add(clauses::page_unmarked, at_page(pfn), pages_[pfn], raw_.pages[pfn]);
    }
    if (is_owner(pages_[pfn]) && is_owner(raw_.pages[pfn])) continue;
    const PageLinks& now = raw_.links[pfn];
    if (is_unmarked(pfn, links_[pfn].next, now.next) ||
        is_unmarked(pfn, links_[pfn].prev, now.prev)) {
      findings.add(clauses::links_unmarked, at_page(pfn), links_[pfn].next, now.next);
    }
  }
}

}  // namespace spb
