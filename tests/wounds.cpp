// SPDX-License-Identifier: GPL-2.0-only
#include "tests/wounds.h"

#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <vector>

#include "invariants/clauses.h"
#include "model/policy/variant.h"
#include "model/state/machine.h"
#include "model/state/mutate.h"
#include "model/words/gfp.h"
#include "tests/surgery.h"

namespace spb::test {

namespace {

using S = Surgery;

// ---- zones

Parameters with(ParameterId id, uint32_t value) {
  Parameters parameters;
  parameters[id] = static_cast<uint16_t>(value);
  return parameters;
}

Operation request(uint32_t slot, uint32_t order, Migratetype type) {
  return {.kind = OpKind::rmqueue, .order = static_cast<uint8_t>(order), .slot = slot, .a = type};
}
Operation take(uint32_t pfn, uint32_t order, Migratetype type) {
  return {.kind = OpKind::take, .order = static_cast<uint8_t>(order), .a = pfn, .b = type};
}
Operation isolate(uint32_t block) {
  return {.kind = OpKind::isolate, .a = block};
}

std::unique_ptr<Machine> built(const Geometry& geometry, std::string_view variant,
                               const Parameters& parameters,
                               std::initializer_list<Operation> operations) {
  auto machine = std::make_unique<Machine>(geometry, *find_variant(variant), parameters);
  for (const Operation& op : operations)
    apply(*machine, op);
  return machine;
}

constexpr Geometry two_by_four{
    .superpageblocks = 2, .pageblocks = 4, .pageblock_order = 3, .max_page_order = 4, .slots = 8};
constexpr Geometry two_blocks{
    .superpageblocks = 1, .pageblocks = 2, .pageblock_order = 3, .max_page_order = 3, .slots = 8};
constexpr Geometry one_block{
    .superpageblocks = 1, .pageblocks = 1, .pageblock_order = 3, .max_page_order = 3, .slots = 8};

//   superpageblock 0, clean                           superpageblock 1, tainted
//   block 0 M [ M o0 o1 - o2 - - - ]                  block 4 U [ U o0 o1 - o2 - - - ]
//   block 1 M [ o3 - - - - - - - ]                    block 5 U [ U o0 o1 - o2 - - - ]
//   blocks 2, 3 M one chunk of order 4 (pfn 16)       blocks 6, 7 M one chunk of order 4 (pfn 48)
std::unique_ptr<Machine> mixed(const Parameters& parameters,
                               std::initializer_list<Operation> more = {}) {
  auto machine = built(two_by_four, "rfc-v2", parameters,
                       {request(0, 0, MIGRATE_MOVABLE), request(1, 0, MIGRATE_UNMOVABLE),
                        request(2, 0, MIGRATE_UNMOVABLE)});
  for (const Operation& op : more)
    apply(*machine, op);
  return machine;
}
std::unique_ptr<Machine> mixed() {
  return mixed(Parameters{});
}
std::unique_ptr<Machine> mixed_isolated_1() {
  return mixed(Parameters{}, {isolate(1)});
}
std::unique_ptr<Machine> mixed_isolated_3() {
  return mixed(with(ParameterId::isolation, 1), {isolate(3)});
}
std::unique_ptr<Machine> mixed_isolated_6() {
  return mixed(with(ParameterId::isolation, 1), {isolate(6)});
}
// Superpageblock 0's pageblock 3 has a chunk on the list of the isolated.
std::unique_ptr<Machine> mixed_isolated_alone() {
  return mixed(Parameters{}, {isolate(3)});
}
std::unique_ptr<Machine> mixed_large_reserve() {
  return mixed(with(ParameterId::tainted_reserve_min, 2));
}

// The reserve has more pages than are free.
std::unique_ptr<Machine> mixed_low() {
  return mixed(with(ParameterId::tainted_reserve_min, 4));
}

// Two clean superpageblocks: 0 has three free pageblocks, 1 has two.
std::unique_ptr<Machine> two_clean() {
  return built(
      Geometry{.superpageblocks = 2,
               .pageblocks = 4,
               .pageblock_order = 3,
               .max_page_order = 3,
               .slots = 8},
      "rfc-v2", Parameters{},
      {request(0, 0, MIGRATE_MOVABLE), take(32, 3, MIGRATE_MOVABLE), take(40, 0, MIGRATE_MOVABLE)});
}

// One MOVABLE pageblock of mainline: [ M M M M M M . . ] or [ M . . . . . . . ]
std::unique_ptr<Machine> nearly_full() {
  return built(one_block, "mainline", Parameters{},
               {request(0, 2, MIGRATE_MOVABLE), request(1, 1, MIGRATE_MOVABLE)});
}
std::unique_ptr<Machine> nearly_free() {
  return built(one_block, "mainline", Parameters{}, {request(0, 0, MIGRATE_MOVABLE)});
}
// Mainline: block 0 MOVABLE, block 1 RECLAIMABLE, both wholly free.
std::unique_ptr<Machine> two_types() {
  return built(two_blocks, "mainline", Parameters{},
               {{.kind = OpKind::tag, .a = 1, .b = MIGRATE_RECLAIMABLE}});
}
// Four evacuation items, all free.
std::unique_ptr<Machine> with_pool() {
  return built(two_by_four, "rfc-v2@06", with(ParameterId::evacuate_items, 4), {});
}
// Slot 0 has forgotten pfn 0, which stays allocated.
std::unique_ptr<Machine> with_pinned() {
  return mixed(Parameters{}, {request(0, 0, MIGRATE_MOVABLE)});
}
// A page allocated without an owner at pfn 8.
std::unique_ptr<Machine> with_unowned() {
  return built(two_by_four, "rfc-v2", Parameters{}, {take(8, 0, MIGRATE_MOVABLE)});
}

// The same, and its pageblock is reserved.
std::unique_ptr<Machine> with_reserve() {
  return built(
      two_by_four, "rfc-v2", Parameters{},
      {take(8, 0, MIGRATE_MOVABLE), {.kind = OpKind::tag, .a = 1, .b = MIGRATE_HIGHATOMIC}});
}

// A tainted superpageblock whose only free pages are isolated.
std::unique_ptr<Machine> only_isolated() {
  return built(two_blocks, "rfc-v2", Parameters{}, {request(0, 3, MIGRATE_UNMOVABLE), isolate(1)});
}

std::unique_ptr<Machine> mixed_of(const Policy<Concrete>& policy, const Parameters& parameters) {
  auto machine = std::make_unique<Machine>(
      two_by_four, policy, resolve(parameters, find_variant("rfc-v2")->defaults, two_by_four));
  for (uint32_t slot = 0; slot < 3; ++slot)
    apply(*machine, request(slot, 0, slot == 0 ? MIGRATE_MOVABLE : MIGRATE_UNMOVABLE));
  return machine;
}
// mixed(), and PASS_4 does not ask for the reserve, which is large.
std::unique_ptr<Machine> mixed_without_reserve() {
  Policy<Concrete> policy = find_variant("rfc-v2")->policy;
  for (PassRow<Concrete>& pass : policy.passes.rows) {
    if (pass.id == PassId::PASS_4) pass.spb_filter = rules::any_spb<Concrete>;
  }
  return mixed_of(policy, with(ParameterId::tainted_reserve_min, 2));
}
// mixed(), and the last pass, PASS_4, comes first.
std::unique_ptr<Machine> mixed_backwards() {
  Policy<Concrete> policy = find_variant("rfc-v2")->policy;
  auto& rows = policy.passes.rows;
  std::reverse(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(policy.passes.size()));
  return mixed_of(policy, Parameters{});
}
std::unique_ptr<Machine> without_pass_2() {
  Policy<Concrete> policy = find_variant("rfc-v2")->policy;
  policy.passes.erase(2);
  return mixed_of(policy, Parameters{});
}
// nearly_full(), with a policy that this edits.
template <void (*edit)(Policy<Concrete>&)>
std::unique_ptr<Machine> nearly_full_edited() {
  Policy<Concrete> policy = find_variant("mainline")->policy;
  edit(policy);
  auto machine = std::make_unique<Machine>(
      one_block, policy, resolve(Parameters{}, find_variant("mainline")->defaults, one_block));
  apply(*machine, request(0, 2, MIGRATE_MOVABLE));
  apply(*machine, request(1, 1, MIGRATE_MOVABLE));
  return machine;
}
void drop_half_rule(Policy<Concrete>& policy) {
  for (RefusalRow<Concrete>& row : policy.refusals.rows)
    row.refuses = rules::refuse_cma<Concrete>;
}
void open_steal(Policy<Concrete>& policy) {
  for (ModeRow<Concrete>& row : policy.modes.rows)
    row.gate = rules::everyone<Concrete>;
}

// Pages of slots 0 and 1 can migrate, that of slot 2 cannot; the item of their pageblock is the
// only one of the workqueue.
std::unique_ptr<Machine> with_work() {
  return built(two_blocks, "rfc-v2@06", with(ParameterId::evacuate_items, 4),
               {request(0, 0, MIGRATE_MOVABLE),
                request(1, 0, MIGRATE_MOVABLE),
                take(8, 3, MIGRATE_MOVABLE),
                request(2, 0, MIGRATE_UNMOVABLE),
                {.kind = OpKind::irq_work}});
}

// Two zones of the sizes of mixed(), all free.
std::unique_ptr<Machine> two_zones() {
  const Variant& variant = *find_variant("rfc-v2");
  MachineShape shape;
  shape.nr_further = 1;
  shape.further[0].geometry = two_by_four;
  shape.further[0].geometry.base_pfn = two_by_four.span();
  return std::make_unique<Machine>(two_by_four, variant.policy,
                                   resolve({}, variant.defaults, two_by_four), shape);
}
Zone& second(Zone& zone) {
  return zone.machine().zone(1);
}

// ---- requests and rows

using Req = Request<Concrete>;

constexpr Req req(Migratetype type, int order = 0, bool nofragment = false, bool atomic = false) {
  return {order, type, nofragment, false, atomic, atomic, false, false, false, type};
}
constexpr Req unmovable = req(MIGRATE_UNMOVABLE);
constexpr Req movable = req(MIGRATE_MOVABLE);
/// With ALLOC_HIGHORDER_OPTIONAL.
constexpr Req optional{0,     MIGRATE_UNMOVABLE, false, false, false, false, false, true,
                       false, MIGRATE_UNMOVABLE};

const PassRow<Concrete>& row(const Zone& zone, PassId id, Effect effect) {
  for (const PassRow<Concrete>& candidate : zone.policy().passes) {
    if (candidate.id == id && candidate.effect == effect) return candidate;
  }
  return zone.policy().passes[0];
}

void begin_search(Zone& zone, const Req& request) {
  zone.observers->attempt_begins(zone, request);
  zone.observers->search_begins(zone, request);
}
void choose(Zone& zone, const Req& request, PassId id, uint32_t head, uint32_t order,
            Effect effect = Effect::hand_out) {
  begin_search(zone, request);
  zone.observers->chosen(zone, request, row(zone, id, effect), Pfn(head), Order(order));
}
void end_search(Zone& zone, const Req& request, PassId by, uint32_t page) {
  zone.observers->search_ends(zone, request, by, Pfn(page));
  zone.observers->attempt_ends(zone, request, by, Pfn(page));
}
/// The passes had nothing, and a fallback finds this chunk.
void fall_back(Zone& zone, const Req& request, PassId by, uint32_t head, uint32_t order,
               Migratetype list) {
  begin_search(zone, request);
  zone.observers->search_ends(zone, request, PassId::NO_PAGE, no_page);
  zone.observers->fallback_chosen(zone, request, by, Pfn(head), Order(order), list);
}
void hand_out_page(Zone& zone, const Req& request, PassId by, uint32_t page) {
  zone.observers->attempt_begins(zone, request);
  zone.observers->attempt_ends(zone, request, by, Pfn(page));
}

// ---- wounds of records

void set_bits(Zone& zone, uint32_t b, uint8_t bits) {
  S::block(zone, b).bits = bits;
  S::mark_block(zone, b);
  S::mark_spb(zone, zone.spb_of(BlockIndex(b)).value);
}
void isolate_1_at_the_head(Zone& zone) {
  Mutate::del_page_from_free_list(zone, Pfn(8), Order(3), MIGRATE_MOVABLE);
  Block<Concrete> block = zone.view(BlockIndex(1));
  block.isolated = true;
  Mutate::set_block(zone, BlockIndex(1), block);
  Mutate::add_to_free_list(zone, Pfn(8), Order(3), MIGRATE_ISOLATE, false);
}
void set_tag(Zone& zone, uint32_t b, Migratetype tag) {
  S::block(zone, b).tag = tag;
  S::mark_block(zone, b);
  S::mark_spb(zone, zone.spb_of(BlockIndex(b)).value);
}
template <auto member, int change>
void change_spb(Zone& zone) {
  auto& value = S::spb(zone, 1).*member;
  value = static_cast<std::remove_reference_t<decltype(value)>>(value + change);
  S::mark_spb(zone, 1);
}
template <auto member>
void change_state(Zone& zone) {
  ++(S::state(zone).*member);
  S::mark_zone(zone, ZonePart::sums);
}

/// A chunk alone on its list leaves it without a trace.
void forget_chunk(Zone& zone) {
  S::list(zone, 0, 0, MIGRATE_MOVABLE) = {0, 0};
  S::area(zone, 0).nonempty[MIGRATE_MOVABLE] &= static_cast<uint16_t>(~1U);
  --S::nr_free(zone, 0, 0);
  S::page(zone, 1) = page_state::in_free_chunk;
  S::mark_pages(zone, 1, 0);
}
void move_spb(Zone& zone, uint8_t list) {
  Mutate::spb_list_del(zone, SpbIndex(1));
  Mutate::spb_list_add(zone, SpbIndex(1), list);
}
/// The chunk comes back as two halves that are not merged.
void halve(Zone& zone, uint32_t pfn, uint32_t order) {
  Mutate::del_page_from_free_list(zone, Pfn(pfn), Order(order), MIGRATE_MOVABLE);
  const Order half(order - 1);
  Mutate::add_to_free_list(zone, Pfn(pfn), half, MIGRATE_MOVABLE, false);
  Mutate::add_to_free_list(zone, Pfn(pfn + (1U << half.value)), half, MIGRATE_MOVABLE, false);
}
/// The two chunks of superpageblock 1's UNMOVABLE list of order 0 change places: 41, 33.
void swap_chunks(Zone& zone) {
  S::list(zone, 1, 0, MIGRATE_UNMOVABLE) = {34, 42};
  S::links(zone, 33) = {42, 0};
  S::links(zone, 41) = {0, 34};
}

const Wound state_wounds[] = {
    {&clauses::nr_reserved, "a hole where there is none", mixed,
     change_spb<&SpbState::nr_reserved, 1>},
    {&clauses::above_total, "a counter underflows", mixed, change_spb<&SpbState::nr_movable, -1>},
    {&clauses::total_pageblocks, "one more", mixed, change_spb<&SpbState::total_pageblocks, 1>},
    {&clauses::nr_free, "one more", mixed, change_spb<&SpbState::nr_free, 1>},
    {&clauses::nr_unmovable, "one less", mixed, change_spb<&SpbState::nr_unmovable, -1>},
    {&clauses::nr_reclaimable, "one more", mixed, change_spb<&SpbState::nr_reclaimable, 1>},
    {&clauses::nr_movable, "one more", mixed, change_spb<&SpbState::nr_movable, 1>},
    {&clauses::all_free, "the bit of a used pageblock", mixed,
     [](Zone& zone) {
       set_bits(zone, 4, PB_all_free | PB_has_unmovable);
       change_spb<&SpbState::nr_free, 1>(zone);
     }},
    {&clauses::not_all_free, "a free pageblock without the bit", mixed,
     [](Zone& zone) {
       set_bits(zone, 7, 0);
       change_spb<&SpbState::nr_free, -1>(zone);
     }},
    {&clauses::content, "the bit of a live page cleared", mixed,
     [](Zone& zone) {
       set_bits(zone, 4, 0);
       change_spb<&SpbState::nr_unmovable, -1>(zone);
     }},
    {&clauses::content, "a live page of another type", mixed,
     [](Zone& zone) {
       S::page(zone, 32) = page_state::allocated | page_state::owned | uint8_t{MIGRATE_RECLAIMABLE};
       S::mark_pages(zone, 32, 0);
     }},

    {&clauses::uncovered, "a page falls out of its list", mixed, forget_chunk},
    {&clauses::interrupted, "an allocated page inside a chunk", mixed,
     [](Zone& zone) {
       S::page(zone, 9) = page_state::allocated | uint8_t{MIGRATE_MOVABLE};
       S::mark_pages(zone, 9, 0);
     }},
    {&clauses::unaligned, "a chunk at an odd page becomes larger", mixed,
     [](Zone& zone) {
       S::page(zone, 1) = page_state::free_head | 1;
       S::mark_pages(zone, 1, 0);
     }},
    {&clauses::mixed_types, "the second pageblock of a chunk retagged", mixed,
     [](Zone& zone) { set_tag(zone, 3, MIGRATE_UNMOVABLE); }},
    {&clauses::wrong_list, "a pageblock retagged, its chunks left", mixed,
     [](Zone& zone) { set_tag(zone, 5, MIGRATE_RECLAIMABLE); }},
    {&clauses::chunk_links, "a chunk does not point back", mixed,
     [](Zone& zone) {
       S::links(zone, 33).prev = 0;
       S::mark_links(zone, 33);
     }},
    {&clauses::list_ends, "the last chunk is not the list's last", mixed,
     [](Zone& zone) {
       S::list(zone, 1, 0, MIGRATE_UNMOVABLE).last = 42;
       S::mark_links(zone, 33);
     }},
    {&clauses::wrong_list, "an emptied list still names its chunk", mixed,
     [](Zone& zone) {
       Mutate::del_page_from_free_list(zone, Pfn(1), Order(0), MIGRATE_MOVABLE);
       Mutate::mark_allocated(zone, Pfn(1), Order(0), MIGRATE_MOVABLE, 0);
       S::list(zone, 0, 0, MIGRATE_MOVABLE) = {2, 2};
       S::area(zone, 0).nonempty[MIGRATE_MOVABLE] |= 1U;
     },
     take(1, 0, MIGRATE_MOVABLE), Outcome{Result::done}},
    {&clauses::unlisted, "a chunk is on no list", mixed,
     [](Zone& zone) {
       S::list(zone, 0, 0, MIGRATE_MOVABLE) = {0, 0};
       S::area(zone, 0).nonempty[MIGRATE_MOVABLE] &= static_cast<uint16_t>(~1U);
       S::mark_pages(zone, 1, 0);
     }},
    {&clauses::nonempty, "the bit of a list with a chunk cleared", mixed,
     [](Zone& zone) {
       S::area(zone, 1).nonempty[MIGRATE_UNMOVABLE] &= static_cast<uint16_t>(~1U);
       S::mark_links(zone, 33);
     }},
    {&clauses::area_count, "one chunk more than there is", mixed,
     [](Zone& zone) {
       ++S::nr_free(zone, 1, 0);
       S::mark_pages(zone, 33, 0);
       S::mark_spb(zone, 1);
     }},
    {&clauses::dead_links, "inside a chunk", mixed,
     [](Zone& zone) {
       S::links(zone, 3).next = 1;
       S::mark_pages(zone, 3, 0);
     }},
    {&clauses::dead_links, "on a page without an owner", with_unowned,
     [](Zone& zone) {
       S::links(zone, 8).next = 1;
       S::mark_pages(zone, 8, 0);
     }},

    {&clauses::sub_block, "two halves beside each other", mixed,
     [](Zone& zone) { halve(zone, 2, 1); }},
    {&clauses::whole_block, "two pageblocks beside each other", mixed,
     [](Zone& zone) { halve(zone, 16, 4); }},

    {&clauses::page_state, "a byte that means nothing", mixed,
     [](Zone& zone) {
       S::page(zone, 0) = page_state::allocated | page_state::absent;
       S::mark_pages(zone, 0, 0);
     }},
    {&clauses::spb_free_pages, "one more", mixed, change_spb<&SpbState::nr_free_pages, 1>},
    {&clauses::zone_free_pages, "one more", mixed, change_state<&ZoneState::nr_free_pages>},
    {&clauses::zone_free_blocks, "one more", mixed, change_state<&ZoneState::nr_free_pages_blocks>},
    {&clauses::zone_allocated, "one more", mixed, change_state<&ZoneState::nr_allocated>,
     take(1, 0, MIGRATE_MOVABLE), Outcome{Result::done}},
    {&clauses::outcome, "a page is freed and nothing told", mixed,
     [](Zone& zone) { apply(zone, {.kind = OpKind::free}); }},

    {&clauses::other_zone, "another zone is touched", two_zones,
     [](Zone& zone) { S::mark_spb(second(zone), 0); }},
    {&clauses::other_zone, "the outcome is of another zone", two_zones, [](Zone&) {},
     request(0, 0, MIGRATE_MOVABLE), Outcome{.result = Result::none, .zone = 1}},

    {&clauses::spb_list, "a superpageblock on the list of another fullness", mixed,
     [](Zone& zone) { move_spb(zone, list_id(SB_TAINTED, 0)); }},
    {&clauses::spb_links, "neighbours that do not name each other", two_clean,
     [](Zone& zone) {
       S::spb(zone, 0).prev = 2;
       S::mark_spb(zone, 0);
     }},
    {&clauses::spb_ends, "the last is not the list's last", mixed,
     [](Zone& zone) {
       S::state(zone).spb_lists[zone.spb(SpbIndex(1)).on_list].last = 1;
       S::mark_spb(zone, 1);
     }},
    {&clauses::spb_unlisted, "a superpageblock on no list", mixed,
     [](Zone& zone) {
       Mutate::spb_list_del(zone, SpbIndex(1));
       S::mark_spb(zone, 1);
     }},

    {&clauses::item_place, "a free item is pending too", with_pool,
     [](Zone& zone) {
       S::queue(zone).pending = 1;
       S::mark_zone(zone, ZonePart::evacuation);
     }},
    {&clauses::item_count, "the free items are lost", with_pool,
     [](Zone& zone) {
       S::evacuate_free(zone) = 0;
       S::mark_zone(zone, ZonePart::evacuation);
     }},
    {&clauses::item_block, "a pending item names no pageblock", with_pool,
     [](Zone& zone) {
       Mutate::move_item(zone, {ItemStep::QUEUE, ItemPlace::free, ItemPlace::pending});
     }},
    {&clauses::item_counted, "a free item is not counted", with_pool,
     [](Zone& zone) {
       --S::item_count(zone, ItemPlace::free);
       S::mark_zone(zone, ZonePart::evacuation);
     }},
    {&clauses::item_last, "the workqueue ends elsewhere", with_pool,
     [](Zone& zone) {
       S::queue(zone).work.last = 2;
       S::mark_zone(zone, ZonePart::evacuation);
     }},
    {&clauses::item_cursor, "the worker is outside the pageblock it holds", with_pool,
     [](Zone& zone) {
       const uint32_t item =
           Mutate::move_item(zone, {ItemStep::START, ItemPlace::free, ItemPlace::running});
       Mutate::set_item_block(zone, item, BlockIndex(2));
       Mutate::set_evacuate_cursor(zone, Pfn(0));
     }},

    {&clauses::zone_free_cma, "one more", mixed, change_state<&ZoneState::nr_free_cma>},
    {&clauses::free_highatomic, "one more", mixed, change_state<&ZoneState::nr_free_highatomic>},
    {&clauses::reserved_highatomic, "one more", mixed,
     change_state<&ZoneState::nr_reserved_highatomic>},
    {&clauses::reserve_limit, "the reserve of a small zone grows", mixed,
     change_state<&ZoneState::nr_reserved_highatomic>, request(0, 0, MIGRATE_MOVABLE),
     Outcome{Result::none}},

    {&clauses::slot_chunk, "a page of another type", mixed,
     [](Zone& zone) { S::slot(zone, 0).type = MIGRATE_RECLAIMABLE; },
     request(0, 0, MIGRATE_MOVABLE), Outcome{Result::none}},
    {&clauses::slot_owner, "the page names no slot", mixed,
     [](Zone& zone) { S::links(zone, 0).next = 0; }, request(0, 0, MIGRATE_MOVABLE),
     Outcome{Result::none}},
    {&clauses::slot_orphan, "a page names an empty slot", with_pinned,
     [](Zone& zone) {
       S::links(zone, 0).next = 6;
       S::mark_pages(zone, 0, 0);
     }},
    {&clauses::slot_empty, "an empty slot has an order", mixed,
     [](Zone& zone) { S::slot(zone, 5).order = 1; }, request(5, 0, MIGRATE_MOVABLE),
     Outcome{Result::none}},
    {&clauses::slot_zone, "a slot's zone is none of the machine", mixed,
     [](Zone& zone) { S::slot(zone, 0).zone = 1; }, request(0, 0, MIGRATE_MOVABLE),
     Outcome{Result::none}},
    {&clauses::slot_outcome, "another slot has the page", mixed, [](Zone&) {},
     request(5, 0, MIGRATE_MOVABLE),
     Outcome{.result = Result::page, .by = PassId::PASS_1, .order = 0, .pfn = Pfn(0)}},
    {&clauses::slot_size, "the slot has a page of order 0", mixed, [](Zone&) {},
     request(0, 1, MIGRATE_MOVABLE),
     Outcome{.result = Result::page, .by = PassId::PASS_1, .order = 1, .pfn = Pfn(0)}},
};

// ---- wounds of marks

void set_bit_unmarked(Zone& zone) {
  S::block(zone, 4).bits |= PB_has_reclaimable;
  change_spb<&SpbState::nr_reclaimable, 1>(zone);
}

constexpr Operation nothing{.kind = OpKind::irq_work};
constexpr Outcome was_nothing{Result::nothing};

const Wound mark_wounds[] = {
    {&clauses::page_unmarked, "a page changes unmarked", with_unowned,
     [](Zone& zone) { S::page(zone, 8) |= page_state::before; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::links_unmarked, "two chunks change places unmarked", mixed, swap_chunks, nothing,
     was_nothing, Seen::by_both_alone},
    {&clauses::block_unmarked, "a bit is set unmarked", mixed, set_bit_unmarked, nothing,
     was_nothing, Seen::by_both_alone},
    {&clauses::spb_unmarked, "a superpageblock changes unmarked", mixed,
     [](Zone& zone) { S::spb(zone, 0).unused = 1; }, nothing, was_nothing, Seen::by_both_alone},
    {&clauses::list_unmarked, "nr_free changes unmarked", mixed,
     [](Zone& zone) { ++S::nr_free(zone, 1, 0); }, nothing, was_nothing, Seen::by_both_alone},
    {&clauses::list_unmarked, "a list's last changes unmarked", mixed,
     [](Zone& zone) { S::list(zone, 1, 0, MIGRATE_UNMOVABLE).last = 42; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::list_unmarked, "a nonempty bit changes unmarked", mixed,
     [](Zone& zone) { S::area(zone, 1).nonempty[MIGRATE_CMA] = 1; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::zone_unmarked, "a sum changes unmarked", mixed,
     [](Zone& zone) { ++S::state(zone).nr_free_cma; }, nothing, was_nothing, Seen::by_both_alone},
    {&clauses::zone_unmarked, "what merged changes unmarked", mixed,
     [](Zone& zone) { S::state(zone).moved_unmerged = 1; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::zone_unmarked, "a list of superpageblocks changes unmarked", mixed,
     [](Zone& zone) { S::state(zone).spb_lists[list_empty].first = 1; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::zone_unmarked, "a hint changes unmarked", mixed,
     [](Zone& zone) { S::hints(zone).of[1][MIGRATE_MOVABLE] = 2; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::zone_unmarked, "an item changes unmarked", with_pool,
     [](Zone& zone) { S::item(zone, 0).block = 1; }, nothing, was_nothing, Seen::by_both_alone},
    {&clauses::other_zone, "a page of another zone changes unmarked", two_zones,
     [](Zone& zone) { S::page(second(zone), 8) |= page_state::before; }, nothing, was_nothing,
     Seen::by_both_alone},
    {&clauses::stale, "a bit is set unmarked", mixed, set_bit_unmarked, nothing, was_nothing,
     Seen::incrementally_alone},
    {&clauses::missed, "a sum is wrong, unmarked", mixed,
     [](Zone& zone) { ++S::state(zone).nr_free_pages; }, nothing, was_nothing, Seen::by_both_alone},
};

// ---- wounds of steps

/// The request has borrowed from superpageblock 1's UNMOVABLE chunk of order 1 at 42: not yet
/// split.
void borrow(Zone& zone) {
  choose(zone, req(MIGRATE_RECLAIMABLE), PassId::PASS_2C, 42, 1);
}
/// The split that a borrow of one page from it makes.
void split_borrowed(Zone& zone) {
  Mutate::del_page_from_free_list(zone, Pfn(42), Order(1), MIGRATE_UNMOVABLE);
  Mutate::add_to_free_list(zone, Pfn(43), Order(0), MIGRATE_UNMOVABLE, false);
}
void end_borrow(Zone& zone) {
  end_search(zone, req(MIGRATE_RECLAIMABLE), PassId::PASS_2C, 42);
}
/// A claim of part of block 0 for an UNMOVABLE request.
void claim_block_0(Zone& zone) {
  choose(zone, unmovable, PassId::PASS_2B, 4, 2, Effect::claim_part);
  set_tag(zone, 0, MIGRATE_UNMOVABLE);
}
void taint_superpageblock_0(Zone& zone, const Req& request) {
  zone.observers->attempt_begins(zone, request);
  set_bits(zone, 0, PB_has_movable | PB_has_unmovable);
  zone.observers->attempt_ends(zone, request, PassId::PASS_3, no_page);
}

/// A page of block 0 is handed out to a request: its bits are these from then on.
void content_comes_to_block_0(Zone& zone, const Req& request, uint8_t bits) {
  zone.observers->attempt_begins(zone, request);
  set_bits(zone, 0, bits);
  zone.observers->attempt_ends(zone, request, PassId::PASS_1, Pfn(1));
}
constexpr Operation waiting_caller{.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL};

const Wound step_wounds[] = {
    {&clauses::handed_out, "by a pass", mixed_isolated_1,
     [](Zone& zone) { hand_out_page(zone, movable, PassId::PASS_1, 8); }},
    {&clauses::handed_out_behind, "by a pass", mixed_isolated_3,
     [](Zone& zone) { hand_out_page(zone, req(MIGRATE_MOVABLE, 4), PassId::PASS_1, 16); }},
    {&clauses::stolen, "by a steal", mixed_isolated_1,
     [](Zone& zone) { hand_out_page(zone, unmovable, PassId::STEAL, 8); }},
    {&clauses::relabelled, "by a claim", mixed_isolated_1,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::CLAIM, 8, 3, MIGRATE_MOVABLE);
       set_tag(zone, 1, MIGRATE_UNMOVABLE);
       zone.observers->attempt_ends(zone, unmovable, PassId::NO_PAGE, no_page);
     }},
    {&clauses::relabelled_behind, "by a claim", mixed_isolated_3,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::CLAIM, 16, 4, MIGRATE_MOVABLE);
       set_tag(zone, 3, MIGRATE_UNMOVABLE);
       zone.observers->attempt_ends(zone, unmovable, PassId::NO_PAGE, no_page);
     }},

    {&clauses::tag_kept, "the pageblock becomes the borrower's", mixed,
     [](Zone& zone) {
       borrow(zone);
       split_borrowed(zone);
       set_tag(zone, 5, MIGRATE_RECLAIMABLE);
       end_borrow(zone);
     }},
    {&clauses::splits_listed, "the split is not free", mixed,
     [](Zone& zone) {
       borrow(zone);
       set_bits(zone, 5, PB_has_unmovable | PB_has_reclaimable);
       end_borrow(zone);
     }},
    {&clauses::splits_listed, "the split is on the borrower's list", mixed,
     [](Zone& zone) {
       borrow(zone);
       Mutate::del_page_from_free_list(zone, Pfn(42), Order(1), MIGRATE_UNMOVABLE);
       Mutate::add_to_free_list(zone, Pfn(43), Order(0), MIGRATE_RECLAIMABLE, false);
       set_bits(zone, 5, PB_has_unmovable | PB_has_reclaimable);
       end_borrow(zone);
     }},
    {&clauses::borrow_content, "PB_has_<request> is not set", mixed,
     [](Zone& zone) {
       borrow(zone);
       split_borrowed(zone);
       end_borrow(zone);
     }},

    {&clauses::no_page_after_claim, "the search after the claim finds nothing", mixed,
     [](Zone& zone) {
       claim_block_0(zone);
       zone.observers->search_begins(zone, unmovable);
       zone.observers->search_ends(zone, unmovable, PassId::NO_PAGE, no_page);
       end_search(zone, unmovable, PassId::NO_PAGE, no_index);
     }},
    {&clauses::bound, "the claim does not search", mixed,
     [](Zone& zone) {
       claim_block_0(zone);
       end_search(zone, unmovable, PassId::NO_PAGE, no_index);
     }},
    {&clauses::reentry_flags, "the search after the claim keeps ALLOC_NOFRAGMENT", mixed,
     [](Zone& zone) {
       claim_block_0(zone);
       Req keeps = unmovable;
       keeps.nofragment = true;
       zone.observers->search_begins(zone, keeps);
       zone.observers->search_ends(zone, keeps, PassId::PASS_1, Pfn(0));
       end_search(zone, unmovable, PassId::PASS_2B, 0);
     }},
    {&clauses::elsewhere, "the page is in another pageblock", mixed,
     [](Zone& zone) {
       claim_block_0(zone);
       zone.observers->search_begins(zone, unmovable);
       zone.observers->search_ends(zone, unmovable, PassId::PASS_1, Pfn(33));
       end_search(zone, unmovable, PassId::PASS_2B, 33);
     }},
    {&clauses::atomic_taints, "an atomic request", mixed,
     [](Zone& zone) { taint_superpageblock_0(zone, req(MIGRATE_UNMOVABLE, 0, true, true)); }},
    {&clauses::any_taints, "a request that may wait", mixed,
     [](Zone& zone) { taint_superpageblock_0(zone, req(MIGRATE_UNMOVABLE, 0, true)); }},

    {&clauses::own_list, "a claim taints where PASS_1 has a chunk", mixed,
     [](Zone& zone) {
       zone.observers->attempt_begins(zone, unmovable);
       zone.observers->fallback_chosen(zone, unmovable, PassId::CLAIM, Pfn(16), Order(4),
                                       MIGRATE_MOVABLE);
     }},
    {&clauses::mixed_content, "by two takes from own lists", mixed,
     [](Zone& zone) {
       content_comes_to_block_0(zone, unmovable, PB_has_movable | PB_has_unmovable);
       content_comes_to_block_0(zone, req(MIGRATE_RECLAIMABLE),
                                PB_has_movable | PB_has_unmovable | PB_has_reclaimable);
     }},
    {&clauses::asked_before, "the flag is dropped after one try", mixed,
     [](Zone& zone) {
       for (const bool nofragment : {true, false}) {
         const Req request = req(MIGRATE_UNMOVABLE, 0, nofragment);
         zone.observers->attempt_begins(zone, request);
         zone.observers->attempt_ends(zone, request, PassId::NO_PAGE, no_page);
       }
     },
     waiting_caller, Outcome{Result::none}},
    {&clauses::asked_before, "compaction was not asked", mixed,
     [](Zone& zone) {
       const Req request = req(MIGRATE_UNMOVABLE, 0);
       zone.observers->driver_step(zone, DriverStep::DIRECT_RECLAIM);
       zone.observers->attempt_begins(zone, request);
       zone.observers->attempt_ends(zone, request, PassId::NO_PAGE, no_page);
     },
     waiting_caller, Outcome{Result::none}},
    {&clauses::unserved, "nothing where a page is free", mixed, [](Zone&) {}, waiting_caller,
     Outcome{Result::none}},
    {&clauses::unmarked, "a free pageblock without the bit", mixed,
     [](Zone& zone) {
       set_bits(zone, 7, 0);
       change_spb<&SpbState::nr_free, -1>(zone);
     }},
    {&clauses::has_content, "a free pageblock with content", mixed,
     [](Zone& zone) {
       set_bits(zone, 7, PB_all_free | PB_has_movable);
       change_spb<&SpbState::nr_movable, 1>(zone);
     }},
    {&clauses::category, "a hint to a tainted superpageblock for a movable request", mixed,
     [](Zone& zone) { choose(zone, movable, PassId::HINT, 48, 4); }},
    {&clauses::nothing_usable, "refused for isolated pages", only_isolated,
     [](Zone& zone) {
       begin_search(zone, optional);
       end_search(zone, optional, PassId::NO_PAGE, no_index);
     }},
};

// ---- wounds of what is stated a second time

constexpr Operation atomic_caller{.kind = OpKind::alloc, .slot = 5, .a = GFP_ATOMIC};

void try_once(Zone& zone, const Req& request) {
  zone.observers->attempt_begins(zone, request);
  zone.observers->attempt_ends(zone, request, PassId::NO_PAGE, no_page);
}
/// An atomic request, whose ALLOC_NON_BLOCK is the second argument.
Req tainted_ok(bool tainted, bool non_block) {
  Req request = req(MIGRATE_UNMOVABLE, 0, true, true);
  request.tainted_ok = tainted;
  request.non_block = non_block;
  return request;
}
template <uint32_t slot>
void empty_slot(Zone& zone) {
  S::slot(zone, slot) = {};
}

const Wound stated_wounds[] = {
    {&clauses::pass_rule, "PASS_4 without the reserve", mixed_without_reserve,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {&clauses::pass_order, "PASS_4 before PASS_1", mixed_backwards,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {&clauses::claim_rule, "a claim without the half rule", nearly_full_edited<drop_half_rule>,
     [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 6, 1, MIGRATE_MOVABLE); }},
    {&clauses::mode_rule, "a steal under ALLOC_NOFRAGMENT", nearly_full_edited<open_steal>,
     [](Zone& zone) {
       fall_back(zone, req(MIGRATE_UNMOVABLE, 0, true), PassId::STEAL, 6, 1, MIGRATE_MOVABLE);
     }},
    {&clauses::hint, "for a type that nobody served", mixed,
     [](Zone& zone) {
       S::hints(zone).of[0][MIGRATE_RECLAIMABLE] = 1;
       S::mark_zone(zone, ZonePart::hints);
     }},
    {&clauses::hint, "PASS_1 leaves none", mixed,
     [](Zone& zone) {
       zone.observers->search_begins(zone, req(MIGRATE_UNMOVABLE, 1));
       zone.observers->search_ends(zone, req(MIGRATE_UNMOVABLE, 1), PassId::PASS_1, Pfn(34));
     }},
    {&clauses::queued, "a claim queues none", with_pool,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::CLAIM, 4, 2, MIGRATE_MOVABLE);
       set_tag(zone, 0, MIGRATE_UNMOVABLE);
       zone.observers->search_begins(zone, unmovable);
     }},
    {&clauses::shrink_low, "nobody asks where one is low", mixed_low,
     [](Zone& zone) {
       choose(zone, unmovable, PassId::PASS_2D, 48, 4);
       zone.observers->search_ends(zone, unmovable, PassId::PASS_2D, Pfn(48));
     }},
    {&clauses::shrink_taints, "a movable claim asks", mixed,
     [](Zone& zone) {
       zone.observers->shrink_requested(zone);
       zone.observers->fallback_chosen(zone, movable, PassId::CLAIM, Pfn(34), Order(1),
                                       MIGRATE_UNMOVABLE);
     }},
    {&clauses::ladder_flags, "ALLOC_NOFRAGMENT is lost at once", mixed,
     [](Zone& zone) {
       try_once(zone, tainted_ok(false, false));
       try_once(zone, req(MIGRATE_UNMOVABLE, 0, false, true));
     },
     atomic_caller, Outcome{Result::none}},
    {&clauses::first_tag,
     "an UNMOVABLE pageblock",
     two_types,
     [](Zone&) {},
     {},
     {},
     Seen::before_operations},
    {&clauses::first_page,
     "one is allocated",
     mixed,
     [](Zone&) {},
     {},
     {},
     Seen::before_operations},
    {&clauses::try_type, "a target that is not MOVABLE", with_work,
     [](Zone& zone) { try_once(zone, unmovable); }, Operation{.kind = OpKind::worker},
     Outcome{Result::done}},
    {&clauses::try_type, "another than the caller's", mixed,
     [](Zone& zone) { try_once(zone, movable); }, waiting_caller, Outcome{Result::none}},
    {&clauses::try_cma, "ALLOC_CMA for UNMOVABLE", mixed,
     [](Zone& zone) {
       Req request = tainted_ok(false, false);
       request.cma = true;
       try_once(zone, request);
     },
     atomic_caller, Outcome{Result::none}},
    {&clauses::try_non_block, "not in the slow path", mixed,
     [](Zone& zone) {
       try_once(zone, tainted_ok(false, false));
       try_once(zone, tainted_ok(true, false));
     },
     atomic_caller, Outcome{Result::none}},
    {&clauses::ladder_gives_up, "a second try for __GFP_NORETRY", mixed,
     [](Zone& zone) {
       try_once(zone, tainted_ok(false, false));
       try_once(zone, tainted_ok(true, true));
     },
     Operation{.kind = OpKind::alloc, .slot = 5, .a = GFP_ATOMIC | __GFP_NORETRY},
     Outcome{Result::none}},
    {&clauses::ladder_goes_on, "one try alone", mixed,
     [](Zone& zone) { try_once(zone, tainted_ok(false, false)); }, atomic_caller,
     Outcome{Result::none}},
    {&clauses::mode_sequence, "the reserve's rescue comes first", mixed,
     [](Zone& zone) {
       const auto& modes = zone.policy().modes;
       zone.observers->attempt_begins(zone, unmovable);
       zone.observers->mode_begins(zone, unmovable, modes[modes.size() - 1]);
       zone.observers->mode_begins(zone, unmovable, modes[0]);
     }},
    {&clauses::free_end, "a chunk whose pair's neighbour is free is not the last", mixed,
     [](Zone&) {}, Operation{.kind = OpKind::give, .a = 41}, Outcome{Result::done}},
    {&clauses::free_tag, "a free pageblock turns UNMOVABLE", mixed,
     [](Zone& zone) { set_tag(zone, 6, MIGRATE_UNMOVABLE); },
     Operation{.kind = OpKind::give, .a = 48}, Outcome{Result::done}},
    {&clauses::split_first, "the upper half is on no list", mixed,
     [](Zone& zone) {
       choose(zone, unmovable, PassId::PASS_1, 34, 1);
       end_search(zone, unmovable, PassId::PASS_1, 34);
     }},
    {&clauses::isolate_answer, "a pageblock with an unmovable page is isolated", mixed,
     [](Zone&) {}, isolate(4), Outcome{Result::done}},
    {&clauses::unisolate_answer, "one is given back that was not isolated", mixed, [](Zone&) {},
     Operation{.kind = OpKind::unisolate, .a = 4}, Outcome{Result::done}},
    {&clauses::moved_last, "it goes to the head", mixed_isolated_alone, isolate_1_at_the_head,
     isolate(1), Outcome{Result::done}},
    {&clauses::stated_row, "PASS_2 is not in the table", without_pass_2,
     [](Zone& zone) { zone.observers->attempt_begins(zone, unmovable); }},
    {&clauses::reserve_joins, "without ALLOC_HIGHATOMIC", mixed,
     change_state<&ZoneState::nr_reserved_highatomic>, request(5, 0, MIGRATE_UNMOVABLE),
     Outcome{.result = Result::page, .pfn = Pfn(32)}},
    {&clauses::reserve_leaves, "where nothing is reserved", mixed, [](Zone&) {},
     Operation{.kind = OpKind::unreserve, .flags = op_force, .a = MIGRATE_MOVABLE},
     Outcome{Result::done}},
    {&clauses::reserve_leaver, "its tag stays", with_reserve, [](Zone&) {},
     Operation{.kind = OpKind::unreserve, .flags = op_force, .a = MIGRATE_MOVABLE},
     Outcome{Result::done}},
    {&clauses::worker_batch, "a page moves that cannot", with_work, empty_slot<2>,
     Operation{.kind = OpKind::worker}, Outcome{Result::done}},
    {&clauses::worker_page, "a page goes that fails", with_work, empty_slot<0>,
     Operation{.kind = OpKind::worker, .b = 1}, Outcome{Result::done}},
    {&clauses::worker_room, "nothing is asked for", with_work, [](Zone&) {},
     Operation{.kind = OpKind::worker}, Outcome{Result::done}},
    {&clauses::worker_content, "the pageblock is not finished", with_work,
     [](Zone& zone) { set_bits(zone, 0, PB_has_unmovable); },
     Operation{.kind = OpKind::worker, .b = 1}, Outcome{Result::done}},
    {&clauses::worker_end, "the item stays in the workqueue", with_work, [](Zone&) {},
     Operation{.kind = OpKind::worker}, Outcome{Result::done}},
    {&clauses::item_order, "an item moves that is not due", with_pool,
     [](Zone& zone) { zone.observers->item_moved(zone, 3); }},
    {&clauses::reclaimed_type, "an unmovable page is reclaimed", mixed, empty_slot<1>,
     Operation{.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL, .b = 2}, Outcome{Result::none}},
    {&clauses::migrated_type, "an unmovable page is migrated", mixed,
     [](Zone& zone) { ++S::slot(zone, 1).page; },
     Operation{.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL, .b = 2U << 16},
     Outcome{Result::none}},
    {&clauses::retyped, "a page from before keeps its type", mixed,
     [](Zone& zone) {
       S::page(zone, 8) = page_state::allocated | page_state::before | MIGRATE_MOVABLE;
       zone.dirty.pages.add({Pfn(8), Order(3)});
       zone.dirty.spbs.add(SpbIndex(0));
     },
     Operation{.kind = OpKind::tag, .a = 1, .b = MIGRATE_UNMOVABLE}, Outcome{Result::done}},
};

// ---- wounds of conformance

const Wound conformance_wounds[] = {
    {&clauses::mode_order, "a claim before any pass", mixed,
     [](Zone& zone) {
       zone.observers->attempt_begins(zone, unmovable);
       zone.observers->fallback_chosen(zone, unmovable, PassId::CLAIM, Pfn(48), Order(4),
                                       MIGRATE_MOVABLE);
     }},
    {&clauses::batch_mode, "own lists after a steal", nearly_full,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::STEAL, 6, 1, MIGRATE_MOVABLE);
       zone.observers->attempt_ends(zone, unmovable, PassId::STEAL, Pfn(6));
       begin_search(zone, unmovable);
     },
     Operation{.kind = OpKind::bulk, .flags = 2, .slot = 5, .a = MIGRATE_UNMOVABLE},
     Outcome{Result::none}},
    {&clauses::mode_order, "HIGHATOMIC lists are left out", mixed,
     [](Zone& zone) {
       Req request = unmovable;
       request.highatomic = true;
       begin_search(zone, request);
     }},
    {&clauses::gate, "HIGHATOMIC lists without ALLOC_HIGHATOMIC", mixed,
     [](Zone& zone) {
       zone.observers->attempt_begins(zone, unmovable);
       zone.observers->mode_begins(zone, unmovable, zone.policy().modes[0]);
     }},
    {&clauses::gate, "a movable request in PASS_2", mixed,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_2, 48, 4, Effect::claim_whole); }},
    {&clauses::gate, "a steal under ALLOC_NOFRAGMENT", nearly_full,
     [](Zone& zone) {
       const Req request = req(MIGRATE_UNMOVABLE, 0, true);
       fall_back(zone, request, PassId::STEAL, 6, 1, MIGRATE_MOVABLE);
     }},
    {&clauses::earlier_pass, "PASS_4 where PASS_1 has a chunk", mixed,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {&clauses::missed_pass, "nothing found where PASS_1 has a chunk", mixed,
     [](Zone& zone) {
       begin_search(zone, movable);
       end_search(zone, movable, PassId::NO_PAGE, no_index);
     }},
    {&clauses::source, "PASS_2 in a clean superpageblock", mixed,
     [](Zone& zone) { choose(zone, unmovable, PassId::PASS_2, 16, 4, Effect::claim_whole); }},
    {&clauses::spb_filter, "PASS_4 within the reserve", mixed_large_reserve,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {&clauses::chunk_filter, "PASS_2 of an isolated pageblock", mixed_isolated_6,
     [](Zone& zone) { choose(zone, unmovable, PassId::PASS_2, 48, 4, Effect::claim_whole); }},
    {&clauses::list_read, "PASS_1 from another type's list", mixed,
     [](Zone& zone) { choose(zone, unmovable, PassId::PASS_1, 48, 4); }},
    {&clauses::head_read, "PASS_1 of a list's second chunk", mixed,
     [](Zone& zone) { choose(zone, unmovable, PassId::PASS_1, 33, 0); }},
    {&clauses::order_range, "PASS_2 of less than a pageblock", mixed,
     [](Zone& zone) { choose(zone, unmovable, PassId::PASS_2, 1, 0, Effect::claim_whole); }},
    {&clauses::fuller_bin, "PASS_1 in the emptier superpageblock", two_clean,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_1, 8, 3); }},
    {&clauses::earlier_order, "PASS_1 of a page where a pageblock is free", mixed,
     [](Zone& zone) { choose(zone, movable, PassId::PASS_1, 1, 0); }},
    {&clauses::served_by, "PASS_4 named for what PASS_1 chose", mixed,
     [](Zone& zone) {
       choose(zone, movable, PassId::PASS_1, 8, 3);
       end_search(zone, movable, PassId::PASS_4, 8);
     }},
    {&clauses::refused_claim, "a claim against the half rule", nearly_full,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::CLAIM, 6, 1, MIGRATE_MOVABLE);
       set_tag(zone, 0, MIGRATE_UNMOVABLE);
       zone.observers->attempt_ends(zone, unmovable, PassId::CLAIM, Pfn(6));
     }},
    {&clauses::claim_due, "a claim that nothing rules out is not made", nearly_free,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::CLAIM, 4, 2, MIGRATE_MOVABLE);
       zone.observers->attempt_ends(zone, unmovable, PassId::CLAIM, Pfn(4));
     }},
    {&clauses::fallback_step, "a claim of a smaller chunk first", nearly_free,
     [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 2, 1, MIGRATE_MOVABLE); }},
    {&clauses::fallback_step, "a chunk that is left to steal", nearly_full,
     [](Zone& zone) {
       fall_back(zone, unmovable, PassId::CLAIM, 6, 1, MIGRATE_MOVABLE);
       zone.observers->attempt_ends(zone, unmovable, PassId::NO_PAGE, no_page);
     }},
    {&clauses::fallback_bin, "a claim in the emptier superpageblock", two_clean,
     [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 16, 3, MIGRATE_MOVABLE); }},
    {&clauses::fallback_list, "MOVABLE where RECLAIMABLE comes first", two_types,
     [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 0, 3, MIGRATE_MOVABLE); }},
};

}  // namespace

std::span<const Wound> wounds() {
  static const std::vector<Wound> all = [] {
    std::vector<Wound> list;
    const std::span<const Wound> parts[] = {state_wounds, mark_wounds, step_wounds, stated_wounds,
                                            conformance_wounds};
    for (const auto part : parts)
      list.insert(list.end(), part.begin(), part.end());
    return list;
  }();
  return all;
}

}  // namespace spb::test
