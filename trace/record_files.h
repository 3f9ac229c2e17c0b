// SPDX-License-Identifier: GPL-2.0-only
// Files of /proc and tracefs, and a folder that is written whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace spb::trace {

/// Trouble with the machine: "PATH: found F, expected E".
class MachineError : public std::runtime_error {
 public:
  MachineError(const std::filesystem::path& path, const std::string& found,
               const std::string& expected);
};

/// Closes itself.
class Descriptor {
 public:
  /// open() with O_CLOEXEC; throws MachineError with what the system says.
  Descriptor(const std::filesystem::path& path, int flags, unsigned mode = 0);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// The whole text of a file of /proc, whose size is not known before it was read. At most 64 MiB.
std::string read_text(const std::filesystem::path& path);

/// Writes one value into a file that exists, as the files of tracefs want it: in one piece.
void write_value(const std::filesystem::path& path, std::string_view value);

/// Writes all of it to a new file and waits until the disk has it.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path);
  void write(std::string_view text);
  void finish();

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

/// A folder that grows under another name beside its place.
class NewFolder {
 public:
  /// Throws MachineError where `place` exists and is not an empty folder, or cannot be written.
  explicit NewFolder(const std::filesystem::path& place);
  /// What has not got its name disappears.
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  const std::filesystem::path& path() const { return growing_; }
  void write(std::string_view name, std::string_view text) const;
  /// Gives it its name. Its files are on the disk by then.
  void finish();

 private:
  std::filesystem::path place_;
  std::filesystem::path growing_;
};

}  // namespace spb::trace
