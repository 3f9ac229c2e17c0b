// SPDX-License-Identifier: GPL-2.0-only
//
// The search through every state of a small zone: what it counts, that it may be cut short at any
// moment, that what it calls alike is, and that it notices where that is not so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "explore/search.h"
#include "explore/zone_states.h"
#include "model/policy/variant.h"
#include "program/words.h"
#include "program/zone_line.h"
#include "tests/surgery.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr OpKind no_deferred[] = {OpKind::rmqueue, OpKind::free, OpKind::isolate,
                                  OpKind::unisolate};
constexpr OpKind all_kinds[] = {OpKind::rmqueue,   OpKind::free,     OpKind::isolate,
                                OpKind::unisolate, OpKind::irq_work, OpKind::worker};
constexpr const char* tiniest =
    "superpageblocks=2 pageblocks=1 pageblock_order=1 max_page_order=1 evacuate-items=1 variant=";

ZoneSpec zone_of(const std::string& line) {
  const std::string name = "zone";
  ZoneSpec spec = parse_zone(words_of(line), 1, {name, 0});
  spec.geometry = with_slots_for_pages(spec.geometry);
  return spec;
}

struct NeverFound : Observer {
  bool found() const { return false; }
};

/// A zone and what is tried on it, checked.
struct Subject {
  RunOptions run{.events = false};
  ZoneSpec zone;
  std::vector<Operation> operations;
  Symmetry symmetry;

  Subject(const std::string& line, std::span<const OpKind> kinds)
      : zone(zone_of(line)),
        operations(alphabet(zone.geometry, kinds)),
        symmetry(sound_symmetry(make_machine(zone, run)->zone(), operations)) {}

  SearchResult search(const SearchOptions& options = {}) const {
    return spb::search(
        [this] {
          return std::make_unique<CheckedStates>(std::make_unique<Runner>(zone, run), operations,
                                                 symmetry);
        },
        options);
  }
};

// ---- counts

struct Pinned {
  std::string zone;
  std::span<const OpKind> kinds;
  bool symmetry;
  uint64_t states;
  uint64_t transitions;
  uint32_t depth;
};

