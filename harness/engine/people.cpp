#include "harness/engine/people.hpp"

#include <fmt/format.h>

#include <bb/core/files.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/file_type.hpp"

namespace bb::engine {
namespace {

std::string key_of(const host::Question& question) { return asked_of(question.instance) + "/" + question.id; }

}  // namespace

std::string asked_of(const std::string& instance) { return instance.substr(0, instance.find('@')); }

std::optional<host::PersonAnswer> PeopleOfRun::known_answer(const host::Question& question) {
  const auto* const found = answers_.find_question(asked_of(question.instance), question.id);
  if (found == nullptr || !expired_by_(found->expires).empty()) {
    const auto given = given_.find(key_of(question));
    return given == given_.end() ? std::nullopt : std::optional(given->second);
  }
  host::PersonAnswer answer;
  answer.name = found->name;
  answer.at_unix_ns = parse_time(found->date).value_or(0);
  answer.is_declined = found->is_declined;
  answer.text = found->text;
  answer.media_type = found->media_type;
  if (found->file.empty()) return answer;
  answer.file = answers_.file.parent_path() / found->file;
  // The host reads it again, and says what is wrong with it.
  if (const auto bytes = read_regular_file(answer.file); bytes && answer.media_type.empty())
    answer.media_type = media_type_of(answer.file, *bytes);
  return answer;
}

std::optional<host::PersonAnswer> PeopleOfRun::ask(const host::Question& question) {
  const std::lock_guard lock(mutex_);
  auto answer = known_answer(question);
  if (!answer) open_[question.instance] = question;
  return answer;
}

std::optional<host::Question> PeopleOfRun::take_open(const std::string& instance) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(instance);
  if (found == open_.end()) return std::nullopt;
  auto question = std::move(found->second);
  open_.erase(found);
  return question;
}

bool PeopleOfRun::settle(const host::Question& question, Asker& asker) {
  const std::lock_guard asking(asking_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (known_answer(question)) return true;
  }
  auto answer = asker.ask(question);
  if (!answer) return false;
  const std::lock_guard lock(mutex_);
  given_[key_of(question)] = *std::move(answer);
  return true;
}

std::string PeopleOfRun::how_to_answer(const host::Question& question) const {
  if (const auto* const found = answers_.find_question(asked_of(question.instance), question.id))
    if (const std::string day = expired_by_(found->expires); !day.empty())
      return fmt::format("the answer of {}, of {}, expired on {} and does not count on {}; ask again, for '{}'",
                         found->name, found->date, found->expires, day, found->question);
  return fmt::format("the answers file takes '{}/{}' under 'questions'", asked_of(question.instance), question.id);
}

}  // namespace bb::engine
