// SPDX-License-Identifier: GPL-2.0-only
#include "trace/import.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "trace/list_types.h"
#include "trace/page_set.h"
#include "trace/tags.h"

namespace spb::trace {

namespace {

/// The operations that one event turned into, until they are asked for.
class Queue {
 public:
  explicit Queue(ImportCounts& counts) : counts_(counts) {}

  void take(const Entry& entry, Migratetype type) {
    add({.kind = OpKind::take, .order = entry.order, .a = entry.pfn, .b = type}, Cause::departure,
        &entry);
  }
  void take_missed(uint32_t pfn, uint32_t order, const Entry& entry) {
    add({.kind = OpKind::take,
         .order = static_cast<uint8_t>(order),
         .a = pfn,
         .b = MIGRATE_MOVABLE},
        Cause::missed_departure, &entry);
  }
  void give(uint32_t pfn, uint32_t order, Cause cause, const Entry& entry) {
    add({.kind = OpKind::give, .order = static_cast<uint8_t>(order), .a = pfn}, cause, &entry);
  }
  void give_at_tail(const FreeBlock& block) {
    add({.kind = OpKind::give, .order = block.order, .flags = op_tail, .a = block.pfn},
        Cause::initial_block, nullptr);
  }
  void request(uint32_t slot, const Entry& entry, bool use_gfp) {
    Operation op{.kind = OpKind::alloc, .order = entry.order, .slot = slot, .a = entry.gfp};
    if (use_gfp && entry.gfp != 0) {
      ++counts_.with_gfp;
    } else {
      op.kind = OpKind::rmqueue;
      op.a = asked_of_type(entry.migratetype);
      op.b = alloc_flags_for_type(entry.migratetype, entry.order);
    }
    add(op, Cause::departure, &entry);
  }
  void free(uint32_t slot, Cause cause, const Entry& entry) {
    add({.kind = OpKind::free, .slot = slot}, cause, &entry);
  }
  void tag(uint32_t block, Migratetype type, Cause cause, const Entry* entry) {
    add({.kind = OpKind::tag, .a = block, .b = type}, cause, entry);
  }

  bool pop(ImportStep& step) {
    if (at_ == steps_.size()) {
      steps_.clear();
      at_ = 0;
      return false;
    }
    step = steps_[at_++];
    ++counts_.operations;
    return true;
  }

 private:
  void add(const Operation& operation, Cause cause, const Entry* entry) {
    steps_.push_back({operation, cause, entry});
  }

  ImportCounts& counts_;
  std::vector<ImportStep> steps_;
  std::size_t at_ = 0;
};

/// What an event turns into.
class Follower {
 public:
  virtual ~Follower() = default;
  virtual void departure(const Entry& entry) = 0;
  virtual void arrival(const Entry& entry) = 0;
};

/// Follows a recording at its own frames.
class FrameFollower : public Follower {
 public:
  FrameFollower(const Geometry& geometry, const RecordedZone& zone,
                const std::vector<uint8_t>& tags, Queue& out, ImportCounts& counts)
      : geometry_(geometry), out_(out), counts_(counts), free_(zone.start_pfn, zone.spanned_pages) {
    for (const FreeBlock& block : zone.free_before)
      free_.insert(block.pfn, 1U << block.order);
    for (std::size_t b = 0; b < tags.size(); ++b) {
      if (tags[b] == MIGRATE_HIGHATOMIC) reserved_.insert(static_cast<uint32_t>(b));
    }
  }

  void departure(const Entry& entry) override {
    const uint32_t pages = 1U << entry.order;
    const uint32_t known = free_.count(entry.pfn, pages);
    if (known != pages) {
      ++(known == 0 ? counts_.departures_missing_all : counts_.departures_missing_some);
      give_outside(entry, Cause::missed_return);
    }
    const Migratetype type = tag_of_type(entry.migratetype).value_or(MIGRATE_UNMOVABLE);
    out_.take(entry, type);
    free_.erase(entry.pfn, pages);
    if (entry.fallback == Fallback::claim) claim(entry, asked_of_type(type));
    follow_reserve(entry);
  }

