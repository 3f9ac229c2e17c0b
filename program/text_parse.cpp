// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <unordered_map>

#include "model/words/gfp.h"
#include "program/arguments.h"
#include "program/normalise.h"
#include "program/text.h"
#include "program/zone_line.h"

namespace spb {

namespace {

// ---- names

constexpr std::size_t name_bytes_max = 64;

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes_max && starts_name(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return starts_name(c) || (c >= '0' && c <= '9'); });
}

Names operation_names() {
  Names names;
  for (const OperationInfo& operation : operation_infos())
    names.push_back(name_of(operation.kind));
  return names;
}

bool is_keyword(std::string_view text) {
  Names keywords = operation_names();
  keywords.insert(keywords.end(), {"zone", "expect", "property", "none", "tail"});
  return std::find(keywords.begin(), keywords.end(), text) != keywords.end();
}

/// The slot that a name of the form s12 stands for.
std::optional<uint32_t> numbered_slot(std::string_view name) {
  const std::string_view digits = name.substr(1);
  const bool canonical = digits == "0" || (!digits.empty() && digits.front() != '0');
  uint32_t slot = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, slot);
  if (name.front() != 's' || !canonical || error != std::errc() || stop != end) return {};
  return slot;
}

/// Names in the order of their first appearance; slots are known once all of them have been seen.
/// A batch's name stands for its first slot, with .1, .2 and so on behind it for the others.
class SlotNames {
 public:
  /// A number for the name that stands until slots() says better.
  uint32_t intern(const Word& word, uint32_t slots, const FileLine& place) {
    const std::size_t dot = std::min(word.text.find('.'), word.text.size());
    if (dot < word.text.size()) return intern_member(word, dot, place);
    if (!is_name(word.text) || is_keyword(word.text)) {
      place.refuse(word, "a name: letters, digits and _, not the name of an operation");
    }
    const auto [it, fresh] = ids_.try_emplace(std::string(word.text), ids_.size());
    if (fresh) {
      check(word, slots, place);
      names_.push_back({it->first, it->second, 0, 0});
      occupy(names_.back(), 1);
    }
    return it->second;
  }

  /// The name stands for the first of so many slots.
  void widen(uint32_t id, uint32_t width, const Word& word, uint32_t slots, const FileLine& place) {
    Name& name = names_[id];
    if (width <= name.width) return;
    occupy(name, width);
    const auto numbered = numbered_slot(name.text);
    if (slots_named() <= slots && (!numbered || *numbered + width <= slots)) return;
    place.refuse(
        word,
        std::to_string(width) + " slots from this name on, of the zone's " + std::to_string(slots),
        "zone slots=N makes more");
  }

  /// The slot of each interned name.
  std::vector<uint32_t> slots(std::vector<std::string>& slot_names) const {
    std::vector<uint32_t> result;
    uint32_t next = 0;
    for (const Name& name : names_) {
      if (name.offset > 0) {
        result.push_back(result[name.first] + name.offset);
        continue;
      }
      const auto numbered = numbered_slot(name.text);
      if (!numbered) next = free_run(numbered_, next, name.width);
      result.push_back(numbered ? *numbered : next);
      if (numbered) continue;
      next += name.width;
      for (uint32_t i = 0; i < name.width; ++i)
        keep(slot_names, result.back() + i, member_text(name.text, i));
    }
    return result;
  }

 private:
  struct Name {
    std::string text;
    uint32_t first;   ///< id of the name it is a member of; its own
    uint32_t offset;  ///< slots behind that one's
    uint32_t width;   ///< slots it stands for
  };

  static std::string member_text(const std::string& name, uint32_t offset) {
    return offset == 0 ? name : name + "." + std::to_string(offset);
  }

