// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <system_error>
#include <utility>

#include "model/operation/operation.h"
#include "model/words/gfp.h"
#include "model/words/types.h"
#include "trace/golden_line.h"
#include "trace/text.h"

namespace spb::trace {

namespace {

using Kind = GoldenStep::Kind;

constexpr std::string_view first_line = "# golden vectors, format 1";
constexpr std::string_view arrow = "-> ";
// A state may list every other page of the zone, so these three belong together.
constexpr uint32_t pages_max = 1U << 22;
constexpr std::size_t line_bytes_max = 32U << 20;
constexpr std::size_t text_bytes_max = 256U << 20;

constexpr std::array<std::string_view, static_cast<std::size_t>(GoldenFeature::count)>
    feature_names{"isolate", "cma", "highatomic", "bulk"};

// ---- fields of an answer

constexpr std::array<AnswerField, 6> fields{{
    {"ext",
     {"whole:#:T:#", "part:#:T:#:#/#", "steal:#:T:#", "#:whole:#:T:#", "#:part:#:T:#:#/#",
      "#:steal:#:T:#"}},
    {"src", {"T"}},
    {"ref", {"#:T:half:#/#", "#:T:edge"}},
    {"reserved", {"#"}},
    {"tag", {"#:T>T"}},
    {"ins", {"#/#/T/h", "#/#/T/t"}},
}};

// ---- a whole vector

/// One superpageblock that covers the zone, or the largest ones that the model has.
Geometry geometry_for(uint32_t pages, uint32_t pageblock_order, uint32_t max_page_order) {
  constexpr uint32_t blocks_of_superpageblock_max = 32768;
  Geometry g;
  g.pageblock_order = pageblock_order;
  g.max_page_order = max_page_order;
  const uint32_t blocks = (pages + g.pageblock_nr_pages() - 1) >> pageblock_order;
  g.pageblocks = std::min(std::bit_ceil(blocks), blocks_of_superpageblock_max);
  g.pageblocks = std::max(g.pageblocks, 1U << (max_page_order - pageblock_order));
  g.superpageblocks = (blocks + g.pageblocks - 1) / g.pageblocks;
  g.absent_last = g.span() - pages;
  // A page's own pfn names its slot; the one behind them is for an allocation that gets none.
  // Batches have slots of their own behind these.
  g.slots = pages + 1;
  return g;
}

/// Flags of an allocation.
struct FlagLetter {
  char letter;
  uint32_t alloc_flags;
  std::optional<GoldenFeature> feature;
};
constexpr std::array<FlagLetter, 4> flag_letters{{
    {'N', ALLOC_NOFRAGMENT, std::nullopt},
    {'C', ALLOC_CMA, GoldenFeature::cma},
    {'B', ALLOC_NON_BLOCK, GoldenFeature::highatomic},
    {'H', ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK, GoldenFeature::highatomic},
}};

class Parser {
 public:
  explicit Parser(LineReader& in) : in_(in) { vector_.name = in.name(); }

  GoldenVector parse() {
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
    std::optional<GoldenFeature> feature;
  };

  std::string_view line(std::string_view expected) { return next_line(in_, expected); }

  Words words(std::string_view expected) { return {in_, line(expected)}; }

  uint32_t pages() const { return vector_.geometry.zone_pages(); }
  uint32_t nr_blocks() const {
    return vector_.geometry.block_of(vector_.geometry.end() - 1).value + 1;
  }
  uint32_t order(Words& in) const {
    return in.number("an order", 0, vector_.geometry.max_page_order);
  }
  uint32_t block(Words& in) const { return in.number("a pageblock", 0, nr_blocks() - 1); }
  uint32_t pfn(Words& in) const { return in.number("a pfn", 0, pages() - 1); }

  void need(const Words& in, std::string_view found, GoldenFeature feature) const {
    if (vector_.has(feature)) return;
    in.refuse(quoted(found),
              "'" + std::string(name_of(feature)) + "' among the features of the header");
  }

  // -- header
  void parse_header();
  void parse_geometry();
  void parse_features();
  void parse_cma_blocks();

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
  void parse_alloc_flags(Words& in, GoldenStep& step);
  void expect_arrow(Words& in) { in.literal("->"); }

