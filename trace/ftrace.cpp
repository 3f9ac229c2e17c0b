// SPDX-License-Identifier: GPL-2.0-only
#include "trace/ftrace.h"

#include <algorithm>
#include <array>
#include <string>

#include "trace/text.h"

namespace spb::trace {

namespace {

constexpr std::string_view line_shape = "`comm-pid [cpu] flags time: event: name=value ...`";

// ---- fields

struct NumberField {
  std::string_view name;
  Field bit;
  uint32_t Event::*number;
};
constexpr std::array<NumberField, 10> number_fields = {{
    {"order", FIELD_ORDER, &Event::order},
    {"migratetype", FIELD_MIGRATETYPE, &Event::migratetype},
    {"percpu_refill", FIELD_PERCPU_REFILL, &Event::percpu_refill},
    {"alloc_order", FIELD_ALLOC_ORDER, &Event::alloc_order},
    {"fallback_order", FIELD_FALLBACK_ORDER, &Event::fallback_order},
    {"pageblock_order", FIELD_PAGEBLOCK_ORDER, &Event::pageblock_order},
    {"alloc_migratetype", FIELD_ALLOC_MIGRATETYPE, &Event::alloc_migratetype},
    {"fallback_migratetype", FIELD_FALLBACK_MIGRATETYPE, &Event::fallback_migratetype},
    {"fragmenting", FIELD_FRAGMENTING, &Event::fragmenting},
    {"change_ownership", FIELD_CHANGE_OWNERSHIP, &Event::change_ownership},
}};

/// What is known about an event by its name; `needed` are the fields without which it says nothing.
struct KnownEvent {
  std::string_view name;
  EventKind kind;
  uint32_t needed;
};
constexpr std::array<KnownEvent, 6> known_events = {{
    {"mm_page_alloc", EventKind::mm_page_alloc, FIELD_PFN | FIELD_ORDER},
    {"mm_page_free", EventKind::mm_page_free, FIELD_PFN | FIELD_ORDER},
    {"mm_page_free_batched", EventKind::mm_page_free_batched, FIELD_PFN},
    {"mm_page_alloc_zone_locked", EventKind::mm_page_alloc_zone_locked,
     FIELD_PFN | FIELD_ORDER | FIELD_MIGRATETYPE},
    {"mm_page_pcpu_drain", EventKind::mm_page_pcpu_drain, FIELD_PFN | FIELD_ORDER},
    {"mm_page_alloc_extfrag", EventKind::mm_page_alloc_extfrag,
     FIELD_PFN | FIELD_ALLOC_ORDER | FIELD_FALLBACK_ORDER | FIELD_ALLOC_MIGRATETYPE |
         FIELD_FALLBACK_MIGRATETYPE | FIELD_CHANGE_OWNERSHIP},
}};

bool complain(Complaint& complaint, std::string found, std::string expected) {
  complaint = {std::move(found), std::move(expected)};
  return false;
}

bool mark(Event& event, Field bit, std::string_view name, Complaint& complaint) {
  if (event.fields & bit) {
    return complain(complaint, "the field " + std::string(name) + " twice", "each field once");
  }
  event.fields |= bit;
  return true;
}

bool parse_field(std::string_view name, std::string_view value, Event& event,
                 Complaint& complaint) {
  if (name == "pfn") {
    if (!parse_hex(value, event.pfn)) {
      return complain(complaint, "pfn=" + quoted(value), "a hexadecimal frame number");
    }
    return mark(event, FIELD_PFN, name, complaint);
  }
  if (name == "gfp_flags") {
    event.gfp_flags = value;
    return mark(event, FIELD_GFP_FLAGS, name, complaint);
  }
  for (const NumberField& field : number_fields) {
    if (field.name != name) continue;
    if (!parse_number(value, 10, event.*field.number)) {
      return complain(complaint, std::string(name) + "=" + quoted(value), "a decimal number");
    }
    return mark(event, field.bit, name, complaint);
  }
  return true;
}

std::string missing_field_names(uint32_t missing) {
  std::string names = missing & FIELD_PFN ? " pfn=" : "";
  for (const NumberField& field : number_fields) {
    if (missing & field.bit) names += " " + std::string(field.name) + "=";
  }
  return names;
}

bool parse_fields(std::string_view text, uint32_t needed, Event& event, Complaint& complaint) {
  while (!text.empty()) {
    const std::string_view word = next_word(text);
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    if (!parse_field(word.substr(0, equals), word.substr(equals + 1), event, complaint)) {
      return false;
    }
  }
  if (event.has(needed)) return true;
  return complain(
      complaint, std::string(event.name) + " without" + missing_field_names(needed & ~event.fields),
      "an event with these fields");
}

// ---- head of the line

/// `comm-pid`, perhaps with a `(tgid)` column behind.
bool parse_task(std::string_view text, Event& event) {
  drop_trailing_blanks(text);
  if (text.ends_with(')')) {
    const std::size_t open = text.rfind('(');
    if (open == std::string_view::npos) return false;
    text = text.substr(0, open);
    drop_trailing_blanks(text);
  }
  std::size_t pid = text.size();
  while (pid > 0 && is_digit(text[pid - 1]))
    --pid;
  if (pid == text.size() || pid == 0 || text[pid - 1] != '-') return false;
  event.pid = text.substr(pid);
  event.comm = text.substr(0, pid - 1);
  skip_blanks(event.comm);
  return true;
}

/// `1970.466733:` or, with a counter for a clock, `1970466733:`.
bool parse_time(std::string_view word, Event& event) {
  if (!word.ends_with(':')) return false;
  event.time = word.substr(0, word.size() - 1);
  return !event.time.empty() && is_digit(event.time.front()) &&
         std::all_of(event.time.begin(), event.time.end(),
                     [](char c) { return is_digit(c) || c == '.'; });
}

/// What follows `[cpu]`: flags if printed, time, name of the event; `text` is left at the fields.
bool parse_after_cpu(std::string_view& text, Event& event) {
  if (text.empty() || !is_blank(text.front())) return false;
  bool has_time = parse_time(next_word(text), event);
  if (!has_time) has_time = parse_time(next_word(text), event);
  if (!has_time) return false;
  event.name = next_word(text);
  if (event.name.size() < 2 || !event.name.ends_with(':')) return false;
  event.name.remove_suffix(1);
  return true;
}

/// Everything before the fields, if `open` is the bracket of the CPU's number.
bool parse_head_at(std::string_view line, std::size_t open, Event& event, std::string_view& rest) {
  const std::size_t close = line.find(']', open);
  if (close == std::string_view::npos) return false;
  if (!parse_number(line.substr(open + 1, close - open - 1), 10, event.cpu)) return false;
  rest = line.substr(close + 1);
  return parse_task(line.substr(0, open), event) && parse_after_cpu(rest, event);
}

/// A comm may hold brackets, so each is tried in turn.
bool parse_head(std::string_view line, Event& event, std::string_view& rest) {
  for (std::size_t open = line.find('['); open != std::string_view::npos;
       open = line.find('[', open + 1)) {
    if (parse_head_at(line, open, event, rest)) return true;
  }
  return false;
}

bool is_lost_events(std::string_view line) {
  return line.starts_with("CPU:") && line.find("[LOST ") != std::string_view::npos &&
         line.ends_with("EVENTS]");
}

}  // namespace

LineKind parse_line(std::string_view line, Event& event, Complaint& complaint) {
  event = Event();
  drop_trailing_blanks(line);
  if (line.empty() || line.front() == '#') return LineKind::comment;
  if (is_lost_events(line)) return LineKind::lost_events;

  std::string_view fields;
  if (!parse_head(line, event, fields)) {
    complaint = {quoted(line), std::string(line_shape)};
    return LineKind::malformed;
  }
  const auto known = std::find_if(known_events.begin(), known_events.end(),
                                  [&](const KnownEvent& e) { return e.name == event.name; });
  if (known == known_events.end()) return LineKind::event;
  event.kind = known->kind;
  return parse_fields(fields, known->needed, event, complaint) ? LineKind::event
                                                               : LineKind::malformed;
}

}  // namespace spb::trace
