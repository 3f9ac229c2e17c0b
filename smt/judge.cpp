// SPDX-License-Identifier: GPL-2.0-only
#include "smt/judge.h"

#include <utility>

#include "program/minimize.h"
#include "program/normalise.h"
#include "program/text.h"
#include "smt/counterexample.h"
#include "smt/steps.h"

namespace spb::smt {

namespace {

std::optional<Finding> judge_statement(const Property& property, const Program& program,
                                       const Policy<Concrete>& policy) {
  const auto last = breaks(property.statement, program, policy);
  if (!last) return std::nullopt;
  Finding finding;
  finding.operation = *last;
  finding.property = {
      std::string(property.id), std::string(property.sentence), std::string(property.source), {}};
  return finding;
}

std::optional<Finding> judge_steps(const StepsQuestion& question, const Program& program) {
  const auto more = taints_more(question, program);
  if (!more) return std::nullopt;
  Finding finding;
  finding.operation = more->operations;
  const std::string how = std::to_string(more->with) + " tainted with " +
                          std::string(name_of(question.pass)) + ", " +
                          std::to_string(more->without) +
                          " without it (--set without=" + std::string(name_of(question.pass)) + ")";
  finding.property = {std::string(question.id), std::string(question.sentence),
                      std::string(question.source), how};
  return finding;
}

TextLine comment_line(const std::string& comment) {
  TextLine line;
  line.comment = "# " + comment;
  return line;
}

/// A sentence in comment lines of at most 100 columns.
std::vector<TextLine> comment_lines(std::string_view sentence) {
  constexpr std::size_t columns_max = 98;
  std::vector<TextLine> lines;
  while (!sentence.empty()) {
    std::size_t end = sentence.size();
    if (end > columns_max) end = sentence.rfind(' ', columns_max);
    lines.push_back(comment_line(std::string(sentence.substr(0, end))));
    sentence.remove_prefix(std::min(end + 1, sentence.size()));
  }
  return lines;
}

Signature signature_after(const Finding& finding, const Program& program,
                          const Policy<Concrete>* policy) {
  Runner runner(program.zone, {Checks::none, false, policy});
  for (std::size_t i = 0; i < finding.operation; ++i)
    runner.step(program.operations[i]);
  return signature_of(finding, runner, &program.operations[finding.operation - 1]);
}

}  // namespace

bool is_property(std::string_view id) {
  return find_property(id) != nullptr || find_steps_question(id) != nullptr;
}

std::optional<Finding> judge(std::string_view id, const Program& program,
                             const Policy<Concrete>* policy) {
  if (const StepsQuestion* question = find_steps_question(id))
    return judge_steps(*question, program);
  const Property* property = find_property(id);
  if (property == nullptr) return std::nullopt;
  return judge_statement(*property, program,
                         policy ? *policy : variants()[program.zone.variant].policy);
}

Program minimised(std::string_view id, Program program, const Policy<Concrete>* policy,
                  const std::atomic<bool>* stop) {
  return minimize(normalised(std::move(program)), Lower::zone_operations,
                  [&](const Program& candidate) -> std::optional<std::size_t> {
                    if (stop != nullptr && *stop) return std::nullopt;
                    const auto finding = judge(id, candidate, policy);
                    if (!finding) return std::nullopt;
                    return static_cast<std::size_t>(finding->operation);
                  });
}

MinimalFinding property_finding(std::string_view id, const Program& program,
                                const std::string& source, const Policy<Concrete>* policy) {
  const Finding finding = judge(id, program, policy).value();
  const Signature signature = signature_after(finding, program, policy);
  TextProgram text = with_lines(program);
  text.property = id;
  TextLine line;
  line.kind = TextLine::Kind::property;
  text.lines.insert(text.lines.begin() + 1, line);
  std::vector<TextLine> header{comment_line(signature_text(signature))};
  for (TextLine& part : comment_lines(finding.property->sentence))
    header.push_back(std::move(part));
  if (!finding.property->how.empty()) header.push_back(comment_line(finding.property->how));
  header.push_back(comment_line("found by " + source));
  text.lines.insert(text.lines.begin(), header.begin(), header.end());
  return {std::move(text), signature, program.operations.size()};
}

}  // namespace spb::smt
