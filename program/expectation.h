// SPDX-License-Identifier: GPL-2.0-only
// What a program's text expects after an operation: `expect key=value ...`.
//
//   outcome=page|none|done|nothing|refused      of the operation
//   pass=PASS_1|...|CLAIM|STEAL|SMALLEST        what served it; NO_PAGE
//   pfn=N spb=I block=B tag=TYPE                the page it got, freed, took or gave, or none;
//                                               tag: the stored tag of its pageblock, afterwards
//   pages=N                                     a batch got
//   search=TYPE|none                            whose lists were searched when it was found: what
//   was
//                                               asked for, HIGHATOMIC or CMA; a steal searches none
//   reserved=yes|no                             its pageblock became HIGHATOMIC
//   refusal=REASON|none  ladder=STEP|none       reported while it ran; each may stand several times
//   isolate=already|cma|unmovable|edge|none     why isolation said no
//   evacuate.queued=yes|no  .dropped=yes|no     in this operation
//   evacuate.end=movable_again|finished|migration_failed|isolation_failed|none
//   evacuate.free|pending|work=N                items: in the pool, pending, on the workqueue (the
//                                               one that the worker holds is on none of them)
//   nr_free_pages|nr_free_cma|nr_free_highatomic|nr_reserved_highatomic=N   of the zone, in pages
//   spb0.nr_free|nr_unmovable|nr_reclaimable|nr_movable|nr_free_pages|total_pageblocks=N
//   spb0.category=clean|tainted|empty
//   block0.tag=TYPE  block0.has=unmovable+reclaimable+movable|nothing
//   block0.isolated=yes|no  block0.all_free=yes|no
//   chunks0.3.MOVABLE=N  head0.3.MOVABLE=PFN|none   length and head of a free list: order 3 of
//                                               superpageblock 0, or `zone` where lists are the
//                                               zone's: chunkszone.3.MOVABLE
//   zone1.spb0.nr_free=N                        what is about the state, of a zone behind the first
#pragma once

#include <cstdint>
#include <string>

#include "model/operation/operation.h"
#include "model/state/machine.h"
#include "program/program.h"
#include "program/words.h"

namespace spb {

struct Expectation {
  uint8_t key = 0;     ///< row of the table in expectation.cpp
  uint8_t order = 0;   ///< of a list
  uint8_t type = 0;    ///< Migratetype of a list
  uint8_t zone = 0;    ///< where it is about the state
  uint32_t index = 0;  ///< superpageblock, pageblock or free area
  int64_t value = 0;   ///< what is expected; -1 is none
  uint32_t line = 0;   ///< of the text

  bool operator==(const Expectation&) const = default;
};

/// One `key=value`. Throws InputError.
Expectation parse_expectation(const Word& word, const ZoneSpec& zone, const FileLine& place);

/// Speaks of the operation before it, not of the state alone.
bool is_about_operation(const Expectation& expectation);

/// What is found instead of, or just as, the expected value.
int64_t measure(const Expectation& expectation, const Machine& machine, const Outcome& outcome);

/// `spb0.nr_free=2`, as the text has it, with this value.
std::string expectation_text(const Expectation& expectation, int64_t value, const ZoneSpec& zone);

}  // namespace spb
