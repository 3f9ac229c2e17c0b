// SPDX-License-Identifier: GPL-2.0-only
// Turns one zone of a recording into a program, as a stream: its operations are never held at once.
//
// Such a program begins with everything allocated. Then come the tags that are known (TagEvidence),
// the free blocks of the first snapshot, ascending, each put at the tail, and the events:
// - frames: what left the lists is taken and what came back is given, at the recorded frames; this
//   is for `mainline`;
// - requests: what left is asked for again and the variant chooses the frame; slots stand for what
//   it got.
//
// Pages also leave and come back without an event: compaction does it, and pages whose struct page
// is initialised late appear on the lists. A departure of pages that are not known to be free has
// them given back first; a return of pages that are free already does nothing. Both are counted.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/operation/operation.h"
#include "model/words/geometry.h"
#include "program/source.h"
#include "trace/recording.h"

namespace spb::trace {

enum class Follow : uint8_t { frames, requests };

struct ImportOptions {
  Follow follow = Follow::frames;
  uint32_t superpageblock_order = 18;  ///< 1 GiB of 4 KiB pages, as in the series
  /// Requests with the gfp flags of their caller where these are known: the whole driver.
  /// Otherwise, and wherever they are not, one attempt with the migratetype alone.
  bool use_gfp = true;
};

/// Why an operation is there.
enum class Cause : uint8_t {
  initial_tag,
  initial_block,
  missed_return,  ///< pages departed that were not known to be free: first they have to come back
  departure,
  missed_departure,  ///< pages came back to their caller's side that were known to be free
  claim,             ///< blocks that the kernel claimed, after the departure that caused it
  reserve,           ///< a pageblock that joined or left the HIGHATOMIC reserve, likewise
  arrival,           ///< pages came back
};

struct ImportStep {
  Operation operation;
  Cause cause;
  const Entry* entry;  ///< of the recording; null for the initial state
};

struct ImportCounts {
  uint64_t initial_blocks = 0;
  uint64_t initial_tags = 0;  ///< blocks known to be of another type than MOVABLE
  uint64_t departures = 0;
  uint64_t departures_missing_all = 0;   ///< no page of them was known to be free
  uint64_t departures_missing_some = 0;  ///< some were
  uint64_t returns = 0;
  uint64_t returns_free_already = 0;  ///< all their pages: nothing done
  uint64_t returns_free_in_part = 0;
  /// Pages that a caller gives back though they are free: they left without an event, so they are
  /// taken first (Recording::by_callers, at the recorded frames alone).
  uint64_t missed_departures = 0;
  uint64_t with_gfp = 0;  ///< requests that carry their caller's flags
  uint32_t slots = 0;     ///< most requests alive at once

  uint64_t operations = 0;
  uint64_t events() const { return departures + returns; }
  uint64_t events_not_applied() const { return returns_free_already; }
};

/// The program, read from the recording as it runs; recording and zone must outlive it. The zone's
/// shape is the superpageblocks from the first to the last one of which the recording mentions a
/// page: the others are holes, or memory that the kernel had not initialised yet, and would count
/// as full and clean.
class ImportSource : public OperationSource {
 public:
  /// Throws InputError where the model cannot hold such a zone.
  ImportSource(const Recording& recording, const RecordedZone& zone, const ImportOptions& options);
  ~ImportSource() override;

  bool next(Operation& op) override;
  void rewind() override;

  const Geometry& geometry() const { return geometry_; }
  /// Where the last operation came from.
  const ImportStep& step() const { return step_; }
  /// Of the operations so far.
  const ImportCounts& counts() const;

 private:
  class Walk;

  const Recording& recording_;
  const RecordedZone& zone_;
  ImportOptions options_;
  Geometry geometry_;
  ImportStep step_{};
  std::unique_ptr<Walk> walk_;
};

}  // namespace spb::trace
