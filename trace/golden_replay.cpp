// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden_replay.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <string_view>
#include <type_traits>
#include <utility>

#include "model/operation/operation.h"
#include "model/policy/variant.h"
#include "model/state/zone.h"
#include "model/words/gfp.h"

namespace spb::trace {

namespace {

using Kind = GoldenStep::Kind;

// ---- the text of a vector

/// Text that grows by numbers, words and letters.
class Text {
 public:
  template <class Piece>
  Text& operator<<(Piece piece) {
    constexpr bool number = std::is_integral_v<Piece> && !std::is_same_v<Piece, char>;
    if constexpr (number) {
      add_number(piece);
    } else {
      text_ += piece;
    }
    return *this;
  }
  void clear() { text_.clear(); }
  const std::string& str() const { return text_; }

 private:
  void add_number(uint64_t number) {
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    text_.append(digits.data(), end);
  }

  std::string text_;
};

char letter(uint32_t type) {
  return type < golden_type_letters.size() ? golden_type_letters[type] : '?';
}

/// `name=A,B,..`: the name before the first item, a comma before each other one.
class Items {
 public:
  Items(Text& out, std::string_view name) : out_(out), name_(name) {}
  Text& next() {
    if (any_) return out_ << ',';
    any_ = true;
    if (!out_.str().empty()) out_ << ' ';
    return out_ << name_ << '=';
  }

