// SPDX-License-Identifier: GPL-2.0-only
// The value domain of the concrete allocator. A rule of the policy is a template over a domain D
// and uses D::Bool, D::Int, D::lit(), D::truth(), D::select() and the operators && || ! == != < <=
// > >= + - * on them, nothing else: no ?:, no if, no early return on a domain value, so that
// another domain (smt/terms.h: formulas instead of values) can read the same rule. A procedure over
// rows (slow_path.h) may ask possible(), to pass over what does not happen.
#pragma once

namespace spb {

struct Concrete {
  using Bool = bool;
  using Int = int;
  static constexpr Int lit(int value) { return value; }
  static constexpr Bool truth(bool value) { return value; }
  /// False only where the condition is known to be false, which a formula rarely is.
  static constexpr bool possible(Bool condition) { return condition; }
  static constexpr Int select(Bool condition, Int yes, Int no) { return condition ? yes : no; }
};

}  // namespace spb
