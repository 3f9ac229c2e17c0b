// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "program/bytes.h"
#include "program/container.h"
#include "program/load.h"
#include "program/normalise.h"
#include "program/run.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb::cli {

namespace {

namespace fs = std::filesystem;

struct ConvertVerb {
  std::vector<std::string> programs;
  std::string out;
  ZoneChanges changes;
  std::optional<Form> from;
  std::optional<Form> to;
  bool force = false;
};

// ---- one program

/// Operations of another zone's program may be out of its ranges, so they are brought into them.
template <class Consume>
void for_each_operation(LoadedProgram& program, const Consume& consume) {
  Operation op;
  while (program.source->next(op))
    consume(normalised(op, program.zone));
}

void write_text(LoadedProgram& program, std::ostream& out) {
  if (program.text) {
    program.text->program.zone = program.zone;
    out << print_text(*program.text);
    return;
  }
  for (uint32_t z = 0; z < program.zone.machine.nr_zones(); ++z)
    out << zone_line(program.zone, z) << "\n";
  for_each_operation(program,
                     [&out](const Operation& op) { out << operation_text(op, {}) << "\n"; });
}

void write_bytes(LoadedProgram& program, std::ostream& out) {
  Program whole{program.zone, {}};
  for_each_operation(program, [&whole](const Operation& op) { whole.operations.push_back(op); });
  const std::vector<uint8_t> bytes = encode_bytes(whole);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

void write_container(LoadedProgram& program, std::ostream& out) {
  ContainerWriter writer(out, program.zone);
  for_each_operation(program, [&writer](const Operation& op) { writer.add(op); });
  writer.finish();
}

void write_program(LoadedProgram& program, Form to, std::ostream& out) {
  if (to == Form::text) write_text(program, out);
  if (to == Form::bytes) write_bytes(program, out);
  if (to == Form::container) write_container(program, out);
}

// ---- many programs

Form target_form(const ConvertVerb& verb, const LoadedProgram& program) {
  if (verb.to) return *verb.to;
  return program.form == Form::text ? Form::bytes : Form::text;
}

std::string_view suffix_of(Form form) {
  switch (form) {
    case Form::text:
      return ".txt";
    case Form::bytes:
      return ".bin";
    default:
      return ".spb";
  }
}

/// What holds of one reading need not hold of another.
void forget_expectations(TextProgram& text) {
  for (TextLine& line : text.lines) {
    line.nr_expectations = 0;
    const bool states = line.kind != TextLine::Kind::zone && line.kind != TextLine::Kind::operation;
    if (states) line.kind = TextLine::Kind::blank;
  }
  text.expectations.clear();
  text.property.clear();
}

std::unique_ptr<LoadedProgram> load(const ConvertVerb& verb, const std::string& path) {
  auto program = load_program(path, verb.from);
  const ZoneSpec own = program->zone;
  program->zone = verb.changes.applied_to(own);
  if (program->text && !same_reading(program->zone, own)) forget_expectations(*program->text);
  return program;
}

void convert_to_output(const ConvertVerb& verb) {
  const auto program = load(verb, verb.programs.front());
  const Form to = target_form(verb, *program);
  if (to != Form::text && isatty(STDOUT_FILENO)) {
    throw std::runtime_error(fmt::format("found a terminal, expected -o FILE for {}", name_of(to)));
  }
  write_program(*program, to, std::cout);
  std::cout.flush();
  if (!std::cout) throw std::runtime_error("standard output could not be written");
}

fs::path target_of(const ConvertVerb& verb, const std::string& path, Form to) {
  fs::path out(verb.out);
  std::error_code ignored;
  const bool folder =
      verb.programs.size() > 1 || fs::is_directory(out, ignored) || verb.out.ends_with('/');
  if (!folder) return out;
  return out / fs::path(path).stem().concat(suffix_of(to));
}

void make_folder(const ConvertVerb& verb) {
  if (verb.programs.size() == 1 && !verb.out.ends_with('/')) return;
  std::error_code error;
  fs::create_directories(verb.out, error);
  std::error_code ignored;
  if (error && !fs::is_directory(verb.out, ignored)) {
    throw std::runtime_error(
        fmt::format("{}: found {}, expected a folder", verb.out, error.message()));
  }
}

/// All or none: nothing has its name before the last program was converted.
void convert_to_files(const ConvertVerb& verb) {
  StagedFiles files(verb.force);
  for (const std::string& path : verb.programs) {
    const auto program = load(verb, path);
    const Form to = target_form(verb, *program);
    make_folder(verb);
    write_program(*program, to, files.add(target_of(verb, path, to)));
  }
  files.commit();
}

int convert_verb(const ConvertVerb& verb) {
  if (verb.out.empty() && verb.programs.size() > 1) {
    throw std::runtime_error(
        fmt::format("found {} programs, expected -o FOLDER for them", verb.programs.size()));
  }
  verb.out.empty() ? convert_to_output(verb) : convert_to_files(verb);
  return holds;
}

}  // namespace

void add_convert(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand("convert", "Turn programs into text, bytes or containers");
  auto options = std::make_shared<ConvertVerb>();
  verb->add_option("PROGRAM", options->programs, "Texts, fuzzers' bytes or containers")->required();
  verb->add_option("-o,--output", options->out,
                   "The file to write, or a folder for several; without it, standard output")
      ->type_name("PATH");
  add_form_option(*verb, "--to", "What to write; text becomes bytes, anything else text",
                  options->to);
  add_form_option(*verb, "--as", "What the programs are, whatever their content says",
                  options->from);
  add_options(*verb, options->changes);
  verb->add_flag("--force", options->force, "Replace files that exist");
  verb->callback([options, &status] { status = convert_verb(*options); });
}

}  // namespace spb::cli
