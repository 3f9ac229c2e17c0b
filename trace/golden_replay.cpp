// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden_replay.h"

#include <algorithm>
#include <string_view>

#include "model/policy/variant.h"
#include "model/state/zone.h"
#include "model/words/gfp.h"
#include "trace/golden_text.h"

namespace spb::trace {

namespace {

using Kind = GoldenStep::Kind;

// ---- what the model answers

/// An answer to `bulk` says which page each fallback is about.
void write_fallbacks(Text& out, const Zone& zone, bool with_pages) {
  Items items(out, "ext");
  for (const Event& event : zone.events) {
    if (event.kind != EventKind::mm_page_alloc_extfrag) continue;
    const bool claimed = event.c != 0;
    const bool part = claimed && event.a < zone.geometry().pageblock_order;
    const std::string_view kind = part ? "part" : claimed ? "whole" : "steal";
    items.next();
    if (with_pages) out << event.pfn.value << ':';
    out << kind << ':' << event.a << ':' << letter(event.b) << ':' << event.c;
    if (part) write_pages(out, pages_before(zone, event));
  }
}

/// The page came from another type's lists without a fallback.
void write_source(Text& out, const Zone& zone, uint8_t asked) {
  const Event* found = nullptr;
  for (const Event& event : zone.events) {
    if (event.kind == EventKind::mm_page_alloc_extfrag) return;
    if (event.kind == EventKind::mm_page_alloc_zone_locked) found = &event;
  }
  if (found && found->type != asked) out << " src=" << letter(found->type);
}

bool happened(const Zone& zone, EventKind kind) {
  return std::any_of(zone.events.begin(), zone.events.end(),
                     [kind](const Event& event) { return event.kind == kind; });
}

void write_refusals(Text& out, const Zone& zone) {
  Items items(out, "ref");
  for (const Event& event : zone.events) {
    if (event.kind != EventKind::spb_claim_block_refused) continue;
    const auto reason = static_cast<Refusal>(event.a);
    items.next() << event.order << ':' << letter(event.b) << ':';
    if (reason == Refusal::ZONE_BOUNDARY) {
      out << "edge";
    } else if (reason == Refusal::INSUFFICIENT_COMPAT) {
      out << "half";
      write_pages(out, pages_before(zone, event));
    } else {
      out << name_of(reason);
    }
  }
}

void write_tags(Text& out, const Zone& zone) {
  Items items(out, "tag");
  for (const Event& event : zone.events) {
    if (event.kind != EventKind::retag) continue;
    items.next() << zone.block_of(event.pfn).value << ':' << letter(event.a) << '>'
                 << letter(event.type);
  }
}

void write_insertions(Text& out, const Zone& zone) {
  Items items(out, "ins");
  for (const Event& event : zone.events) {
    if (event.kind != EventKind::list_insert) continue;
    items.next() << event.pfn.value << '/' << event.order << '/' << letter(event.type) << '/'
                 << (event.a ? 't' : 'h');
  }
}

void write_result(Text& out, const Outcome& outcome) {
  switch (outcome.result) {
    case Result::page:
      out << outcome.pfn.value;
      break;
    case Result::none:
      out << "none";
      break;
    case Result::refused:
      out << "fail "
          << (outcome.why == IsolateRefusal::count ? "notisolated" : name_of(outcome.why));
      break;
    default:
      out << "ok";
  }
}

void write_alloc(Text& out, const Zone& zone, const GoldenStep& step, const Outcome& outcome) {
  write_result(out, outcome);
  write_fallbacks(out, zone, false);
  write_source(out, zone, step.type);
  write_refusals(out, zone);
  if ((step.alloc_flags & ALLOC_HIGHATOMIC) && outcome.result == Result::page) {
    out << " reserved=" << (happened(zone, EventKind::highatomic_reserved) ? '1' : '0');
  }
}

void write_bulk(Text& out, const Zone& zone, const GoldenStep& step, const Outcome& outcome) {
  out << outcome.pages;
  for (uint32_t i = 0; i < outcome.pages; ++i)
    out << ' ' << zone.slot(step.slot + i).page - 1;
  write_fallbacks(out, zone, true);
  write_refusals(out, zone);
}

/// What stands behind the arrow.
void write_answer(Text& out, const Zone& zone, const GoldenStep& step, const Outcome& outcome) {
  switch (step.kind) {
    case Kind::alloc:
      write_alloc(out, zone, step, outcome);
      break;
    case Kind::bulk:
      write_bulk(out, zone, step, outcome);
      break;
    case Kind::free:
      write_insertions(out, zone);
      break;
    case Kind::unreserve:
      out << (outcome.result == Result::done ? "ok" : "none");
      break;
    default:
      write_result(out, outcome);
      write_insertions(out, zone);
  }
  write_tags(out, zone);
  if (zone.events.overflow) out << " (and more than the model's event log holds)";
}

// ---- the model's state

/// Calls `visit(area, order, type)` for every list, by order and then type.
template <class Visit>
void for_each_list(const Zone& zone, Visit visit) {
  for (Order order(0); order.value < zone.geometry().nr_page_orders(); ++order) {
    for (int type = 0; type < MIGRATE_TYPES; ++type) {
      for (uint32_t a = 0; a < zone.nr_areas(); ++a)
        visit(a, order, static_cast<Migratetype>(type));
    }
  }
}

/// Calls `visit(pfn)` from head to tail. A list that a fault closed to a ring ends after all pages.
template <class Visit>
void for_each_chunk(const Zone& zone, const ListHead& list, Visit visit) {
  uint32_t at = list.first;
  for (uint32_t left = zone.geometry().zone_pages(); at != 0 && left > 0; --left) {
    visit(at - 1);
    at = zone.links(Pfn(at - 1)).next;
  }
}

uint32_t nr_blocks(const Zone& zone) {
  return zone.block_of(zone.geometry().end() - 1).value + 1;
}

void write_stat(Text& out, const Zone& zone) {
  out << "stat free=" << zone.state().nr_free_pages
      << " blocks=" << zone.state().nr_free_pages_blocks << " cma=" << zone.state().nr_free_cma
      << " hafree=" << zone.state().nr_free_highatomic
      << " hares=" << zone.state().nr_reserved_highatomic << " live=" << zone.state().nr_allocated
      << '\n';
}

void write_blocks(Text& out, const Zone& zone) {
  out << "tags ";
  bool any_isolated = false;
  for (BlockIndex b(0); b.value < nr_blocks(zone); ++b) {
    out << letter(zone.block(b).tag);
    any_isolated |= zone.is_isolated(b);
  }
  out << '\n';
  if (!any_isolated) return;
  out << "iso";
  for (BlockIndex b(0); b.value < nr_blocks(zone); ++b) {
    if (zone.is_isolated(b)) out << ' ' << b.value;
  }
  out << '\n';
}

void write_lists(Text& out, const Zone& zone) {
  for_each_list(zone, [&](uint32_t a, Order order, Migratetype type) {
    const ListHead& list = zone.free_list(a, order, type);
    if (list.first == 0) return;
    out << "list " << order.value << ' ' << letter(type);
    for_each_chunk(zone, list, [&](uint32_t pfn) { out << ' ' << pfn; });
    out << '\n';
  });
}

void write_state(Text& out, const Zone& zone, uint64_t operations) {
  out << "state " << operations << '\n';
  write_stat(out, zone);
  write_blocks(out, zone);
  write_lists(out, zone);
  out << "end";
}

// ---- CMA at the start

/// Free pages as memblock does: at each pfn the largest chunk that alignment and the end allow.
void give_ascending(Zone& zone, uint32_t pfn, uint32_t end) {
  while (pfn < end) {
    uint32_t order = zone.geometry().max_page_order;
    while (pfn % (1U << order) != 0 || pfn + (1U << order) > end)
      --order;
    apply(zone,
          operation(OpKind::give,
                    {{Argument::pfn, pfn}, {Argument::order, order}, {Argument::tail, true}}));
    pfn += 1U << order;
  }
}

/// The pages around the CMA pageblocks come first, then these one by one.
void boot_with_cma(Zone& zone, CmaBlocks cma) {
  const Geometry& g = zone.geometry();
  give_ascending(zone, 0, cma.first << g.pageblock_order);
  give_ascending(zone, cma.end << g.pageblock_order, g.zone_pages());
  using A = Argument;
  for (uint32_t b = cma.first; b < cma.end; ++b) {
    const uint32_t pfn = b << g.pageblock_order;
    apply(zone, operation(OpKind::tag, {{A::block, b}, {A::tag, MIGRATE_CMA}}));
    apply(zone, operation(OpKind::give, {{A::pfn, pfn}, {A::order, g.pageblock_order}}));
  }
}

bool has_cma(const GoldenVector& vector) {
  return vector.cma_blocks.first < vector.cma_blocks.end;
}

Geometry geometry_of(const GoldenVector& vector) {
  Geometry geometry = vector.geometry;
  geometry.start_allocated = has_cma(vector);
  return geometry;
}

Parameters parameters_of(const GoldenVector& vector) {
  return resolve(Parameters(), find_variant("mainline")->defaults, vector.geometry);
}

}  // namespace

GoldenResult replay_golden(const GoldenVector& vector, const Policy<Concrete>& policy) {
  Machine machine(geometry_of(vector), policy, parameters_of(vector));
  Zone& zone = machine.zone();
  if (has_cma(vector)) boot_with_cma(zone, vector.cma_blocks);
  return compare_golden(vector, zone, {write_answer, write_state});
}

GoldenResult replay_golden(const GoldenVector& vector) {
  return replay_golden(vector, find_variant("mainline")->policy);
}

bool golden_differs(const GoldenVector& vector, const Policy<Concrete>& policy) {
  return replay_golden(vector, policy).difference.has_value();
}

}  // namespace spb::trace
