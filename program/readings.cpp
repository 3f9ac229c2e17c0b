// SPDX-License-Identifier: GPL-2.0-only
#include "program/readings.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace spb {

Reading reading_of(const ZoneSpec& zone) {
  const Variant& variant = variants()[zone.variant];
  return {variant, resolve(zone.parameters, variant.defaults, zone.geometry)};
}

bool same_reading(const ZoneSpec& a, const ZoneSpec& b) {
  return a.variant == b.variant && reading_of(a).parameters == reading_of(b).parameters;
}

ReadingSet readings_from_environment(ReadingSet otherwise) {
  const char* name = std::getenv("SPB_READINGS");
  if (name == nullptr || *name == '\0') return otherwise;
  if (const auto set = find_reading_set(name)) return *set;
  throw std::runtime_error("SPB_READINGS: found '" + std::string(name) +
                           "', expected clean, posted or all");
}

bool bring_into(ReadingSet set, ZoneSpec& zone) {
  for (const Cause& cause : causes()) {
    if (cause.take_out == nullptr || is_in(set, reading_of(zone))) continue;
    const bool unwanted = set == ReadingSet::clean || cause.origin == Cause::Origin::question;
    if (unwanted && cause.is_in(reading_of(zone))) cause.take_out(zone.parameters);
  }
  return is_in(set, reading_of(zone));
}

}  // namespace spb
