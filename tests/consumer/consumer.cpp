// SPDX-License-Identifier: GPL-2.0-only
// Runs a program of three operations through the model, with checks, and tells the last outcome.
#include <cstdio>

#include "model/policy/variant.h"
#include "program/run.h"
#include "program/text.h"

constexpr const char* text =
    "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=3 variant=rfc-v2\n"
    "a = rmqueue order=0 mt=UNMOVABLE\n"
    "b = rmqueue order=3 mt=MOVABLE\n"
    "free a\n";

int main() {
  const spb::TextProgram parsed = spb::parse_text(text, "consumer");
  spb::Runner runner(parsed.program.zone, spb::RunOptions{spb::Checks::both, true});
  for (const spb::Operation& operation : parsed.program.operations) {
    if (runner.step(operation)) {
      std::puts("a finding");
      return 1;
    }
  }
  std::printf("%zu operations hold under %s\n", parsed.program.operations.size(),
              spb::variants()[parsed.program.zone.variant].name.data());
  return 0;
}