  void arrival(const Entry& entry) override {
    const uint32_t pages = 1U << entry.order;
    if (entry.by_caller) take_missed(entry);
    const uint32_t known = free_.count(entry.pfn, pages);
    counts_.returns_free_already += known == pages;
    counts_.returns_free_in_part += known != 0 && known != pages;
    give_outside(entry, Cause::arrival);
    free_.insert(entry.pfn, pages);
  }

 private:
  /// Gives back those pages of the entry that are not known to be free.
  void give_outside(const Entry& entry, Cause cause) {
    for_each_chunk(free_, entry.pfn, 1U << entry.order, false, geometry_.max_page_order,
                   [&](uint32_t pfn, uint32_t order) { out_.give(pfn, order, cause, entry); });
  }

  /// A caller gives what it has: what is free all the same left without an event.
  void take_missed(const Entry& entry) {
    const uint32_t pages = 1U << entry.order;
    if (free_.count(entry.pfn, pages) != pages) return;
    ++counts_.missed_departures;
    for_each_chunk(free_, entry.pfn, pages, true, geometry_.max_page_order,
                   [&](uint32_t pfn, uint32_t order) { out_.take_missed(pfn, order, entry); });
    free_.erase(entry.pfn, pages);
  }

  void claim(const Entry& entry, Migratetype type) {
    const BlockRange blocks = claimed_blocks(geometry_, entry);
    for (uint32_t b = blocks.first; b < blocks.first + blocks.count; ++b) {
      out_.tag(b, type, Cause::claim, &entry);
    }
  }

  /// No event tells that a pageblock joined or left the HIGHATOMIC reserve: the next departure from
  /// its lists does.
  void follow_reserve(const Entry& entry) {
    const auto type = tag_of_type(entry.migratetype);
    if (!type || entry.by_caller || entry.fallback != Fallback::none) return;
    const uint32_t block = (entry.pfn - geometry_.base_pfn) >> geometry_.pageblock_order;
    const bool reserved = *type == MIGRATE_HIGHATOMIC;
    if (reserved == (reserved_.count(block) != 0)) return;
    if (reserved) {
      reserved_.insert(block);
    } else {
      reserved_.erase(block);
    }
    out_.tag(block, *type, Cause::reserve, &entry);
  }

  const Geometry& geometry_;
  Queue& out_;
  ImportCounts& counts_;
  PageSet free_;
  std::unordered_set<uint32_t> reserved_;  ///< pageblocks that are HIGHATOMIC
};

/// Asks for the same again and lets the variant choose. A recorded frame is then a name: of a slot
/// that the recording's page stands in, or of a page that is allocated since before it began and is
/// there in the variant too.
class RequestFollower : public Follower {
 public:
  RequestFollower(const Geometry& geometry, const RecordedZone& zone, bool use_gfp, Queue& out,
                  ImportCounts& counts)
      : geometry_(geometry),
        use_gfp_(use_gfp),
        out_(out),
        counts_(counts),
        allocated_before_(zone.start_pfn, zone.spanned_pages) {
    allocated_before_.insert(zone.start_pfn, zone.spanned_pages);
    for (const FreeBlock& block : zone.free_before) {
      allocated_before_.erase(block.pfn, 1U << block.order);
    }
  }

  void departure(const Entry& entry) override {
    const uint32_t pages = 1U << entry.order;
    const uint32_t missing = release(entry, Cause::missed_return);
    counts_.departures_missing_all += missing == pages;
    counts_.departures_missing_some += missing != 0 && missing != pages;
    const uint32_t slot = new_slot(pages);
    for (uint32_t i = 0; i < pages; ++i)
      owner_[entry.pfn + i] = slot;
    out_.request(slot, entry, use_gfp_);
  }

