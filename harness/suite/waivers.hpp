// harness/suite/waivers.hpp - what a target's waivers file lets fail for a while.
//
// A waiver names one claim of one test that is known to be violated, on which
// versions of the system, why, and until when. It never lets anything else
// fail: any other claim of the test decides as always. What becomes of waivers
// in a run: harness/evidence/waivers.hpp. Format and rules:
// docs/reference/waivers.md.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include "harness/evidence/outcome.hpp"

namespace bb::suite {

// "acme-portal@>=5.0,<5.2": a target, and comparisons that all must hold of its
// version. Without '@' every version.
struct WaiverSubject {
  enum class Relation { less, at_most, equal, at_least, greater };
  struct Comparison {
    Relation relation = Relation::equal;
    std::string version;
  };
  std::string text;    // as written
  std::string target;  // the target's id
  std::vector<Comparison> versions;

  // Versions are compared number by number ("5.10" is above "5.9", "5" equals
  // "5.0"). Of a version that is not numbers and dots only equality of the text
  // holds; nothing holds of a target that states no version.
  bool covers(std::string_view target_id, std::string_view target_version) const;
};

struct Waiver {
  std::string test;     // as written: "suite/test", "suite/test[instance]", either with ".step"
  std::string suite;    // before the '/'
  std::string address;  // after it
  WaiverSubject subject;
  evidence::Outcome outcome = evidence::Outcome::fail;  // fail or warn: what the test comes to without it
  std::string claim;                                    // the text of the claim, or how it begins
  std::string reason, link;
  std::string expires;  // the last day on which it holds, "2027-01-31"
  bool is_whole = true;
  Place place;  // of its first key
  Place test_place, claim_place, expires_place;

  // Whether its address is this instance of a test, all instances of it, or a step
  // of either.
  bool names(std::string_view path, std::string_view instance, std::string_view step) const;
};

struct Waivers {
  std::filesystem::path file;  // empty: the target names none
  std::shared_ptr<const Source> source;
  std::vector<Waiver> waivers;
};

}  // namespace bb::suite
