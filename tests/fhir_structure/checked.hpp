// checked.hpp - a resource as text, checked by the small definitions.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir_structure/small_definitions.hpp"

namespace bb::fhir::test {

inline Checked check(std::string_view text, const std::vector<std::string>& more = {}) {
  const auto reading = read(text);
  const auto* document = std::get_if<Document>(&reading);
  EXPECT_NE(document, nullptr) << (document == nullptr ? std::get<xml::Problem>(reading).what : "");
  const auto known = definitions(more);
  EXPECT_NE(known, nullptr) << "a definition of the test cannot be read";
  return document == nullptr || known == nullptr ? Checked{} : check(*document, *known);
}

// "fhir-missing Patient.contact[0]", one a fault.
inline std::vector<std::string> faults_of(const Checked& checked) {
  std::vector<std::string> faults;
  for (const auto& fault : checked.faults)
    faults.push_back((fault.level == Fault::Level::warning ? "warning " : "") + fault.rule + " " + fault.path);
  return faults;
}

inline std::vector<std::string> faults_of(std::string_view text, const std::vector<std::string>& more = {}) {
  return faults_of(check(text, more));
}

}  // namespace bb::fhir::test
