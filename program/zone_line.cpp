// SPDX-License-Identifier: GPL-2.0-only
#include "program/zone_line.h"

#include <algorithm>
#include <array>
#include <bit>

#include "model/policy/variant.h"
#include "model/words/defects.h"
#include "program/normalise.h"

namespace spb {

namespace {

struct ZoneSize {
  std::string_view name;
  uint32_t Geometry::*member;
  bool required;
};

constexpr std::array<ZoneSize, 9> sizes{{
    {"superpageblocks", &Geometry::superpageblocks, true},
    {"grows_by", &Geometry::grows_by, false},
    {"pageblocks", &Geometry::pageblocks, true},
    {"pageblock_order", &Geometry::pageblock_order, true},
    {"max_page_order", &Geometry::max_page_order, false},
    {"base_pfn", &Geometry::base_pfn, false},
    {"absent_first", &Geometry::absent_first, false},
    {"absent_last", &Geometry::absent_last, false},
    {"slots", &Geometry::slots, false},
}};

// ---- parameters

Names parameter_names() {
  Names names;
  for (const ParameterInfo& parameter : parameter_infos())
    names.push_back(parameter.name);
  return names;
}

bool has_words(ParameterId id) {
  return !info(id).words[0].empty();
}

// Two parameters are sets of words, joined by a bar: a bit each.

struct NamedBit {
  std::string_view name;
  uint32_t bit;
};

/// Passes that can be taken out.
std::vector<NamedBit> removable() {
  std::vector<NamedBit> passes;
  for (const Named<PassId>& pass : pass_names) {
    const uint32_t bit = 1U << static_cast<uint32_t>(pass.id);
    if (removable_passes() & bit) passes.push_back({name_of(pass.id), bit});
  }
  return passes;
}

std::vector<NamedBit> fixable() {
  std::vector<NamedBit> defects;
  for (const DefectInfo& defect : defect_infos())
    defects.push_back({defect.name, 1U << defects.size()});
  return defects;
}

/// The words of a parameter that is a set, none of any other.
std::vector<NamedBit> members_of(ParameterId id) {
  if (id == ParameterId::without) return removable();
  if (id == ParameterId::fix) return fixable();
  return {};
}

std::string range_of(const std::vector<NamedBit>& members) {
  Names names;
  for (const NamedBit& member : members)
    names.push_back(member.name);
  return alternatives(names) + ", joined by bars";
}

uint16_t set_of(const Word& word, const std::vector<NamedBit>& members, const FileLine& place) {
  if (word.text == "0") return 0;
  Names names;
  for (const NamedBit& member : members)
    names.push_back(member.name);
  uint32_t bits = 0;
  for (const Word& part : parts_of(word))
    bits |= members[index_of(part, names, range_of(members), place)].bit;
  return static_cast<uint16_t>(bits);
}

std::string set_text(uint16_t value, const std::vector<NamedBit>& members) {
  std::string text;
  for (const NamedBit& member : members) {
    if (value & member.bit) text += (text.empty() ? "" : "|") + std::string(member.name);
  }
  return text;
}

uint16_t value_of(ParameterId id, const Word& word, const FileLine& place) {
  const ParameterInfo& parameter = info(id);
  const std::vector<NamedBit> members = members_of(id);
  if (!members.empty()) return set_of(word, members, place);
  if (!has_words(id)) {
    return static_cast<uint16_t>(number_of(word, parameter.min, parameter.max, place));
  }
  const Names words(parameter.words.begin(), parameter.words.end());
  return static_cast<uint16_t>(index_of(word, words, alternatives(words), place));
}

}  // namespace

void set_parameter(Parameters& parameters, const Word& word, const FileLine& place) {
  const KeyValue setting = key_value_of(word);
  if (!setting.has_value) place.refuse(word, "NAME=VALUE of a parameter");
  const Names names = parameter_names();
  const auto id =
      static_cast<ParameterId>(index_of(setting.key, names, "the name of a parameter", place));
  parameters[id] = value_of(id, setting.value, place);
}

std::string parameter_value(ParameterId id, uint16_t value) {
  if (has_words(id)) return std::string(info(id).words[value]);
  const std::vector<NamedBit> members = members_of(id);
  return members.empty() || value == 0 ? std::to_string(value) : set_text(value, members);
}

std::string parameter_range(ParameterId id) {
  const ParameterInfo& parameter = info(id);
  if (has_words(id)) return alternatives({parameter.words.begin(), parameter.words.end()});
  const std::vector<NamedBit> members = members_of(id);
  if (!members.empty()) return range_of(members);
  return std::to_string(parameter.min) + " to " + std::to_string(parameter.max);
}

void set_variant(ZoneSpec& zone, const Word& word, const FileLine& place) {
  Names names;
  for (const Variant& variant : variants())
    names.push_back(variant.name);
  const auto posted = static_cast<uint32_t>(find_variant("rfc-v2") - variants().data());
  names.push_back(fixed_series);
  const uint32_t index = index_of(word, names, "a variant: " + alternatives(names), place);
  const bool fixed = index == variants().size();
  zone.variant = fixed ? posted : index;
  uint16_t& fix = zone.parameters[ParameterId::fix];
  if (fixed && fix == Parameters::unset) fix = all_fixes;
}

// ---- the line

namespace {

/// 10 where a pageblock has order 9, as on x86_64; a superpageblock must hold one such buddy.
uint32_t usual_max_page_order(const Geometry& g) {
  const uint32_t largest =
      g.pageblock_order + static_cast<uint32_t>(std::bit_width(std::max(g.pageblocks, 1U))) - 1;
  return std::min({g.pageblock_order + 1, largest, max_nr_page_orders - 1});
}

bool begins_allocated(const Word& word, const FileLine& place) {
  return index_of(word, {"free", "allocated"}, "free or allocated", place) == 1;
}

[[noreturn]] void refuse_geometry(const std::string& wrong, uint32_t zone_column,
                                  const FileLine& place) {
  constexpr std::string_view separator = ", expected ";
  const std::size_t at = wrong.find(separator);
  if (at == std::string::npos) place.refuse(zone_column, wrong, "sizes that fit together");
  place.refuse(zone_column, "a zone whose " + wrong.substr(0, at),
               wrong.substr(at + separator.size()));
}

class ZoneParser {
 public:
  ZoneParser(const FileLine& place, uint32_t zone_column)
      : place_(place), zone_column_(zone_column) {
    zone_.geometry.max_page_order = no_index;
  }

