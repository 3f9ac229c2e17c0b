// SPDX-License-Identifier: GPL-2.0-only
// The life of a folder's findings. What was known of each after the last triage is a line of the
// file `triage` in it, `STATE NAME`; that file is replaced at once, after everything else.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/again.h"
#include "cli/minimal.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "files/whole_file.h"
#include "program/printable.h"
#include "program/words.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

struct TriageVerb {
  std::string folder;
  bool keep_fixed = false;
  std::string corpus = "corpus/regressions";
};

/// States by the finding's file.
using States = std::map<std::string, std::string>;

bool is_state(const std::string& word) {
  return word == "new" || word == "known" || word == "fixed" || word == "again";
}

States read_states(const fs::path& file) {
  States states;
  std::ifstream in(file);
  uint32_t number = 0;
  for (std::string line; std::getline(in, line);) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    ++number;
    if (!is_state(line.substr(0, blank)) || blank + 1 >= line.size()) {
      throw InputError(file.string(), number, 1, spb::quoted(line),
                       "new, known, fixed or again and a file's name",
                       "without this file every finding is new");
    }
    states[line.substr(blank + 1)] = line.substr(0, blank);
  }
  return states;
}

void write_states(const fs::path& file, const States& states) {
  std::string text;
  for (const auto& [name, state] : states)
    text += state + " " + name + "\n";
  write_whole(file, text);
}

std::vector<std::string> findings_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".txt")
      names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What a finding is now, by what it was ("": never seen) and whether it still fails.
std::string next_state(const std::string& before, bool fails) {
  if (!fails) return "fixed";
  if (before.empty()) return "new";
  return before == "fixed" ? "again" : "known";
}

class Triage {
 public:
  explicit Triage(const TriageVerb& verb)
      : verb_(verb), folder_(verb.folder), states_(read_states(folder_ / "triage")) {}

  int run() {
    for (const std::string& name : findings_in(folder_))
      look_or_refuse(name);
    write_states(folder_ / "triage", now_);
    fmt::print("{}: {} new, {} again, {} known, {} fixed, {} refused\n",
               counted(now_.size() + moved_, "finding"), count("new"), count("again"),
               count("known"), count("fixed") + moved_, refused_);
    if (count("new") + count("again") > 0) return finding;
    return refused_ > 0 ? bad_use : holds;
  }

 private:
  std::size_t count(const std::string& state) const {
    return static_cast<std::size_t>(std::count_if(
        now_.begin(), now_.end(), [&](const auto& one) { return one.second == state; }));
  }

  /// One finding's trouble is not the others', and it stays what it was.
  void look_or_refuse(const std::string& name) {
    try {
      look_at(name);
    } catch (const std::exception& error) {
      complain(error.what());
      ++refused_;
      if (states_.contains(name)) now_[name] = states_[name];
    }
  }

  void look_at(const std::string& name) {
    const fs::path path = folder_ / name;
    const auto minimal = minimal_finding_of(path.string(), {});
    const std::string state =
        next_state(states_.contains(name) ? states_[name] : "", minimal.has_value());
    fmt::print("{:<6} {}{}\n", state, printable(path.string()),
               minimal ? ": " + signature_text(minimal->signature) : "");
    if (state == "new" || state == "again")
      fmt::print("       {}", again_line({"reproduce", path.string()}));
    if (state == "fixed" && verb_.keep_fixed) return move(path);
    now_[name] = state;
  }

  /// Written there before it goes from here; killed in between, the next triage does the rest.
  void move(const fs::path& path) {
    const std::string text = print_text(whole_program(path.string(), Form::text));
    const std::string kept =
        "# SPDX-License-Identifier: GPL-2.0-only\n# A finding that no longer fails. What it "
        "broke:\n" +
        text;
    fs::create_directories(verb_.corpus);
    const fs::path target = fs::path(verb_.corpus) / path.filename();
    std::ifstream in(target, std::ios::binary);
    const std::string there{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (fs::exists(target) && there != kept) {
      throw InputError(target.string(), 0, 0, "another program", "a new file");
    }
    write_whole(target, kept);
    fs::remove(path);
    ++moved_;
    fmt::print("       moved to {}\n", printable(target.string()));
  }

  const TriageVerb& verb_;
  fs::path folder_;
  States states_;
  States now_;
  std::size_t moved_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace

void add_triage(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "triage", "Of a folder of findings: what is new, known, fixed, or there again");
  auto options = std::make_shared<TriageVerb>();
  verb->add_option("FOLDER", options->folder, "The folder of findings")
      ->required()
      ->check(CLI::ExistingDirectory);
  verb->add_flag("--keep-fixed", options->keep_fixed,
                 "Move what no longer fails into the corpus, where it has to hold from then on");
  verb->add_option("--to", options->corpus, "The corpus's folder for these")
      ->type_name("FOLDER")
      ->capture_default_str();
  verb->callback([options, &status] { status = Triage(*options).run(); });
}

}  // namespace spb::cli