  uint32_t intern_member(const Word& word, std::size_t dot, const FileLine& place) {
    const auto first = ids_.find(std::string(word.text.substr(0, dot)));
    const std::string_view digits = word.text.substr(dot + 1);
    uint32_t offset = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, offset);
    const bool known = first != ids_.end() && !numbered_slot(first->first);
    const bool fits = known && error == std::errc() && stop == end && offset > 0 &&
                      offset < names_[first->second].width && digits.front() != '0';
    if (!fits) {
      place.refuse(word, "NAME.N, the page N behind the first of a batch above",
                   "a batch that begins at s3 goes on at s4");
    }
    const auto [it, fresh] = ids_.try_emplace(std::string(word.text), ids_.size());
    if (fresh) names_.push_back({it->first, first->second, offset, 1});
    return it->second;
  }

  /// Two numbered names may stand for one slot: the page of a batch, and its own number.
  std::size_t slots_named() const { return numbered_.size() + others_; }

  void occupy(Name& name, uint32_t width) {
    const auto numbered = numbered_slot(name.text);
    if (!numbered) others_ += width - name.width;
    for (; name.width < width; ++name.width) {
      if (numbered) numbered_.insert(*numbered + name.width);
    }
  }

  /// The first slot from `from` on that begins so many which are not taken.
  static uint32_t free_run(const std::set<uint32_t>& taken, uint32_t from, uint32_t width) {
    for (auto at = taken.lower_bound(from); at != taken.end() && *at < from + width; ++at)
      from = *at + 1;
    return from;
  }

  void check(const Word& word, uint32_t slots, const FileLine& place) const {
    const auto slot = numbered_slot(word.text);
    if (slot && *slot >= slots) {
      place.refuse(word, "s0 to s" + std::to_string(slots - 1) + ", the zone's slots",
                   "zone slots=N makes more");
    }
    if ((slot && numbered_.count(*slot) != 0) || slots_named() < slots) return;
    place.refuse(word, "at most " + std::to_string(slots) + " names, the zone's slots",
                 "zone slots=N makes more");
  }

  static void keep(std::vector<std::string>& slot_names, uint32_t slot, const std::string& name) {
    if (slot_names.size() <= slot) slot_names.resize(slot + std::size_t{1});
    slot_names[slot] = name;
  }

  std::unordered_map<std::string, uint32_t> ids_;
  std::vector<Name> names_;
  std::set<uint32_t> numbered_;  ///< slots of names that say their number, and of batches there
  std::size_t others_ = 0;       ///< slots of all other names
};

// ---- values

uint32_t parse_bits(const Word& word, std::span<const FlagName> flags, uint32_t known,
                    const std::string& expected, const FileLine& place) {
  Names names;
  for (const FlagName& flag : flags)
    names.push_back(flag.name);
  uint32_t bits = 0;
  for (const Word& part : parts_of(word)) {
    const bool is_number =
        !part.text.empty() && part.text.front() >= '0' && part.text.front() <= '9';
    const uint32_t value = is_number ? number_of(part, 0, no_index, place)
                                     : flags[index_of(part, names, expected, place)].bits;
    if (value & ~known) place.refuse(part, "known bits only, " + hex_text(known));
    bits |= value;
  }
  return bits;
}

uint32_t parse_gfp(const Word& word, const FileLine& place) {
  const uint32_t gfp = parse_bits(word, gfp_names(), known_gfp_bits() | lower_zone_gfp_bits,
                                  "gfp flags joined by a bar", place);
  if (gfp & lower_zone_gfp_bits) {
    place.refuse(word, "flags without a lower zone's modifier",
                 "the model's zones are Normal, which cannot serve __GFP_DMA or __GFP_DMA32");
  }
  if ((gfp & __GFP_MOVABLE) && (gfp & __GFP_RECLAIMABLE)) {
    place.refuse(word, "__GFP_MOVABLE or __GFP_RECLAIMABLE, not both");
  }
  return gfp;
}

/// A type up to this one.
uint32_t parse_type(const Word& word, uint32_t last, const FileLine& place) {
  const Names names(migratetype_names().begin(), migratetype_names().begin() + last + 1);
  return index_of(word, names, alternatives(names), place);
}

uint32_t parse_pfn(const Word& word, const Geometry& g, const FileLine& place) {
  return number_of(word, g.base_pfn, g.base_pfn + g.span() - 1, place);
}

// ---- one operation

class OperationParser {
 public:
  OperationParser(const ZoneSpec& zone, SlotNames& names, const FileLine& place)
      : zone_(zone), geometry_(&zone.geometry), names_(names), place_(place) {}

