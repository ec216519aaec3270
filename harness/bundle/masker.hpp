// harness/bundle/masker.hpp - texts and documents with pseudonyms in place of
// personal values.
//
// What it cannot look into is left out, and so is a text in which a value is still
// found after all: rather too much is lost than a name is kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "harness/bundle/pseudonyms.hpp"

namespace bb::bundle {

class Masker {
 public:
  explicit Masker(const Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {}

  // A line of a log, a URL, what a claim expected.
  std::string text(std::string_view text);
  // A whole body. What is no UTF-8 becomes a line that says what was there.
  std::string body(std::string_view bytes);

  std::size_t left_out() const { return left_out_; }

  // Whether a value stands in a text, at most so many writings and base64 inside each other.
  bool finds(std::string_view text, int depth = 3) const;

 private:
  std::string replaced(std::string_view text, int depth);
  std::string base64_replaced(std::string_view text, int depth);
  std::string run_replaced(std::string_view run, int depth);
  std::string stub(std::string_view bytes);
  const Pseudonyms& pseudonyms_;
  std::size_t left_out_ = 0;
};

}  // namespace bb::bundle
