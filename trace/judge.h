// SPDX-License-Identifier: GPL-2.0-only
// What a variant would have made of the claims and steals that a recorded kernel decided on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trace/import.h"
#include "trace/replay.h"

namespace spb::trace {

/// Fallbacks that a variant answers alike.
struct Answer {
  std::string what;  ///< "alike", "PASS_2 comes before", "refused: ZONE_BOUNDARY" ...
  uint64_t count = 0;
  uint32_t first_line = 0;  ///< of the trace
  uint32_t first_pfn = 0;   ///< that the recorded kernel handed out there
};

/// The answers in the order in which they first came.
class Answers {
 public:
  void add(const std::string& what, const Entry& entry);
  Answers& operator+=(const Answers& other);
  const std::vector<Answer>& all() const { return all_; }
  uint64_t total() const;

 private:
  Answer& of(const std::string& what);
  std::vector<Answer> all_;
};

struct Judgement {
  Answers claims;
  Answers steals;
  Judgement& operator+=(const Judgement& other);
};

/// Follows the recording at its own frames, which the variant keeps in its own lists, and asks its
/// policy about each recorded fallback in the state before it: does a pass come first that has a
/// chunk (not on the lists of the request's own type: the kernel has just found those empty in the
/// whole zone, and what the replay still has there left without an event); may the request enter
/// that superpageblock; is the claim refused, the steal allowed, and would a claim come before the
/// steal. The request is one that has dropped ALLOC_NOFRAGMENT, as the recorded one had if it
/// needed to: what is refused is refused even so. A chunk that is not free where the event says
/// cannot be judged.
Judgement judge(const Recording& recording, const RecordedZone& zone, const ImportOptions& import,
                const ReplayVariant& variant);

/// A line for the claims and one for the steals, if there were any:
/// "12 claims: 10 alike (first: line 7, pfn 64), 2 refused: ZONE_BOUNDARY (first: line 9, pfn 96)".
std::vector<std::string> to_lines(const Judgement& judgement);

}  // namespace spb::trace
