// SPDX-License-Identifier: GPL-2.0-only
// A program from a file of any of its three forms.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "program/source.h"
#include "program/text.h"

namespace spb {

enum class Form : uint8_t { text, bytes, container, count };
std::string_view name_of(Form form);

/// The state of a zone that a loaded program may have at most: four times the largest machine of
/// the series' measurements.
inline constexpr uint64_t loaded_state_max = uint64_t{1} << 32;
/// Every byte string is a program, so a file that only looks like one must be of a fuzzer's size.
inline constexpr uint64_t guessed_bytes_max = 64 * 1024;

struct LoadedProgram {
  Form form = Form::text;
  ZoneSpec zone;
  std::optional<TextProgram> text;          ///< of a text
  std::vector<Operation> operations;        ///< of bytes
  std::unique_ptr<OperationSource> source;  ///< reads the above, or the file
};

/// Reads the file, which may be a pipe. Without `form`: a container has its magic; an archive is
/// refused; a name that ends in .txt or .spb says text or container; a container whose beginning is
/// damaged is refused as one; what begins like a text or has no control characters is a text; other
/// files are bytes. Throws InputError.
std::unique_ptr<LoadedProgram> load_program(const std::string& path, std::optional<Form> form = {});

}  // namespace spb
