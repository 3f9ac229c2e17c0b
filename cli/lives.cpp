// SPDX-License-Identifier: GPL-2.0-only
#include "cli/lives.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <utility>

#include <fmt/core.h>

#include "cli/minimal.h"
#include "model/policy/variant.h"
#include "program/reach.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb::cli {

namespace {

// A life keeps images of its zone: sixteen of this many pages take a moment.
constexpr uint32_t pages_of_origin_max = 1U << 14;

/// The value of `NAME=` in the line, up to a blank or a quote.
std::optional<std::string> value_in(std::string_view line, std::string_view name) {
  const std::string key = std::string(name) + "=";
  for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    const bool begins =
        at == 0 || std::string_view(" '\"\t`(").find(line[at - 1]) != std::string_view::npos;
    if (!begins) continue;
    const std::string_view rest = line.substr(at + key.size());
    return std::string(rest.substr(0, rest.find_first_of(" '\"\t\n`),;")));
  }
  return {};
}

std::vector<std::string> parts(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t bar = std::min(text.find('|', at), text.size());
    names.push_back(text.substr(at, bar - at));
    at = bar + 1;
  }
  return names;
}

std::optional<uint64_t> number_in(std::string_view text, int base = 10) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value, base);
  return error == std::errc() && at == end ? std::optional(value) : std::nullopt;
}

uint64_t life_number(const std::string& text) {
  if (const auto value = number_in(text)) return *value;
  throw InputError("life", 0, 0, spb::quoted(text), "the number of a life");
}

uint32_t sample_number(const std::string& text) {
  const auto value = number_in(text);
  if (value && *value >= 1 && *value <= sample_of_both_max) return static_cast<uint32_t>(*value);
  throw InputError("both", 0, 0, spb::quoted(text),
                   "a number from 1 to " + std::to_string(sample_of_both_max));
}

}  // namespace

uint64_t seed_of(const std::string& text) {
  if (const auto number = number_in(text)) return *number;
  const bool all_hex = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (text.size() <= 40 && all_hex) {
    if (const auto commit = number_in(text.substr(0, 16), 16)) return *commit;
  }
  throw InputError("--seed", 0, 0, spb::quoted(text), "a number below 2^64, or a commit");
}

namespace {

/// The programs of these files. One that this build cannot read, since it names what a change took
/// away, is told and left out; where some are needed and that leaves none it is an error.
std::vector<Program> readable(const std::vector<std::string>& paths, bool needed) {
  std::vector<Program> programs;
  std::exception_ptr unreadable;
  for (const std::string& path : paths) {
    try {
      programs.push_back(whole_program(path, {}).program);
    } catch (const InputError& error) {
      fmt::print(stderr, "left out: {}\n", error.what());
      unreadable = std::current_exception();
    }
  }
  if (needed && programs.empty() && unreadable) std::rethrow_exception(unreadable);
  return programs;
}

/// Of these programs those that are of the readings and variants looked at, and small.
std::vector<Program> origins_of(std::vector<Program> programs, const SimulateOptions& options) {
  std::vector<Program> origins;
  for (Program& program : programs) {
    ZoneSpec zone = program.zone;
    const bool is_read = bring_into(options.readings, zone) && zone == program.zone;
    const auto& wanted = options.variants;
    const bool is_wanted = std::find(wanted.begin(), wanted.end(), zone.variant) != wanted.end();
    if (!is_read || !is_wanted || zone.geometry.zone_pages() > pages_of_origin_max) continue;
    origins.push_back(std::move(program));
  }
  return origins;
}

[[noreturn]] void refuse_origins() {
  throw InputError("--from", 0, 0, "no program of these readings and variants",
                   "one with a zone of " + std::to_string(pages_of_origin_max) + " pages at most",
                   "--readings and --variant say which are looked at");
}

std::vector<Reach> rows_of(const std::vector<std::string>& names) {
  std::vector<Reach> rows;
  for (const std::string& name : names) {
    const auto row = find_reach(name);
    if (!row) {
      throw InputError("--towards", 0, 0, spb::quoted(name), "a row of some variant",
                       "`spbcheck run --counts PROGRAM` names those of the program's");
    }
    rows.push_back(*row);
  }
  return rows;
}

void keep_variants_with(const std::vector<Reach>& rows, SimulateOptions& options) {
  const auto has_none = [&](uint32_t variant) {
    return std::none_of(rows.begin(), rows.end(),
                        [&](Reach row) { return has(variants()[variant], row); });
  };
  std::erase_if(options.variants, has_none);
  if (!options.variants.empty()) return;
  throw InputError("--towards", 0, 0, "no row of these variants", "one that some of them have",
                   "--variant says which are looked at");
}

std::vector<Operation> last_operations_of(const std::vector<Program>& programs) {
  std::vector<Operation> last;
  for (const Program& program : programs) {
    if (!program.operations.empty()) last.push_back(program.operations.back());
  }
  return last;
}

void append_distinct(std::vector<Operation>& all, const std::vector<Operation>& more) {
  for (const Operation& op : more) {
    if (std::find(all.begin(), all.end(), op) == all.end()) all.push_back(op);
  }
}

/// The operations of these programs that come to one of the rows. Programs that come to none are
/// left out, unless none comes to any.
std::vector<Operation> go_towards(const std::vector<Reach>& rows, std::vector<Program>& origins) {
  std::vector<Operation> reaching;
  std::vector<Program> kept;
  for (Program& program : origins) {
    const std::vector<Operation> operations = operations_that_reach(program, rows);
    if (operations.empty()) continue;
    append_distinct(reaching, operations);
    kept.push_back(program);
  }
  if (!kept.empty()) origins = std::move(kept);
  return reaching;
}

}  // namespace

