// SPDX-License-Identifier: GPL-2.0-only
// The verbs of spbcheck, one file each. To add one: declare its function here and name it in
// main.cpp's list.
#pragma once

#include <CLI/App.hpp>

namespace spb::cli {

/// Exit statuses of spbcheck.
enum Status : int {
  holds = 0,      ///< everything that was asked holds
  finding = 1,    ///< an invariant or an expectation broke, or two sides differ
  bad_use = 2,    ///< wrong usage, or input that cannot be understood
  no_answer = 3,  ///< the budget ended first
  skipped = 4,    ///< nothing was asked that this build can answer
};

// Each adds its subcommand to `app`. Its callback leaves the exit status in `status`; bad input is
// thrown as a std::runtime_error whose what() reads "FILE:LINE: found F, expected E".
void add_convert(CLI::App& app, int& status);
void add_coverage(CLI::App& app, int& status);
void add_diff(CLI::App& app, int& status);
void add_explore(CLI::App& app, int& status);
void add_file(CLI::App& app, int& status);
void add_golden(CLI::App& app, int& status);
void add_import(CLI::App& app, int& status);
void add_list(CLI::App& app, int& status);
void add_manual(CLI::App& app, int& status);
void add_minimize(CLI::App& app, int& status);
void add_prove(CLI::App& app, int& status);
void add_record(CLI::App& app, int& status);
void add_replay(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_reproduce(CLI::App& app, int& status);
void add_run(CLI::App& app, int& status);
void add_simulate(CLI::App& app, int& status);
void add_show(CLI::App& app, int& status);
void add_triage(CLI::App& app, int& status);

}  // namespace spb::cli
