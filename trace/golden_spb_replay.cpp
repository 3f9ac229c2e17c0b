// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden_spb_replay.h"

#include <string_view>
#include <utility>
#include <vector>

#include "model/state/zone.h"
#include "trace/golden_text.h"

namespace spb::trace {

namespace {

using Kind = GoldenStep::Kind;

// ---- what the model answers

/// Calls `write(event)` for each event of a kind.
template <class Write>
void for_each_event(const Zone& zone, EventKind kind, Write write) {
  for (const Event& event : zone.events) {
    if (event.kind == kind) write(event);
  }
}

std::string_view outcome_name(uint32_t by) {
  const auto id = static_cast<PassId>(by);
  return id == PassId::NO_PAGE ? "NONE" : name_of(id);
}

void write_walks(Text& out, const Zone& zone) {
  Items items(out, "walk");
  for_each_event(zone, EventKind::spb_alloc_walk, [&](const Event& event) {
    items.next() << outcome_name(event.a) << ':' << event.b;
  });
}

void write_fallback(Text& out, const Zone& zone) {
  Items items(out, "ext");
  for_each_event(zone, EventKind::mm_page_alloc_extfrag, [&](const Event& event) {
    const bool claimed = event.c != 0;
    const bool part = claimed && event.a < zone.geometry().pageblock_order;
    const std::string_view kind = part ? "part" : claimed ? "whole" : "steal";
    items.next() << kind << ':' << event.a << ':' << letter(event.b);
    if (part) write_pages(out, pages_before(zone, event));
  });
}

void write_hints(Text& out, const Zone& zone) {
  Items items(out, "hint");
  for_each_event(zone, EventKind::hint_used, [&](const Event& event) {
    items.next() << event.a << ':' << "cte"[event.c] << ':' << event.b;
  });
}

std::string_view refusal_name(Refusal reason) {
  switch (reason) {
    case Refusal::ISOLATE:
      return "isolate";
    case Refusal::CMA:
      return "cma";
    case Refusal::ZONE_BOUNDARY:
      return "edge";
    case Refusal::CROSS_TYPE_NOT_FREE:
      return "cross";
    case Refusal::INSUFFICIENT_COMPAT:
      return "half";
    case Refusal::count:
      break;
  }
  return "?";
}

void write_refusals(Text& out, const Zone& zone) {
  Items items(out, "ref");
  for_each_event(zone, EventKind::spb_claim_block_refused, [&](const Event& event) {
    const auto reason = static_cast<Refusal>(event.a);
    items.next() << zone.block_of(event.pfn).value << ':' << letter(event.b) << '>'
                 << letter(event.type) << ':' << refusal_name(reason);
    if (reason == Refusal::CROSS_TYPE_NOT_FREE || reason == Refusal::INSUFFICIENT_COMPAT) {
      write_pages(out, pages_before(zone, event));
    }
  });
}

void write_optional(Text& out, const Zone& zone) {
  for_each_event(zone, EventKind::highorder_refused,
                 [&](const Event&) { out << " optional=refused"; });
}

void write_tags(Text& out, const Zone& zone) {
  Items items(out, "tag");
  for_each_event(zone, EventKind::retag, [&](const Event& event) {
    items.next() << zone.block_of(event.pfn).value << ':' << letter(event.a) << '>'
                 << letter(event.type);
  });
}

void write_bits(Text& out, const Zone& zone) {
  Items items(out, "bit");
  for (const Event& event : zone.events) {
    const bool all_free = event.kind == EventKind::all_free;
    if (!all_free && event.kind != EventKind::spb_pb_taint) continue;
    items.next() << zone.block_of(event.pfn).value << ':' << (event.a ? '+' : '-')
                 << (all_free ? 'F' : letter(event.type));
  }
}

/// A superpageblock that is asked again within an operation is running already.
void write_defrag(Text& out, const Zone& zone) {
  Items items(out, "defrag");
  std::vector<bool> running(zone.nr_spbs());
  for_each_event(zone, EventKind::defrag_requested, [&](const Event& event) {
    if (running[event.a]) return;
    running[event.a] = true;
    items.next() << event.a;
  });
}

void write_requests(Text& out, const Zone& zone) {
  write_defrag(out, zone);
  Items items(out, "evac");
  for_each_event(zone, EventKind::evacuation_requested, [&](const Event& event) {
    items.next() << event.order << ':' << letter(event.type) << ':' << (event.a ? 'h' : 'q');
  });
  uint32_t shrinks = 0;
  for_each_event(zone, EventKind::shrink_requested, [&](const Event&) { ++shrinks; });
  if (shrinks > 0) out << " shrink=" << shrinks;
}

void write_fall_through(Text& out, const Zone& zone) {
  Items items(out, "fall");
  for_each_event(zone, EventKind::spb_alloc_fall_through, [&](const Event& event) {
    const auto saw = [&](WalkSaw bit) { return event.a >> walk_saw_shift & bit ? '1' : '0'; };
    items.next() << (event.a & ((1U << walk_saw_shift) - 1)) << '/' << event.b << '/'
                 << saw(SAW_FREE_PAGES) << saw(SAW_FREE_PAGEBLOCK) << saw(SAW_BELOW_RESERVE);
  });
}

void write_insertions(Text& out, const Zone& zone) {
  Items items(out, "ins");
  for_each_event(zone, EventKind::list_insert, [&](const Event& event) {
    items.next() << event.pfn.value << '/' << event.order << '/' << letter(event.type) << '/'
                 << (event.a ? 't' : 'h');
  });
}

/// A page that the operation got, by the events of the search or the fallback that served it.
struct Got {
  uint32_t pfn;
  PassId by;
  uint8_t searched;  ///< Migratetype
};

/// A claim of part of a pageblock tells the search inside it before itself, so of several events of
/// one page the last is right.
std::vector<Got> pages_got(const Zone& zone) {
  std::vector<Got> pages;
  const auto add = [&](const Event& event, PassId by) {
    if (event.pfn == no_page) return;
    if (!pages.empty() && pages.back().pfn == event.pfn.value) pages.pop_back();
    pages.push_back({event.pfn.value, by, event.type});
  };
  for (const Event& event : zone.events) {
    if (event.kind == EventKind::spb_alloc_walk) add(event, static_cast<PassId>(event.a));
    if (event.kind == EventKind::mm_page_alloc_extfrag) {
      add(event, event.c != 0 ? PassId::CLAIM : PassId::STEAL);
    }
  }
  return pages;
}

void write_page(Text& out, const Zone& zone, const Outcome& outcome) {
  if (outcome.result != Result::page) {
    out << "none";
    return;
  }
  out << outcome.pfn.value << " by=" << name_of(outcome.by);
  const std::vector<Got> got = pages_got(zone);
  if (!got.empty() && got.back().searched == MIGRATE_HIGHATOMIC) out << " src=H";
}

void write_batch(Text& out, const Zone& zone, const Outcome& outcome) {
  const std::vector<Got> got = pages_got(zone);
  out << outcome.pages;
  for (const Got& page : got)
    out << ' ' << page.pfn;
  out << " by=";
  for (std::size_t i = 0; i < got.size(); ++i)
    out << (i == 0 ? "" : ",") << name_of(got[i].by);
}

void write_warning(Text& out, const Zone& zone) {
  for_each_event(zone, EventKind::highatomic_unreserved, [&](const Event& event) {
    if (event.b != 0) out << " warn=unreserve_highatomic_pageblock";
  });
}

void write_alloc(Text& out, const Zone& zone, Kind kind, const Outcome& outcome) {
  if (kind == Kind::bulk) {
    write_batch(out, zone, outcome);
  } else {
    write_page(out, zone, outcome);
  }
  write_walks(out, zone);
  write_fallback(out, zone);
  write_hints(out, zone);
  write_refusals(out, zone);
  write_optional(out, zone);
  write_tags(out, zone);
  write_bits(out, zone);
  write_requests(out, zone);
  write_fall_through(out, zone);
}

void write_free(Text& out, const Zone& zone) {
  write_insertions(out, zone);
  write_tags(out, zone);
  write_bits(out, zone);
  write_defrag(out, zone);
}

void write_unreserve(Text& out, const Zone& zone, const Outcome& outcome) {
  out << (outcome.result == Result::done ? "ok" : "none");
  write_tags(out, zone);
  write_bits(out, zone);
  write_defrag(out, zone);
  write_warning(out, zone);
}

void write_isolation(Text& out, const Zone& zone, const Outcome& outcome) {
  if (outcome.result != Result::refused) {
    out << "ok";
    write_free(out, zone);
    return;
  }
  out << "fail " << (outcome.why == IsolateRefusal::count ? "notisolated" : name_of(outcome.why));
}

/// What stands behind the arrow.
void write_answer(Text& out, const Zone& zone, const GoldenStep& step, const Outcome& outcome) {
  if (step.kind == Kind::alloc || step.kind == Kind::bulk) {
    write_alloc(out, zone, step.kind, outcome);
  } else if (step.kind == Kind::unreserve) {
    write_unreserve(out, zone, outcome);
  } else if (step.kind == Kind::free) {
    write_free(out, zone);
  } else {
    write_isolation(out, zone, outcome);
  }
  if (zone.events.overflow) out << " (and more than the model's event log holds)";
}

// ---- the model's state

void write_stat(Text& out, const Zone& zone) {
  out << "stat free=" << zone.state().nr_free_pages
      << " blocks=" << zone.state().nr_free_pages_blocks
      << " hafree=" << zone.state().nr_free_highatomic
      << " hares=" << zone.state().nr_reserved_highatomic << " live=" << zone.state().nr_allocated
      << '\n';
}

char tag_letter(const Zone& zone, BlockIndex b) {
  return zone.geometry().outside(b) ? '.' : letter(zone.block(b).tag);
}

void write_bits_of(Text& out, const Zone& zone, BlockIndex b) {
  const uint8_t bits = zone.block(b).bits;
  if (zone.geometry().outside(b)) {
    out << " .";
    return;
  }
  out << ' ';
  if (bits & PB_all_free) out << 'F';
  if (bits & PB_has_unmovable) out << 'U';
  if (bits & PB_has_reclaimable) out << 'R';
  if (bits & PB_has_movable) out << 'M';
  if (!(bits & ~PB_migrate_isolate)) out << '-';
}

void write_blocks(Text& out, const Zone& zone) {
  const uint32_t nr_blocks = zone.geometry().nr_blocks();
  out << "tags ";
  for (BlockIndex b(0); b.value < nr_blocks; ++b)
    out << tag_letter(zone, b);
  out << "\nbits";
  for (BlockIndex b(0); b.value < nr_blocks; ++b)
    write_bits_of(out, zone, b);
  out << '\n';
  bool any = false;
  for (BlockIndex b(0); b.value < nr_blocks; ++b) {
    if (!zone.is_isolated(b)) continue;
    if (!any) out << "iso";
    any = true;
    out << ' ' << b.value;
  }
  if (any) out << '\n';
}

void write_counters(Text& out, const Zone& zone) {
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s) {
    const SpbState& spb = zone.spb(SpbIndex(s));
    out << "spb " << s << " free=" << spb.nr_free << " unmov=" << spb.nr_unmovable
        << " recl=" << spb.nr_reclaimable << " mov=" << spb.nr_movable << " rsv=" << spb.nr_reserved
        << " total=" << spb.total_pageblocks << " pages=" << spb.nr_free_pages << '\n';
  }
}

void write_place(Text& out, const Zone& zone, uint8_t list, std::string_view name, int bin) {
  uint32_t at = zone.state().spb_lists[list].first;
  if (at == 0) return;
  out << "at " << name;
  if (bin >= 0) out << '.' << static_cast<uint32_t>(bin);
  for (; at != 0; at = zone.spb(SpbIndex(at - 1)).next)
    out << ' ' << at - 1;
  out << '\n';
}

void write_places(Text& out, const Zone& zone) {
  for (const auto& [category, name] : {std::pair(SB_CLEAN, "clean"), {SB_TAINTED, "tainted"}}) {
    for (uint32_t bin = 0; bin < nr_fullness_bins; ++bin)
      write_place(out, zone, list_id(category, bin), name, static_cast<int>(bin));
  }
  write_place(out, zone, list_empty, "empty", -1);
}

void write_hint_table(Text& out, const Zone& zone) {
  for (Order order(0); order.value < zone.geometry().nr_page_orders(); ++order) {
    for (int type = 0; type < MIGRATE_PCPTYPES; ++type) {
      const uint32_t hint = zone.hint(order, static_cast<Migratetype>(type));
      if (hint == 0) continue;
      out << "hint " << order.value << ' ' << letter(static_cast<uint32_t>(type))
          << " cpu=" << hint - 1 << " zone=" << hint - 1 << '\n';
    }
  }
}

void write_list(Text& out, const Zone& zone, uint32_t s, Order order, uint32_t type) {
  uint32_t at = zone.free_list(s, order, static_cast<Migratetype>(type)).first;
  if (at == 0) return;
  out << "list " << s << ' ' << order.value << ' ' << letter(type);
  for (; at != 0; at = zone.links(Pfn(at - 1)).next)
    out << ' ' << at - 1;
  out << '\n';
}

void write_state(Text& out, const Zone& zone, uint64_t operations) {
  out << "state " << operations << '\n';
  write_stat(out, zone);
  write_blocks(out, zone);
  write_counters(out, zone);
  write_places(out, zone);
  write_hint_table(out, zone);
  for (uint32_t s = 0; s < zone.nr_areas(); ++s) {
    for (Order order(0); order.value < zone.geometry().nr_page_orders(); ++order) {
      for (uint32_t type = 0; type < MIGRATE_TYPES; ++type)
        write_list(out, zone, s, order, type);
    }
  }
  out << "end";
}

// ---- replay

Parameters parameters_of(const SpbVector& vector, Parameters chosen) {
  if (chosen[ParameterId::tainted_reserve_min] == Parameters::unset) {
    chosen[ParameterId::tainted_reserve_min] = vector.reserve_min;
  }
  chosen[ParameterId::evacuation_interval] = 0;  // what recorded them had no throttle
  return resolve(chosen, find_variant("rfc-v2")->defaults, vector.geometry);
}

}  // namespace

GoldenResult replay_golden_spb(const SpbVector& vector, const Policy<Concrete>& policy,
                               const Parameters& chosen) {
  Machine machine(vector.geometry, policy, parameters_of(vector, chosen));
  Zone& zone = machine.zone();
  return compare_golden(vector, zone, {write_answer, write_state});
}

GoldenResult replay_golden_spb(const SpbVector& vector) {
  return replay_golden_spb(vector, find_variant("rfc-v2")->policy);
}

bool golden_spb_differs(const SpbVector& vector, const Policy<Concrete>& policy,
                        const Parameters& chosen) {
  return replay_golden_spb(vector, policy, chosen).difference.has_value();
}

}  // namespace spb::trace
