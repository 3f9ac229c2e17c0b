// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden_spb.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "model/operation/operation.h"
#include "model/words/gfp.h"
#include "model/words/types.h"
#include "trace/text.h"

namespace spb::trace {

namespace {

using Kind = GoldenStep::Kind;

constexpr std::string_view first_line = "# spb golden vectors, format 1";
constexpr std::string_view arrow = "-> ";
// A state may list every other page of the zone, so these three belong together.
constexpr uint32_t pages_max = 1U << 22;
constexpr std::size_t line_bytes_max = 32U << 20;
constexpr std::size_t text_bytes_max = 256U << 20;

constexpr std::array<std::string_view, static_cast<std::size_t>(SpbFeature::count)> feature_names{
    "isolate", "nonblock", "optional", "highatomic", "bulk"};
constexpr std::string_view features_expected =
    "'base', 'x', or some of: isolate nonblock optional highatomic bulk";

// ---- words of the format

constexpr std::array<AnswerField, 15> fields{{
    {"by", {"W"}},
    {"src", {"T"}},
    {"walk", {"W:#"}},
    {"ext", {"whole:#:T", "part:#:T:#/#", "steal:#:T"}},
    {"hint", {"#:t:#", "#:c:#", "#:e:#"}},
    {"ref", {"#:T>T:isolate", "#:T>T:cma", "#:T>T:edge", "#:T>T:cross:#/#", "#:T>T:half:#/#"}},
    {"optional", {"refused"}},
    {"tag", {"#:T>T"}},
    {"bit", {"#:+W", "#:-W"}},
    {"defrag", {"#"}},
    {"evac", {"#:T:q", "#:T:h"}},
    {"shrink", {"#"}},
    {"fall", {"#/#/#"}},
    {"warn", {"unreserve_highatomic_pageblock"}},
    {"ins", {"#/#/T/h", "#/#/T/t"}},
}};
constexpr std::string_view alloc_fields =
    "by src walk ext hint ref optional tag bit defrag evac shrink fall warn";
constexpr std::string_view free_fields = "ins tag bit defrag";

struct FlagLetter {
  char letter;
  uint32_t bits;
  std::optional<SpbFeature> feature;
};
constexpr std::array<FlagLetter, 5> flag_letters{{
    {'N', ALLOC_NOFRAGMENT, std::nullopt},
    {'K', ALLOC_NOFRAG_TAINTED_OK, std::nullopt},
    {'B', ALLOC_NON_BLOCK, SpbFeature::nonblock},
    {'O', ALLOC_HIGHORDER_OPTIONAL, SpbFeature::optional},
    {'H', ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK, SpbFeature::highatomic},
}};

// ---- a whole vector

class Parser {
 public:
  explicit Parser(LineReader& in) : in_(in) { vector_.name = in.name(); }

  SpbVector parse() {
    parse_header();
    while (parse_body_line(line("an operation, a state or 'eof'"))) {
    }
    std::string_view behind;
    if (in_.next(behind)) in_.refuse({quoted(behind), "the end of the file after 'eof'"});
    return std::move(vector_);
  }

 private:
  using ParseStep = void (Parser::*)(Words&, GoldenStep&);
  struct Verb {
    std::string_view name;
    Kind kind;
    ParseStep parse;
    std::optional<SpbFeature> feature;
  };

  std::string_view line(std::string_view expected) { return next_line(in_, expected); }

  const Geometry& geometry() const { return vector_.geometry; }
  uint32_t order(Words& in) const { return in.number("an order", 0, geometry().max_page_order); }
  uint32_t block(Words& in) const {
    return in.number("a pageblock", 0, geometry().nr_blocks() - 1);
  }
  uint32_t superpageblock(Words& in) const {
    return in.number("a superpageblock", 0, geometry().superpageblocks - 1);
  }
  uint32_t pfn(Words& in) const {
    return in.number("a pfn", geometry().start().value, geometry().end().value - 1);
  }

  /// Files of defects, `x`, may have everything.
  void need(const Words& in, std::string_view found, SpbFeature feature) const {
    if (any_feature_ || vector_.has(feature)) return;
    in.refuse(quoted(found),
              "'" + std::string(name_of(feature)) + "' among the features of the header");
  }

  // -- header
  void parse_header();
  void parse_geometry(Words& in);
  void parse_features(Words& in);

  // -- operations
  bool parse_body_line(std::string_view text);
  void parse_operation(std::string_view text, const Verb& verb);
  void parse_alloc(Words& in, GoldenStep& step);
  void parse_bulk(Words& in, GoldenStep& step);
  void parse_free(Words& in, GoldenStep& step);
  void parse_isolate(Words& in, GoldenStep& step);
  void parse_unisolate(Words& in, GoldenStep& step);
  void parse_unreserve(Words& in, GoldenStep& step);
  void parse_ok_or_fail(Words& in, std::string_view refusals);
  uint32_t alloc_flags(Words& in) const;
  void expect_arrow(Words& in) { in.literal("->"); }

