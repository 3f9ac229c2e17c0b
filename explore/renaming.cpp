// SPDX-License-Identifier: GPL-2.0-only
#include "explore/renaming.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "explore/zone_image.h"

namespace spb {

namespace {

constexpr uint64_t none = ~uint64_t{0};

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 32U;
}

bool is_whole(const Geometry& g, uint32_t spb) {
  return (spb > 0 || g.absent_first == 0) && (spb + 1 < g.superpageblocks || g.absent_last == 0);
}

uint32_t buddies_in_spb(const Geometry& g) {
  return g.superpageblock_nr_pages() >> g.max_page_order;
}

std::vector<uint32_t> counting(uint32_t count) {
  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

void invert(const std::vector<uint32_t>& from, std::vector<uint32_t>& to) {
  for (uint32_t i = 0; i < from.size(); ++i)
    to[from[i]] = i;
}

/// Whether an operation of this kind may come to unreserve_highatomic_pageblock().
bool may_unreserve(const Operation& op) {
  return op.kind == OpKind::unreserve || op.kind == OpKind::alloc;
}

}  // namespace

Symmetry sound_symmetry(const Zone& zone, std::span<const Operation> operations) {
  const bool lists = zone.policy().lists_per_superpageblock;
  const bool by_number = lists && std::any_of(operations.begin(), operations.end(), may_unreserve);
  return {.superpageblocks = !by_number, .buddies = true, .list_places = !lists};
}

std::string symmetry_text(const Symmetry& symmetry) {
  std::string text;
  const auto add = [&](bool has, const char* what) {
    if (has) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(symmetry.superpageblocks, "superpageblocks");
  add(symmetry.buddies, "largest buddies");
  add(symmetry.list_places, "places on lists");
  return text.empty() ? "none" : text;
}

Renaming::Renaming(const Zone& zone)
    : spb_to(counting(zone.nr_spbs())),
      spb_from(spb_to),
      buddy_to(counting(zone.nr_spbs() * buddies_in_spb(zone.geometry()))),
      buddy_from(buddy_to),
      item_to(counting(nr_items(zone))),
      buddy_order(zone.geometry().max_page_order) {}

// ---- the state that stands for those like it

Canonical::Canonical(const Zone& zone, const Symmetry& symmetry)
    : symmetry_(symmetry),
      items_(nr_items(zone) > 0),
      ranks_buddies_(symmetry.buddies || symmetry.list_places),
      buddies_of_spb_(buddies_in_spb(zone.geometry())),
      renaming_(zone),
      buddy_rank_(renaming_.buddy_to.size()),
      spb_rank_(zone.nr_spbs()),
      item_marks_(zone.geometry().nr_blocks()) {
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s)
    is_whole_.push_back(is_whole(zone.geometry(), s));
}

const Renaming& Canonical::of(const Zone& zone) {
  if (items_) number_items(zone);
  if (ranks_buddies_) rank_buddies(zone);
  if (symmetry_.superpageblocks) rank_spbs(zone);
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s)
    place_buddies(s);
  invert(renaming_.spb_from, renaming_.spb_to);
  invert(renaming_.buddy_from, renaming_.buddy_to);
  return renaming_;
}

/// By where the free lists come to it first; a run without a free chunk has its content.
void Canonical::rank_buddies(const Zone& zone) {
  std::fill(buddy_rank_.begin(), buddy_rank_.end(), none);
  next_rank_ = 0;
  for (uint32_t a = 0; a < zone.nr_areas(); ++a) {
    for (uint32_t type = 0; type < MIGRATE_TYPES; ++type) {
      const auto list = static_cast<Migratetype>(type);
      for (uint32_t orders = zone.area(a).nonempty[type]; orders != 0; orders &= orders - 1) {
        const Order order(static_cast<uint32_t>(std::countr_zero(orders)));
        rank_list(zone, zone.free_list(a, order, list).first);
      }
    }
  }
  for (uint32_t i = 0; i < buddy_rank_.size(); ++i) {
    if (buddy_rank_[i] == none) buddy_rank_[i] = content(zone, i) >> 1U | uint64_t{1} << 63U;
  }
}

