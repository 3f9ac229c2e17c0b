// SPDX-License-Identifier: GPL-2.0-only
// What programs and engines reached, cell by cell, beside what nothing can reach and why.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "files/cells_file.h"
#include "model/policy/variant.h"
#include "program/cell_reach.h"
#include "program/load.h"
#include "program/printable.h"
#include "program/run.h"
#include "program/words.h"
#include "smt/properties.h"

namespace spb::cli {

namespace {

namespace fs = std::filesystem;

struct CoverageVerb {
  std::vector<std::string> sources;
  std::vector<std::string> variants;
  bool cells = false;
  bool not_yet = false;
  bool json = false;
};

// ---- what each cell is

enum class State : uint8_t { reached, unreachable, proven, not_yet, count };

/// A refusal that a property of `spbcheck prove` speaks about, for claims.
struct ProvenRefusal {
  Refusal refusal;
  std::string_view property;
};
constexpr std::array<ProvenRefusal, 3> proven_refusals{{
    {Refusal::ISOLATE, "claim-checks-unreachable"},
    {Refusal::CMA, "claim-checks-unreachable"},
    {Refusal::CROSS_TYPE_NOT_FREE, "cross-type-unreachable"},
}};

/// The property that excludes the cell for the variant with its own parameters, or none.
std::string_view proof_of(std::size_t variant, uint32_t cell) {
  const auto [kind, at] = place_of(cell);
  const bool is_claim = kind == CellKind::refusal && static_cast<PassId>(at[1]) == PassId::CLAIM;
  if (!is_claim) return {};
  for (const ProvenRefusal& proven : proven_refusals) {
    if (static_cast<uint32_t>(proven.refusal) != at[0]) continue;
    const smt::Property& property = *smt::find_property(proven.property);
    if (property.expected[variant] == smt::Expected::proven) return property.id;
  }
  return {};
}

struct CellState {
  uint32_t cell;
  State state;
  uint64_t times;
  std::string why;  ///< where nothing reaches it
};

CellState state_of(const CellReach& reach, std::size_t variant, uint32_t cell, uint64_t times) {
  const std::string why = reach.why_unreachable(cell);
  if (times > 0) return {cell, State::reached, times, why};
  if (!why.empty()) return {cell, State::unreachable, 0, why};
  const std::string_view proof = proof_of(variant, cell);
  if (proof.empty()) return {cell, State::not_yet, 0, ""};
  return {cell, State::proven, 0,
          fmt::format("proven for the variant's own parameters: {}", proof)};
}

using States = std::array<uint64_t, static_cast<std::size_t>(State::count)>;

uint64_t& count(States& states, State state) {
  return states[static_cast<std::size_t>(state)];
}

/// All cells that a variant has.
struct VariantCells {
  std::size_t variant;
  std::vector<CellState> cells;
  std::array<States, static_cast<std::size_t>(CellKind::count)> by_kind{};
  States all{};
};

VariantCells cells_of(std::size_t variant, const Cells& cells) {
  VariantCells of{variant, {}};
  const CellReach reach(variants()[variant]);
  for (uint32_t cell = 0; cell < nr_cells; ++cell) {
    const uint64_t times = cells.times(variant, cell);
    if (!reach.has(cell) && times == 0) continue;
    of.cells.push_back(state_of(reach, variant, cell, times));
    const State state = of.cells.back().state;
    ++count(of.by_kind[static_cast<std::size_t>(place_of(cell).kind)], state);
    ++count(of.all, state);
  }
  return of;
}

// ---- where they come from

/// What an engine left, with its estimate; programs were chosen, and say nothing of what is left.
struct EngineCells {
  std::string path;
  Cells cells;
};

class Sources {
 public:
  explicit Sources(const CoverageVerb& verb) : verb_(verb) {
    for (const std::string& name : verb.variants)
      under_.push_back(index_of(name));
    for (const std::string& source : verb.sources)
      take(source);
  }

  const Cells& all() const { return all_; }
  const std::vector<EngineCells>& engines() const { return engines_; }
  const Cells& programs() const { return programs_; }
  bool any_trouble() const { return trouble_; }

