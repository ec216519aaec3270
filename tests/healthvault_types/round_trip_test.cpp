// Facts to things and back: valid by the published schemas, and the same facts.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>

#include "fact_lines.hpp"
#include "random_record.hpp"
#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::IsEmpty;
using testing::Not;

constexpr unsigned random_record_count = 200;

// Telecoms stand by their kind in a thing; thousandths of a second that are 0 are not told.
std::string as_told(std::vector<std::string> lines) {
  for (auto& line : lines) {
    line = replace_all(line, ".000", "");
    if (line.starts_with("telecoms.")) line = "telecom" + line.substr(line.find(' '));
  }
  std::sort(lines.begin(), lines.end());
  return join(lines, " | ");
}

// The facts of a record one by one, whatever their order: "vital_signs: test.code = ... | value = ...".
// Of those that the writer says are no things nothing is expected.
std::multiset<std::string> facts_of(const records::Record& record, const std::vector<Unheld>& no_things) {
  std::set<std::string> left_out;
  for (const auto& one : no_things)
    if (one.thing == Unheld::no_thing) left_out.insert(one.where);
  std::multiset<std::string> facts;
  const auto value = records::to_value(record);
  for (const auto& [key, member] : *value.members()) {
    if (left_out.contains(key)) continue;
    if (!member.is_array()) {
      std::vector<std::string> lines;
      add_fact_lines(member, "", lines);
      if (!lines.empty()) facts.insert(key + ": " + as_told(lines));
      continue;
    }
    for (std::size_t i = 0; i < member.size(); ++i) {
      const auto where = key + "[" + std::to_string(i) + "]";
      auto item = member[i];
      if (left_out.contains(where)) continue;
      if (key == "sections" && item["text"].string_or("").empty()) continue;  // its facts are told one by one
      std::vector<std::string> lines;
      add_fact_lines(item, "", lines);
      if (!lines.empty()) facts.insert(key + ": " + as_told(lines));
    }
  }
  return facts;
}

std::vector<std::string> without(const std::multiset<std::string>& facts, const std::multiset<std::string>& others) {
  std::vector<std::string> left;
  std::set_difference(facts.begin(), facts.end(), others.begin(), others.end(), std::back_inserter(left));
  return left;
}

class RoundTripTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(healthvault_folder() / "xsd"))
      GTEST_SKIP() << "SKIPPED: no published schemas at " << healthvault_folder();
  }

  // Writes, validates, reads and compares; what was written is added to `types`.
  void check(const records::Record& record, const std::string& what) {
    const auto written = write_things(record);
    for (const auto& thing : written.things) {
      EXPECT_THAT(violations(thing), IsEmpty()) << what << "\n" << thing.bytes;
      types_.insert(thing.type_id);
    }
    const auto read = read_things(written.things);
    EXPECT_THAT(read.unreadable, IsEmpty()) << what;
    EXPECT_THAT(read.unheld, IsEmpty()) << what << ": " << (read.unheld.empty() ? "" : read.unheld[0].where);
    const auto there = facts_of(read.record, {});
    const auto expected = facts_of(record, written.unheld);
    EXPECT_THAT(without(expected, there), IsEmpty()) << what << ": lost";
    EXPECT_THAT(without(there, expected), IsEmpty()) << what << ": made up";
  }

  std::set<std::string> types_;
};

