// SPDX-License-Identifier: GPL-2.0-only
// Which fault a canary's build runs with.
#pragma once

#include "model/state/fault.h"

namespace spb {

/// The fault that the environment's SPB_FAULT names; none where it is not set or empty. Throws
/// std::runtime_error where no fault has this name, and in a build without SPB_FAULTS.
Fault fault_from_environment();

/// `none`, or its name in fault_infos().
std::string_view name_of(Fault fault);

}  // namespace spb
