// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <string_view>

#include "report/forms.h"
#include "report/text.h"

namespace spb::report {

namespace {

/// As it is, in a cell of a table too.
std::string plain(std::string_view text) {
  std::string result;
  for (const char c : on_one_line(text)) {
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '|')
      result += "&#124;";
    else if (std::string_view("\\`*_[]~#").find(c) != std::string_view::npos)
      result += {'\\', c};
    else
      result += c;
  }
  return result;
}

std::string code(std::string_view text) {
  return "<code>" + plain(text) + "</code>";
}

std::string known_count(const std::optional<uint64_t>& count) {
  return count ? grouped(*count) : "";
}

std::string findings_table(const RunRecord& record) {
  if (record.findings.empty()) return {};
  std::string text =
      "\n| state | invariant | all it trips | variant | again |\n|---|---|---|---|---|\n";
  for (const ToldFinding& finding : record.findings) {
    std::string all;
    for (const std::string& invariant : finding.invariants)
      all += (all.empty() ? "" : ", ") + plain(invariant);
    text += fmt::format("| {} | {} | {} | {} | {} |\n", finding.state, plain(title_of(finding)),
                        all, plain(finding.variant), code(finding.again));
  }
  return text;
}

std::string engines_table(const RunRecord& record) {
  if (record.engines.empty()) return {};
  std::string text = "\n| engine | time | executions | operations |\n|---|--:|--:|--:|\n";
  for (const Engine& engine : record.engines) {
    text += fmt::format("| {} | {} | {} | {} |\n", plain(engine.name),
                        engine.seconds ? duration_text(*engine.seconds) : "",
                        known_count(engine.executions), known_count(engine.operations));
  }
  return text;
}

std::string steps_table(const RunRecord& record) {
  if (record.steps.empty()) return {};
  std::string text =
      "\n<details><summary>Where the time went</summary>\n\n| step | time | status "
      "|\n|---|--:|--:|\n";
  for (const Step& step : record.steps)
    text += fmt::format("| {} | {} | {} |\n", plain(step.name), duration_text(step.seconds),
                        step.status);
  return text + "\n</details>\n";
}

std::string proofs_list(const RunRecord& record) {
  std::size_t expected = 0;
  std::string others;
  for (const Proof& proof : record.proofs) {
    if (proof.is_as_expected())
      ++expected;
    else
      others += fmt::format("- {} in {}: {}, expected {}\n", plain(proof.property),
                            plain(proof.variant), proof.outcome, plain(proof.expected));
  }
  if (record.proofs.empty()) return {};
  return fmt::format("\nProofs: {} of {} as expected.\n{}{}", expected, record.proofs.size(),
                     others.empty() ? "" : "\n", others);
}

std::string reach_line(const RunRecord& record) {
  constexpr std::size_t named_most = 12;
  std::size_t reached = 0;
  std::size_t nr_never = 0;
  std::string never;
  for (const RowReach& row : record.reach) {
    if (row.count > 0) ++reached;
    if (row.count > 0 || !row.unreachable.empty() || ++nr_never > named_most) continue;
    never += " " + code(row.variant + " " + row.row);
  }
  if (nr_never > named_most) never += fmt::format(" and {} more", nr_never - named_most);
  if (record.reach.empty()) return {};
  return fmt::format("\nReached {} of {} rows.{}\n", reached, record.reach.size(),
                     never.empty() ? "" : " Never reached:" + never);
}

}  // namespace

std::string markdown(const RunRecord& record) {
  std::string text = fmt::format("## spbcheck: {}\n\n", verdict_text(record));
  text += fmt::format("{}, {}, {}. Findings: {}.\n", code(record.command), plain(record.program),
                      duration_text(record.seconds), findings_text(record));
  text += findings_table(record) + proofs_list(record) + reach_line(record);
  if (record.chance_of_more) {
    text +=
        fmt::format("\nThe next million operations reach something new with a chance of {:.2g}.\n",
                    *record.chance_of_more);
  }
  return text + engines_table(record) + steps_table(record);
}

}  // namespace spb::report
