// SPDX-License-Identifier: GPL-2.0-only
#include "smt/world.h"

#include <algorithm>
#include <string>
#include <utility>

namespace spb::smt {

using D = Symbolic;

Request<D> any_request() {
  const D::Int type = an_int("request.migratetype");
  return {an_int("request.order"),
          type,
          a_bool("request.nofragment"),
          a_bool("request.tainted_ok"),
          a_bool("request.atomic"),
          a_bool("request.gives_up"),
          a_bool("request.non_block"),
          a_bool("request.highatomic"),
          a_bool("request.highorder_optional"),
          a_bool("request.cma"),
          type};
}

D::Bool request_well_formed(const Request<D>& request, const Ground<D>& ground) {
  return request.order >= D::lit(0) && request.order <= ground.max_page_order &&
         request.migratetype >= D::lit(0) && request.migratetype < D::lit(MIGRATE_ISOLATE);
}

namespace {

/// The parameters that are a choice stay as the variant has them; sizes are given.
Limits<D> lift(const Limits<Concrete>& limits, D::Int order, D::Int pages, D::Int reserve_min,
               D::Int whole_spb, D::Bool many) {
  return {order,
          pages,
          reserve_min,
          limits.tainted_reserve_divisor,
          whole_spb,
          many,
          D::truth(limits.free_block_becomes_movable),
          D::lit(limits.highatomic_max)};
}

}  // namespace

// ---- any number of superpageblocks

AnyNumber::AnyNumber(const Premises& premises)
    : premises_(premises),
      request_(any_request()),
      limits_(lift(premises.limits, an_int("pageblock_order"), an_int("pageblock_nr_pages"),
                   an_int("tainted_reserve_min"), an_int("whole_spb_pageblocks"),
                   a_bool("many_superpageblocks"))),
      ground_{an_int("max_page_order"), D::truth(premises.isolation_moves),
              D::truth(premises.lists_follow_tags)} {}

AnyNumber::Spot AnyNumber::spot(Thing chunk) const {
  const Thing block = thing_of("pageblock", chunk, Sort::Pageblock);
  const Thing spb = thing_of("superpageblock", block, Sort::Superpageblock);
  const ChunkView<D> place{
      {int_of("order", chunk), int_of("list", chunk), D::truth(false)},
      {int_of("tag", block), bool_of("isolated", block), bool_of("all_free", block),
       bool_of("has_unmovable", block), bool_of("has_reclaimable", block),
       bool_of("has_movable", block)},
      {int_of("free_pages", block), int_of("movable_pages", block),
       int_of("unmovable_pages", block), bool_of("leaves_zone", block)},
      {int_of("nr_free", spb), int_of("nr_unmovable", spb), int_of("nr_reclaimable", spb),
       int_of("nr_movable", spb), int_of("nr_reserved", spb), int_of("total_pageblocks", spb),
       int_of("nr_free_pages", spb)},
      thing_of("head", chunk, Sort::Chunk) == chunk,
      bool_of("hinted", spb)};
  return {place, chunk, block, spb};
}

/// head(c) is some member of the list that c is on. That two members agree on it is left out: with
/// more heads a proof says more, not less.
D::Bool AnyNumber::head_is_of_this_list(Thing chunk) const {
  const Spot own = spot(chunk);
  const Thing head = thing_of("head", chunk, Sort::Chunk);
  const Spot other = spot(head);
  const D::Bool same_area = !D::truth(premises_.lists_per_superpageblock) || same_spb(own, other);
  return thing_of("head", head, Sort::Chunk) == head && same_area &&
         own.chunk.order == other.chunk.order && own.chunk.list == other.chunk.list;
}

D::Bool AnyNumber::assumptions() const {
  const D::Bool sizes =
      limits_.pageblock_order >= D::lit(1) && ground_.max_page_order >= limits_.pageblock_order &&
      limits_.pageblock_nr_pages >= D::lit(2) && limits_.tainted_reserve_min >= D::lit(0) &&
      limits_.whole_spb_pageblocks >= D::lit(1);
  const D::Bool states = every([&](const Spot& at) {
    return well_formed<D>(at, limits_, ground_) && head_is_of_this_list(at.self) &&
           at.spb.total_pageblocks <= limits_.whole_spb_pageblocks;
  });
  // What a hint names is one superpageblock; it is a constant of the state.
  const Thing hinted = a_thing("hinted_superpageblock", Sort::Superpageblock);
  const D::Bool one_hint =
      every([&](const Spot& at) { return implies<D>(at.hinted, at.superpageblock == hinted); });
  return sizes && request_well_formed(request_, ground_) && states && one_hint;
}

// ---- so many of each

std::string block_name(std::size_t block, std::string_view field) {
  return "block" + std::to_string(block) + "." + std::string(field);
}

std::string chunk_name(std::size_t block, std::size_t chunk, std::string_view field) {
  return block_name(block, "chunk") + std::to_string(chunk) + "." + std::string(field);
}

struct FixedSize::BlockTerms {
  Block<D> block;
  BlockPages<D> pages;
};

FixedSize::FixedSize(const Premises& premises)
    : premises_(premises),
      request_(any_request()),
      limits_(lift(premises.limits, D::lit(premises.limits.pageblock_order),
                   D::lit(premises.limits.pageblock_nr_pages),
                   D::lit(premises.limits.tainted_reserve_min),
                   D::lit(premises.limits.whole_spb_pageblocks),
                   D::truth(premises.limits.many_superpageblocks))),
      ground_{D::lit(static_cast<int>(premises.geometry.max_page_order)),
              D::truth(premises.isolation_moves), D::truth(premises.lists_follow_tags)},
      hint_(an_int("hint")),
      well_formed_(D::truth(true)) {
  for (std::size_t s = 0; s < premises.geometry.superpageblocks; ++s)
    add_superpageblock(s);
}

namespace {

D::Int one_if(D::Bool condition) {
  return D::select(condition, D::lit(1), D::lit(0));
}

}  // namespace

FixedSize::BlockTerms FixedSize::block_terms(std::size_t b) const {
  const auto bit = [&](std::string_view field) { return a_bool(block_name(b, field)); };
  D::Int free = D::lit(0);
  for (std::size_t c = 0; c < chunks_per_block; ++c) {
    const D::Int pages = accounting::pages_of_order<D>(an_int(chunk_name(b, c, "order")),
                                                       premises_.geometry.max_page_order);
    free = free + D::select(a_bool(chunk_name(b, c, "there")), pages, D::lit(0));
  }
  const bool cut = premises_.geometry.leaves_zone(BlockIndex(static_cast<uint32_t>(b)));
  return {{an_int(block_name(b, "tag")), bit("isolated"), bit("all_free"), bit("has_unmovable"),
           bit("has_reclaimable"), bit("has_movable")},
          {free, an_int(block_name(b, "movable_pages")), an_int(block_name(b, "unmovable_pages")),
           D::truth(cut)}};
}

/// The border may cut the first and the last; of the others, and of those two where it does not,
/// one stands for all.
bool FixedSize::has_witnesses(std::size_t s) const {
  const Geometry& size = premises_.geometry;
  const bool cut_first = s == 0 && size.absent_first > 0;
  const bool cut_last = s + 1 == size.superpageblocks && size.absent_last > 0;
  return cut_first || cut_last || s == (size.absent_first > 0 ? 1U : 0U);
}

void FixedSize::add_superpageblock(std::size_t s) {
  const std::size_t per_spb = premises_.geometry.pageblocks;
  const D::Int zero = D::lit(0);
  Spb<D> spb{zero, zero, zero, zero, zero, zero, zero};
  std::vector<std::pair<std::size_t, BlockTerms>> blocks;
  for (std::size_t i = 0; i < per_spb; ++i) {
    const std::size_t b = s * per_spb + i;
    if (premises_.geometry.outside(BlockIndex(static_cast<uint32_t>(b)))) continue;
    const BlockTerms block = block_terms(b);
    blocks.emplace_back(b, block);
    spb.total_pageblocks = spb.total_pageblocks + D::lit(1);
    spb.nr_free = spb.nr_free + one_if(block.block.all_free);
    spb.nr_unmovable = spb.nr_unmovable + one_if(block.block.has_unmovable);
    spb.nr_reclaimable = spb.nr_reclaimable + one_if(block.block.has_reclaimable);
    spb.nr_movable = spb.nr_movable + one_if(block.block.has_movable);
    spb.nr_free_pages = spb.nr_free_pages + block.pages.free;
  }
  for (const auto& [b, terms] : blocks) {
    const BlockIndex index(static_cast<uint32_t>(b));
    const Pfn first = std::max(premises_.geometry.first_page(index), premises_.geometry.start());
    const Pfn end = std::min(premises_.geometry.first_page(index + 1), premises_.geometry.end());
    well_formed_ = well_formed_ && spb_well_formed<D>(spb) &&
                   block_well_formed<D>(terms.block, terms.pages, limits_) &&
                   block_counted<D>(terms.block, terms.pages, spb) &&
                   terms.pages.free + terms.pages.movable + terms.pages.unmovable ==
                       D::lit(static_cast<int>(end.value - first.value));
    for (std::size_t c = 0; c < chunks_per_block; ++c) {
      const D::Int list = premises_.lists_follow_tags
                              ? rules::list_of_block<D>(terms.block, ground_.isolation_moves)
                              : an_int(chunk_name(b, c, "list"));
      const ChunkView<D> place{{an_int(chunk_name(b, c, "order")), list, D::truth(false)},
                               terms.block,
                               terms.pages,
                               spb,
                               a_bool(chunk_name(b, c, "head")),
                               hint_ == D::lit(static_cast<int>(s))};
      spots_.push_back({place, b, s, a_bool(chunk_name(b, c, "there")), has_witnesses(s)});
    }
  }
}

/// Of the chunks on one list exactly one is the head.
D::Bool FixedSize::heads_are_heads() const {
  D::Bool all = D::truth(true);
  for (const Spot& a : spots_) {
    D::Bool has_head = D::truth(false);
    for (const Spot& b : spots_) {
      if (premises_.lists_per_superpageblock && a.superpageblock != b.superpageblock) continue;
      const D::Bool same_list =
          a.there && b.there && a.chunk.order == b.chunk.order && a.chunk.list == b.chunk.list;
      has_head = has_head || (same_list && b.head);
      if (&a < &b) all = all && !(same_list && a.head && b.head);
    }
    all = all && implies<D>(a.there, has_head);
  }
  return all;
}

D::Bool FixedSize::assumptions() const {
  const D::Bool chunks =
      every([&](const Spot& at) { return well_formed<D>(at, limits_, ground_); });
  return well_formed_ && chunks && heads_are_heads() && request_well_formed(request_, ground_);
}

// ---- a zone

ZoneWorld::ZoneWorld(const Zone& zone, const Request<Concrete>& request)
    : zone_(zone), request_(request) {
  const uint32_t hint = zone.hint(Order(static_cast<uint32_t>(request.order)),
                                  static_cast<Migratetype>(request.migratetype));
  for (Pfn pfn = zone.geometry().start(); pfn < zone.geometry().end();) {
    if (!zone.is_free_head(pfn)) {
      ++pfn;
      continue;
    }
    const Order order = zone.order_of(pfn);
    const BlockIndex b = zone.block_of(pfn);
    const Migratetype list = zone.list_type(b);
    const bool head = zone.free_list(zone.area_of(pfn), order, list).first == pfn.value + 1;
    const ChunkView<Concrete> place{{static_cast<int>(order.value), list, false},
                                    zone.view(b),
                                    zone.count_pages(b),
                                    zone.view(zone.spb_of(pfn)),
                                    head,
                                    hint == zone.spb_of(pfn).value + 1};
    spots_.push_back({place, b, zone.spb_of(pfn), pfn});
    pfn = pfn + nr_pages(order);
  }
}

Ground<Concrete> ZoneWorld::ground() const {
  return {static_cast<int>(zone_.geometry().max_page_order), zone_.isolation_moves(), true};
}

}  // namespace spb::smt
