// harness/checks/validator.hpp - what judges a document whole, for the claim `valid`.
#pragma once

#include <string>
#include <string_view>

#include "harness/checks/judge.hpp"

namespace bb::checks {

struct Validity {
  Holds holds = Holds::unjudgeable;  // unjudgeable: what is needed to judge it is missing
  std::string found;                 // for people: what it is, what is wrong with it, or what is missing
};

// May be asked by any thread.
class Validator {
 public:
  virtual ~Validator() = default;
  // `kind` is one of suite::Vocabulary::validations, as "ccda/ccd-2.1".
  virtual Validity validate(std::string_view kind, std::string_view bytes) const = 0;
};

}  // namespace bb::checks
