// SPDX-License-Identifier: GPL-2.0-only
// The first line of a program's text: `zone superpageblocks=2 pageblocks=4 pageblock_order=3
// variant=rfc-v1@31 [parameter=value ...]`.
#pragma once

#include <span>
#include <string>

#include "program/program.h"
#include "program/words.h"

namespace spb {

/// The words after `zone`, which stands at `zone_column`. Throws InputError.
ZoneSpec parse_zone(std::span<const Word> words, uint32_t zone_column, const Place& place);
std::string zone_line(const ZoneSpec& zone);
/// The words of it that say what the zone runs, not how large it is: `variant=rfc-v2
/// isolation=bit-only`.
std::string reading_text(const ZoneSpec& zone);

/// One `name=value` of a parameter, also from the command line. Throws InputError.
void set_parameter(Parameters& parameters, const Word& word, const Place& place);
/// The value as a program's text has it: a word, a number, or passes joined by a bar.
std::string parameter_value(ParameterId id, uint16_t value);
/// What the parameter can be: `moves-free-pages or bit-only`, `a number from 1 to 64`.
std::string parameter_range(ParameterId id);

/// Index into variants(); throws InputError.
uint32_t parse_variant(const Word& word, const Place& place);

}  // namespace spb
