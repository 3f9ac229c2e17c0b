// SPDX-License-Identifier: GPL-2.0-only
// How a program's zone is read, and which readings a campaign is about.
#pragma once

#include "invariants/reading.h"
#include "program/program.h"

namespace spb {

/// As the zone is read.
Reading reading_of(const ZoneSpec& zone);

/// Two zones are read alike: the same variant, and every parameter comes out the same, whether it
/// was chosen or is the variant's. What a program expects is about one reading.
bool same_reading(const ZoneSpec& a, const ZoneSpec& b);

/// The set that the environment's SPB_READINGS names, or the other where it is not set or empty.
/// Throws std::runtime_error where no set has this name.
ReadingSet readings_from_environment(ReadingSet otherwise = ReadingSet::posted);

/// Sets the parameters that take out the causes that the set has no room for; says whether the
/// zone's reading is in the set then.
bool bring_into(ReadingSet set, ZoneSpec& zone);

}  // namespace spb
