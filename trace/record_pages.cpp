// SPDX-License-Identifier: GPL-2.0-only
#include "trace/record_pages.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "program/words.h"
#include "trace/record_files.h"

namespace spb::trace {

namespace {

constexpr uint64_t pages_a_read = 65536;
constexpr uint64_t kpf_buddy = uint64_t{1} << 10;
constexpr uint64_t kpf_nopage = uint64_t{1} << 20;

void append_run(FrameRange run, uint32_t order_max, std::vector<FreeBlock>& blocks) {
  while (run.first < run.end) {
    const auto aligned = static_cast<uint32_t>(std::countr_zero(run.first | uint64_t{1} << 63));
    const auto fits = static_cast<uint32_t>(std::bit_width(run.end - run.first)) - 1;
    const uint32_t order = std::min({aligned, fits, order_max});
    blocks.push_back({static_cast<uint32_t>(run.first), static_cast<uint8_t>(order)});
    run.first += uint64_t{1} << order;
  }
}

/// Hears of one page after the other.
class FreeRuns {
 public:
  FreeRuns(uint64_t first, uint32_t order_max, std::vector<FreeBlock>& blocks)
      : run_{first, first}, order_max_(order_max), blocks_(blocks) {}

  void add(bool is_free) {
    if (is_free) {
      ++run_.end;
      return;
    }
    finish();
    run_ = {run_.end + 1, run_.end + 1};
  }
  void finish() { append_run(run_, order_max_, blocks_); }

 private:
  FrameRange run_;
  uint32_t order_max_;
  std::vector<FreeBlock>& blocks_;
};

}  // namespace

std::vector<FrameRange> ranges_of(const std::vector<RecordedZone>& zones) {
  std::vector<uint64_t> borders;
  for (const RecordedZone& zone : zones) {
    borders.push_back(zone.start_pfn);
    borders.push_back(zone.end_pfn());
  }
  std::sort(borders.begin(), borders.end());
  std::vector<FrameRange> ranges;
  for (std::size_t i = 1; i < borders.size(); ++i) {
    const FrameRange range{borders[i - 1], borders[i]};
    const bool spanned = std::any_of(zones.begin(), zones.end(), [&](const RecordedZone& zone) {
      return zone.start_pfn <= range.first && range.end <= zone.end_pfn();
    });
    if (spanned && range.first < range.end) ranges.push_back(range);
  }
  return ranges;
}

FreePageReader::FreePageReader(const std::filesystem::path& kpageflags, uint32_t order_max)
    : kpageflags_(kpageflags), order_max_(order_max), flags_(pages_a_read) {}

/// How many pages from `first` on the kernel told of; 0 behind the last one.
std::size_t FreePageReader::fill(int file, uint64_t first, std::size_t count) {
  for (;;) {
    const ssize_t bytes = pread(file, flags_.data(), count * sizeof(uint64_t),
                                static_cast<off_t>(first * sizeof(uint64_t)));
    if (bytes >= 0) return static_cast<std::size_t>(bytes) / sizeof(uint64_t);
    if (errno == EINTR) continue;
    throw MachineError(kpageflags_, quoted(std::strerror(errno)), "64 bits for each page");
  }
}

void FreePageReader::read(const std::vector<FrameRange>& ranges, std::vector<FreeBlock>& blocks) {
  const Descriptor file(kpageflags_, O_RDONLY);
  for (const FrameRange& range : ranges) {
    FreeRuns runs(range.first, order_max_, blocks);
    for (uint64_t at = range.first; at < range.end;) {
      const std::size_t count = fill(file.get(), at, std::min(pages_a_read, range.end - at));
      if (count == 0) break;
      for (std::size_t i = 0; i < count; ++i)
        runs.add((flags_[i] & (kpf_buddy | kpf_nopage)) == kpf_buddy);
      at += count;
    }
    runs.finish();
  }
}

uint64_t pages_of(const std::vector<FreeBlock>& blocks) {
  uint64_t pages = 0;
  for (const FreeBlock& block : blocks)
    pages += uint64_t{1} << block.order;
  return pages;
}

std::string to_text(const std::vector<FreeBlock>& blocks) {
  std::string text;
  text.reserve(blocks.size() * 10);
  for (const FreeBlock& block : blocks)
    fmt::format_to(std::back_inserter(text), "{:x} {}\n", block.pfn, block.order);
  return text;
}

}  // namespace spb::trace
