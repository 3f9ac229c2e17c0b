// SPDX-License-Identifier: GPL-2.0-only
//
// A refuted property comes with a program that the engine runs into it; and a changed table, with
// no other edit, makes the right property fail that way.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "program/load.h"
#include "smt/counterexample.h"
#include "smt/edits.h"
#include "smt/judge.h"
#include "smt/report.h"

namespace spb::smt {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(SPB_SOURCE_DIR) / "corpus" / "counterexamples"))
    files.push_back(entry.path());
  return files;
}

TEST(SmtCounterexample, EveryOneInTheCorpusBreaksItsPropertyInItsLastOperation) {
  int files = 0;
  for (const fs::path& file : corpus()) {
    const TextProgram text = *load_program(file.string())->text;
    const std::string variant(variants()[text.program.zone.variant].name);
    EXPECT_EQ(file.filename(), text.property + "." + variant + ".txt");
    const auto finding = judge(text.property, text.program);
    ASSERT_TRUE(finding) << file;
    EXPECT_EQ(finding->operation, text.program.operations.size()) << file;
    ++files;
  }
  EXPECT_GE(files, 10);
}

/// The changed table refutes the property, with a program that the changed engine runs into and the
/// right one does not.
template <class E>
void expect_program(std::string_view id, std::size_t variant) {
  const Property& property = *find_property(id);
  const Subject right = subject_for(property, variant);
  Subject wrong = right;
  E::template apply<Symbolic>(wrong.symbolic);
  E::template apply<Concrete>(wrong.concrete);
  Effort effort;
  effort.size = small_size();
  effort.smaller = smaller_sizes();
  effort.second_opinion = false;
  const Verdict verdict = prove(property, wrong, effort);
  ASSERT_EQ(verdict.outcome, Outcome::refuted) << E::what;
  const auto found = counterexample(property, wrong, verdict);
  ASSERT_TRUE(found) << E::what;
  EXPECT_TRUE(breaks(property.statement, found->program, wrong.concrete)) << E::what;
  const MinimalFinding finding =
      property_finding(id, found->program, found->source, &wrong.concrete);
  EXPECT_EQ(finding.signature.name, id);
  EXPECT_EQ(finding.text.property, id);
  EXPECT_LE(finding.text.program.operations.size(), 12U) << E::what;
  EXPECT_FALSE(breaks(property.statement, found->program, right.concrete)) << E::what;
}

TEST(SmtCounterexample, ADifferentOrderOrGateFailsTheRightPropertyWithAProgram) {
  expect_program<edits::Pass4First>("movable-prefers-clean", 3);
  expect_program<edits::Pass4WithoutReserve>("movable-spares-reserve", 3);
  expect_program<edits::BorrowClaims>("borrow", 4);
  expect_program<edits::WithoutCrossType>("cross-relabel-needs-free", 2);
  expect_program<edits::Without2B>("2d-borrows-at-the-edge", 4);
}

TEST(SmtReport, TheDocumentHoldsTheTableAsItIs) {
  std::ifstream in(fs::path(SPB_SOURCE_DIR) / "docs" / "proofs.md");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_NE(text.str().find(markdown_table()), std::string::npos)
      << "put the output of `spbcheck prove --table` into docs/proofs.md";
}

TEST(SmtReport, ExplainsWhatIsAssumed) {
  const std::string text = explained(*find_property("inline-claim-retry-bit-only"));
  EXPECT_NE(text.find("isolation=bit-only"), std::string::npos) << text;
}

}  // namespace
}  // namespace spb::smt
