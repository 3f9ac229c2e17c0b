// SPDX-License-Identifier: GPL-2.0-only
#include "tests/wounds.h"

#include <algorithm>
#include <initializer_list>
#include <type_traits>
#include <vector>

#include "invariants/clauses.h"
#include "model/engine/resize.h"
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

// Operations take no time.
std::unique_ptr<Machine> mixed_timeless() {
  return mixed(with(ParameterId::operation_ms, 0));
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

// One superpageblock of one pageblock, and room for another.
std::unique_ptr<Machine> with_room() {
  Geometry geometry = one_block;
  geometry.grows_by = 1;
  return built(geometry, "rfc-v2", Parameters{}, {take(0, 0, MIGRATE_MOVABLE)});
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
// PASS_2D borrows from the request's own list.
std::unique_ptr<Machine> with_another_pass_2d() {
  Policy<Concrete> policy = find_variant("rfc-v2")->policy;
  for (PassRow<Concrete>& pass : policy.passes.rows) {
    if (pass.id == PassId::PASS_2D) pass.list = ListOf::request;
  }
  return mixed_of(policy, Parameters{});
}
// mixed(), and a search is re-entered once.
std::unique_ptr<Machine> mixed_bound_1() {
  return mixed(with(ParameterId::reentry_bound, 1));
}
// Two clean superpageblocks of one fullness, which every update brings to their list's end.
std::unique_ptr<Machine> two_alike() {
  return built(two_by_four, "rfc-v2", with(ParameterId::spb_list_update, 0),
               {take(0, 0, MIGRATE_MOVABLE), take(32, 0, MIGRATE_MOVABLE)});
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
  return {.order = order,
          .migratetype = type,
          .nofragment = nofragment,
          .tainted_ok = false,
          .atomic = atomic,
          .gives_up = false,
          .non_block = atomic,
          .highatomic = false,
          .highorder_optional = false,
          .cma = false,
          .asked = type};
}
constexpr Req unmovable = req(MIGRATE_UNMOVABLE);
constexpr Req movable = req(MIGRATE_MOVABLE);
constexpr Req optional = [] {
  Req request = unmovable;
  request.highorder_optional = true;
  return request;
}();
constexpr Req kept_flag = req(MIGRATE_UNMOVABLE, 0, true);

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
    {.clause = &clauses::nr_reserved,
     .how = "a hole where there is none",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_reserved, 1>},
    {.clause = &clauses::above_total,
     .how = "a counter underflows",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_movable, -1>},
    {.clause = &clauses::total_pageblocks,
     .how = "one more",
     .machine = mixed,
     .inflict = change_spb<&SpbState::total_pageblocks, 1>},
    {.clause = &clauses::nr_free,
     .how = "one more",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_free, 1>},
    {.clause = &clauses::nr_unmovable,
     .how = "one less",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_unmovable, -1>},
    {.clause = &clauses::nr_reclaimable,
     .how = "one more",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_reclaimable, 1>},
    {.clause = &clauses::nr_movable,
     .how = "one more",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_movable, 1>},
    {.clause = &clauses::all_free,
     .how = "the bit of a used pageblock",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           set_bits(zone, 4, PB_all_free | PB_has_unmovable);
           change_spb<&SpbState::nr_free, 1>(zone);
         }},
    {.clause = &clauses::not_all_free,
     .how = "a free pageblock without the bit",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           set_bits(zone, 7, 0);
           change_spb<&SpbState::nr_free, -1>(zone);
         }},
    {.clause = &clauses::content,
     .how = "the bit of a live page cleared",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           set_bits(zone, 4, 0);
           change_spb<&SpbState::nr_unmovable, -1>(zone);
         }},
    {.clause = &clauses::content,
     .how = "a live page of another type",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::page(zone, 32) =
               page_state::allocated | page_state::owned | uint8_t{MIGRATE_RECLAIMABLE};
           S::mark_pages(zone, 32, 0);
         }},

    {.clause = &clauses::uncovered,
     .how = "a page falls out of its list",
     .machine = mixed,
     .inflict = forget_chunk},
    {.clause = &clauses::interrupted,
     .how = "an allocated page inside a chunk",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::page(zone, 9) = page_state::allocated | uint8_t{MIGRATE_MOVABLE};
           S::mark_pages(zone, 9, 0);
         }},
    {.clause = &clauses::unaligned,
     .how = "a chunk at an odd page becomes larger",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::page(zone, 1) = page_state::free_head | 1;
           S::mark_pages(zone, 1, 0);
         }},
    {.clause = &clauses::mixed_types,
     .how = "the second pageblock of a chunk retagged",
     .machine = mixed,
     .inflict = [](Zone& zone) { set_tag(zone, 3, MIGRATE_UNMOVABLE); }},
    {.clause = &clauses::wrong_list,
     .how = "a pageblock retagged, its chunks left",
     .machine = mixed,
     .inflict = [](Zone& zone) { set_tag(zone, 5, MIGRATE_RECLAIMABLE); }},
    {.clause = &clauses::chunk_links,
     .how = "a chunk does not point back",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::links(zone, 33).prev = 0;
           S::mark_links(zone, 33);
         }},
    {.clause = &clauses::list_ends,
     .how = "the last chunk is not the list's last",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::list(zone, 1, 0, MIGRATE_UNMOVABLE).last = 42;
           S::mark_links(zone, 33);
         }},
    {.clause = &clauses::wrong_list,
     .how = "an emptied list still names its chunk",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           Mutate::del_page_from_free_list(zone, Pfn(1), Order(0), MIGRATE_MOVABLE);
           Mutate::mark_allocated(zone, Pfn(1), Order(0), MIGRATE_MOVABLE, 0);
           S::list(zone, 0, 0, MIGRATE_MOVABLE) = {2, 2};
           S::area(zone, 0).nonempty[MIGRATE_MOVABLE] |= 1U;
         },
     .op = take(1, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::done}},
    {.clause = &clauses::unlisted,
     .how = "a chunk is on no list",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::list(zone, 0, 0, MIGRATE_MOVABLE) = {0, 0};
           S::area(zone, 0).nonempty[MIGRATE_MOVABLE] &= static_cast<uint16_t>(~1U);
           S::mark_pages(zone, 1, 0);
         }},
    {.clause = &clauses::nonempty,
     .how = "the bit of a list with a chunk cleared",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::area(zone, 1).nonempty[MIGRATE_UNMOVABLE] &= static_cast<uint16_t>(~1U);
           S::mark_links(zone, 33);
         }},
    {.clause = &clauses::area_count,
     .how = "one chunk more than there is",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           ++S::nr_free(zone, 1, 0);
           S::mark_pages(zone, 33, 0);
           S::mark_spb(zone, 1);
         }},
    {.clause = &clauses::dead_links,
     .how = "inside a chunk",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::links(zone, 3).next = 1;
           S::mark_pages(zone, 3, 0);
         }},
    {.clause = &clauses::dead_links,
     .how = "on a page without an owner",
     .machine = with_unowned,
     .inflict =
         [](Zone& zone) {
           S::links(zone, 8).next = 1;
           S::mark_pages(zone, 8, 0);
         }},

    {.clause = &clauses::sub_block,
     .how = "two halves beside each other",
     .machine = mixed,
     .inflict = [](Zone& zone) { halve(zone, 2, 1); }},
    {.clause = &clauses::whole_block,
     .how = "two pageblocks beside each other",
     .machine = mixed,
     .inflict = [](Zone& zone) { halve(zone, 16, 4); }},

    {.clause = &clauses::page_state,
     .how = "a byte that means nothing",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::page(zone, 0) = page_state::allocated | page_state::absent;
           S::mark_pages(zone, 0, 0);
         }},
    {.clause = &clauses::spb_free_pages,
     .how = "one more",
     .machine = mixed,
     .inflict = change_spb<&SpbState::nr_free_pages, 1>},
    {.clause = &clauses::zone_free_pages,
     .how = "one more",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_free_pages>},
    {.clause = &clauses::zone_free_blocks,
     .how = "one more",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_free_pages_blocks>},
    {.clause = &clauses::zone_allocated,
     .how = "one more",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_allocated>,
     .op = take(1, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::done}},
    {.clause = &clauses::outcome,
     .how = "a page is freed and nothing told",
     .machine = mixed,
     .inflict = [](Zone& zone) { apply(zone, {.kind = OpKind::free}); }},

    {.clause = &clauses::other_zone,
     .how = "another zone is touched",
     .machine = two_zones,
     .inflict = [](Zone& zone) { S::mark_spb(second(zone), 0); }},
    {.clause = &clauses::other_zone,
     .how = "the outcome is of another zone",
     .machine = two_zones,
     .inflict = [](Zone&) {},
     .op = request(0, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::none, .zone = 1}},

    {.clause = &clauses::spb_list,
     .how = "a superpageblock on the list of another fullness",
     .machine = mixed,
     .inflict = [](Zone& zone) { move_spb(zone, list_id(SB_TAINTED, 0)); }},
    {.clause = &clauses::spb_links,
     .how = "neighbours that do not name each other",
     .machine = two_clean,
     .inflict =
         [](Zone& zone) {
           S::spb(zone, 0).prev = 2;
           S::mark_spb(zone, 0);
         }},
    {.clause = &clauses::spb_ends,
     .how = "the last is not the list's last",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::state(zone).spb_lists[zone.spb(SpbIndex(1)).on_list].last = 1;
           S::mark_spb(zone, 1);
         }},
    {.clause = &clauses::spb_unlisted,
     .how = "a superpageblock on no list",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           Mutate::spb_list_del(zone, SpbIndex(1));
           S::mark_spb(zone, 1);
         }},

    {.clause = &clauses::item_place,
     .how = "a free item is pending too",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           S::queue(zone).pending = 1;
           S::mark_zone(zone, ZonePart::evacuation);
         }},
    {.clause = &clauses::item_count,
     .how = "the free items are lost",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           S::evacuate_free(zone) = 0;
           S::mark_zone(zone, ZonePart::evacuation);
         }},
    {.clause = &clauses::item_block,
     .how = "a pending item names no pageblock",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           Mutate::move_item(zone, {ItemStep::QUEUE, ItemPlace::free, ItemPlace::pending});
         }},
    {.clause = &clauses::item_counted,
     .how = "a free item is not counted",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           --S::item_count(zone, ItemPlace::free);
           S::mark_zone(zone, ZonePart::evacuation);
         }},
    {.clause = &clauses::item_last,
     .how = "the workqueue ends elsewhere",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           S::queue(zone).work.last = 2;
           S::mark_zone(zone, ZonePart::evacuation);
         }},
    {.clause = &clauses::item_cursor,
     .how = "the worker is outside the pageblock it holds",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           const uint32_t item =
               Mutate::move_item(zone, {ItemStep::START, ItemPlace::free, ItemPlace::running});
           Mutate::set_item_block(zone, item, BlockIndex(2));
           Mutate::set_evacuate_cursor(zone, Pfn(0));
         }},

    {.clause = &clauses::zone_free_cma,
     .how = "one more",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_free_cma>},
    {.clause = &clauses::free_highatomic,
     .how = "one more",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_free_highatomic>},
    {.clause = &clauses::reserved_highatomic,
     .how = "one more",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_reserved_highatomic>},
    {.clause = &clauses::reserve_limit,
     .how = "the reserve of a small zone grows",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_reserved_highatomic>,
     .op = request(0, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::none}},

    {.clause = &clauses::slot_chunk,
     .how = "a page of another type",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::slot(zone, 0).type = MIGRATE_RECLAIMABLE; },
     .op = request(0, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::none}},
    {.clause = &clauses::slot_owner,
     .how = "the page names no slot",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::links(zone, 0).next = 0; },
     .op = request(0, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::none}},
    {.clause = &clauses::slot_orphan,
     .how = "a page names an empty slot",
     .machine = with_pinned,
     .inflict =
         [](Zone& zone) {
           S::links(zone, 0).next = 6;
           S::mark_pages(zone, 0, 0);
         }},
    {.clause = &clauses::slot_empty,
     .how = "an empty slot has an order",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::slot(zone, 5).order = 1; },
     .op = request(5, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::none}},
    {.clause = &clauses::slot_zone,
     .how = "a slot's zone is none of the machine",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::slot(zone, 0).zone = 1; },
     .op = request(0, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::none}},
    {.clause = &clauses::slot_outcome,
     .how = "another slot has the page",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = request(5, 0, MIGRATE_MOVABLE),
     .outcome = {.result = Result::page, .by = PassId::PASS_1, .order = 0, .pfn = Pfn(0)}},
    {.clause = &clauses::slot_size,
     .how = "the slot has a page of order 0",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = request(0, 1, MIGRATE_MOVABLE),
     .outcome = {.result = Result::page, .by = PassId::PASS_1, .order = 1, .pfn = Pfn(0)}},
};

