#include "portal/fhir_user.hpp"

#include <gtest/gtest.h>

namespace bb::portal_test {

std::vector<std::string> with_tokens(std::vector<std::string> tokens, std::vector<std::string> further) {
  tokens.insert(tokens.begin(), "all alice patient/*.rs");
  for (auto& token : tokens) further.insert(further.end(), {"--fhir-token", std::move(token)});
  return further;
}

FhirUser::FhirUser(const RunningPortal& portal, const std::string& token)
    : client_(portal.client()), base_(portal.ready()["fhir"].string_or("")) {
  if (!token.empty()) headers_.emplace("Authorization", "Bearer " + token);
}

httplib::Result FhirUser::get(const std::string& path, const httplib::Headers& more) {
  auto headers = headers_;
  headers.insert(more.begin(), more.end());
  return client_.Get(path_of(base_) + path, headers);
}

httplib::Result FhirUser::post(const std::string& path, const std::string& body, const std::string& type) {
  return client_.Post(path_of(base_) + path, headers_, body, type);
}

httplib::Result FhirUser::send(const std::string& method, const std::string& path) {
  httplib::Request request;
  request.method = method;
  request.path = path_of(base_) + path;
  request.headers = headers_;
  return client_.send(request);
}

Value FhirUser::json(const std::string& path) {
  const auto answer = get(path);
  EXPECT_EQ(status_of(answer), 200) << path << ": " << body_of(answer);
  return parsed(body_of(answer));
}

std::vector<std::string> FhirUser::found(const std::string& path, const std::string& mode) {
  std::vector<std::string> all;
  auto next = path;
  for (int pages = 0; pages < 50 && !next.empty(); ++pages) {
    const auto bundle = json(next);
    const auto some = entries_of(bundle, mode);
    all.insert(all.end(), some.begin(), some.end());
    next = link_of(bundle, "next");
    if (!next.empty()) next = next.substr(base_.size());
  }
  return all;
}

std::vector<std::string> entries_of(const Value& bundle, const std::string& mode) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < bundle["entry"].size(); ++i) {
    const auto& entry = bundle["entry"][i];
    if (entry["search"]["mode"].string_or("") != mode) continue;
    all.push_back(entry["resource"]["resourceType"].string_or("") + "/" + entry["resource"]["id"].string_or(""));
  }
  return all;
}

std::string link_of(const Value& bundle, const std::string& relation) {
  for (std::size_t i = 0; i < bundle["link"].size(); ++i)
    if (bundle["link"][i]["relation"].string_or("") == relation) return bundle["link"][i]["url"].string_or("");
  return {};
}

}  // namespace bb::portal_test
