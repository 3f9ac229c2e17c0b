// SPDX-License-Identifier: GPL-2.0-only
#include "trace/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/engine/search.h"
#include "model/policy/rules.h"
#include "program/passes_tried.h"
#include "program/run.h"
#include "program/words.h"
#include "trace/tags.h"

namespace spb::trace {

namespace {

using Req = Request<Concrete>;

bool is_in(Source source, const Req& request, const Spb<Concrete>& spb) {
  if (source == Source::zone) return true;
  const bool empty = rules::spb_is_empty<Concrete>(spb);
  if (source == Source::empty || empty) return source == Source::empty && empty;
  const bool tainted = rules::spb_is_tainted<Concrete>(spb);
  const bool movable = rules::is_movable<Concrete>(request);
  switch (source) {
    case Source::tainted:
      return tainted;
    case Source::preferred:
      return tainted != movable;
    default:
      return tainted == movable;
  }
}

/// One recorded fallback in the state before it.
class Case {
 public:
  Case(const Zone& zone, const Entry& entry) : zone_(zone), entry_(entry) {
    request_.order = entry.order;
    request_.migratetype = asked_of_type(entry.migratetype);
    request_.nofragment = false;
    request_.tainted_ok = false;
    request_.atomic = false;
    request_.non_block = false;
    find_chunk();
  }

  std::string answer() const {
    if (!found_) return "not judged: no such chunk is free here";
    for (const PassRow<Concrete>& row : zone_.policy().passes) {
      if (reads_own_list(row)) continue;
      if (!why_declined(zone_, request_, row))
        return std::string(name_of(row.id)) + " comes before";
    }
    const bool recorded_claim = entry_.fallback == Fallback::claim;
    if (!may_enter(recorded_claim ? Mode::CLAIM : Mode::STEAL)) {
      return "the superpageblock is left alone";
    }
    const bool claims =
        may_enter(Mode::CLAIM) && is_worth_claiming() && refusal() == Refusal::count;
    if (recorded_claim) return claims ? "alike" : why_not_claimed();
    if (claims) return "claimed instead";
    return zone_.policy().may_steal(request_, found_.list) ? "alike" : "not stolen from this type";
  }

 private:
  bool reads_own_list(const PassRow<Concrete>& row) const {
    return list_of<Concrete>(row.list, request_) == request_.migratetype;
  }

  /// A claim of part of a pageblock hands out the smallest chunk of what it claimed: what it found
  /// is somewhere in that pageblock.
  void find_chunk() {
    const Order order(entry_.found_order);
    const Pfn page(entry_.pfn - zone_.geometry().base_pfn);
    const auto is_it = [&](Pfn head) {
      return head != no_page && zone_.is_free_head(head, order) && zone_.list_type(head) == list();
    };
    const auto take = [&](Pfn head) { found_ = {head, order, list()}; };
    if (const Pfn head = zone_.chunk_of(page); is_it(head)) return take(head);
    if (entry_.fallback != Fallback::claim) return;
    const Pfn first = zone_.geometry().first_page(zone_.block_of(page));
    for (uint32_t i = 0; i < zone_.geometry().pageblock_nr_pages(); i += nr_pages(order)) {
      if (is_it(first + i)) return take(first + i);
    }
  }

  Migratetype list() const {
    return tag_of_type(entry_.found_migratetype).value_or(MIGRATE_ISOLATE);
  }

  bool may_enter(Mode mode) const {
    const Spb<Concrete> spb = zone_.view(zone_.spb_of(found_.head));
    const auto& categories = zone_.policy().categories;
    return std::any_of(categories.begin(), categories.end(), [&](const auto& category) {
      return category.gate(mode)(request_, zone_.limits()) &&
             is_in(category.source, request_, spb) &&
             category.spb_filter(request_, spb, zone_.limits());
    });
  }

  bool is_worth_claiming() const {
    return rules::order_is_worth_claiming<Concrete>(request_, entry_.found_order, zone_.limits());
  }
  Refusal refusal() const { return claim_refused(zone_, request_, found_, false); }

  std::string why_not_claimed() const {
    if (!is_worth_claiming()) return "too small for a claim";
    return "refused: " + std::string(name_of(refusal()));
  }

  const Zone& zone_;
  const Entry& entry_;
  Req request_{};
  Found found_;
};

bool has_fallback(const RecordedZone& zone) {
  return std::any_of(zone.entries.begin(), zone.entries.end(),
                     [](const Entry& entry) { return entry.fallback != Fallback::none; });
}

std::string line_of(std::string_view kind, const Answers& answers) {
  std::string text = counted(answers.total(), kind) + ": ";
  for (const Answer& answer : answers.all()) {
    if (&answer != &answers.all().front()) text += ", ";
    text += fmt::format("{} {} (first: line {}, pfn {})", answer.count, answer.what,
                        answer.first_line, pfn_text(answer.first_pfn));
  }
  return text;
}

}  // namespace

Answer& Answers::of(const std::string& what) {
  const auto known = std::find_if(all_.begin(), all_.end(),
                                  [&](const Answer& answer) { return answer.what == what; });
  return known != all_.end() ? *known : all_.emplace_back(Answer{what, 0, 0, 0});
}

void Answers::add(const std::string& what, const Entry& entry) {
  Answer& answer = of(what);
  if (answer.count++ != 0) return;
  answer.first_line = entry.line;
  answer.first_pfn = entry.pfn;
}

Answers& Answers::operator+=(const Answers& other) {
  for (const Answer& theirs : other.all_) {
    Answer& answer = of(theirs.what);
    const bool earlier = answer.count == 0 || theirs.first_line < answer.first_line;
    const uint64_t sum = answer.count + theirs.count;
    if (earlier) answer = theirs;
    answer.count = sum;
  }
  return *this;
}

uint64_t Answers::total() const {
  uint64_t sum = 0;
  for (const Answer& answer : all_)
    sum += answer.count;
  return sum;
}

Judgement& Judgement::operator+=(const Judgement& other) {
  claims += other.claims;
  steals += other.steals;
  return *this;
}

Judgement judge(const Recording& recording, const RecordedZone& recorded,
                const ImportOptions& import, const ReplayVariant& variant) {
  Judgement judgement;
  if (!has_fallback(recorded)) return judgement;
  ImportOptions frames = import;
  frames.follow = Follow::frames;
  ImportSource source(recording, recorded, frames);
  RunOptions unchecked;
  unchecked.checks = Checks::none;
  unchecked.conformance = false;
  Runner runner({source.geometry(), variant.variant, variant.parameters}, unchecked);
  for (Operation op; source.next(op);) {
    const ImportStep& step = source.step();
    if (step.cause == Cause::departure && step.entry->fallback != Fallback::none) {
      const bool claim = step.entry->fallback == Fallback::claim;
      (claim ? judgement.claims : judgement.steals)
          .add(Case(runner.zone(), *step.entry).answer(), *step.entry);
    }
    runner.step(op);
  }
  return judgement;
}

std::vector<std::string> to_lines(const Judgement& judgement) {
  std::vector<std::string> lines;
  if (judgement.claims.total() != 0) lines.push_back(line_of("claim", judgement.claims));
  if (judgement.steals.total() != 0) lines.push_back(line_of("steal", judgement.steals));
  return lines;
}

}  // namespace spb::trace