  static uint32_t index_of(const std::string& name) {
    ZoneSpec zone;
    return ZoneChanges{name, {}}.applied_to(zone).variant;
  }

 private:
  void take(const std::string& source);
  void take_folder(const std::string& folder);
  void take_file(const std::string& path);
  void run_program(const std::string& path);
  void run_under(LoadedProgram& program, uint32_t variant);

  const CoverageVerb& verb_;
  std::vector<uint32_t> under_;  ///< variants that programs run under; none: their own
  Cells all_;
  Cells programs_;
  std::vector<EngineCells> engines_;
  bool trouble_ = false;
};

void Sources::run_under(LoadedProgram& program, uint32_t variant) {
  ZoneSpec zone = program.zone;
  zone.variant = variant;
  RunOptions options;
  options.checks = Checks::none;
  options.events = false;
  options.cells = true;
  Runner runner(zone, options);
  run(runner, *program.source);
  programs_.add_run(variant, *runner.cells(), runner.counts().operations);
}

void Sources::run_program(const std::string& path) {
  if (under_.empty()) {
    const auto program = load_program(path);
    return run_under(*program, program->zone.variant);
  }
  for (const uint32_t variant : under_)
    run_under(*load_program(path), variant);
}

/// One file's trouble is not the others'.
void Sources::take_file(const std::string& path) {
  try {
    if (!is_cells_file(path)) return run_program(path);
    engines_.push_back({path, read_cells(path)});
    all_.add(engines_.back().cells);
  } catch (const std::exception& error) {
    trouble_ = true;
    complain(error.what());
  }
}

void Sources::take_folder(const std::string& folder) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const bool hidden = entry.path().filename().string().starts_with('.');
    const bool document = entry.path().extension() == ".md";
    if (entry.is_regular_file() && !hidden && !document) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files)
    take_file(file);
}

void Sources::take(const std::string& source) {
  const Cells before = programs_;
  programs_ = Cells();
  if (fs::is_directory(source)) {
    take_folder(source);
  } else {
    take_file(source);
  }
  all_.add(programs_);
  programs_.add(before);
}

// ---- telling

std::vector<std::size_t> told_variants(const CoverageVerb& verb) {
  std::vector<std::size_t> told;
  for (const std::string& name : verb.variants)
    told.push_back(Sources::index_of(name));
  for (std::size_t i = 0; verb.variants.empty() && i < variants().size(); ++i)
    told.push_back(i);
  return told;
}

/// "45/50": reached, of those that are not known to be out of reach.
std::string share_text(States states) {
  const uint64_t reached = count(states, State::reached);
  return fmt::format("{}/{}", reached, reached + count(states, State::not_yet));
}

void print_matrix(const std::vector<VariantCells>& told) {
  fmt::print("{:<10}", "");
  for (const CellKindInfo& kind : cell_kinds())
    fmt::print(" {:>9}", kind.name);
  fmt::print(" {:>10} {:>11}\n", "all", "unreachable");
  for (VariantCells of : told) {
    fmt::print("{:<10}", variants()[of.variant].name);
    for (const States& states : of.by_kind)
      fmt::print(" {:>9}", share_text(states));
    fmt::print(" {:>10} {:>11}\n", share_text(of.all),
               count(of.all, State::unreachable) + count(of.all, State::proven));
  }
}

std::string cell_text(const CellState& of) {
  if (of.state == State::not_yet) return "not yet";
  if (of.state != State::reached) return "unreachable: " + of.why;
  return of.why.empty() ? fmt::format("{}", of.times)
                        : fmt::format("{}, and expected to be unreachable: {}", of.times, of.why);
}

void print_cells(const CoverageVerb& verb, const VariantCells& of) {
  for (const CellState& cell : of.cells) {
    if (verb.not_yet && cell.state != State::not_yet) continue;
    const auto kind = static_cast<std::size_t>(place_of(cell.cell).kind);
    fmt::print("{:<10} {:<9} {:<50} {}\n", variants()[of.variant].name, cell_kinds()[kind].name,
               name_of_cell(cell.cell), cell_text(cell));
  }
}

