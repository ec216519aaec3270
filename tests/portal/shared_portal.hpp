// shared_portal.hpp - one portal for all tests of a suite.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "portal/running_portal.hpp"

namespace bb::portal_test {

// A suite that wants options of the portal's has a SetUpTestSuite() of its own, which calls share().
class SharedPortalTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { share({}); }
  static void TearDownTestSuite() { shared_portal.reset(); }
  static void share(std::vector<std::string> arguments) {
    shared_portal = std::make_unique<RunningPortal>(std::move(arguments));
  }
  RunningPortal& portal() { return *shared_portal; }

  inline static std::unique_ptr<RunningPortal> shared_portal;  // suites run one after the other
};

}  // namespace bb::portal_test
