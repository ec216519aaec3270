// harness/engine/people.hpp - answers the questions of connectors: from the answers file of a run, and from what
// people said in this run.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <bb/host/people.hpp>
#include "harness/engine/asker.hpp"
#include "harness/suite/reader.hpp"

namespace bb::engine {

// Answers by what was asked: "portal/alice/consent".
using GivenAnswers = std::map<std::string, host::PersonAnswer>;

// "portal/alice" of "portal/alice@download": whoever signed in, it is she who answers.
std::string asked_of(const std::string& instance);

// While a call goes on nobody is asked: it ends as pending, the person is asked outside of its time, and the call is
// made again. An answer holds for all sessions of the person in the run. [any thread]
class PeopleOfRun final : public host::People {
 public:
  // Says by which day what counts until `expires` had expired; empty where it counts.
  using ExpiredBy = std::function<std::string(const std::string& expires)>;
  // `answers` outlives this; `given` is what was answered in earlier processes of the run.
  PeopleOfRun(const suite::Answers& answers, ExpiredBy expired_by, GivenAnswers given)
      : answers_(answers), expired_by_(std::move(expired_by)), given_(std::move(given)) {}
  std::optional<host::PersonAnswer> ask(const host::Question& question) override;
  std::string how_to_answer(const host::Question& question) const override;

  // What `instance` asked last and nobody had answered; told once.
  std::optional<host::Question> take_open(const std::string& instance);
  // Has the question asked, unless it was answered meanwhile. Whether there is an answer now.
  bool settle(const host::Question& question, Asker& asker);

 private:
  std::optional<host::PersonAnswer> known_answer(const host::Question& question);

  const suite::Answers& answers_;
  ExpiredBy expired_by_;
  std::mutex mutex_;  // never held while somebody is asked
  GivenAnswers given_;
  std::map<std::string, host::Question> open_;  // by instance
  std::mutex asking_mutex_;
};

}  // namespace bb::engine
