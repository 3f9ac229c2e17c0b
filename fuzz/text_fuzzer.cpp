// SPDX-License-Identifier: GPL-2.0-only
// The text parser: bad text is refused without a crash, and what parses prints, parses to the same
// and prints the same; as bytes and as a container it stays the same program.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "program/bytes.h"
#include "program/container.h"
#include "program/normalise.h"
#include "program/text.h"
#include "program/words.h"

namespace {

using namespace spb;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "a law does not hold: %s\n", what);
  std::abort();
}

void check_text(const TextProgram& text) {
  const std::string printed = print_text(text);
  const TextProgram again = parse_text(printed, "printed");
  require(again == text, "print(parse(t)) parses to the same");
  require(print_text(again) == printed, "print(parse(t)) prints the same");
}

void check_bytes(const Program& program) {
  require(normalised(program) == program, "what parses is normalised");
  Program decoded;
  decode_bytes(encode_bytes(program), decoded);
  require(decoded == program, "decode(encode(p)) == p");
}

void check_container(const Program& program) {
  std::stringstream file;
  ContainerWriter writer(file, program.zone);
  for (const Operation& op : program.operations)
    writer.add(op);
  writer.finish();
  ContainerReader reader(file, "container");
  Program read{reader.zone(), {}};
  for (Operation op; reader.next(op);)
    read.operations.push_back(op);
  require(read == program, "a container holds the same program");
}

std::optional<TextProgram> parsed(std::string_view input) {
  try {
    return parse_text(input, "input");
  } catch (const InputError&) {
    return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const auto text = parsed({reinterpret_cast<const char*>(data), size});
  if (!text) return 0;
  check_text(*text);
  check_bytes(text->program);
  check_container(text->program);
  return 0;
}
