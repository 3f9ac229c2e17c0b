// SPDX-License-Identifier: GPL-2.0-only
#include "program/story.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/events.h"
#include "program/passes_tried.h"
#include "program/picture.h"
#include "program/printable.h"

namespace spb {

namespace {

constexpr std::size_t superpageblocks_max = 4;
constexpr std::size_t list_entries_max = 16;
constexpr std::size_t events_max = 40;

// ---- the run again

struct Told {
  uint64_t number;
  Operation op;
  Outcome outcome;
};

/// The run up to the finding, without checks: what came before, and both sides of the last
/// operation.
struct Replay {
  std::unique_ptr<Machine> machine;
  uint32_t at = 0;  ///< the zone of the last operation
  std::deque<Told> before;
  std::optional<Told> last;
  std::vector<SpbPicture> spbs_before;
  std::vector<SpbPicture> spbs_after;
  PassesTried passes;

  Replay(const ZoneSpec& spec, const RunOptions& options) : machine(make_machine(spec, options)) {}

  const Zone& zone() const { return machine->zone(at); }

  void run(OperationSource& source, uint64_t last_number, uint32_t keep) {
    source.rewind();
    Operation op;
    for (uint64_t number = 1; number < last_number && source.next(op); ++number) {
      before.push_back({number, op, apply(*machine, op)});
      if (before.size() > keep) before.pop_front();
    }
    const bool has_last = last_number > 0 && source.next(op);
    if (has_last) at = zone_of(*machine, op).index();
    spbs_before = picture(zone());
    machine->add(passes);
    if (has_last) last = Told{last_number, op, apply(*machine, op)};
    machine->remove(passes);
    spbs_after = picture(zone());
  }
};

// ---- parts of the story

const std::vector<std::string>& names_of(const TextProgram* text) {
  static const std::vector<std::string> nameless;
  return text == nullptr ? nameless : text->slot_names;
}

std::string told_text(const Told& told, const Zone& zone, const TextProgram* text) {
  return operation_text(told.op, names_of(text)) + "  -> " + outcome_text(told.outcome, zone);
}

/// " (FILE:LINE)" of an operation, where the program is a text.
std::string place_text(const Finding& finding, const TextProgram* text,
                       const StoryOptions& options) {
  if (text == nullptr || options.file.empty()) return {};
  uint64_t line = finding.expectation ? finding.expectation->line : 0;
  for (std::size_t i = 0; line == 0 && i < text->lines.size(); ++i) {
    const TextLine& entry = text->lines[i];
    if (entry.kind != TextLine::Kind::operation) continue;
    if (entry.operation + uint64_t{1} == finding.operation) line = i + 1;
  }
  return line == 0 ? "" : " (" + printable(options.file) + ":" + std::to_string(line) + ")";
}

std::string invariant_text(const Violation& violation) {
  const InvariantInfo& what = info(violation.id);
  return "  claim:  " + std::string(what.claim) + "\n  source: " + std::string(what.source) +
         "\n  kind:   " + std::string(name_of(what.kind)) + " invariant\n";
}

/// What else the operation broke, a line each.
std::string also_text(const Finding& finding, const Zone& zone) {
  std::string text;
  for (const Violation& violation : finding.also)
    text += "  also:   " + describe(violation, zone) + "\n";
  return text;
}

std::string property_text(const BrokenProperty& property) {
  return "  claim:  " + property.sentence + "\n  source: " + property.source + "\n" +
         (property.how.empty() ? "" : "  found:  " + property.how + "\n");
}

std::string list_contents(const Zone& zone, uint32_t list) {
  const uint32_t orders = zone.geometry().nr_page_orders();
  const auto type = static_cast<Migratetype>(list % MIGRATE_TYPES);
  const Order order(list / MIGRATE_TYPES % orders);
  const uint32_t area = list / MIGRATE_TYPES / orders;
  std::string text = "the list, area " + std::to_string(area) + " order " +
                     std::to_string(order.value) + " " + std::string(migratetype_names()[type]) +
                     ":";
  uint32_t at = zone.free_list(area, order, type).first;
  if (at == 0) text += " empty";
  for (std::size_t i = 0; at != 0; ++i) {
    if (i == list_entries_max) return text + " ...\n";
    text += " " + pfn_text(uint64_t{zone.geometry().base_pfn} + at - 1);
    at = zone.links(Pfn(at - 1)).next;
  }
  return text + "\n";
}

std::optional<uint32_t> superpageblock_of(const Where& where, const Zone& zone) {
  switch (where.kind) {
    case Where::Kind::superpageblock:
      return where.index;
    case Where::Kind::pageblock:
      return zone.spb_of(BlockIndex(where.index)).value;
    case Where::Kind::page:
      return zone.spb_of(Pfn(where.index)).value;
    default:
      return {};
  }
}

std::string superpageblock_text(const Replay& replay, uint32_t s) {
  const Geometry& g = replay.zone().geometry();
  const uint64_t first = uint64_t{g.base_pfn} + s * uint64_t{g.superpageblock_nr_pages()};
  const std::string indent = "    before ";
  std::string text = "  superpageblock " + std::to_string(s) + ", pfn " + pfn_text(first) + " to " +
                     pfn_text(first + g.superpageblock_nr_pages() - 1) + "\n";
  text += indent + text_of(replay.spbs_before[s], indent.size()) + "\n";
  text += "    after  " + text_of(replay.spbs_after[s], indent.size()) + "\n";
  return text + changes_text(replay.spbs_before[s], replay.spbs_after[s], s * g.pageblocks, 4);
}

std::string touched_text(const Replay& replay, const Finding& finding) {
  std::vector<uint32_t> touched = changed(replay.spbs_before, replay.spbs_after);
  if (finding.violation) {
    const auto s = superpageblock_of(finding.violation->where, replay.zone());
    if (s && finding.violation->zone == replay.at &&
        std::find(touched.begin(), touched.end(), *s) == touched.end()) {
      touched.insert(touched.begin(), *s);
    }
  }
  if (touched.empty()) return {};
  const std::string where =
      replay.machine->nr_zones() > 1 ? " in zone " + std::to_string(replay.at) : "";
  std::string text =
      "superpageblocks it touched" + where + " (" + std::string(picture_legend) + ")\n";
  for (std::size_t i = 0; i < std::min(touched.size(), superpageblocks_max); ++i)
    text += superpageblock_text(replay, touched[i]);
  if (touched.size() > superpageblocks_max) {
    text += "  and " + std::to_string(touched.size() - superpageblocks_max) + " more\n";
  }
  return text;
}

std::string before_text(const Replay& replay, const TextProgram* text) {
  if (replay.before.empty()) return {};
  std::string result = "operations before it\n";
  for (const Told& told : replay.before) {
    result +=
        "  " + std::to_string(told.number) + "  " + told_text(told, replay.zone(), text) + "\n";
  }
  return result;
}

std::string events_text(const Replay& replay) {
  if (!replay.last || replay.zone().events.count == 0) return {};
  std::string text = "events of the operation\n";
  std::size_t shown = 0;
  for (const Event& event : replay.zone().events) {
    if (shown++ == events_max) return text + "  ...\n";
    text += "  " + event_text(event, zone_of(event, *replay.machine, replay.at)) + "\n";
  }
  return text;
}

}  // namespace

std::string outcome_text(const Outcome& outcome, const Zone& zone) {
  std::string text(name_of(outcome.result));
  if (outcome.why != IsolateRefusal::count) text += ": " + std::string(name_of(outcome.why));
  if (outcome.pfn != no_page) {
    const Geometry& geometry = zone.machine().zone(outcome.zone).geometry();
    text += " pfn=" + pfn_text(uint64_t{geometry.base_pfn} + outcome.pfn.value);
  }
  if (outcome.by != PassId::NO_PAGE) text += " by " + std::string(name_of(outcome.by));
  return text;
}

std::string size_text(const Geometry& g) {
  const std::string least = g.grows_by > 0 ? std::to_string(g.superpageblocks) + " to " : "";
  return least + counted(g.most_superpageblocks(), "superpageblock") + " x " +
         counted(g.pageblocks, "pageblock") + " x " + counted(g.pageblock_nr_pages(), "page");
}

std::string zone_text(const ZoneSpec& zone) {
  std::string text = size_text(zone.geometry);
  for (uint32_t z = 1; z < zone.machine.nr_zones(); ++z)
    text += " and " + size_text(zone.geometry_of(z));
  if (zone.machine.cpus > 1) text += ", " + std::to_string(zone.machine.cpus) + " CPUs";
  return text + ", " + std::string(variants()[zone.variant].name);
}

std::string headline(const Finding& finding, const Zone& zone, const ZoneSpec& spec) {
  if (finding.violation) return "invariant " + describe(*finding.violation, zone);
  if (finding.property) return "property " + finding.property->id;
  const Expectation& expectation = *finding.expectation;
  return "expected " + expectation_text(expectation, expectation.value, spec) + ", found " +
         expectation_text(expectation, finding.found, spec);
}

std::string tell(const Finding& finding, const ZoneSpec& zone, OperationSource& source,
                 const RunOptions& run, const TextProgram* text, const StoryOptions& options) {
  Replay replay(zone, run);
  replay.run(source, finding.operation, options.operations_before);
  std::string story = "FINDING after operation " + std::to_string(finding.operation) +
                      place_text(finding, text, options) + " on " + zone_text(zone) + "\n";
  if (replay.last) story += "  " + told_text(*replay.last, replay.zone(), text) + "\n";
  story += headline(finding, replay.zone(), zone) + "\n";
  if (finding.violation) {
    story += invariant_text(*finding.violation) + also_text(finding, replay.zone());
    const Where& where = finding.violation->where;
    const Zone& where_zone = replay.machine->zone(finding.violation->zone);
    if (where.kind == Where::Kind::list) story += list_contents(where_zone, where.index);
  }
  if (finding.property) story += property_text(*finding.property);
  return story + before_text(replay, text) + replay.passes.text() + touched_text(replay, finding) +
         events_text(replay);
}

}  // namespace spb
