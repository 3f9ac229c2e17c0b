// SPDX-License-Identifier: GPL-2.0-only
#include "model/words/defects.h"

#include <array>

namespace spb {

namespace {

// In the order of Defect.
constexpr std::array<DefectInfo, static_cast<std::size_t>(Defect::count)> infos{{
    {"D1",
     "A chunk of several pageblocks is taken apart: those that stay free lose PB_all_free and get "
     "the content bit, and merging does not mark them again.",
     "Only pageblocks that lose a page change their bits.",
     "page_del_and_expand(), claim_whole_block(), __free_one_page()"},
    {"D2",
     "A HIGHATOMIC pageblock that becomes wholly free turns MOVABLE and stays counted in "
     "nr_reserved_highatomic.",
     "It leaves the reserve.", "mark_pageblock_free()"},
    {"D3", "Of such a pageblock only the pages freed last leave nr_free_highatomic.",
     "All its pages do.", "__free_one_page()"},
    {"D5",
     "A hint serves from a superpageblock of a category that PASS_1 would not enter for this "
     "request.",
     "A hint counts only while its superpageblock is of the preferred category.",
     "__rmqueue_smallest()"},
    {"D6",
     "A search for HIGHATOMIC enters PASS_2, 2B and 2D and claims MOVABLE pageblocks past the "
     "reserve and its limit.",
     "These passes are for UNMOVABLE and RECLAIMABLE.", "__rmqueue_smallest()"},
    {"D7",
     "A request with ALLOC_HIGHORDER_OPTIONAL is refused for free pages that no request of its "
     "type can use: HIGHATOMIC, CMA and isolated ones.",
     "Only free pages on UNMOVABLE, MOVABLE and RECLAIMABLE lists count.",
     "__rmqueue(), struct spb_tainted_walk"},
    {"D11",
     "Unisolating one of two pageblocks that merged while isolated frees their whole chunk as its "
     "own, the half that stays isolated included (mainline).",
     "Their chunk falls apart, and each half goes to its own list.", "unset_migratetype_isolate()"},
}};

}  // namespace

std::span<const DefectInfo> defect_infos() {
  return infos;
}

}  // namespace spb
