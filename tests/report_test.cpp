// SPDX-License-Identifier: GPL-2.0-only
//
// A run's record and its forms, each read by somebody else's parser: Python's for JSON, its schema
// and XML, a browser for the page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string zone = "zone superpageblocks=1 pageblocks=4 pageblock_order=1 variant=mainline\n";
const std::string fails = zone + "a = rmqueue order=1 mt=MOVABLE  expect outcome=none\n";
const std::string holds = zone + "a = rmqueue order=1 mt=MOVABLE  expect outcome=page\n";

const std::string begin =
    "run\tmode\tonce\nrun\tcommand\tci/campaign <&%|\"'\nrun\tbegan\t1000\n"
    "step\t2\t0\tcorpus <&> # 1\nengine\tlibfuzzer\t4\t-\t-\n"
    "sample\tlibfuzzer\t7\t1003\t50\t900\t3\t-\nsample\tlibfuzzer\t8\t1004.5\t20\t100\t4\t-\n"
    "sample\tsimulate\t9\t1005\t30\t800\t-\t77\n"
    "reach\tmainline\tpass\tCLAIM\t3\t-\nreach\tmainline\tpass\tCLAIM\t4\t-\n"
    "reach\tmainline\tpass\tSTEAL\t0\tno way\n"
    "proof\ttaint\tmainline\tproven\tproven\t0.05\ncorpus\t12\nchance\t1.5e-05\n";
const std::string end = "run\tended\t1010\nrun\tstatus\t";

class Report : public VerbFolder {
 protected:
  Report() {
    write("found/a <&%|#\".txt", fails);
    write("notes", begin + "finding\tnew\tfound/a <&%|#\".txt\n" + end + "1\n");
    write("good", begin + end + "0\n");
    EXPECT_EQ(spbcheck("report --form json notes --to record.json").status, 0);
    EXPECT_EQ(spbcheck("report --form json good --to good.json").status, 0);
  }

  // What python3 prints of it; `text` is the form's.
  std::string python(const std::string& form, const std::string& record,
                     const std::string& code) const {
    write("code.py",
          "import sys, json, xml.etree.ElementTree as xml\ntext = "
          "open('form', encoding='utf-8').read()\n" +
              code);
    const auto made =
        spbcheck("report --form " + form + " " + record + " --to form && python3 code.py");
    EXPECT_EQ(made.status, 0) << made.text;
    return made.text;
  }

  CommandOutcome validated(const std::string& record) const {
    return bash(
        "python3 -W ignore -c 'import json, jsonschema, sys\n"
        "jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' " +
        record + " " SPB_SOURCE_DIR "/docs/record.schema.json");
  }
};

TEST_F(Report, MakesARecordOfNotes) {
  EXPECT_THAT(python("json", "record.json", R"py(
r = json.loads(text)
print(r["version"], r["run"]["seconds"], r["run"]["status"], r["engines"][0], len(r["reach"]))
told = [(s["seconds"], s["executions"], s.get("rows")) for s in r["samples"]]
print(told, r["reach"][0]["count"])
print(r["findings"][0]["invariants"], r["findings"][0]["line"], r["findings"][0]["operation"]))py"),
              AllOf(HasSubstr("1 10.0 1 {'name': 'libfuzzer', 'seconds': 4.0, 'executions': 70, "
                              "'operations': 1000} 2\n"),
                    HasSubstr("[(3.0, 50, 3), (4.5, 70, 4), (5.0, 30, None)] 7\n"),
                    HasSubstr("['expectation'] 2 rmqueue\n")));
}

// Whoever was ended in the middle of a line has not said it.
TEST_F(Report, ReadsTheNotesOfARunThatWasEnded) {
  write("ended", begin + "corpus\t99");
  EXPECT_THAT(python("json", "ended", R"py(
r = json.loads(text)
print("status" in r["run"], r["run"]["seconds"], r["corpus_programs"]))py"),
              HasSubstr("False 5.0 12\n"));
  EXPECT_THAT(spbcheck("report --form ktap ended").text,
              HasSubstr("# it was ended before\nnot ok 4 run: comes to its end\n"));
}

