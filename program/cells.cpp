// SPDX-License-Identifier: GPL-2.0-only
#include "program/cells.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "model/words/gfp.h"
#include "program/words.h"

namespace spb {

OrderClass class_of_order(uint32_t order, uint32_t pageblock_order) {
  if (order == 0) return OrderClass::page;
  if (order < pageblock_order) return OrderClass::part;
  return order == pageblock_order ? OrderClass::block : OrderClass::more;
}

uint32_t try_flags(const Request<Concrete>& request) {
  return (request.nofragment ? uint32_t{TRY_NOFRAGMENT} : 0U) |
         (request.tainted_ok ? uint32_t{TRY_TAINTED_OK} : 0U) |
         (request.non_block ? uint32_t{TRY_NON_BLOCK} : 0U);
}

// ---- names

namespace {

template <class Id>
std::string word(uint32_t value) {
  return std::string(name_of(static_cast<Id>(value)));
}

std::string type_word(uint32_t type) {
  return std::string(migratetype_names()[type]);
}

std::string order_word(uint32_t order_class) {
  constexpr std::array<std::string_view, cells::nr_order_classes> words{"page", "part", "pageblock",
                                                                        "more"};
  return std::string(words[order_class]);
}

std::string list_word(uint32_t list) {
  constexpr std::array<std::string_view, nr_fullness_bins> bins{"full", "75", "50", "25",
                                                                "almost-empty"};
  if (list == list_empty) return "empty";
  if (list == list_isolated) return "isolated";
  if (list == cells::nowhere) return "nowhere";
  const bool tainted = list >= list_id(SB_TAINTED, 0);
  return std::string(tainted ? "tainted/" : "clean/") +
         std::string(bins[list - list_id(tainted ? SB_TAINTED : SB_CLEAN, 0)]);
}

std::string served_word(uint32_t served) {
  return served ? "served" : "not-served";
}

std::string try_word(uint32_t flags) {
  constexpr std::array<std::string_view, 3> words{"NOFRAGMENT", "TAINTED_OK", "NON_BLOCK"};
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (flags >> i & 1U) text += (text.empty() ? "" : "|") + std::string(words[i]);
  }
  return text.empty() ? "no-flag" : text;
}

constexpr auto& sizes_of(CellKind kind) {
  return cells::sizes[static_cast<std::size_t>(kind)];
}

constexpr CellKindInfo kind_row(CellKind kind, std::string_view name, std::string_view claim,
                                std::array<std::string (*)(uint32_t), 4> names) {
  CellKindInfo row{kind, name, claim, {}};
  for (std::size_t i = 0; i < names.size(); ++i)
    row.axes[i] = {sizes_of(kind)[i], names[i]};
  return row;
}

constexpr auto pass_word = word<PassId>;

constexpr std::array<CellKindInfo, static_cast<std::size_t>(CellKind::count)> kind_rows{{
    kind_row(CellKind::operation, "operation", "a kind of operation ended so, for such an order",
             {word<OpKind>, word<Result>, order_word}),
    kind_row(CellKind::pass, "pass",
             "it found a chunk for such a request, in a superpageblock of this list",
             {pass_word, type_word, order_word, list_word}),
    kind_row(CellKind::refusal, "refusal", "a claim of this pass was refused for this reason",
             {word<Refusal>, pass_word}),
    kind_row(CellKind::isolation, "isolation", "isolation was refused for this reason",
             {word<IsolateRefusal>}),
    kind_row(CellKind::ladder, "ladder", "a request of this type took this step",
             {word<LadderStep>, type_word}),
    kind_row(CellKind::driver, "driver", "a request of this type came to this step, and was served",
             {word<DriverStep>, type_word, served_word}),
    kind_row(CellKind::slow_path, "slow path",
             "a try of this step had these flags, and this served",
             {word<DriverStep>, try_word, pass_word}),
    kind_row(CellKind::move, "move", "an operation took a superpageblock from one list to another",
             {list_word, list_word}),
}};

constexpr bool listed_in_order() {
  for (std::size_t k = 0; k < kind_rows.size(); ++k) {
    if (kind_rows[k].kind != static_cast<CellKind>(k)) return false;
  }
  return true;
}
static_assert(listed_in_order());

}  // namespace

std::span<const CellKindInfo> cell_kinds() {
  return kind_rows;
}

CellPlace place_of(uint32_t cell) {
  std::size_t k = kind_rows.size() - 1;
  while (cell < cells::begin_of(static_cast<CellKind>(k)))
    --k;
  CellPlace place{static_cast<CellKind>(k), {}};
  cell -= cells::begin_of(place.kind);
  for (std::size_t i = place.at.size(); i-- > 0;) {
    place.at[i] = cell % sizes_of(place.kind)[i];
    cell /= sizes_of(place.kind)[i];
  }
  return place;
}

std::string name_of_cell(uint32_t cell) {
  const CellPlace place = place_of(cell);
  const CellKindInfo& kind = kind_rows[static_cast<std::size_t>(place.kind)];
  std::string text;
  for (std::size_t i = 0; i < kind.axes.size() && kind.axes[i].name != nullptr; ++i)
    text += (i == 0 ? "" : " ") + kind.axes[i].name(place.at[i]);
  return text;
}

// ---- counts

void RunCells::clear() {
  for (const uint32_t cell : reached())
    times_[cell] = 0;
  nr_reached_ = 0;
}

void Cells::add_run(std::size_t variant, const RunCells& run, uint64_t operations) {
  for (const uint32_t cell : run.reached()) {
    times_[at(variant, cell)] += run.times(cell);
    ++runs_with_[at(variant, cell)];
  }
  ++runs_;
  operations_ += operations;
}

void Cells::add(const Cells& other) {
  for (std::size_t i = 0; i < times_.size(); ++i) {
    times_[i] += other.times_[i];
    runs_with_[i] += other.runs_with_[i];
  }
  runs_ += other.runs_;
  operations_ += other.operations_;
}

uint64_t Cells::reached() const {
  const auto unreached = std::count(runs_with_.begin(), runs_with_.end(), uint64_t{0});
  return runs_with_.size() - static_cast<uint64_t>(unreached);
}

uint64_t Cells::reached(std::size_t variant) const {
  uint64_t reached = 0;
  for (uint32_t cell = 0; cell < nr_cells; ++cell)
    reached += runs_with(variant, cell) > 0;
  return reached;
}

double Cells::chance_of_new() const {
  const auto once = std::count(runs_with_.begin(), runs_with_.end(), uint64_t{1});
  if (runs_ == 0) return 1;
  return std::min(1.0, static_cast<double>(once) / static_cast<double>(runs_));
}

double Cells::chance_of_new_in(double operations) const {
  if (operations_ == 0) return 1;
  const auto once = std::count(runs_with_.begin(), runs_with_.end(), uint64_t{1});
  const double each = static_cast<double>(once) / static_cast<double>(operations_);
  return -std::expm1(-each * operations);
}

std::string estimate_text(const Cells& cells) {
  const double chance = cells.chance_of_new_in(million_operations);
  // Where nothing came up in one run alone, one more such cell would have made it this.
  const auto operations = static_cast<double>(cells.operations());
  const double bound = -std::expm1(-million_operations / operations);
  char text[32];
  std::snprintf(text, sizeof text, "%s%.2g", chance > 0 ? "of " : "below ",
                chance > 0 ? chance : bound);
  return counted(cells.reached(), "cell") +
         " reached; the next million operations reach a new one with a chance " + text;
}

}  // namespace spb