void print_sources(const Sources& sources) {
  if (sources.programs().runs() > 0) {
    fmt::print("{}, {}\n", counted(sources.programs().runs(), "program run"),
               counted(sources.programs().operations(), "operation"));
  }
  for (const EngineCells& engine : sources.engines()) {
    fmt::print("{}: {}, {}: {}\n", printable(engine.path), counted(engine.cells.runs(), "run"),
               counted(engine.cells.operations(), "operation"), estimate_text(engine.cells));
  }
}

std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

void print_json_cell(const CellState& of, bool first) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(State::count)> words{
      "reached", "unreachable", "unreachable", "not yet"};
  const auto kind = static_cast<std::size_t>(place_of(of.cell).kind);
  fmt::print("{}\n      {{\"kind\": {}, \"cell\": {}, \"state\": \"{}\", \"times\": {}",
             first ? "" : ",", json_text(cell_kinds()[kind].name), json_text(name_of_cell(of.cell)),
             words[static_cast<std::size_t>(of.state)], of.times);
  if (!of.why.empty()) fmt::print(", \"why\": {}", json_text(of.why));
  fmt::print("}}");
}

void print_json(const std::vector<VariantCells>& told, const Sources& sources) {
  fmt::print("{{\n  \"variants\": [");
  for (const VariantCells& of : told) {
    fmt::print("{}\n    {{\"variant\": {}, \"cells\": [", &of == told.data() ? "" : ",",
               json_text(variants()[of.variant].name));
    for (const CellState& cell : of.cells)
      print_json_cell(cell, &cell == of.cells.data());
    fmt::print("]}}");
  }
  fmt::print("],\n  \"engines\": [");
  for (const EngineCells& engine : sources.engines()) {
    fmt::print(
        "{}\n    {{\"file\": {}, \"runs\": {}, \"operations\": {}, \"reached\": {}, "
        "\"chance_of_a_new_cell\": {:.6g}}}",
        &engine == sources.engines().data() ? "" : ",", json_text(printable(engine.path)),
        engine.cells.runs(), engine.cells.operations(), engine.cells.reached(),
        engine.cells.chance_of_new_in(million_operations));
  }
  fmt::print("]\n}}\n");
}

bool any_contradiction(const std::vector<VariantCells>& told) {
  return std::any_of(told.begin(), told.end(), [](const VariantCells& of) {
    return std::any_of(of.cells.begin(), of.cells.end(), [](const CellState& cell) {
      return cell.state == State::reached && !cell.why.empty();
    });
  });
}

int coverage_verb(const CoverageVerb& verb) {
  const Sources sources(verb);
  std::vector<VariantCells> told;
  for (const std::size_t variant : told_variants(verb))
    told.push_back(cells_of(variant, sources.all()));
  if (verb.json) {
    print_json(told, sources);
  } else {
    for (const VariantCells& of : told) {
      if (verb.cells || verb.not_yet) print_cells(verb, of);
    }
    print_matrix(told);
    print_sources(sources);
  }
  if (sources.any_trouble()) return bad_use;
  return any_contradiction(told) ? finding : holds;
}

}  // namespace

void add_coverage(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "coverage", "What was reached of what the policy can do, what nothing reaches, what is left");
  auto options = std::make_shared<CoverageVerb>();
  verb->add_option("SOURCE", options->sources,
                   "Programs, folders of them, and cells that an engine left (`simulate --cells`, "
                   "a fuzz target's SPB_CELLS)")
      ->check(CLI::ExistingPath);
  verb->add_option("--variant", options->variants,
                   "Tell this variant alone, and run programs under it; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
  verb->add_flag("--cells", options->cells, "List each cell: how often, or why not");
  verb->add_flag("--not-yet", options->not_yet, "List the cells that are not reached yet");
  verb->add_flag("--json", options->json, "Print all of it as JSON");
  verb->callback([options, &status] { status = coverage_verb(*options); });
}

}  // namespace spb::cli
