// harness/checks/subjects.hpp - what a claim looks at, taken from a message or
// a saved document. One source per subject; matchers.hpp judges what comes out.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/checks/judge.hpp"
#include "harness/checks/scope.hpp"
#include "harness/evidence/message.hpp"

namespace bb::checks {

// The values found. Empty: nothing is there.
struct Subject {
  // one: a single text, number ...; set: several, each judged alone; texts:
  // many pieces that are searched like one text.
  enum class Shape { one, set, texts };
  Shape shape = Shape::one;
  std::vector<Value> values;
  bool is_textual = false;   // numbers come as text: "5" is 5
  bool is_verbatim = false;  // bytes: white space counts
  bool is_duration = false;  // milliseconds
};

// Why there is no subject: the system sent something else (violated), or it
// cannot be judged here.
struct Trouble {
  Holds holds = Holds::violated;
  std::string found;
};
using Extracted = std::variant<Subject, Trouble>;

inline Trouble violated(std::string found) { return {Holds::violated, std::move(found)}; }
inline Trouble unjudgeable(std::string found) { return {Holds::unjudgeable, std::move(found)}; }

// A single text; an empty one is nothing.
Subject text_subject(std::string text);
// A value as a subject: the elements of a list are a set, null is nothing.
Subject value_subject(const Value& value);

// What a message or document is, for the subjects that read content.
Document content_of(const evidence::Message& message);

// Attributes of a message: result status header media_type filename time.
Extracted message_subject(std::string_view subject, const Value& argument, const evidence::Message& message);
// Whether a message says that nothing answered: then what it lacks is a
// violation, not a part that it does not have.
bool is_unanswered(const evidence::Message& message);

Extracted json_subject(const std::string& path, const Document& document);
Extracted xpath_subject(const std::string& xpath, const Document& document);
// attachment, attachment:TYPE, attachment.filename, attachment.media_type, text,
// subject, from, to, header:NAME
Extracted mime_subject(const std::string& part, const Document& document);
// text, values, raw, everything, size
Extracted body_subject(const std::string& form, const Document& document);

// What a person reads in a document.
std::string readable_text(const Document& document);

}  // namespace bb::checks