// Every text of the record that is words or an id, 5,000 characters longer: the schemas of these types limit no length.
Value with_long_words(const Value& value, std::string_view name) {
  static const std::set<std::string_view> words = {
      "display",   "text",     "instructions", "dose",    "frequency", "title",     "author",
      "performer", "location", "plan",         "unit",    "group_id",  "member_id", "lot",
      "city",      "state",    "family",       "panel",   "lines",     "given",     "source",
      "code",      "id",       "postal_code",  "country", "suffix",    "prefix",    "reference_range",
      "name",      "email"};
  if (const auto* text = value.string())
    return words.contains(name) && !text->empty() ? Value(*text + std::string(5'000, 'x')) : value;
  if (const auto* members = value.members()) {
    auto made = Value::object();
    for (const auto& member : *members) made.set(member.key, with_long_words(member.value, member.key));
    return made;
  }
  if (value.items() == nullptr) return value;
  auto made = Value::array();
  for (const auto& item : *value.items()) made.push(with_long_words(item, name));
  return made;
}

TEST_F(RoundTripTest, LongWordsComeBackToo) {
  for (unsigned seed = 1; seed <= 20; ++seed)
    check(records::from_value(with_long_words(records::to_value(RandomRecord(seed).make()), "")),
          "seed " + std::to_string(seed));
}

TEST_F(RoundTripTest, IsJudgedBySchemasThatFindWhatIsWrong) {
  const std::string id = "3d34d87e-7fc1-4153-800f-f56592cb0d17";
  const std::string when = "<when><date><y>2012</y><m>8</m><d>6</d></date></when>";
  EXPECT_THAT(violations(ThingXml{id, "<weight>" + when + "<value><kg>60</kg></value></weight>"}), IsEmpty());
  EXPECT_THAT(violations(ThingXml{id, "<weight>" + when + "<value><kg>-1</kg></value></weight>"}), Not(IsEmpty()));
  EXPECT_THAT(violations(ThingXml{id, "<weight><value><kg>60</kg></value>" + when + "</weight>"}), Not(IsEmpty()));
  EXPECT_THAT(violations(ThingXml{
                  id, "<weight>" + when + "<value><kg>60</kg></value></weight><common><note/><source/></common>"}),
              Not(IsEmpty()));
}

TEST_F(RoundTripTest, KeepsTheFactsOfRandomRecords) {
  for (unsigned seed = 1; seed <= random_record_count && !HasFailure(); ++seed)
    check(RandomRecord(seed).make(), "seed " + std::to_string(seed));
  for (const auto& type : thing_types()) {
    const auto is_next = [&](const ThingType& other) {
      return other.name == type.name && other.version > type.version;
    };
    const bool is_followed = std::any_of(thing_types().begin(), thing_types().end(), is_next);
    if (type.handling == ThingType::Handling::facts && !is_followed) {
      EXPECT_TRUE(types_.contains(type.id)) << type.name << " was never written";
    }
  }
}

TEST_F(RoundTripTest, KeepsTheFactsOfTheSamples) {
  for (const auto& entry : std::filesystem::directory_iterator(healthvault_folder() / "sample-xml")) {
    const auto* type = find_thing_type(entry.path().stem().string());
    ASSERT_NE(type, nullptr);
    if (type->handling != ThingType::Handling::facts) continue;
    const auto text = read_text(entry.path());
    const auto read = read_ok({type->id, *text});
    const auto written = write_things(read.record, type->id);
    ASSERT_TRUE(written);
    ASSERT_EQ(written->things.size(), 1u) << type->name;
    EXPECT_THAT(violations(written->things[0]), IsEmpty()) << type->name << written->things[0].bytes;
    EXPECT_EQ(fact_lines(read_ok(written->things[0]).record), fact_lines(read.record)) << type->name;
  }
}

TEST_F(RoundTripTest, WritesEveryTypeOfItsOwn) {
  // Also a version that another follows.
  for (const auto& type : thing_types()) {
    if (type.handling != ThingType::Handling::facts) continue;
    std::size_t count = 0;
    for (unsigned seed = 1; seed <= 60; ++seed) {
      const auto written = write_things(RandomRecord(seed).make(), type.id);
      ASSERT_TRUE(written);
      for (const auto& thing : written->things) {
        EXPECT_EQ(thing.type_id, type.id);
        EXPECT_THAT(violations(thing), IsEmpty()) << type.name << thing.bytes;
        ++count;
      }
    }
    EXPECT_GT(count, 3u) << type.name;
  }
}

TEST_F(RoundTripTest, KeepsTheFactsOfDocuments) {
  std::size_t count = 0;
  for (const auto& folder : {std::filesystem::path(BB_SOURCE_DIR) / "samples/records",
                             bb::test::published_folder() / "ccda", bb::test::published_folder() / "fhir/examples"}) {
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || count >= 120 || HasFailure()) continue;
      const auto text = read_text(entry.path());
      if (!text || text->size() > 400'000) continue;
      const auto record = records::read_record(*text);
      if (!record) continue;
      check(*record, entry.path().string());
      ++count;
    }
  }
  EXPECT_GT(count, 50u);
}

}  // namespace
}  // namespace bb::healthvault
