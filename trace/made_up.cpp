// SPDX-License-Identifier: GPL-2.0-only
// A state with given counts. A zone is a row of blocks of the largest order, each a binary tree:
// a node is free as a whole, or has two children of which at most one is free as a whole, since two
// would be one block. So from the largest order down, every node that is not free offers one child
// to be a free block, and that is all that counts can ask.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "trace/start_state.h"

namespace spb::trace {

namespace {

/// What frame numbers of 32 bits, and a few gigabytes of memory, can hold.
constexpr uint64_t pages_max = uint64_t{1} << 32;
constexpr uint64_t pageblocks_max = uint64_t{1} << 23;
constexpr uint64_t free_blocks_max = uint64_t{1} << 26;

/// The nodes of one order that are neither free nor in a free block, by their first page.
using Nodes = std::vector<uint64_t>;

class ZoneMaker {
 public:
  ZoneMaker(const PageTypes& info, const TypedCounts& counts, uint64_t start_pfn, std::string name)
      : info_(info), counts_(counts), name_(std::move(name)), start_(start_pfn) {
    zone_.label = counts.zone;
    zone_.start_pfn = zone_.first_block_pfn = start_pfn;
    zone_.types.assign(
        std::accumulate(counts.pageblocks.begin(), counts.pageblocks.end(), uint64_t{0}), 0);
  }

  StartZone make() {
    Nodes open = place_whole_pageblocks();
    for (std::size_t type = 0; type < info_.types.size(); ++type)
      fill_pageblocks(type, open);
    std::sort(zone_.free.begin(), zone_.free.end(),
              [](const FreeBlock& a, const FreeBlock& b) { return a.pfn < b.pfn; });
    return std::move(zone_);
  }

 private:
  uint32_t max_order() const { return static_cast<uint32_t>(counts_.free.front().size()) - 1; }
  uint64_t free_count(std::size_t type, uint32_t order) const {
    return counts_.free[type][order].blocks;
  }

  [[noreturn]] void refuse(std::size_t type, uint32_t order, uint64_t room) const {
    throw InputError(
        name_, 0,
        {fmt::format("zone {}: {} free blocks of order {} of type {}", counts_.zone.name,
                     free_count(type, order), order, info_.types[type]),
         fmt::format("at most {} that do not merge, by its pageblocks and its larger "
                     "free blocks",
                     room)});
  }

  /// Each open node offers one child; the rest of the zone's end that is smaller than a node of the
  /// order above has no buddy and is offered whole.
  struct Offers {
    Nodes of_pairs;  ///< the parents
    Nodes single;
  };

  Offers offers(const Nodes& above, uint32_t order) const {
    Offers result;
    const uint64_t blocks = zone_.types.size();
    const uint32_t height = order - info_.pageblock_order;
    if (order == max_order()) {
      for (uint64_t i = 0; i < blocks >> height; ++i)
        result.single.push_back(start_ + (i << order));
      return result;
    }
    result.of_pairs = above;
    if (blocks >> height & 1)
      result.single.push_back(start_ + (blocks >> (height + 1) << (order + 1)));
    return result;
  }

  void set_free(uint64_t pfn, uint32_t order, std::size_t type) {
    zone_.free.push_back({static_cast<uint32_t>(pfn), static_cast<uint8_t>(order)});
    if (order < info_.pageblock_order) return;
    const uint64_t first = (pfn - start_) >> info_.pageblock_order;
    std::fill_n(zone_.types.begin() + static_cast<std::ptrdiff_t>(first),
                1U << (order - info_.pageblock_order), static_cast<uint8_t>(type));
  }

  /// The free blocks of a pageblock or more. Returns the pageblocks that are left.
  Nodes place_whole_pageblocks() {
    Nodes open;
    for (uint32_t order = max_order() + 1; order-- > info_.pageblock_order;)
      open = place(offers(open, order), order, 0, info_.types.size());
    return open;
  }