TEST_F(Report, RefusesNotesThatItCannotRead) {
  write("bad", begin + "corpus\tmany\n");
  EXPECT_THAT(spbcheck("report bad").text,
              AllOf(HasSubstr("bad:15"), HasSubstr("found 'many', expected a number")));
  write("bad", begin + "corpse\t1\n");
  EXPECT_THAT(spbcheck("report bad").text, HasSubstr("found 'corpse', expected a word of a note"));
  write("bad", begin + "corpus\t1\t2\n");
  EXPECT_THAT(spbcheck("report bad").text, HasSubstr("found 2 fields, expected 1"));
  EXPECT_EQ(spbcheck("report nothing-there").status, 2);
}

TEST_F(Report, RecordsKeepToTheSchema) {
  EXPECT_EQ(validated("record.json").status, 0) << validated("record.json").text;
  EXPECT_EQ(validated("good.json").status, 0);
  EXPECT_EQ(spbcheck("report --form json record.json").text, read("record.json"));
}

// The program and Python's validator refuse the same.
TEST_F(Report, RefusesABrokenRecordAndSaysWhere) {
  const std::pair<std::string, std::string> breaks[] = {
      {"s/\"version\": 1/\"version\": 2/", "found 2 at /version, expected 1"},
      {"s/\"state\": \"new\"/\"state\": \"old\"/",
       "found \"old\" at /findings/0/state, expected one of "
       "[\"new\",\"known\",\"fixed\",\"again\"]"},
      {"s/\"count\": 7/\"count\": -7/", "found -7 at /reach/0/count, expected 0 or more"},
      {"s/\"count\": 7/\"count\": \"7\"/",
       "found \"7\" at /reach/0/count, expected a value of type integer"},
      {"s/\"found\"/\"lost\"/; s/\"outcome\"/\"outcame\"/",
       "found no \"outcome\" at /proofs/0, expected one"},
      {"s/\"corpus_programs\"/\"corpse\"/",
       "found an unknown \"corpse\" at its top, expected no such member"},
  };
  for (const auto& [edit, said] : breaks) {
    EXPECT_EQ(bash("sed '" + edit + "' record.json >broken.json").status, 0);
    const CommandOutcome outcome = spbcheck("report broken.json");
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.text, AllOf(HasSubstr("broken.json: "), HasSubstr(said)));
    EXPECT_NE(validated("broken.json").status, 0) << edit;
  }
  EXPECT_EQ(bash("head -n 3 record.json >broken.json").status, 0);
  EXPECT_THAT(spbcheck("report broken.json").text, HasSubstr("broken.json:4:1: found its end"));
  EXPECT_EQ(spbcheck("report --form word record.json").status, 2);
}

TEST_F(Report, MarkdownHasTheFindingAndItsCommand) {
  const std::string bad = spbcheck("report record.json").text;
  EXPECT_THAT(bad,
              AllOf(StartsWith("## spbcheck: 1 new finding\n"),
                    HasSubstr("| new | expectation (outcome=none, found page) | expectation |"),
                    HasSubstr("<code>ci/campaign &lt;&amp;%&#124;"), Not(HasSubstr("<&"))));
  EXPECT_THAT(spbcheck("report good.json").text, StartsWith("## spbcheck: nothing new\n"));
}

TEST_F(Report, AnnotationsAreALineEach) {
  EXPECT_EQ(spbcheck("report --form github record.json").text,
            "::error file=found/a <&%25|#\".txt,line=2,title=new%3A expectation (outcome=none%2C "
            "found page) in mainline::expected outcome=none, found outcome=page%0Aagain: spbcheck "
            "reproduce 'found/a <&%25|#\".txt'\n::notice title=spbcheck::1 new finding\n");
  EXPECT_EQ(spbcheck("report --form github good.json").text,
            "::notice title=spbcheck::nothing new\n");
}

TEST_F(Report, JunitCountsItsFailures) {
  const std::string count = R"py(
root = xml.fromstring(text.encode())
print(root.get("name"), [(s.get("name"), s.get("tests"), s.get("failures"),
  len(s.findall("testcase")), len(s.findall("testcase/failure"))) for s in root])
for f in root.iter("failure"): print(f.get("message")))py";
  EXPECT_THAT(python("junit", "record.json", count),
              AllOf(HasSubstr("ci/campaign <&%|\"' [('steps', '1', '0', 1, 0), ('findings', '1', "
                              "'1', 1, 1), ('proofs', '1', '0', 1, 0)]\n"),
                    HasSubstr("program: found/a <&%|#\".txt\n")));
  EXPECT_THAT(python("junit", "good.json", count), HasSubstr("('findings', '1', '0', 1, 0)"));
}

