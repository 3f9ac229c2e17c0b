// SPDX-License-Identifier: GPL-2.0-only
// The invariants, a line each, in the order in which a report names them: the most telling first.
// Each is a row of its name in namespace invariants, beside what checks it.
#pragma once

// clang-format off
#define SPB_INVARIANTS(line)            \
  line(isolated_untouched)              \
  line(borrow)                          \
  line(counter_balance)                 \
  line(free_lists)                      \
  line(merged_buddies)                  \
  line(conservation)                    \
  line(highatomic_reserve)              \
  line(spb_lists)                       \
  line(evacuation_items)                \
  line(slots)                           \
  line(marked_changes)                  \
  line(conformance)                     \
  line(stated_rules)                    \
  line(set_up)                          \
  line(try_flags)                       \
  line(slow_path)                       \
  line(free_path)                       \
  line(split_order)                     \
  line(isolation_answers)               \
  line(moved_chunks)                    \
  line(reserve_steps)                   \
  line(evacuation_steps)                \
  line(page_types)                      \
  line(answers)                         \
  line(hint_left)                       \
  line(growth)                          \
  line(evacuation_queued)               \
  line(evacuation_throttle)             \
  line(evacuation_asked)                \
  line(shrink_asked)                    \
  line(told)                            \
  line(claimed_content)                 \
  line(reentry)                         \
  line(fall_through)                    \
  line(mix_by_borrow)                   \
  line(nofragment_atomic)               \
  line(nofragment_any)                  \
  line(nofragment_kept)                 \
  line(order_0_served)                  \
  line(claim_serves_from_claimed_block) \
  line(free_pageblocks)                 \
  line(hint_category)                   \
  line(optional_refusal)
// clang-format on
