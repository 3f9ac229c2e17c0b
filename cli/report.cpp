// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "cli/run_notes.h"
#include "cli/verbs.h"
#include "files/whole_file.h"
#include "program/words.h"
#include "report/forms.h"

namespace spb::cli {

namespace {

struct ReportVerb {
  std::string record;
  std::string form = "markdown";
  std::string target;
};

using WriteForm = std::string (*)(const report::RunRecord&);

const std::map<std::string, WriteForm>& forms_of_record() {
  static const std::map<std::string, WriteForm> forms{
      {"json", report::record_text}, {"markdown", report::markdown}, {"github", report::github},
      {"junit", report::junit},      {"sarif", report::sarif},       {"ktap", report::ktap},
      {"html", report::html}};
  return forms;
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad())
    throw InputError(path, 0, 0, "no way to read it", "a run's record, or its notes");
  return text;
}

/// A record is an object; no note begins like one.
report::RunRecord record_at(const std::string& path) {
  const std::string text = content_of(path);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos)
    throw InputError(path, 0, 0, "nothing in it", "a run's record, or its notes");
  return text.starts_with("run\t") ? record_of_notes(text, path) : report::parse_record(text, path);
}

int report_verb(const ReportVerb& verb) {
  const std::string text = forms_of_record().at(verb.form)(record_at(verb.record));
  if (verb.target.empty()) {
    fmt::print("{}", text);
  } else {
    write_whole(verb.target, text);
  }
  return holds;
}

}  // namespace

void add_report(CLI::App& app, int& status) {
  CLI::App* verb =
      app.add_subcommand("report", "What a run did, of its record, for people and for machines");
  auto options = std::make_shared<ReportVerb>();
  verb->add_option("RECORD", options->record,
                   "The record.json that ci/campaign leaves, or the notes that it is made of")
      ->required();
  verb->add_option("--form", options->form,
                   "markdown for a job's summary, github for annotations, junit, sarif, ktap, html "
                   "with plots, or json: the record itself, checked")
      ->type_name("json|markdown|github|junit|sarif|ktap|html")
      ->capture_default_str()
      ->check(CLI::IsMember(forms_of_record()));
  verb->add_option("--to", options->target, "Write it there, whole or not at all")
      ->type_name("FILE");
  verb->callback([options, &status] { status = report_verb(*options); });
}

}  // namespace spb::cli