TEST_F(Report, SarifHasTheInvariantAsTheRule) {
  const std::string tell = R"py(
log = json.loads(text)
run = log["runs"][0]
print(log["version"], [r["id"] for r in run["tool"]["driver"]["rules"]], len(run["results"]))
for r in run["results"]:
  place = r["locations"][0]["physicalLocation"]
  rule = run["tool"]["driver"]["rules"][r["ruleIndex"]]
  print(rule["id"] == r["ruleId"], r["level"], r["baselineState"],
    place["artifactLocation"]["uri"], place["region"]["startLine"],
    len(r["partialFingerprints"]["spbcheck/v1"])))py";
  EXPECT_THAT(python("sarif", "record.json", tell),
              AllOf(HasSubstr("2.1.0 ['expectation'] 1\n"),
                    HasSubstr("True error new found/a%20%3C%26%25%7C%23%22.txt 2 16\n")));
  EXPECT_THAT(python("sarif", "good.json", tell), HasSubstr("2.1.0 [] 0\n"));
}

TEST_F(Report, KtapIsOneLineACase) {
  EXPECT_EQ(spbcheck("report --form ktap record.json").text,
            "KTAP version 1\n# ci/campaign <&%|\"'\n1..3\nok 1 steps: corpus <&> \\# 1\n"
            "# expected outcome=none, found outcome=page\n# program: found/a <&%|#\".txt\n"
            "# again: spbcheck reproduce 'found/a <&%|#\".txt'\n"
            "not ok 2 findings: expectation (outcome=none, found page) in mainline "
            "[a043389a01970c03]\nok 3 proofs: taint in mainline\n"
            "# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:0 error:0\n");
  EXPECT_THAT(spbcheck("report --form ktap good.json").text,
              AllOf(HasSubstr("\nok 2 findings: nothing new\n"), Not(HasSubstr("not ok"))));
}

// The same however long the program is, and another where another operation shows it.
TEST_F(Report, FingerprintsOutliveShrinking) {
  write("found/long.txt", zone + "b = rmqueue order=0 mt=MOVABLE\nfree b\n" +
                              "a = rmqueue order=1 mt=MOVABLE  expect outcome=none\n");
  write("found/other.txt", zone + "a = rmqueue order=1 mt=MOVABLE\nfree a expect outcome=none\n");
  write("many", begin + "finding\tnew\tfound/a <&%|#\".txt\nfinding\tknown\tfound/long.txt\n" +
                    "finding\tknown\tfound/other.txt\n" + end + "1\n");
  EXPECT_THAT(python("json", "many", R"py(
a, b, c = [f["fingerprint"] for f in json.loads(text)["findings"]]
print(a == b, a == c))py"),
              HasSubstr("True False\n"));
}

TEST_F(Report, WhatBreaksNoLongerIsFixedAndWhatCannotBeReadIsStillOne) {
  write("found/free-lists-12345678.txt", holds);
  write("found/torn-1.txt", "zone superp");
  write("many", begin + "finding\tknown\tfound/free-lists-12345678.txt\n" +
                    "finding\tknown\tfound/torn-1.txt\n" + end + "0\n");
  EXPECT_THAT(
      python("json", "many", R"py(
for f in json.loads(text)["findings"]: print(f["state"], f["invariant"], f["clause"]))py"),
      AllOf(HasSubstr("fixed free-lists no longer\n"), HasSubstr("known torn cannot be run\n")));
}

// ---- the verbs' own notes

TEST_F(Report, VerbsTakeNotesOfWhatTheyDo) {
  write("p.txt", holds);
  const auto outcome = bash(
      "printf 'run\\tmode\\tonce\\nrun\\tbegan\\t%s\\n' \"$(date +%s)\" >n; export SPB_NOTES=n\n"
      "\"$SPBCHECK\" run p.txt; \"$SPBCHECK\" simulate --lives 8 --to found\n"
      "\"$SPBCHECK\" prove --variant mainline movable-spares-reserve");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(python("json", "n", R"py(
r = json.loads(text)
print(len([x for x in r["reach"] if x["count"] > 0]) > 0, r["proofs"][0]["outcome"])
last = r["samples"][-1]
print(last["engine"], last["executions"] > 8, last["operations"] > 100, last["cells"] > 10,
  r["chance_of_more"] > 0))py"),
              AllOf(HasSubstr("True refuted\n"), HasSubstr("simulate True True True True\n")));
}

