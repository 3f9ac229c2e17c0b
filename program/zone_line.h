// SPDX-License-Identifier: GPL-2.0-only
// The first line of a program's text: `zone superpageblocks=2 pageblocks=4 pageblock_order=3
// variant=rfc-v1@31 [cpus=2] [parameter=value ...]`, and those of further zones: `zone
// superpageblocks=2 [node=1]`.
#pragma once

#include <span>
#include <string>

#include "program/program.h"
#include "program/words.h"

namespace spb {

/// The words after `zone`, which stands at `zone_column`. Throws InputError.
ZoneSpec parse_zone(std::span<const Word> words, uint32_t zone_column, const FileLine& place);
/// The words of a line that adds a zone behind the others.
void parse_further_zone(ZoneSpec& zone, std::span<const Word> words, uint32_t zone_column,
                        const FileLine& place);
/// Of the first zone, or of a further one.
std::string zone_line(const ZoneSpec& zone, uint32_t index = 0);
/// The words of it that say what the zone runs, not how large it is: `variant=rfc-v2
/// isolation=bit-only`.
std::string reading_text(const ZoneSpec& zone);

/// One `name=value` of a parameter, also from the command line. Throws InputError.
void set_parameter(Parameters& parameters, const Word& word, const FileLine& place);
/// The value as a program's text has it: a word, a number, or passes joined by a bar.
std::string parameter_value(ParameterId id, uint16_t value);
/// What the parameter can be: `moves-free-pages or bit-only`, `a number from 1 to 64`.
std::string parameter_range(ParameterId id);

/// The posted series with every defect of parameter `fix` taken out, unless that is given too.
inline constexpr std::string_view fixed_series = "rfc-v2+fixes";

/// A variant by its name, or `fixed_series`. Throws InputError.
void set_variant(ZoneSpec& zone, const Word& word, const FileLine& place);

}  // namespace spb
