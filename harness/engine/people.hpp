// harness/engine/people.hpp - answers the questions of connectors from the
// answers file of a run.
#pragma once

#include <bb/host/people.hpp>
#include "harness/suite/reader.hpp"

namespace bb::engine {

// Nobody is asked while a run goes on: what the file does not answer is not
// answered. [any thread]
class PeopleOfAnswers final : public host::People {
 public:
  // `answers` outlives this.
  explicit PeopleOfAnswers(const suite::Answers& answers) : answers_(answers) {}
  std::optional<host::PersonAnswer> ask(const host::Question& question) override;
  std::string how_to_answer(const host::Question& question) const override;

 private:
  const suite::Answers& answers_;
};

}  // namespace bb::engine
