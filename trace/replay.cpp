// SPDX-License-Identifier: GPL-2.0-only
#include "trace/replay.h"

#include "model/policy/rules.h"

namespace spb::trace {

namespace {

/// An import that is measured on its way: the zone is then in the state before the operation.
class MeasuredSource : public OperationSource {
 public:
  MeasuredSource(ImportSource& source, YardstickMeter& meter, const Zone& zone)
      : source_(source), meter_(meter), zone_(zone) {}

  bool next(Operation& op) override {
    if (!source_.next(op)) return false;
    meter_.before(zone_, source_.step());
    return true;
  }
  void rewind() override { source_.rewind(); }

 private:
  ImportSource& source_;
  YardstickMeter& meter_;
  const Zone& zone_;
};

uint64_t count_of(const RunCounts& counts, Result result) {
  return counts.results[static_cast<std::size_t>(result)];
}

}  // namespace

SpbCensus census(const Zone& zone) {
  SpbCensus result;
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s) {
    const Spb<Concrete> spb = zone.view(SpbIndex(s));
    if (rules::spb_is_empty<Concrete>(spb)) {
      ++result.empty;
    } else if (rules::spb_is_tainted<Concrete>(spb)) {
      ++result.tainted;
    } else {
      ++result.clean;
    }
  }
  return result;
}

ReplayResult replay(const Recording& recording, const RecordedZone& zone,
                    const ImportOptions& import, const ReplayVariant& variant,
                    const RunOptions& options, RunListener* listener) {
  ReplayResult result;
  ImportSource source(recording, zone, import);
  result.zone = {source.geometry(), variant.variant, variant.parameters};
  RunOptions unread = options;
  unread.events = false;
  Runner runner(result.zone, unread);
  YardstickMeter meter(zone, recording.has_after);
  MeasuredSource measured(source, meter, runner.zone());
  const bool at_frames = import.follow == Follow::frames;
  OperationSource& operations =
      at_frames ? static_cast<OperationSource&>(measured) : static_cast<OperationSource&>(source);
  result.finding = run(runner, operations, nullptr, listener);
  result.imported = source.counts();
  result.run = runner.counts();
  result.unchecked_after = runner.unchecked_after();
  result.statistics = runner.zone().statistics;
  if (at_frames) result.yardstick = meter.finish(runner.zone());
  result.served.part = count_of(result.run, Result::page);
  result.served.whole = result.served.part + count_of(result.run, Result::none);
  result.at_end = census(runner.zone());
  return result;
}

}  // namespace spb::trace