void Canonical::rank_list(const Zone& zone, uint32_t first) {
  for (uint32_t at = first; at != 0; at = zone.links(Pfn(at - 1)).next) {
    uint64_t& rank = buddy_rank_[(at - 1) >> renaming_.buddy_order];
    if (rank == none) rank = next_rank_++;
  }
}

uint64_t Canonical::content(const Zone& zone, uint32_t buddy) const {
  const Geometry& g = zone.geometry();
  const uint32_t first = buddy << renaming_.buddy_order;
  const uint32_t end = first + (1U << renaming_.buddy_order);
  uint64_t hash = 0;
  for (uint32_t p = first; p < end; ++p) {
    const uint32_t owner = zone.links(Pfn(p)).next;
    const uint32_t chunk = owner != 0 ? 1U + zone.slot(owner - 1).order : 0U;
    hash = mixed(hash, zone.page(Pfn(p)) | chunk << 8U);
  }
  for (uint32_t b = first >> g.pageblock_order; b < end >> g.pageblock_order; ++b) {
    const BlockState& block = zone.block(BlockIndex(b));
    hash = mixed(hash, block.tag | uint32_t{block.bits} << 8U);
    if (items_) hash = mixed(hash, item_marks_[b]);
  }
  return hash;
}

/// The places behind its superpageblock's go to its runs in the order of their ranks. They are few.
void Canonical::place_buddies(uint32_t spb) {
  const uint32_t old = renaming_.spb_from[spb];
  uint32_t* place = renaming_.buddy_from.data() + std::size_t{spb} * buddies_of_spb_;
  const bool sorts = symmetry_.buddies && is_whole_[old];
  for (uint32_t i = 0; i < buddies_of_spb_; ++i) {
    const uint32_t buddy = old * buddies_of_spb_ + i;
    uint32_t at = i;
    for (; sorts && at > 0 && buddy_rank_[place[at - 1]] > buddy_rank_[buddy]; --at)
      place[at] = place[at - 1];
    place[at] = buddy;
  }
}

/// By the lists they are on; or, where places there say nothing, as their pages have it.
void Canonical::rank_spbs(const Zone& zone) {
  uint64_t rank = 0;
  for (uint32_t list = 0; list < nr_spb_lists && !symmetry_.list_places; ++list) {
    for (uint32_t at = zone.state().spb_lists[list].first; at != 0;
         at = zone.spb(SpbIndex(at - 1)).next)
      spb_rank_[at - 1] = rank++;
  }
  for (uint32_t s = 0; s < zone.nr_spbs() && symmetry_.list_places; ++s)
    spb_rank_[s] = rank_of_spb(zone, s);
  // Cut ones stay: they are the first, the last, or both.
  const uint32_t first = is_whole_.front() ? 0 : 1;
  const uint32_t end = zone.nr_spbs() - (is_whole_.back() || zone.nr_spbs() == 1 ? 0 : 1);
  for (uint32_t s = first; s < end; ++s) {
    uint32_t at = s;
    for (; at > first && spb_rank_[renaming_.spb_from[at - 1]] > spb_rank_[s]; --at)
      renaming_.spb_from[at] = renaming_.spb_from[at - 1];
    renaming_.spb_from[at] = s;
  }
}

uint64_t Canonical::rank_of_spb(const Zone& zone, uint32_t spb) const {
  const auto begin = buddy_rank_.begin() + std::ptrdiff_t{spb} * buddies_of_spb_;
  const uint64_t least = *std::min_element(begin, begin + buddies_of_spb_);
  if (least >> 63U == 0) return least;
  // Nothing free: a sum, so that the order of its runs does not matter.
  uint64_t sum = zone.spb(SpbIndex(spb)).on_list;
  for (uint32_t i = 0; i < buddies_of_spb_; ++i) {
    const uint64_t rank = begin[i];
    sum += mixed(symmetry_.buddies ? 0 : i, rank);
  }
  return sum | uint64_t{1} << 63U;
}

