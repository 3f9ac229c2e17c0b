// SPDX-License-Identifier: GPL-2.0-only
#include "smt/report.h"

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
  if (!property.skipped.empty()) return text + words("skipped   ", property.skipped);
  text += "assumed\n" + std::string(well_formed_state);
  if (!property.assumes.empty()) text += words("  Also: ", property.assumes);
  text += "expected\n";
  for (std::size_t v = 0; v < nr_variants; ++v) {
    text += "  " + std::string(variants()[v].name) + ": " +
            std::string(name_of(property.expected[v])) + "\n";
  }
  if (!property.weakened.empty()) text += "refuted where weakened by\n";
  for (const Weakened& weakened : property.weakened)
    text += words("  ", weakened.edit.what);
  return text;
}

}  // namespace spb::smt
