// SPDX-License-Identifier: GPL-2.0-only
#include "explore/layers.h"

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "files/whole_file.h"
#include "program/printable.h"

namespace spb {

namespace fs = std::filesystem;

Layers::Layers(std::size_t words, std::size_t memory_max)
    : words_(words), budget_{memory_max, 0}, begins_(1) {
  for (uint32_t i = 0; i < nr_sets; ++i)
    sets_.emplace_back(words, budget_);
}

void Layers::close() {
  std::array<uint32_t, nr_sets> ends{};
  for (uint32_t i = 0; i < nr_sets; ++i)
    ends[i] = sets_[i].size();
  begins_.push_back(ends);
}

uint64_t Layers::size(uint32_t layer) const {
  uint64_t states = 0;
  for (uint32_t i = 0; i < nr_sets; ++i)
    states += begins_[layer + 1][i] - begins_[layer][i];
  return states;
}

Layers::Place Layers::place(uint32_t layer, uint64_t number) const {
  uint32_t set = 0;
  for (;; ++set) {
    const uint32_t here = begins_[layer + 1][set] - begins_[layer][set];
    if (number < here) break;
    number -= here;
  }
  return {set, begins_[layer][set] + static_cast<uint32_t>(number)};
}

const uint64_t* Layers::code(uint32_t layer, uint64_t number) const {
  const Place at = place(layer, number);
  return sets_[at.set].code(at.number);
}

std::vector<uint64_t> Layers::path_to(uint32_t layer, uint64_t number) const {
  std::vector<uint64_t> path(layer + 1);
  for (uint32_t i = layer;; --i) {
    path[i] = number;
    if (i == 0) return path;
    const Place at = place(i, number);
    number = sets_[at.set].before(at.number);
  }
}

uint64_t Layers::states() const {
  uint64_t states = 0;
  for (const StateSet& set : sets_)
    states += set.size();
  return states;
}

// ---- files

namespace {

constexpr std::string_view question_name = "question.txt";
constexpr uint64_t layer_mark = 0x317265796c627073U;  // "spblyer1"

fs::path layer_path(const fs::path& folder, uint32_t layer) {
  const std::string digits = std::to_string(layer);
  return folder /
         ("layer-" + std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits);
}

/// What a layer's file begins with.
struct LayerHeader {
  uint64_t mark = layer_mark;
  uint64_t words = 0;
  uint64_t layer = 0;
  uint64_t transitions = 0;  ///< up to this layer, as what follows
  uint64_t left = 0;
  uint64_t tried_alike = 0;
  std::array<uint64_t, Layers::nr_sets> states{};  ///< of each set
};
static_assert(sizeof(LayerHeader) == 8 * (6 + Layers::nr_sets));

/// Bytes of a file, and what they add up to: the last word says it.
class Sum {
 public:
  void add(const void* bytes, std::size_t size) {
    const auto* at = static_cast<const char*>(bytes);
    for (std::size_t i = 0; i < size; i += 8) {
      uint64_t word = 0;
      std::memcpy(&word, at + i, std::min<std::size_t>(8, size - i));
      sum_ = (sum_ ^ word) * 0x9e3779b97f4a7c15U;
      sum_ ^= sum_ >> 32U;
    }
  }
  uint64_t value() const { return sum_; }

 private:
  uint64_t sum_ = 1;
};

class LayerWriter {
 public:
  explicit LayerWriter(const fs::path& path) : file_(path) {}
  void write(const void* bytes, std::size_t size) {
    sum_.add(bytes, size);
    file_.stream().write(static_cast<const char*>(bytes), static_cast<std::streamsize>(size));
  }
  void finish() {
    const uint64_t sum = sum_.value();
    file_.stream().write(reinterpret_cast<const char*>(&sum), sizeof sum);
    file_.complete();
    file_.name(true);
  }

 private:
  WholeFile file_;
  Sum sum_;
};

class LayerReader {
 public:
  explicit LayerReader(const fs::path& path) : path_(path), stream_(path, std::ios::binary) {}
  void read(void* bytes, std::size_t size) {
    stream_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(size));
    if (!stream_) refuse("the end of the file");
    sum_.add(bytes, size);
  }
  void finish() {
    uint64_t sum = 0;
    stream_.read(reinterpret_cast<char*>(&sum), sizeof sum);
    if (!stream_ || sum != sum_.value()) refuse("another sum of its bytes");
  }
  [[noreturn]] void refuse(const std::string& found) const {
    throw std::runtime_error(printable(path_.string()) + ": found " + found +
                             ", expected a layer that this search wrote; remove it and those "
                             "behind it, and the search does them again");
  }

 private:
  fs::path path_;
  std::ifstream stream_;
  Sum sum_;
};

}  // namespace

void Layers::write_last(const fs::path& folder, const SearchCounts& counts) const {
  const uint32_t layer = count() - 1;
  LayerHeader header;
  header.words = words_;
  header.layer = layer;
  header.transitions = counts.transitions;
  header.left = counts.left;
  header.tried_alike = counts.tried_alike;
  for (uint32_t i = 0; i < nr_sets; ++i)
    header.states[i] = begins_[layer + 1][i] - begins_[layer][i];
  LayerWriter out(layer_path(folder, layer));
  out.write(&header, sizeof header);
  for (uint32_t i = 0; i < nr_sets; ++i) {
    for (uint32_t n = begins_[layer][i]; n < begins_[layer + 1][i]; ++n) {
      const uint64_t before = sets_[i].before(n);
      out.write(sets_[i].code(n), words_ * sizeof(uint64_t));
      out.write(&before, sizeof before);
    }
  }
  out.finish();
}

bool Layers::read_next(const fs::path& folder, SearchCounts& counts) {
  const fs::path path = layer_path(folder, count());
  if (!fs::exists(path)) return false;
  LayerReader in(path);
  LayerHeader header;
  in.read(&header, sizeof header);
  if (header.mark != layer_mark || header.words != words_ || header.layer != count()) {
    in.refuse("another header");
  }
  std::vector<uint64_t> state(words_ + 1);
  for (uint32_t i = 0; i < nr_sets; ++i) {
    for (uint64_t n = 0; n < header.states[i]; ++n) {
      in.read(state.data(), state.size() * sizeof(uint64_t));
      const uint64_t hash = hash_of({state.data(), words_});
      if (set_of(hash) != i) in.refuse("a state in another place");
      const auto before = static_cast<uint32_t>(state[words_]);
      const StateSet::Added added = sets_[i].add(state.data(), hash, before);
      if (added == StateSet::Added::known) in.refuse("a state twice");
      if (added == StateSet::Added::no_room) {
        throw std::runtime_error(printable(path.string()) + ": found more states than " +
                                 std::to_string(budget_.most >> 20U) +
                                 " MB hold, expected a larger --memory");
      }
    }
  }
  in.finish();
  close();
  counts.transitions = header.transitions;
  counts.left = header.left;
  counts.tried_alike = header.tried_alike;
  return true;
}

void claim_folder(const fs::path& folder, const std::string& question) {
  fs::create_directories(folder);
  const fs::path path = folder / question_name;
  if (!fs::exists(path)) {
    if (!fs::is_empty(folder)) {
      throw std::runtime_error(printable(folder.string()) +
                               ": found other files, expected a new folder, an empty one, or one "
                               "that a search made");
    }
    write_whole(path, question);
    return;
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string found((std::istreambuf_iterator<char>(stream)), {});
  if (found == question) return;
  throw std::runtime_error(printable(path.string()) + ": found the search of\n" + printable(found) +
                           "\nexpected that of\n" + question);
}

}  // namespace spb