  /// The free blocks below a pageblock of one type, in that type's share of the open pageblocks.
  void fill_pageblocks(std::size_t type, Nodes& open) {
    Nodes nodes = take_pageblocks(type, open);
    uint64_t wanted = 0;
    for (uint32_t order = 0; order < info_.pageblock_order; ++order)
      wanted += free_count(type, order);
    for (uint32_t order = info_.pageblock_order; order-- > 0;) {
      // Each free block below takes one node at most: more need not be kept.
      if (nodes.size() > wanted) nodes.resize(wanted);
      wanted -= free_count(type, order);
      nodes = place({std::move(nodes), {}}, order, type, type + 1);
    }
  }

  Nodes take_pageblocks(std::size_t type, Nodes& open) {
    uint64_t left = counts_.pageblocks[type];
    for (uint32_t order = info_.pageblock_order; order <= max_order(); ++order)
      left -= free_count(type, order) << (order - info_.pageblock_order);
    const auto end = open.begin() + static_cast<std::ptrdiff_t>(left);
    Nodes taken(open.begin(), end);
    open.erase(open.begin(), end);
    for (const uint64_t pfn : taken)
      zone_.types[(pfn - start_) >> info_.pageblock_order] = static_cast<uint8_t>(type);
    return taken;
  }

  /// Makes as many of the offers free as these types ask for; returns what stays open.
  Nodes place(const Offers& offers, uint32_t order, std::size_t first_type, std::size_t end_type) {
    Nodes open;
    std::size_t pair = 0;
    std::size_t single = 0;
    for (std::size_t type = first_type; type < end_type; ++type) {
      for (uint64_t i = 0; i < free_count(type, order); ++i) {
        if (pair < offers.of_pairs.size()) {
          const uint64_t parent = offers.of_pairs[pair++];
          set_free(parent, order, type);
          open.push_back(parent + (uint64_t{1} << order));
        } else if (single < offers.single.size()) {
          set_free(offers.single[single++], order, type);
        } else {
          refuse(type, order, i);
        }
      }
    }
    for (; pair < offers.of_pairs.size(); ++pair) {
      open.push_back(offers.of_pairs[pair]);
      open.push_back(offers.of_pairs[pair] + (uint64_t{1} << order));
    }
    for (; single < offers.single.size(); ++single)
      open.push_back(offers.single[single]);
    return open;
  }

  const PageTypes& info_;
  const TypedCounts& counts_;
  std::string name_;
  uint64_t start_;
  StartZone zone_;
};

/// Before anything is laid out: what is free as whole pageblocks fits into those of its type.
void check_pageblocks(const PageTypes& info, const TypedCounts& zone, const std::string& name) {
  for (std::size_t type = 0; type < info.types.size(); ++type) {
    uint64_t needed = 0;
    for (std::size_t order = info.pageblock_order; order < zone.free[type].size(); ++order)
      needed += zone.free[type][order].blocks << (order - info.pageblock_order);
    if (needed <= zone.pageblocks[type]) continue;
    throw InputError(name, 0,
                     {fmt::format("zone {}: {} pageblocks of type {}", zone.zone.name,
                                  zone.pageblocks[type], info.types[type]),
                      fmt::format("at least {}, which its free blocks take as a whole", needed)});
  }
}

/// buddyinfo and pagetypeinfo are two readings: they may differ, and the second stops counting.
class Reconciled {
 public:
  Reconciled(PageTypes info, const std::vector<BuddyCounts>& buddies, const std::string& name)
      : info_(std::move(info)), buddies_(buddies), name_(name) {
    for (TypedCounts& zone : info_.zones)
      settle(zone);
  }
  const PageTypes& info() const { return info_; }
  const std::vector<std::string>& remarks() const { return remarks_; }

 private:
  void settle(TypedCounts& zone) {
    const auto buddy = std::find_if(buddies_.begin(), buddies_.end(),
                                    [&](const BuddyCounts& b) { return b.zone == zone.zone; });
    for (std::size_t order = 0; order < zone.free.front().size(); ++order) {
      const bool has_both = buddy != buddies_.end() && order < buddy->blocks.size();
      settle_order(zone, order, has_both ? &buddy->blocks[order] : nullptr);
    }
  }

