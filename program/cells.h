// SPDX-License-Identifier: GPL-2.0-only
// Cells: what a run did, in the policy's own words. A cell is one way for a pass to serve, one
// reason to be refused, one step of a caller, one move of a superpageblock between lists. There is
// this one definition of them: novelty of the random walk, features of the fuzzers, the coverage
// matrix and the estimate of what is left all count the same cells, numbered from 0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/operation/operation.h"
#include "model/policy/tables.h"
#include "model/state/records.h"

namespace spb {

enum class CellKind : uint8_t {
  operation,  ///< kind of operation, result, class of the order
  pass,       ///< what found a chunk, type of the lists, class of the order asked for, list of the
              ///< superpageblock as it was found; NO_PAGE found nothing, nowhere
  refusal,    ///< reason, who wanted to claim
  isolation,  ///< reason
  ladder,     ///< step, type asked for
  driver,     ///< step, type asked for, whether the caller was served by it
  slow_path,  ///< a try of a step: with these flags, served by this
  move,       ///< of a superpageblock by an operation: from a list, to a list
  count
};

/// Orders in four classes: a page, less than a pageblock, a pageblock, more.
enum class OrderClass : uint8_t { page, part, block, more, count };
OrderClass class_of_order(uint32_t order, uint32_t pageblock_order);

/// Flags of a try that a caller in need may have or lose, a bit each.
enum TryFlag : uint8_t {
  TRY_NOFRAGMENT = 1U << 0,
  TRY_TAINTED_OK = 1U << 1,
  TRY_NON_BLOCK = 1U << 2,
};
uint32_t try_flags(const Request<Concrete>& request);

/// One coordinate of a kind's cells.
struct CellAxis {
  uint32_t size = 1;
  std::string (*name)(uint32_t value) = nullptr;  ///< null: there is no such axis
};

struct CellKindInfo {
  CellKind kind;
  std::string_view name;
  std::string_view claim;  ///< what one of its cells says
  std::array<CellAxis, 4> axes;

  constexpr uint32_t cells() const {
    uint32_t product = 1;
    for (const CellAxis& axis : axes)
      product *= axis.size;
    return product;
  }
};
/// A row a kind, in the order of CellKind.
std::span<const CellKindInfo> cell_kinds();

namespace cells {

inline constexpr auto nr_results = static_cast<uint32_t>(Result::count);
inline constexpr auto nr_passes = static_cast<uint32_t>(PassId::count);
inline constexpr auto nr_order_classes = static_cast<uint32_t>(OrderClass::count);
inline constexpr uint32_t nr_types = MIGRATE_CMA + 1;  ///< whose lists a request may search
inline constexpr uint32_t nowhere = nr_spb_lists;      ///< the list of no superpageblock
inline constexpr uint32_t nr_try_flags = 8;

/// Sizes of each kind's axes, and where its cells begin.
inline constexpr std::array<std::array<uint32_t, 4>, static_cast<std::size_t>(CellKind::count)>
    sizes{{
        {static_cast<uint32_t>(OpKind::count), nr_results, nr_order_classes, 1},
        {nr_passes, nr_types, nr_order_classes, nr_spb_lists + 1},
        {static_cast<uint32_t>(Refusal::count), nr_passes, 1, 1},
        {static_cast<uint32_t>(IsolateRefusal::count), 1, 1, 1},
        {static_cast<uint32_t>(LadderStep::count), MIGRATE_PCPTYPES, 1, 1},
        {static_cast<uint32_t>(DriverStep::count), MIGRATE_PCPTYPES, 2, 1},
        {static_cast<uint32_t>(DriverStep::count), nr_try_flags, nr_passes, 1},
        {nr_spb_lists, nr_spb_lists, 1, 1},
    }};

constexpr uint32_t begin_of(CellKind kind) {
  uint32_t begin = 0;
  for (std::size_t k = 0; k < static_cast<std::size_t>(kind); ++k)
    begin += sizes[k][0] * sizes[k][1] * sizes[k][2] * sizes[k][3];
  return begin;
}

}  // namespace cells

/// Cells of one variant; the same numbers for every variant.
inline constexpr uint32_t nr_cells = cells::begin_of(CellKind::count);

/// The number of a cell from its coordinates, in the order of the kind's axes.
template <CellKind kind>
constexpr uint32_t cell(uint32_t a, uint32_t b = 0, uint32_t c = 0, uint32_t d = 0) {
  constexpr uint32_t begin = cells::begin_of(kind);
  constexpr auto& size = cells::sizes[static_cast<std::size_t>(kind)];
  return begin + ((a * size[1] + b) * size[2] + c) * size[3] + d;
}

/// A cell taken apart.
struct CellPlace {
  CellKind kind;
  std::array<uint32_t, 4> at;
};
CellPlace place_of(uint32_t cell);
/// "PASS_1 UNMOVABLE page tainted/25", without the kind.
std::string name_of_cell(uint32_t cell);

/// The cells of one run: a life, a program, an execution. Allocates when it is built.
class RunCells {
 public:
  RunCells() : times_(nr_cells), reached_(nr_cells) {}

  void reach(uint32_t cell) {
    if (times_[cell]++ == 0) [[unlikely]]
      reached_[nr_reached_++] = cell;
  }
  /// Each cell once, in the order in which they were reached.
  std::span<const uint32_t> reached() const { return {reached_.data(), nr_reached_}; }
  uint64_t times(uint32_t cell) const { return times_[cell]; }
  void clear();

 private:
  std::vector<uint64_t> times_;
  std::vector<uint32_t> reached_;
  uint32_t nr_reached_ = 0;
};

/// How often each cell of each variant was reached, by whom it may be: the walk, a fuzzer, the
/// programs of a corpus.
class Cells {
 public:
  Cells() : times_(nr_variants * nr_cells), runs_with_(nr_variants * nr_cells) {}

  void add_run(std::size_t variant, const RunCells& run, uint64_t operations);
  void add(const Cells& other);

  uint64_t times(std::size_t variant, uint32_t cell) const { return times_[at(variant, cell)]; }
  uint64_t runs_with(std::size_t variant, uint32_t cell) const {
    return runs_with_[at(variant, cell)];
  }
  uint64_t runs() const { return runs_; }
  uint64_t operations() const { return operations_; }
  uint64_t reached() const;
  uint64_t reached(std::size_t variant) const;
  /// The chance that one run more reaches a cell that none has reached yet: the cells that one run
  /// alone reached, for each run (Good and Turing). 1 where there was no run.
  double chance_of_new() const;
  /// The same for so many more operations, at the rate at which runs brought something new. It
  /// takes runs to be drawn alike, which a fuzzer's are not: an engine that learns gets worse at
  /// it.
  double chance_of_new_in(double operations) const;

 private:
  friend class CellsImage;
  static std::size_t at(std::size_t variant, uint32_t cell) { return variant * nr_cells + cell; }

  std::vector<uint64_t> times_;      ///< by variant and cell
  std::vector<uint64_t> runs_with_;  ///< runs that reached it at all
  uint64_t runs_ = 0;
  uint64_t operations_ = 0;
};

inline constexpr double million_operations = 1e6;
/// "1234 cells reached; the next million operations reach a new one with a chance of 2.3e-02"
std::string estimate_text(const Cells& cells);

}  // namespace spb
