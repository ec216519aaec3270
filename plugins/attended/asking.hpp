// plugins/attended/asking.hpp - questions in plain words, and what their answers mean.
//
// The id of a question is made of what is asked alone, so that a resumed run and an answers file know it again. What a
// person says of the portal ("it refuses") becomes a status of the portal; what they cannot do stays theirs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/sdk/connector.hpp>

namespace bb::attended {

// What is asked. Texts of others in it are bounded and free of control characters: plain().
struct Ask {
  std::string id;
  std::string title;
  std::string text = {};
};

// A text of the host or the portal on one line, of at most 80 bytes.
std::string plain(std::string_view text);
// A name of a question: "download-ccda-2-1" of "download" and "ccda-2.1". At most 48 bytes; longer ones, and those of
// names with other letters than a to z, are told apart by their hash.
std::string id_of(std::string_view what, std::string_view of);
// Eight hexadecimal digits that tell texts apart (FNV-1a, 32 bits).
std::string digits_of(std::string_view text);

class Asking {
 public:
  explicit Asking(const Person& person) : person_(person) {}

  void instruct(Call& call, const Ask& ask) const;
  std::string text(Call& call, const Ask& ask) const;
  // The number of the choice, from 0.
  std::size_t choice(Call& call, const Ask& ask, const std::vector<std::string_view>& choices) const;
  // A file of one of the media types (empty: any). Where none was handed over the person says why: the portal refuses
  // (BB_E_FORBIDDEN) or has no such thing (BB_E_NOT_FOUND), or they cannot do it (BB_E_PENDING: nothing is judged). A
  // file of another type is asked about: it is what the portal gives, or the wrong one was taken, and it is asked for
  // once more.
  Answer file(Call& call, const Ask& ask, std::string_view media_types) const;
  // The same; an empty one is a failure of the portal (BB_E_PROTOCOL).
  Answer file_with_content(Call& call, const Ask& ask, std::string_view media_types) const;
  // Asks what happens when somebody tries what the portal should refuse: BB_E_FORBIDDEN, or nothing where it is given.
  void expect_given(Call& call, const Ask& ask) const;

 private:
  Answer ask_file(Call& call, const Ask& ask, const std::string& id) const;
  Person person_;
};

}  // namespace bb::attended