 private:
  Text& out_;
  std::string_view name_;
  bool any_ = false;
};

// ---- what the model answers

/// FREE/MOV of the pageblock that a claim looked at: the last count before `event`.
const Event* pages_before(const Zone& zone, const Event& event) {
  for (const Event* at = &event; at != zone.events.begin();) {
    if ((--at)->kind == EventKind::block_pages) return at;
  }
  return nullptr;
}

void write_pages(Text& out, const Event* pages) {
  if (pages) out << ':' << pages->a << '/' << pages->b;
}

void write_fallback(Text& out, const Zone& zone, PassId by) {
  Items items(out, "ext");
  for (const Event& event : zone.events) {
    if (event.kind != EventKind::mm_page_alloc_extfrag) continue;
    const bool claimed = by == PassId::CLAIM;
    const bool part = claimed && event.a < zone.geometry().pageblock_order;
    const std::string_view kind = part ? "part" : claimed ? "whole" : "steal";
    items.next() << kind << ':' << event.a << ':' << letter(event.b) << ':' << event.c;
    if (part) write_pages(out, pages_before(zone, event));
  }
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

/// What stands behind the arrow.
void write_answer(Text& out, const Zone& zone, Kind kind, const Outcome& outcome) {
  if (kind != Kind::free) write_result(out, outcome);
  if (kind == Kind::alloc) {
    write_fallback(out, zone, outcome.by);
    write_refusals(out, zone);
  } else {
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

uint32_t pages_on_lists(const Zone& zone, Migratetype wanted) {
  uint32_t pages = 0;
  for_each_list(zone, [&](uint32_t a, Order order, Migratetype type) {
    if (type != wanted) return;
    for_each_chunk(zone, zone.free_list(a, order, type),
                   [&](uint32_t) { pages += nr_pages(order); });
  });
  return pages;
}

uint32_t nr_blocks(const Zone& zone) {
  return zone.block_of(zone.geometry().end() - 1).value + 1;
}

uint32_t pages_reserved(const Zone& zone) {
  uint32_t pages = 0;
  for (BlockIndex b(0); b.value < nr_blocks(zone); ++b) {
    const bool reserved = zone.block(b).tag == MIGRATE_HIGHATOMIC;
    pages += reserved ? zone.geometry().pageblock_nr_pages() : 0;
  }
  return pages;
}

void write_stat(Text& out, const Zone& zone) {
  out << "stat free=" << zone.state().nr_free_pages
      << " blocks=" << zone.state().nr_free_pages_blocks
      << " cma=" << pages_on_lists(zone, MIGRATE_CMA)
      << " hafree=" << pages_on_lists(zone, MIGRATE_HIGHATOMIC) << " hares=" << pages_reserved(zone)
      << " live=" << zone.state().nr_allocated << '\n';
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

// ---- replay

/// A page's slot is its own pfn; an allocation that gets none, according to the vector, has the
/// slot behind the last.
Operation operation_of(const GoldenStep& step, const Zone& zone) {
  const auto tail = static_cast<uint16_t>(step.to_tail ? op_tail : 0);
  switch (step.kind) {
    case Kind::alloc:
      return {OpKind::rmqueue,
              step.order,
              0,
              step.pfn == no_index ? zone.geometry().zone_pages() : step.pfn,
              step.type,
              step.nofragment ? uint32_t{ALLOC_NOFRAGMENT} : 0U};
    case Kind::free:
      return {OpKind::free, 0, tail, step.pfn, 0, 0};
    case Kind::isolate:
      return {OpKind::isolate, 0, 0, 0, step.block, 0};
    case Kind::unisolate:
      return {OpKind::unisolate, 0, 0, 0, step.block, 0};
    case Kind::bulk:
    case Kind::unreserve:
    case Kind::state:
      break;
  }
  assert(false);  // missing_features() keeps vectors with such steps away
  return {};
}

class Replay {
 public:
  Replay(const GoldenVector& vector, const Policy<Concrete>& policy, Fault fault)
      : vector_(vector), zone_(vector.geometry, policy, parameters(vector.geometry)) {
    zone_.fault = fault;
  }

  GoldenResult run() {
    for (const GoldenStep& step : vector_.steps) {
      if (!(step.kind == Kind::state ? agrees_on_state(step) : agrees_on_operation(step))) break;
    }
    return std::move(result_);
  }

 private:
  static Parameters parameters(const Geometry& geometry) {
    return resolve(Parameters(), find_variant("mainline")->defaults, geometry);
  }

  void check_is_allocated(const GoldenStep& step) const {
    const Slot& slot = zone_.slot(step.pfn);
    if (slot.page != 0 && slot.order == step.order) return;
    throw InputError(vector_.name, step.line,
                     Complaint{quoted(vector_.text_of(step)),
                               "a page that an earlier line allocated, of that order"});
  }

  bool agrees_on_operation(const GoldenStep& step) {
    if (step.kind == Kind::free) check_is_allocated(step);
    const Outcome outcome = apply(zone_, operation_of(step, zone_));
    const std::string_view expected = vector_.text_of(step);
    answer_.clear();
    write_answer(answer_, zone_, step.kind, outcome);
    if (expected.substr(step.question) == answer_.str()) {
      ++result_.operations;
      return true;
    }
    const std::string question(expected.substr(0, step.question));
    result_.difference = {step.line, step.operation, false, std::string(expected),
                          question + answer_.str()};
    return false;
  }

  bool agrees_on_state(const GoldenStep& step) {
    answer_.clear();
    write_state(answer_, zone_, step.operation);
    if (vector_.text_of(step) == answer_.str()) {
      ++result_.states;
      return true;
    }
    result_.difference = first_line_that_differs(step);
    return false;
  }

  GoldenDifference first_line_that_differs(const GoldenStep& step) const {
    std::string_view expected = vector_.text_of(step);
    std::string_view found = answer_.str();
    uint64_t line = step.line;
    for (;; ++line) {
      const std::string_view a = expected.substr(0, expected.find('\n'));
      const std::string_view b = found.substr(0, found.find('\n'));
      if (a != b) return {line, step.operation, true, std::string(a), std::string(b)};
      expected.remove_prefix(std::min(a.size() + 1, expected.size()));
      found.remove_prefix(std::min(b.size() + 1, found.size()));
    }
  }

  const GoldenVector& vector_;
  Zone zone_;
  Text answer_;
  GoldenResult result_;
};

}  // namespace

std::vector<GoldenFeature> missing_features(const GoldenVector& vector) {
  std::vector<GoldenFeature> missing;
  for (const auto feature : {GoldenFeature::cma, GoldenFeature::highatomic, GoldenFeature::bulk}) {
    if (vector.has(feature)) missing.push_back(feature);
  }
  return missing;
}

GoldenResult replay_golden(const GoldenVector& vector, const Policy<Concrete>& policy,
                           Fault fault) {
  assert(missing_features(vector).empty());
  return Replay(vector, policy, fault).run();
}

GoldenResult replay_golden(const GoldenVector& vector) {
  return replay_golden(vector, find_variant("mainline")->policy);
}

bool golden_differs(const GoldenVector& vector, const Policy<Concrete>& policy, Fault fault) {
  return replay_golden(vector, policy, fault).difference.has_value();
}

}  // namespace spb::trace