  void arrival(const Entry& entry) override {
    const uint32_t pages = 1U << entry.order;
    const uint32_t released = release(entry, Cause::arrival);
    counts_.returns_free_already += released == 0;
    counts_.returns_free_in_part += released != 0 && released != pages;
  }

 private:
  uint32_t new_slot(uint32_t pages) {
    if (vacant_.empty()) {
      vacant_.push_back(counts_.slots++);
      pages_left_.push_back(0);
    }
    const uint32_t slot = vacant_.back();
    vacant_.pop_back();
    pages_left_[slot] = pages;
    return slot;
  }

  /// Gives back whatever still holds the entry's pages; returns how many of them were held.
  uint32_t release(const Entry& entry, Cause cause) {
    const uint32_t pages = 1U << entry.order;
    uint32_t released = allocated_before_.count(entry.pfn, pages);
    for_each_chunk(allocated_before_, entry.pfn, pages, true, geometry_.max_page_order,
                   [&](uint32_t pfn, uint32_t order) { out_.give(pfn, order, cause, entry); });
    allocated_before_.erase(entry.pfn, pages);
    for (uint32_t i = 0; i < pages && released < pages; ++i) {
      released += release_page(entry.pfn + i, cause, entry);
    }
    return released;
  }

  /// A slot is freed as a whole, when the last of its recorded pages has come back.
  bool release_page(uint32_t pfn, Cause cause, const Entry& entry) {
    const auto owner = owner_.find(pfn);
    if (owner == owner_.end()) return false;
    const uint32_t slot = owner->second;
    owner_.erase(owner);
    if (--pages_left_[slot] != 0) return true;
    out_.free(slot, cause, entry);
    vacant_.push_back(slot);
    return true;
  }

  const Geometry& geometry_;
  bool use_gfp_;
  Queue& out_;
  ImportCounts& counts_;
  PageSet allocated_before_;
  std::unordered_map<uint32_t, uint32_t>
      owner_;                         ///< slot of each recorded page that a request holds
  std::vector<uint32_t> pages_left_;  ///< of each slot
  std::vector<uint32_t> vacant_;
};

/// The frames from the first to behind the last one that the recording mentions; the zone's first
/// page if it mentions none.
struct Mentioned {
  uint64_t first;
  uint64_t end;
};

Mentioned mentioned_frames(const RecordedZone& zone) {
  Mentioned mentioned{zone.end_pfn(), zone.start_pfn};
  const auto mention = [&](uint32_t pfn, uint32_t order) {
    mentioned.first = std::min(mentioned.first, uint64_t{pfn});
    mentioned.end = std::max(mentioned.end, pfn + (uint64_t{1} << order));
  };
  for (const FreeBlock& block : zone.free_before)
    mention(block.pfn, block.order);
  for (const FreeBlock& block : zone.free_after)
    mention(block.pfn, block.order);
  for (const Entry& entry : zone.entries)
    mention(entry.pfn, entry.order);
  if (mentioned.first < mentioned.end) return mentioned;
  return {zone.start_pfn, uint64_t{zone.start_pfn} + 1};
}

/// The shape without slots.
Geometry span_geometry(const Recording& recording, const RecordedZone& zone,
                       const ImportOptions& options) {
  const Kernel& kernel = recording.kernel;
  const auto refuse = [&](const std::string& expected) {
    throw InputError(recording.name, 0, {"zone " + zone.name, expected});
  };
  const uint32_t order = options.superpageblock_order;
  if (order < kernel.max_page_order || order > 31) {
    refuse("superpageblocks of an order from the largest buddy's, " +
           std::to_string(kernel.max_page_order) + ", to 31, not " + std::to_string(order));
  }
  const uint64_t size = uint64_t{1} << order;
  const Mentioned mentioned = mentioned_frames(zone);
  const uint64_t base = mentioned.first & ~(size - 1);
  const uint64_t end = (mentioned.end + size - 1) & ~(size - 1);
  const uint64_t first = std::max(base, uint64_t{zone.start_pfn});
  if (end > uint64_t{1} << 32) refuse("an end below pfn 2^32");
  Geometry geometry;
  geometry.superpageblocks = static_cast<uint32_t>((end - base) >> order);
  geometry.pageblocks = 1U << (order - kernel.pageblock_order);
  geometry.pageblock_order = kernel.pageblock_order;
  geometry.max_page_order = kernel.max_page_order;
  geometry.base_pfn = static_cast<uint32_t>(base);
  geometry.absent_first = static_cast<uint32_t>(first - base);
  geometry.absent_last = static_cast<uint32_t>(end - std::min(end, zone.end_pfn()));
  geometry.slots = 1;
  geometry.start_allocated = true;
  if (const auto wrong = geometry.check()) refuse(*wrong);
  return geometry;
}

}  // namespace

/// Walks through a recording, an event at a time.
class ImportSource::Walk {
 public:
  Walk(const Geometry& geometry, const Kernel& kernel, const RecordedZone& zone,
       const ImportOptions& options)
      : geometry_(geometry),
        zone_(zone),
        tags_(tag_evidence(kernel, zone, geometry).first),
        queue_(counts_) {
    if (options.follow == Follow::frames) {
      follower_ = std::make_unique<FrameFollower>(geometry_, zone, tags_, queue_, counts_);
    } else {
      follower_ =
          std::make_unique<RequestFollower>(geometry_, zone, options.use_gfp, queue_, counts_);
    }
  }

