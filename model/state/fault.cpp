// SPDX-License-Identifier: GPL-2.0-only
#include "model/state/fault.h"

#include <array>

#include "model/state/zone.h"

namespace spb {

namespace {

constexpr std::array<FaultInfo, static_cast<std::size_t>(Fault::count) - 1> infos{{
    {Fault::taint_not_counted, "taint-not-counted",
     "The first PB_has_unmovable of a superpageblock does not reach nr_unmovable."},
    {Fault::split_half_lost, "split-half-lost",
     "A split to order 0 forgets its smallest upper half."},
    {Fault::taint_first, "taint-first",
     "A non-movable request claims in an empty superpageblock before anything else."},
    {Fault::free_ignores_isolation, "free-ignores-isolation",
     "A page freed into an isolated pageblock goes to the list of the stored tag."},
    {Fault::mutator_forgets_mark, "mutator-forgets-mark",
     "A pageblock's new tag or bits are not put on the dirty list."},
    {Fault::steal_relabels, "steal-relabels", "A steal changes the pageblock's tag."},
    {Fault::merge_keeps_tag, "merge-keeps-tag",
     "A merge across types leaves the swallowed pageblocks' tags."},
    {Fault::claim_without_half_rule, "claim-without-half-rule",
     "A claim does not ask the half rule."},
    {Fault::item_leaked, "item-leaked",
     "The evacuation worker does not return its item to the pool."},
    {Fault::insert_ignores_merge, "insert-ignores-merge",
     "A freed chunk that is likely to merge soon goes to the head of its list."},
}};

}  // namespace

std::span<const FaultInfo> fault_infos() {
  return infos;
}

#ifdef SPB_FAULTS
bool planted(const Zone& zone, Fault fault) {
  return zone.fault == fault;
}
#endif

}  // namespace spb
