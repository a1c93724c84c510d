#include "bench/harness/journal.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A plan as people write it, with white space that the journal does not keep.
constexpr char kPlan[] = "{\"items\": [1, 2],\n \"version\": 1}\n";
constexpr char kPlanInJournal[] = R"({"items":[1,2],"version":1})";

JournalHeader Header(std::string plan = kPlan) {
  JournalHeader header;
  header.plan = std::move(plan);
  header.mode = {{"device", "fake"}, {"threads", "1"}};
  header.settings = {{"budget_s", "60"}};
  header.provenance = {{"cpu_model", "imaginary"}};
  return header;
}

Visit SomeVisit(const std::string& id, int pass) {
  Visit visit;
  visit.id = id;
  visit.pass = pass;
  visit.samples_ms = {1.25, 0.1, 3e-6};
  visit.warmup_runs = 4;
  visit.warmup_stop = "stable";
  visit.stop = "narrow";
  visit.prepare_s = 0.25;
  visit.wall_s = 0.5;
  return visit;
}

class JournalTest : public ::testing::Test {
 protected:
  std::string Text() { return ReadFile(path_).value(); }
  void SetText(const std::string& text) { ASSERT_OK(WriteFileAtomically(path_, text)); }

  // A journal with two visits.
  void WriteTwo() {
    ASSERT_OK_AND_ASSIGN(Journal journal, Journal::Open(path_, Header()));
    ASSERT_OK(journal.Append(SomeVisit("a", 0)));
    ASSERT_OK(journal.Append(SomeVisit("b", 0)));
  }

  test::TempFolder folder_;
  std::string path_ = folder_.path() + "/j.jsonl";
};

// Everything written comes back.
TEST_F(JournalTest, RoundTrip) {
  Visit failed;
  failed.id = "c";
  failed.pass = 1;
  failed.outcome = Outcome::kOom;
  failed.message = "say \"no\"\nmemory \xff";
  {
    ASSERT_OK_AND_ASSIGN(Journal journal, Journal::Open(path_, Header()));
    EXPECT_FALSE(journal.resumed());
    EXPECT_THAT(journal.TakeVisits(), IsEmpty());
    ASSERT_OK(journal.Append(SomeVisit("a", 0)));
    ASSERT_OK(journal.Append(failed));
  }
  ASSERT_OK_AND_ASSIGN(const JournalContent content, ReadJournal(path_));
  EXPECT_EQ(content.header.plan, kPlanInJournal);
  EXPECT_EQ(content.header.PlanHash(), Header().PlanHash());
  EXPECT_EQ(content.header.mode, Header().mode);
  EXPECT_EQ(content.header.settings, Header().settings);
  EXPECT_EQ(content.header.provenance, Header().provenance);
  ASSERT_THAT(content.visits, SizeIs(2));
  EXPECT_EQ(content.visits[0].id, "a");
  EXPECT_EQ(content.visits[0].samples_ms, SomeVisit("a", 0).samples_ms);
  EXPECT_EQ(content.visits[0].warmup_runs, 4u);
  EXPECT_EQ(content.visits[0].stop, "narrow");
  EXPECT_EQ(content.visits[0].prepare_s, 0.25);
  EXPECT_EQ(content.visits[1].outcome, Outcome::kOom);
  EXPECT_EQ(content.visits[1].pass, 1);
  EXPECT_THAT(content.visits[1].message, HasSubstr("say \"no\"\nmemory"));
}

// Opening it again finds the visits, keeps the first run's header and appends behind them.
TEST_F(JournalTest, Resumes) {
  WriteTwo();
  JournalHeader later = Header();
  later.settings = {{"budget_s", "5"}};
  {
    ASSERT_OK_AND_ASSIGN(Journal journal, Journal::Open(path_, later));
    EXPECT_TRUE(journal.resumed());
    EXPECT_EQ(journal.header().settings, Header().settings);
    EXPECT_THAT(journal.TakeVisits(), SizeIs(2));
    ASSERT_OK(journal.Append(SomeVisit("c", 0)));
  }
  ASSERT_OK_AND_ASSIGN(const JournalContent content, ReadJournal(path_));
  ASSERT_THAT(content.visits, SizeIs(3));
  EXPECT_EQ(content.visits[2].id, "c");
}

