// SPDX-License-Identifier: GPL-2.0-only
#include "cli/diff.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/ending.h"
#include "cli/lives.h"
#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "files/whole_file.h"
#include "model/words/gfp.h"
#include "program/columns.h"
#include "program/digest.h"
#include "program/normalise.h"
#include "program/printable.h"
#include "program/random_operations.h"
#include "program/random_zone.h"
#include "program/simulate.h"
#include "program/story.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

struct DiffVerb {
  std::array<std::string, 2> sides;
  std::vector<std::string> programs;
  std::string corpus = "corpus";
  std::string seed = "1";
  uint64_t generated = 0;
  std::optional<double> seconds;
  bool proofs = false;
  uint64_t told = 12;
  std::string to;
};

constexpr uint64_t generated_where_nothing_is_said = 5000;
constexpr std::size_t programs_at_once = 250;

// ---- the sides

/// `rfc-v2 fix=D1`, with `variant=` before it or not. Throws InputError.
Side side_of(const std::string& text) {
  ZoneSpec zone;
  bool is_first = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (!is_first) set_parameter(zone.parameters, {word, 1}, {text, 0});
    if (!is_first) continue;
    if (word.starts_with("variant=")) word.erase(0, std::string_view("variant=").size());
    set_variant(zone, {word, 1}, {text, 0});
    is_first = false;
  }
  return {zone.variant, normalised(zone).parameters};
}

bool is_build(const std::string& text) {
  std::error_code ignored;
  return text.find('/') != std::string::npos && fs::is_regular_file(text, ignored);
}

std::unique_ptr<Compared> compared(const DiffVerb& verb) {
  const bool a = is_build(verb.sides[0]);
  const bool b = is_build(verb.sides[1]);
  if (a && b) return two_builds(verb.sides);
  if (!a && !b) return two_readings({side_of(verb.sides[0]), side_of(verb.sides[1])});
  throw InputError(spb::quoted(verb.sides[a ? 1 : 0]), 0, 0, "a reading beside a build",
                   "two readings, or the paths of two builds of spbcheck");
}

// ---- programs

void add_program(const std::string& path, std::vector<Program>& programs) {
  programs.push_back(whole_program(path, {}).program);
}

void add_folder(const fs::path& folder, std::vector<Program>& programs) {
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".txt")
      files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files)
    add_program(file, programs);
}

/// Those of the call, else the corpus where there is one.
std::vector<Program> given_programs(const DiffVerb& verb) {
  std::vector<Program> programs;
  for (const std::string& path : verb.programs) {
    if (fs::is_directory(path)) add_folder(path, programs);
    if (!fs::is_directory(path)) add_program(path, programs);
  }
  std::error_code ignored;
  if (verb.programs.empty() && fs::is_directory(verb.corpus, ignored))
    add_folder(verb.corpus, programs);
  return programs;
}

/// What the random walk does on a zone of this side, the same for the same seed.
Program generated_program(uint64_t seed, const Side& side) {
  constexpr uint32_t operations_least = 64;  // or up to 8 times as many
  Random random(seed);
  ZoneSpec zone;
  zone.geometry = random_geometry(random);
  zone = normalised(read_as(zone, side));
  RunOptions unchecked;
  unchecked.checks = Checks::none;
  const auto walked = make_machine(zone, unchecked);
  RandomOperations walk(walked->zone(), random.next());
  Program program{zone, {}};
  for (uint32_t left = operations_least << random.below(4); left > 0; --left) {
    program.operations.push_back(normalised(walk.next(), zone));
    apply(*walked, program.operations.back());
  }
  return program;
}

// ---- what differs

/// A class, and the shortest program that has it.
struct Found {
  uint64_t programs = 0;
  Program shortest;
};

class Comparison {
 public:
  Comparison(const DiffVerb& verb, Compared& compared) : verb_(verb), compared_(compared) {}

  void work(const std::atomic<bool>& stop);
  int tell(const End& end);

