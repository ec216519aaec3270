// harness/checks/validator.hpp - what judges a document whole, for the claim `valid`, and
// reads the words of a PDF, for `same`.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>

#include "harness/checks/judge.hpp"

namespace bb::checks {

struct Validity {
  Holds holds = Holds::unjudgeable;  // unjudgeable: what is needed to judge it is missing
  std::string found;                 // for people: what it is, what is wrong with it, or what is missing
};

// What a claim asks of a document.
struct Asked {
  std::string_view kind;                           // one of suite::Vocabulary::validations, as "ccda/ccd-2.1"
  std::string_view row = {};                       // by the rules of this requirement alone; empty: by all there are
  evidence::Level level = evidence::Level::shall;  // of rules of a row: weaker ones are not asked
  std::string_view direct_as = {};  // the Applicability Statement that mails are judged by; empty: the usual one
};

// May be asked by any thread.
class Validator {
 public:
  virtual ~Validator() = default;
  virtual Validity validate(const Asked& asked, std::string_view bytes) const = 0;
  // In reading order; an error, which leaves the claim open, where nothing reads them.
  virtual Result<std::string> pdf_words(std::string_view) const {
    return Error{"the words of a PDF cannot be read here"};
  }
};

}  // namespace bb::checks
