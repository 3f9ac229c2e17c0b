// SPDX-License-Identifier: GPL-2.0-only
// `fleet_seeds FOLDER PROGRAM...`: what the fleet's targets begin with, of programs in text.
//   FOLDER/TARGET/       a file for each program: bytes for program_fuzzer, text for text_fuzzer
//   FOLDER/TARGET.dict   a libFuzzer dictionary: whole operations as bytes, the words of the texts
// Exit status 2 where a program cannot be read or the folder not be written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "program/bytes.h"
#include "program/load.h"
#include "program/text.h"

namespace {

using namespace spb;
namespace fs = std::filesystem;

// AFL++ tries this many words of a dictionary one by one, and more only by chance; libFuzzer takes
// no word longer than 64 bytes.
constexpr std::size_t words_max = 256;
constexpr std::size_t word_bytes_max = 64;

/// How often each word came up.
using Words = std::map<std::string, std::size_t>;

void write(const fs::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) throw std::runtime_error(path.string() + ": found no room, expected to write a seed");
}

/// A dictionary's line: what is not printable, and what it is quoted by, in hexadecimal.
std::string quoted_word(std::string_view word) {
  std::string line = "\"";
  for (const char c : word) {
    char code[8];
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    std::snprintf(code, sizeof code, plain ? "%c" : "\\x%02X", static_cast<unsigned char>(c));
    line += code;
  }
  return line + "\"\n";
}

/// The most frequent words.
std::string dictionary(const Words& words) {
  std::vector<std::pair<std::size_t, std::string>> order;
  for (const auto& [word, times] : words)
    if (word.size() <= word_bytes_max) order.emplace_back(times, word);
  std::sort(order.rbegin(), order.rend());
  if (order.size() > words_max) order.resize(words_max);
  std::string text;
  for (const auto& [times, word] : order)
    text += quoted_word(word);
  return text;
}

/// Comments are for readers.
void add_words(const std::string& text, Words& words) {
  constexpr std::string_view between = " =\n";
  std::size_t at = 0;
  while ((at = text.find_first_not_of(between, at)) != std::string::npos) {
    const bool comment = text[at] == '#';
    const std::size_t end =
        std::min(comment ? text.find('\n', at) : text.find_first_of(between, at), text.size());
    if (!comment) ++words[text.substr(at, end - at)];
    at = end;
  }
}

void add_operations(std::span<const uint8_t> bytes, Words& words) {
  for (std::size_t at = operations_offset(bytes); at + bytes_operation_size <= bytes.size();
       at += bytes_operation_size) {
    const auto operation = bytes.subspan(at, bytes_operation_size);
    ++words[std::string(operation.begin(), operation.end())];
  }
}

/// A name for the folder's files: the program's path, for stems are not unique.
std::string seed_name(std::string path) {
  std::replace(path.begin(), path.end(), '/', '-');
  return path.substr(path.size() > 100 ? path.size() - 100 : 0);
}

void make_seeds(const fs::path& folder, std::span<char*> paths) {
  fs::create_directories(folder / "program_fuzzer");
  fs::create_directories(folder / "text_fuzzer");
  Words operations;
  Words words;
  for (const std::string path : paths) {
    const auto loaded = load_program(path, Form::text);
    const std::string text = print_text(*loaded->text);
    const std::vector<uint8_t> bytes = encode_bytes(loaded->text->program);
    write(folder / "text_fuzzer" / seed_name(path), text);
    write(folder / "program_fuzzer" / seed_name(path), std::string(bytes.begin(), bytes.end()));
    add_words(text, words);
    add_operations(bytes, operations);
  }
  write(folder / "program_fuzzer.dict", dictionary(operations));
  write(folder / "text_fuzzer.dict", dictionary(words));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: fleet_seeds FOLDER PROGRAM...\n", stderr);
    return 2;
  }
  try {
    make_seeds(argv[1], {argv + 2, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fleet_seeds: %s\n", error.what());
    return 2;
  }
  return 0;
}
