// SPDX-License-Identifier: GPL-2.0-only
// The properties as text: a table for docs/proofs.md, and one property explained.
#pragma once

#include <string>

#include "smt/properties.h"
#include "smt/prove.h"

namespace spb::smt {

/// A Markdown table of every property and the outcome for each variant, as the tests hold it.
std::string markdown_table();

/// What the property says, what is assumed, what it is weakened by, what is expected.
std::string explained(const Property& property);

/// Who breaks a property that is about callers, not about a zone: order, type and flags of the
/// solver's example, in words that a kernel developer knows. Empty where the property is about a
/// zone, or is not refuted.
std::string caller_text(const Property& property, const Verdict& verdict);

}  // namespace spb::smt
