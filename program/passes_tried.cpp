// SPDX-License-Identifier: GPL-2.0-only
#include "program/passes_tried.h"

#include <bit>

#include "model/engine/search.h"
#include "model/words/gfp.h"
#include "program/words.h"

namespace spb {

namespace {

constexpr std::size_t searches_max = 6;

std::string_view source_text(Source source, const Request<Concrete>& request) {
  if (source == Source::zone) return "the zone";
  if (source == Source::hinted) return "the hinted superpageblock";
  const Categories<Concrete> in = categories_of<Concrete>(source, request);
  if (in.empty) return "empty superpageblocks";
  return in.clean ? "clean superpageblocks" : "tainted superpageblocks";
}

std::string orders_text(uint32_t orders) {
  const int low = std::countr_zero(orders);
  const int high = 31 - std::countl_zero(orders);
  return "order " + std::to_string(low) + (low == high ? "" : " to " + std::to_string(high));
}

std::string pfn_of(const Zone& zone, Pfn page) {
  return "pfn=" + pfn_text(uint64_t{zone.geometry().base_pfn} + page.value);
}

std::string request_text(const Request<Concrete>& request) {
  std::string text =
      "order=" + std::to_string(request.order) +
      " mt=" + std::string(migratetype_names()[static_cast<std::size_t>(request.migratetype)]);
  for (const FlagName& flag : alloc_flag_names()) {
    if (alloc_flags_of(request) & flag.bits) text += " " + std::string(flag.name);
  }
  return text;
}

/// One pass in one state.
class Tried {
 public:
  Tried(const Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row)
      : zone_(zone),
        request_(request),
        row_(row),
        list_(static_cast<Migratetype>(list_of<Concrete>(row.list, request))),
        orders_(orders_tried(row, request, zone.geometry())) {}

  std::optional<std::string> declined() {
    if (!row_.gate(request_, zone_.limits())) return "its gate is closed to this request";
    if (orders_ == 0) return "it looks at smaller chunks only";
    uint32_t visited = 0;
    SpbWalk walk(zone_, row_.source, request_);
    for (SpbIndex s; walk.next(s); ++visited) {
      if (serves_in(s)) return std::nullopt;
    }
    if (!reasons_.empty()) return reasons_;
    const std::string where(source_text(row_.source, request_));
    if (visited == 0 && row_.source == Source::hinted) return "there is no hint";
    if (visited == 0) return "there are no " + where;
    return "no " + std::string(migratetype_names()[list_]) + " chunk of " + orders_text(orders_) +
           " in " + where;
  }

 private:
  bool serves_in(SpbIndex s) {
    const uint32_t a = zone_.area_of(s);
    uint32_t orders = zone_.area(a).nonempty[list_] & orders_;
    if (orders != 0 && !row_.spb_filter(request_, zone_.view(s), zone_.limits())) {
      because("superpageblock " + std::to_string(s.value) + " is filtered out");
      return false;
    }
    for (; orders != 0; orders &= orders - 1) {
      const Order order(static_cast<uint32_t>(std::countr_zero(orders)));
      if (serves({Pfn(zone_.free_list(a, order, list_).first - 1), order, list_})) return true;
    }
    return false;
  }

  bool serves(const Found& found) {
    const Chunk<Concrete> chunk{static_cast<int>(found.order.value), found.list, false};
    const std::string head =
        "order " + std::to_string(found.order.value) + " at " + pfn_of(zone_, found.head);
    if (!row_.chunk_filter(request_, chunk, zone_.view(zone_.block_of(found.head)))) {
      because(head + " is filtered out");
      return false;
    }
    if (row_.effect != Effect::claim_part) return true;
    const Refusal why = claim_refused(zone_, request_, found, true);
    if (why == Refusal::count) return true;
    because(head + " may not be claimed: " + std::string(name_of(why)));
    return false;
  }

  void because(const std::string& reason) { reasons_ += (reasons_.empty() ? "" : "; ") + reason; }

  const Zone& zone_;
  const Request<Concrete>& request_;
  const PassRow<Concrete>& row_;
  Migratetype list_;
  uint32_t orders_;
  std::string reasons_;
};

std::string line(std::string_view who, const std::string& what) {
  return "    " + std::string(who) + std::string(who.size() < 9 ? 9 - who.size() : 1, ' ') + what +
         "\n";
}

}  // namespace

std::optional<std::string> why_declined(const Zone& zone, const Request<Concrete>& request,
                                        const PassRow<Concrete>& row) {
  return Tried(zone, request, row).declined();
}

void PassesTried::search_begins(const Zone& zone, const Request<Concrete>& request) {
  if (++searches_ > searches_max) return;
  told_.push_back({request_text(request), {}});
  for (const PassRow<Concrete>& row : zone.policy().passes) {
    const auto why = why_declined(zone, request, row);
    told_.back().passes.push_back({std::string(name_of(row.id)), why ? *why : "takes a chunk"});
    if (!why) return;
  }
}

void PassesTried::fallback_chosen(const Zone& zone, const Request<Concrete>&, PassId by, Pfn head,
                                  Order order, Migratetype list) {
  if (searches_ > searches_max) return;
  told_.back().passes.push_back(
      {std::string(name_of(by)), "turns to " + std::string(migratetype_names()[list]) + ", order " +
                                     std::to_string(order.value) + " at " + pfn_of(zone, head)});
}

std::string PassesTried::text() const {
  if (told_.empty()) return {};
  std::string lines;
  for (const Search& search : told_) {
    lines += "  " + search.request + "\n";
    for (const PassTried& tried : search.passes)
      lines += line(tried.pass, tried.why);
  }
  return "passes tried, in the table's order\n" + lines +
         (searches_ > searches_max ? "  and more searches\n" : "");
}

}  // namespace spb
