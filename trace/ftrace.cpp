// SPDX-License-Identifier: GPL-2.0-only
#include "trace/ftrace.h"

#include <algorithm>
#include <array>
#include <string>

#include "trace/text.h"

namespace spb::trace {

namespace {

constexpr std::string_view line_shape =
    "`comm-pid [cpu] flags time: event: name=value ...` (ftrace, trace-cmd report) or "
    "`comm pid [cpu] time: event: name=value ...` (perf script)";

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
constexpr std::array<KnownEvent, 8> known_events = {{
    {"mm_page_alloc", EventKind::mm_page_alloc, FIELD_PFN | FIELD_ORDER},
    {"mm_page_free", EventKind::mm_page_free, FIELD_PFN | FIELD_ORDER},
    {"mm_page_free_direct", EventKind::mm_page_free, FIELD_PFN | FIELD_ORDER},
    // Up to 3.2 a page freed in a batch has no other event; since then it has an mm_page_free too.
    {"mm_pagevec_free", EventKind::mm_page_free, FIELD_PFN | FIELD_ORDER},
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

bool parse_frame(std::string_view value, Event& event, Complaint& complaint) {
  const bool is_hex = value.starts_with("0x") || value.starts_with("0X");
  const bool is_number = is_hex ? parse_hex(value, event.pfn) : parse_number(value, 10, event.pfn);
  if (!is_number) {
    return complain(complaint, "pfn=" + quoted(value),
                    "a frame number: hexadecimal with 0x, or decimal");
  }
  if (event.pfn != 0) event.pfn_form = is_hex ? FrameForm::hexadecimal : FrameForm::decimal;
  return mark(event, FIELD_PFN, "pfn", complaint);
}

bool parse_field(std::string_view name, std::string_view value, Event& event,
                 Complaint& complaint) {
  if (name == "pfn") return parse_frame(value, event, complaint);
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

/// Cuts the digits off the end; false if there is none.
bool cut_number(std::string_view& text, std::string_view& number) {
  std::size_t first = text.size();
  while (first > 0 && is_digit(text[first - 1]))
    --first;
  number = text.substr(first);
  text = text.substr(0, first);
  return !number.empty();
}

/// `comm-pid`, perhaps with a `(tgid)` column behind; in perf's text `comm pid`, or `comm pid/tid`.
bool parse_task(std::string_view text, Event& event) {
  drop_trailing_blanks(text);
  if (text.ends_with(')')) {
    const std::size_t open = text.rfind('(');
    if (open == std::string_view::npos) return false;
    text = text.substr(0, open);
    drop_trailing_blanks(text);
  }
  if (!cut_number(text, event.pid) || text.empty()) return false;
  if (text.back() == '/') {
    text.remove_suffix(1);
    if (!cut_number(text, event.pid) || text.empty() || !is_blank(text.back())) return false;
  }
  if (text.back() != '-' && !is_blank(text.back())) return false;
  text.remove_suffix(1);
  event.comm = trimmed(text);
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

/// latency-format: `12us:`, `12us+:` with a mark for a long delay, or `12us :`; `text` is left
/// behind it.
bool parse_relative_time(std::string_view& text, Event& event) {
  std::string_view word = next_word(text);
  std::size_t digits = 0;
  while (digits < word.size() && is_digit(word[digits]))
    ++digits;
  event.time = word.substr(0, digits);
  word.remove_prefix(digits);
  if (digits == 0) return false;
  if (word == "us") return next_word(text) == ":";
  return word.ends_with(':') && (word.size() == 1 || word.starts_with("us")) && word.size() <= 4;
}

bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_digit);
}

/// The event's name, which may have a number (perf's period) or a (+delta) of trace-cmd before it;
/// a stack trace and a line of the function tracer have none.
bool parse_name(std::string_view& text, Event& event) {
  skip_blanks(text);
  if (text.starts_with("<stack trace") || text.starts_with("<user stack trace")) return true;
  if (text.find(" <-") != std::string_view::npos && text.find(": ") == std::string_view::npos) {
    return true;
  }
  std::string_view word = next_word(text);
  while (is_number(word) || (word.starts_with("(+") && word.ends_with(')')))
    word = next_word(text);
  if (word.size() < 2 || !word.ends_with(':')) return false;
  word.remove_suffix(1);
  if (word.starts_with("kmem:")) word.remove_prefix(5);
  event.name = word;
  return !word.empty();
}

/// What follows `[cpu]`: flags if printed, time, name of the event; `text` is left at the fields.
bool parse_after_cpu(std::string_view& text, Event& event) {
  if (text.empty() || !is_blank(text.front())) return false;
  bool has_time = parse_time(next_word(text), event);
  if (!has_time) has_time = parse_time(next_word(text), event);
  return has_time && parse_name(text, event);
}

/// Everything before the fields, if `open` is the bracket of the CPU's number.
bool parse_head_at(std::string_view line, std::size_t open, Event& event, std::string_view& rest) {
  const std::size_t close = line.find(']', open);
  if (close == std::string_view::npos) return false;
  if (!parse_number(line.substr(open + 1, close - open - 1), 10, event.cpu)) return false;
  rest = line.substr(close + 1);
  return parse_task(line.substr(0, open), event) && parse_after_cpu(rest, event);
}

/// `3d..2.`: the CPU, and the flags right behind it.
bool parse_cpu_and_flags(std::string_view word, Event& event) {
  std::size_t digits = 0;
  while (digits < word.size() && is_digit(word[digits]))
    ++digits;
  return digits < word.size() && parse_number(word.substr(0, digits), 10, event.cpu);
}

/// Everything before the fields in latency-format. A comm may hold blanks, so each word may be the
/// one with the CPU.
bool parse_latency_head(std::string_view line, Event& event, std::string_view& rest) {
  std::string_view unread = line;
  for (std::string_view word = next_word(unread); !word.empty(); word = next_word(unread)) {
    if (!parse_cpu_and_flags(word, event)) continue;
    const std::string_view task =
        line.substr(0, static_cast<std::size_t>(word.data() - line.data()));
    rest = unread;
    if (trimmed(task).find('-') == std::string_view::npos || !parse_task(task, event)) continue;
    if (parse_relative_time(rest, event) && parse_name(rest, event)) return true;
  }
  return false;
}

/// A comm may hold brackets, so each is tried in turn.
bool parse_head(std::string_view line, Event& event, std::string_view& rest) {
  for (std::size_t open = line.find('['); open != std::string_view::npos;
       open = line.find('[', open + 1)) {
    if (parse_head_at(line, open, event, rest)) return true;
  }
  return parse_latency_head(line, event, rest);
}

// ---- lines without an event

bool says_events_were_lost(std::string_view line) {
  const auto has = [line](std::string_view text) { return line.find(text) != line.npos; };
  if (line.starts_with("CPU:")) return line.ends_with("EVENTS]") || line.ends_with("DROPPED]");
  if (line.starts_with("##### CPU ")) return has(" buffer started");
  return has("PERF_RECORD_LOST") || line == "[LINE TOO BIG]";
}

/// trace-cmd report begins with `version = 6`, `cpus=4` and a line for each CPU without an event.
bool is_trace_cmd_heading(std::string_view line) {
  return line.starts_with("cpus=") || line.starts_with("version = ") ||
         (line.starts_with("CPU ") && line.ends_with(" is empty"));
}

bool is_comment(std::string_view line) {
  return line.empty() || line.front() == '#' || is_trace_cmd_heading(line);
}

/// A frame of a stack: ` => function` (ftrace, trace-cmd), or perf's `   ffffffffb5a3e8c1 function
/// (object)`.
bool is_stack_frame(std::string_view line) {
  std::string_view rest = line;
  const std::string_view word = next_word(rest);
  if (word == "=>") return true;
  uint64_t address = 0;
  return is_blank(line.front()) && word.size() >= 4 && parse_number(word, 16, address) &&
         line.ends_with(')');
}

/// The heading of a stack: an event without a name, or one of the two that trace-cmd prints.
bool is_stack_heading(const Event& event, std::string_view fields) {
  if (event.name == "kernel_stack" || event.name == "user_stack") return true;
  return event.name.empty() && fields.find("stack trace") != std::string_view::npos;
}

}  // namespace

std::optional<uint64_t> lost_events(std::string_view line) {
  std::size_t at = line.starts_with("CPU:") ? line.find('[') : line.rfind("lost");
  if (at == std::string_view::npos) return {};
  while (at < line.size() && !is_digit(line[at]))
    ++at;
  std::size_t end = at;
  while (end < line.size() && is_digit(line[end]))
    ++end;
  uint64_t number = 0;
  if (parse_number(line.substr(at, end - at), 10, number)) return number;
  return {};
}

std::optional<BufferEntries> buffer_entries(std::string_view comment) {
  constexpr std::string_view ordinary = "entries-in-buffer/entries-written:";
  std::size_t at = comment.find(ordinary);
  if (at != std::string_view::npos) {
    at += ordinary.size();
  } else {
    if (comment.find("latency:") == std::string_view::npos) return {};
    at = comment.find('#', 1);
    if (at == std::string_view::npos) return {};
    ++at;
  }
  std::string_view rest = comment.substr(at);
  std::string_view word = next_word(rest);
  if (word.ends_with(',')) word.remove_suffix(1);
  const std::size_t slash = word.find('/');
  BufferEntries entries;
  if (slash == std::string_view::npos ||
      !parse_number(word.substr(0, slash), 10, entries.in_buffer) ||
      !parse_number(word.substr(slash + 1), 10, entries.written)) {
    return {};
  }
  return entries;
}

LineKind parse_line(std::string_view line, Event& event, Complaint& complaint) {
  event = Event();
  drop_trailing_blanks(line);
  if (!line.empty() && says_events_were_lost(line)) return LineKind::lost_events;
  if (is_comment(line)) return LineKind::comment;
  if (is_stack_frame(line)) return LineKind::stack;

  std::string_view fields;
  if (!parse_head(line, event, fields)) {
    complaint = {quoted(line), std::string(line_shape)};
    return LineKind::malformed;
  }
  if (is_stack_heading(event, fields)) return LineKind::stack;
  const auto known = std::find_if(known_events.begin(), known_events.end(),
                                  [&](const KnownEvent& e) { return e.name == event.name; });
  if (known == known_events.end()) return LineKind::event;
  event.kind = known->kind;
  return parse_fields(fields, known->needed, event, complaint) ? LineKind::event
                                                               : LineKind::unreadable;
}

}  // namespace spb::trace
