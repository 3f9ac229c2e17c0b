// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden_comparison.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

namespace spb::trace {

namespace {

using Kind = GoldenStep::Kind;

Operation operation_of(const GoldenStep& step) {
  using enum Argument;
  switch (step.kind) {
    case Kind::alloc:
      return operation(OpKind::rmqueue, {{result, step.slot},
                                         {order, step.order},
                                         {migratetype, step.type},
                                         {alloc_flags, step.alloc_flags}});
    case Kind::bulk:
      return operation(OpKind::bulk, {{result, step.slot},
                                      {order, step.order},
                                      {chunks, step.count},
                                      {migratetype, step.type},
                                      {alloc_flags, step.alloc_flags}});
    case Kind::free:
      return operation(OpKind::free, {{slot, step.slot}, {tail, step.to_tail}});
    case Kind::isolate:
      return operation(OpKind::isolate, {{block, step.block}});
    case Kind::unisolate:
      return operation(OpKind::unisolate, {{block, step.block}});
    case Kind::unreserve:
      return operation(OpKind::unreserve, {{migratetype, step.type}, {force, step.force}});
    case Kind::state:
      break;
  }
  assert(false);  // a state is no operation
  return {};
}

class Comparison {
 public:
  Comparison(const GoldenSteps& vector, Zone& zone, const GoldenWriters& writers)
      : vector_(vector), zone_(zone), writers_(writers) {}

  GoldenResult run() {
    for (const GoldenStep& step : vector_.steps) {
      if (!(step.kind == Kind::state ? agrees_on_state(step) : agrees_on_operation(step))) break;
    }
    return std::move(result_);
  }

 private:
  void check_is_allocated(const GoldenStep& step) const {
    const Slot& slot = zone_.slot(step.slot);
    if (slot.page == step.pfn + 1 && slot.order == step.order) return;
    throw InputError(vector_.name, step.line,
                     Complaint{quoted(vector_.text_of(step)),
                               "a page that an earlier line allocated, of that order"});
  }

  bool agrees_on_operation(const GoldenStep& step) {
    if (step.kind == Kind::free) check_is_allocated(step);
    const Outcome outcome = apply(zone_, operation_of(step));
    const std::string_view expected = vector_.text_of(step);
    answer_.clear();
    writers_.answer(answer_, zone_, step, outcome);
    if (expected.substr(step.question) == answer_.str()) {
      ++result_.operations;
      return true;
    }
    const std::string question(expected.substr(0, step.question));
    result_.difference = {step.line, step.operation, false, std::string(expected),
                          question + answer_.str()};
    return false;
  }

  bool agrees_on_state(const GoldenStep& step) {
    answer_.clear();
    writers_.state(answer_, zone_, step.operation);
    if (vector_.text_of(step) == answer_.str()) {
      ++result_.states;
      return true;
    }
    result_.difference = first_line_that_differs(step);
    return false;
  }

  GoldenDifference first_line_that_differs(const GoldenStep& step) const {
    std::string_view expected = vector_.text_of(step);
    std::string_view found = answer_.str();
    for (uint64_t line = step.line;; ++line) {
      const std::string_view a = expected.substr(0, expected.find('\n'));
      const std::string_view b = found.substr(0, found.find('\n'));
      if (a != b) return {line, step.operation, true, std::string(a), std::string(b)};
      expected.remove_prefix(std::min(a.size() + 1, expected.size()));
      found.remove_prefix(std::min(b.size() + 1, found.size()));
    }
  }

  const GoldenSteps& vector_;
  Zone& zone_;
  const GoldenWriters& writers_;
  Text answer_;
  GoldenResult result_;
};

}  // namespace

GoldenResult compare_golden(const GoldenSteps& vector, Zone& zone, const GoldenWriters& writers) {
  return Comparison(vector, zone, writers).run();
}

const Event* pages_before(const Zone& zone, const Event& event) {
  for (const Event* at = &event; at != zone.events.begin();) {
    if ((--at)->kind == EventKind::block_pages) return at;
  }
  return nullptr;
}

void write_pages(Text& out, const Event* pages) {
  if (pages) out << ':' << pages->a << '/' << pages->b;
}

}  // namespace spb::trace