 private:
  void compare(std::span<const Program> programs);
  void compare_generated(const std::atomic<bool>& stop);
  uint64_t wanted() const {
    if (verb_.generated > 0) return verb_.generated;
    return verb_.seconds ? UINT64_MAX : generated_where_nothing_is_said;
  }
  std::vector<std::pair<DifferenceClass, const Found*>> by_frequency() const;
  std::string head() const;
  std::string class_text(std::size_t number, const DifferenceClass& of, const Found& found);
  void keep(std::size_t number, const Program& program) const;
  int tell_proofs();

  const DiffVerb& verb_;
  Compared& compared_;
  std::map<DifferenceClass, Found> classes_;
  uint64_t given_ = 0;
  uint64_t generated_ = 0;
  uint64_t differing_ = 0;
};

void Comparison::compare(std::span<const Program> programs) {
  const auto differences = compared_.first(programs);
  for (std::size_t i = 0; i < programs.size(); ++i) {
    if (!differences[i]) continue;
    ++differing_;
    Found& found = classes_[differences[i]->of];
    const bool shorter =
        found.programs == 0 || differences[i]->operation < found.shortest.operations.size();
    ++found.programs;
    if (!shorter) continue;
    found.shortest = programs[i];
    found.shortest.operations.resize(differences[i]->operation);
  }
}

void Comparison::compare_generated(const std::atomic<bool>& stop) {
  const uint64_t seed = seed_of(verb_.seed);
  const std::vector<Side> sides = compared_.generated_for();
  while (generated_ < wanted() && !stop) {
    std::vector<Program> some;
    while (some.size() < programs_at_once && generated_ + some.size() < wanted()) {
      const uint64_t number = generated_ + some.size();
      some.push_back(generated_program(seed_of_life(seed, number), sides[number % sides.size()]));
    }
    compare(some);
    generated_ += some.size();
  }
}

void Comparison::work(const std::atomic<bool>& stop) {
  const std::vector<Program> given = given_programs(verb_);
  compare(given);
  given_ = given.size();
  compare_generated(stop);
}

// ---- what is told of it

std::vector<std::pair<DifferenceClass, const Found*>> Comparison::by_frequency() const {
  std::vector<std::pair<DifferenceClass, const Found*>> all;
  for (const auto& [of, found] : classes_)
    all.emplace_back(of, &found);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.second->programs > b.second->programs;
  });
  return all;
}

std::string Comparison::head() const {
  const std::string differ = differing_ == 0 ? "none of them differs"
                                             : fmt::format("{} of them differ, in {}", differing_,
                                                           counted(classes_.size(), "way"));
  return paragraph("Two ", compared_.kind()) + paragraph("  A  ", printable(verb_.sides[0])) +
         paragraph("  B  ", printable(verb_.sides[1])) +
         paragraph("", fmt::format("{} given and {} generated with seed {}: {}.",
                                   counted(given_, "program"), generated_, verb_.seed, differ));
}

/// Sizes that are not the usual ones, too: those of each zone of the machine, and its CPUs.
std::string machine_text(const ZoneSpec& zone) {
  std::string text;
  for (uint32_t z = 0; z < zone.machine.nr_zones(); ++z) {
    const std::string line = zone_line(zone, z);
    text += paragraph("  ", line.substr(0, line.find(" variant=")));
  }
  return text;
}

std::string Comparison::class_text(std::size_t number, const DifferenceClass& of,
                                   const Found& found) {
  const Program least = compared_.least(found.shortest, of);
  const std::size_t last = least.operations.size();
  keep(number, least);
  std::string text = std::string(mail_columns, '-') + "\n";
  text += paragraph(fmt::format("{}. ", number),
                    fmt::format("{}, another {}, in {}", of.request, name_of(of.what),
                                counted(found.programs, "program")));
  text += paragraph("   A: ", of.came[0]) + paragraph("   B: ", of.came[1]) + "\n";
  text += machine_text(least.zone);
  for (const Operation& op : least.operations)
    text += paragraph("    ", operation_text(op, {}));
  const auto told = compared_.told(least, last);
  text += "\n" + two_columns("", {"A", "B"});
  text += side_by_side({told[0].searches, told[1].searches});
  return text + two_columns("it came", {told[0].came, told[1].came}) + "\n";
}