  // -- states
  void parse_state(std::string_view text);
  bool parse_state_line(std::string_view text);
  void parse_counters(Words& in, std::string_view names, uint32_t max);
  void parse_tags(Words& in);
  void parse_bits(Words& in);
  void parse_place(Words& in);
  void parse_hint(Words& in);
  void parse_list(Words& in);
  void parse_eof(Words& in) const;

  void keep(GoldenStep& step, std::string_view text);

  static const std::array<Verb, 6> verbs;

  LineReader& in_;
  SpbVector vector_;
  bool any_feature_ = false;
  std::vector<uint32_t> slot_of_;  ///< by pfn: where its last allocation is kept
};

// ---- header

void Parser::parse_header() {
  const std::string_view first = line(quoted(first_line));
  if (first != first_line) in_.refuse({quoted(first), quoted(first_line)});
  std::string_view text = line("'geometry'");
  while (text.starts_with("# "))
    text = line("'geometry'");
  Words geometry_line(in_, text);
  parse_geometry(geometry_line);
  Words features_line(in_, line("'features'"));
  parse_features(features_line);
  for (const std::string_view informative : {"profile", "seed"}) {
    Words in(in_, line(quoted(informative)));
    in.literal(informative);
    in.next("a word");
    in.end();
  }
}

void Parser::parse_geometry(Words& in) {
  Geometry& g = vector_.geometry;
  in.literal("geometry");
  in.next("a name");
  g.superpageblocks = in.labelled("superpageblocks", 1, pages_max);
  g.pageblocks = in.labelled("pageblocks", 1, pages_max);
  g.pageblock_order = in.labelled("pageblock_order", 1, 12);
  g.max_page_order = in.labelled("max_page_order", g.pageblock_order, max_nr_page_orders - 1);
  g.absent_first = in.labelled("absent_first", 0, pages_max);
  g.absent_last = in.labelled("absent_last", 0, pages_max);
  vector_.reserve_min = static_cast<uint16_t>(in.labelled("reserve_min", 0, 0xfffe));
  in.end();
  const auto wrong = g.check();
  if (wrong) in.refuse(*wrong, "a zone that the model can represent");
  if (g.zone_pages() > pages_max) {
    in.refuse(number_text(g.zone_pages()) + " pages", "at most " + number_text(pages_max));
  }
  // A page's own pfn names its slot; the one behind them is for an allocation that gets none, and
  // behind that one each batch has its own.
  g.slots = g.span() + 1;
  slot_of_.resize(g.span());
}

void Parser::parse_features(Words& in) {
  in.literal("features");
  std::string_view word = in.next(features_expected);
  if (word == "base" || word == "x") {
    any_feature_ = word == "x";
    in.end();
    return;
  }
  for (;;) {
    const auto* name = std::find(feature_names.begin(), feature_names.end(), word);
    if (name == feature_names.end()) in.refuse(quoted(word), features_expected);
    vector_.features =
        static_cast<uint8_t>(vector_.features | 1U << (name - feature_names.begin()));
    if (in.at_end()) return;
    word = in.next(features_expected);
  }
}

// ---- operations

const std::array<Parser::Verb, 6> Parser::verbs{{
    {"alloc", Kind::alloc, &Parser::parse_alloc, std::nullopt},
    {"free", Kind::free, &Parser::parse_free, std::nullopt},
    {"isolate", Kind::isolate, &Parser::parse_isolate, SpbFeature::isolate},
    {"unisolate", Kind::unisolate, &Parser::parse_unisolate, SpbFeature::isolate},
    {"bulk", Kind::bulk, &Parser::parse_bulk, SpbFeature::bulk},
    {"unreserve", Kind::unreserve, &Parser::parse_unreserve, SpbFeature::highatomic},
}};

void Parser::keep(GoldenStep& step, std::string_view text) {
  if (vector_.text.size() + text.size() > text_bytes_max) {
    in_.refuse({"more than " + number_text(text_bytes_max) + " bytes of text", "a shorter vector"});
  }
  if (step.length != 0) vector_.text += '\n';
  vector_.text += text;
  step.length = vector_.text.size() - step.begin;
}

/// False behind the last line.
bool Parser::parse_body_line(std::string_view text) {
  const std::string_view name = text.substr(0, text.find(' '));
  if (name == "state") {
    parse_state(text);
    return true;
  }
  if (name == "eof") {
    Words in(in_, text);
    parse_eof(in);
    return false;
  }
  const auto* verb = std::find_if(verbs.begin(), verbs.end(),
                                  [&](const Verb& known) { return known.name == name; });
  if (verb == verbs.end()) {
    in_.refuse({quoted(text),
                "alloc, free, isolate, unisolate, bulk, unreserve, state or eof with its fields"});
  }
  parse_operation(text, *verb);
  return true;
}

void Parser::parse_operation(std::string_view text, const Verb& verb) {
  GoldenStep step;
  step.kind = verb.kind;
  step.line = in_.line_number();
  step.operation = ++vector_.nr_operations;
  step.begin = vector_.text.size();
  Words in(in_, text);
  in.literal(verb.name);
  if (verb.feature) need(in, verb.name, *verb.feature);
  (this->*verb.parse)(in, step);
  step.question = text.find(arrow) + arrow.size();
  keep(step, text);
  vector_.steps.push_back(std::move(step));
}

uint32_t Parser::alloc_flags(Words& in) const {
  constexpr std::string_view expected = "'-' or flags of NKBOH";
  const std::string_view flags = in.next(expected);
  uint32_t bits = 0;
  if (flags == "-") return bits;
  for (const char letter : flags) {
    const auto* flag = std::find_if(flag_letters.begin(), flag_letters.end(),
                                    [&](const FlagLetter& f) { return f.letter == letter; });
    if (flag == flag_letters.end()) in.refuse(quoted(flags), expected);
    if (flag->feature) need(in, flags, *flag->feature);
    bits |= flag->bits;
  }
  return bits;
}

void Parser::parse_alloc(Words& in, GoldenStep& step) {
  step.order = static_cast<uint8_t>(order(in));
  step.type = in.type("UMR");
  step.alloc_flags = alloc_flags(in);
  expect_arrow(in);
  const std::string_view page = in.next("a pfn or 'none'");
  step.pfn = no_index;
  step.slot = geometry().span();
  if (page != "none") {
    Words one(in_, page);
    step.pfn = step.slot = pfn(one);
    slot_of_[step.pfn] = step.slot;
  }
  check_fields(in, fields, alloc_fields);
}

void Parser::parse_bulk(Words& in, GoldenStep& step) {
  step.order = static_cast<uint8_t>(order(in));
  step.count = static_cast<uint8_t>(in.number("a count", 0, bulk_max));
  step.type = in.type("UMR");
  step.alloc_flags = alloc_flags(in);
  expect_arrow(in);
  step.slot = vector_.geometry.slots;
  vector_.geometry.slots += step.count;
  const uint32_t got = in.number("the pages got", 0, step.count);
  for (uint32_t i = 0; i < got; ++i)
    slot_of_[pfn(in)] = step.slot + i;
  check_fields(in, fields, alloc_fields);
}

void Parser::parse_free(Words& in, GoldenStep& step) {
  step.pfn = pfn(in);
  step.slot = slot_of_[step.pfn];
  step.order = static_cast<uint8_t>(order(in));
  const std::string_view flag = in.next("'-' or 'T'");
  if (flag != "-" && flag != "T") in.refuse(quoted(flag), "'-' or 'T'");
  step.to_tail = flag == "T";
  expect_arrow(in);
  check_fields(in, fields, free_fields);
}

void Parser::parse_ok_or_fail(Words& in, std::string_view refusals) {
  const std::string_view result = in.next("'ok' or 'fail'");
  if (result == "ok") {
    check_fields(in, fields, free_fields);
    return;
  }
  const std::string expected = "a reason of: " + std::string(refusals);
  if (result != "fail") in.refuse(quoted(result), "'ok' or 'fail'");
  const std::string_view reason = in.next(expected);
  Words known(in_, refusals);
  while (!known.at_end()) {
    if (known.next("a reason") == reason) return in.end();
  }
  in.refuse(quoted(reason), expected);
}

void Parser::parse_isolate(Words& in, GoldenStep& step) {
  step.block = block(in);
  expect_arrow(in);
  parse_ok_or_fail(in, "already cma unmovable edge");
}

void Parser::parse_unisolate(Words& in, GoldenStep& step) {
  step.block = block(in);
  expect_arrow(in);
  parse_ok_or_fail(in, "notisolated");
}

void Parser::parse_unreserve(Words& in, GoldenStep& step) {
  step.type = in.type("UMR");
  step.force = in.number("force", 0, 1) != 0;
  expect_arrow(in);
  const std::string_view result = in.next("'ok' or 'none'");
  if (result != "ok" && result != "none") in.refuse(quoted(result), "'ok' or 'none'");
  check_fields(in, fields, "tag warn");
}

// ---- states

void Parser::parse_state(std::string_view text) {
  GoldenStep step;
  step.line = in_.line_number();
  step.operation = vector_.nr_operations;
  step.begin = vector_.text.size();
  Words in(in_, text);
  in.literal("state");
  const std::string_view number = in.next("a number of operations");
  in.end();
  if (number != number_text(vector_.nr_operations)) {
    in.refuse("state " + quoted(number),
              "state " + number_text(vector_.nr_operations) +
                  ", as many as there are operations before it; none may be missing");
  }
  keep(step, text);
  for (bool more = true; more;) {
    const std::string_view of_state = line("'end' of the state");
    more = parse_state_line(of_state);
    keep(step, of_state);
  }
  ++vector_.nr_states;
  vector_.steps.push_back(std::move(step));
}

/// False at the state's end.
bool Parser::parse_state_line(std::string_view text) {
  Words in(in_, text);
  const std::string_view name = in.next("a line of a state");
  if (name == "end") {
    in.end();
    return false;
  }
  if (name == "stat") {
    parse_counters(in, "free blocks hafree hares live", 0xffffffffU);
  } else if (name == "tags") {
    parse_tags(in);
  } else if (name == "bits") {
    parse_bits(in);
  } else if (name == "iso") {
    do {
      block(in);
    } while (!in.at_end());
  } else if (name == "spb") {
    superpageblock(in);
    parse_counters(in, "free unmov recl mov rsv total pages", geometry().span());
  } else if (name == "at") {
    parse_place(in);
  } else if (name == "hint") {
    parse_hint(in);
  } else if (name == "list") {
    parse_list(in);
  } else {
    in.refuse(quoted(text), "stat, tags, bits, iso, spb, at, hint, list or end");
  }
  in.end();
  return true;
}

void Parser::parse_counters(Words& in, std::string_view names, uint32_t max) {
  while (!names.empty())
    in.labelled(next_word(names), 0, max);
}

void Parser::parse_tags(Words& in) {
  const std::string_view tags = in.next("a letter per pageblock");
  if (tags.size() != geometry().nr_blocks() ||
      tags.find_first_not_of("UMRH.") != std::string_view::npos) {
    in.refuse(quoted(tags),
              number_text(geometry().nr_blocks()) + " letters of UMRH, or '.', one per pageblock");
  }
}

void Parser::parse_bits(Words& in) {
  constexpr std::string_view expected = "letters of FURM, '-' or '.', for each pageblock";
  for (uint32_t left = geometry().nr_blocks(); left > 0; --left) {
    const std::string_view bits = in.next(expected);
    const bool letters = bits.find_first_not_of("FURM") == std::string_view::npos;
    if (!letters && bits != "-" && bits != ".") in.refuse(quoted(bits), expected);
  }
}

/// `at empty I..` or `at CATEGORY.BIN I..`.
void Parser::parse_place(Words& in) {
  constexpr std::string_view expected = "'empty', tainted.BIN or clean.BIN, BIN from 0 to 4";
  const std::string_view place = in.next(expected);
  const std::string_view category = place.substr(0, place.find('.'));
  const std::string_view bin = place.substr(std::min(category.size() + 1, place.size()));
  const bool in_matrix = (category == "tainted" || category == "clean") && bin.size() == 1 &&
                         bin.front() >= '0' && bin.front() <= '4';
  if (place != "empty" && !in_matrix) in.refuse(quoted(place), expected);
  do {
    superpageblock(in);
  } while (!in.at_end());
}

void Parser::parse_hint(Words& in) {
  order(in);
  in.type("UMR");
  in.labelled("cpu", 0, geometry().superpageblocks - 1);
  in.labelled("zone", 0, geometry().superpageblocks - 1);
}

void Parser::parse_list(Words& in) {
  superpageblock(in);
  order(in);
  in.type("UMRHI");
  do {
    pfn(in);
  } while (!in.at_end());
}

void Parser::parse_eof(Words& in) const {
  in.literal("eof");
  const std::string expected = "ops=" + number_text(vector_.nr_operations) +
                               ", the number of operations above; none may be missing";
  const std::string_view operations = in.next(expected);
  in.end();
  if (operations != "ops=" + number_text(vector_.nr_operations)) {
    in.refuse(quoted(operations), expected);
  }
}

}  // namespace

std::string_view name_of(SpbFeature feature) {
  return feature_names[static_cast<std::size_t>(feature)];
}

bool is_golden_spb(const std::filesystem::path& file) {
  LineReader in(file, line_bytes_max);
  std::string_view line;
  if (!in.next(line)) return false;
  drop_trailing_blanks(line);
  return line == first_line;
}

SpbVector read_golden_spb(const std::filesystem::path& file) {
  LineReader in(file, line_bytes_max);
  return Parser(in).parse();
}

SpbVector parse_golden_spb(std::string_view text, std::string name) {
  LineReader in(text, std::move(name), line_bytes_max);
  return Parser(in).parse();
}

}  // namespace spb::trace
