// SPDX-License-Identifier: GPL-2.0-only
#include "program/events.h"

#include <array>

#include "model/policy/alloc_flags.h"
#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/text.h"

namespace spb {

namespace {

/// Builds ` name=value` fields.
class Fields {
 public:
  explicit Fields(std::string_view event) : text_(std::string(event) + ":") {}

  Fields& number(std::string_view name, uint64_t value) {
    return word(name, std::to_string(value));
  }
  Fields& hex(std::string_view name, uint64_t value) { return word(name, hex_text(value)); }
  Fields& word(std::string_view name, std::string_view value) {
    text_ += " " + std::string(name) + "=" + std::string(value);
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

uint64_t absolute(const Event& event, const Zone& zone) {
  return event.pfn == no_page ? 0 : uint64_t{zone.geometry().base_pfn} + event.pfn.value;
}

/// `page=` is a hash of an address in the kernel; here it is 0.
Fields page_fields(std::string_view name, const Event& event, const Zone& zone) {
  Fields fields(name);
  fields.word("page", "0000000000000000").hex("pfn", absolute(event, zone));
  return fields;
}

/// Only orders that per-CPU lists hold can be a refill of one (PAGE_ALLOC_COSTLY_ORDER is 3).
bool is_percpu_refill(const Event& event, const Zone& zone) {
  const uint32_t order = event.order;
  return event.type < MIGRATE_PCPTYPES && (order <= 3 || order == zone.geometry().pageblock_order);
}

std::string block_event(std::string_view name, const Event& event, const Zone& zone) {
  return Fields(name).hex("pfn", absolute(event, zone)).take();
}

// ---- mainline

std::string page_alloc(const Event& event, const Zone& zone) {
  return page_fields("mm_page_alloc", event, zone)
      .number("order", event.order)
      .number("migratetype", event.type)
      .word("gfp_flags", gfp_text(event.a))
      .take();
}

std::string page_free(const Event& event, const Zone& zone) {
  return page_fields("mm_page_free", event, zone).number("order", event.order).take();
}

std::string zone_locked(const Event& event, const Zone& zone) {
  return page_fields("mm_page_alloc_zone_locked", event, zone)
      .number("order", event.order)
      .number("migratetype", event.type)
      .number("percpu_refill", is_percpu_refill(event, zone))
      .take();
}

std::string extfrag(const Event& event, const Zone& zone) {
  const uint32_t pageblock_order = zone.geometry().pageblock_order;
  return page_fields("mm_page_alloc_extfrag", event, zone)
      .number("alloc_order", event.order)
      .number("fallback_order", event.a)
      .number("pageblock_order", pageblock_order)
      .number("alloc_migratetype", event.type)
      .number("fallback_migratetype", event.b)
      .number("fragmenting", event.a < pageblock_order)
      .number("change_ownership", event.c)
      .take();
}

// ---- the series

std::string pb_taint(const Event& event, const Zone& zone) {
  return Fields("spb_pb_taint")
      .hex("pfn", absolute(event, zone))
      .number("mt", event.type)
      .word("action", event.a ? "SET" : "CLEAR")
      .number("first_or_last", event.b)
      .take();
}

std::string claim_refused(const Event& event, const Zone& zone) {
  return Fields("spb_claim_block_refused")
      .hex("pfn", absolute(event, zone))
      .number("start_mt", event.type)
      .number("block_mt", event.b)
      .word("reason", name_of(static_cast<Refusal>(event.a)))
      .take();
}

std::string atomic_relax(const Event& event, const Zone&) {
  return Fields("spb_alloc_atomic_relax")
      .word("zone", "Normal")
      .number("order", event.order)
      .number("mt", event.type)
      .word("gfp", gfp_text(event.b))
      .word("step", name_of(static_cast<LadderStep>(event.a)))
      .take();
}

/// The kernel's event has no word of its own for a hint.
std::string_view outcome_of(const Event& event) {
  const Named<PassId>& pass = named(static_cast<PassId>(event.a));
  return pass.event.empty() ? pass.name : pass.event;
}

std::string alloc_walk(const Event& event, const Zone&) {
  return Fields("spb_alloc_walk")
      .word("zone", "Normal")
      .number("order", event.order)
      .number("mt", event.type)
      .hex("alloc_flags", alloc_flags_of_walk(event.c))
      .word("outcome", outcome_of(event))
      .number("n_spbs_visited", event.b)
      .take();
}

std::string walk_saw(uint32_t bits) {
  const auto digit = [bits](WalkSaw bit) { return bits & bit ? "1" : "0"; };
  return std::string("[fp=") + digit(SAW_FREE_PAGES) + " fpb=" + digit(SAW_FREE_PAGEBLOCK) +
         " below=" + digit(SAW_BELOW_RESERVE) + "]";
}

std::string fall_through(const Event& event, const Zone&) {
  return Fields("spb_alloc_fall_through")
      .word("zone", "Normal")
      .number("order", event.order)
      .number("mt", event.type)
      .hex("alloc_flags", alloc_flags_of_walk(event.c))
      .number("n_tainted", event.a & ((1U << walk_saw_shift) - 1))
      .number("n_tainted_with_buddy", event.b)
      .word("walk", walk_saw(event.a >> walk_saw_shift))
      .take();
}

// ---- the model's own

std::string retag(const Event& event, const Zone& zone) {
  return Fields("model_retag")
      .hex("pfn", absolute(event, zone))
      .number("old_mt", event.a)
      .number("new_mt", event.type)
      .take();
}

std::string list_insert(const Event& event, const Zone& zone) {
  return Fields("model_list_insert")
      .hex("pfn", absolute(event, zone))
      .number("order", event.order)
      .number("mt", event.type)
      .word("at", event.a ? "tail" : "head")
      .take();
}

std::string block_pages(const Event& event, const Zone& zone) {
  return Fields("model_block_pages")
      .hex("pfn", absolute(event, zone))
      .number("free", event.a)
      .number("movable", event.b)
      .take();
}

std::string page_migrated(const Event& event, const Zone& zone) {
  return Fields("model_page_migrated")
      .hex("pfn", absolute(event, zone))
      .number("order", event.order)
      .hex("to", uint64_t{zone.geometry().base_pfn} + event.a)
      .take();
}

std::string page_reclaimed(const Event& event, const Zone& zone) {
  return Fields("model_page_reclaimed")
      .hex("pfn", absolute(event, zone))
      .number("order", event.order)
      .number("mt", event.type)
      .take();
}

std::string reserve_event(std::string_view name, const Event& event, const Zone& zone) {
  return Fields(name)
      .hex("pfn", absolute(event, zone))
      .number("order", event.order)
      .number("mt", event.type)
      .number("nr_reserved_highatomic", event.a)
      .take();
}
std::string highatomic_reserved(const Event& event, const Zone& zone) {
  return reserve_event("model_highatomic_reserved", event, zone);
}
std::string highatomic_unreserved(const Event& event, const Zone& zone) {
  return reserve_event("model_highatomic_unreserved", event, zone);
}

std::string all_free(const Event& event, const Zone& zone) {
  return Fields("model_pb_all_free")
      .hex("pfn", absolute(event, zone))
      .word("action", event.a ? "SET" : "CLEAR")
      .take();
}

std::string hint_used(const Event& event, const Zone&) {
  constexpr std::array<std::string_view, 3> categories{"clean", "tainted", "empty"};
  return Fields("model_hint_used")
      .number("order", event.order)
      .number("mt", event.type)
      .number("superpageblock", event.a)
      .word("category", categories[event.c])
      .number("nr_free", event.b)
      .take();
}

std::string highorder_refused(const Event& event, const Zone&) {
  return Fields("model_highorder_refused")
      .number("order", event.order)
      .number("mt", event.type)
      .take();
}

std::string defrag_requested(const Event& event, const Zone&) {
  return Fields("model_defrag_requested").number("superpageblock", event.a).take();
}

std::string evacuation_requested(const Event& event, const Zone&) {
  const auto answer = static_cast<EvacuationAnswer>(event.a);
  Fields fields("model_evacuation_requested");
  fields.number("order", event.order).number("mt", event.type);
  if (answer == EvacuationAnswer::queued) return fields.word("queued", "yes").take();
  return fields.word("queued", "no").word("why", name_of(answer)).take();
}

std::string shrink_requested(const Event&, const Zone&) {
  return Fields("model_shrink_requested").take();
}

std::string evacuate_queued(const Event& event, const Zone& zone) {
  return block_event("model_evacuate_queued", event, zone);
}
std::string evacuate_dropped(const Event& event, const Zone& zone) {
  return block_event("model_evacuate_dropped", event, zone);
}
std::string evacuate_work_queued(const Event& event, const Zone& zone) {
  return block_event("model_evacuate_work_queued", event, zone);
}
std::string evacuate_done(const Event& event, const Zone& zone) {
  return block_event("model_evacuate_done", event, zone) +
         " end=" + std::string(name_of(static_cast<EvacuateEnd>(event.a)));
}

using Print = std::string (*)(const Event&, const Zone&);

// In the order of EventKind.
constexpr std::array<Print, static_cast<std::size_t>(EventKind::count)> printers{
    page_alloc,
    page_free,
    zone_locked,
    extfrag,
    pb_taint,
    claim_refused,
    atomic_relax,
    alloc_walk,
    fall_through,
    retag,
    list_insert,
    block_pages,
    evacuate_queued,
    evacuate_dropped,
    evacuate_work_queued,
    evacuate_done,
    page_migrated,
    page_reclaimed,
    highatomic_reserved,
    highatomic_unreserved,
    all_free,
    hint_used,
    highorder_refused,
    defrag_requested,
    evacuation_requested,
    shrink_requested};

}  // namespace

const Zone& zone_of(const Event& event, const Machine& machine, uint32_t at) {
  switch (event.kind) {
    case EventKind::evacuate_queued:
    case EventKind::evacuate_dropped:
    case EventKind::evacuate_work_queued:
    case EventKind::evacuate_done:
      return machine.zone(event.c);
    default:
      return machine.zone(at);
  }
}

std::string event_text(const Event& event, const Zone& zone) {
  std::string text = printers[static_cast<std::size_t>(event.kind)](event, zone);
  // Before the series there are no such tracepoints: what they would tell is the model's own word.
  if (!zone.policy().lists_per_superpageblock && text.starts_with("spb_")) {
    text.replace(0, 3, "model");
  }
  return text;
}

std::string ftrace_line(const Event& event, const Zone& zone, uint64_t time) {
  std::string fraction = std::to_string(time % 1000000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return "           model-1       [000] ..... " + std::to_string(time / 1000000) + "." + fraction +
         ": " + event_text(event, zone);
}

}  // namespace spb