// Wherever a crash cuts the text, resuming finds the whole lines before the cut and goes on well.
TEST_F(JournalTest, SurvivesACutAnywhere) {
  WriteTwo();
  const std::string whole = Text();
  const size_t header_end = whole.find('\n') + 1;
  const size_t first_end = whole.find('\n', header_end) + 1;
  std::vector<size_t> cuts = {header_end - 1, header_end, first_end - 1, first_end};
  for (size_t cut = 0; cut < whole.size(); cut += 37) cuts.push_back(cut);
  for (const size_t cut : cuts) {
    SetText(whole.substr(0, cut));
    const size_t expected = cut < first_end ? 0 : 1;
    {
      ASSERT_OK_AND_ASSIGN(Journal journal, Journal::Open(path_, Header()));
      EXPECT_EQ(journal.resumed(), cut >= header_end) << cut;
      ASSERT_THAT(journal.TakeVisits(), SizeIs(expected)) << cut;
      ASSERT_OK(journal.Append(SomeVisit("z", 0)));
    }
    ASSERT_OK_AND_ASSIGN(const JournalContent content, ReadJournal(path_));
    ASSERT_THAT(content.visits, SizeIs(expected + 1)) << cut;
    EXPECT_EQ(content.visits.back().id, "z");
  }
}

// A journal of another plan or mode is refused, saying what differs, and left as it is.
TEST_F(JournalTest, RefusesAForeignPlanOrMode) {
  WriteTwo();
  const std::string before = Text();
  EXPECT_THAT(Journal::Open(path_, Header(R"({"items":[3]})")),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another plan")));
  JournalHeader other = Header();
  other.mode["threads"] = "2";
  EXPECT_THAT(Journal::Open(path_, other), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                    HasSubstr("threads 1, this run has 2")));
  other = Header();
  other.mode["allocator"] = "retain";
  EXPECT_THAT(Journal::Open(path_, other),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("allocator nothing, this run has retain")));
  EXPECT_EQ(Text(), before);
}

// Only one process may write.
TEST_F(JournalTest, RefusesASecondWriter) {
  ASSERT_OK_AND_ASSIGN(Journal journal, Journal::Open(path_, Header()));
  EXPECT_THAT(Journal::Open(path_, Header()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another process")));
}

// Damage within the file is an error with its line, never skipped.
TEST_F(JournalTest, RefusesDamage) {
  WriteTwo();
  const std::string whole = Text();
  const auto expect_error = [&](const std::string& text, absl::StatusCode code,
                                const std::string& message) {
    SetText(text);
    EXPECT_THAT(Journal::Open(path_, Header()), StatusIs(code, HasSubstr(message)));
    EXPECT_EQ(Text(), text);
  };
  constexpr auto kBad = absl::StatusCode::kInvalidArgument;
  expect_error(absl::StrReplaceAll(whole, {{"\"id\":\"a\"", "\"id\":7"}}), kBad, "line 2: not a");
  expect_error(absl::StrReplaceAll(whole, {{"\"outcome\":\"ok\"", "\"outcome\":\"fine\""}}), kBad,
               "line 2: outcome: unknown value 'fine'");
  expect_error(absl::StrReplaceAll(whole, {{"0.25,", "0.25"}}), kBad, "line 2: not a visit");
  expect_error("once upon a time\n", kBad, "line 1: not a journal");
  expect_error("no line end at all", kBad, "line 1: not a journal");
  expect_error(absl::StrReplaceAll(whole, {{"journal_version\":1", "journal_version\":9"}}),
               absl::StatusCode::kFailedPrecondition, "journal version 9, this program reads 1");
}

// A folder that is not there is an error with the path.
TEST_F(JournalTest, CannotBeWritten) {
  EXPECT_THAT(Journal::Open("/nowhere/j.jsonl", Header()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/nowhere/j.jsonl")));
}

}  // namespace
}  // namespace latcast::bench
