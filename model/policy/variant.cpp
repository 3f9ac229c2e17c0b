// SPDX-License-Identifier: GPL-2.0-only
#include "model/policy/variant.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/policy/tables.h"

namespace spb {

namespace {

using P = ParameterId;

template <class Word>
void set(Parameters& parameters, ParameterId id, Word word) {
  parameters[id] = static_cast<uint16_t>(word);
}

Parameters mainline_defaults() {
  Parameters p;
  for (const ParameterInfo& parameter : parameter_table)
    p[parameter.id] = parameter.standard;
  return p;
}

Parameters rfc_v2_06_defaults() {
  Parameters p = mainline_defaults();
  set(p, P::claim_evacuates, 1);
  return p;
}

Parameters rfc_v2_defaults() {
  Parameters p = mainline_defaults();
  set(p, P::free_block_tag, FreeBlockTag::reset_to_movable);
  set(p, P::spb_list_update, SpbListUpdate::every_call);
  set(p, P::pass_triggers, 1);
  set(p, P::nofragment_drop, NofragmentDrop::after_compaction);
  set(p, P::evacuation_clears, 1);
  return p;
}

/// Back from the posted code by what the mails say of the patches between: a list update acted
/// where the bucket changed (v1 43/45), and only a list update asked for defragmentation (32/45,
/// 43/45).
Parameters rfc_v1_defaults() {
  Parameters p = rfc_v2_defaults();
  set(p, P::spb_list_update, SpbListUpdate::bucket_change);
  set(p, P::pass_triggers, 0);
  return p;
}

/// What a list says of a variant, and its parameters.
struct Description {
  std::string_view name;
  std::string_view claim;
  std::string_view source;
  Parameters (*defaults)();
};

// In the order of tables::of_variants.
constexpr std::array<Description, nr_variants> descriptions{{
    {"mainline", "Free lists per zone, no steering: the allocator of 7.0-rc6.", "mainline",
     mainline_defaults},
    {"rfc-v2@06",
     "Mainline plus the asynchronous evacuation of claimed MOVABLE pageblocks from a pool of "
     "items.",
     "series v2 06/40", rfc_v2_06_defaults},
    {"rfc-v1@30", "Per-superpageblock lists with PASS_1, 2, 2B, 3, 4: before borrowing.",
     "series v2 40/40, less what the mails say came after v1 30/45", rfc_v1_defaults},
    {"rfc-v1@31", "The same with PASS_2C, the borrow between UNMOVABLE and RECLAIMABLE.",
     "series v2 40/40, less what the mails say came after v1 31/45", rfc_v1_defaults},
    {"rfc-v2", "The posted code of the whole series, at the level of the zone.",
     "series v2 40/40, its finished mm/page_alloc.c; deferred work is asked for, not run, and "
     "there are no per-CPU lists yet",
     rfc_v2_defaults},
}};

constexpr bool described_in_order() {
  for (std::size_t i = 0; i < nr_variants; ++i) {
    if (descriptions[i].name != tables::of_variants<Concrete>[i].name) return false;
  }
  return true;
}
static_assert(described_in_order());

const std::array<Variant, nr_variants>& all_variants() {
  static const std::array<Variant, nr_variants> all = [] {
    std::array<Variant, nr_variants> made;
    for (std::size_t i = 0; i < nr_variants; ++i) {
      const Description& of = descriptions[i];
      made[i] = {of.name, of.claim, of.source, tables::of_variants<Concrete>[i].make(),
                 of.defaults()};
    }
    return made;
  }();
  return all;
}

}  // namespace

std::span<const Variant> variants() {
  return all_variants();
}

const Variant* find_variant(std::string_view name) {
  const auto all = variants();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Variant& v) { return v.name == name; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace spb
