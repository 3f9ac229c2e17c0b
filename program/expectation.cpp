// SPDX-License-Identifier: GPL-2.0-only
#include "program/expectation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "model/policy/variant.h"
#include "model/words/gfp.h"

namespace spb {

namespace {

constexpr int64_t none = -1;

/// What a key is about.
enum class About : uint8_t { operation, zone, superpageblock, pageblock, list };

struct Key {
  About about;
  std::string_view name;  ///< whole, or what follows the index and a dot
  Names (*words)();       ///< the values by number; null for a number
  bool may_be_none;
  int64_t (*measure)(const Expectation&, const Zone&, const Outcome&);
};

// ---- words

template <class Id>
Names names_of() {
  Names names;
  for (uint8_t i = 0; i < static_cast<uint8_t>(Id::count); ++i)
    names.push_back(name_of(static_cast<Id>(i)));
  return names;
}

Names type_names() {
  return {migratetype_names().begin(), migratetype_names().end()};
}
Names no_yes() {
  return {"no", "yes"};
}
Names categories() {
  return {"clean", "tainted", "empty", "isolated"};
}
Names ends() {
  Names names;
  for (uint32_t end = 0; end < static_cast<uint32_t>(EvacuateEnd::count); ++end)
    names.push_back(name_of(static_cast<EvacuateEnd>(end)));
  return names;
}
Names contents() {
  return {"nothing", "unmovable",         "reclaimable",         "unmovable+reclaimable",
          "movable", "unmovable+movable", "reclaimable+movable", "unmovable+reclaimable+movable"};
}

// ---- the operation

int64_t outcome_result(const Expectation&, const Zone&, const Outcome& outcome) {
  return static_cast<int64_t>(outcome.result);
}
int64_t outcome_pass(const Expectation&, const Zone&, const Outcome& outcome) {
  return static_cast<int64_t>(outcome.by);
}
int64_t outcome_pfn(const Expectation&, const Zone& zone, const Outcome& outcome) {
  return outcome.pfn == no_page ? none : int64_t{zone.geometry().base_pfn} + outcome.pfn.value;
}
int64_t outcome_spb(const Expectation&, const Zone& zone, const Outcome& outcome) {
  return outcome.pfn == no_page ? none : zone.spb_of(outcome.pfn).value;
}
int64_t outcome_block(const Expectation&, const Zone& zone, const Outcome& outcome) {
  return outcome.pfn == no_page ? none : zone.block_of(outcome.pfn).value;
}
int64_t outcome_tag(const Expectation&, const Zone& zone, const Outcome& outcome) {
  return outcome.pfn == no_page ? none : zone.block(zone.block_of(outcome.pfn)).tag;
}
int64_t outcome_why(const Expectation&, const Zone&, const Outcome& outcome) {
  return outcome.why == IsolateRefusal::count ? none : static_cast<int64_t>(outcome.why);
}

/// The expected value if such an event reported it, else what the last one reported.
int64_t reported(const Expectation& expectation, const Zone& zone, EventKind kind) {
  int64_t last = none;
  for (const Event& event : zone.events) {
    if (event.kind != kind) continue;
    last = event.a;
    if (last == expectation.value) break;
  }
  return last;
}

int64_t reported_refusal(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return reported(expectation, zone, EventKind::spb_claim_block_refused);
}
int64_t reported_step(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return reported(expectation, zone, EventKind::spb_alloc_atomic_relax);
}
int64_t reported_end(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return reported(expectation, zone, EventKind::evacuate_done);
}

bool happened(const Zone& zone, EventKind kind) {
  return std::any_of(zone.events.begin(), zone.events.end(),
                     [kind](const Event& event) { return event.kind == kind; });
}

int64_t was_queued(const Expectation&, const Zone& zone, const Outcome&) {
  return happened(zone, EventKind::evacuate_queued);
}
int64_t was_dropped(const Expectation&, const Zone& zone, const Outcome&) {
  return happened(zone, EventKind::evacuate_dropped);
}

int64_t reported_answer(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return reported(expectation, zone, EventKind::evacuation_requested);
}
int64_t was_shrink_asked(const Expectation&, const Zone& zone, const Outcome&) {
  return happened(zone, EventKind::shrink_requested);
}
int64_t was_reserved(const Expectation&, const Zone& zone, const Outcome&) {
  return happened(zone, EventKind::highatomic_reserved);
}
int64_t outcome_pages(const Expectation&, const Zone&, const Outcome& outcome) {
  return outcome.pages;
}
/// Whose lists the last search that found a page was for.
int64_t outcome_search(const Expectation&, const Zone& zone, const Outcome&) {
  int64_t type = none;
  for (const Event& event : zone.events) {
    if (event.kind == EventKind::mm_page_alloc_zone_locked) type = event.type;
  }
  return type;
}

// ---- the state

template <auto Member>
int64_t of_zone(const Expectation&, const Zone& zone, const Outcome&) {
  return zone.state().*Member;
}

int64_t items_from(const Zone& zone, uint32_t item) {
  int64_t count = 0;
  for (; item != 0; item = zone.item(item - 1).next)
    ++count;
  return count;
}

int64_t items_free(const Expectation&, const Zone& zone, const Outcome&) {
  return items_from(zone, zone.evacuate_free());
}
int64_t items_pending(const Expectation&, const Zone& zone, const Outcome&) {
  return items_from(zone, zone.queue().pending);
}
int64_t items_work(const Expectation&, const Zone& zone, const Outcome&) {
  return items_from(zone, zone.queue().work.first);
}

const SpbState& spb_of(const Expectation& expectation, const Zone& zone) {
  return zone.spb(SpbIndex(expectation.index));
}

template <auto Member>
int64_t counter(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return spb_of(expectation, zone).*Member;
}

int64_t category(const Expectation& expectation, const Zone& zone, const Outcome&) {
  const uint8_t list = spb_of(expectation, zone).on_list;
  if (list == list_empty) return 2;
  if (list == list_isolated) return 3;
  return list / nr_fullness_bins == SB_TAINTED ? 1 : 0;
}

const BlockState& block_of(const Expectation& expectation, const Zone& zone) {
  return zone.block(BlockIndex(expectation.index));
}

int64_t block_tag(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return block_of(expectation, zone).tag;
}
int64_t block_has(const Expectation& expectation, const Zone& zone, const Outcome&) {
  const uint8_t bits = block_of(expectation, zone).bits;
  return ((bits & PB_has_unmovable) ? 1 : 0) | ((bits & PB_has_reclaimable) ? 2 : 0) |
         ((bits & PB_has_movable) ? 4 : 0);
}
int64_t block_isolated(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return (block_of(expectation, zone).bits & PB_migrate_isolate) != 0;
}
int64_t block_all_free(const Expectation& expectation, const Zone& zone, const Outcome&) {
  return (block_of(expectation, zone).bits & PB_all_free) != 0;
}

const ListHead& list_of(const Expectation& expectation, const Zone& zone) {
  return zone.free_list(expectation.index, Order(expectation.order),
                        static_cast<Migratetype>(expectation.type));
}

int64_t list_length(const Expectation& expectation, const Zone& zone, const Outcome&) {
  int64_t length = 0;
  for (uint32_t at = list_of(expectation, zone).first; at != 0; at = zone.links(Pfn(at - 1)).next) {
    if (++length > zone.geometry().span()) break;
  }
  return length;
}
int64_t list_head(const Expectation& expectation, const Zone& zone, const Outcome&) {
  const uint32_t first = list_of(expectation, zone).first;
  return first == 0 ? none : int64_t{zone.geometry().base_pfn} + first - 1;
}

// ---- keys

constexpr std::array<Key, 38> keys{{
    {About::operation, "outcome", names_of<Result>, false, outcome_result},
    {About::operation, "pass", names_of<PassId>, false, outcome_pass},
    {About::operation, "pfn", nullptr, true, outcome_pfn},
    {About::operation, "spb", nullptr, true, outcome_spb},
    {About::operation, "block", nullptr, true, outcome_block},
    {About::operation, "tag", type_names, true, outcome_tag},
    {About::operation, "refusal", names_of<Refusal>, true, reported_refusal},
    {About::operation, "ladder", names_of<LadderStep>, true, reported_step},
    {About::operation, "isolate", names_of<IsolateRefusal>, true, outcome_why},
    {About::operation, "evacuate.queued", no_yes, false, was_queued},
    {About::operation, "evacuate.dropped", no_yes, false, was_dropped},
    {About::operation, "evacuate.end", ends, true, reported_end},
    {About::zone, "evacuate.free", nullptr, false, items_free},
    {About::zone, "evacuate.pending", nullptr, false, items_pending},
    {About::zone, "evacuate.work", nullptr, false, items_work},
    {About::superpageblock, "nr_free", nullptr, false, counter<&SpbState::nr_free>},
    {About::superpageblock, "nr_unmovable", nullptr, false, counter<&SpbState::nr_unmovable>},
    {About::superpageblock, "nr_reclaimable", nullptr, false, counter<&SpbState::nr_reclaimable>},
    {About::superpageblock, "nr_movable", nullptr, false, counter<&SpbState::nr_movable>},
    {About::superpageblock, "nr_free_pages", nullptr, false, counter<&SpbState::nr_free_pages>},
    {About::superpageblock, "nr_reserved", nullptr, false, counter<&SpbState::nr_reserved>},
    {About::superpageblock, "total_pageblocks", nullptr, false,
     counter<&SpbState::total_pageblocks>},
    {About::superpageblock, "category", categories, false, category},
    {About::pageblock, "tag", type_names, false, block_tag},
    {About::pageblock, "has", contents, false, block_has},
    {About::pageblock, "isolated", no_yes, false, block_isolated},
    {About::pageblock, "all_free", no_yes, false, block_all_free},
    {About::list, "chunks", nullptr, false, list_length},
    {About::list, "head", nullptr, true, list_head},
    {About::zone, "nr_free_pages", nullptr, false,
     [](const Expectation&, const Zone& zone, const Outcome&) {
       return int64_t{zone.state().nr_free_pages};
     }},
    {About::zone, "nr_free_cma", nullptr, false, of_zone<&ZoneState::nr_free_cma>},
    {About::zone, "nr_free_highatomic", nullptr, false, of_zone<&ZoneState::nr_free_highatomic>},
    {About::zone, "nr_reserved_highatomic", nullptr, false,
     of_zone<&ZoneState::nr_reserved_highatomic>},
    {About::operation, "pages", nullptr, false, outcome_pages},
    {About::operation, "search", type_names, true, outcome_search},
    {About::operation, "reserved", no_yes, false, was_reserved},
    {About::operation, "shrink", no_yes, false, was_shrink_asked},
    {About::operation, "evacuation", names_of<EvacuationAnswer>, true, reported_answer},
}};

std::string_view prefix_of(About about) {
  switch (about) {
    case About::superpageblock:
      return "spb";
    case About::pageblock:
      return "block";
    default:
      return "";
  }
}

/// The key as a list of what is possible shows it.
std::string key_pattern(const Key& key) {
  if (key.about == About::list) return std::string(key.name) + "<spb>.<order>.<TYPE>";
  const std::string prefix(prefix_of(key.about));
  return prefix.empty() ? std::string(key.name) : prefix + "<n>." + std::string(key.name);
}

// ---- parsing

/// Cuts a word at dots, keeping the columns.
std::vector<Word> dotted(const Word& word) {
  std::vector<Word> parts;
  for (std::size_t at = 0; at <= word.text.size();) {
    const std::size_t dot = std::min(word.text.find('.', at), word.text.size());
    parts.push_back({word.text.substr(at, dot - at), word.column + static_cast<uint32_t>(at)});
    at = dot + 1;
  }
  return parts;
}

Word without_prefix(const Word& word, std::string_view prefix) {
  return {word.text.substr(prefix.size()), word.column + static_cast<uint32_t>(prefix.size())};
}

class ExpectationParser {
 public:
  ExpectationParser(const ZoneSpec& zone, const FileLine& place) : zone_(zone), place_(place) {}

