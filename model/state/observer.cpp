// SPDX-License-Identifier: GPL-2.0-only
#include "model/state/observer.h"

#include <algorithm>

namespace spb {

void Observers::add(Observer& observer) {
  remove(observer);
  several_.all.push_back(&observer);
  settle();
}

void Observers::remove(Observer& observer) {
  auto& list = several_.all;
  list.erase(std::remove(list.begin(), list.end(), &observer), list.end());
  settle();
}

void Observers::settle() {
  const auto& list = several_.all;
  front_ = list.size() > 1 ? &several_ : list.empty() ? nullptr : list.front();
}

}  // namespace spb
