// SPDX-License-Identifier: GPL-2.0-only
#include "trace/recording.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "trace/snapshot.h"
#include "trace/trace_reader.h"
#include "trace/zone_map.h"

namespace spb::trace {

namespace {

/// The files of a recording, each opened; null where an optional one is missing.
struct Readers {
  std::unique_ptr<LineReader> trace;
  std::unique_ptr<LineReader> free_before;
  std::unique_ptr<LineReader> free_after;
  std::unique_ptr<LineReader> zoneinfo;
  std::unique_ptr<LineReader> pagetypeinfo;
};

/// Index of the zone that was asked for; zones.size() for all.
std::size_t index_of_zone(const std::vector<RecordedZone>& zones, const std::string& name,
                          const std::string& file) {
  if (name.empty()) return zones.size();
  Names names;
  for (const RecordedZone& zone : zones)
    names.push_back(zone.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  throw InputError(file, 0, {"no zone " + spb::quoted(name), alternatives(names)});
}

/// Events of a zone, of which one may be several entries, all of one line.
void count_as_other_zone(const RecordedZone& zone, LineCounts& counts) {
  uint32_t line = 0;
  for (const Entry& entry : zone.entries) {
    if (entry.line == line) continue;
    line = entry.line;
    const bool of_caller =
        entry.by_caller || entry.kind == EntryKind::allocated || entry.kind == EntryKind::freed;
    --(of_caller ? counts.of_callers : counts.of_lists);
    ++counts.other_zones;
  }
}

/// Leaves one zone; what the others had is counted.
void keep_zone(Recording& recording, std::size_t index) {
  if (index >= recording.zones.size()) return;
  for (std::size_t z = 0; z < recording.zones.size(); ++z) {
    if (z != index) count_as_other_zone(recording.zones[z], recording.counts);
  }
  std::vector<RecordedZone> kept;
  kept.push_back(std::move(recording.zones[index]));
  recording.zones = std::move(kept);
}

void read_second_snapshot(LineReader& reader, Recording& recording, ZoneMap& map) {
  recording.has_after = true;
  recording.counts.shared_blocks +=
      read_snapshot(reader, recording.kernel, map, &RecordedZone::free_after);
  const auto has_block = [](const RecordedZone& zone) { return !zone.free_after.empty(); };
  if (std::any_of(recording.zones.begin(), recording.zones.end(), has_block)) return;
  throw InputError(reader.name(), 0,
                   {"no free block",
                    "one at least; leave the file out where there is no second "
                    "snapshot"});
}

Recording read_all(std::string name, const Readers& files, const RecordingOptions& options,
                   const RecordingLimits& limits) {
  Recording recording;
  recording.name = std::move(name);
  if (files.pagetypeinfo) recording.kernel = read_kernel(*files.pagetypeinfo);
  recording.zones = read_zones(*files.zoneinfo, limits);
  const std::string& zoneinfo = files.zoneinfo->name();
  const std::size_t chosen = index_of_zone(recording.zones, options.zone, zoneinfo);
  ZoneMap map(recording.zones, chosen, zoneinfo);
  recording.counts.shared_blocks +=
      read_snapshot(*files.free_before, recording.kernel, map, &RecordedZone::free_before);
  if (files.free_after) read_second_snapshot(*files.free_after, recording, map);
  read_trace(*files.trace, recording, map, options, limits);
  keep_zone(recording, chosen);
  return recording;
}

std::unique_ptr<LineReader> open_optional(const std::filesystem::path& folder,
                                          std::string_view name) {
  const std::filesystem::path file = plain_or_xz(folder, name);
  return file.empty() ? nullptr : std::make_unique<LineReader>(file);
}

/// What the tracers leave is binary, and only they read it.
void refuse_binary_trace(const std::filesystem::path& folder) {
  constexpr std::pair<std::string_view, std::string_view> tracers[] = {
      {"trace.dat", "trace-cmd report trace.dat > trace.txt"},
      {"perf.data", "perf script -i perf.data > trace.txt"}};
  for (const auto& [file, command] : tracers) {
    if (!is_there(folder / file)) continue;
    throw InputError((folder / file).string(), 0,
                     {"a binary trace, which is not read", "text: " + std::string(command)});
  }
}

std::unique_ptr<LineReader> open_needed(const std::filesystem::path& folder,
                                        std::string_view name) {
  const std::filesystem::path file = plain_or_xz(folder, name);
  if (file.empty() && name == "trace.txt") refuse_binary_trace(folder);
  std::error_code ignored;
  const bool plain = std::filesystem::is_regular_file(file, ignored) && file.extension() != ".xz";
  if (plain && std::filesystem::is_empty(file, ignored)) {
    throw InputError(file.string(), 0, {"an empty file", "a part of a recording"});
  }
  if (auto reader = open_optional(folder, name)) return reader;
  throw InputError(folder.string(), 0,
                   {"neither " + std::string(name) + " nor " + std::string(name) + ".xz",
                    "the folder of a recording: trace.txt, freeblocks.before and zoneinfo.before"});
}

std::string_view& text_named(std::string_view name, RecordingTexts& texts,
                             const LineReader& reader) {
  const std::array<std::pair<std::string_view, std::string_view*>, 5> files = {{
      {"trace.txt", &texts.trace},
      {"freeblocks.before", &texts.free_before},
      {"freeblocks.after", &texts.free_after},
      {"zoneinfo.before", &texts.zoneinfo},
      {"pagetypeinfo.before", &texts.pagetypeinfo},
  }};
  for (const auto& [file_name, file] : files) {
    if (file_name == name && file->data() == nullptr) return *file;
  }
  reader.refuse({quoted(name), "the name of a file of a recording, each once"});
}

std::unique_ptr<LineReader> over_text(std::string_view text, std::string name, bool optional) {
  if (optional && text.empty()) return nullptr;
  return std::make_unique<LineReader>(text, std::move(name));
}

}  // namespace

RecordingTexts split_recording(std::string_view text) {
  constexpr std::string_view heading = "=== ";
  RecordingTexts texts;
  std::string_view* file = nullptr;
  // A file ends where the next line begins, so that it keeps its last line end.
  const auto reaches_to = [&](const char* end) {
    if (file && file->data()) *file = {file->data(), static_cast<std::size_t>(end - file->data())};
  };
  LineReader reader(text, "recording");
  std::string_view line;
  while (reader.next(line)) {
    reaches_to(line.data());
    if (line.starts_with(heading)) {
      file = &text_named(line.substr(heading.size()), texts, reader);
    } else if (file == nullptr) {
      reader.refuse({quoted(line), "`=== trace.txt` or another file"});
    } else if (file->data() == nullptr) {
      *file = line;
    }
  }
  reaches_to(text.data() + text.size());
  return texts;
}

Recording load_recording(const std::filesystem::path& folder, const RecordingOptions& options,
                         const RecordingLimits& limits) {
  Readers files;
  files.trace = open_needed(folder, "trace.txt");
  files.free_before = open_needed(folder, "freeblocks.before");
  files.free_after = open_optional(folder, "freeblocks.after");
  files.zoneinfo = open_needed(folder, "zoneinfo.before");
  files.pagetypeinfo = open_optional(folder, "pagetypeinfo.before");
  return read_all(folder.string(), files, options, limits);
}

Recording read_recording(const RecordingTexts& texts, const RecordingOptions& options,
                         const RecordingLimits& limits) {
  Readers files;
  files.trace = over_text(texts.trace, "trace.txt", false);
  files.free_before = over_text(texts.free_before, "freeblocks.before", false);
  files.free_after = over_text(texts.free_after, "freeblocks.after", true);
  files.zoneinfo = over_text(texts.zoneinfo, "zoneinfo.before", false);
  files.pagetypeinfo = over_text(texts.pagetypeinfo, "pagetypeinfo.before", true);
  return read_all("recording", files, options, limits);
}

}  // namespace spb::trace
