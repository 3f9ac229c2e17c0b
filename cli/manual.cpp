// SPDX-License-Identifier: GPL-2.0-only
// `spbcheck manual FOLDER`, which --help does not show: man pages and completions for an
// installation, made from the descriptions of the options, so that they cannot be of another age.
#include <filesystem>
#include <memory>
#include <string>

#include "cli/described.h"
#include "cli/verbs.h"
#include "files/whole_file.h"

namespace spb::cli {

namespace {

void write_into(const std::filesystem::path& folder, const std::string& name,
                const std::string& text) {
  std::filesystem::create_directories(folder);
  write_whole(folder / name, text);
}

/// Where a system looks below its share/.
void write_manual(const DescribedVerb& program, const std::filesystem::path& share) {
  const std::filesystem::path pages = share / "man" / "man1";
  write_into(pages, program.name + ".1", man_page(program, ""));
  for (const DescribedVerb& verb : program.verbs)
    write_into(pages, program.name + "-" + verb.name + ".1", man_page(program, verb.name));
  write_into(share / "bash-completion" / "completions", program.name, bash_completion(program));
  write_into(share / "zsh" / "site-functions", "_" + program.name, zsh_completion(program));
  write_into(share / "fish" / "vendor_completions.d", program.name + ".fish",
             fish_completion(program));
}

}  // namespace

void add_manual(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand("manual", "Write man pages and completions of shells");
  verb->group("");
  auto folder = std::make_shared<std::string>();
  verb->add_option("FOLDER", *folder, "The share/ of an installation")->required();
  verb->callback([folder, &app, &status] {
    write_manual(described(app), *folder);
    status = holds;
  });
}

}  // namespace spb::cli
