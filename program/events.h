// SPDX-License-Identifier: GPL-2.0-only
// Events in the text format of the kernel's tracepoints, so that one parser reads the model and a
// real kernel.
#pragma once

#include <cstdint>
#include <string>

#include "model/state/event.h"
#include "model/state/machine.h"

namespace spb {

/// The zone that an event of an operation in zone `at` is about, which may be another one: a node's
/// irq_work and worker serve several.
const Zone& zone_of(const Event& event, const Machine& machine, uint32_t at);

/// `name: field=value ...`: mainline's kmem events and the series' spb_* ones with their own field
/// names; what no kernel traces is called model_*. A pfn is absolute and, for a request that got
/// nothing, 0.
std::string event_text(const Event& event, const Zone& zone);

/// The same as a line of ftrace; `time` counts microseconds.
std::string ftrace_line(const Event& event, const Zone& zone, uint64_t time);

}  // namespace spb