  bool next(ImportStep& step) {
    while (!queue_.pop(step)) {
      if (!advance()) return false;
    }
    return true;
  }

  const ImportCounts& counts() const { return counts_; }

 private:
  /// Queues what comes next, which may be nothing; false at the end.
  bool advance() {
    if (tag_ < tags_.size()) {
      initial_tag(tag_++);
    } else if (block_ < zone_.free_before.size()) {
      ++counts_.initial_blocks;
      queue_.give_at_tail(zone_.free_before[block_++]);
    } else if (entry_ < zone_.entries.size()) {
      follow(zone_.entries[entry_++]);
    } else {
      return false;
    }
    return true;
  }

  void initial_tag(std::size_t block) {
    const uint8_t type = tags_[block];
    if (type == unknown_type || type == MIGRATE_MOVABLE) return;
    ++counts_.initial_tags;
    queue_.tag(static_cast<uint32_t>(block), static_cast<Migratetype>(type), Cause::initial_tag,
               nullptr);
  }

  void follow(const Entry& entry) {
    if (entry.kind == EntryKind::returns) {
      ++counts_.returns;
      follower_->arrival(entry);
    } else if (entry.kind == EntryKind::leaves) {
      ++counts_.departures;
      follower_->departure(entry);
    }
  }

  Geometry geometry_;
  const RecordedZone& zone_;
  std::vector<uint8_t> tags_;
  ImportCounts counts_;
  Queue queue_;
  std::unique_ptr<Follower> follower_;
  std::size_t tag_ = 0;
  std::size_t block_ = 0;
  std::size_t entry_ = 0;
};

ImportSource::ImportSource(const Recording& recording, const RecordedZone& zone,
                           const ImportOptions& options)
    : recording_(recording),
      zone_(zone),
      options_(options),
      geometry_(span_geometry(recording, zone, options)) {
  rewind();
  if (options.follow == Follow::frames) return;
  // How many requests are alive at once is known at the end only.
  ImportStep step;
  while (walk_->next(step)) {
  }
  geometry_.slots = std::max(1U, walk_->counts().slots);
  rewind();
}

ImportSource::~ImportSource() = default;

bool ImportSource::next(Operation& op) {
  if (!walk_->next(step_)) return false;
  op = step_.operation;
  return true;
}

void ImportSource::rewind() {
  walk_ = std::make_unique<Walk>(geometry_, recording_.kernel, zone_, options_);
}

const ImportCounts& ImportSource::counts() const {
  return walk_->counts();
}

}  // namespace spb::trace
