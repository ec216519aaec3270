#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/suite/field_names.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/reader.hpp"

namespace bb::suite {
namespace {

constexpr std::string_view format = "bluebridge-answers/1";

// Where it is yesterday longest, days end so much after those of UTC.
constexpr std::int64_t latest_zone_ns = std::int64_t{12} * 3600 * ns_per_second;

struct Signature {
  std::string name, role, date, expires;
  Place date_place, expires_place;
};

void read_by(Form& form, const YamlNode& node, Signature& into) {
  if (!form.expect_map(node, "'by'", {"name", "role"})) return;
  form.take(node, "name", into.name);
  form.take(node, "role", into.role);
}

void read_day(Form& form, const YamlNode& map, std::string_view key, std::string& into, Place& into_place) {
  const auto* node = map.find(key);
  if (!node) return;
  const auto text = form.text(*node, fmt::format("'{}'", key));
  if (!text) return;
  into = *text;
  into_place = node->place;
  if (into.size() != 10 || !parse_time(into))
    form.error(node->place, fmt::format("'{}' takes a date, got '{}'", key, shorten(into, 40)),
               "for example \"2026-11-21\"");
}

// "by", "date" and "expires" of an answer, or of the file for all that have none of their own.
void read_signature(Form& form, const YamlNode& map, Signature& into) {
  if (const auto* by = map.find("by")) read_by(form, *by, into);
  read_day(form, map, "date", into.date, into.date_place);
  read_day(form, map, "expires", into.expires, into.expires_place);
}

bool read_yes(Form& form, const YamlNode& node, std::string_view name) {
  const auto word = form.word(node, name, {"yes", "no"});
  return word && *word == "yes";
}

// "suite/test" or "suite/test.step"; instances in brackets.
bool is_address(std::string_view text) {
  const auto slash = text.find('/');
  return slash != std::string_view::npos && is_dotted_id(text.substr(0, slash)) &&
         is_id(text.substr(slash + 1, text.substr(slash + 1).find_first_of(".[")));
}

// "role/question" or "role/person/question".
bool is_question_address(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() < 2 || parts.size() > 3 || !is_id(parts[0])) return false;
  return std::all_of(parts.begin() + 1, parts.end(), [](const std::string& part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    });
  });
}

// Who stands behind an answer and when: every answer has both.
template <class AnyAnswer>
void sign(Form& form, const Place& place, const Signature& by, AnyAnswer& answer) {
  if (by.name.empty()) form.error(place, "nobody stands behind this answer", "add 'by: {name: ..., role: ...}'");
  if (by.date.empty()) form.error(place, "this answer has no date", "add 'date: \"2026-11-21\"'");
  answer.name = by.name;
  answer.role = by.role;
  answer.date = by.date;
  answer.date_place = by.date_place;
  answer.expires = by.expires;
  answer.expires_place = by.expires_place;
}

QuestionAnswer read_question_answer(Form& form, const YamlMember& member, const Signature& all) {
  QuestionAnswer out;
  out.place = member.key_place;
  out.question = member.key;
  if (!is_question_address(member.key))
    form.error(member.key_place, fmt::format("'{}' does not name a question of a connector", shorten(member.key, 80)),
               "write role/person/question or role/question");
  Signature own = all;
  if (!member.value.is_map()) {
    out.text = form.text(member.value, "an answer").value_or("");
    sign(form, member.key_place, own, out);
    return out;
  }
  form.expect_map(member.value, "an answer", {"answer", "file", "media_type", "declined", "by", "date", "expires"});
  form.take(member.value, "answer", out.text);
  form.take(member.value, "file", out.file);
  if (const auto* file = member.value.find("file")) out.file_place = file->place;
  form.take(member.value, "media_type", out.media_type);
  form.take(member.value, "declined", out.is_declined);
  if (int{!out.text.empty()} + int{!out.file.empty()} + int{out.is_declined} != 1)
    form.error(member.key_place, "an answer is one of 'answer', 'file' and 'declined: true'",
               "for example {file: export.xml, media_type: application/xml}");
  if (!out.media_type.empty() && out.file.empty())
    form.error(member.key_place, "'media_type' is that of a 'file', and there is none");
  if (!out.media_type.empty() && !is_media_type(out.media_type))
    form.error(member.value.find("media_type")->place,
               fmt::format("'media_type' takes a media type, got '{}'", shorten(out.media_type, 60)),
               "for example application/xml");
  read_signature(form, member.value, own);
  sign(form, member.key_place, own, out);
  return out;
}

