// SPDX-License-Identifier: GPL-2.0-only
#include "program/planted.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace spb {

namespace {

#ifdef SPB_FAULTS
constexpr bool has_faults = true;
#else
constexpr bool has_faults = false;
#endif

std::string all_names() {
  std::string names;
  for (const FaultInfo& one : fault_infos())
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  return names;
}

Fault find_fault(std::string_view name) {
  for (const FaultInfo& one : fault_infos()) {
    if (one.name == name) return one.id;
  }
  throw std::runtime_error("SPB_FAULT: found '" + std::string(name) + "', expected one of " +
                           all_names());
}

}  // namespace

Fault fault_from_environment() {
  const char* name = std::getenv("SPB_FAULT");
  if (name == nullptr || *name == '\0') return Fault::none;
  if (!has_faults) {
    throw std::runtime_error("SPB_FAULT: found '" + std::string(name) +
                             "', but this build has no planted faults (SPB_FAULTS)");
  }
  return find_fault(name);
}

std::string_view name_of(Fault fault) {
  for (const FaultInfo& one : fault_infos()) {
    if (one.id == fault) return one.name;
  }
  return "none";
}

}  // namespace spb
