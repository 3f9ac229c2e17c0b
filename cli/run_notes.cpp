// SPDX-License-Identifier: GPL-2.0-only
#include "cli/run_notes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "model/policy/variant.h"
#include "program/words.h"

namespace spb::cli {

namespace {

using report::RunRecord;

std::vector<std::string> parts_of(std::string_view line, char at) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = line.find(at);
    parts.emplace_back(line.substr(0, end));
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  return parts;
}

/// One line, and what is wrong with it.
struct NoteLine {
  const std::string& path;
  uint32_t number;
  std::vector<std::string> fields;  ///< behind the word

  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw InputError(path, number, 0, found, expected, "cli/run_notes.h has the form");
  }
  void require(std::size_t count) const {
    if (fields.size() != count)
      refuse(std::to_string(fields.size()) + " fields", std::to_string(count));
  }
  template <class T>
  T get(std::size_t field) const {
    const std::string& text = fields[field];
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < T{})
      refuse(spb::quoted(text), "a number");
    return value;
  }
  template <class T>
  std::optional<T> known(std::size_t field) const {
    return fields[field] == "-" ? std::nullopt : std::optional(get<T>(field));
  }
};

std::string utc_text(double seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

class NotesReader {
 public:
  explicit NotesReader(const std::string& path) : path_(path) {
    record_.program = "spbcheck " SPB_VERSION;
    record_.mode = "once";
    for (const Variant& variant : variants())
      record_.variants.emplace_back(variant.name);
  }

  void read(std::string_view line) {
    NoteLine note{path_, ++number_, parts_of(line, '\t')};
    const std::string word = note.fields.front();
    note.fields.erase(note.fields.begin());
    const auto reader = readers().find(word);
    if (reader == readers().end()) note.refuse(spb::quoted(word), "a word of a note");
    note.require(reader->second.fields);
    (this->*reader->second.read)(note);
  }

  RunRecord record() {
    record_.began = utc_text(began_);
    record_.seconds =
        std::round(std::max(0.0, (ended_ ? *ended_ : latest_) - began_) * 1000) / 1000;
    for (report::Engine& engine : record_.engines)
      complete(engine);
    return std::move(record_);
  }

 private:
  struct Reader {
    std::size_t fields;
    void (NotesReader::*read)(const NoteLine&);
  };
  static const std::map<std::string, Reader>& readers();

  void read_run(const NoteLine& note);
  void read_step(const NoteLine& note);
  void read_engine(const NoteLine& note);
  void read_sample(const NoteLine& note);
  void read_reach(const NoteLine& note);
  void read_proof(const NoteLine& note);
  void read_hunts(const NoteLine& note);
  void read_finding(const NoteLine& note) {
    record_.findings.push_back(told_finding(note.fields[0], note.fields[1]));
  }
  void read_corpus(const NoteLine& note) { record_.corpus_programs = note.get<uint64_t>(0); }
  void read_chance(const NoteLine& note) { record_.chance_of_more = note.get<double>(0); }

  /// What an engine's samples say, where nothing else did.
  void complete(report::Engine& engine) const {
    const auto of_it = [&](const report::Sample& sample) { return sample.engine == engine.name; };
    const auto last = std::find_if(record_.samples.rbegin(), record_.samples.rend(), of_it);
    if (last == record_.samples.rend()) return;
    if (!engine.executions) engine.executions = last->executions;
    if (!engine.operations) engine.operations = last->operations;
  }

  /// Of all its processes so far.
  struct Progress {
    std::map<std::string, uint64_t> executions, operations;  ///< by process
    std::optional<uint64_t> rows, cells;                     ///< the most that any had
  };

  const std::string& path_;
  uint32_t number_ = 0;
  RunRecord record_;
  double began_ = 0;
  double latest_ = 0;
  std::optional<double> ended_;
  std::map<std::string, Progress> progress_;  ///< by engine
};

const std::map<std::string, NotesReader::Reader>& NotesReader::readers() {
  static const std::map<std::string, Reader> all{
      {"run", {2, &NotesReader::read_run}},         {"step", {3, &NotesReader::read_step}},
      {"engine", {4, &NotesReader::read_engine}},   {"sample", {7, &NotesReader::read_sample}},
      {"reach", {5, &NotesReader::read_reach}},     {"proof", {5, &NotesReader::read_proof}},
      {"finding", {2, &NotesReader::read_finding}}, {"hunts", {1, &NotesReader::read_hunts}},
      {"corpus", {1, &NotesReader::read_corpus}},   {"chance", {1, &NotesReader::read_chance}},
  };
  return all;
}

void NotesReader::read_run(const NoteLine& note) {
  const std::string& name = note.fields[0];
  const std::string& value = note.fields[1];
  const std::map<std::string, std::string*> texts{{"mode", &record_.mode},
                                                  {"command", &record_.command},
                                                  {"commit", &record_.commit},
                                                  {"readings", &record_.readings},
                                                  {"seed", &record_.seed}};
  if (const auto text = texts.find(name); text != texts.end()) {
    *text->second = value;
  } else if (name == "began") {
    began_ = note.get<double>(1);
    latest_ = std::max(latest_, began_);
  } else if (name == "ended") {
    ended_ = note.get<double>(1);
  } else if (name == "budget") {
    record_.budget_seconds = note.get<double>(1);
  } else if (name == "status") {
    record_.status = note.get<int>(1);
  } else {
    note.refuse(spb::quoted(name), "the name of something that is said of a run");
  }
}

void NotesReader::read_step(const NoteLine& note) {
  record_.steps.push_back({note.fields[2], note.get<double>(0), note.get<int>(1)});
  // Steps follow each other, so a run that was ended took as long at least.
  double sum = 0;
  for (const report::Step& step : record_.steps)
    sum += step.seconds;
  latest_ = std::max(latest_, began_ + sum);
}

template <class T>
void add_known(std::optional<T>& sum, const std::optional<T>& more) {
  if (more) sum = sum.value_or(T{}) + *more;
}

void NotesReader::read_engine(const NoteLine& note) {
  auto& engines = record_.engines;
  const auto of_it = [&](const report::Engine& one) { return one.name == note.fields[0]; };
  auto engine = std::find_if(engines.begin(), engines.end(), of_it);
  if (engine == engines.end()) {
    engines.push_back({note.fields[0]});
    engine = engines.end() - 1;
  }
  add_known(engine->seconds, note.known<double>(1));
  add_known(engine->executions, note.known<uint64_t>(2));
  add_known(engine->operations, note.known<uint64_t>(3));
}

std::optional<uint64_t> sum_of(const std::map<std::string, uint64_t>& by_process) {
  if (by_process.empty()) return std::nullopt;
  uint64_t sum = 0;
  for (const auto& [process, count] : by_process)
    sum += count;
  return sum;
}

void NotesReader::read_sample(const NoteLine& note) {
  Progress& progress = progress_[note.fields[0]];
  const double time = note.get<double>(2);
  latest_ = std::max(latest_, time);
  const auto take = [&](std::map<std::string, uint64_t>& counts, std::size_t field) {
    if (const auto count = note.known<uint64_t>(field)) counts[note.fields[1]] = *count;
  };
  const auto most = [&](std::optional<uint64_t>& so_far, std::size_t field) {
    if (const auto count = note.known<uint64_t>(field))
      so_far = std::max(so_far.value_or(0), *count);
  };
  take(progress.executions, 3);
  take(progress.operations, 4);
  most(progress.rows, 5);
  most(progress.cells, 6);
  // To the thousandth, as they are noted.
  const double seconds = std::round(std::max(0.0, time - began_) * 1000) / 1000;
  record_.samples.push_back({note.fields[0], seconds, sum_of(progress.executions),
                             sum_of(progress.operations), progress.rows, progress.cells});
}

void NotesReader::read_reach(const NoteLine& note) {
  report::RowReach row{note.fields[0], note.fields[1], note.fields[2], note.get<uint64_t>(3),
                       note.fields[4] == "-" ? "" : note.fields[4]};
  for (report::RowReach& one : record_.reach) {
    if (one.variant != row.variant || one.kind != row.kind || one.row != row.row) continue;
    one.count += row.count;
    return;
  }
  record_.reach.push_back(std::move(row));
}

void NotesReader::read_proof(const NoteLine& note) {
  record_.proofs.push_back(
      {note.fields[0], note.fields[1], note.fields[2], note.fields[3], note.get<double>(4)});
}

void NotesReader::read_hunts(const NoteLine& note) {
  const std::string& path = note.fields[0];
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line) || line != "fault,engine,start,seed,seconds,found,budget")
    throw InputError(path, 1, 0, spb::quoted(line), "the heading of ci/time-to-find's results");
  for (uint32_t number = 2; std::getline(in, line); ++number) {
    const NoteLine hunt{path, number, parts_of(line, ',')};
    hunt.require(7);
    record_.hunts.push_back({hunt.fields[0], hunt.fields[1], hunt.fields[2], hunt.get<double>(4),
                             hunt.get<int>(5) != 0});
  }
}

}  // namespace

report::RunRecord record_of_notes(const std::string& notes, const std::string& path) {
  NotesReader reader(path);
  std::string_view rest = notes;
  for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos;) {
    reader.read(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return reader.record();
}

}  // namespace spb::cli
