#include "portal/record_mistakes.hpp"

#include <fmt/format.h>

#include <charconv>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/thing_types.hpp>

#include "portal/documents.hpp"

namespace bb::portal {
namespace {

namespace hv = healthvault;

constexpr std::int64_t hour_ns = 60 * 60 * ns_per_second;
constexpr int endless = 60;  // attempts that a careful client never makes
constexpr auto patience = std::chrono::minutes(3);
constexpr std::string_view cda_type = "1ed1cba6-9530-44a3-b7b5-e8219690ebcf";

RecordLine::Limits limits_of(const Defects& defects) {
  RecordLine::Limits limits;
  if (defects.is_on(Defect::record_waits_for_ever)) limits = {patience, patience};
  return limits;
}

// The first place alone.
std::string with_change(std::string text, std::string_view from, std::string_view to) {
  if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

// As a serializer does that writes children by name.
std::string with_info_first(const std::string& body) {
  const auto header = body.find("<header>"), info = body.find("<info"), end = body.rfind("</");
  if (header == std::string::npos || info == std::string::npos || end < info) return body;
  return body.substr(0, header) + body.substr(info, end - info) + body.substr(header, info - header) + body.substr(end);
}

// "<date><y>2009</y></date>": what is not known is taken for the first.
std::string with_padded_dates(std::string data) {
  data = replace_all(std::move(data), "</y></structured>", "</y><m>1</m><d>1</d></structured>");
  data = replace_all(std::move(data), "</y></date>", "</y><m>1</m><d>1</d></date>");
  return replace_all(std::move(data), "</m></date>", "</m><d>1</d></date>");
}

// A codable value's words, which stand before its codes.
std::string with_empty_texts(std::string data) {
  constexpr std::string_view open = "<text>", code = "</text><code>";
  for (auto end = data.find(code); end != std::string::npos; end = data.find(code, end + 1)) {
    const auto begin = data.rfind(open, end);
    if (begin == std::string::npos) break;
    const auto text = begin + open.size();
    data.erase(text, end - text);
    end = text;
  }
  return data;
}

// "<kg>86</kg>": the number that the scale shows in pounds.
std::string with_pounds(std::string data) {
  constexpr std::string_view open = "<kg>";
  constexpr double pounds_in_kg = 2.20462262;
  const auto at = data.find(open);
  if (at == std::string::npos) return data;
  const auto begin = at + open.size(), end = data.find('<', begin);
  double kg = 0;
  std::from_chars(data.data() + begin, data.data() + end, kg);
  return data.replace(begin, end - begin, fmt::format("{:.1f}", kg * pounds_in_kg));
}

}  // namespace

MistakenLine::MistakenLine(const RecordOptions& options, const std::string& trust_file,
                           const std::atomic<bool>& is_stopping, const Defects& defects)
    : RecordLine(options, trust_file, is_stopping, limits_of(defects)), defects_(defects) {}

hv::Reply MistakenLine::exchange(const hv::Exchange& exchange) {
  auto sent = exchange;
  if (defects_.is_on(Defect::record_rewrites_signed)) sent.body = with_change(sent.body, "<info>", "<info >");
  if (defects_.is_on(Defect::record_signs_wrongly)) sent.body = with_change(sent.body, "<version>", "<version> ");
  if (defects_.is_on(Defect::record_wrong_order)) sent.body = with_info_first(sent.body);
  auto reply = RecordLine::exchange(sent);
  // 1 FAILED is what nothing is done about.
  if (defects_.is_on(Defect::record_ignores_expiry))
    reply.body = with_change(reply.body, "<code>65</code>", "<code>1</code>");
  if (defects_.is_on(Defect::record_ignores_timeout))
    reply.body = with_change(reply.body, "<code>49</code>", "<code>1</code>");
  return reply;
}

std::string MistakenLine::random_bytes(std::size_t count) {
  return defects_.is_on(Defect::record_constant_secret) ? std::string(count, 's') : RecordLine::random_bytes(count);
}

std::int64_t MistakenLine::now_unix_ns() {
  return RecordLine::now_unix_ns() - (defects_.is_on(Defect::record_old_time) ? hour_ns : 0);
}

void mistake_repeats(hv::ClientOptions& options, const Defects& defects) {
  if (defects.is_on(Defect::record_gives_up) || defects.is_on(Defect::record_doubles)) options.repeats_max = 0;
  if (!defects.is_on(Defect::record_repeats_for_ever)) return;
  options.repeats_max = endless;
  options.pause_ms = 0;
}

hv::RecordAddress mistaken_address(hv::Client& client, hv::Line& line, const hv::RecordAddress& to,
                                   const Defects& defects) {
  if (defects.is_on(Defect::record_swaps_ids)) return {to.record_id, to.person_id};
  if (!defects.is_on(Defect::record_wrong_record)) return to;
  if (const auto people = client.get_authorized_people(line))
    for (const auto& person : *people)
      for (const auto& record : person.records)
        if (!iequals(record.id, to.record_id)) return {person.id, record.id};
  return to;
}

void mistake_things(std::vector<hv::NewThing>& things, const Defects& defects) {
  if (defects.is_on(Defect::record_wrong_type)) things.front().thing.type_id = cda_type;
  for (auto& [thing, id] : things) {
    auto& bytes = thing.data.front().bytes;
    if (defects.is_on(Defect::record_no_source)) {
      const auto common = bytes.rfind("<common>");
      if (common != std::string::npos)
        bytes = bytes.substr(0, common) +
                with_change(bytes.substr(common), "<source>BlueBridge sample portal</source>", "");
    }
    if (defects.is_on(Defect::record_pads_dates)) bytes = with_padded_dates(std::move(bytes));
    if (defects.is_on(Defect::record_codes_without_text)) bytes = with_empty_texts(std::move(bytes));
    if (defects.is_on(Defect::record_weight_in_pounds)) bytes = with_pounds(std::move(bytes));
    if (defects.is_on(Defect::record_wrong_blob_hash))
      for (auto& blob : thing.blobs)
        if (blob.hash) blob.hash->hash = hv::sha256_base64(bytes);
  }
}

bool is_begun_anew(const hv::CallError& error, int attempt, const Defects& defects) {
  if (attempt >= endless) return false;
  const bool is_refused = error.kind == hv::CallError::Kind::refused;
  if (defects.is_on(Defect::record_doubles)) return error.kind == hv::CallError::Kind::unanswered && attempt == 1;
  if (defects.is_on(Defect::record_renews_for_ever))
    return is_refused && hv::class_of(error.code) == hv::StatusClass::renew_session;
  return defects.is_on(Defect::record_keeps_on) && is_refused &&
         hv::class_of(error.code) == hv::StatusClass::authorization_lost;
}

}  // namespace bb::portal
