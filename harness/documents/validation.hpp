// harness/documents/validation.hpp - documents as a suite asks for them: "ccda",
// "ccda/2.1", "ccda/ccd", "ccda/ccd-2.1", "c32", "va-text", "pdf", ...
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/check.hpp"

namespace bb::documents {

// The words there are: every release and document type of C-CDA, and the other
// formats that there are rules for.
std::vector<std::string> validation_words(const Formats& formats);

// The strongest level of our own rules that judge a requirement in documents of a
// word; none where no rule does. As a rule that only warns fails nobody, a claim
// that is to fail has to be no stronger.
std::optional<Level> strongest_rule(const OwnRules& own, const Formats& formats, std::string_view word,
                                    std::string_view row);

// What came of a document that a suite asked for.
struct Validated {
  enum class Word { valid, invalid, unavailable };
  Word word = Word::unavailable;
  std::string text;  // what it is and by what it was judged; what is wrong; or what is missing
};

// Judges documents by the errors of one set of rules; shared by all threads.
class DocumentValidator {
 public:
  // For validate() `rules` looks for errors alone; for validate_row() it has our own
  // rules of every level, and nothing that is imported.
  explicit DocumentValidator(std::shared_ptr<Rules> rules) : rules_(std::move(rules)) {}

  // `word` is one of validation_words(). A document of another format or type is
  // invalid. Where a schema or rules are missing, or the check ends early, nothing
  // is valid; what is found wrong without them still is.
  Validated validate(std::string_view word, std::string_view bytes) const;

  // By our own rules of one requirement, of `least` or stronger: valid where none is
  // broken. What cannot be read keeps no requirement. Unavailable where no such rule is.
  Validated validate_row(std::string_view word, std::string_view row, Level least, std::string_view bytes) const;

 private:
  DocumentReport check(std::string_view bytes) const;

  std::shared_ptr<Rules> rules_;
  mutable std::mutex mutex_;  // of what is below
  mutable std::vector<std::unique_ptr<DocumentChecker>> idle_;
};

}  // namespace bb::documents
