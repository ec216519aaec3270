// person.hpp - what one instance has asked, so that the same question is asked
// once. Calls that overlap take turns: who asks holds `mutex` until it knows the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <bb/host/people.hpp>

namespace bb::host {

inline constexpr std::size_t question_id_bytes_max = 64;
inline constexpr std::size_t question_title_bytes_max = 200;
inline constexpr std::size_t question_text_bytes_max = 4096;
inline constexpr std::size_t question_choices_max = 100;
inline constexpr std::size_t question_choice_bytes_max = 200;
inline constexpr std::size_t question_accept_bytes_max = 400;
// Of one instance: who asks without end is stopped.
inline constexpr std::size_t questions_max = 1000;
inline constexpr std::size_t answer_text_bytes_max = std::size_t{64} * 1024;
inline constexpr std::uint64_t answer_file_bytes_max = std::uint64_t{64} * 1024 * 1024;

class AskedQuestions {
 public:
  explicit AskedQuestions(People* people) : people_(people) {}

  struct Asked {
    Question question;
    std::optional<PersonAnswer> answer;  // one that fits the question
    bool is_recorded = false;            // that it was asked and nobody had answered
    std::string file_sha256;             // of what was handed over last
  };
  // The question with the id of this one, new or asked before; null when the
  // instance has asked too many.
  Asked* find_or_add(const Question& question);
  People* people() { return people_; }
  std::mutex mutex;

 private:
  People* people_;
  std::map<std::string, Asked> asked_;
};

// "instruct" for BB_QUESTION_INSTRUCT; empty for a kind this host does not know.
std::string_view question_kind_name(bb_question_kind kind);

}  // namespace bb::host
