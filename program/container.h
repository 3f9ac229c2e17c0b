// SPDX-License-Identifier: GPL-2.0-only
// Programs of any length in a compact file, written and read as a stream in bounded memory.
//
// The file is a magic and a version, then blocks: length (u32), checksum (u32, of the payload),
// payload. The first payload describes the zone, the others hold operations, an empty block and the
// number of operations end the file. Numbers of a payload are varints; a pfn is stored as its
// distance from the operation before. A file that is cut short or damaged anywhere is refused
// before the damaged block is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "program/program.h"

namespace spb {

class ContainerWriter {
 public:
  /// Writes the head at once. `out` has to be binary and outlive the writer.
  ContainerWriter(std::ostream& out, const ZoneSpec& zone);

  void add(const Operation& op);
  /// Ends the file; throws std::runtime_error where the stream failed, now or before.
  void finish();

  uint64_t operations() const { return operations_; }

 private:
  void flush();

  std::ostream& out_;
  MachineShape machine_;
  std::vector<uint8_t> block_;
  uint64_t operations_ = 0;
  uint32_t last_pfn_ = 0;
};

class ContainerReader {
 public:
  /// Reads the head. `name` stands for the file in errors. Everything here throws InputError.
  ContainerReader(std::istream& in, std::string name);

  const ZoneSpec& zone() const { return zone_; }
  /// The next operation, in the zone's ranges; false at the end.
  bool next(Operation& op);

  /// Whether these first bytes of a file are a container's.
  static bool recognises(const char* bytes, std::size_t size);
  /// Whether they were a container's before something damaged its magic: half of it is left, or the
  /// block that describes the zone has its checksum.
  static bool resembles(const char* bytes, std::size_t size);

 private:
  void read(char* bytes, std::size_t size);
  uint32_t read_u32();
  bool next_block();
  void check_end();
  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const;

  std::istream& in_;
  std::string name_;
  ZoneSpec zone_;
  std::vector<uint8_t> block_;
  std::size_t at_ = 0;
  uint64_t bytes_read_ = 0;
  uint64_t operations_ = 0;
  uint32_t last_pfn_ = 0;
  bool ended_ = false;
};

}  // namespace spb