Answer read_answer(Form& form, const YamlMember& member, const Signature& all) {
  Answer out;
  out.place = member.key_place;
  out.test = member.key;
  if (!is_address(member.key))
    form.error(member.key_place, fmt::format("'{}' does not name a question", shorten(member.key, 80)),
               "write suite/test or suite/test.step");
  Signature own = all;
  if (member.value.is_map()) {
    form.expect_map(member.value, "an answer", {"answer", "evidence", "by", "date", "expires"});
    if (const auto* answer = form.require(member.value, "answer", "an answer"))
      out.is_yes = read_yes(form, *answer, "'answer'");
    if (const auto* evidence = member.value.find("evidence")) {
      out.evidence = form.text(*evidence, "'evidence'").value_or("");
      out.evidence_place = evidence->place;
    }
    read_signature(form, member.value, own);
  } else {
    out.is_yes = read_yes(form, member.value, "an answer");
  }
  sign(form, member.key_place, own, out);
  return out;
}

// "send" of "send-1a2b3c4d".
std::string without_digits(const std::string& id) {
  constexpr std::size_t digits = 8;
  if (id.size() < digits + 2 || id[id.size() - digits - 1] != '-') return id;
  const bool are_digits = id.find_first_not_of("0123456789abcdef", id.size() - digits) == std::string::npos;
  return are_digits ? id.substr(0, id.size() - digits - 1) : id;
}

std::string without_instance(const std::string& test) { return test.substr(0, test.find('[')); }

}  // namespace

std::string expired_by(const std::string& expires, std::int64_t now_unix_ns, const std::string& rule_date) {
  if (expires.empty()) return {};
  if (format_date(now_unix_ns - latest_zone_ns) > expires) return std::max(format_date(now_unix_ns), rule_date);
  return rule_date > expires ? rule_date : std::string();
}

const Answer* Answers::find(const std::string& suite, const std::string& test, const std::string& step) const {
  for (const auto& name : {test, without_instance(test)})
    for (const auto& address : {suite + "/" + name + "." + step, suite + "/" + name})
      for (const auto& answer : answers)
        if (answer.test == address) return &answer;
  return nullptr;
}

const QuestionAnswer* Answers::find_question(const std::string& instance, const std::string& id) const {
  for (const auto& known : {id, without_digits(id)})
    for (const auto& asked : {instance, instance.substr(0, instance.find('/'))})
      for (const auto& answer : questions)
        if (answer.question == asked + "/" + known) return &answer;
  return nullptr;
}

Loaded<Answers> read_answers(const std::filesystem::path& file) {
  Loaded<Answers> out;
  const auto opened = open_yaml_file(file, out.diagnostics);
  Form form(out.diagnostics);
  if (!opened || !form.expect_format(*opened->tree, format, opened->beginning())) return out;
  const YamlNode& root = *opened->tree;
  form.expect_map(root, "an answers file", {"format", "about", "by", "date", "expires", "answers", "questions"});
  std::string about;
  form.take(root, "about", about);
  Signature all;
  read_signature(form, root, all);
  Answers& answers = out.value.emplace();
  answers.file = file;
  const auto* questions = root.find("questions");
  const auto* map = questions ? root.find("answers") : form.require(root, "answers", "an answers file");
  if (map && form.expect_map(*map, "'answers'"))
    for (const auto& member : map->members) answers.answers.push_back(read_answer(form, member, all));
  if (questions && form.expect_map(*questions, "'questions'"))
    for (const auto& member : questions->members) answers.questions.push_back(read_question_answer(form, member, all));
  return out;
}

}  // namespace bb::suite
