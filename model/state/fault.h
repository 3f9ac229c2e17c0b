// SPDX-License-Identifier: GPL-2.0-only
// Planted faults: documented ways to break the model. They exist only in builds with SPB_FAULTS;
// elsewhere planted() is a constant and the compiler removes the branch.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace spb {

enum class Fault : uint8_t {
  none,
  taint_not_counted,  ///< accounting: the first PB_has_unmovable of a superpageblock is not counted
  split_half_lost,    ///< lists: a split forgets its smallest upper half
  taint_first,        ///< order of passes: PASS_3 of a non-movable request comes first
  free_ignores_isolation,   ///< a page freed into an isolated pageblock goes to the list of its tag
  mutator_forgets_mark,     ///< a pageblock's new tag or bits are not put on the dirty list
  steal_relabels,           ///< a steal changes the pageblock's tag
  merge_keeps_tag,          ///< a merge across types leaves the swallowed pageblock's tag
  claim_without_half_rule,  ///< the half rule is not asked
  item_leaked,              ///< the evacuation worker does not return its item
  insert_ignores_merge,     ///< a free does not ask whether its chunk is likely to merge soon
  count
};

struct FaultInfo {
  Fault id;
  std::string_view name;
  std::string_view claim;
};
std::span<const FaultInfo> fault_infos();

class Zone;

#ifdef SPB_FAULTS
bool planted(const Zone& zone, Fault fault);
#else
constexpr bool planted(const Zone&, Fault) {
  return false;
}
#endif

}  // namespace spb
