// SPDX-License-Identifier: GPL-2.0-only
// The free blocks of a running machine, from /proc/kpageflags: 64 bits a page, bit 10 (KPF_BUDDY)
// where the page is free on the buddy lists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "trace/recording.h"

namespace spb::trace {

/// Pages [first, end).
struct FrameRange {
  uint64_t first;
  uint64_t end;
};

/// The frames that some zone spans, ascending, cut wherever a zone begins or ends: no free block
/// crosses such a border.
std::vector<FrameRange> ranges_of(const std::vector<RecordedZone>& zones);

/// Appends the largest aligned blocks of at most `order_max` that the free pages make. Neither a
/// page nor memory is asked for while it reads, as long as `blocks` has room: the snapshot does not
/// change what it shows.
class FreePageReader {
 public:
  /// Throws MachineError.
  explicit FreePageReader(const std::filesystem::path& kpageflags, uint32_t order_max);
  void read(const std::vector<FrameRange>& ranges, std::vector<FreeBlock>& blocks);

 private:
  std::size_t fill(int file, uint64_t first, std::size_t count);

  std::filesystem::path kpageflags_;
  uint32_t order_max_;
  std::vector<uint64_t> flags_;
};

uint64_t pages_of(const std::vector<FreeBlock>& blocks);

/// One block a line, `hexpfn order`: the form of freeblocks.before.
std::string to_text(const std::vector<FreeBlock>& blocks);

}  // namespace spb::trace
