// kind_checker.hpp - checks a document by BlueBridge's own rules alone.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "harness/documents/check.hpp"

namespace bb::test {

inline documents::DocumentChecker own_rules_checker(documents::CheckOptions options = {}) {
  using namespace documents;
  const std::filesystem::path conformance = std::filesystem::path(BB_SOURCE_DIR) / "conformance";
  auto formats = Formats::read(conformance / "documents/formats.yaml");
  EXPECT_TRUE(formats) << (formats ? "" : formats.error().what);
  auto own = OwnRules::read(conformance / "documents", conformance / "schemas/document-rules.schema.json", *formats);
  EXPECT_TRUE(own) << (own ? "" : own.error().what);
  auto store = DataStore::open(std::filesystem::path(testing::TempDir()) / "no data");
  EXPECT_TRUE(store);
  const Selection selection{.has_schema = false, .has_schematron = false, .has_own = true, .files = {}};
  return {std::make_shared<Rules>(*std::move(formats), *std::move(store), selection, *std::move(own)),
          std::move(options)};
}

inline std::set<std::string> rules_in(const documents::DocumentReport& report) {
  std::set<std::string> rules;
  for (const auto& finding : report.findings) rules.insert(finding.rule);
  return rules;
}

}  // namespace bb::test