  /// Slots of the result are the numbers that `names` gave.
  Operation parse(std::span<const Word> words) {
    const bool has_result = words.size() > 1 && words[1].text == "=";
    const Word& kind = words[has_result ? 2 : 0];
    op_.kind = static_cast<OpKind>(
        index_of(kind, operation_names(), "an operation, `zone`, `expect` or `property`", place_));
    place_of_kind_ = kind.column;
    take_result(words, has_result);
    const auto rest = words.subspan(has_result ? 3 : 1);
    // Pageblocks and pfns are of the zone, wherever it is said.
    for (const Word& word : rest)
      if (names_zone(word)) take(word);
    geometry_ = &zone_.geometry_of(op_.zone);
    for (const Word& word : rest)
      if (!names_zone(word)) take(word);
    require_all();
    check_alignment();
    if (op_.kind == OpKind::bulk) {
      names_.widen(op_.slot, nr_slots_written(op_), words[0], geometry_->slots, place_);
    }
    return op_;
  }

 private:
  const OperationInfo& kind() const { return info(op_.kind); }

  void take_result(std::span<const Word> words, bool has_result) {
    const bool wants = kind().arguments[0] == Argument::result;
    if (wants && !has_result) {
      place_.refuse(words[0], "a name for the result", std::string(kind().syntax));
    }
    if (!wants && has_result) {
      place_.refuse(words[1], "no result", std::string(kind().syntax));
    }
    if (has_result) put(Argument::result, words[0]);
  }

  void take(const Word& word) {
    const KeyValue setting = key_value_of(word);
    for (const Argument argument : kind().arguments) {
      if (!fits(argument, setting)) continue;
      put(argument, setting.has_value ? setting.value : word);
      return;
    }
    refuse(word);
  }

  /// Whether the word is this argument: by its key, or the first one in place that is missing.
  bool fits(Argument argument, const KeyValue& setting) const {
    if (argument == Argument::none || argument == Argument::result) return false;
    const std::string_view key = info(argument).key;
    if (!key.empty()) return setting.key.text == key && setting.has_value != is_word(argument);
    return !setting.has_value && !has(argument);
  }

  static bool names_zone(const Word& word) {
    return key_value_of(word).key.text == info(Argument::zone).key;
  }

  bool has(Argument argument) const { return seen_[static_cast<std::size_t>(argument)]; }

  void put(Argument argument, const Word& word) {
    if (has(argument)) place_.refuse(word, "each argument once", std::string(kind().syntax));
    seen_[static_cast<std::size_t>(argument)] = true;
    set(op_, argument, value_of(argument, word));
    if (argument == Argument::pfn) pfn_ = word;
  }

  uint32_t value_of(Argument argument, const Word& word) {
    switch (argument) {
      case Argument::result:
      case Argument::slot:
        return names_.intern(word, geometry_->slots, place_);
      case Argument::reclaim:
      case Argument::compact:
        return slot_plus_one(word);
      case Argument::gfp:
        return parse_gfp(word, place_);
      case Argument::alloc_flags:
        return parse_bits(word, alloc_flag_names(), known_alloc_flag_bits(),
                          "ALLOC_ flags joined by a bar", place_);
      case Argument::migratetype:
      case Argument::page_type:
      case Argument::tag:
        return parse_type(word, max_value(argument, *geometry_, zone_.machine), place_);
      case Argument::chunks:
        return number_of(word, 1, max_value(argument, *geometry_, zone_.machine), place_);
      case Argument::pfn:
        return parse_pfn(word, *geometry_, place_);
      case Argument::tail:
      case Argument::error:
      case Argument::force:
        return 1;
      case Argument::zone:
        return place_in_machine(argument, word, "each line that begins with `zone` makes one");
      case Argument::node:
        return place_in_machine(argument, word, "node=N of a further zone makes one");
      case Argument::cpu:
        return place_in_machine(argument, word, "zone cpus=N makes more");
      default:
        return number_of(word, 0, max_value(argument, *geometry_, zone_.machine), place_);
    }
  }

  uint32_t place_in_machine(Argument argument, const Word& word, const std::string& hint) const {
    const uint32_t max = max_value(argument, *geometry_, zone_.machine);
    const uint32_t value = number_of(word, 0, no_index - 1, place_);
    if (value <= max) return value;
    const std::string key(info(argument).key);
    place_.refuse(word,
                  max == 0 ? "0, the machine's only " + key
                           : "0 to " + std::to_string(max) + ", the machine's " + key + "s",
                  hint);
  }

  uint32_t slot_plus_one(const Word& word) {
    const uint32_t id = names_.intern(word, geometry_->slots, place_);
    const uint32_t slot = std::max(id, numbered_slot(word.text).value_or(0));
    if (slot >= max_value(Argument::reclaim, *geometry_)) {
      place_.refuse(word, "one of the first 65535 slots");
    }
    return id + 1;
  }

