// SPDX-License-Identifier: GPL-2.0-only
// Split, merge, list insertion, claim and steal are the same functions under mainline and under the
// series: a fault in each of them has to show in the kernel's golden vectors and in scenarios of
// the series alike.
#pragma once

#include <array>
#include <string_view>

namespace spb::test {

inline constexpr std::array<std::string_view, 5> engine_faults{
    "split-half-lost", "merge-keeps-tag", "free-goes-to-the-head", "claim-without-half-rule",
    "steal-relabels"};

}  // namespace spb::test
