// SPDX-License-Identifier: GPL-2.0-only
// Zones so small that a search (explore/search.h) sees all of their states, or many.
#pragma once

#include <memory>

#include "explore/zone_states.h"
#include "model/policy/variant.h"
#include "model/state/machine.h"
#include "program/program.h"

namespace spb::smt {

/// Two superpageblocks of one pageblock of two pages: a zone whose states can all be seen.
Geometry tiniest_size();
/// Two superpageblocks of two pageblocks of two pages.
Geometry tiny_size();

std::unique_ptr<Machine> machine_of(const ZoneSpec& spec, const Policy<Concrete>& policy);

/// The zone's states under requests, frees and isolation, told to the listener.
template <class Listener>
std::unique_ptr<World> watched_states(const ZoneSpec& spec, const Policy<Concrete>& policy,
                                      Listener& listener) {
  constexpr OpKind kinds[] = {OpKind::rmqueue, OpKind::free, OpKind::isolate, OpKind::unisolate};
  auto machine = machine_of(spec, policy);
  auto operations = alphabet(spec.geometry, kinds);
  const Symmetry symmetry = sound_symmetry(machine->zone(), operations);
  return std::make_unique<WatchedStates<Listener>>(std::move(machine), listener,
                                                   std::move(operations), symmetry);
}

}  // namespace spb::smt
