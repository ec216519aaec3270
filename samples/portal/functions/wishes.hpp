// functions/wishes.hpp - what people want of the portal: where notices of messages go, and what they think of it.
#pragma once

#include <functional>
#include <string>

#include <bb/core/result.hpp>

#include "portal/defects.hpp"
#include "portal/functions/answer.hpp"
#include "portal/functions/state.hpp"

namespace bb::portal::functions {

class Wishes {
 public:
  Wishes(storage::Database& database, const Defects& defects) : database_(database), defects_(defects) {}

  // {"notices_to"}: an https address, or empty: no notices.
  Answer preferences(const std::string& account);
  Answer set_preferences(const std::string& account, const std::string& notices_to);
  std::string notices_to(const std::string& account);

  Answer give_feedback(const std::string& account, const std::string& text);
  // For the care team: {"feedback": [{"text", "at"}...]}.
  Answer feedback();

 private:
  storage::Database& database_;
  const Defects& defects_;
};

// The mail that says that a message came: where to read it, and nothing of it (but notice-tells-content).
std::string notice_of(const Defects& defects, const std::string& url, const std::string& subject,
                      const std::string& text);

}  // namespace bb::portal::functions
