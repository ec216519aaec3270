#include "harness/engine/people.hpp"

#include <fmt/format.h>

#include <bb/core/time.hpp>

namespace bb::engine {
namespace {

// "portal/alice" of "portal/alice@download": whoever signed in, it is she who
// answers.
std::string asked_of(const host::Question& question) {
  return question.instance.substr(0, question.instance.find('@'));
}

}  // namespace

std::optional<host::PersonAnswer> PeopleOfAnswers::ask(const host::Question& question) {
  const auto* const found = answers_.find_question(asked_of(question), question.id);
  if (found == nullptr || !expired_by_(found->expires).empty()) return std::nullopt;
  host::PersonAnswer answer;
  answer.name = found->name;
  answer.at_unix_ns = parse_time(found->date).value_or(0);
  answer.is_declined = found->is_declined;
  answer.text = found->text;
  if (!found->file.empty()) answer.file = answers_.file.parent_path() / found->file;
  answer.media_type = found->media_type;
  return answer;
}

std::string PeopleOfAnswers::how_to_answer(const host::Question& question) const {
  if (const auto* const found = answers_.find_question(asked_of(question), question.id))
    if (const std::string day = expired_by_(found->expires); !day.empty())
      return fmt::format("the answer of {}, of {}, expired on {} and does not count on {}; ask again, for '{}'",
                         found->name, found->date, found->expires, day, found->question);
  return fmt::format("the answers file takes '{}/{}' under 'questions'", asked_of(question), question.id);
}

}  // namespace bb::engine
