// SPDX-License-Identifier: GPL-2.0-only
// Where a campaign is to go on past a finding, the fuzz target keeps it: the program's bytes become
// a file, a few for each distinct finding, and every execution that found something counts. All of
// it outlives the process, and several processes may share a folder.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace spb::fuzz {

/// A number in a file.
class SharedCount {
 public:
  /// Throws std::runtime_error where the file cannot be made or has no room.
  explicit SharedCount(const std::filesystem::path& file);
  ~SharedCount();
  SharedCount(const SharedCount&) = delete;
  SharedCount& operator=(const SharedCount&) = delete;

  void add_one() { number_->fetch_add(1, std::memory_order_relaxed); }
  uint64_t value() const { return number_->load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t>* number_;
};

/// The files `found-KIND-READING-CONTENT`, digests all three, each whole or absent. The room for
/// the next one is taken beforehand, so that a disk that is full by then loses none.
class KeptFindings {
 public:
  static constexpr std::size_t readings_max = 16;  ///< of one kind

  /// The folder also has `.executions`, a SharedCount. Throws std::runtime_error.
  explicit KeptFindings(const std::filesystem::path& folder);
  ~KeptFindings();
  KeptFindings(const KeptFindings&) = delete;
  KeptFindings& operator=(const KeptFindings&) = delete;

  /// One more execution found something.
  void count() { executions_.add_one(); }
  /// Keeps the bytes where nothing was kept of this kind and reading, or twice as many bytes. Says
  /// whether it did. Throws std::runtime_error where these, or the room for the next, have no
  /// place.
  bool keep(const std::string& kind, const std::string& reading, std::span<const uint8_t> bytes);

 private:
  using LeastBytes = std::map<std::string, std::size_t>;  ///< by reading

  LeastBytes kept_of(const std::string& kind) const;
  bool is_news(const std::string& kind, const std::string& reading, std::size_t bytes);
  void write(const std::filesystem::path& name, std::span<const uint8_t> bytes) const;
  void take_room() const;

  std::filesystem::path folder_;
  std::filesystem::path room_;
  SharedCount executions_;
  std::map<std::string, LeastBytes> kinds_;
};

}  // namespace spb::fuzz
