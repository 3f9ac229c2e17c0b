// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>
#include <nlohmann/json.hpp>

#include "program/words.h"
#include "report/record.h"
#include "report/schema.h"

namespace spb::report {

using json = nlohmann::ordered_json;

namespace {

// ---- writing: what is not known is not there

template <class T>
void put(json& object, const char* name, const std::optional<T>& value) {
  if (value) object[name] = *value;
}

void put(json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

json json_of(const Step& step) {
  return {{"name", step.name}, {"seconds", step.seconds}, {"status", step.status}};
}

json json_of(const Engine& engine) {
  json object{{"name", engine.name}};
  put(object, "seconds", engine.seconds);
  put(object, "executions", engine.executions);
  put(object, "operations", engine.operations);
  return object;
}

json json_of(const Sample& sample) {
  json object{{"engine", sample.engine}, {"seconds", sample.seconds}};
  put(object, "executions", sample.executions);
  put(object, "operations", sample.operations);
  put(object, "rows", sample.rows);
  put(object, "cells", sample.cells);
  return object;
}

json json_of(const RowReach& row) {
  json object{{"variant", row.variant}, {"kind", row.kind}, {"row", row.row}, {"count", row.count}};
  put(object, "unreachable", row.unreachable);
  return object;
}

json json_of(const ToldFinding& finding) {
  json object{{"state", finding.state},
              {"invariant", finding.invariant},
              {"clause", finding.clause},
              {"invariants", finding.invariants},
              {"variant", finding.variant}};
  put(object, "operation", finding.operation);
  put(object, "row", finding.row);
  object["fingerprint"] = finding.fingerprint;
  object["message"] = finding.message;
  object["program"] = finding.program;
  if (finding.line > 0) object["line"] = finding.line;
  object["again"] = finding.again;
  return object;
}

json json_of(const Proof& proof) {
  return {{"property", proof.property},
          {"variant", proof.variant},
          {"outcome", proof.outcome},
          {"expected", proof.expected},
          {"seconds", proof.seconds}};
}

json json_of(const Hunt& hunt) {
  return {{"fault", hunt.fault},
          {"engine", hunt.engine},
          {"from", hunt.from},
          {"seconds", hunt.seconds},
          {"found", hunt.found}};
}

template <class T>
json list_of(const std::vector<T>& items) {
  json list = json::array();
  for (const T& item : items)
    list.push_back(json_of(item));
  return list;
}

json run_of(const RunRecord& record) {
  json run{{"mode", record.mode}, {"command", record.command}};
  put(run, "commit", record.commit);
  put(run, "readings", record.readings);
  put(run, "seed", record.seed);
  run["variants"] = record.variants;
  run["began"] = record.began;
  run["seconds"] = record.seconds;
  put(run, "budget_seconds", record.budget_seconds);
  put(run, "status", record.status);
  return run;
}

// ---- reading: all is of its type by then

template <class T>
void take(const json& object, const char* name, T& value) {
  if (object.contains(name)) object[name].get_to(value);
}

template <class T>
void take(const json& object, const char* name, std::optional<T>& value) {
  if (object.contains(name)) value = object[name].get<T>();
}

void read(const json& object, Step& step) {
  take(object, "name", step.name);
  take(object, "seconds", step.seconds);
  take(object, "status", step.status);
}

void read(const json& object, Engine& engine) {
  take(object, "name", engine.name);
  take(object, "seconds", engine.seconds);
  take(object, "executions", engine.executions);
  take(object, "operations", engine.operations);
}

void read(const json& object, Sample& sample) {
  take(object, "engine", sample.engine);
  take(object, "seconds", sample.seconds);
  take(object, "executions", sample.executions);
  take(object, "operations", sample.operations);
  take(object, "rows", sample.rows);
  take(object, "cells", sample.cells);
}

void read(const json& object, RowReach& row) {
  take(object, "variant", row.variant);
  take(object, "kind", row.kind);
  take(object, "row", row.row);
  take(object, "count", row.count);
  take(object, "unreachable", row.unreachable);
}

void read(const json& object, ToldFinding& finding) {
  take(object, "state", finding.state);
  take(object, "invariant", finding.invariant);
  take(object, "clause", finding.clause);
  take(object, "invariants", finding.invariants);
  take(object, "variant", finding.variant);
  take(object, "operation", finding.operation);
  take(object, "row", finding.row);
  take(object, "fingerprint", finding.fingerprint);
  take(object, "message", finding.message);
  take(object, "program", finding.program);
  take(object, "line", finding.line);
  take(object, "again", finding.again);
}

void read(const json& object, Proof& proof) {
  take(object, "property", proof.property);
  take(object, "variant", proof.variant);
  take(object, "outcome", proof.outcome);
  take(object, "expected", proof.expected);
  take(object, "seconds", proof.seconds);
}

void read(const json& object, Hunt& hunt) {
  take(object, "fault", hunt.fault);
  take(object, "engine", hunt.engine);
  take(object, "from", hunt.from);
  take(object, "seconds", hunt.seconds);
  take(object, "found", hunt.found);
}

template <class T>
void read_list(const json& document, const char* name, std::vector<T>& items) {
  for (const json& object : document[name])
    read(object, items.emplace_back());
}

void read_run(const json& run, RunRecord& record) {
  take(run, "mode", record.mode);
  take(run, "command", record.command);
  take(run, "commit", record.commit);
  take(run, "readings", record.readings);
  take(run, "seed", record.seed);
  take(run, "variants", record.variants);
  take(run, "began", record.began);
  take(run, "seconds", record.seconds);
  take(run, "budget_seconds", record.budget_seconds);
  take(run, "status", record.status);
}

/// The line and column of a byte, counted from 1.
[[noreturn]] void refuse_syntax(const std::string& text, std::size_t byte,
                                const std::string& path) {
  const std::size_t at = std::min(byte == 0 ? 0 : byte - 1, text.size());
  const auto begin = text.begin();
  const auto place = begin + static_cast<std::ptrdiff_t>(at);
  const auto line = std::count(begin, place, '\n') + 1;
  const std::size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  const std::string found = at == text.size() ? "its end" : spb::quoted(text.substr(at, 1));
  throw InputError(path, static_cast<uint32_t>(line), static_cast<uint32_t>(at - start + 1), found,
                   "JSON that goes on here", "a record is one document, docs/record.md");
}

json parsed(const std::string& text, const std::string& path) {
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    refuse_syntax(text, error.byte, path);
  }
}

}  // namespace

std::string record_text(const RunRecord& record) {
  json document{{"format", "spbcheck-run"},
                {"version", record_version},
                {"program", record.program},
                {"run", run_of(record)}};
  document["engines"] = list_of(record.engines);
  document["steps"] = list_of(record.steps);
  document["samples"] = list_of(record.samples);
  document["reach"] = list_of(record.reach);
  document["findings"] = list_of(record.findings);
  document["proofs"] = list_of(record.proofs);
  document["hunts"] = list_of(record.hunts);
  put(document, "corpus_programs", record.corpus_programs);
  put(document, "chance_of_more", record.chance_of_more);
  // Names of files may be of any bytes.
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

RunRecord parse_record(const std::string& text, const std::string& path) {
  const json document = parsed(text, path);
  check_schema(document, record_schema(), path);
  RunRecord record;
  take(document, "program", record.program);
  read_run(document["run"], record);
  read_list(document, "engines", record.engines);
  read_list(document, "steps", record.steps);
  read_list(document, "samples", record.samples);
  read_list(document, "reach", record.reach);
  read_list(document, "findings", record.findings);
  read_list(document, "proofs", record.proofs);
  read_list(document, "hunts", record.hunts);
  take(document, "corpus_programs", record.corpus_programs);
  take(document, "chance_of_more", record.chance_of_more);
  return record;
}

}  // namespace spb::report