/// Work items are told apart by their places alone.
void Canonical::number_items(const Zone& zone) {
  const EvacuateQueue& queue = zone.queue();
  std::fill(item_marks_.begin(), item_marks_.end(), 0);
  next_item_ = 0;
  number_chain(zone, queue.pending);
  next_item_ += 1;  // told from the workqueue by a number that is left out
  number_chain(zone, queue.work.first);
  next_item_ += 1;
  if (queue.running != 0) mark_item(zone, queue.running);
  uint32_t next = 0;
  const auto number = [&](uint32_t first) {
    for (uint32_t item = first; item != 0; item = zone.item(item - 1).next)
      renaming_.item_to[item - 1] = next++;
  };
  number(queue.pending);
  number(queue.work.first);
  if (queue.running != 0) renaming_.item_to[queue.running - 1] = next++;
  number(zone.evacuate_free());
}

void Canonical::number_chain(const Zone& zone, uint32_t first) {
  for (uint32_t item = first; item != 0; item = zone.item(item - 1).next)
    mark_item(zone, item);
}

void Canonical::mark_item(const Zone& zone, uint32_t item) {
  uint64_t& mark = item_marks_[zone.item(item - 1).block - 1];
  mark = mixed(mark, ++next_item_);
}

// ---- by hand

namespace {

void shuffle(std::span<uint32_t> numbers, Random& random) {
  for (uint32_t i = static_cast<uint32_t>(numbers.size()); i > 1; --i)
    std::swap(numbers[i - 1], numbers[random.below(i)]);
}

}  // namespace

Renaming random_renaming(const Zone& zone, const Symmetry& symmetry, Random& random) {
  const Geometry& g = zone.geometry();
  const uint32_t buddies = buddies_in_spb(g);
  Renaming result(zone);
  std::vector<uint32_t> whole;
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s) {
    if (is_whole(g, s)) whole.push_back(s);
  }
  std::vector<uint32_t> places = whole;
  if (symmetry.superpageblocks) shuffle(places, random);
  for (std::size_t i = 0; i < whole.size(); ++i)
    result.spb_from[whole[i]] = places[i];
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s) {
    const std::span<uint32_t> place(result.buddy_from.data() + std::size_t{s} * buddies, buddies);
    std::iota(place.begin(), place.end(), result.spb_from[s] * buddies);
    if (symmetry.buddies && is_whole(g, s)) shuffle(place, random);
  }
  invert(result.spb_from, result.spb_to);
  invert(result.buddy_from, result.buddy_to);
  shuffle(result.item_to, random);
  return result;
}

// ---- the image

namespace {

/// Writes one image under a renaming.
class Renamer {
 public:
  Renamer(const Zone& zone, const Renaming& renaming, std::vector<std::byte>& bytes)
      : zone_(zone), renaming_(renaming), to_(zone, bytes) {}

  void write() {
    write_zone();
    write_queue();
    write_items();
    for (uint32_t s = 0; s < zone_.nr_spbs(); ++s)
      write_spb(s);
    for (uint32_t a = 0; a < zone_.nr_areas(); ++a)
      write_area(a);
    for (uint32_t b = 0; b < zone_.geometry().nr_blocks(); ++b)
      to_.blocks[block(b)] = zone_.block(BlockIndex(b));
    for (uint32_t p = 0; p < zone_.geometry().span(); ++p)
      write_page(p);
  }
  /// Every list of superpageblocks anew, in the order of `spbs`.
  void relink(const std::vector<uint32_t>& spbs);

 private:
  uint32_t page(uint32_t plus_1) const {
    return plus_1 == 0 ? 0 : renaming_.page_to(plus_1 - 1).value + 1;
  }
  uint32_t spb(uint32_t plus_1) const { return plus_1 == 0 ? 0 : renaming_.spb_to[plus_1 - 1] + 1; }
  uint32_t item(uint32_t plus_1) const {
    return plus_1 == 0 ? 0 : renaming_.item_to[plus_1 - 1] + 1;
  }
  uint32_t block(uint32_t b) const {
    const uint32_t order = zone_.geometry().pageblock_order;
    return renaming_.page_to(b << order).value >> order;
  }
  void write_zone();
  void write_queue();
  void write_items();
  void write_spb(uint32_t s);
  void write_area(uint32_t a);
  void write_page(uint32_t p);

