// harness/documents/pdf_syntax.hpp - the values that a PDF is written in: numbers, names, strings, lists,
// dictionaries. PDF 32000-1:2008, 7.2 and 7.3.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bb::documents {

bool is_pdf_space(char c);  // 7.2.2
bool is_pdf_digit(char c);

// What can stand as a value. A reference is two numbers, a name and a keyword are
// their text, a string its bytes.
struct PdfValue {
  enum class Kind { none, keyword, number, name, string, reference, list, dictionary };
  Kind kind = Kind::none;
  std::string text;
  int number = 0;  // of a number without sign; of a reference: of the object
  std::vector<PdfValue> items;
  struct Member;
  std::vector<Member> members;

  const PdfValue* find(std::string_view key) const;
  bool is_name(std::string_view name) const { return kind == Kind::name && text == name; }
};

struct PdfValue::Member {
  std::string key;
  PdfValue value;
};

// Reads values one after another. Total: whatever stands there is some value.
class PdfReader {
 public:
  // How deep lists and dictionaries are read.
  static constexpr int depth_max = 64;
  explicit PdfReader(std::string_view text) : text_(text) {}

  std::size_t at() const { return at_; }
  // Whether something was nested too deep to be read.
  bool is_cut() const { return is_cut_; }
  bool is_at_end();
  PdfValue read(int depth = 0);

 private:
  void skip_space();
  std::string_view take_word();
  PdfValue read_name();
  PdfValue read_string();
  PdfValue read_hex_string();
  // "12 0 R" is one value.
  PdfValue read_number();
  PdfValue read_list(int depth);
  PdfValue read_dictionary(int depth);
  // Deeper than anybody nests: the rest is not read, so that the stack has an end.
  bool is_too_deep(int depth);
  // A list or dictionary that is never closed ends with its object.
  bool is_object_end() const;

  std::string_view text_;
  std::size_t at_ = 0;
  bool is_cut_ = false;
};

// Text of a string (7.9.2.2): UTF-16, UTF-8 by their marks, else as Latin-1.
std::string pdf_text(std::string_view bytes);

}  // namespace bb::documents
