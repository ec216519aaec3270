// bb/smart/scope.hpp - what a token lets somebody do: scopes of versions 1 and 2.
//
// Source: SMART App Launch 2.2, "Scopes and Launch Context" (FHIR-SMART-35 to -37).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

namespace bb::smart {

// One scope. What is no scope on data ("openid", "launch/patient") has a text alone.
struct Scope {
  enum class Version { none, v1, v2 };
  std::string text = {};  // as it was written
  Version version = Version::none;
  std::string context = {};        // "patient", "user", "system"
  std::string resource_type = {};  // "Observation", or "*"
  std::string rights = {};         // of "cruds", in that order; v1's read is "rs", its write "cud"
  FormFields filter = {};          // v2's "?category=..."

  bool is_on_data() const { return version != Version::none; }
};

// The error is of text that begins as a scope on data and is none: letters that are unknown, stand
// twice or out of order, no resource type.
[[nodiscard]] Result<Scope> read_scope(std::string_view text);

// Parted by blanks (RFC 6749, 3.3). What is broken is passed on as text alone, as a server may know it.
std::vector<Scope> read_scopes(std::string_view text);

// Whether each right of `wanted` is among `granted`: same context, same type or `*`, no filter that `wanted`
// has not. Of what is not on data the texts are compared.
bool covers(const std::vector<Scope>& granted, const Scope& wanted);

// The first scope of an answer that goes beyond what was asked for; nullptr: none does (FHIR-SMART-32).
const Scope* first_beyond(const std::vector<Scope>& answered, const std::vector<Scope>& asked);

}  // namespace bb::smart
