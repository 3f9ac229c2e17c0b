// SPDX-License-Identifier: GPL-2.0-only
#include "files/temporary_names.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace spb {

namespace {

// What a handler may look at: no lock, no memory of the C++ library.
std::array<std::atomic<char*>, 1024> names;
constexpr std::array<int, 3> signals{SIGHUP, SIGINT, SIGTERM};

extern "C" void remove_names(int signal_number) {
  for (const std::atomic<char*>& name : names) {
    if (const char* path = name.load()) unlink(path);
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

void install_handlers() {
  for (const int number : signals) {
    struct sigaction now {};
    sigaction(number, nullptr, &now);
    // A caller's own handler, and nohup's SIG_IGN, stay.
    if (now.sa_handler == SIG_DFL) signal(number, remove_names);
  }
}

}  // namespace

void remove_at_signal(const std::filesystem::path& name) {
  static std::once_flag installed;
  std::call_once(installed, install_handlers);
  char* copy = strdup(name.c_str());
  for (std::atomic<char*>& slot : names) {
    char* free_slot = nullptr;
    if (slot.compare_exchange_strong(free_slot, copy)) return;
  }
  std::free(copy);
}

void keep_at_signal(const std::filesystem::path& name) {
  const auto has_name = [&name](const std::atomic<char*>& slot) {
    const char* path = slot.load();
    return path != nullptr && name == path;
  };
  const auto slot = std::find_if(names.begin(), names.end(), has_name);
  // The handler may have the string in hand, so its few bytes stay allocated.
  if (slot != names.end()) slot->store(nullptr);
}

}  // namespace spb