  void settle_order(TypedCounts& zone, std::size_t order, const uint64_t* buddy) {
    uint64_t sum = 0;
    FreeCount* stopped = nullptr;
    for (std::vector<FreeCount>& type : zone.free) {
      sum += type[order].blocks;
      if (!type[order].at_least) continue;
      if (stopped != nullptr || buddy == nullptr) refuse_stopped(zone, order);
      stopped = &type[order];
    }
    if (stopped != nullptr && *buddy >= sum) {
      stopped->blocks += *buddy - sum;
    } else if (buddy != nullptr && *buddy != sum) {
      remarks_.push_back(fmt::format(
          "zone {} has {} free blocks of order {} by buddyinfo and {} by pagetypeinfo, which was "
          "read at another moment: the state follows pagetypeinfo",
          zone.zone.name, *buddy, order, sum));
    }
    if (stopped != nullptr) stopped->at_least = false;
  }

  [[noreturn]] void refuse_stopped(const TypedCounts& zone, std::size_t order) const {
    throw InputError(name_, 0,
                     {fmt::format("zone {}: a count of order {} that the kernel stopped at",
                                  zone.zone.name, order),
                      "buddyinfo beside it, and one such count for each order"});
  }

  PageTypes info_;
  const std::vector<BuddyCounts>& buddies_;
  std::string name_;
  std::vector<std::string> remarks_;
};

void check_sizes(const PageTypes& info, uint32_t max_order, const std::string& name) {
  const auto refuse = [&](std::string found, std::string expected) {
    throw InputError(name, 0, {std::move(found), std::move(expected)});
  };
  if (max_order >= max_nr_page_orders || info.pageblock_order > max_order) {
    refuse(fmt::format("pageblocks of order {} and {} orders", info.pageblock_order, max_order + 1),
           fmt::format("pageblocks no larger than the largest buddy, and at most {} orders",
                       max_nr_page_orders));
  }
  uint64_t pageblocks = 0;
  uint64_t free_blocks = 0;
  for (const TypedCounts& zone : info.zones) {
    pageblocks += std::accumulate(zone.pageblocks.begin(), zone.pageblocks.end(), uint64_t{0});
    for (const std::vector<FreeCount>& type : zone.free) {
      for (const FreeCount& count : type)
        free_blocks += count.blocks;
    }
  }
  if (pageblocks > pageblocks_max || free_blocks > free_blocks_max) {
    refuse(fmt::format("{} pageblocks and {} free blocks", pageblocks, free_blocks),
           fmt::format("at most {} and {}", pageblocks_max, free_blocks_max));
  }
}

}  // namespace

StartState made_up(const PageTypes& types, const std::vector<BuddyCounts>& buddies,
                   const std::string& name) {
  const Reconciled reconciled(types, buddies, name);
  const PageTypes& info = reconciled.info();
  const auto max_order = static_cast<uint32_t>(info.zones.front().free.front().size()) - 1;
  check_sizes(info, max_order, name);
  StartState state{info.pageblock_order, max_order, info.types, {}, reconciled.remarks()};
  state.remarks.insert(state.remarks.begin(),
                       "made up: these counts are given, where each block lies is not");
  uint64_t pfn = 0;
  for (const TypedCounts& zone : info.zones) {
    check_pageblocks(info, zone, name);
    const uint64_t blocks =
        std::accumulate(zone.pageblocks.begin(), zone.pageblocks.end(), uint64_t{0});
    const uint64_t pages = blocks << info.pageblock_order;
    const uint64_t largest = uint64_t{1} << max_order;
    if (pages >= pages_max || pfn + pages + largest > pages_max)
      throw InputError(name, 0, {"zones of 2^32 pages and more", "frame numbers of 32 bits"});
    state.zones.push_back(ZoneMaker(info, zone, pfn, name).make());
    pfn = (pfn + pages + largest - 1) / largest * largest;
  }
  return state;
}

}  // namespace spb::trace
