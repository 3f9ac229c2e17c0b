// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/value.h"

#include <array>
#include <string_view>

#include "model/state/records.h"
#include "model/words/gfp.h"

namespace spb {

namespace {

template <class Word, std::size_t n>
std::string word(const std::array<std::string_view, n>& words, Word value) {
  return std::string(words[static_cast<std::size_t>(value)]);
}

struct Text {
  std::string operator()(int64_t number) const { return std::to_string(number); }
  std::string operator()(Nothing) const { return "nothing"; }
  std::string operator()(Migratetype type) const { return std::string(migratetype_names()[type]); }
  template <class Id>
  requires requires(Id id) { names_of(id); }
  std::string operator()(Id id) const { return std::string(name_of(id)); }
  std::string operator()(ZonePart part) const {
    return word(std::to_array<std::string_view>(
                    {"sums", "merging", "superpageblock lists", "hints", "evacuation", "size"}),
                part);
  }
  std::string operator()(Category category) const {
    return word(std::to_array<std::string_view>({"unknown", "empty", "clean", "tainted"}),
                category);
  }
  std::string operator()(Arrival arrival) const {
    return word(
        std::to_array<std::string_view>({"from before", "placed by the program", "borrowed",
                                         "gone since", "from its own list or by a claim", "stolen",
                                         "before a claim for MOVABLE", "beside what a claim took"}),
        arrival);
  }
  std::string operator()(BitSet set) const {
    constexpr std::array<std::string_view, 5> names{"PB_migrate_isolate", "PB_all_free",
                                                    "PB_has_unmovable", "PB_has_reclaimable",
                                                    "PB_has_movable"};
    std::string text;
    for (std::size_t bit = 0; bit < names.size(); ++bit) {
      if (set.bits >> bit & 1U) text += (text.empty() ? "" : "|") + std::string(names[bit]);
    }
    return text.empty() ? "no bit" : text;
  }
  std::string operator()(FallbackStep step) const {
    constexpr std::array<std::string_view, 6> sources{
        "the zone", "preferred ones", "other ones", "tainted ones", "empty ones", "the hinted one"};
    return "order " + std::to_string(step.order) + " in " + word(sources, step.category);
  }
};

}  // namespace

std::string text_of(const Value& value) {
  return std::visit(Text{}, value);
}

}  // namespace spb
