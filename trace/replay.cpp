// SPDX-License-Identifier: GPL-2.0-only
#include "trace/replay.h"

#include "model/rules.h"

namespace spb::trace {

namespace {

void count_superpageblocks(const Zone& zone, ReplayResult& result) {
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s) {
    const Spb<Concrete> spb = zone.view(SpbIndex(s));
    if (rules::spb_is_empty<Concrete>(spb)) {
      ++result.empty_spbs;
    } else if (rules::spb_is_tainted<Concrete>(spb)) {
      ++result.tainted_spbs;
    } else {
      ++result.clean_spbs;
    }
  }
}

}  // namespace

ReplayResult replay(const Recording& recording, const RecordedZone& recorded,
                    const ImportOptions& options, const Variant& variant,
                    const Parameters& parameters, const Runner& run) {
  ReplayResult result;
  Zone zone(import_geometry(recording, recorded, options), variant, parameters);
  YardstickMeter meter(recorded, recording.has_after);
  const bool at_frames = options.follow == Follow::frames;
  result.imported = import_zone(recording, recorded, options, [&](const ImportStep& step) {
    if (at_frames) meter.before(zone, step);
    const Outcome outcome = run(zone, step.operation);
    result.refused += outcome.result == Result::refused;
    const bool is_request =
        step.operation.kind == OpKind::alloc || step.operation.kind == OpKind::rmqueue;
    if (is_request) result.served.count(outcome.result == Result::page);
  });
  if (at_frames) result.yardstick = meter.finish(zone);
  count_superpageblocks(zone, result);
  return result;
}

}  // namespace spb::trace