  void require_all() const {
    for (const Argument argument : kind().arguments) {
      if (argument == Argument::none || !info(argument).required || has(argument)) continue;
      const std::string key(info(argument).key);
      place_.refuse(
          place_of_kind_,
          std::string(name_of(op_.kind)) + " without " + (key.empty() ? "its argument" : key),
          std::string(kind().syntax));
    }
  }

  void check_alignment() const {
    if (!has(Argument::pfn)) return;
    const uint32_t size = 1U << op_.order;
    if (op_.a % size != 0) {
      place_.refuse(pfn_, "a multiple of " + std::to_string(size) + ", the pages of the order");
    }
  }

  [[noreturn]] void refuse(const Word& word) const {
    const KeyValue setting = key_value_of(word);
    std::vector<std::string> patterns;
    for (const Argument argument : kind().arguments)
      patterns.emplace_back(info(argument).key);
    const std::string hint =
        nearest_hint(setting.key.text, Names(patterns.begin(), patterns.end()));
    place_.refuse(word, std::string(kind().syntax), hint);
  }

  const ZoneSpec& zone_;
  const Geometry* geometry_;  ///< of the zone that the operation names
  SlotNames& names_;
  const FileLine& place_;
  Operation op_;
  uint32_t place_of_kind_ = 1;
  Word pfn_;
  std::array<bool, static_cast<std::size_t>(Argument::count)> seen_{};
};

// ---- the file

class TextParser {
 public:
  explicit TextParser(const std::string& file) : file_(file) {}

  void add_line(std::string_view line) {
    ++line_number_;
    const FileLine place{file_, line_number_};
    if (line.size() > text_columns_max) {
      place.refuse(1, "a line of " + std::to_string(line.size()) + " bytes",
                   "at most " + std::to_string(text_columns_max));
    }
    TextLine entry;
    const std::size_t hash = std::min(line.find('#'), line.size());
    entry.comment = comment_of(line.substr(hash), hash, place);
    check_bytes(line.substr(0, hash), place);
    const std::vector<Word> words = words_of(line.substr(0, hash));
    if (!words.empty()) add_statement(words, entry, place);
    text_.lines.push_back(std::move(entry));
  }

  TextProgram finish() {
    if (!has_zone_) {
      FileLine{file_, line_number_}.refuse(1, "the end of the file",
                                           "a line that begins with `zone`");
    }
    const std::vector<uint32_t> slots = names_.slots(text_.slot_names);
    check_slots();
    for (Operation& op : text_.program.operations)
      resolve(op, slots);
    return std::move(text_);
  }

 private:
  /// Numbered slots may leave no room between them for a batch.
  void check_slots() const {
    const std::size_t named = text_.slot_names.size();
    const uint32_t slots = text_.program.zone.geometry.slots;
    if (named <= slots) return;
    FileLine{file_, 0}.refuse(
        0, std::to_string(named) + " slots, up to `" + text_.slot_names.back() + "`",
        "at most " + std::to_string(slots), "zone slots=N makes more");
  }

