// harness/engine/people.hpp - answers the questions of connectors from the
// answers file of a run.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include <bb/host/people.hpp>
#include "harness/suite/reader.hpp"

namespace bb::engine {

// Nobody is asked while a run goes on: what the file does not answer is not
// answered. [any thread]
class PeopleOfAnswers final : public host::People {
 public:
  // Says by which day what counts until `expires` had expired; empty where it counts.
  using ExpiredBy = std::function<std::string(const std::string& expires)>;
  // `answers` outlives this.
  PeopleOfAnswers(const suite::Answers& answers, ExpiredBy expired_by)
      : answers_(answers), expired_by_(std::move(expired_by)) {}
  std::optional<host::PersonAnswer> ask(const host::Question& question) override;
  std::string how_to_answer(const host::Question& question) const override;

 private:
  const suite::Answers& answers_;
  ExpiredBy expired_by_;
};

}  // namespace bb::engine