  void add(const Word& word) {
    const KeyValue setting = key_value_of(word);
    if (!setting.has_value) place_.refuse(word, "NAME=VALUE");
    if (std::find(seen_.begin(), seen_.end(), setting.key.text) != seen_.end()) {
      place_.refuse(setting.key, "each name once");
    }
    seen_.push_back(setting.key.text);
    if (!add_size(setting) && !add_word(setting)) add_parameter(word, setting);
  }

  ZoneSpec finish() {
    for (const ZoneSize& size : sizes) {
      if (size.required) require(size.name);
    }
    require("variant");
    Geometry& g = zone_.geometry;
    if (g.max_page_order == no_index) g.max_page_order = usual_max_page_order(g);
    if (const auto wrong = g.check()) refuse_geometry(*wrong, zone_column_, place_);
    return zone_;
  }

 private:
  bool add_size(const KeyValue& setting) {
    for (const ZoneSize& size : sizes) {
      if (size.name != setting.key.text) continue;
      zone_.geometry.*size.member = number_of(setting.value, 0, no_index - 1, place_);
      return true;
    }
    return false;
  }

  bool add_word(const KeyValue& setting) {
    if (setting.key.text == "variant") {
      set_variant(zone_, setting.value, place_);
      return true;
    }
    if (setting.key.text == "cpus") {
      zone_.machine.cpus = number_of(setting.value, 1, cpus_max, place_);
      return true;
    }
    if (setting.key.text != "start") return false;
    zone_.geometry.start_allocated = begins_allocated(setting.value, place_);
    return true;
  }

  void add_parameter(const Word& word, const KeyValue& setting) {
    Names names = parameter_names();
    if (std::find(names.begin(), names.end(), setting.key.text) != names.end()) {
      set_parameter(zone_.parameters, word, place_);
      return;
    }
    for (const ZoneSize& size : sizes)
      names.push_back(size.name);
    names.insert(names.end(), {"variant", "start", "cpus"});
    place_.refuse(setting.key, "a size of the zone, start, cpus, variant or a parameter",
                  nearest_hint(setting.key.text, names));
  }

  void require(std::string_view name) const {
    if (std::find(seen_.begin(), seen_.end(), name) != seen_.end()) return;
    place_.refuse(zone_column_, "a zone without " + std::string(name),
                  std::string(name) + "=" + (name == "variant" ? "NAME" : "N"));
  }

  const FileLine& place_;
  uint32_t zone_column_;
  ZoneSpec zone_;
  std::vector<std::string_view> seen_;
};

/// What a further zone has of its own; the rest is the first one's.
constexpr std::array<ZoneSize, 5> further_sizes{{
    {"superpageblocks", &Geometry::superpageblocks, true},
    {"grows_by", &Geometry::grows_by, false},
    {"base_pfn", &Geometry::base_pfn, false},
    {"absent_first", &Geometry::absent_first, false},
    {"absent_last", &Geometry::absent_last, false},
}};

class FurtherZoneParser {
 public:
  FurtherZoneParser(const ZoneSpec& zone, const FileLine& place, uint32_t zone_column)
      : place_(place), zone_column_(zone_column) {
    const uint32_t last = zone.machine.nr_further;
    before_ = {zone.geometry_of(last), zone.machine.node_of(last)};
    zone_.geometry = before_.geometry;
    zone_.node = before_.node;
    Geometry& g = zone_.geometry;
    g.base_pfn += g.span();
    g.superpageblocks = g.grows_by = g.absent_first = g.absent_last = 0;
    g.start_allocated = false;
  }