// ---- wounds of marks

void set_bit_unmarked(Zone& zone) {
  S::block(zone, 4).bits |= PB_has_reclaimable;
  change_spb<&SpbState::nr_reclaimable, 1>(zone);
}

const Wound mark_wounds[] = {
    {.clause = &clauses::page_unmarked,
     .how = "a page changes unmarked",
     .machine = with_unowned,
     .inflict = [](Zone& zone) { S::page(zone, 8) |= page_state::before; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::links_unmarked,
     .how = "two chunks change places unmarked",
     .machine = mixed,
     .inflict = swap_chunks,
     .seen = Seen::by_both_alone},
    {.clause = &clauses::block_unmarked,
     .how = "a bit is set unmarked",
     .machine = mixed,
     .inflict = set_bit_unmarked,
     .seen = Seen::by_both_alone},
    {.clause = &clauses::spb_unmarked,
     .how = "a superpageblock changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::spb(zone, 0).unused = 1; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::list_unmarked,
     .how = "nr_free changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { ++S::nr_free(zone, 1, 0); },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::list_unmarked,
     .how = "a list's last changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::list(zone, 1, 0, MIGRATE_UNMOVABLE).last = 42; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::list_unmarked,
     .how = "a nonempty bit changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::area(zone, 1).nonempty[MIGRATE_CMA] = 1; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::zone_unmarked,
     .how = "a sum changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { ++S::state(zone).nr_free_cma; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::zone_unmarked,
     .how = "what merged changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::state(zone).moved_unmerged = 1; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::zone_unmarked,
     .how = "a list of superpageblocks changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::state(zone).spb_lists[list_empty].first = 1; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::zone_unmarked,
     .how = "a hint changes unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::hints(zone).of[1][MIGRATE_MOVABLE] = 2; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::zone_unmarked,
     .how = "an item changes unmarked",
     .machine = with_pool,
     .inflict = [](Zone& zone) { S::item(zone, 0).block = 1; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::other_zone,
     .how = "a page of another zone changes unmarked",
     .machine = two_zones,
     .inflict = [](Zone& zone) { S::page(second(zone), 8) |= page_state::before; },
     .seen = Seen::by_both_alone},
    {.clause = &clauses::stale,
     .how = "a bit is set unmarked",
     .machine = mixed,
     .inflict = set_bit_unmarked,
     .seen = Seen::incrementally_alone},
    {.clause = &clauses::missed,
     .how = "a sum is wrong, unmarked",
     .machine = mixed,
     .inflict = [](Zone& zone) { ++S::state(zone).nr_free_pages; },
     .seen = Seen::by_both_alone},
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
    {.clause = &clauses::handed_out,
     .how = "by a pass",
     .machine = mixed_isolated_1,
     .inflict = [](Zone& zone) { hand_out_page(zone, movable, PassId::PASS_1, 8); }},
    {.clause = &clauses::handed_out_behind,
     .how = "by a pass",
     .machine = mixed_isolated_3,
     .inflict =
         [](Zone& zone) { hand_out_page(zone, req(MIGRATE_MOVABLE, 4), PassId::PASS_1, 16); }},
    {.clause = &clauses::stolen,
     .how = "by a steal",
     .machine = mixed_isolated_1,
     .inflict = [](Zone& zone) { hand_out_page(zone, unmovable, PassId::STEAL, 8); }},
    {.clause = &clauses::relabelled,
     .how = "by a claim",
     .machine = mixed_isolated_1,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::CLAIM, 8, 3, MIGRATE_MOVABLE);
           set_tag(zone, 1, MIGRATE_UNMOVABLE);
           zone.observers->attempt_ends(zone, unmovable, PassId::NO_PAGE, no_page);
         }},
    {.clause = &clauses::relabelled_behind,
     .how = "by a claim",
     .machine = mixed_isolated_3,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::CLAIM, 16, 4, MIGRATE_MOVABLE);
           set_tag(zone, 3, MIGRATE_UNMOVABLE);
           zone.observers->attempt_ends(zone, unmovable, PassId::NO_PAGE, no_page);
         }},

    {.clause = &clauses::tag_kept,
     .how = "the pageblock becomes the borrower's",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           borrow(zone);
           split_borrowed(zone);
           set_tag(zone, 5, MIGRATE_RECLAIMABLE);
           end_borrow(zone);
         }},
    {.clause = &clauses::splits_listed,
     .how = "the split is not free",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           borrow(zone);
           set_bits(zone, 5, PB_has_unmovable | PB_has_reclaimable);
           end_borrow(zone);
         }},
    {.clause = &clauses::splits_listed,
     .how = "the split is on the borrower's list",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           borrow(zone);
           Mutate::del_page_from_free_list(zone, Pfn(42), Order(1), MIGRATE_UNMOVABLE);
           Mutate::add_to_free_list(zone, Pfn(43), Order(0), MIGRATE_RECLAIMABLE, false);
           set_bits(zone, 5, PB_has_unmovable | PB_has_reclaimable);
           end_borrow(zone);
         }},
    {.clause = &clauses::borrow_content,
     .how = "PB_has_<request> is not set",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           borrow(zone);
           split_borrowed(zone);
           end_borrow(zone);
         }},

    {.clause = &clauses::no_page_after_claim,
     .how = "the search after the claim finds nothing",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           claim_block_0(zone);
           zone.observers->search_begins(zone, unmovable);
           zone.observers->search_ends(zone, unmovable, PassId::NO_PAGE, no_page);
           end_search(zone, unmovable, PassId::NO_PAGE, no_index);
         }},
    {.clause = &clauses::bound,
     .how = "the claim does not search",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           claim_block_0(zone);
           end_search(zone, unmovable, PassId::NO_PAGE, no_index);
         }},
    {.clause = &clauses::counted,
     .how = "a claim within the search after a claim",
     .machine = mixed_bound_1,
     .inflict =
         [](Zone& zone) {
           claim_block_0(zone);
           zone.observers->search_begins(zone, unmovable);
           zone.observers->chosen(zone, unmovable, row(zone, PassId::PASS_2B, Effect::claim_part),
                                  Pfn(8), Order(2));
           set_tag(zone, 1, MIGRATE_UNMOVABLE);
           zone.observers->search_begins(zone, unmovable);
         }},
    {.clause = &clauses::claimed_bits,
     .how = "the new tag's bit is not set",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           claim_block_0(zone);
           zone.observers->search_begins(zone, unmovable);
         }},
    {.clause = &clauses::served_last,
     .how = "another one is",
     .machine = two_alike,
     .inflict = [](Zone& zone) { hand_out_page(zone, movable, PassId::PASS_1, 0); }},
    {.clause = &clauses::reentry_flags,
     .how = "the search after the claim keeps ALLOC_NOFRAGMENT",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           claim_block_0(zone);
           Req keeps = unmovable;
           keeps.nofragment = true;
           zone.observers->search_begins(zone, keeps);
           zone.observers->search_ends(zone, keeps, PassId::PASS_1, Pfn(0));
           end_search(zone, unmovable, PassId::PASS_2B, 0);
         }},
    {.clause = &clauses::elsewhere,
     .how = "the page is in another pageblock",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           claim_block_0(zone);
           zone.observers->search_begins(zone, unmovable);
           zone.observers->search_ends(zone, unmovable, PassId::PASS_1, Pfn(33));
           end_search(zone, unmovable, PassId::PASS_2B, 33);
         }},
    {.clause = &clauses::atomic_taints,
     .how = "an atomic request",
     .machine = mixed,
     .inflict =
         [](Zone& zone) { taint_superpageblock_0(zone, req(MIGRATE_UNMOVABLE, 0, true, true)); }},
    {.clause = &clauses::any_taints,
     .how = "a request that may wait",
     .machine = mixed,
     .inflict = [](Zone& zone) { taint_superpageblock_0(zone, req(MIGRATE_UNMOVABLE, 0, true)); }},

    {.clause = &clauses::own_list,
     .how = "a claim taints where PASS_1 has a chunk",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->attempt_begins(zone, unmovable);
           zone.observers->fallback_chosen(zone, unmovable, PassId::CLAIM, Pfn(16), Order(4),
                                           MIGRATE_MOVABLE);
         }},
    {.clause = &clauses::mixed_content,
     .how = "by two takes from own lists",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           content_comes_to_block_0(zone, unmovable, PB_has_movable | PB_has_unmovable);
           content_comes_to_block_0(zone, req(MIGRATE_RECLAIMABLE),
                                    PB_has_movable | PB_has_unmovable | PB_has_reclaimable);
         }},
    {.clause = &clauses::asked_before,
     .how = "the flag is dropped after one try",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           for (const bool nofragment : {true, false}) {
             const Req request = req(MIGRATE_UNMOVABLE, 0, nofragment);
             zone.observers->attempt_begins(zone, request);
             zone.observers->attempt_ends(zone, request, PassId::NO_PAGE, no_page);
           }
         },
     .op = waiting_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::asked_before,
     .how = "compaction was not asked",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           const Req request = req(MIGRATE_UNMOVABLE, 0);
           zone.observers->driver_step(zone, DriverStep::DIRECT_RECLAIM);
           zone.observers->attempt_begins(zone, request);
           zone.observers->attempt_ends(zone, request, PassId::NO_PAGE, no_page);
         },
     .op = waiting_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::unserved,
     .how = "nothing where a page is free",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = waiting_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::unmarked,
     .how = "a free pageblock without the bit",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           set_bits(zone, 7, 0);
           change_spb<&SpbState::nr_free, -1>(zone);
         }},
    {.clause = &clauses::has_content,
     .how = "a free pageblock with content",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           set_bits(zone, 7, PB_all_free | PB_has_movable);
           change_spb<&SpbState::nr_movable, 1>(zone);
         }},
    {.clause = &clauses::category,
     .how = "a hint to a tainted superpageblock for a movable request",
     .machine = mixed,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::HINT, 48, 4); }},
    {.clause = &clauses::nothing_usable,
     .how = "refused for isolated pages",
     .machine = only_isolated,
     .inflict =
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

/// A request for evacuation, with what comes of it.
template <Migratetype type, EvacuationAnswer answer>
void ask(Zone& zone) {
  zone.observers->evacuation_requested(zone, req(type), answer);
}
/// RECLAIMABLE has no chunk in a tainted superpageblock of mixed().
void ask_twice(Zone& zone) {
  ask<MIGRATE_RECLAIMABLE, EvacuationAnswer::queued>(zone);
  ask<MIGRATE_RECLAIMABLE, EvacuationAnswer::queued>(zone);
}

const Wound stated_wounds[] = {
    {.clause = &clauses::pass_rule,
     .how = "PASS_4 without the reserve",
     .machine = mixed_without_reserve,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {.clause = &clauses::pass_order,
     .how = "PASS_4 before PASS_1",
     .machine = mixed_backwards,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {.clause = &clauses::claim_rule,
     .how = "a claim without the half rule",
     .machine = nearly_full_edited<drop_half_rule>,
     .inflict =
         [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 6, 1, MIGRATE_MOVABLE); }},
    {.clause = &clauses::mode_rule,
     .how = "a steal under ALLOC_NOFRAGMENT",
     .machine = nearly_full_edited<open_steal>,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, req(MIGRATE_UNMOVABLE, 0, true), PassId::STEAL, 6, 1, MIGRATE_MOVABLE);
         }},
    {.clause = &clauses::hint,
     .how = "for a type that nobody served",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::hints(zone).of[0][MIGRATE_RECLAIMABLE] = 1;
           S::mark_zone(zone, ZonePart::hints);
         }},
    {.clause = &clauses::hint,
     .how = "PASS_1 leaves none",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->search_begins(zone, req(MIGRATE_UNMOVABLE, 1));
           zone.observers->search_ends(zone, req(MIGRATE_UNMOVABLE, 1), PassId::PASS_1, Pfn(34));
         }},
    {.clause = &clauses::queued,
     .how = "a claim queues none",
     .machine = with_pool,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::CLAIM, 4, 2, MIGRATE_MOVABLE);
           set_tag(zone, 0, MIGRATE_UNMOVABLE);
           zone.observers->search_begins(zone, unmovable);
         }},
    {.clause = &clauses::throttle_early,
     .how = "two in one operation",
     .machine = mixed,
     .inflict = ask_twice},
    {.clause = &clauses::throttled_idle,
     .how = "one that follows none",
     .machine = mixed,
     .inflict = ask<MIGRATE_RECLAIMABLE, EvacuationAnswer::throttled>},
    {.clause = &clauses::throttle_pool,
     .how = "a page on the list",
     .machine = mixed,
     .inflict = ask<MIGRATE_UNMOVABLE, EvacuationAnswer::queued>},
    {.clause = &clauses::throttle_pool,
     .how = "no page on the list",
     .machine = mixed,
     .inflict = ask<MIGRATE_RECLAIMABLE, EvacuationAnswer::pool_has_chunk>},
    {.clause = &clauses::throttle_left,
     .how = "an interval that nobody began",
     .machine = mixed,
     .inflict = [](Zone& zone) { S::state(zone).evacuation_wait[MIGRATE_MOVABLE] = 3; }},
    {.clause = &clauses::throttle_left,
     .how = "none where one was queued",
     .machine = mixed_timeless,
     .inflict = ask<MIGRATE_RECLAIMABLE, EvacuationAnswer::queued>},
    {.clause = &clauses::throttle_left,
     .how = "of another zone",
     .machine = two_zones,
     .inflict = [](Zone& zone) { S::state(second(zone)).evacuation_wait[MIGRATE_MOVABLE] = 3; }},
    {.clause = &clauses::shrink_low,
     .how = "nobody asks where one is low",
     .machine = mixed_low,
     .inflict =
         [](Zone& zone) {
           choose(zone, unmovable, PassId::PASS_2D, 48, 4);
           zone.observers->search_ends(zone, unmovable, PassId::PASS_2D, Pfn(48));
         }},
    {.clause = &clauses::shrink_taints,
     .how = "a movable claim asks",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->shrink_requested(zone);
           zone.observers->fallback_chosen(zone, movable, PassId::CLAIM, Pfn(34), Order(1),
                                           MIGRATE_UNMOVABLE);
         }},
    {.clause = &clauses::asked_claim,
     .how = "nobody asks before a claim taints",
     .machine = mixed,
     .inflict =
         [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 16, 4, MIGRATE_MOVABLE); }},
    {.clause = &clauses::asked_walk,
     .how = "nobody asks where one is low on pageblocks",
     .machine = mixed_large_reserve,
     .inflict =
         [](Zone& zone) {
           const auto& modes = zone.policy().modes;
           const auto* const normal =
               std::find_if(modes.begin(), modes.end(),
                            [](const ModeRow<Concrete>& mode) { return mode.id == Mode::NORMAL; });
           zone.observers->attempt_begins(zone, optional);
           zone.observers->mode_begins(zone, optional, *normal);
           zone.observers->search_begins(zone, optional);
           zone.observers->search_ends(zone, optional, PassId::NO_PAGE, no_page);
         }},
    {.clause = &clauses::told_block,
     .how = "a bit that was set is told",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.events.add({.kind = EventKind::spb_pb_taint,
                            .type = MIGRATE_UNMOVABLE,
                            .pfn = Pfn(32),
                            .a = 1});
         }},
    {.clause = &clauses::told_search,
     .how = "a page that nobody took is told",
     .machine = mixed,
     .inflict =
         [](Zone& zone) { zone.events.add({.kind = EventKind::mm_page_alloc_zone_locked}); }},
    {.clause = &clauses::told_asked,
     .how = "slab is asked to shrink, and nobody hears of it",
     .machine = mixed,
     .inflict = [](Zone& zone) { zone.events.add({.kind = EventKind::shrink_requested}); }},
    {.clause = &clauses::told_page,
     .how = "a free is told where nothing is freed",
     .machine = mixed,
     .inflict = [](Zone& zone) { zone.events.add({.kind = EventKind::mm_page_free}); }},
    {.clause = &clauses::driver_steps,
     .how = "nothing is tried",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->driver_begins(zone, unmovable);
           zone.observers->driver_ends(zone, false);
         },
     .op = waiting_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::ladder_flags,
     .how = "ALLOC_NOFRAGMENT is lost at once",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           try_once(zone, tainted_ok(false, false));
           try_once(zone, req(MIGRATE_UNMOVABLE, 0, false, true));
         },
     .op = atomic_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::first_tag,
     .how = "an UNMOVABLE pageblock",
     .machine = two_types,
     .inflict = [](Zone&) {},
     .seen = Seen::before_operations},
    {.clause = &clauses::first_page,
     .how = "one is allocated",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .seen = Seen::before_operations},
    {.clause = &clauses::try_type,
     .how = "a target that is not MOVABLE",
     .machine = with_work,
     .inflict = [](Zone& zone) { try_once(zone, unmovable); },
     .op = {.kind = OpKind::worker},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::try_type,
     .how = "another than the caller's",
     .machine = mixed,
     .inflict = [](Zone& zone) { try_once(zone, movable); },
     .op = waiting_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::try_cma,
     .how = "ALLOC_CMA for UNMOVABLE",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           Req request = tainted_ok(false, false);
           request.cma = true;
           try_once(zone, request);
         },
     .op = atomic_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::try_non_block,
     .how = "not in the slow path",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           try_once(zone, tainted_ok(false, false));
           try_once(zone, tainted_ok(true, false));
         },
     .op = atomic_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::ladder_gives_up,
     .how = "a second try for __GFP_NORETRY",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           try_once(zone, tainted_ok(false, false));
           try_once(zone, tainted_ok(true, true));
         },
     .op = {.kind = OpKind::alloc, .slot = 5, .a = GFP_ATOMIC | __GFP_NORETRY},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::ladder_goes_on,
     .how = "one try alone",
     .machine = mixed,
     .inflict = [](Zone& zone) { try_once(zone, tainted_ok(false, false)); },
     .op = atomic_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::waiter_keeps,
     .how = "a last try for __GFP_NORETRY",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           try_once(zone, kept_flag);
           try_once(zone, unmovable);
         },
     .op = {.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL | __GFP_NORETRY},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::waiter_keeps,
     .how = "a last try for a costly order",
     .machine = mixed,
     .inflict = [](Zone& zone) { try_once(zone, req(MIGRATE_UNMOVABLE, 4, false)); },
     .op = {.kind = OpKind::alloc, .order = 4, .slot = 5, .a = GFP_KERNEL},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::waiter_drops,
     .how = "one try alone",
     .machine = mixed,
     .inflict = [](Zone& zone) { try_once(zone, kept_flag); },
     .op = waiting_caller,
     .outcome = {.result = Result::none}},
    {.clause = &clauses::waiter_drops,
     .how = "one try for a costly order that insists",
     .machine = mixed,
     .inflict = [](Zone& zone) { try_once(zone, req(MIGRATE_UNMOVABLE, 4, true)); },
     .op = {.kind = OpKind::alloc, .order = 4, .slot = 5, .a = GFP_KERNEL | __GFP_RETRY_MAYFAIL},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::waiter_drops,
     .how = "one try for __GFP_NOFAIL",
     .machine = mixed,
     .inflict = [](Zone& zone) { try_once(zone, kept_flag); },
     .op = {.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL | __GFP_NORETRY | __GFP_NOFAIL},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::mode_sequence,
     .how = "the reserve's rescue comes first",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           const auto& modes = zone.policy().modes;
           zone.observers->attempt_begins(zone, unmovable);
           zone.observers->mode_begins(zone, unmovable, modes[modes.size() - 1]);
           zone.observers->mode_begins(zone, unmovable, modes[0]);
         }},
    {.clause = &clauses::free_end,
     .how = "a chunk whose pair's neighbour is free is not the last",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::give, .a = 41},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::free_tag,
     .how = "a free pageblock turns UNMOVABLE",
     .machine = mixed,
     .inflict = [](Zone& zone) { set_tag(zone, 6, MIGRATE_UNMOVABLE); },
     .op = {.kind = OpKind::give, .a = 48},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::split_first,
     .how = "the upper half is on no list",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           choose(zone, unmovable, PassId::PASS_1, 34, 1);
           end_search(zone, unmovable, PassId::PASS_1, 34);
         }},
    {.clause = &clauses::split_first,
     .how = "what is left of a named frame's chunk is on no list",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = take(34, 0, MIGRATE_UNMOVABLE),
     .outcome = {.result = Result::done}},
    {.clause = &clauses::isolate_answer,
     .how = "a pageblock with an unmovable page is isolated",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = isolate(4),
     .outcome = {.result = Result::done}},
    {.clause = &clauses::unisolate_answer,
     .how = "one is given back that was not isolated",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::unisolate, .a = 4},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::moved_last,
     .how = "it goes to the head",
     .machine = mixed_isolated_alone,
     .inflict = isolate_1_at_the_head,
     .op = isolate(1),
     .outcome = {.result = Result::done}},
    {.clause = &clauses::isolated_bit,
     .how = "one is given back, and stays isolated",
     .machine = mixed_isolated_1,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::unisolate, .a = 1},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::reclaims,
     .how = "a movable page stays",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->driver_begins(zone, unmovable);
           zone.observers->driver_step(zone, DriverStep::DIRECT_RECLAIM);
         },
     .op = {.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL, .b = 1},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::tries,
     .how = "a batch tries nothing",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::bulk, .flags = 2, .slot = 5, .a = MIGRATE_UNMOVABLE},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::mode_lists,
     .how = "CMA's mode searches the own lists",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           const auto& modes = zone.policy().modes;
           const auto* const cma =
               std::find_if(modes.begin(), modes.end(),
                            [](const ModeRow<Concrete>& mode) { return mode.id == Mode::CMA; });
           zone.observers->attempt_begins(zone, movable);
           zone.observers->mode_begins(zone, movable, *cma);
           zone.observers->search_begins(zone, movable);
         }},
    {.clause = &clauses::moved_unmerged,
     .how = "it is noted, and nothing moved",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::state(zone).moved_unmerged = 1;
           S::mark_zone(zone, ZonePart::merging);
         }},
    {.clause = &clauses::stated_content,
     .how = "PASS_2D reads another list",
     .machine = with_another_pass_2d,
     .inflict = [](Zone& zone) { zone.observers->attempt_begins(zone, unmovable); }},
    {.clause = &clauses::answer,
     .how = "work is done where none is pending",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::handed_type,
     .how = "an UNMOVABLE page for a movable request",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           choose(zone, movable, PassId::PASS_1, 8, 3);
           end_search(zone, movable, PassId::PASS_1, 32);
         }},
    {.clause = &clauses::tagged_bits,
     .how = "a free pageblock has content",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           set_bits(zone, 1, PB_has_movable);
           change_spb<&SpbState::nr_movable, 1>(zone);
         },
     .op = {.kind = OpKind::tag, .a = 1, .b = MIGRATE_MOVABLE},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::stated_row,
     .how = "PASS_2 is not in the table",
     .machine = without_pass_2,
     .inflict = [](Zone& zone) { zone.observers->attempt_begins(zone, unmovable); }},
    {.clause = &clauses::reserve_joins,
     .how = "without ALLOC_HIGHATOMIC",
     .machine = mixed,
     .inflict = change_state<&ZoneState::nr_reserved_highatomic>,
     .op = request(5, 0, MIGRATE_UNMOVABLE),
     .outcome = {.result = Result::page, .pfn = Pfn(32)}},
    {.clause = &clauses::reserve_leaves,
     .how = "where nothing is reserved",
     .machine = mixed,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::unreserve, .flags = op_force, .a = MIGRATE_MOVABLE},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::reserve_leaver,
     .how = "its tag stays",
     .machine = with_reserve,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::unreserve, .flags = op_force, .a = MIGRATE_MOVABLE},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::grown,
     .how = "nothing joins",
     .machine = with_room,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::grow},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::grown,
     .how = "without being asked",
     .machine = with_room,
     .inflict = [](Zone& zone) { resize_zone_superpageblocks(zone); }},
    {.clause = &clauses::joins,
     .how = "a page of it is allocated",
     .machine = with_room,
     .inflict =
         [](Zone& zone) {
           resize_zone_superpageblocks(zone);
           S::page(zone, 8) = page_state::allocated | MIGRATE_MOVABLE;
         },
     .op = {.kind = OpKind::grow},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::joins,
     .how = "its pageblock is UNMOVABLE",
     .machine = with_room,
     .inflict =
         [](Zone& zone) {
           resize_zone_superpageblocks(zone);
           set_tag(zone, 1, MIGRATE_UNMOVABLE);
         },
     .op = {.kind = OpKind::grow},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::hints_cleared,
     .how = "one is left",
     .machine = with_room,
     .inflict =
         [](Zone& zone) {
           resize_zone_superpageblocks(zone);
           S::hints(zone).of[0][MIGRATE_MOVABLE] = 1;
         },
     .op = {.kind = OpKind::grow},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::worker_batch,
     .how = "a page moves that cannot",
     .machine = with_work,
     .inflict = empty_slot<2>,
     .op = {.kind = OpKind::worker},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::worker_page,
     .how = "a page goes that fails",
     .machine = with_work,
     .inflict = empty_slot<0>,
     .op = {.kind = OpKind::worker, .b = 1},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::worker_room,
     .how = "nothing is asked for",
     .machine = with_work,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::worker},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::worker_content,
     .how = "the pageblock is not finished",
     .machine = with_work,
     .inflict = [](Zone& zone) { set_bits(zone, 0, PB_has_unmovable); },
     .op = {.kind = OpKind::worker, .b = 1},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::worker_end,
     .how = "the item stays in the workqueue",
     .machine = with_work,
     .inflict = [](Zone&) {},
     .op = {.kind = OpKind::worker},
     .outcome = {.result = Result::done}},
    {.clause = &clauses::item_order,
     .how = "an item moves that is not due",
     .machine = with_pool,
     .inflict = [](Zone& zone) { zone.observers->item_moved(zone, 3); }},
    {.clause = &clauses::reclaimed_type,
     .how = "an unmovable page is reclaimed",
     .machine = mixed,
     .inflict = empty_slot<1>,
     .op = {.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL, .b = 2},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::migrated_type,
     .how = "an unmovable page is migrated",
     .machine = mixed,
     .inflict = [](Zone& zone) { ++S::slot(zone, 1).page; },
     .op = {.kind = OpKind::alloc, .slot = 5, .a = GFP_KERNEL, .b = 2U << 16},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::retyped,
     .how = "a page from before keeps its type",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           S::page(zone, 8) = page_state::allocated | page_state::before | MIGRATE_MOVABLE;
           zone.dirty.pages.add({Pfn(8), Order(3)});
           zone.dirty.spbs.add(SpbIndex(0));
         },
     .op = {.kind = OpKind::tag, .a = 1, .b = MIGRATE_UNMOVABLE},
     .outcome = {.result = Result::done}},
};

