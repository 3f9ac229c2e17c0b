// SPDX-License-Identifier: GPL-2.0-only
// Two builds are asked by what every build prints: `run --checks none -v --digest`, a line an
// operation with what came of it and a line with the digest of the state then. Nothing else of them
// is compared; digests only where an untouched zone has the same one in both.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "cli/child.h"
#include "cli/diff.h"
#include "cli/temporary_folder.h"
#include "model/policy/variant.h"
#include "program/minimize.h"
#include "program/normalise.h"
#include "program/printable.h"
#include "program/text.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

/// What a build says of an operation.
struct Ran {
  std::string came;   ///< "page pfn=0 by CLAIM"
  std::string state;  ///< its digest
};
using Listing = std::vector<Ran>;

/// "# 1  u = rmqueue order=0  -> page pfn=0", "# state 81cd93126c990482"; a program ends with
/// "81cd93126c990482  FILE".
std::vector<Listing> listings_in(const std::string& output, const std::string& folder) {
  constexpr std::string_view arrow = "  -> ";
  std::vector<Listing> listings(1);
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    const std::size_t at = line.rfind(arrow);
    if (line.starts_with("# state ") && !listings.back().empty()) {
      listings.back().back().state = line.substr(8);
    } else if (line.starts_with("# ") && at != std::string::npos) {
      listings.back().push_back({line.substr(at + arrow.size()), {}});
    } else if (line.find("  " + folder) == 16) {
      listings.emplace_back();
    }
  }
  listings.pop_back();
  return listings;
}

std::string without_page(const std::string& came) {
  const std::size_t at = came.find(" pfn=");
  if (at == std::string::npos) return came;
  return came.substr(0, at) + came.substr(std::min(came.find(' ', at + 1), came.size()));
}

std::string page_of(const std::string& came) {
  const std::size_t at = came.find(" pfn=");
  return at == std::string::npos ? "" : came.substr(at, came.find(' ', at + 1) - at);
}

std::string pass_of(const std::string& came) {
  const std::size_t at = came.find(" by ");
  return at == std::string::npos ? "" : came.substr(at + 4);
}

Differs what_differs(const std::string& a, const std::string& b) {
  const std::string word_a = a.substr(0, a.find(' '));
  const std::string word_b = b.substr(0, b.find(' '));
  if (word_a != word_b) return Differs::result;
  if (page_of(a) != page_of(b)) return Differs::page;
  return pass_of(a) != pass_of(b) ? Differs::pass : Differs::refusal;
}

// ---- passes tried, out of a finding's story

bool is_indented(const std::string& line, std::size_t by) {
  return line.size() > by && line.find_first_not_of(' ') == by;
}

std::vector<Search> searches_in(const std::string& story) {
  std::vector<Search> searches;
  bool inside = false;
  std::istringstream in(story);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(" ")) inside = line.starts_with("passes tried");
    if (!inside) continue;
    if (is_indented(line, 2)) searches.push_back({line.substr(2), {}});
    if (!is_indented(line, 4) || searches.empty()) continue;
    const std::size_t end = line.find(' ', 4);
    const std::size_t why = std::min(line.find_first_not_of(' ', end), line.size());
    searches.back().passes.push_back({line.substr(4, end - 4), line.substr(why)});
  }
  return searches;
}

// ---- the two

class Builds : public Compared {
 public:
  explicit Builds(const std::array<std::string, 2>& builds) {
    for (std::size_t side = 0; side < builds.size(); ++side)
      builds_[side] = fs::absolute(builds[side]).string();
    compares_states_ =
        listings(0, {&untouched_, 1})[0][0].state == listings(1, {&untouched_, 1})[0][0].state;
  }

  std::string kind() const override {
    return compares_states_ ? "builds, by what comes of each operation and the state's digest"
                            : "builds, by what comes of each operation alone: an untouched zone "
                              "has another digest in each";
  }

  std::vector<std::optional<Difference>> first(std::span<const Program> programs) override {
    constexpr std::size_t at_once = 256;
    std::vector<std::optional<Difference>> result;
    for (std::size_t at = 0; at < programs.size(); at += at_once) {
      const auto some = programs.subspan(at, std::min(at_once, programs.size() - at));
      const auto a = listings(0, some);
      const auto b = listings(1, some);
      for (std::size_t i = 0; i < some.size(); ++i)
        result.push_back(difference(some[i], a[i], b[i]));
    }
    return result;
  }