void Comparison::keep(std::size_t number, const Program& program) const {
  if (verb_.to.empty()) return;
  fs::create_directories(verb_.to);
  write_whole(fs::path(verb_.to) / fmt::format("difference-{:03}.txt", number),
              print_text(with_lines(program)));
}

int Comparison::tell_proofs() {
  if (!verb_.proofs) return holds;
  const auto lines = differing_proofs(compared_.proving());
  fmt::print("{}", paragraph("", lines.empty() ? "Proofs: the same outcomes."
                                               : "Proofs that come out otherwise:"));
  for (const std::string& line : lines)
    fmt::print("{}", paragraph("  ", line));
  return lines.empty() ? holds : finding;
}

int Comparison::tell(const End& end) {
  fmt::print("{}", head());
  if (end.signal != 0) fmt::print("{}\n", reason_text(end));
  std::size_t number = 0;
  for (const auto& [of, found] : by_frequency()) {
    ++number;
    if (number <= verb_.told) fmt::print("{}", class_text(number, of, *found));
    if (number == verb_.told + 1)
      fmt::print("{}\nWithout a program here, --classes N tells more:\n",
                 std::string(mail_columns, '-'));
    if (number > verb_.told) {
      const std::string line = fmt::format("{}: {} | {} ({}, {})", of.request, of.came[0],
                                           of.came[1], name_of(of.what), found->programs);
      fmt::print("{}", paragraph(fmt::format("{}. ", number), line));
    }
  }
  const int proofs = tell_proofs();
  return classes_.empty() ? proofs : finding;
}

int diff_verb(const DiffVerb& verb) {
  const auto sides = compared(verb);
  Comparison comparison(verb, *sides);
  std::atomic<bool> stop = false;
  const End end = run_until(verb.seconds, stop, [&] { comparison.work(stop); });
  if (!end.done) {
    complain("found no end of the work, expected one soon: it is told of nothing");
    leave(status_of(end, no_answer));
  }
  return status_of(end, comparison.tell(end));
}

}  // namespace

void add_diff(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "diff", "What two readings, or two builds, make of the same programs, in plain text");
  auto options = std::make_shared<DiffVerb>();
  const char* claim =
      "A variant, with parameters behind it (`rfc-v2 fix=D1`), or a build of spbcheck by its path";
  verb->add_option("A", options->sides[0], claim)->required();
  verb->add_option("B", options->sides[1], "The same, of the other side")->required();
  verb->add_option("PROGRAM", options->programs,
                   "Programs, or folders of them (the corpus where there is none)");
  verb->add_option("--corpus", options->corpus, "The corpus")
      ->type_name("FOLDER")
      ->capture_default_str();
  verb->add_option("--seed", options->seed, "Of the generated programs")
      ->type_name("N|COMMIT")
      ->capture_default_str();
  add_number(*verb, "--programs", options->generated, 1, UINT64_MAX,
             "Generate so many programs (5000 where nothing else ends it)");
  add_seconds(*verb, "--seconds", options->seconds, "Compare no longer than this");
  verb->add_flag("--proofs", options->proofs,
                 "What `prove --all` answers too; of a reading its variant counts alone");
  add_number(*verb, "--classes", options->told, 0, 100000,
             "Tell so many ways to differ with a program, the most frequent first")
      ->default_str("12");
  verb->add_option("--to", options->to, "Write the programs that are told into this folder")
      ->type_name("FOLDER");
  verb->callback([options, &status] { status = diff_verb(*options); });
}

}  // namespace spb::cli
