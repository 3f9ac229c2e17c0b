// SPDX-License-Identifier: GPL-2.0-only
// Who looks in while an operation runs, which may be several: some checks need the state before a
// search, or between the attempts of one allocation.
#pragma once

#include <cstdint>
#include <vector>

#include "model/policy/rows.h"
#include "model/state/event.h"
#include "model/words/domain.h"
#include "model/words/types.h"

namespace spb {

class Zone;

// clang-format off
/// The hooks, each named here and nowhere else: hook(name, (parameters), (the same, to pass on)).
#define SPB_HOOKS(hook)                                                                           \
  /* One __rmqueue() begins; an allocation may make several, each with flags of its own. */       \
  hook(attempt_begins, (const Zone& zone, const Request<Concrete>& request), (zone, request))     \
  /* It ends: `page` is what it got, or no_page. */                                               \
  hook(attempt_ends,                                                                              \
       (const Zone& zone, const Request<Concrete>& request, PassId by, Pfn page),                 \
       (zone, request, by, page))                                                                 \
  /* A mode that the request may enter begins; those before it found nothing. */                  \
  hook(mode_begins,                                                                               \
       (const Zone& zone, const Request<Concrete>& request, const ModeRow<Concrete>& row),        \
       (zone, request, row))                                                                      \
  /* __rmqueue_smallest() begins, for an attempt, or once more after a claim. */                  \
  hook(search_begins, (const Zone& zone, const Request<Concrete>& request), (zone, request))      \
  /* A pass found a chunk and acts on it next; the state is still the one that was searched. */   \
  hook(chosen,                                                                                    \
       (const Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,         \
        Pfn head, Order order),                                                                   \
       (zone, request, row, head, order))                                                         \
  /* A claim or steal found a chunk on the list of this type and acts on it next. */              \
  hook(fallback_chosen,                                                                           \
       (const Zone& zone, const Request<Concrete>& request, PassId by, Pfn head, Order order,     \
        Migratetype list),                                                                        \
       (zone, request, by, head, order, list))                                                    \
  /* __rmqueue_smallest() ends. */                                                                \
  hook(search_ends,                                                                               \
       (const Zone& zone, const Request<Concrete>& request, PassId by, Pfn page),                 \
       (zone, request, by, page))                                                                 \
  /* A caller whose fast path found nothing goes on; a step for each row that applies follows. */ \
  hook(driver_begins, (const Zone& zone, const Request<Concrete>& request), (zone, request))      \
  hook(driver_step, (const Zone& zone, DriverStep step), (zone, step))                            \
  hook(driver_ends, (const Zone& zone, bool served), (zone, served))                              \
  /* A work item of the evacuation pool, index + 1, went from one place to another. */            \
  hook(item_moved, (const Zone& zone, uint32_t item), (zone, item))                               \
  /* Tainted superpageblocks are to be evacuated for this request, and what comes of that. */     \
  hook(evacuation_requested,                                                                      \
       (const Zone& zone, const Request<Concrete>& request, EvacuationAnswer answer),             \
       (zone, request, answer))                                                                   \
  /* Slab is to shrink. */                                                                        \
  hook(shrink_requested, (const Zone& zone), (zone))                                              \
  /* A superpageblock is to be defragmented; told where events are on. */                         \
  hook(defrag_requested, (const Zone& zone, SpbIndex s), (zone, s))
// clang-format on

/// May read the zone, never change it. A hook that is not overridden does nothing.
class Observer {
 public:
  virtual ~Observer() = default;
#define SPB_HOOK(name, parameters, passed_on) \
  virtual void name parameters {              \
    ignore passed_on;                         \
  }
  SPB_HOOKS(SPB_HOOK)
#undef SPB_HOOK

 private:
  template <class... Told>
  static void ignore(const Told&...) {}
};

/// Those who look in at one zone, as a pointer to one: null where nobody does, and to one who tells
/// all of them where there are several.
class Observers {
 public:
  explicit operator bool() const { return front_ != nullptr; }
  Observer* operator->() const { return front_; }

  /// It hears what happens after those that were there before, and is there once.
  void add(Observer& observer);
  void remove(Observer& observer);

 private:
  class All final : public Observer {
   public:
    std::vector<Observer*> all;
#define SPB_HOOK(name, parameters, passed_on) \
  void name parameters override {             \
    for (Observer * observer : all)           \
      observer->name passed_on;               \
  }
    SPB_HOOKS(SPB_HOOK)
#undef SPB_HOOK
  };

  void settle();

  Observer* front_ = nullptr;
  All several_;
};

}  // namespace spb
