// plugins/rest/json_answer.hpp - a JSON answer with the members that the API
// promises; anything else is BB_E_PROTOCOL with a sentence, never an answer.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::rest {

class JsonAnswer {
 public:
  // Takes an answer of `status_expected` whose body is a JSON object. `doing`
  // opens every sentence and outlives this.
  JsonAnswer(const HttpResponse& response, int status_expected, std::string_view doing);

  const Value& value() const { return value_; }

  // A member that must be there: text that is not empty, an array.
  std::string text(std::string_view member) const { return text(value_, member, "the answer"); }
  const Value::Array& array(std::string_view member) const;
  // Members of `object`, which the sentence calls `what` ("an item").
  std::string text(const Value& object, std::string_view member, std::string_view what) const;
  std::string text_or_empty(const Value& object, std::string_view member, std::string_view what) const;
  // RFC 3339; 0 when the member is absent.
  std::int64_t time_or_zero(const Value& object, std::string_view member, std::string_view what) const;

 private:
  std::string_view doing_;
  Value value_;
};

// The media type of an answer in lower case, without parameters.
std::string media_type_of(const HttpResponse& response);

}  // namespace bb::rest