  Expectation parse(const Word& word) {
    const KeyValue setting = key_value_of(word);
    if (!setting.has_value) place_.refuse(word, "KEY=VALUE");
    result_.line = place_.line;
    parse_key(parse_zone(setting.key));
    result_.value = value_of(keys[result_.key], setting.value);
    return result_;
  }

 private:
  const Geometry& geometry() const { return zone_.geometry_of(result_.zone); }

  /// The key behind `zone1.`, or all of it.
  Word parse_zone(const Word& word) {
    constexpr std::string_view prefix = "zone";
    const std::size_t dot = word.text.find('.');
    const bool numbered =
        word.text.starts_with(prefix) && dot != std::string_view::npos && dot > prefix.size();
    if (!numbered) return word;
    const Word number = without_prefix({word.text.substr(0, dot), word.column}, prefix);
    result_.zone = static_cast<uint8_t>(number_of(number, 0, zone_.machine.nr_further, place_));
    const Word key = without_prefix(word, word.text.substr(0, dot + 1));
    if (find(About::operation, key.text)) {
      place_.refuse(word, "what is about the state: the operation says which zone it is in");
    }
    return key;
  }

  bool find(About about, std::string_view name) {
    const auto it = std::find_if(keys.begin(), keys.end(), [&](const Key& key) {
      return key.about == about && key.name == name;
    });
    if (it == keys.end()) return false;
    result_.key = static_cast<uint8_t>(it - keys.begin());
    return true;
  }

