// SPDX-License-Identifier: GPL-2.0-only
// What the forms of a report share: the cases of a run, each of which passes or not, and text that
// is to stand in XML, HTML or Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/record.h"

namespace spb::report {

/// Something that was asked, and what came of it.
struct Case {
  enum class Outcome { passed, failed, known, skipped };
  std::string group;  ///< steps, findings, proofs
  std::string name;
  Outcome outcome = Outcome::passed;
  double seconds = 0;
  std::string message;  ///< why it did not pass
};

/// Steps, findings and proofs; where nothing was found there is a case that says so.
std::vector<Case> cases_of(const RunRecord& record);
/// Nothing is new, no proof is unexpected, no step failed, and the run came to its end.
bool passes(const RunRecord& record);
/// "nothing new", "2 new findings", "1 proof is not as expected", "the run did not come to its
/// end".
std::string verdict_text(const RunRecord& record);

/// What is blamed: "free-lists (chunk-unlisted)".
std::string title_of(const ToldFinding& finding);
bool is_news(const ToldFinding& finding);

/// For text and attributes of XML and HTML; characters that XML cannot have become U+FFFD.
std::string xml_text(std::string_view text);
std::string on_one_line(std::string_view text);
/// 1234567 as "1,234,567".
std::string grouped(uint64_t number);
/// 75.4 as "1 min 15 s".
std::string duration_text(double seconds);

}  // namespace spb::report