// ---- wounds of conformance

const Wound conformance_wounds[] = {
    {.clause = &clauses::mode_order,
     .how = "a claim before any pass",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->attempt_begins(zone, unmovable);
           zone.observers->fallback_chosen(zone, unmovable, PassId::CLAIM, Pfn(48), Order(4),
                                           MIGRATE_MOVABLE);
         }},
    {.clause = &clauses::batch_mode,
     .how = "own lists after a steal",
     .machine = nearly_full,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::STEAL, 6, 1, MIGRATE_MOVABLE);
           zone.observers->attempt_ends(zone, unmovable, PassId::STEAL, Pfn(6));
           begin_search(zone, unmovable);
         },
     .op = {.kind = OpKind::bulk, .flags = 2, .slot = 5, .a = MIGRATE_UNMOVABLE},
     .outcome = {.result = Result::none}},
    {.clause = &clauses::mode_order,
     .how = "HIGHATOMIC lists are left out",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           Req request = unmovable;
           request.highatomic = true;
           begin_search(zone, request);
         }},
    {.clause = &clauses::gate,
     .how = "HIGHATOMIC lists without ALLOC_HIGHATOMIC",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           zone.observers->attempt_begins(zone, unmovable);
           zone.observers->mode_begins(zone, unmovable, zone.policy().modes[0]);
         }},
    {.clause = &clauses::gate,
     .how = "a movable request in PASS_2",
     .machine = mixed,
     .inflict =
         [](Zone& zone) { choose(zone, movable, PassId::PASS_2, 48, 4, Effect::claim_whole); }},
    {.clause = &clauses::gate,
     .how = "a steal under ALLOC_NOFRAGMENT",
     .machine = nearly_full,
     .inflict =
         [](Zone& zone) {
           const Req request = req(MIGRATE_UNMOVABLE, 0, true);
           fall_back(zone, request, PassId::STEAL, 6, 1, MIGRATE_MOVABLE);
         }},
    {.clause = &clauses::earlier_pass,
     .how = "PASS_4 where PASS_1 has a chunk",
     .machine = mixed,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {.clause = &clauses::missed_pass,
     .how = "nothing found where PASS_1 has a chunk",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           begin_search(zone, movable);
           end_search(zone, movable, PassId::NO_PAGE, no_index);
         }},
    {.clause = &clauses::source,
     .how = "PASS_2 in a clean superpageblock",
     .machine = mixed,
     .inflict =
         [](Zone& zone) { choose(zone, unmovable, PassId::PASS_2, 16, 4, Effect::claim_whole); }},
    {.clause = &clauses::spb_filter,
     .how = "PASS_4 within the reserve",
     .machine = mixed_large_reserve,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::PASS_4, 48, 4); }},
    {.clause = &clauses::chunk_filter,
     .how = "PASS_2 of an isolated pageblock",
     .machine = mixed_isolated_6,
     .inflict =
         [](Zone& zone) { choose(zone, unmovable, PassId::PASS_2, 48, 4, Effect::claim_whole); }},
    {.clause = &clauses::list_read,
     .how = "PASS_1 from another type's list",
     .machine = mixed,
     .inflict = [](Zone& zone) { choose(zone, unmovable, PassId::PASS_1, 48, 4); }},
    {.clause = &clauses::head_read,
     .how = "PASS_1 of a list's second chunk",
     .machine = mixed,
     .inflict = [](Zone& zone) { choose(zone, unmovable, PassId::PASS_1, 33, 0); }},
    {.clause = &clauses::order_range,
     .how = "PASS_2 of less than a pageblock",
     .machine = mixed,
     .inflict =
         [](Zone& zone) { choose(zone, unmovable, PassId::PASS_2, 1, 0, Effect::claim_whole); }},
    {.clause = &clauses::fuller_bin,
     .how = "PASS_1 in the emptier superpageblock",
     .machine = two_clean,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::PASS_1, 8, 3); }},
    {.clause = &clauses::earlier_order,
     .how = "PASS_1 of a page where a pageblock is free",
     .machine = mixed,
     .inflict = [](Zone& zone) { choose(zone, movable, PassId::PASS_1, 1, 0); }},
    {.clause = &clauses::served_by,
     .how = "PASS_4 named for what PASS_1 chose",
     .machine = mixed,
     .inflict =
         [](Zone& zone) {
           choose(zone, movable, PassId::PASS_1, 8, 3);
           end_search(zone, movable, PassId::PASS_4, 8);
         }},
    {.clause = &clauses::refused_claim,
     .how = "a claim against the half rule",
     .machine = nearly_full,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::CLAIM, 6, 1, MIGRATE_MOVABLE);
           set_tag(zone, 0, MIGRATE_UNMOVABLE);
           zone.observers->attempt_ends(zone, unmovable, PassId::CLAIM, Pfn(6));
         }},
    {.clause = &clauses::claim_due,
     .how = "a claim that nothing rules out is not made",
     .machine = nearly_free,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::CLAIM, 4, 2, MIGRATE_MOVABLE);
           zone.observers->attempt_ends(zone, unmovable, PassId::CLAIM, Pfn(4));
         }},
    {.clause = &clauses::fallback_step,
     .how = "a claim of a smaller chunk first",
     .machine = nearly_free,
     .inflict =
         [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 2, 1, MIGRATE_MOVABLE); }},
    {.clause = &clauses::fallback_step,
     .how = "a chunk that is left to steal",
     .machine = nearly_full,
     .inflict =
         [](Zone& zone) {
           fall_back(zone, unmovable, PassId::CLAIM, 6, 1, MIGRATE_MOVABLE);
           zone.observers->attempt_ends(zone, unmovable, PassId::NO_PAGE, no_page);
         }},
    {.clause = &clauses::fallback_bin,
     .how = "a claim in the emptier superpageblock",
     .machine = two_clean,
     .inflict =
         [](Zone& zone) { fall_back(zone, unmovable, PassId::CLAIM, 16, 3, MIGRATE_MOVABLE); }},
    {.clause = &clauses::fallback_list,
     .how = "MOVABLE where RECLAIMABLE comes first",
     .machine = two_types,
     .inflict =
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