  /// Two processes a candidate: there is an end to how many are tried.
  Program least(const Program& program, const DifferenceClass& of) override {
    constexpr std::size_t candidates_max = 1000;
    std::size_t candidates = 0;
    return minimize(normalised(program), Lower::zone_operations,
                    [&](const Program& candidate) -> std::optional<std::size_t> {
                      if (++candidates > candidates_max) return {};
                      const auto found = first({&candidate, 1})[0];
                      if (!found || found->of != of) return {};
                      return found->operation;
                    });
  }

  std::array<ToldSide, 2> told(const Program& program, std::size_t operation) override {
    return {told_by(0, program, operation), told_by(1, program, operation)};
  }

  std::vector<Side> generated_for() const override {
    std::vector<Side> sides;
    for (uint32_t i = 0; i < variants().size(); ++i)
      sides.push_back({i, {}});
    return sides;
  }

  std::array<std::vector<std::string>, 2> proving() const override {
    return {std::vector<std::string>{builds_[0], "prove", "--all"},
            std::vector<std::string>{builds_[1], "prove", "--all"}};
  }

 private:
  static Program nothing_happens() {
    Program program;
    program.operations = {{.kind = OpKind::irq_work}};
    return normalised(std::move(program));
  }

  std::string file(std::size_t number) const {
    return (folder_.path() / (std::to_string(number) + ".txt")).string();
  }

  void write(std::size_t number, const Program& program) const {
    std::ofstream(file(number)) << print_text(with_lines(program));
  }

  std::vector<Listing> listings(std::size_t side, std::span<const Program> programs) const {
    std::vector<std::string> words{builds_[side], "run", "--checks", "none",
                                   "-q",          "-v",  "--digest"};
    for (std::size_t i = 0; i < programs.size(); ++i) {
      write(i, programs[i]);
      words.push_back(file(i));
    }
    const ChildEnd end = run_child(words);
    auto listings = listings_in(end.output, folder_.path().string());
    if (listings.size() == programs.size()) return listings;
    throw std::runtime_error(fmt::format(
        "{}: found the outcomes of {} programs, expected those of {}; exit status {} {}",
        printable(builds_[side]), listings.size(), programs.size(), end.status,
        printable(end.errors.substr(0, end.errors.find('\n')))));
  }

  std::optional<Differs> what_differs(const Ran& a, const Ran& b) const {
    if (a.came != b.came) {
      const Differs what = spb::cli::what_differs(a.came, b.came);
      // Where the states are known to differ, it is not by the pass's name alone.
      const bool more = what == Differs::pass && compares_states_ && a.state != b.state;
      return more ? Differs::state : what;
    }
    if (compares_states_ && a.state != b.state) return Differs::state;
    return {};
  }

  std::optional<Difference> difference(const Program& program, const Listing& a,
                                       const Listing& b) const {
    const std::string variant(variants()[program.zone.variant].name);
    std::optional<Difference> by_pass;
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
      const Ran ran_a = i < a.size() ? a[i] : Ran{"not run", {}};
      const Ran ran_b = i < b.size() ? b[i] : Ran{"not run", {}};
      const std::string request = variant + ": " + request_class(program.operations[i]);
      const auto what = what_differs(ran_a, ran_b);
      if (!what) continue;
      Difference difference{{request, *what, {without_page(ran_a.came), without_page(ran_b.came)}},
                            i + 1};
      if (*what != Differs::pass) return difference;
      if (!by_pass) by_pass = std::move(difference);
    }
    return by_pass;
  }

  /// An expectation that fails at the operation brings its story.
  ToldSide told_by(std::size_t side, Program program, std::size_t operation) const {
    program.operations.resize(operation);
    const auto listing = listings(side, {&program, 1})[0];
    const std::string came = listing.size() < operation ? "not run" : listing.back().came;
    const char* other = came.starts_with("none") ? "page" : "none";
    std::string text = print_text(with_lines(program));
    text.insert(text.size() - 1, "  expect outcome=" + std::string(other));
    std::ofstream(file(0)) << text;
    const ChildEnd end =
        run_child({builds_[side], "run", "--checks", "none", "--before", "0", file(0)});
    return {came, searches_in(end.output)};
  }

  std::array<std::string, 2> builds_;
  TemporaryFolder folder_;
  Program untouched_ = nothing_happens();
  bool compares_states_ = false;
};

}  // namespace

std::unique_ptr<Compared> two_builds(const std::array<std::string, 2>& builds) {
  return std::make_unique<Builds>(builds);
}

}  // namespace spb::cli
