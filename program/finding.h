// SPDX-License-Identifier: GPL-2.0-only
// A finding as something to keep: what makes two of them the same, the smallest program that shows
// it, and a folder with one file for each.
#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include "program/run.h"
#include "program/text.h"

namespace spb {

/// By what two findings are the same: the invariant and its clause (or the expectation and what was
/// found instead), the pass that served the operation, and the operation's kind.
struct Signature {
  std::string name;    ///< the invariant's, or `expectation`
  std::string detail;  ///< the clause; or `pass=PASS_2C, found PASS_3`
  PassId pass = PassId::NO_PAGE;
  OpKind kind = OpKind::count;  ///< count: before the first operation

  bool operator==(const Signature&) const = default;
};

/// Of what the runner found just now; `op` is null before the first operation.
Signature signature_of(const Finding& finding, const Runner& runner, const Operation* op);
/// `free-lists (chunk-unlisted) after free by NO_PAGE`.
std::string signature_text(const Signature& signature);

/// A program that shows a finding and nothing that it does not need for it.
struct MinimalFinding {
  TextProgram text;  ///< the header's comments say what it breaks, and name a planted fault
  Signature signature;
  std::size_t operations_before = 0;  ///< of the program it came from
};

/// What the program breaks first, minimised; nothing where all holds. Every candidate runs with
/// these options. Once `stop` is true the smallest so far is good enough, and nothing where the
/// program had not broken anything by then.
std::optional<MinimalFinding> minimise_finding(const TextProgram& text, const RunOptions& options,
                                               const std::atomic<bool>* stop = nullptr);

enum class Filed : uint8_t {
  added,     ///< the first of its kind
  replaced,  ///< it is shorter than what was there
  kept,      ///< what was there is as short
};

struct FiledFinding {
  Filed what;
  std::filesystem::path path;
};

/// Writes `folder/<name>-<digest of the signature>.txt`, at once or not at all. The folder is made
/// if need be. Throws InputError where an older file there is no program, std::runtime_error where
/// it cannot be written.
FiledFinding file_finding(const MinimalFinding& finding, const std::filesystem::path& folder);

}  // namespace spb
