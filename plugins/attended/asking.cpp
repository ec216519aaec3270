#include "asking.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::attended {
namespace {

constexpr std::size_t shown_bytes_max = 80;
constexpr std::size_t title_bytes_max = 200;
constexpr std::size_t id_bytes_max = 48;

std::string title_of(const Ask& ask) { return shorten(ask.title, title_bytes_max - 4); }

bool has_type(std::string_view media_types, std::string_view type) {
  const auto known = split(std::string(media_types), ' ');
  return known.empty() || type.empty() || std::find(known.begin(), known.end(), type) != known.end();
}

// Media types in the words of who saves a file.
std::string words_of(std::string_view media_types) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known = {
      {{"text/plain", "a text file"},
       {"text/csv", "a table (CSV)"},
       {"text/html", "a web page (HTML)"},
       {"application/xhtml+xml", "a web page (HTML)"},
       {"application/xml", "an XML file"},
       {"text/xml", "an XML file"},
       {"application/json", "a JSON file"},
       {"application/fhir+json", "a JSON file"},
       {"application/pdf", "a PDF file"}}};
  std::vector<std::string> words;
  for (const auto& type : split(std::string(media_types), ' ')) {
    const auto* const found =
        std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.first == type; });
    std::string word = found == known.end() ? "of the type " + type : std::string(found->second);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
  }
  return join(words, " or ");
}

}  // namespace

std::string plain(std::string_view text) { return shorten(one_line(text), shown_bytes_max); }

std::string digits_of(std::string_view text) {
  std::uint32_t hash = 2'166'136'261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return fmt::format("{:08x}", hash);
}

std::string id_of(std::string_view what, std::string_view of) {
  std::string id(what);
  if (of.empty()) return id;
  id += '-';
  for (const char c : to_lower(of)) id += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ? c : '-';
  // Of names in other letters nothing but dashes is left.
  const bool is_unlike =
      std::any_of(of.begin(), of.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (id.size() <= id_bytes_max && !is_unlike) return id;
  return id.substr(0, id_bytes_max - 9) + "-" + digits_of(of);
}

void Asking::instruct(Call& call, const Ask& ask) const {
  static_cast<void>(
      person_.ask(call, {.kind = BB_QUESTION_INSTRUCT, .id = ask.id, .title = title_of(ask), .text = ask.text}));
}

std::string Asking::text(Call& call, const Ask& ask) const {
  const auto answer =
      person_.ask(call, {.kind = BB_QUESTION_TEXT, .id = ask.id, .title = title_of(ask), .text = ask.text});
  return std::string(trim(answer.text));
}

std::size_t Asking::choice(Call& call, const Ask& ask, const std::vector<std::string_view>& choices) const {
  const auto answer = person_.ask(
      call, {.kind = BB_QUESTION_CHOICE, .id = ask.id, .title = title_of(ask), .text = ask.text, .choices = choices});
  const auto found = std::find(choices.begin(), choices.end(), answer.text);
  if (found == choices.end())
    throw Failure{BB_E_INTERNAL, "asking '" + ask.id + "': the answer is none of the choices"};
  return static_cast<std::size_t>(found - choices.begin());
}

Answer Asking::ask_file(Call& call, const Ask& ask, const std::string& id) const {
  const std::string text =
      ask.text + "\nWhere the portal does not let you, or has no such thing, type: decline. You are asked why.";
  try {
    return person_.ask(call, {.kind = BB_QUESTION_FILE, .id = id, .title = title_of(ask), .text = text});
  } catch (const Failure& failure) {
    if (failure.status != BB_E_CANCELLED || call.is_cancelled()) throw;
  }
  const auto why = choice(call, {id + "-why", ask.title + ": no file was handed over. Why?"},
                          {"the portal refuses", "the portal has no such thing", "I cannot do it now"});
  if (why == 0) throw Failure{BB_E_FORBIDDEN, "the person says that the portal refuses: " + title_of(ask)};
  if (why == 1) throw Failure{BB_E_NOT_FOUND, "the person says that the portal has no such thing: " + title_of(ask)};
  throw Failure{BB_E_PENDING, "the person could not do it now: " + title_of(ask)};
}

Answer Asking::file(Call& call, const Ask& ask, std::string_view media_types) const {
  Answer answer = ask_file(call, ask, ask.id);
  if (!has_type(media_types, answer.media_type)) {
    const auto which =
        choice(call,
               {ask.id + "-type", ask.title + ": that file is of another kind",
                fmt::format("'{}' is {}, expected {}.", plain(answer.filename),
                            answer.content.empty() ? "empty" : words_of(answer.media_type), words_of(media_types))},
               {"it is what the portal gives", "I took the wrong file"});
    if (which == 1) answer = ask_file(call, ask, ask.id + "-again");
  }
  return answer;
}

Answer Asking::file_with_content(Call& call, const Ask& ask, std::string_view media_types) const {
  Answer answer = file(call, ask, media_types);
  if (answer.content.empty()) throw Failure{BB_E_PROTOCOL, "the file that the portal gave is empty: " + title_of(ask)};
  return answer;
}

void Asking::expect_given(Call& call, const Ask& ask) const {
  const auto came = choice(call, ask, {"the portal refuses, or shows nothing of it", "the portal lets me"});
  if (came == 0) throw Failure{BB_E_FORBIDDEN, "the person says that the portal refuses: " + title_of(ask)};
}

}  // namespace bb::attended
