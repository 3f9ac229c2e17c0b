// SPDX-License-Identifier: GPL-2.0-only
// Work that may have to end before its time: at a limit in seconds, or at SIGINT, SIGTERM or
// SIGHUP. Whatever it was, the verb still says what is known by then.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace spb::cli {

/// So many seconds from now.
std::chrono::steady_clock::time_point after_seconds(double seconds);

struct End {
  bool done = false;        ///< the work has returned; else it still runs, and so does what it uses
  bool time_is_up = false;  ///< before it was done
  int signal = 0;           ///< that came before it was done; 0: none

  bool early() const { return time_is_up || signal != 0; }
};

/// Runs `work` on a thread of its own. At the limit or at a signal `stop` becomes true, and the
/// work has a moment to return by itself. What it throws is thrown here. Where it is not done, the
/// process has to end by leave().
End run_until(std::optional<double> seconds_max, std::atomic<bool>& stop,
              const std::function<void()>& work);

/// Ends the process at once, with the work that still runs; what was printed is written out.
[[noreturn]] void leave(int status);

/// `the time was up`, `SIGINT came`.
std::string reason_text(const End& end);
/// Of a process that ended so: 128 + the signal, else `otherwise`.
int status_of(const End& end, int otherwise);

}  // namespace spb::cli
