// SPDX-License-Identifier: GPL-2.0-only
// One page. It asks for nothing, runs no script, and follows the reader's light or dark.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "report/embedded.h"
#include "report/forms.h"
#include "report/plot.h"
#include "report/text.h"

namespace spb::report {

namespace {

std::string figure(const Titles& titles, const std::string& svg, const std::string& more = {}) {
  return fmt::format(
      "<section><figure><h2>{}</h2><figcaption>{}</figcaption>\n{}</figure>{}</section>\n",
      xml_text(titles.title), xml_text(titles.description), svg, more);
}

std::string no_figure(const char* title, const char* why) {
  return fmt::format("<section><h2>{}</h2><p class=\"none\">{}</p></section>\n", title, why);
}

// ---- over time

struct TimeUnit {
  double seconds;
  const char* name;
};

TimeUnit unit_of(double seconds) {
  if (seconds < 300) return {1, "seconds"};
  return seconds < 4.0 * 3600 ? TimeUnit{60, "minutes"} : TimeUnit{3600, "hours"};
}

using Count = std::optional<uint64_t> Sample::*;

/// A line an engine, where it told that count.
std::vector<Line> lines_over_time(const RunRecord& record, Count count, const TimeUnit& unit) {
  std::vector<Line> lines;
  for (const Sample& sample : record.samples) {
    if (!(sample.*count)) continue;
    auto line = std::find_if(lines.begin(), lines.end(),
                             [&](const Line& one) { return one.name == sample.engine; });
    if (line == lines.end()) line = lines.insert(lines.end(), {sample.engine, {}});
    line->points.emplace_back(sample.seconds / unit.seconds, static_cast<double>(*(sample.*count)));
  }
  return lines;
}

/// "libfuzzer 284,083, simulate 12".
std::string ends_of(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", line.name,
                        grouped(static_cast<uint64_t>(line.points.back().second)));
  }
  return text;
}

std::string over_time(const RunRecord& record, Count count, Titles titles, const char* y,
                      std::optional<double> limit = {}) {
  const TimeUnit unit = unit_of(record.seconds);
  LinePlot plot{titles, fmt::format("time since the run began, {}", unit.name), y,
                lines_over_time(record, count, unit)};
  if (plot.lines.empty())
    return no_figure(titles.title.c_str(), "No engine told of it in this run.");
  plot.limit = limit;
  plot.titles.description += " At the end: " + ends_of(plot.lines) + ".";
  return figure(plot.titles, svg_of(plot));
}

std::string reach_table(const RunRecord& record) {
  std::string rows;
  for (const RowReach& row : record.reach) {
    rows += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
        xml_text(row.variant), row.kind, xml_text(row.row), grouped(row.count),
        row.count > 0 ? "" : xml_text(row.unreachable.empty() ? "never reached" : row.unreachable));
  }
  return "<details><summary>Each row</summary><table><tr><th>variant</th><th>kind</th><th>row</th>"
         "<th class=\"n\">times</th><th></th></tr>\n" +
         rows + "</table></details>";
}

std::string reach_sections(const RunRecord& record) {
  std::optional<double> rows;
  std::string table;
  if (!record.reach.empty()) {
    rows = static_cast<double>(record.reach.size());
    const auto reached = std::count_if(record.reach.begin(), record.reach.end(),
                                       [](const RowReach& row) { return row.count > 0; });
    table = fmt::format(
        "<section><h2>Rows of the tables</h2><p class=\"soft\">{} of {} reached by corpus and "
        "engines together.</p>{}</section>\n",
        reached, record.reach.size(), reach_table(record));
  }
  std::string text = over_time(record, &Sample::rows,
                               {"reach", "Reach over time: rows",
                                "Rows of all variants' tables that served or refused, for each "
                                "engine the most that one of its processes saw."},
                               "rows reached", rows);
  if (std::any_of(record.samples.begin(), record.samples.end(),
                  [](const Sample& s) { return s.cells.has_value(); }))
    text += over_time(record, &Sample::cells,
                      {"cells", "Reach over time: cells", "Different things that operations did."},
                      "cells reached");
  return text + table;
}

