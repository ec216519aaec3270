// An application that the authorization server let in reads by the FHIR API what it was granted, and no more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portal/fhir_user.hpp"
#include "portal/smart_app.hpp"

namespace bb::portal_test {
namespace {

TEST(SmartFhirTest, ReadsWhatThePersonGranted) {
  RunningPortal portal;
  SmartApp app(portal);
  app.set("scope", "openid fhirUser launch/patient patient/Patient.rs patient/Encounter.rs");
  const auto token = app.token({.refused = {"patient/Encounter.rs"}});
  FhirUser user(portal, token["access_token"].string_or(""));
  const auto patient = token["patient"].string_or("");
  EXPECT_EQ(user.found("/Patient"), (std::vector<std::string>{"Patient/" + patient}));
  EXPECT_EQ(status_of(user.get("/Patient/bob")), 404);
  EXPECT_EQ(status_of(user.get("/Encounter")), 403);
  EXPECT_EQ(status_of(user.get("/Patient/$export", {{"Prefer", "respond-async"}})), 403);
  app.post("revoke", {{"token", token["access_token"].string_or("")}});
  EXPECT_EQ(status_of(user.get("/Patient/" + patient)), 401);
}

}  // namespace
}  // namespace bb::portal_test
