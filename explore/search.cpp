// SPDX-License-Identifier: GPL-2.0-only
#include "explore/search.h"

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace spb {

namespace {

constexpr uint32_t batch_states = 2048;  ///< between two moments at which threads wait
constexpr uint32_t chunk_states = 64;    ///< that a thread takes at once

/// Where something was found: the smallest is told.
struct Hit {
  uint64_t state;  ///< by its number in the layer
  std::size_t operation;
};

/// What the states of one chunk led to, by the set that it goes to.
struct Chunk {
  uint64_t first = 0;
  uint64_t end = 0;
  struct Successor {
    uint64_t hash;
    uint32_t before;
  };
  struct Outbox {
    std::vector<Successor> successors;
    std::vector<uint64_t> codes;
  };
  std::array<Outbox, Layers::nr_sets> to;
  SearchCounts counts;
  std::optional<Hit> hit;

  void reset(uint64_t from, uint64_t to_end) {
    first = from;
    end = to_end;
    counts = {};
    hit.reset();
    for (Outbox& box : to) {
      box.successors.clear();
      box.codes.clear();
    }
  }
};

class Search {
 public:
  Search(const MakeWorld& make_world, const SearchOptions& options)
      : make_world_(make_world), options_(options) {
    for (uint32_t i = 0; i < std::max(1U, options.threads); ++i)
      worlds_.push_back(make_world());
    words_ = worlds_.front()->words();
    layers_ = std::make_unique<Layers>(words_, options.memory_max);
  }

  SearchResult run();

 private:
  void begin();
  SearchEnd go_on();
  std::optional<SearchEnd> expand_layer();
  std::optional<SearchEnd> expand_batch(uint64_t first, uint64_t end);
  uint64_t states_within_limit() const;
  void expand(World& world, Chunk& chunk);
  void expand_state(World& world, Chunk& chunk, uint64_t number, std::vector<uint64_t>& code);
  void collect(uint32_t set, uint64_t chunks);
  std::optional<Hit> add_up(uint64_t chunks);
  template <class Work>
  void share_out(uint64_t jobs, Work work);
  void keep_layer();
  std::vector<Operation> path_to(const Hit& hit) const;
  bool is_stopped() const {
    return options_.stop && options_.stop->load(std::memory_order_relaxed);
  }

  const MakeWorld& make_world_;
  const SearchOptions& options_;
  std::vector<std::unique_ptr<World>> worlds_;
  std::size_t words_ = 0;
  std::unique_ptr<Layers> layers_;
  std::vector<Chunk> chunks_;
  SearchCounts counts_;
  uint64_t transitions_before_ = 0;
  std::atomic<bool> no_room_ = false;
  std::vector<Operation> path_;
};

// ---- threads

/// Each job once, with the world of the thread that took it.
template <class Work>
void Search::share_out(uint64_t jobs, Work work) {
  std::atomic<uint64_t> next = 0;
  std::exception_ptr thrown;
  std::mutex mutex;
  const auto take = [&](World& world) {
    try {
      for (uint64_t job; (job = next++) < jobs;)
        work(world, job);
    } catch (...) {
      const std::lock_guard lock(mutex);
      thrown = std::current_exception();
      next = jobs;
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<uint64_t>(worlds_.size(), jobs); ++i)
      others.emplace_back([&, i] { take(*worlds_[i]); });
    take(*worlds_.front());
  }
  if (thrown) std::rethrow_exception(thrown);
}

// ---- a state

void Search::expand_state(World& world, Chunk& chunk, uint64_t number,
                          std::vector<uint64_t>& code) {
  const uint64_t* entered = layers_->code(layers_->count() - 1, number);
  world.enter(entered);
  for (std::size_t i = 0; i < world.operations(); ++i) {
    const Step step = world.step(i, code.data());
    chunk.counts.transitions += step != Step::nothing;
    chunk.counts.left += step == Step::left;
    if (step == Step::found) {
      chunk.hit = Hit{number, i};
      return;
    }
    if (step != Step::moved) continue;
    const uint64_t to = hash_of(code);
    Chunk::Outbox& box = chunk.to[Layers::set_of(to)];
    box.successors.push_back({to, static_cast<uint32_t>(number)});
    box.codes.insert(box.codes.end(), code.begin(), code.end());
  }
  // Bits that choose neither the set nor the place there.
  const uint64_t hash = hash_of({entered, words_});
  if (options_.alike_one_in == 0 || (hash >> 40U) % options_.alike_one_in != 0) return;
  world.try_alike(hash);
  ++chunk.counts.tried_alike;
}

void Search::expand(World& world, Chunk& chunk) {
  std::vector<uint64_t> code(words_);
  for (uint64_t number = chunk.first; number < chunk.end && !chunk.hit; ++number)
    expand_state(world, chunk, number, code);
}

// ---- a batch

/// What the chunks have for one set, in their order. States come from far apart in memory, so they
/// are asked for ahead.
void Search::collect(uint32_t number, uint64_t chunks) {
  constexpr std::size_t far = 16;
  constexpr std::size_t near = 8;
  StateSet& set = layers_->set(number);
  for (uint64_t c = 0; c < chunks; ++c) {
    const Chunk::Outbox& box = chunks_[c].to[number];
    for (std::size_t i = 0; i < box.successors.size(); ++i) {
      if (i + far < box.successors.size()) set.prefetch(box.successors[i + far].hash);
      if (i + near < box.successors.size()) set.prefetch_code(box.successors[i + near].hash);
      const Chunk::Successor& one = box.successors[i];
      if (set.add(box.codes.data() + i * words_, one.hash, one.before) ==
          StateSet::Added::no_room) {
        no_room_ = true;
        return;
      }
    }
  }
}

/// The counts of the chunks up to the first that found something.
std::optional<Hit> Search::add_up(uint64_t chunks) {
  for (uint64_t c = 0; c < chunks; ++c) {
    const SearchCounts& counts = chunks_[c].counts;
    counts_.transitions += counts.transitions;
    counts_.left += counts.left;
    counts_.tried_alike += counts.tried_alike;
    if (chunks_[c].hit) return chunks_[c].hit;
  }
  return std::nullopt;
}

std::optional<SearchEnd> Search::expand_batch(uint64_t first, uint64_t end) {
  const uint64_t chunks = (end - first + chunk_states - 1) / chunk_states;
  if (chunks_.size() < chunks) chunks_.resize(chunks);
  for (uint64_t c = 0; c < chunks; ++c) {
    const uint64_t from = first + c * chunk_states;
    chunks_[c].reset(from, std::min<uint64_t>(from + chunk_states, end));
  }
  share_out(chunks, [this](World& world, uint64_t c) { expand(world, chunks_[c]); });
  if (const auto hit = add_up(chunks)) {
    path_ = path_to(*hit);
    return SearchEnd::found;
  }
  share_out(Layers::nr_sets,
            [&](World&, uint64_t set) { collect(static_cast<uint32_t>(set), chunks); });
  counts_.states = layers_->states();
  counts_.bytes = layers_->bytes();
  if (options_.progress) options_.progress(counts_);
  if (no_room_) return SearchEnd::memory;
  return is_stopped() ? std::optional(SearchEnd::stopped) : std::nullopt;
}

// ---- a layer

/// States that can be expanded without a transition too many.
uint64_t Search::states_within_limit() const {
  const uint64_t left =
      options_.transitions_max - std::min(options_.transitions_max, counts_.transitions);
  return std::min<uint64_t>(batch_states, left / worlds_.front()->operations());
}

std::optional<SearchEnd> Search::expand_layer() {
  const uint64_t states = layers_->size(layers_->count() - 1);
  if (states > UINT32_MAX) return SearchEnd::memory;
  for (uint64_t first = 0; first < states;) {
    const uint64_t count = std::min(states_within_limit(), states - first);
    if (count == 0) return SearchEnd::transitions;
    if (const auto end = expand_batch(first, first + count)) return end;
    first += count;
  }
  return std::nullopt;
}

void Search::keep_layer() {
  layers_->close();
  counts_.depth = layers_->count() - 1;
  counts_.states = layers_->states();
  counts_.bytes = layers_->bytes();
  if (!options_.folder.empty()) layers_->write_last(options_.folder, counts_);
}

// ---- all of it

void Search::begin() {
  if (!options_.folder.empty()) {
    claim_folder(options_.folder, options_.question);
    while (layers_->read_next(options_.folder, counts_)) {
    }
  }
  transitions_before_ = counts_.transitions;
  if (layers_->count() > 0) return;
  std::vector<uint64_t> code(words_);
  worlds_.front()->start();
  worlds_.front()->pack(code.data());
  const uint64_t hash = hash_of(code);
  if (layers_->set(Layers::set_of(hash)).add(code.data(), hash, 0) == StateSet::Added::no_room) {
    throw std::runtime_error("found no room for a single state, expected a larger --memory");
  }
  keep_layer();
}

SearchEnd Search::go_on() {
  while (layers_->size(layers_->count() - 1) > 0) {
    if (const auto end = expand_layer()) return *end;
    keep_layer();
  }
  return SearchEnd::complete;
}

/// From the first state on, each state is one like that of the layer, and the program one that runs
/// from the beginning.
std::vector<Operation> Search::path_to(const Hit& hit) const {
  const auto world = make_world_();
  const uint32_t last = layers_->count() - 1;
  const std::vector<uint64_t> numbers = layers_->path_to(last, hit.state);
  std::vector<uint64_t> code(words_);
  std::vector<Operation> path;
  const auto take = [&](auto is_it) {
    for (std::size_t i = 0; i < world->operations(); ++i) {
      const Step step = world->step(i, code.data());
      if (!is_it(step)) continue;
      path.push_back(world->go(i));
      return;
    }
    throw std::logic_error("a state that was reached cannot be reached again");
  };
  world->start();
  for (uint32_t layer = 1; layer <= last; ++layer) {
    const uint64_t* to = layers_->code(layer, numbers[layer]);
    take(
        [&](Step step) { return step == Step::moved && std::equal(code.begin(), code.end(), to); });
  }
  take([](Step step) { return step == Step::found; });
  return path;
}

SearchResult Search::run() {
  begin();
  const SearchEnd end = go_on();
  // A last layer without a state says that there are no more.
  const bool last_is_empty = layers_->size(layers_->count() - 1) == 0;
  counts_.depth = layers_->count() - (last_is_empty ? 2 : 1);
  counts_.states = layers_->states();
  counts_.bytes = layers_->bytes();
  return {end, counts_, transitions_before_, path_};
}

}  // namespace

SearchResult search(const MakeWorld& make_world, const SearchOptions& options) {
  return Search(make_world, options).run();
}

}  // namespace spb
