// SPDX-License-Identifier: GPL-2.0-only
// A finding as something to keep: what makes two of them the same, and the smallest program that
// shows it.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "program/run.h"
#include "program/text.h"

namespace spb {

/// What a program keeps showing while it is minimised: the invariant and its clause (or the
/// expectation and what was found instead), the pass that served the operation, and the operation's
/// kind.
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
  TextProgram text;  ///< the header's comments say what it breaks
  Signature signature;
  std::size_t operations_before = 0;  ///< of the program it came from
};

/// What a finding blames, by which a folder tells findings apart: the invariant and its clause, and
/// the reading that breaks it, which is the variant with the parameters that the program needs.
/// `order-0-served (chunk-in-reach) in variant=rfc-v2 isolation=bit-only`.
std::string blame_text(const MinimalFinding& finding);

/// What the program breaks first, minimised; nothing where all holds. Every candidate runs with
/// these options. Once `stop` is true the smallest so far is good enough, and nothing where the
/// program had not broken anything by then.
std::optional<MinimalFinding> minimise_finding(const TextProgram& text, const RunOptions& options,
                                               const std::atomic<bool>* stop = nullptr);

}  // namespace spb
