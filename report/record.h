// SPDX-License-Identifier: GPL-2.0-only
// The record of a run: what ran, how long, what it reached, found and proved. One JSON document
// (docs/record.md, docs/record.schema.json), from which every form of a report is made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spb::report {

/// Another version reads another way. A reader refuses those that it does not know.
constexpr int record_version = 1;

struct Step {
  std::string name;
  double seconds = 0;
  int status = 0;  ///< exit status
};

struct Engine {
  std::string name;
  std::optional<double> seconds{};  ///< of all its turns
  std::optional<uint64_t> executions{};
  std::optional<uint64_t> operations{};
};

/// What an engine had done and reached by then, all its processes and turns together.
struct Sample {
  std::string engine;
  double seconds = 0;  ///< since the run began
  std::optional<uint64_t> executions{};
  std::optional<uint64_t> operations{};
  std::optional<uint64_t> rows{};   ///< of all variants' tables
  std::optional<uint64_t> cells{};  ///< program/cells.h
};

/// How often a row of a variant's table served or refused.
struct RowReach {
  std::string variant;
  std::string kind;  ///< pass, refusal, ladder, isolation
  std::string row;
  uint64_t count = 0;
  std::string unreachable;  ///< why nothing can reach it; empty: something can
};

struct ToldFinding {
  std::string state;                    ///< new, known, fixed, again
  std::string invariant;                ///< that it is blamed on; or `expectation`, or a property
  std::string clause;                   ///< of the invariant, or what was expected and found
  std::vector<std::string> invariants;  ///< all that the operation trips, this one first
  std::string variant;
  std::string operation;  ///< its kind; empty: before the first
  std::string row;        ///< the pass that served it; empty: none
  std::string fingerprint;
  std::string message;  ///< a line
  std::string program;  ///< path of the minimal program
  uint64_t line = 0;    ///< of the program's text; 0: not known
  std::string again;    ///< the command that shows it
};

struct Proof {
  std::string property;
  std::string variant;
  std::string outcome;  ///< proven, refuted, invalid, skipped, timeout, error
  std::string expected;
  double seconds = 0;  ///< of all solvers

  bool is_answered() const { return outcome != "timeout" && outcome != "error"; }
  bool is_as_expected() const { return outcome == expected; }
};

/// One engine's hunt for one planted fault (ci/time-to-find).
struct Hunt {
  std::string fault;
  std::string engine;
  std::string from;    ///< nothing, corpus
  double seconds = 0;  ///< of processor time, until it was found or the budget ended
  bool found = false;
};

struct RunRecord {
  std::string program;  ///< and its version
  std::string mode;     ///< once, batch, pr, time-to-find
  std::string command;
  std::string commit;
  std::string readings;
  std::string seed;
  std::vector<std::string> variants;
  std::string began;  ///< UTC, 2026-05-09T12:00:00Z
  double seconds = 0;
  std::optional<double> budget_seconds{};
  std::optional<int> status{};  ///< exit status; nothing where the run did not come to its end
  std::vector<Engine> engines;
  std::vector<Step> steps;
  std::vector<Sample> samples;
  std::vector<RowReach> reach;
  std::vector<ToldFinding> findings;
  std::vector<Proof> proofs;
  std::vector<Hunt> hunts;
  std::optional<uint64_t> corpus_programs{};
  std::optional<double> chance_of_more{};  ///< that the next million operations reach a new cell
};

/// "2 new, 0 again, 1 known, 0 fixed".
std::string findings_text(const RunRecord& record);

/// Reads and checks; `path` is for errors. Throws InputError: where, found, expected.
RunRecord parse_record(const std::string& text, const std::string& path);
std::string record_text(const RunRecord& record);

/// Invariant, variant, row and kind of operation: the same however short the program becomes.
std::string fingerprint_of(const ToldFinding& finding);

}  // namespace spb::report
