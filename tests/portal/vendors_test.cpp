// Real vendors' documents: each patient's page names the patient of the file,
// by the word of another parser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <bb/core/text.hpp>
#include <bb/records/html.hpp>

#include "portal/running_portal.hpp"
#include "support/published_folder.hpp"

namespace bb::portal_test {
namespace {

// Whether the page states all parts of one of the names.
bool states_one_of(const std::string& page, const Value& names) {
  for (std::size_t name = 0; name < names.size(); ++name) {
    bool has_all = true;
    for (std::size_t part = 0; part < names[name].size(); ++part)
      has_all = has_all && page.find(names[name][part].string_or("")) != std::string::npos;
    if (has_all) return true;
  }
  return names.size() == 0;
}

void expect_names_on_pages(const std::string& folder_name, std::size_t documents_min) {
  const auto folder = test::published_folder() / "ccda" / folder_name;
  if (!std::filesystem::is_directory(folder))
    GTEST_SKIP() << "no documents at " << folder << "; set BB_TEST_DATA to the folder that holds ccda/";
  const auto script = std::filesystem::path(BB_SOURCE_DIR) / "tests/portal/patient_names.py";
  const auto listing = run_command({BB_PYTHON, {script.string(), folder.string()}, {}, true}, 120'000);
  ASSERT_TRUE(listing) << listing.error().what;
  ASSERT_EQ(listing->status, 0) << listing->err;

  RunningPortal portal(folder, {});
  std::set<std::string> served;
  for (std::size_t index = 0; index < portal.ready()["people"].size(); ++index)
    served.insert(portal.ready()["people"][index]["account"].string_or(""));
  std::istringstream lines(listing->out);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto expected = parsed(line);
    const auto account = expected["account"].string_or("");
    ASSERT_EQ(served.count(account), 1u) << expected["file"].string_or("") << " is not served as " << account;
    ApiUser user(portal, account);
    const auto page =
        collapse_whitespace(records::html_to_text(user.text("/api/patients/" + account + "/items/summary")));
    EXPECT_TRUE(states_one_of(page, expected["names"])) << line << "\n" << page.substr(0, 300);
    ++count;
  }
  EXPECT_EQ(count, served.size());
  EXPECT_GE(count, documents_min);
}

TEST(VendorsTest, NamesThePatientOfEachDocumentOfTheOnc2015Vendors) { expect_names_on_pages("onc-2015", 130); }
TEST(VendorsTest, NamesThePatientOfEachDocumentOfOtherVendors) { expect_names_on_pages("vendors", 25); }

}  // namespace
}  // namespace bb::portal_test
