// bb/sdk/services/person.hpp - bb.host.person/1: asks a person to do something,
// to confirm, to answer or to hand over a file. DRAFT, as bb/abi/host_person.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/abi/host_person.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/detail/guarded.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// Bounds of the texts: bb_question in bb/abi/host_person.h.
struct Question {
  bb_question_kind kind = BB_QUESTION_CONFIRM;
  std::string_view id = {};     // stable: the same id is the same question
  std::string_view title = {};  // one line
  std::string_view text = {};   // what to do, in plain words
  std::vector<std::string_view> choices = {};
  std::string_view accept = {};       // media types of a file, space separated; empty = any
  std::int64_t deadline_unix_ns = 0;  // civil time; 0 = the host's default
  std::uint64_t file_bytes_max = 64ull * 1024 * 1024;
};

struct Answer {
  std::string name;             // who answered
  std::int64_t at_unix_ns = 0;  // when
  std::string text;             // "done", "yes", "no", the text or the choice
  std::string filename;
  std::string media_type;  // empty = unknown
  std::string content;     // of the file

  bool is_yes() const noexcept { return text == "yes"; }
};

namespace detail {

// Collects one answer; answers the host's callbacks without throwing.
class AnswerSink {
 public:
  explicit AnswerSink(std::uint64_t bytes_max) noexcept
      : sink_{sizeof(bb_answer_sink), 0, this, &answer, &write}, bytes_max_(bytes_max) {}
  AnswerSink(const AnswerSink&) = delete;
  AnswerSink& operator=(const AnswerSink&) = delete;

  bb_answer_sink* raw() noexcept { return &sink_; }
  bool is_too_large() const noexcept { return is_too_large_; }
  Answer take() noexcept { return std::move(answer_); }

 private:
  static bb_status BB_CALL answer(bb_answer_sink* sink, const bb_answer* value) noexcept {
    auto* const self = static_cast<AnswerSink*>(sink->plugin_data);
    return guarded(nullptr, [&] {
      self->answer_ = {std::string(to_view(value->name)),       value->at_unix_ns,
                       std::string(to_view(value->text)),       std::string(to_view(value->filename)),
                       std::string(to_view(value->media_type)), {}};
    });
  }
  static bb_status BB_CALL write(bb_answer_sink* sink, bb_bytes chunk) noexcept {
    auto* const self = static_cast<AnswerSink*>(sink->plugin_data);
    if (chunk.size > self->bytes_max_ - self->answer_.content.size()) {
      self->is_too_large_ = true;
      return BB_E_TOO_LARGE;
    }
    return guarded(nullptr, [&] { self->answer_.content.append(to_view(chunk)); });
  }

  bb_answer_sink sink_;
  std::uint64_t bytes_max_;
  bool is_too_large_ = false;
  Answer answer_;
};

}  // namespace detail

class Person {
 public:
  using Table = bb_host_person;
  static constexpr const char* id = BB_HOST_PERSON;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, ask); }

  Person(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  // Returns what was answered. Throws Pending while nobody has answered: let it
  // pass, the host makes the same call again. Throws Failure where the person
  // declined (BB_E_CANCELLED), nobody answered in time (BB_E_DEADLINE), the
  // question breaks a rule or the answer is none to it (BB_E_INVALID_ARGUMENT),
  // or the file is not there or over a limit (BB_E_NOT_FOUND, BB_E_TOO_LARGE).
  Answer ask(Call& call, const Question& question) const {
    std::vector<bb_str> choices;
    choices.reserve(question.choices.size());
    for (const auto choice : question.choices) choices.push_back(to_str(choice));
    bb_question raw{};
    raw.struct_size = sizeof raw;
    raw.kind = question.kind;
    raw.id = to_str(question.id);
    raw.title = to_str(question.title);
    raw.text = to_str(question.text);
    raw.choices = choices.data();
    raw.choice_count = choices.size();
    raw.accept = to_str(question.accept);
    raw.deadline_unix_ns = question.deadline_unix_ns;
    detail::AnswerSink sink(question.file_bytes_max);
    const auto status = table_->ask(host_, call.raw(), &raw, sink.raw());
    if (status == BB_E_PENDING) throw Pending{};
    const std::string doing = "asking '" + std::string(question.id) + "'";
    if (sink.is_too_large())
      throw Failure{BB_E_TOO_LARGE,
                    doing + ": the file is longer than " + std::to_string(question.file_bytes_max) + " bytes"};
    detail::expect_ok(status, id, doing);
    return sink.take();
  }

 private:
  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
