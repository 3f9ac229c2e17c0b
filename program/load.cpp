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

/// What a path leads to, from its beginning. It is opened once and its bytes are asked for once: a
/// pipe has them for one reader alone.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) refuse("a folder", "a program's file");
    if (status.type() == fs::file_type::not_found) refuse("no such file");
    if (error) refuse("no readable file: " + error.message());
    goes_back_ = fs::is_regular_file(status);
    in_ = std::make_unique<std::ifstream>(path, std::ios::binary);
    if (!*in_) refuse("no readable file");
    head_.resize(head_bytes);
    in_->read(head_.data(), head_bytes);
    head_.resize(static_cast<std::size_t>(in_->gcount()));
  }

  const std::string& path() const { return path_; }
  std::string_view head() const { return head_; }

  /// All of its bytes.
  std::string contents(uint64_t most) {
    std::string bytes = head_;
    std::array<char, 64 * 1024> buffer;
    while (in_->read(buffer.data(), buffer.size()) || in_->gcount() > 0) {
      bytes.append(buffer.data(), static_cast<std::size_t>(in_->gcount()));
      if (bytes.size() > most) {
        throw InputError(path_, 0, 0, "more than " + std::to_string(most) + " bytes",
                         "a shorter program", "a container's file may be of any length");
      }
    }
    if (in_->bad() || !in_->eof()) refuse("no readable file");
    return bytes;
  }

  /// A stream over all of it that can go back: the file, or what came out of a pipe.
  std::unique_ptr<std::istream> stream() {
    if (goes_back_) return std::move(in_);
    return std::make_unique<std::istringstream>(contents(text_bytes_max));
  }

 private:
  static constexpr std::size_t head_bytes = 4096;

  [[noreturn]] void refuse(const std::string& found, const std::string& expected = "a program") {
    throw InputError(path_, 0, 0, found, expected);
  }

  std::string path_;
  bool goes_back_ = false;
  std::unique_ptr<std::ifstream> in_;
  std::string head_;
};

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

/// What the end of the name says, else the beginning of the file.
Form guessed_form(const InputFile& file) {
  const std::string_view head = file.head();
  if (ContainerReader::recognises(head.data(), head.size())) return Form::container;
  if (head.starts_with("\xFD"
                       "7zXZ")) {
    throw InputError(file.path(), 0, 0, "an xz archive", "a program",
                     "`spbcheck golden` and `import` read compressed files");
  }
  if (file.path().ends_with(".txt")) return Form::text;
  if (file.path().ends_with(".spb")) return Form::container;
  // Its reader refuses it, and says why.
  if (ContainerReader::resembles(head.data(), head.size())) return Form::container;
  return looks_like_text(head) ? Form::text : Form::bytes;
}

void load_bytes(InputFile& file, bool guessed, LoadedProgram& loaded) {
  const std::string bytes = file.contents(text_bytes_max);
  if (guessed && bytes.size() > guessed_bytes_max) {
    throw InputError(file.path(), 0, 0,
                     std::to_string(bytes.size()) + " bytes that are neither text nor container",
                     "a program", "as fuzzer's bytes this would be a long one: --as bytes insists");
  }
  Program program;
  decode_bytes({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, program);
  loaded.zone = program.zone;
  loaded.operations = std::move(program.operations);
  loaded.source = std::make_unique<OperationList>(loaded.operations);
}

void load_text(InputFile& file, LoadedProgram& loaded) {
  loaded.text = parse_text(file.contents(text_bytes_max), file.path());
  loaded.zone = loaded.text->program.zone;
  loaded.source = std::make_unique<OperationList>(loaded.text->program.operations);
}

void load_container(InputFile& file, LoadedProgram& loaded) {
  auto container = std::make_unique<ContainerFile>(file.stream(), file.path());
  loaded.zone = container->zone();
  loaded.source = std::move(container);
}

}  // namespace

std::string_view name_of(Form form) {
  constexpr std::array<std::string_view, 3> names{"text", "bytes", "container"};
  return names[static_cast<std::size_t>(form)];
}

std::unique_ptr<LoadedProgram> load_program(const std::string& path, std::optional<Form> form) {
  InputFile file(path);
  auto loaded = std::make_unique<LoadedProgram>();
  loaded->form = form ? *form : guessed_form(file);
  if (loaded->form == Form::text) load_text(file, *loaded);
  if (loaded->form == Form::bytes) load_bytes(file, !form, *loaded);
  if (loaded->form == Form::container) load_container(file, *loaded);
  const uint64_t state = state_bytes(loaded->zone);
  if (state > loaded_state_max) {
    throw InputError(path, 0, 0, "a zone of " + std::to_string(state >> 20U) + " MiB of state",
                     "at most " + std::to_string(loaded_state_max >> 20U) + " MiB");
  }
  return loaded;
}

}  // namespace spb