  void add(const Word& word) {
    const KeyValue setting = key_value_of(word);
    const std::string_view name = setting.key.text;
    if (!setting.has_value) place_.refuse(word, "NAME=VALUE");
    if (std::find(seen_.begin(), seen_.end(), name) != seen_.end()) {
      place_.refuse(setting.key, "each name once");
    }
    seen_.push_back(name);
    const auto size = std::find_if(further_sizes.begin(), further_sizes.end(),
                                   [name](const ZoneSize& known) { return known.name == name; });
    if (size != further_sizes.end()) {
      zone_.geometry.*size->member = number_of(setting.value, 0, no_index - 1, place_);
    } else if (name == "node") {
      zone_.node = number_of(setting.value, 0, zones_max - 1, place_);
    } else if (name == "start") {
      zone_.geometry.start_allocated = begins_allocated(setting.value, place_);
    } else {
      refuse(setting.key);
    }
  }

  FurtherZone finish() {
    if (std::find(seen_.begin(), seen_.end(), "superpageblocks") == seen_.end()) {
      place_.refuse(zone_column_, "a zone without superpageblocks", "superpageblocks=N");
    }
    if (const auto wrong = check_behind(zone_, before_)) {
      refuse_geometry(*wrong, zone_column_, place_);
    }
    return zone_;
  }

 private:
  [[noreturn]] void refuse(const Word& key) const {
    Names names;
    for (const ZoneSize& size : further_sizes)
      names.push_back(size.name);
    names.insert(names.end(), {"start", "node"});
    place_.refuse(key, alternatives(names) + " of a further zone; all else is the first one's",
                  nearest_hint(key.text, names));
  }

  const FileLine& place_;
  uint32_t zone_column_;
  FurtherZone before_;
  FurtherZone zone_;
  std::vector<std::string_view> seen_;
};

std::string size_text(const ZoneSize& size, uint32_t value) {
  const bool is_pfn = size.member == &Geometry::base_pfn;
  return " " + std::string(size.name) + "=" + (is_pfn ? pfn_text(value) : std::to_string(value));
}

std::string further_zone_line(const ZoneSpec& zone, uint32_t index) {
  const Geometry& g = zone.geometry_of(index);
  const Geometry& before = zone.geometry_of(index - 1);
  const uint32_t usual_base = before.base_pfn + before.span();
  std::string line = "zone";
  for (const ZoneSize& size : further_sizes) {
    const uint32_t value = g.*size.member;
    const uint32_t usual = size.member == &Geometry::base_pfn ? usual_base : 0;
    if (value != usual) line += size_text(size, value);
  }
  if (g.start_allocated) line += " start=allocated";
  const uint32_t node = zone.machine.node_of(index);
  return node == zone.machine.node_of(index - 1) ? line : line + " node=" + std::to_string(node);
}

}  // namespace

ZoneSpec parse_zone(std::span<const Word> words, uint32_t zone_column, const FileLine& place) {
  ZoneParser parser(place, zone_column);
  for (const Word& word : words)
    parser.add(word);
  return parser.finish();
}

void parse_further_zone(ZoneSpec& zone, std::span<const Word> words, uint32_t zone_column,
                        const FileLine& place) {
  MachineShape& machine = zone.machine;
  if (machine.nr_zones() == zones_max) {
    place.refuse(zone_column, "one zone more", "at most " + std::to_string(zones_max));
  }
  FurtherZoneParser parser(zone, place, zone_column);
  for (const Word& word : words)
    parser.add(word);
  machine.further[machine.nr_further] = parser.finish();
  ++machine.nr_further;
}

std::string zone_line(const ZoneSpec& zone, uint32_t index) {
  if (index > 0) return further_zone_line(zone, index);
  const Geometry usual;
  const Geometry& g = zone.geometry;
  std::string line = "zone";
  for (const ZoneSize& size : sizes) {
    const uint32_t value = g.*size.member;
    const bool always = size.required || size.member == &Geometry::max_page_order;
    if (!always && value == usual.*size.member) continue;
    line += size_text(size, value);
  }
  if (g.start_allocated) line += " start=allocated";
  if (zone.machine.cpus > 1) line += " cpus=" + std::to_string(zone.machine.cpus);
  return line + " " + reading_text(zone);
}

std::string reading_text(const ZoneSpec& zone) {
  std::string text = "variant=" + std::string(variants()[zone.variant].name);
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    const uint16_t value = zone.parameters.values[i];
    if (value == Parameters::unset) continue;
    const auto id = static_cast<ParameterId>(i);
    text += " " + std::string(info(id).name) + "=" + parameter_value(id, value);
  }
  return text;
}

}  // namespace spb