  static bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  }

  /// Comments may hold any text, statements ASCII alone.
  static std::string comment_of(std::string_view comment, std::size_t column,
                                const FileLine& place) {
    for (std::size_t i = 0; i < comment.size(); ++i) {
      if (is_control(comment[i])) refuse_byte(comment[i], column + i, place);
    }
    while (!comment.empty() && (comment.back() == ' ' || comment.back() == '\t'))
      comment.remove_suffix(1);
    return std::string(comment);
  }

  static void check_bytes(std::string_view statement, const FileLine& place) {
    for (std::size_t i = 0; i < statement.size(); ++i) {
      const bool ascii = static_cast<unsigned char>(statement[i]) < 0x80;
      if (!ascii || is_control(statement[i])) refuse_byte(statement[i], i, place);
    }
  }

  [[noreturn]] static void refuse_byte(char c, std::size_t at, const FileLine& place) {
    place.refuse(static_cast<uint32_t>(at + 1), "the byte " + quoted({&c, 1}), "text");
  }

  void add_statement(std::span<const Word> words, TextLine& entry, const FileLine& place) {
    if (words[0].text == "zone") {
      add_zone(words, entry, place);
      return;
    }
    if (!has_zone_) place.refuse(words[0], "a line that begins with `zone`");
    if (words[0].text == "property") {
      add_property(words, entry, place);
      return;
    }
    const auto expect =
        std::find_if(words.begin(), words.end(), [](const Word& w) { return w.text == "expect"; });
    const auto before = static_cast<std::size_t>(expect - words.begin());
    if (before > 0) add_operation(words.first(before), entry, place);
    if (expect != words.end()) add_expectations(words.subspan(before), entry, place);
  }

  void add_zone(std::span<const Word> words, TextLine& entry, const FileLine& place) {
    entry.kind = TextLine::Kind::zone;
    if (words.size() > 1 && words[1].text == "=") {
      place.refuse(words[0], "a name for the result that is no word of the language");
    }
    ZoneSpec& zone = text_.program.zone;
    if (!has_zone_) {
      has_zone_ = true;
      zone = parse_zone(words.subspan(1), words[0].column, place);
      return;
    }
    if (!text_.program.operations.empty() || !text_.expectations.empty()) {
      place.refuse(words[0],
                   "an operation: zones come before the first one, and before what is "
                   "expected of them");
    }
    parse_further_zone(zone, words.subspan(1), words[0].column, place);
    entry.zone = zone.machine.nr_further;
  }

  void add_property(std::span<const Word> words, TextLine& entry, const FileLine& place) {
    if (!text_.property.empty()) place.refuse(words[0], "one property a program");
    if (words.size() != 2 || !is_id(words[1].text)) {
      place.refuse(words.back(), "`property ID`, an id of `spbcheck prove --table`");
    }
    entry.kind = TextLine::Kind::property;
    text_.property = words[1].text;
  }

  static bool is_id(std::string_view text) {
    return text.size() <= name_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
  }

  void add_operation(std::span<const Word> words, TextLine& entry, const FileLine& place) {
    if (words.size() == 2 && words[1].text == "=") {
      place.refuse(words[1], "an operation after it");
    }
    entry.kind = TextLine::Kind::operation;
    entry.operation = static_cast<uint32_t>(text_.program.operations.size());
    text_.program.operations.push_back(
        OperationParser(text_.program.zone, names_, place).parse(words));
  }

  void add_expectations(std::span<const Word> words, TextLine& entry, const FileLine& place) {
    const bool alone = entry.kind != TextLine::Kind::operation;
    if (alone) entry.kind = TextLine::Kind::expect;
    entry.first_expectation = static_cast<uint32_t>(text_.expectations.size());
    if (words.size() == 1) place.refuse(words[0], "KEY=VALUE after it");
    for (const Word& word : words.subspan(1)) {
      const Expectation expectation = parse_expectation(word, text_.program.zone, place);
      if (is_about_operation(expectation) && text_.program.operations.empty()) {
        place.refuse(word, "an operation before it");
      }
      text_.expectations.push_back(expectation);
      ++entry.nr_expectations;
    }
  }

  void resolve(Operation& op, const std::vector<uint32_t>& slots) const {
    for (const Argument argument : info(op.kind).arguments) {
      const uint32_t id = get(op, argument);
      if (argument == Argument::result || argument == Argument::slot) set(op, argument, slots[id]);
      const bool plus_one = argument == Argument::reclaim || argument == Argument::compact;
      if (plus_one && id > 0) set(op, argument, slot_plus_one(slots[id - 1]));
    }
  }

  uint32_t slot_plus_one(uint32_t slot) const {
    if (slot < max_value(Argument::reclaim, text_.program.zone.geometry)) return slot + 1;
    FileLine{file_, 0}.refuse(0,
                              "a reclaim= or compact= name whose slot is " + std::to_string(slot),
                              "one of the first 65535 slots");
  }

  const std::string& file_;
  uint32_t line_number_ = 0;
  bool has_zone_ = false;
  SlotNames names_;
  TextProgram text_;
};

}  // namespace

TextProgram parse_text(std::string_view text, const std::string& file) {
  if (text.size() > text_bytes_max) {
    throw InputError(file, 0, 0, std::to_string(text.size()) + " bytes of text",
                     "at most " + std::to_string(text_bytes_max),
                     "long programs go into a container");
  }
  TextParser parser(file);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    parser.add_line(line);
  }
  return parser.finish();
}

}  // namespace spb
