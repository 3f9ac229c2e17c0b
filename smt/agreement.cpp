// SPDX-License-Identifier: GPL-2.0-only
#include "smt/agreement.h"

#include <deque>
#include <string>
#include <utility>

#include "explore/search.h"
#include "smt/small_zones.h"

namespace spb::smt {

namespace {

using ReadingOfZone = Reading<Concrete>;

const ZoneWorld::Spot* find_spot(const ZoneWorld& world, Pfn head) {
  for (const ZoneWorld::Spot& spot : world.spots()) {
    if (spot.first == head) return &spot;
  }
  return nullptr;
}

bool same(const Block<Concrete>& a, const Block<Concrete>& b) {
  return a.tag == b.tag && a.isolated == b.isolated && a.all_free == b.all_free &&
         a.has_unmovable == b.has_unmovable && a.has_reclaimable == b.has_reclaimable &&
         a.has_movable == b.has_movable;
}

bool is_unconditional(const ReadingOfZone& reading, std::size_t i) {
  return reading.is_pass(i) && reading.pass(i).effect != Effect::claim_part;
}

}  // namespace

void Agreement::differs(std::string what) {
  if (!difference_) difference_ = std::move(what);
}

void Agreement::check_state(const ZoneWorld& world) {
  const Ground<Concrete> ground = world.ground();
  const bool all = world.every(
      [&](const ZoneWorld::Spot& at) { return well_formed<Concrete>(at, world.limits(), ground); });
  if (!all) differs("the state is not what the proofs call well-formed");
}

void Agreement::search_begins(const Zone& zone, const Request<Concrete>& request) {
  ++searches_;
  const ZoneWorld world(zone, request);
  const ReadingOfZone reading(policy_, request, zone.limits());
  check_state(world);
  Expectation expected;
  for (std::size_t i = 0; i < reading.steps().size() && reading.is_pass(i); ++i) {
    if (!world.some([&](const ZoneWorld::Spot& at) { return reading.takes(i, at); })) continue;
    expected.pass = reading.step(i).id;
    expected.step = i;
    break;
  }
  searches_open_.push_back(expected);
}

void Agreement::chosen(const Zone& zone, const Request<Concrete>& request,
                       const PassRow<Concrete>& row, Pfn head, Order) {
  const ZoneWorld world(zone, request);
  const ReadingOfZone reading(policy_, request, zone.limits());
  const ZoneWorld::Spot* at = find_spot(world, head);
  const auto i = static_cast<std::size_t>(&row - zone.policy().passes.begin());
  if (at == nullptr || i >= reading.steps().size() || searches_open_.empty()) {
    differs("the engine chose a chunk that is not free");
    return;
  }
  Expectation& expected = searches_open_.back();
  // The engine finds out that a claim in part is refused only after it chose the chunk.
  if (row.effect == Effect::claim_part && reading.refused(*at, true)) return;
  if (!reading.takes(i, *at)) {
    differs("the engine chose a chunk that the reading does not let its pass take");
  } else if (expected.pass != row.id || expected.step != i) {
    differs("the engine is in a later pass than the first with a candidate, or in an earlier one");
  }
  expected.taken = head;
  expected.after = reading.after(i, *at);
}

void Agreement::fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by,
                                Pfn head, Order, Migratetype) {
  const ZoneWorld world(zone, request);
  const ReadingOfZone reading(policy_, request, zone.limits());
  const ZoneWorld::Spot* at = find_spot(world, head);
  if (at == nullptr) {
    differs("a claim or steal chose a chunk that is not free");
    return;
  }
  if (by == PassId::CLAIM && reading.refused(*at, false)) return;
  for (std::size_t i = 0; i < reading.steps().size(); ++i) {
    if (reading.step(i).id == by && reading.takes(i, *at)) return;
  }
  differs("a claim or steal chose a chunk that the reading does not let it take");
}

void Agreement::search_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                            Pfn page) {
  if (searches_open_.empty()) return;
  const Expectation expected = searches_open_.back();
  searches_open_.pop_back();
  if (by != expected.pass) {
    differs("the search was served by another pass than the first with a candidate");
    return;
  }
  if (page == no_page) return;
  const ReadingOfZone reading(policy_, request, zone.limits());
  if (is_unconditional(reading, expected.step) && page != expected.taken) {
    differs("the page handed out is not the chunk that was chosen");
  }
  if (!same(zone.view(zone.block_of(page)), expected.after)) {
    differs("the pageblock is not what the effect makes of it");
  }
}

// ---- every state of a small zone

Explored explore(const ZoneSpec& zone, const Policy<Concrete>& engine,
                 const Policy<Concrete>& reading, uint64_t transitions_max, uint32_t threads) {
  // One for each world; where there is a difference, the last was told it by the program alone.
  std::deque<Agreement> watches;
  const MakeWorld make_world = [&] {
    return watched_states(zone, engine, watches.emplace_back(reading));
  };
  SearchOptions options;
  options.threads = threads;
  options.transitions_max = transitions_max;
  options.memory_max = SIZE_MAX;
  const SearchResult seen = search(make_world, options);
  Explored result;
  result.complete = seen.end == SearchEnd::complete;
  result.states = seen.counts.states;
  result.transitions = seen.counts.transitions;
  result.depth = seen.counts.depth;
  for (const Agreement& watch : watches)
    result.searches += watch.searches();
  if (seen.end != SearchEnd::found) return result;
  result.difference = watches.back().difference();
  result.program = {zone, seen.path};
  return result;
}

}  // namespace spb::smt
