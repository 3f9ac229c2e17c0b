// SPDX-License-Identifier: GPL-2.0-only
// A verb as its own options describe it: what man pages and the completions of shells are made of.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace spb::cli {

struct DescribedOption {
  std::vector<std::string> names;    ///< `-v`, `--verbose`; one without dashes is an argument
  std::string value;                 ///< what follows, or nothing for a flag
  std::vector<std::string> choices;  ///< all that the value may be, where that is a short list
  std::string text;

  bool is_argument() const { return names.front().front() != '-'; }
};

struct DescribedVerb {
  std::string name;
  std::string text;
  std::vector<DescribedOption> options;
  std::vector<DescribedVerb> verbs;  ///< its own
  std::string footer;
};

/// The whole program, without what is hidden from --help.
DescribedVerb described(const CLI::App& app);

/// Every verb `V` at its place as `program-V.1`; "" is the program's own page.
std::string man_page(const DescribedVerb& program, const std::string& verb);
std::string bash_completion(const DescribedVerb& program);
std::string zsh_completion(const DescribedVerb& program);
std::string fish_completion(const DescribedVerb& program);

}  // namespace spb::cli
