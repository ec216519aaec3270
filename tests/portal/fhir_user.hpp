// fhir_user.hpp - a program that reads the portal's FHIR API with a token given by hand.
#pragma once

#include <string>
#include <vector>

#include "portal/running_portal.hpp"

namespace bb::portal_test {

// The options of a portal that knows the token "all" for alice's whole record, and these.
std::vector<std::string> with_tokens(std::vector<std::string> tokens, std::vector<std::string> further = {});

class FhirUser {
 public:
  // An empty token: none is sent.
  FhirUser(const RunningPortal& portal, const std::string& token);

  // `path` is behind the base: "/Patient/alice".
  httplib::Result get(const std::string& path, const httplib::Headers& more = {});
  httplib::Result post(const std::string& path, const std::string& body, const std::string& type);
  httplib::Result send(const std::string& method, const std::string& path);
  Value json(const std::string& path);  // of a 200; otherwise a test failure
  // "Type/id" of the entries of this mode, in order, over all pages; at most 50 pages.
  std::vector<std::string> found(const std::string& path, const std::string& mode = "match");
  std::string base() const { return base_; }

 private:
  httplib::Client client_;
  httplib::Headers headers_;
  std::string base_;
};

// "Type/id" of the entries of one Bundle.
std::vector<std::string> entries_of(const Value& bundle, const std::string& mode = "match");
std::string link_of(const Value& bundle, const std::string& relation);  // empty: there is none

}  // namespace bb::portal_test
