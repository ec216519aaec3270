#include "harness/bundle/redact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "harness/bundle/masker.hpp"
#include "harness/bundle/personal_data.hpp"
#include "harness/evidence/event_chain.hpp"
#include "harness/evidence/event_writer.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_reader.hpp"
#include "harness/report/report.hpp"

namespace bb::bundle {
namespace {

namespace fs = std::filesystem;

template <std::size_t N>
bool is_among(std::string_view key, const std::array<std::string_view, N>& keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Members that are words of the program or of a suite: by them events join.
constexpr std::array<std::string_view, 16> event_words = {
    "n",    "at",     "us",  "type",      "chain",     "suite",    "step",     "outcome",
    "kind", "format", "run", "rule_date", "interface", "function", "run_file", "verdict"};
constexpr std::array<std::string_view, 7> plan_words = {"suite", "path", "level", "rows", "verifies", "tags", "counts"};
constexpr std::array<std::string_view, 6> suite_words = {"id", "version", "title", "files", "sha256", "options"};
constexpr std::array<std::string_view, 7> claim_words = {"gate", "text",     "outcome", "level",
                                                         "hint", "verifies", "line"};
constexpr std::array<std::string_view, 3> message_words = {"result", "status", "media_type"};
// A waiver is looked up by its claim, whose text a claim keeps too.
constexpr std::array<std::string_view, 6> waiver_words = {"subject", "outcome", "claim", "expires", "hold", "step"};

class Redactor {
 public:
  Redactor(const fs::path& folder, const fs::path& out) : folder_(folder), out_(out), masker_(pseudonyms_) {}

  Result<Redacted> redact() {
    BB_TRY(const auto run, evidence::read_run(folder_));
    if (run.is_damaged) return Error{fmt::format("{}: {}", folder_.string(), run.verdict.sentence)};
    std::error_code error;
    if (fs::exists(fs::symlink_status(out_, error)))
      return Error{fmt::format("{} is there already; name a folder that is not", out_.string())};
    BB_CHECK(learn_personal_data(folder_, pseudonyms_));
    BB_CHECK(make_private_folder(out_));
    BB_CHECK(make_private_folder(out_ / evidence::blobs_folder_name));
    BB_CHECK(write_run_file());
    BB_CHECK(write_events());
    BB_TRY(const auto masked, evidence::read_run(out_));
    if (masked.is_damaged) return Error{fmt::format("the redacted run is damaged: {}", masked.verdict.sentence)};
    BB_CHECK(report::write_standard_reports(masked));
    return Redacted{out_, pseudonyms_.count(), masker_.left_out()};
  }

 private:
  Status write_run_file() {
    const auto text = read_regular_file(folder_ / evidence::run_file_name);
    auto value = text ? parse_json(*text) : Result<Value>(Value::object());
    if (!value) return value.error();
    Value masked = Value::object();
    for (const auto& member : *value->members())
      masked.set(member.key, is_among(member.key, event_words) ? member.value : everything(member.value));
    const std::string written = to_json_pretty(masked) + "\n";
    run_file_hash_ = sha256_hex(written);
    return write_text(out_ / evidence::run_file_name, written, Privacy::private_);
  }

  Status write_events() {
    evidence::StreamProblems problems;
    evidence::EventChain chain;
    std::string lines;
    BB_CHECK(evidence::read_events(folder_, problems, [&](const Value& event, std::size_t) -> Status {
      BB_TRY(Value masked, masked_event(event));
      lines += chain.close(to_json(masked));
      lines += '\n';
      return {};
    }));
    return write_text(out_ / evidence::events_file_name, lines, Privacy::private_);
  }

  Result<Value> masked_event(const Value& event) {
    Value masked = Value::object();
    const std::string type = event["type"].string_or("");
    are_names_kept_ = type == "run_started" || type == "call_started";
    for (const auto& member : *event.members()) {
      if (member.key == "chain") continue;
      BB_TRY(Value value, masked_member(type, member.key, member.value));
      masked.set(member.key, std::move(value));
    }
    if (type == "run_started") {
      masked.set("run_file", run_file_hash_);
      masked.set("masked", true);
    }
    if (type == "run_started" || type == "run_resumed") {
      Value notes = masked["notes"].is_array() ? masked["notes"] : Value::array();
      notes.push("redacted: names, identifiers and dates of birth are pseudonyms");
      masked.set("notes", std::move(notes));
    }
    return masked;
  }

  Result<Value> masked_member(const std::string& type, const std::string& key, const Value& value) {
    if (is_among(key, event_words) || key == "requirements" || key == "counts") return value;
    if (is_body(value)) return masked_body(value);
    if (key == "evidence_blob") return masked_file(value);
    if (key == "settings") return masked_settings(value);
    if (key == "connectors" && (type == "run_started" || type == "run_resumed")) return value;
    if (key == "plan") return each(value, plan_words);
    if (key == "waivers") return each(value, waiver_words);
    if (key == "claims") return each(value, claim_words);
    if (key == "message" && value.is_object()) return except(value, message_words);
    if (key == "suites" && type == "run_started") {
      BB_CHECK(copy_files(value));
      return each(value, suite_words);
    }
    return everything(value);
  }

  static bool is_body(const Value& value) {
    return value.is_object() && ((value.size() == 1 && value["text"].is_string()) ||
                                 (value.size() == 2 && value["blob"].is_string() && value["bytes"].is_integer()));
  }

  Result<Value> masked_body(const Value& value) {
    if (const auto* const name = value["blob"].string())
      if (const auto known = bodies_.find(*name); known != bodies_.end()) return known->second;
    BB_TRY(const std::string bytes, evidence::read_body(folder_, value));
    const std::string masked = masker_.body(bytes);
    Value written = Value::object({{"text", masked}});
    if (masked.size() >= evidence::inline_body_bytes_max) {
      BB_TRY(const std::string name, put_blob(masked));
      written = Value::object({{"blob", name}, {"bytes", masked.size()}});
    }
    if (const auto* const name = value["blob"].string()) bodies_.emplace(*name, written);
    return written;
  }

  // A file that was kept whole, by the name of its blob.
  Result<Value> masked_file(const Value& name) {
    BB_TRY(const std::string bytes, evidence::read_blob(folder_, name.string_or("")));
    BB_TRY(const std::string masked, put_blob(masker_.body(bytes)));
    return Value(masked);
  }

  Result<Value> masked_settings(const Value& settings) {
    Value masked = everything(settings);
    if (Value* const waivers = masked.find("waivers"); waivers != nullptr) {
      BB_TRY(Value blob, masked_file(settings["waivers"]["blob"]));
      waivers->set("blob", std::move(blob));
    }
    return masked;
  }

  Result<std::string> put_blob(const std::string& bytes) {
    std::string name = sha256_hex(bytes);
    BB_CHECK(write_text(out_ / evidence::blobs_folder_name / name, bytes, Privacy::private_));
    return name;
  }

  // The suites and their catalogues are published, and no patient's.
  Status copy_files(const Value& suites) {
    for (std::size_t i = 0; i < suites.size(); ++i) {
      const Value& files = suites[i]["files"];
      for (std::size_t j = 0; j < files.size(); ++j) {
        BB_TRY(const std::string bytes, evidence::read_blob(folder_, files[j]["blob"].string_or("")));
        BB_CHECK(put_blob(bytes));
      }
    }
    return {};
  }

  template <std::size_t N>
  Value except(const Value& object, const std::array<std::string_view, N>& words) {
    Value masked = Value::object();
    if (object.members() == nullptr) return everything(object);
    for (const auto& member : *object.members())
      masked.set(member.key, is_among(member.key, words) ? member.value : everything(member.value));
    return masked;
  }

  template <std::size_t N>
  Value each(const Value& list, const std::array<std::string_view, N>& words) {
    Value masked = Value::array();
    for (std::size_t i = 0; i < list.size(); ++i) masked.push(except(list[i], words));
    return masked;
  }

  Value everything(const Value& value) {
    if (const auto* text = value.string()) return Value(text_of(*text));
    if (value.is_array()) {
      Value masked = Value::array();
      for (const auto& item : *value.items()) masked.push(everything(item));
      return masked;
    }
    if (value.is_object()) {
      Value masked = Value::object();
      for (const auto& member : *value.members())
        masked.set(are_names_kept_ ? member.key : text_of(member.key), everything(member.value));
      return masked;
    }
    if (value.is_integer()) {
      const std::string number = std::to_string(value.integer_or(0));
      if (const std::string other = text_of(number); other != number) return Value(other);
    }
    return value;
  }

  // The same few texts stand in most events.
  const std::string& text_of(const std::string& text) {
    const auto found = texts_.find(text);
    return found != texts_.end() ? found->second : texts_.emplace(text, masker_.text(text)).first->second;
  }

  const fs::path folder_, out_;
  Pseudonyms pseudonyms_;
  Masker masker_;
  bool are_names_kept_ = true;  // of members: those of suites, targets and calls are nobody's data
  std::string run_file_hash_;
  std::map<std::string, Value> bodies_;       // by the name of the blob
  std::map<std::string, std::string> texts_;  // masked, by the text
};

}  // namespace

Result<Redacted> redact(const fs::path& folder, const fs::path& out) { return Redactor(folder, out).redact(); }

}  // namespace bb::bundle
