// bb.host.person/1
#include "person.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

constexpr std::size_t file_piece_bytes = std::size_t{64} * 1024;

bool is_handed_over(bb_question_kind kind) { return kind == BB_QUESTION_FILE || kind == BB_QUESTION_SCREENSHOT; }

bool is_question_id(std::string_view id) {
  return !id.empty() && id.size() <= question_id_bytes_max && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// A terminal and a page show it: no escape sequences, no lines that the
// question does not have.
bool is_plain(std::string_view text, std::string_view allowed) {
  return is_utf8(text) && std::all_of(text.begin(), text.end(), [&](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return (byte >= 0x20 && byte != 0x7f) || allowed.find(c) != std::string_view::npos;
         });
}

bool is_line(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && is_plain(text, "");
}

std::string in_quotes(std::string_view text) { return "'" + to_utf8_lossy(shorten(text, 80)) + "'"; }

// Copies a question that is whole; what is wrong with it, or nothing.
std::string read_question(const bb_question& raw, Question& out) {
  const std::string_view id = from_abi(raw.id);
  if (!is_question_id(id))
    return "a question's id must be 1 to " + std::to_string(question_id_bytes_max) + " of a-z, 0-9, '_' and '-', got " +
           in_quotes(id);
  const std::string of = " of question '" + std::string(id) + "'";
  if (question_kind_name(raw.kind).empty())
    return "the kind" + of + " is " + std::to_string(raw.kind) + ", which is none";
  if (!is_line(from_abi(raw.title), question_title_bytes_max))
    return "the title" + of + " must be one line of 1 to " + std::to_string(question_title_bytes_max) + " bytes";
  if (raw.text.size > question_text_bytes_max || !is_plain(from_abi(raw.text), "\n\t"))
    return "the text" + of + " must be plain text of at most " + std::to_string(question_text_bytes_max) + " bytes";
  if (raw.accept.size > question_accept_bytes_max || !is_plain(from_abi(raw.accept), ""))
    return "the media types" + of + " must be one line of at most " + std::to_string(question_accept_bytes_max) +
           " bytes";
  const bool has_choices = raw.kind == BB_QUESTION_CHOICE;
  if (has_choices ? raw.choices == nullptr || raw.choice_count == 0 || raw.choice_count > question_choices_max
                  : raw.choice_count != 0)
    return "question '" + std::string(id) + "' has " + std::to_string(raw.choice_count) + " choices, expected " +
           (has_choices ? "1 to " + std::to_string(question_choices_max) : "none for its kind");
  out.id = id;
  out.kind = raw.kind;
  out.title = from_abi(raw.title);
  out.text = from_abi(raw.text);
  for (std::uint64_t index = 0; index < raw.choice_count; ++index) {
    const std::string_view choice = from_abi(raw.choices[index]);
    if (!is_line(choice, question_choice_bytes_max))
      return "a choice" + of + " must be one line of 1 to " + std::to_string(question_choice_bytes_max) + " bytes";
    if (std::find(out.choices.begin(), out.choices.end(), choice) != out.choices.end())
      return "the choice " + in_quotes(choice) + of + " is there twice";
    out.choices.emplace_back(choice);
  }
  for (std::string& type : split(from_abi(raw.accept), ' '))
    if (!type.empty()) out.accept.push_back(to_lower(type));
  return {};
}

bool is_accepted(const Question& question, std::string_view media_type) {
  const std::string type = to_lower(trim(media_type.substr(0, media_type.find(';'))));
  return question.accept.empty() || type.empty() ||
         std::any_of(question.accept.begin(), question.accept.end(),
                     [&](const std::string& pattern) { return matches_glob(type, pattern); });
}

bool has_file(const PersonAnswer& answer) { return answer.content || !answer.file.empty(); }

std::string filename_of(const PersonAnswer& answer) {
  return answer.filename.empty() ? answer.file.filename().string() : answer.filename;
}

// Why an answer is none to its question; empty = it is one.
std::string misfit(const Question& question, const PersonAnswer& answer) {
  if (answer.is_declined) return {};
  const std::string got = has_file(answer) ? "a file" : in_quotes(answer.text);
  if (is_handed_over(question.kind)) {
    if (!has_file(answer)) return "is " + got + ", expected a file";
    if (!is_accepted(question, answer.media_type))
      return "is a file of type " + in_quotes(answer.media_type) + ", expected " + join(question.accept, " or ");
    return {};
  }
  if (has_file(answer)) return "is a file, expected text";
  if (answer.text.size() > answer_text_bytes_max)
    return "has " + std::to_string(answer.text.size()) + " bytes, expected at most " +
           std::to_string(answer_text_bytes_max);
  if (question.kind == BB_QUESTION_INSTRUCT && answer.text != "done") return "is " + got + ", expected 'done'";
  if (question.kind == BB_QUESTION_CONFIRM && answer.text != "yes" && answer.text != "no")
    return "is " + got + ", expected 'yes' or 'no'";
  if (question.kind == BB_QUESTION_CHOICE &&
      std::find(question.choices.begin(), question.choices.end(), answer.text) == question.choices.end())
    return "is " + got + ", expected one of: " + join(question.choices, ", ");
  return {};
}

std::string who(const PersonAnswer& answer) { return answer.name.empty() ? "somebody" : answer.name; }

void record(CallState& state, const Question& question, const PersonAnswer* answer, std::string_view file) {
  Redactor& redactor = state.instance.redactor;
  EvidenceRecord record;
  record.instance = state.instance.name;
  record.call_id = state.abi.call_id;
  record.protocol = "person";
  record.step = question.id;
  record.sent = question.title + (question.text.empty() ? "" : "\n\n" + question.text);
  for (const std::string& choice : question.choices) record.sent += "\n- " + choice;
  record.sent = redactor.redact(record.sent);
  const auto note = [&](std::string name, std::string_view value) {
    if (!value.empty()) record.attributes.push_back({std::move(name), redactor.redact(value)});
  };
  note("kind", question_kind_name(question.kind));
  if (answer) {
    record.peer = redactor.redact(answer->name);
    record.received = redactor.redact(is_handed_over(question.kind) ? file : std::string_view(answer->text));
    note("answer", answer->is_declined ? "declined" : "given");
    note("at", format_utc(answer->at_unix_ns));
    note("filename", filename_of(*answer));
    note("media_type", answer->media_type);
  } else {
    note("answer", "pending");
  }
  state.instance.recorder.evidence(record);
}

// The file that was handed over, or a refusal.
bb_status read_file(CallState& state, const PersonAnswer& answer, const std::string& of, std::string& bytes) {
  if (answer.content) {
    bytes = *answer.content;
    return BB_OK;
  }
  std::error_code failed;
  const std::uint64_t size = std::filesystem::file_size(answer.file, failed);
  if (!failed && size > answer_file_bytes_max)
    return state.refuse(BB_E_TOO_LARGE, Blame::host,
                        "the file that " + who(answer) + " handed over" + of + " has " + std::to_string(size) +
                            " bytes, at most " + std::to_string(answer_file_bytes_max) + " are allowed");
  auto read = read_regular_file(answer.file, answer_file_bytes_max);
  if (!read)
    return state.refuse(BB_E_NOT_FOUND, Blame::host,
                        "the file that " + who(answer) + " handed over" + of + " cannot be read: " + read.error().what);
  bytes = *std::move(read);
  return BB_OK;
}

bb_status hand_over(CallState& state, const Question& question, const PersonAnswer& answer, std::string_view file,
                    bb_answer_sink* out) {
  const std::string filename = filename_of(answer);
  bb_answer value{};
  value.struct_size = sizeof value;
  value.kind = question.kind;
  value.name = to_abi(answer.name);
  value.at_unix_ns = answer.at_unix_ns;
  value.text = to_abi(answer.text);
  value.filename = to_abi(filename);
  value.media_type = to_abi(answer.media_type);
  value.size = file.size();
  bb_status status = out->answer(out, &value);
  for (; status == BB_OK && !file.empty(); file.remove_prefix(std::min(file.size(), file_piece_bytes))) {
    if (state.is_cancelled()) return BB_E_CANCELLED;
    const std::string_view piece = file.substr(0, file_piece_bytes);
    status = out->write(out, {piece.data(), piece.size()});
  }
  return status;
}

bb_status nobody_answered(CallState& state, const Question& question, std::int64_t deadline_unix_ns) {
  const People* const people = state.instance.questions->people();
  const bool is_late = deadline_unix_ns != 0 && state.instance.clock.now_unix_ns() >= deadline_unix_ns;
  state.waits_for_person = !is_late;
  return state.refuse(is_late ? BB_E_DEADLINE : BB_E_PENDING, Blame::host,
                      std::string(is_late ? "nobody answered in time: '" : "nobody has answered yet: '") +
                          question.title + "'; " +
                          (people ? people->how_to_answer(question) : "this host has nobody to ask"));
}

extern "C" bb_status person_ask(const bb_host*, bb_call* call, const bb_question* raw, bb_answer_sink* out) {
  CallState& state = state_of(call);
  if (state.is_cancelled()) return BB_E_CANCELLED;
  const auto wrong = [&](std::string problem) {
    return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector, std::move(problem));
  };
  if (!BB_HAS(raw, deadline_unix_ns) || !BB_HAS(out, write) || !out->answer || !out->write)
    return wrong("a question or its answer sink is incomplete");
  Question question;
  if (std::string problem = read_question(*raw, question); !problem.empty()) return wrong(std::move(problem));
  question.instance = state.instance.name;
  AskedQuestions& questions = *state.instance.questions;
  std::unique_lock lock(questions.mutex);
  auto* const asked = questions.find_or_add(question);
  if (!asked) return wrong("the connector asked over " + std::to_string(questions_max) + " questions");
  if (asked->question != question)
    return wrong("question '" + question.id + "' asks something else than before; another question needs another id");

  const std::string of = " to question '" + question.id + "' of " + question.instance;
  const bool is_new = !asked->answer.has_value();
  if (is_new && questions.people()) asked->answer = questions.people()->ask(question);
  if (!asked->answer) {
    if (!std::exchange(asked->is_recorded, true)) record(state, question, nullptr, {});
    return nobody_answered(state, question, raw->deadline_unix_ns);
  }
  const PersonAnswer answer = *asked->answer;
  if (std::string problem = misfit(question, answer); !problem.empty()) {
    asked->answer.reset();
    return state.refuse(
        BB_E_INVALID_ARGUMENT, Blame::host,
        "the answer of " + who(answer) + of + " " + problem + "; " + questions.people()->how_to_answer(question));
  }
  std::string file;
  if (!answer.is_declined && is_handed_over(question.kind))
    if (const bb_status status = read_file(state, answer, of, file); status != BB_OK) {
      asked->answer.reset();
      return status;
    }
  // Evidence is what the connector got, also where the file has changed since.
  if (std::string sha256 = sha256_hex(file); is_new || sha256 != asked->file_sha256) {
    record(state, question, &answer, file);
    asked->file_sha256 = std::move(sha256);
  }
  if (answer.is_declined)
    return state.refuse(BB_E_CANCELLED, Blame::host, who(answer) + " declined to answer '" + question.title + "'");
  lock.unlock();
  const bb_status status = hand_over(state, question, answer, file, out);
  state.waits_for_person = false;
  // What was refused before an answer came is over.
  if (status == BB_OK) state.refusals.clear();
  return status;
}

}  // namespace

AskedQuestions::Asked* AskedQuestions::find_or_add(const Question& question) {
  const auto found = asked_.find(question.id);
  if (found != asked_.end()) return &found->second;
  if (asked_.size() >= questions_max) return nullptr;
  return &asked_.emplace(question.id, Asked{question, std::nullopt, false, {}}).first->second;
}

std::string_view question_kind_name(bb_question_kind kind) {
  switch (kind) {
    case BB_QUESTION_INSTRUCT:
      return "instruct";
    case BB_QUESTION_CONFIRM:
      return "confirm";
    case BB_QUESTION_TEXT:
      return "text";
    case BB_QUESTION_CHOICE:
      return "choice";
    case BB_QUESTION_FILE:
      return "file";
    case BB_QUESTION_SCREENSHOT:
      return "screenshot";
    default:
      return {};
  }
}

const bb_host_person& person_service() {
  static const bb_host_person table{sizeof(bb_host_person), 0, person_ask};
  return table;
}

}  // namespace bb::host