SimulateOptions options_of(const Walk& walk) {
  SimulateOptions options;
  for (const std::string& name : walk.variants) {
    ZoneSpec zone;
    set_variant(zone, {name, 1}, {"--variant", 0});
    options.variants.push_back(zone.variant);
  }
  for (uint32_t i = 0; walk.variants.empty() && i < variants().size(); ++i)
    options.variants.push_back(i);
  const auto readings = find_reading_set(walk.readings);
  if (!readings)
    throw InputError("readings", 0, 0, spb::quoted(walk.readings), "clean, posted or all");
  options.readings = *readings;
  options.uniform = walk.uniform;
  options.sample_of_both = walk.sample_of_both;
  const std::vector<Reach> rows = rows_of(walk.towards);
  if (!rows.empty()) keep_variants_with(rows, options);
  options.from = origins_of(readable(walk.from, true), options);
  if (options.from.empty() && !walk.from.empty()) refuse_origins();
  if (!rows.empty()) options.preferred = go_towards(rows, options.from);
  const std::vector<Program> like = readable(walk.like, walk.from.empty());
  const std::vector<Program> more = origins_of(like, options);
  options.from.insert(options.from.end(), more.begin(), more.end());
  append_distinct(options.preferred, last_operations_of(like));
  return options;
}

std::string text_of(const LifeName& name) {
  std::string text = "seed=" + name.walk.seed + " life=" + std::to_string(name.life) +
                     " readings=" + name.walk.readings;
  for (std::size_t i = 0; i < name.walk.variants.size(); ++i)
    text += (i == 0 ? " variant=" : "|") + name.walk.variants[i];
  if (name.walk.sample_of_both != usual_sample_of_both)
    text += " both=" + std::to_string(name.walk.sample_of_both);
  return name.walk.uniform ? text + " uniform=yes" : text;
}

std::optional<LifeName> life_in(std::string_view line) {
  const auto seed = value_in(line, "seed");
  const auto life = value_in(line, "life");
  if (!seed || !life) return {};
  LifeName name;
  name.walk.seed = *seed;
  name.life = life_number(*life);
  if (const auto readings = value_in(line, "readings")) name.walk.readings = *readings;
  if (const auto variants = value_in(line, "variant")) name.walk.variants = parts(*variants);
  if (const auto both = value_in(line, "both")) name.walk.sample_of_both = sample_number(*both);
  name.walk.uniform = value_in(line, "uniform") == "yes";
  return name;
}

}  // namespace spb::cli