// The first two have been counted by another search too, which told states apart by a hash and took
// none for another like it.
const Pinned pinned[] = {
    {tiniest + std::string("mainline"), no_deferred, false, 25'056, 766'944, 15},
    {tiniest + std::string("rfc-v1@30"), no_deferred, false, 30'912, 932'928, 21},
    {tiniest + std::string("mainline"), no_deferred, true, 7'038, 215'044, 14},
    {tiniest + std::string("rfc-v1@30"), all_kinds, true, 15'456, 466'464, 21},
    {tiniest + std::string("rfc-v2@06"), all_kinds, true, 35'102, 1'100'484, 18},
    {tiniest + std::string("rfc-v2 absent_first=1"), all_kinds, true, 12'188, 365'696, 21},
};

TEST(Explore, CountsStatesAndTransitions) {
  for (const Pinned& want : pinned) {
    Subject subject(want.zone, want.kinds);
    if (!want.symmetry) subject.symmetry = {};
    const SearchResult result = subject.search({.threads = 2});
    EXPECT_EQ(result.end, SearchEnd::complete) << want.zone;
    EXPECT_EQ(result.counts.states, want.states) << want.zone;
    EXPECT_EQ(result.counts.transitions, want.transitions) << want.zone;
    EXPECT_EQ(result.counts.depth, want.depth) << want.zone;
  }
}

TEST(Explore, CountsTheSameOnAnyNumberOfThreads) {
  const Subject subject(std::string(tiniest) + "rfc-v1@30", all_kinds);
  const SearchResult one = subject.search({.threads = 1, .transitions_max = 100'000});
  EXPECT_EQ(one.end, SearchEnd::transitions);
  for (const uint32_t threads : {2U, 5U})
    EXPECT_EQ(subject.search({.threads = threads, .transitions_max = 100'000}).counts, one.counts);
}

/// Every state that is reached without a symmetry, as the one that stands for it under one.
std::set<std::vector<uint64_t>> standing_for_all(const Subject& subject) {
  auto owned = make_machine(subject.zone, subject.run);
  const Zone& zone = owned->zone();
  Canonical canonical(zone, subject.symmetry);
  const Packing packing(zone, subject.symmetry, SlotNames::pages);
  NeverFound nobody;
  WatchedStates<NeverFound> world(std::move(owned), nobody, subject.operations, {});
  std::vector<uint64_t> code(world.words());
  world.start();
  world.pack(code.data());
  std::set<std::vector<uint64_t>> seen{code};
  std::deque<std::vector<uint64_t>> waiting{code};
  std::set<std::vector<uint64_t>> standing;
  for (; !waiting.empty(); waiting.pop_front()) {
    world.enter(waiting.front().data());
    std::vector<uint64_t> stands(packing.words());
    packing.pack(zone, canonical.of(zone), stands.data());
    standing.insert(stands);
    for (std::size_t i = 0; i < world.operations(); ++i) {
      if (world.step(i, code.data()) != Step::moved || !seen.insert(code).second) continue;
      waiting.push_back(code);
    }
  }
  return standing;
}

TEST(Explore, MissesNoStateByTakingThoseThatAreAlikeForOne) {
  const Subject subject(std::string(tiniest) + "mainline", no_deferred);
  EXPECT_EQ(standing_for_all(subject).size(), subject.search().counts.states);
}

// ---- what is alike

TEST(Explore, NoticesThatWhatItCallsAlikeIsNot) {
  Subject series(std::string(tiniest) + "rfc-v2", no_deferred);
  EXPECT_FALSE(series.symmetry.list_places);
  series.symmetry.list_places = true;
  EXPECT_THROW(series.search({.alike_one_in = 1}), std::logic_error);
  Subject mainline(std::string(tiniest) + "mainline", no_deferred);
  EXPECT_TRUE(mainline.symmetry.list_places);
  EXPECT_EQ(mainline.search({.alike_one_in = 1}).end, SearchEnd::complete);
}

TEST(Explore, EveryVariantIsAsSymmetricAsIsSaid) {
  const std::string zones[] = {
      "superpageblocks=3 pageblocks=2 pageblock_order=1 max_page_order=1",
      "superpageblocks=3 pageblocks=4 pageblock_order=1 max_page_order=2",
      "superpageblocks=3 pageblocks=2 pageblock_order=1 max_page_order=2 absent_first=1 "
      "absent_last=3",
  };
  for (const Variant& variant : variants()) {
    for (const std::string& zone : zones) {
      const std::string line = zone + " evacuate-items=2 variant=" + std::string(variant.name);
      const SearchResult result =
          Subject(line, all_kinds).search({.transitions_max = 30'000, .alike_one_in = 8});
      EXPECT_EQ(result.end, SearchEnd::transitions) << line;
      EXPECT_GT(result.counts.tried_alike, 20U) << line;
    }
  }
}

// ---- packing

TEST(Packing, HasTwoWordsForATinyZoneOfTheSeries) {
  const ZoneSpec spec =
      zone_of("superpageblocks=2 pageblocks=2 pageblock_order=1 max_page_order=2 variant=rfc-v2");
  const auto machine = make_machine(spec, {});
  const Zone& zone = machine->zone();
  const Packing packing(zone, sound_symmetry(zone, {}), SlotNames::pages);
  EXPECT_EQ(packing.bits(), 123U);
  EXPECT_EQ(packing.words(), 2U);
}

TEST(Packing, RefusesAZoneThatIsNotFreeAtTheStart) {
  const ZoneSpec spec =
      zone_of("superpageblocks=2 pageblocks=2 pageblock_order=1 start=allocated variant=mainline");
  const auto machine = make_machine(spec, {});
  EXPECT_THROW(Packing(machine->zone(), {}, SlotNames::pages), std::runtime_error);
}

/// Its engine keeps a counter that does not follow from the pages.
class Miscounted : public ZoneStates {
 public:
  Miscounted(std::unique_ptr<Machine> machine, std::vector<Operation> operations)
      : ZoneStates(*machine, std::move(operations), {}), machine_(std::move(machine)) {}

 private:
  Step run(const Operation& op) override {
    apply(*machine_, op);
    Surgery::state(machine_->zone()).nr_free_pages += op.kind == OpKind::free;
    return Step::moved;
  }
  void restore(std::span<const std::byte> image) override { machine_->restore(image); }

  std::unique_ptr<Machine> machine_;
};

TEST(Packing, NoticesWhatDoesNotFollowFromWhatItKeeps) {
  const Subject subject(std::string(tiniest) + "mainline", no_deferred);
  const auto make_world = [&] {
    return std::make_unique<Miscounted>(make_machine(subject.zone, subject.run),
                                        subject.operations);
  };
  EXPECT_THROW(search(make_world, {}), std::logic_error);
}

// ---- what is found

/// Looks for a request that finds every superpageblock tainted.
struct AllTainted : Observer {
  bool seen = false;
  bool found() const { return seen; }
  void search_begins(const Zone& zone, const Request<Concrete>&) override {
    uint32_t tainted = 0;
    for (uint32_t s = 0; s < zone.nr_spbs(); ++s)
      tainted += rules::spb_is_tainted<Concrete>(zone.view(SpbIndex(s)));
    seen = seen || tainted == zone.nr_spbs();
  }
};

SearchResult all_tainted(const Subject& subject, uint32_t threads) {
  std::deque<AllTainted> watches;
  return search(
      [&] {
        return std::make_unique<WatchedStates<AllTainted>>(make_machine(subject.zone, subject.run),
                                                           watches.emplace_back(),
                                                           subject.operations, subject.symmetry);
      },
      {.threads = threads});
}

TEST(Explore, FindsAShortestProgram) {
  Subject subject(std::string(tiniest) + "rfc-v2", no_deferred);
  const SearchResult found = all_tainted(subject, 1);
  ASSERT_EQ(found.end, SearchEnd::found);
  // A page that taints one, two that have to taint the other, and whoever comes then.
  ASSERT_EQ(found.path.size(), 3U);
  EXPECT_EQ(all_tainted(subject, 3).path, found.path);

  const auto machine = make_machine(subject.zone, subject.run);
  AllTainted watch;
  machine->add(watch);
  for (const Operation& op : found.path) {
    EXPECT_FALSE(watch.found());
    apply(*machine, op);
  }
  EXPECT_TRUE(watch.found());
  subject.symmetry = {};
  EXPECT_EQ(all_tainted(subject, 1).path.size(), found.path.size());
}

// ---- limits

TEST(Explore, SaysThatMemoryIsNotEnough) {
  const Subject subject(
      "superpageblocks=2 pageblocks=2 pageblock_order=1 max_page_order=2 "
      "variant=mainline",
      no_deferred);
  const SearchResult result = subject.search({.memory_max = std::size_t{3} << 20U});
  EXPECT_EQ(result.end, SearchEnd::memory);
  EXPECT_LE(result.counts.bytes, std::size_t{3} << 20U);
}

TEST(Explore, StopsWhenItIsTold) {
  const std::atomic<bool> stop = true;
  const Subject subject(std::string(tiniest) + "mainline", no_deferred);
  EXPECT_EQ(subject.search({.stop = &stop}).end, SearchEnd::stopped);
}

// ---- layers

class ExploreLayers : public VerbFolder {
 protected:
  SearchOptions kept(uint64_t transitions_max = UINT64_MAX) const {
    SearchOptions options;
    options.transitions_max = transitions_max;
    options.folder = folder_ / "state";
    options.question = "a question\n";
    return options;
  }
  const Subject subject{std::string(tiniest) + "mainline", no_deferred};
};

TEST_F(ExploreLayers, GoOnWhereASearchWasCutShort) {
  const SearchResult whole = subject.search();
  uint64_t before = 0;
  for (const uint64_t transitions : {1'000U, 50'000U, 150'000U}) {
    const SearchResult part = subject.search(kept(transitions));
    EXPECT_EQ(part.end, SearchEnd::transitions);
    EXPECT_GT(part.counts.states, before);
    before = part.counts.states;
  }
  for (int i = 0; i < 2; ++i) {
    const SearchResult rest = subject.search(kept());
    EXPECT_EQ(rest.end, SearchEnd::complete);
    EXPECT_EQ(rest.counts, whole.counts);
  }
}

TEST_F(ExploreLayers, AreRefusedWhereTheyAreOfAnotherSearchOrDamaged) {
  subject.search(kept(10'000));
  SearchOptions other = kept();
  other.question = "another\n";
  EXPECT_THROW(subject.search(other), std::runtime_error);

  const auto layer = folder_ / "state/layer-000001";
  std::string bytes = read("state/layer-000001");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(layer, std::ios::binary) << bytes;
  EXPECT_THROW(subject.search(kept()), std::runtime_error);
  std::ofstream(layer, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THROW(subject.search(kept()), std::runtime_error);
}

// ---- the verb

using ExploreVerb = VerbFolder;

std::string figures(const std::string& text) {
  const std::size_t from = text.find("all ");
  return from == std::string::npos ? text : text.substr(from, text.find('\n', from) - from);
}

TEST_F(ExploreVerb, GoesOnAfterKill9) {
  const auto outcome = bash(
      "verb() { $SPBCHECK explore variant=rfc-v2 \"$@\"; }\n"
      "$SPBCHECK explore variant=rfc-v2 --state kept >cut & pid=$!\n"
      "for i in {1..500}; do [[ -e kept/layer-000008 ]] && break; sleep 0.01; done\n"
      "kill -9 $pid; wait $pid; echo ended $?\n"
      "[[ -e kept/layer-000025 ]] && echo too late\n"
      "ls -A kept | grep -v '^layer-0000..$'\n"
      "verb >whole; verb --state kept >rest\n"
      "cat cut whole; cat rest >&2\n");
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("ended 137\n"), Not(HasSubstr("too late")),
                                  HasSubstr("\nquestion.txt\n")));
  EXPECT_EQ(figures(read("rest")), figures(read("whole")));
  EXPECT_EQ(figures(read("rest")), "all 79314 states, 2429882 transitions, 25 operations deep");
  EXPECT_THAT(read("cut"), Not(HasSubstr("transitions,")));
}

TEST_F(ExploreVerb, SaysWhatItWantsAndWhyItEnds) {
  EXPECT_EQ(spbcheck("explore variant=rfc-v3").status, 2);
  EXPECT_EQ(spbcheck("explore --kinds alloc").status, 2);
  EXPECT_THAT(spbcheck("explore superpageblocks=64 pageblocks=32 variant=mainline").text,
              HasSubstr("at most 1024"));
  const auto cut = spbcheck("explore variant=mainline --transitions 5000");
  EXPECT_EQ(cut.status, 3);
  EXPECT_THAT(cut.text, HasSubstr("not all: more than --transitions 5000\n"));
  const auto full = spbcheck("explore variant=rfc-v2 --memory 1 --state kept");
  EXPECT_EQ(full.status, 3);
  EXPECT_THAT(full.text,
              HasSubstr("not all: more than --memory 1 holds; the same command with more"));
  EXPECT_THAT(spbcheck("explore variant=mainline --state kept").text,
              HasSubstr("question.txt: found the search of"));
}

}  // namespace
}  // namespace spb::test