// ---- findings

std::string findings_table(const std::vector<ToldFinding>& findings) {
  std::string rows;
  for (const ToldFinding& finding : findings) {
    std::string all;
    for (const std::string& invariant : finding.invariants)
      all += (all.empty() ? "" : ", ") + xml_text(invariant);
    rows += fmt::format(
        "<tr><td>{}</td><td>{}<br><span class=\"soft\">trips "
        "{}</span></td><td>{}</td><td><code>{}</code></td></tr>\n",
        finding.state, xml_text(finding.message), all, xml_text(finding.variant),
        xml_text(finding.again));
  }
  return "<table><tr><th>state</th><th>what</th><th>variant</th><th>again</th></tr>\n" + rows +
         "</table>";
}

std::string findings_section(const RunRecord& record) {
  if (record.findings.empty()) return no_figure("Findings", "None: all that was asked holds.");
  const std::vector<std::string> states{"new", "again", "known", "fixed"};
  std::map<std::string, Bar> bars;
  for (const ToldFinding& finding : record.findings) {
    for (const std::string& invariant : finding.invariants) {
      Bar& bar = bars[invariant];
      bar.name = invariant;
      if (bar.parts.empty())
        for (const std::string& state : states)
          bar.parts.push_back({state, 0});
      const auto at = std::find(states.begin(), states.end(), finding.state) - states.begin();
      bar.parts[static_cast<std::size_t>(at)].size += 1;
    }
  }
  BarPlot plot{
      {"findings", "Findings", "Programs that trip each invariant: " + findings_text(record) + "."},
      "programs",
      states,
      {}};
  for (const auto& [name, bar] : bars)
    plot.bars.push_back(bar);
  return figure(plot.titles, svg_of(plot), findings_table(record.findings));
}

// ---- proofs

std::string kind_of(const Proof& proof) {
  if (!proof.is_answered()) return "other";
  if (!proof.is_as_expected()) return "unexpected";
  return proof.outcome == "proven" || proof.outcome == "refuted" || proof.outcome == "skipped"
             ? proof.outcome
             : "other";
}

bool is_of_variant(const RunRecord& record, const Proof& proof) {
  return std::find(record.variants.begin(), record.variants.end(), proof.variant) !=
         record.variants.end();
}

std::string proofs_section(const RunRecord& record) {
  if (record.proofs.empty()) return no_figure("Proofs", "This run asked for none.");
  Grid grid{{"proofs", "Proofs", ""}, record.variants, {}};
  std::size_t expected = 0;
  double seconds = 0;
  for (const Proof& proof : record.proofs) {
    expected += proof.is_as_expected();
    seconds += proof.seconds;
    if (!is_of_variant(record, proof)) continue;
    auto row = std::find_if(grid.rows.begin(), grid.rows.end(),
                            [&](const auto& one) { return one.first == proof.property; });
    if (row == grid.rows.end())
      row = grid.rows.insert(row, {proof.property, std::vector<GridCell>(grid.columns.size())});
    const auto column =
        std::find(grid.columns.begin(), grid.columns.end(), proof.variant) - grid.columns.begin();
    const std::string time =
        proof.outcome == "skipped" ? "" : fmt::format(" {:.2f} s", proof.seconds);
    row->second[static_cast<std::size_t>(column)] = {kind_of(proof), proof.outcome + time};
  }
  grid.titles.description = fmt::format(
      "{} of {} answers are as expected, weakened tables among them; the solvers took {}. Each "
      "cell has its outcome and its time.",
      expected, record.proofs.size(), duration_text(seconds));
  return figure(grid.titles, svg_of(grid));
}

// ---- time to find

