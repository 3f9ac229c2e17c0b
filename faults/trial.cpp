// SPDX-License-Identifier: GPL-2.0-only
// What checks say of the model as it was built: `spb_trial programs FILE...` runs programs,
// `spb_trial golden FOLDER` replays golden vectors. It prints a line for each thing that does not
// hold, of fields parted by tabs:
//   first  WHAT CLAUSE OPERATION FILE   what a run ends at: an invariant, or `expectation`, `known`
//                                       (a program of corpus/known that breaks nothing), a signal
//   sees   INVARIANT OPERATION FILE     an invariant that breaks where nothing else counts
//   kernel CHECK OPERATION FILE         what the kernel itself would have seen
//   golden FOLDER VECTORS LINE          vectors that differ, and the first of them
// Each program runs in a process of its own: a fault may end it. Exit status 2 for a
// wrong call, and 1 where there is no witness.
// `spb_trial witness NAME FILE...` prints the smallest program that minimizing one of these gives.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "invariants/clauses.h"
#include "program/finding.h"
#include "program/load.h"
#include "program/run.h"
#include "trace/golden_replay.h"
#include "trace/golden_spb_replay.h"

namespace {

using namespace spb;

// A run takes milliseconds.
constexpr unsigned run_seconds_max = 10;

/// What the kernel checks while it runs: the four bounds of the series' spb_debug_check(), the
/// warnings about a free chunk whose pageblock is of another type than its list
/// (__add_to_free_list(), __del_page_from_free_list(), expand()), and the one about a HIGHATOMIC
/// reserve that has fewer pages than leave it.
struct KernelCheck {
  std::string_view name;
  std::optional<Judged> same_as;
};
const std::array kernel_checks{
    KernelCheck{"spb_debug_check", Judged{InvariantId::counter_balance, clauses::above_total.name}},
    KernelCheck{"VM_WARN-list", Judged{InvariantId::free_lists, clauses::wrong_list.name}},
    KernelCheck{"WARN-reserve", std::nullopt},
};

class Trial : RunListener {
 public:
  explicit Trial(const std::string& path) : path_(path), program_(load_program(path)) {}

  void run_all() {
    const std::optional<Finding> finding = run_once({Checks::both, true}, true);
    if (finding) {
      tell_first(*finding);
    } else if (breaks_known() && known_ == 0) {
      std::printf("first\tknown\t-\t0\t%s\n", path_.c_str());
    }
    std::fflush(stdout);
    // An expectation that fails says nothing of what follows.
    for (const InvariantInfo& invariant : invariant_infos())
      ask("sees", invariant.name, Judged{invariant.id, {}});
    for (const KernelCheck& check : kernel_checks) {
      if (check.same_as) ask("kernel", check.name, *check.same_as);
    }
    if (warned_) std::printf("kernel\tWARN-reserve\t%llu\t%s\n", warned_, path_.c_str());
    std::fflush(stdout);
  }

 private:
  bool breaks_known() const { return path_.find("corpus/known/") != std::string::npos; }

  std::optional<Finding> run_once(RunOptions options, bool with_expectations) {
    program_->source->rewind();
    Runner runner(program_->zone, options);
    const TextProgram* text = program_->text && with_expectations ? &*program_->text : nullptr;
    auto finding = run(runner, *program_->source, text, this);
    known_ = runner.counts().known_violations();
    return finding;
  }

  bool ran(uint64_t number, const Operation&, const Runner& runner) override {
    for (const Event& event : runner.zone().events) {
      const bool warns = event.kind == EventKind::highatomic_unreserved && event.b != 0;
      if (warns && warned_ == 0) warned_ = number;
    }
    return true;
  }

  void tell_first(const Finding& finding) const {
    const std::string what =
        finding.violation ? std::string(info(finding.violation->id).name) : "expectation";
    const std::string clause =
        finding.violation ? std::string(finding.violation->clause) : std::string("-");
    std::printf("first\t%s\t%s\t%llu\t%s\n", what.c_str(), clause.c_str(),
                static_cast<unsigned long long>(finding.operation), path_.c_str());
  }

  void ask(const char* kind, std::string_view name, const Judged& judged) {
    RunOptions options{Checks::both, true};
    options.only = judged;
    const auto finding = run_once(options, false);
    if (!finding) return;
    std::printf("%s\t%s\t%llu\t%s\n", kind, std::string(name).c_str(),
                static_cast<unsigned long long>(finding->operation), path_.c_str());
    std::fflush(stdout);
  }

  const std::string& path_;
  std::unique_ptr<LoadedProgram> program_;
  uint64_t known_ = 0;
  unsigned long long warned_ = 0;
};

/// Whether it ended by itself.
void run_apart(const std::string& path) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(run_seconds_max);
    try {
      Trial(path).run_all();
      std::fflush(stdout);
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "spb_trial: %s: %s\n", path.c_str(), error.what());
      _exit(2);
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const bool late = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
  const std::string what = late ? "no-end"
                           : WIFSIGNALED(status)
                               ? "SIG" + std::string(sigabbrev_np(WTERMSIG(status)))
                               : "trouble";
  std::printf("first\t%s\t-\t-\t%s\n", what.c_str(), path.c_str());
}

/// Of what the program breaks; shorter is better.
void keep_smaller(const std::string& path, std::optional<MinimalFinding>& best) {
  const auto program = load_program(path);
  if (!program->text) return;
  auto found = minimise_finding(*program->text, {Checks::both, true});
  if (!found) return;
  const auto size = [](const MinimalFinding& one) { return print_text(one.text).size(); };
  if (!best || size(*found) < size(*best)) best = std::move(found);
}

bool print_witness(const std::string& fault, const std::vector<std::string>& paths) {
  std::optional<MinimalFinding> best;
  for (const std::string& path : paths)
    keep_smaller(path, best);
  if (!best) return false;
  std::erase_if(best->text.lines,
                [](const TextLine& line) { return line.kind == TextLine::Kind::blank; });
  std::printf("# SPDX-License-Identifier: GPL-2.0-only\n# With the fault %s: %s.\n%s",
              fault.c_str(), signature_text(best->signature).c_str(),
              print_text(best->text).c_str());
  return true;
}

bool differs(const std::filesystem::path& file, std::string& line) {
  using namespace spb::trace;
  const GoldenResult result = is_golden_spb(file) ? replay_golden_spb(read_golden_spb(file))
                                                  : replay_golden(read_golden(file));
  if (!result.difference) return false;
  line = file.filename().string() + ":" + std::to_string(result.difference->line);
  return true;
}

void replay_folder(const std::string& folder) {
  int count = 0;
  std::string first;
  for (const std::filesystem::path& file : trace::golden_files(folder)) {
    std::string line;
    if (differs(file, line) && count++ == 0) first = line;
  }
  if (count > 0) std::printf("golden\t%s\t%d\t%s\n", folder.c_str(), count, first.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view verb = argc > 2 ? argv[1] : "";
  if (verb == "witness") return print_witness(argv[2], {argv + 3, argv + argc}) ? 0 : 1;
  for (int i = 2; i < argc; ++i)
    verb == "golden" ? replay_folder(argv[i]) : run_apart(argv[i]);
  return verb == "golden" || verb == "programs" ? 0 : 2;
}
