// SPDX-License-Identifier: GPL-2.0-only
#include "program/load.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/words.h"

namespace spb {

namespace {

namespace fs = std::filesystem;

void check_is_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) throw InputError(path, 0, 0, "a folder", "a program's file");
  if (!fs::exists(status)) throw InputError(path, 0, 0, "no such file", "a program");
}

std::string contents(const std::string& path, uint64_t most) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes;
  std::array<char, 64 * 1024> buffer;
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > most) {
      throw InputError(path, 0, 0, "more than " + std::to_string(most) + " bytes",
                       "a shorter program", "a container may be of any length");
    }
  }
  if (in.bad() || !in.eof()) throw InputError(path, 0, 0, "no readable file", "a program");
  return bytes;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/// The first line is one that a text begins with, or nothing here is binary: a stray byte further
/// down is a mistake in a text, which a fuzzer's bytes would hide.
bool looks_like_text(std::string_view head) {
  const std::string_view first = head.substr(0, head.find('\n'));
  const bool begins = first.starts_with("zone ") || first.starts_with("#");
  return std::none_of(begins ? first.begin() : head.begin(), begins ? first.end() : head.end(),
                      is_control);
}

/// What the beginning of a file says.
Form guessed_form(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::array<char, 4096> buffer;
  in.read(buffer.data(), buffer.size());
  const std::string_view head(buffer.data(), static_cast<std::size_t>(in.gcount()));
  if (ContainerReader::recognises(head.data(), head.size())) return Form::container;
  if (head.starts_with("\xFD"
                       "7zXZ")) {
    throw InputError(path, 0, 0, "an xz archive", "a program",
                     "`spbcheck golden` and `import` read compressed files");
  }
  return path.ends_with(".txt") || looks_like_text(head) ? Form::text : Form::bytes;
}

void load_bytes(const std::string& path, bool guessed, LoadedProgram& loaded) {
  const std::string bytes = contents(path, text_bytes_max);
  if (guessed && bytes.size() > guessed_bytes_max) {
    throw InputError(path, 0, 0,
                     std::to_string(bytes.size()) + " bytes that are neither text nor container",
                     "a program", "as fuzzer's bytes this would be a long one: --as bytes insists");
  }
  Program program;
  decode_bytes({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, program);
  loaded.zone = program.zone;
  loaded.operations = std::move(program.operations);
  loaded.source = std::make_unique<OperationList>(loaded.operations);
}

void load_text(const std::string& path, LoadedProgram& loaded) {
  loaded.text = parse_text(contents(path, text_bytes_max), path);
  loaded.zone = loaded.text->program.zone;
  loaded.source = std::make_unique<OperationList>(loaded.text->program.operations);
}

void load_container(const std::string& path, LoadedProgram& loaded) {
  auto file = std::make_unique<ContainerFile>(path);
  loaded.zone = file->zone();
  loaded.source = std::move(file);
}

}  // namespace

std::string_view name_of(Form form) {
  constexpr std::array<std::string_view, 3> names{"text", "bytes", "container"};
  return names[static_cast<std::size_t>(form)];
}

std::unique_ptr<LoadedProgram> load_program(const std::string& path, std::optional<Form> form) {
  check_is_file(path);
  auto loaded = std::make_unique<LoadedProgram>();
  loaded->form = form ? *form : guessed_form(path);
  if (loaded->form == Form::text) load_text(path, *loaded);
  if (loaded->form == Form::bytes) load_bytes(path, !form, *loaded);
  if (loaded->form == Form::container) load_container(path, *loaded);
  const uint64_t state = state_bytes(loaded->zone);
  if (state > loaded_state_max) {
    throw InputError(path, 0, 0, "a zone of " + std::to_string(state >> 20U) + " MiB of state",
                     "at most " + std::to_string(loaded_state_max >> 20U) + " MiB");
  }
  return loaded;
}

}  // namespace spb