std::string hunts_section(const RunRecord& record) {
  if (record.hunts.empty())
    return no_figure("Time to find", "Not measured in this run; ci/time-to-find does it.");
  std::map<std::string, std::vector<double>> found;
  std::map<std::string, std::pair<std::size_t, double>> runs;  // how many, and the longest
  for (const Hunt& hunt : record.hunts) {
    const std::string name = hunt.engine + (hunt.from == "corpus" ? ", corpus" : "");
    auto& [count, longest] = runs[name];
    ++count;
    longest = std::max(longest, hunt.seconds);
    if (hunt.found) found[name].push_back(std::max(hunt.seconds, 0.01));
  }
  LinePlot plot{
      {"hunts", "Time to find", "Share of hunts for a planted fault that were over by then."},
      "processor time, seconds (logarithmic)",
      "found, %",
      {},
      true,
      true,
      {},
      100};
  for (const auto& [name, count_and_longest] : runs) {
    const auto& [count, longest] = count_and_longest;
    std::vector<double>& times = found[name];
    std::sort(times.begin(), times.end());
    Line line{name, {{0.01, 0}}};
    for (std::size_t i = 0; i < times.size(); ++i)
      line.points.emplace_back(times[i],
                               100.0 * static_cast<double>(i + 1) / static_cast<double>(count));
    line.points.emplace_back(std::max(longest, 0.01), line.points.back().second);
    plot.lines.push_back(std::move(line));
    plot.titles.description += fmt::format(" {}: {} of {}.", name, times.size(), count);
  }
  return figure(plot.titles, svg_of(plot));
}

// ---- what it was

std::string tile(const std::string& value, const char* name) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>\n", xml_text(value), name);
}

std::string tiles(const RunRecord& record) {
  uint64_t executions = 0;
  uint64_t operations = 0;
  for (const Engine& engine : record.engines) {
    executions += engine.executions.value_or(0);
    operations += engine.operations.value_or(0);
  }
  const auto news = std::count_if(record.findings.begin(), record.findings.end(), is_news);
  std::string text =
      tile(duration_text(record.seconds), "in all") + tile(std::to_string(news), "new findings");
  if (executions > 0) text += tile(grouped(executions), "executions");
  if (operations > 0) text += tile(grouped(operations), "checked operations");
  if (record.corpus_programs)
    text += tile(grouped(*record.corpus_programs), "programs in the corpus");
  if (record.chance_of_more)
    text += tile(fmt::format("{:.2g}", *record.chance_of_more),
                 "chance that a million operations more reach a new cell");
  return "<div class=\"tiles\">\n" + text + "</div>\n";
}

std::string steps_section(const RunRecord& record) {
  if (record.steps.empty()) return {};
  std::string rows;
  for (const Step& step : record.steps)
    rows += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                        xml_text(step.name), duration_text(step.seconds), step.status);
  return "<section><h2>Steps</h2><table><tr><th>step</th><th class=\"n\">time</th><th "
         "class=\"n\">status</th></tr>\n" +
         rows + "</table></section>\n";
}

std::string subject_of(const RunRecord& record) {
  std::string text = "<code>" + xml_text(record.command) + "</code>, " + xml_text(record.program);
  if (!record.commit.empty())
    text += " at <code>" + xml_text(record.commit.substr(0, 12)) + "</code>";
  if (!record.readings.empty()) text += ", readings " + xml_text(record.readings);
  if (!record.seed.empty()) text += ", seed " + xml_text(record.seed.substr(0, 20));
  return text + ", begun " + xml_text(record.began);
}

}  // namespace

std::string html(const RunRecord& record) {
  const std::string verdict = xml_text(verdict_text(record));
  std::string text = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>spbcheck: {0}</title>\n<link rel=\"icon\" "
      "href=\"data:,\">\n<style>{1}</style>\n</head>\n<body>\n"
      "<header><h1 class=\"verdict {2}\">{0}</h1>\n<p class=\"soft\">{3}</p></header>\n",
      verdict, page_style(), passes(record) ? "good" : "bad", subject_of(record));
  text += tiles(record) + findings_section(record) + reach_sections(record);
  text += over_time(record, &Sample::executions,
                    {"executions", "Executions over time", "Programs that each engine ran."},
                    "executions");
  text += proofs_section(record) + hunts_section(record) + steps_section(record);
  return text + "</body>\n</html>\n";
}

}  // namespace spb::report
