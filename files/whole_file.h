// SPDX-License-Identifier: GPL-2.0-only
// A file that is there whole or not at all, whatever ends the program. Until it is complete it has
// no name (O_TMPFILE), so that even kill -9 leaves nothing; where the file system has no such
// files, it has a temporary one that SIGHUP, SIGINT and SIGTERM take away.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace spb {

class WholeFile {
 public:
  /// Room for what will be `target`; its folder must be there. A link is followed, so what it leads
  /// to is replaced and the link stays. Throws std::runtime_error.
  explicit WholeFile(const std::filesystem::path& target);
  /// What was not named disappears.
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  /// For the content, until complete().
  std::ostream& stream() { return stream_; }
  /// All of the content is on the disk. Throws std::runtime_error where it is not.
  void complete();
  /// Gives the complete file its name at once. With `replace` it takes the place of a file that
  /// exists, and its mode; without, that is an error. Throws std::runtime_error.
  void name(bool replace);

 private:
  bool open_nameless();
  void open_temporary();
  void keep_mode_of_target() const;
  void link_to(const std::filesystem::path& path) const;
  void rename_temporary();
  [[noreturn]] void refuse(const std::string& what) const;

  std::filesystem::path asked_;   ///< as the caller said it, for errors
  std::filesystem::path target_;  ///< behind all links
  std::filesystem::path temporary_;
  int file_ = -1;
  bool nameless_ = false;
  std::ofstream stream_;
};

/// The whole text as the file, which is replaced if it exists. Throws std::runtime_error.
void write_whole(const std::filesystem::path& target, const std::string& text);

}  // namespace spb