  const Zone& zone_;
  const Renaming& renaming_;
  ZoneImage to_;
};

void Renamer::write_zone() {
  ZoneState& state = *to_.state = zone_.state();
  for (ListHead& list : state.spb_lists)
    list = {spb(list.first), spb(list.last)};
  *to_.hints = zone_.hints(0);
  for (auto& hints : to_.hints->of) {
    for (uint32_t& hint : hints)
      hint = spb(hint);
  }
}

void Renamer::write_queue() {
  const EvacuateQueue& from = zone_.queue();
  EvacuateQueue& queue = *to_.queue;
  *to_.evacuate_free = item(zone_.evacuate_free());
  std::copy_n(zone_.item_counts(), nr_item_places, to_.item_counts);
  queue.pending = item(from.pending);
  queue.work = {item(from.work.first), item(from.work.last)};
  queue.running = item(from.running);
  // It may point behind the pageblock that the worker goes through.
  const uint32_t cursor = from.cursor;
  if (cursor == 0) return;
  const uint32_t first = (zone_.item(from.running - 1).block - 1)
                         << zone_.geometry().pageblock_order;
  queue.cursor = page(first + 1) + (cursor - 1 - first);
}

void Renamer::write_items() {
  for (uint32_t i = 0; i < renaming_.item_to.size(); ++i) {
    const EvacuateItem& from = zone_.item(i);
    to_.items[renaming_.item_to[i]] = {from.block == 0 ? 0 : block(from.block - 1) + 1,
                                       static_cast<uint16_t>(item(from.next)), 0};
  }
}

void Renamer::write_spb(uint32_t s) {
  SpbState& there = to_.spbs[renaming_.spb_to[s]] = zone_.spb(SpbIndex(s));
  there.next = spb(there.next);
  there.prev = spb(there.prev);
}

void Renamer::write_area(uint32_t a) {
  const uint32_t there = zone_.nr_areas() > 1 ? renaming_.spb_to[a] : a;
  const uint32_t orders = zone_.geometry().nr_page_orders();
  to_.areas[there] = zone_.area(a);
  for (uint32_t order = 0; order < orders; ++order) {
    to_.counts[there * orders + order] = zone_.nr_free(a, Order(order));
    for (uint32_t type = 0; type < MIGRATE_TYPES; ++type) {
      const ListHead& head = zone_.free_list(a, Order(order), static_cast<Migratetype>(type));
      to_.heads[(there * orders + order) * MIGRATE_TYPES + type] = {page(head.first),
                                                                    page(head.last)};
    }
  }
}

/// A chunk that has an owner is named after its page.
void Renamer::write_page(uint32_t p) {
  const uint32_t there = renaming_.page_to(p).value;
  const PageLinks& links = zone_.links(Pfn(p));
  to_.pages[there] = zone_.page(Pfn(p));
  if (zone_.is_free_head(Pfn(p))) {
    to_.links[there] = {page(links.next), page(links.prev)};
  } else if (links.next != 0) {
    to_.links[there] = {there + 1, 0};
    to_.slots[there] = zone_.slot(links.next - 1);
    to_.slots[there].page = there + 1;
  }
}

void Renamer::relink(const std::vector<uint32_t>& spbs) {
  for (ListHead& list : to_.state->spb_lists)
    list = {0, 0};
  for (const uint32_t s : spbs) {
    ListHead& list = to_.state->spb_lists[to_.spbs[s].on_list];
    to_.spbs[s].next = 0;
    to_.spbs[s].prev = list.last;
    (list.last ? to_.spbs[list.last - 1].next : list.first) = s + 1;
    list.last = s + 1;
  }
}

}  // namespace

std::vector<std::byte> renamed(const Zone& zone, const Renaming& renaming, const Symmetry& symmetry,
                               Random* random) {
  std::vector<std::byte> bytes(zone.machine().image().size());
  Renamer renamer(zone, renaming, bytes);
  renamer.write();
  if (!symmetry.list_places) return bytes;
  std::vector<uint32_t> spbs = counting(zone.nr_spbs());
  if (random) shuffle(spbs, *random);
  renamer.relink(spbs);
  return bytes;
}

}  // namespace spb