  void parse_key(const Word& word) {
    if (find(About::operation, word.text) || find(About::zone, word.text)) return;
    const std::vector<Word> parts = dotted(word);
    if (parts.size() == 2 && parse_indexed(parts, About::superpageblock)) return;
    if (parts.size() == 2 && parse_indexed(parts, About::pageblock)) return;
    if (parts.size() >= 3 && parse_list(parts)) return;
    refuse_key(word);
  }

  bool parse_indexed(const std::vector<Word>& parts, About about) {
    const std::string_view prefix = prefix_of(about);
    if (!parts[0].text.starts_with(prefix) || !find(about, parts[1].text)) return false;
    const uint32_t count =
        about == About::pageblock ? geometry().nr_blocks() : geometry().most_superpageblocks();
    result_.index = number_of(without_prefix(parts[0], prefix), 0, count - 1, place_);
    return true;
  }

  bool parse_list(const std::vector<Word>& parts) {
    // `chunks0.3.MOVABLE`, `chunkszone.3.MOVABLE`; a dot before `zone` is welcome.
    const bool chunks = parts[0].text.starts_with("chunks");
    const std::string_view prefix = chunks ? "chunks" : "head";
    if (!parts[0].text.starts_with(prefix) || !find(About::list, prefix)) return false;
    const bool dot = parts.size() == 4 && parts[0].text == prefix;
    if (parts.size() != (dot ? 4U : 3U)) return false;
    parse_area(dot ? parts[1] : without_prefix(parts[0], prefix));
    const std::size_t at = dot ? 2 : 1;
    result_.order =
        static_cast<uint8_t>(number_of(parts[at], 0, geometry().max_page_order, place_));
    result_.type = static_cast<uint8_t>(index_of(
        parts[at + 1], type_names(), "a migratetype: " + alternatives(type_names()), place_));
    return true;
  }