  // -- states
  void parse_state(std::string_view text);
  bool parse_state_line(std::string_view text);
  void parse_eof(Words& in) const;

  void keep(GoldenStep& step, std::string_view text);

  static const std::array<Verb, 6> verbs;

  LineReader& in_;
  GoldenVector vector_;
  std::vector<uint32_t> slot_of_;  ///< that the page was last allocated into, by pfn
};

// ---- header

void Parser::parse_header() {
  const std::string_view first = line(quoted(first_line));
  if (first != first_line) in_.refuse({quoted(first), quoted(first_line)});
  parse_geometry();
  parse_features();
  for (const std::string_view informative : {"profile", "seed"}) {
    Words in = words(quoted(informative));
    in.literal(informative);
    in.next("a word");
    in.end();
  }
  parse_cma_blocks();
}

void Parser::parse_geometry() {
  Words in = words("'geometry'");
  in.literal("geometry");
  in.next("a name");
  const uint32_t pages = in.labelled("pages", 1, pages_max);
  const uint32_t pageblock_order = in.labelled("pageblock_order", 1, 12);
  const uint32_t max = in.labelled("max_page_order", pageblock_order, max_nr_page_orders - 1);
  in.end();
  vector_.geometry = geometry_for(pages, pageblock_order, max);
  const auto wrong = vector_.geometry.check();
  if (wrong) in.refuse(*wrong, "a zone that the model can represent");
  slot_of_.assign(pages, pages);
}

void Parser::parse_features() {
  Words in = words("'features'");
  in.literal("features");
  constexpr std::string_view expected = "'base', or some of: isolate cma highatomic bulk";
  std::string_view word = in.next(expected);
  if (word == "base") {
    in.end();
    return;
  }
  for (;;) {
    const auto name = std::find(feature_names.begin(), feature_names.end(), word);
    if (name == feature_names.end()) in.refuse(quoted(word), expected);
    vector_.features =
        static_cast<uint8_t>(vector_.features | 1U << (name - feature_names.begin()));
    if (in.at_end()) return;
    word = in.next(expected);
  }
}

void Parser::parse_cma_blocks() {
  Words in = words("'cma_blocks'");
  in.literal("cma_blocks");
  constexpr std::string_view expected = "'none' or LOW-HIGH, pageblocks of the zone";
  const std::string_view range = in.next(expected);
  in.end();
  if (range == "none") return;
  const std::size_t dash = std::min(range.find('-'), range.size() - 1);
  uint32_t low = 0;
  uint32_t high = 0;
  if (!parse_number(range.substr(0, dash), 10, low) ||
      !parse_number(range.substr(dash + 1), 10, high) || low > high || high >= nr_blocks()) {
    in.refuse(quoted(range), expected);
  }
  need(in, range, GoldenFeature::cma);
  if (vector_.geometry.leaves_zone(BlockIndex(high))) in.refuse(quoted(range), "whole pageblocks");
  vector_.cma_blocks = {low, high + 1};
}

// ---- operations

const std::array<Parser::Verb, 6> Parser::verbs{{
    {"alloc", Kind::alloc, &Parser::parse_alloc, std::nullopt},
    {"free", Kind::free, &Parser::parse_free, std::nullopt},
    {"isolate", Kind::isolate, &Parser::parse_isolate, GoldenFeature::isolate},
    {"unisolate", Kind::unisolate, &Parser::parse_unisolate, GoldenFeature::isolate},
    {"bulk", Kind::bulk, &Parser::parse_bulk, GoldenFeature::bulk},
    {"unreserve", Kind::unreserve, &Parser::parse_unreserve, GoldenFeature::highatomic},
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
  const auto verb = std::find_if(verbs.begin(), verbs.end(),
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
  vector_.steps.push_back(step);
}

void Parser::parse_alloc_flags(Words& in, GoldenStep& step) {
  constexpr std::string_view expected = "'-' or flags of NCBH";
  const std::string_view flags = in.next(expected);
  if (flags == "-") return;
  for (const char letter : flags) {
    const auto flag = std::find_if(flag_letters.begin(), flag_letters.end(),
                                   [letter](const FlagLetter& f) { return f.letter == letter; });
    if (flag == flag_letters.end()) in.refuse(quoted(flags), expected);
    if (flag->feature) need(in, flags, *flag->feature);
    step.alloc_flags |= flag->alloc_flags;
  }
}

void Parser::parse_alloc(Words& in, GoldenStep& step) {
  step.order = static_cast<uint8_t>(order(in));
  step.type = in.type("UMR");
  parse_alloc_flags(in, step);
  expect_arrow(in);
  const std::string_view page = in.next("a pfn or 'none'");
  step.pfn = no_index;
  step.slot = pages();
  if (page != "none") {
    Words one(in_, page);
    step.pfn = step.slot = pfn(one);
    slot_of_[step.pfn] = step.slot;
  }
  check_fields(in, fields, "ext src ref reserved tag");
}

void Parser::parse_bulk(Words& in, GoldenStep& step) {
  step.order = static_cast<uint8_t>(order(in));
  const uint32_t asked = in.number("a count", 1, bulk_max);
  step.count = static_cast<uint8_t>(asked);
  step.slot = vector_.geometry.slots;
  vector_.geometry.slots += asked;
  step.type = in.type("UMR");
  parse_alloc_flags(in, step);
  expect_arrow(in);
  const uint32_t got = in.number("the pages got", 0, asked);
  for (uint32_t i = 0; i < got; ++i)
    slot_of_[pfn(in)] = step.slot + i;
  check_fields(in, fields, "ext ref tag");
}

void Parser::parse_free(Words& in, GoldenStep& step) {
  step.pfn = pfn(in);
  step.slot = slot_of_[step.pfn];
  step.order = static_cast<uint8_t>(order(in));
  const std::string_view flag = in.next("'-' or 'T'");
  if (flag != "-" && flag != "T") in.refuse(quoted(flag), "'-' or 'T'");
  step.to_tail = flag == "T";
  expect_arrow(in);
  check_fields(in, fields, "ins tag");
}

void Parser::parse_ok_or_fail(Words& in, std::string_view refusals) {
  const std::string_view result = in.next("'ok' or 'fail'");
  if (result == "ok") {
    check_fields(in, fields, "ins tag");
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
  step.force = in.number("force", 0, 1) == 1;
  expect_arrow(in);
  const std::string_view result = in.next("'ok' or 'none'");
  if (result != "ok" && result != "none") in.refuse(quoted(result), "'ok' or 'none'");
  check_fields(in, fields, "tag");
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
  vector_.steps.push_back(step);
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
    for (const std::string_view counter : {"free", "blocks", "cma", "hafree", "hares", "live"})
      in.labelled(counter, 0, pages());
  } else if (name == "tags") {
    const std::string_view tags = in.next("a letter per pageblock");
    if (tags.size() != nr_blocks() ||
        tags.find_first_not_of(golden_type_letters) != std::string_view::npos) {
      in.refuse(quoted(tags), number_text(nr_blocks()) + " letters of " +
                                  std::string(golden_type_letters) + ", one per pageblock");
    }
  } else if (name == "iso") {
    do {
      block(in);
    } while (!in.at_end());
  } else if (name == "list") {
    order(in);
    in.type(golden_type_letters);
    do {
      pfn(in);
    } while (!in.at_end());
  } else {
    in.refuse(quoted(text), "stat, tags, iso, list or end");
  }
  in.end();
  return true;
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

std::string_view name_of(GoldenFeature feature) {
  return feature_names[static_cast<std::size_t>(feature)];
}

GoldenVector read_golden(const std::filesystem::path& file) {
  LineReader in(file, line_bytes_max);
  return Parser(in).parse();
}

GoldenVector parse_golden(std::string_view text, std::string name) {
  LineReader in(text, std::move(name), line_bytes_max);
  return Parser(in).parse();
}

std::vector<std::filesystem::path> golden_files(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".txt") || name.ends_with(".txt.xz")) files.push_back(at->path());
  }
  if (error) throw InputError(path.string(), 0, {error.message(), "a folder that can be read"});
  if (files.empty()) {
    throw InputError(path.string(), 0, {"no vector in this folder", "files *.txt or *.txt.xz"});
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace spb::trace
