// What facts.yaml says that a format lacks, against what the reader of that format gives of
// published documents: a kind or attribute that is lacking never
// comes, one that is not comes from some document. Of the texts, sections and keys are those of
// requirements TXT-VA-12 to -35 and TXT-CMS-04 to -26.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "facts/copies.hpp"
#include "support/published_folder.hpp"

namespace bb::facts {
namespace {

using Kinds = std::set<std::string>;

// Kinds, and "kind.attribute", that documents give.
struct Given {
  Kinds kinds, attributes;

  void add(const Copy& copy) {
    for (const auto& fact : copy.facts) {
      kinds.emplace(to_word(fact.kind));
      if (!fact.date.empty()) attributes.insert(std::string(to_word(fact.kind)) + "." + std::string(fact.date_name));
      for (const auto& one : fact.attributes)
        attributes.insert(std::string(to_word(fact.kind)) + "." + std::string(one.name));
    }
  }
};

// By the format's name in facts.yaml.
std::map<std::string, Given> published() {
  std::map<std::string, Given> out;
  for (const auto* folder : {"bluebutton-text", "c32", "ccr", "ccda/vendors", "ccda/onc-2015", "fhir"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(test::published_folder() / folder)) {
      if (!entry.is_regular_file()) continue;
      const auto bytes = read_text(entry.path());
      const auto copy = bytes ? read_copy("x", *bytes, no_pdf_words) : Result<Copy>(bytes.error());
      if (!copy || copy->is_words) continue;
      for (const auto* name : {"VA text", "CMS text", "C32", "CCR", "C-CDA", "FHIR"})
        if (copy->format.starts_with(name)) out[name].add(*copy);
    }
  return out;
}

// What a format has a place for in some cases alone, so that leaving it out is no difference.
const std::map<std::string, Kinds> in_part{
    // Self-reported providers (TXT-VA-35) and goals (TXT-VA-12) are the patient's alone; of what is planned
    // there are appointments (TXT-VA-32), of procedures the VA's own studies.
    {"VA text", {"care_team", "goal", "plan", "procedure", "encounter.planned"}},
};

bool is_in_part(const std::string& format, const std::string& what) {
  const auto found = in_part.find(format);
  return found != in_part.end() &&
         (found->second.contains(what) || found->second.contains(what.substr(0, what.find('.'))));
}

// What no published document of a format says.
const std::map<std::string, Kinds> not_published{
    {"FHIR", {"family_history"}},
    // One document is published: medications, problems, results, allergies.
    {"CCR",
     {"immunization", "vital_sign", "procedure", "encounter", "social_history", "plan", "goal", "functional_status",
      "family_history", "device", "contact", "coverage", "claim", "claim_item"}},
};

TEST(FormatsTest, AFormatGivesWhatItHoldsAndNothingElse) {
  if (!std::filesystem::is_directory(test::published_folder() / "bluebutton-text"))
    GTEST_SKIP() << "no published documents in " << test::published_folder();
  const auto& tables = Tables::built_in();
  for (const auto& [name, given] : published()) {
    const auto& format = tables.format(name);
    for (const auto& kind : given.kinds)
      EXPECT_TRUE(format.holds(*kind_from(kind)) || is_in_part(name, kind)) << name << " gives " << kind;
    for (const auto& one : given.attributes) {
      const auto dot = one.find('.');
      EXPECT_TRUE(format.holds(*kind_from(one.substr(0, dot)), one.substr(dot + 1)) || is_in_part(name, one))
          << name << " gives " << one;
    }
    for (const auto& kind : kinds) {
      const std::string word(kind.word);
      if (kind.kind == Kind::absence || !format.holds(kind.kind)) continue;
      const auto silent = not_published.find(name);
      const bool is_silent = silent != not_published.end() && silent->second.contains(word);
      EXPECT_NE(given.kinds.contains(word), is_silent) << name << " and " << word;
    }
  }
}

}  // namespace
}  // namespace bb::facts