  void parse_area(const Word& word) {
    const Variant& variant = variants()[zone_.variant];
    if (variant.policy.lists_per_superpageblock) {
      result_.index = number_of(word, 0, geometry().most_superpageblocks() - 1, place_);
    } else if (word.text != "zone") {
      place_.refuse(word,
                    "`zone`: the free lists of " + std::string(variant.name) + " are the zone's");
    }
  }

  int64_t value_of(const Key& key, const Word& word) const {
    if (key.may_be_none && word.text == "none") return none;
    if (key.words == nullptr) return number_of(word, 0, no_index, place_);
    const Names names = key.words();
    const std::string expected = alternatives(names) + (key.may_be_none ? ", or none" : "");
    return index_of(word, names, expected, place_);
  }

  [[noreturn]] void refuse_key(const Word& word) const {
    std::array<std::string, keys.size()> patterns;
    std::transform(keys.begin(), keys.end(), patterns.begin(), key_pattern);
    place_.refuse(word, "something to expect",
                  nearest_hint(word.text, Names(patterns.begin(), patterns.end())));
  }

  const ZoneSpec& zone_;
  const FileLine& place_;
  Expectation result_;
};

// ---- printing

std::string key_text(const Expectation& expectation, const ZoneSpec& zone) {
  const Key& key = keys[expectation.key];
  const std::string of_zone =
      expectation.zone == 0 ? "" : "zone" + std::to_string(expectation.zone) + ".";
  const std::string name = of_zone + std::string(key.name);
  const std::string index = std::to_string(expectation.index);
  if (key.about == About::list) {
    const bool own = variants()[zone.variant].policy.lists_per_superpageblock;
    return name + (own ? index : "zone") + "." + std::to_string(expectation.order) + "." +
           std::string(migratetype_names()[expectation.type]);
  }
  const std::string prefix(prefix_of(key.about));
  if (prefix.empty()) return name;
  return of_zone + prefix + index + "." + std::string(key.name);
}

std::string value_text(const Key& key, int64_t value) {
  if (key.may_be_none && value == none) return "none";
  const auto number = static_cast<uint64_t>(value);
  if (key.words != nullptr) return std::string(key.words()[number]);
  const bool is_pfn = key.name == "pfn" || key.name == "head";
  return is_pfn ? pfn_text(number) : std::to_string(number);
}

}  // namespace

Expectation parse_expectation(const Word& word, const ZoneSpec& zone, const FileLine& place) {
  return ExpectationParser(zone, place).parse(word);
}

bool is_about_operation(const Expectation& expectation) {
  return keys[expectation.key].about == About::operation;
}

int64_t measure(const Expectation& expectation, const Machine& machine, const Outcome& outcome) {
  const Key& key = keys[expectation.key];
  const uint32_t zone = key.about == About::operation ? outcome.zone : expectation.zone;
  return key.measure(expectation, machine.zone(zone), outcome);
}

std::string expectation_text(const Expectation& expectation, int64_t value, const ZoneSpec& zone) {
  return key_text(expectation, zone) + "=" + value_text(keys[expectation.key], value);
}

}  // namespace spb
