// portal/fhir/permissions.hpp - what a token lets its holder see.
//
// Source: SMART App Launch 2.2, scopes of versions 1 and 2, with parameters (FHIR-SMART-35, -36).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "portal/defects.hpp"
#include "portal/fhir/matching.hpp"
#include "portal/smart/access_tokens.hpp"

namespace bb::portal::fhir {

class Permissions {
 public:
  // `patient`: the account that the token's patient is of; `patients`: those whose records its subject may open;
  // `withheld`: names that nothing seen may hold, since who acts for the patient does not get those entries.
  Permissions(TokenAccess token, std::string patient, std::vector<std::string> patients, std::string base_url,
              const Defects& defects, std::vector<std::string> withheld = {});

  const TokenAccess& token() const { return token_; }
  // The account whose record this token is about; empty: none.
  const std::string& patient() const { return patient_; }

  // Whether any scope has the right, 'r' or 's', on the type.
  bool may(std::string_view type, char right) const;
  bool sees(const Resource& resource, char right) const;
  // Whether any scope is of the context "system".
  bool is_system() const;
  // Of a scope of the context "system": sees() all that it may export of the type.
  bool may_export(std::string_view type) const;

 private:
  bool is_in_context(const Resource& resource, const smart::Scope& scope) const;
  bool passes_filter(const Resource& resource, const smart::Scope& scope) const;
  bool is_withheld(const Resource& resource) const;

  TokenAccess token_;
  std::string patient_;
  std::vector<std::string> patients_;
  std::string base_url_;
  std::vector<std::string> withheld_;
  bool ignores_types_ = false;    // fhir-ignores-scope
  bool ignores_filters_ = false;  // fhir-ignores-granular-scope
};

}  // namespace bb::portal::fhir