// ---- the page

class Page : public Report {
 protected:
  // The document as the browser has it; `complaints` is what it said of the page and of itself.
  CommandOutcome browse(const std::string& page, const std::string& options) const {
    return bash(
        "HOME=$PWD timeout 100 chromium --headless --no-sandbox --disable-gpu "
        "--disable-background-networking --disable-component-update --enable-logging=stderr "
        "--user-data-dir=$PWD/profile --window-size=1000,2400 " +
        options + " file://$PWD/" + page + " 2>complaints");
  }
};

TEST_F(Page, ShowsEveryPlotAndAsksForNothing) {
  write("results.csv",
        "fault,engine,start,seed,seconds,found,budget\nx,afl,corpus,1,0.5,1,60\nx,afl,corpus,2,60,"
        "0,60\n");
  write("all", begin + "hunts\tresults.csv\nfinding\tnew\tfound/a <&%|#\".txt\n" + end + "1\n");
  ASSERT_EQ(spbcheck("report --form html all --to page.html").status, 0);
  const CommandOutcome seen = browse("page.html", "--dump-dom");
  EXPECT_EQ(seen.status, 0) << seen.text;
  for (const std::string plot : {"reach", "cells", "executions", "findings", "proofs", "hunts"}) {
    EXPECT_THAT(seen.text, AllOf(HasSubstr("<svg id=\"" + plot + "\" "),
                                 HasSubstr("<title id=\"" + plot + "-t\">"),
                                 HasSubstr("<desc id=\"" + plot + "-d\">")));
  }
  EXPECT_THAT(seen.text, AllOf(HasSubstr("time since the run began, seconds"),
                               HasSubstr("processor time, seconds (logarithmic)"),
                               HasSubstr("spbcheck reproduce 'found/a &lt;&amp;%|#")));
  EXPECT_THAT(seen.text, AllOf(Not(HasSubstr("http://")), Not(HasSubstr("https://")),
                               Not(HasSubstr("<script"))));
  EXPECT_THAT(read("complaints"), Not(HasSubstr("CONSOLE")));
  EXPECT_EQ(browse("page.html", "--screenshot=page.png").status, 0);
  EXPECT_EQ(read("page.png").substr(1, 3), "PNG");
  // A request that a page is not to make shows as a complaint.
  EXPECT_EQ(
      bash("sed 's|<body>|<body><img src=\"http://127.0.0.1:1/x.png\">|' page.html >asks.html")
          .status,
      0);
  EXPECT_EQ(browse("asks.html", "--dump-dom").status, 0);
  EXPECT_THAT(read("complaints"), HasSubstr("CONSOLE"));
}

TEST_F(Page, SaysWhatIsNotThere) {
  const std::string page = spbcheck("report --form html good.json").text;
  EXPECT_THAT(page, AllOf(HasSubstr("<h1 class=\"verdict good\">nothing new</h1>"),
                          HasSubstr("None: all that was asked holds."),
                          HasSubstr("ci/time-to-find does it")));
}

// ---- in a job

TEST_F(Report, AJobGetsEveryForm) {
  write("run/notes", begin + "finding\tnew\tfound/a <&%|#\".txt\n" + end + "1\n");
  const auto outcome = bash("F=$PWD/run; cd '" + folder_.string() +
                            "'; sed -i \"s|found/|$PWD/found/|\" run/notes\n"
                            "GITHUB_ACTIONS=1 GITHUB_STEP_SUMMARY=$PWD/summary '" SPB_SOURCE_DIR
                            "/ci/reports' \"$SPBCHECK\" $F");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, StartsWith("::error file="));
  EXPECT_THAT(read("summary"), StartsWith("## spbcheck: 1 new finding\n"));
  for (const std::string form :
       {"report.md", "report.html", "junit.xml", "report.sarif", "report.ktap"})
    EXPECT_TRUE(exists("run/" + form)) << form;
  EXPECT_EQ(run_command("'" SPB_SOURCE_DIR "/ci/reports' '" SPB_PROGRAM "' '" + folder_.string() +
                        "/none'")
                .status,
            2);
}

}  // namespace
}  // namespace spb::test
