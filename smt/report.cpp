// SPDX-License-Identifier: GPL-2.0-only
#include "smt/report.h"

#include <array>
#include <map>
#include <string_view>

#include "model/policy/variant.h"
#include "smt/prove.h"

namespace spb::smt {

namespace {

constexpr const char* well_formed_state =
    "  Of every free chunk: it lies in its pageblock and is on the list of that pageblock's type;\n"
    "  a chunk of a pageblock or more fills its pageblock, a smaller one does not.\n"
    "  Of its pageblock: content sets its PB_has bit, PB_all_free excludes content, free and live\n"
    "  pages add up. Of its superpageblock: the counters know this pageblock, and no pageblock is\n"
    "  in nr_free and in another counter.\n"
    "  A pageblock that is tagged UNMOVABLE or RECLAIMABLE and not wholly free has one of their\n"
    "  PB_has bits, as claims leave it; the operation `tag` need not.\n"
    "  Of its list: some member is the head, any one. Superpageblocks have no order.\n";

std::string words(const std::string& name, std::string_view text) {
  return name + std::string(text) + "\n";
}

}  // namespace

std::string markdown_table() {
  std::string text = "| property | sentence |";
  std::string rule = "|---|---|";
  for (const Variant& variant : variants()) {
    text += " " + std::string(variant.name) + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const Property& property : properties()) {
    text += "| " + std::string(property.id) + " | " + std::string(property.sentence) + " |";
    for (const Expected expected : property.expected)
      text += " " + std::string(name_of(expected)) + " |";
    text += "\n";
  }
  return text;
}

std::string explained(const Property& property) {
  std::string text = words("property  ", property.id) + words("sentence  ", property.sentence) +
                     words("source    ", property.source);
  text += "assumed\n" + std::string(well_formed_state);
  if (!property.assumes.empty()) text += words("  Also: ", property.assumes);
  text += "expected\n";
  for (std::size_t v = 0; v < nr_variants; ++v) {
    text += "  " + std::string(variants()[v].name) + ": " +
            std::string(name_of(property.expected[v])) + "\n";
  }
  if (property.weakened.size() > 0) text += "refuted where weakened by\n";
  for (const Weakened& weakened : property.weakened)
    text += words("  ", weakened.edit.what);
  return text;
}

// ---- the caller that breaks it

namespace {

struct Flag {
  std::string_view constant;
  std::string_view name;
  bool set_by = true;  ///< the constant's value with which the caller has it
};

/// Names of any_request() and any_caller().
constexpr std::array<Flag, 14> flags{{
    {"request.nofragment", "ALLOC_NOFRAGMENT"},
    {"request.tainted_ok", "ALLOC_NOFRAG_TAINTED_OK"},
    {"request.non_block", "ALLOC_NON_BLOCK"},
    {"request.atomic", "__GFP_DIRECT_RECLAIM", false},
    {"request.gives_up", "__GFP_NORETRY or a costly order without __GFP_RETRY_MAYFAIL"},
    {"caller.noretry", "__GFP_NORETRY"},
    {"caller.nowarn", "__GFP_NOWARN"},
    {"caller.nofail", "__GFP_NOFAIL"},
    {"caller.nofragment", "ALLOC_NOFRAGMENT"},
    {"caller.tainted_ok", "ALLOC_NOFRAG_TAINTED_OK"},
    {"caller.lower_order_servable.0",
     "at first a tainted superpageblock that may serve a lower order"},
    {"caller.lower_order_servable.1",
     "after one try a tainted superpageblock that may serve a lower order"},
    {"caller.lower_order_servable.2",
     "after two tries a tainted superpageblock that may serve a lower order"},
    {"caller.lower_order_servable.3",
     "after three tries a tainted superpageblock that may serve a lower order"},
}};

using Model = std::map<std::string, std::string>;

/// The flags that the example sets, or leaves out; what the question does not ask for is in
/// neither.
std::string flags_text(const Model& model, bool set) {
  std::string text;
  for (const Flag& flag : flags) {
    const auto at = model.find(std::string(flag.constant));
    if (at == model.end() || (at->second == "true") != (flag.set_by == set)) continue;
    text += (text.empty() ? "" : ", ") + std::string(flag.name);
  }
  return text;
}

std::string order_text(const Model& model) {
  for (const char* constant : {"caller.order", "request.order"}) {
    if (const auto at = model.find(constant); at != model.end()) return "order=" + at->second;
  }
  return "any order";
}

}  // namespace

std::string caller_text(const Property& property, const Verdict& verdict) {
  const Statement& statement = property.statement;
  const bool about_a_zone = statement.broken_state != nullptr || statement.broken_step != nullptr;
  const std::string with = flags_text(verdict.model, true);
  const std::string without = flags_text(verdict.model, false);
  if (verdict.outcome != Outcome::refuted || about_a_zone || (with + without).empty()) return {};
  return order_text(verdict.model) + " with " + (with.empty() ? "none of them" : with) +
         (without.empty() ? "" : "; without " + without);
}

}  // namespace spb::smt
