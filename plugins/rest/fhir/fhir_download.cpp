// The downloads of org.bluebridge.rest.fhir: a whole record as one Bundle, a C-CDA that the
// server makes ($docref), and what a backend service exports.
#include <set>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "fhir/fhir_server.hpp"
#include "fhir/search_query.hpp"
#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "selection.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view doing = "downloading";
constexpr std::string_view bundle_format = "fhir-bundle";
constexpr std::string_view ccda_format = "ccda-2.1";
constexpr std::string_view export_format = "fhir-ndjson";
constexpr std::string_view summary_format = "fhir-ips";
constexpr std::size_t record_bytes_max = 64ull * 1024 * 1024;

// Entries of many pages, each once.
class Merged {
 public:
  void add(const Bundle& page) {
    for (const auto& entry : page.entries) {
      if (entry.search_mode == "outcome") continue;
      if (!entry.id.empty() && !seen_.insert(entry.type + "/" + entry.id).second) continue;
      if (text_.size() + entry.text.size() > record_bytes_max)
        throw Failure{BB_E_TOO_LARGE,
                      "downloading: the record is larger than " + std::to_string(record_bytes_max) + " bytes"};
      text_ += text_.empty() ? "" : ",\n";
      text_ += entry.text;
    }
  }
  std::string bundle() const {
    return R"({"resourceType": "Bundle", "type": "searchset", "entry": [)" + text_ + "]}\n";
  }

 private:
  std::set<std::string, std::less<>> seen_;
  std::string text_;
};

// The date part of an instant, as $docref and $everything take it.
void add_dates(FormFields& fields, const bb_query& selection) {
  if (selection.from_unix_ns != 0) fields.emplace_back("start", format_date(selection.from_unix_ns));
  if (selection.until_unix_ns != 0) fields.emplace_back("end", format_date(selection.until_unix_ns - 1));
}

}  // namespace

void FhirServer::formats(Call& call, std::string_view subject, Formats& out) {
  call.check();
  (void)patient_or_own(to_str(subject), "listing formats");
  out.emit(bundle_format, release_.media_type, std::string(release_.title) + " bundle");
  if (profile_.has_docref) out.emit(ccda_format, "application/xml", "C-CDA");
  if (has_summary_) out.emit(summary_format, fhir_media_type, "International Patient Summary");
}

void FhirServer::fetch(Call& call, const bb_download_request& request, Content& out) {
  const bb_query& selection = plugins::selection_of(request);
  const auto format = to_view(request.format_id);
  if (format == export_format) return fetch_export(call, out);
  const auto patient = patient_or_own(selection.subject, doing);
  if (format == ccda_format && profile_.has_docref) {
    if (request.item_count != 0)
      throw Failure{BB_E_UNSUPPORTED, "downloading: the server makes a C-CDA of a time, not of items"};
    return fetch_docref(call, patient, selection, out);
  }
  if (format == summary_format && has_summary_) return fetch_summary(call, patient, request, out);
  if (format != bundle_format)
    throw Failure{BB_E_UNSUPPORTED, "downloading: this server is asked for fhir-bundle" +
                                        std::string(profile_.has_docref ? ", ccda-2.1" : "") +
                                        std::string(has_summary_ ? ", fhir-ips" : "") + " and fhir-ndjson"};
  std::string body;
  if (request.item_count == 0) {
    body = whole_record(call, patient, selection);
  } else {
    std::string text;
    for (std::uint64_t i = 0; i < request.item_count; ++i) {
      const auto id = to_view(request.item_ids[i]);
      if (!is_resource_path(id)) throw Failure{BB_E_NOT_FOUND, "downloading: the record has no item of that id"};
      const auto response = ask(call, {.url = std::string(id)}, doing);
      expect_fhir_json(response, doing);
      text += (i == 0 ? "" : ",\n") + std::string(R"({"fullUrl": )") + to_json(Value(line_.absolute(id, doing))) +
              R"(, "resource": )" + response.body + "}";
    }
    body = R"({"resourceType": "Bundle", "type": "collection", "entry": [)" + text + "]}\n";
  }
  out.head({.id = bundle_format,
            .kind = "document",
            .media_type = release_.media_type,
            .subject = patient,
            .size = body.size()});
  out.write(body);
}

std::string FhirServer::whole_record(Call& call, const std::string& patient, const bb_query& selection) {
  Merged merged;
  std::set<std::string, std::less<>> visited;  // a loop of pages ends (FHIR-CX-02)
  const auto follow = [&](std::string url, FormFields query) {
    for (std::int64_t pages = 0; !url.empty(); ++pages) {
      call.check();
      if (pages == pages_max_)
        throw plugins::not_this_api(
            doing, "a search has more than " + std::to_string(pages_max_) + " pages (configuration: /pages_max)");
      const auto page = search(call, url, query, doing);
      merged.add(page);
      if (page.next.empty()) return;
      url = line_.absolute(page.next, doing);
      query.clear();
      if (!visited.insert(url).second) throw plugins::not_this_api(doing, "the pages of a search lead in a circle");
    }
  };
  if (profile_.has_everything) {
    FormFields query;
    add_dates(query, selection);
    follow("Patient/" + patient + "/$everything", std::move(query));
  } else {
    for (auto& search : searches_of(selection, searches_for(patient))) follow(search.type, std::move(search.fields));
  }
  return merged.bundle();
}

// FHIR-IPS-01: the server chooses what belongs into a summary.
void FhirServer::fetch_summary(Call& call, const std::string& patient, const bb_download_request& request,
                               Content& out) {
  const bb_query& selection = plugins::selection_of(request);
  if (request.item_count != 0 || selection.from_unix_ns != 0 || selection.until_unix_ns != 0)
    throw Failure{BB_E_UNSUPPORTED, "downloading: the server makes a summary of the record, not of items or a time"};
  const auto response = ask(call, {.url = "Patient/" + patient + "/$summary"}, doing);
  expect_fhir_json(response, doing);
  const auto bundle = parse_json(response.body);
  const auto type = bundle ? (*bundle)["type"].string_or("") : std::string();
  const auto first = bundle ? (*bundle)["entry"][0]["resource"]["resourceType"].string_or("") : std::string();
  if (type != "document" || first != "Composition")
    throw plugins::not_this_api(doing, "expected a Bundle of type document that begins with a Composition, got type '" +
                                           shorten(type, 40) + "' and '" + shorten(first, 40) + "'");
  out.head({.id = summary_format,
            .kind = "document",
            .media_type = fhir_media_type,
            .subject = patient,
            .size = response.body.size()});
  out.write(response.body);
}

// FHIR-DOCREF-01, -02: the reference first, then what it leads to.
void FhirServer::fetch_docref(Call& call, const std::string& patient, const bb_query& selection, Content& out) {
  FormFields query{{"patient", patient}};
  add_dates(query, selection);
  const auto page = ask(call, {.url = "DocumentReference/$docref", .query = query, .is_answer = false}, doing);
  expect_fhir_json(page, doing);
  const auto found = parse_json(page.body);
  const Value* attachment = nullptr;
  if (const auto* const entries = found ? (*found)["entry"].items() : nullptr)
    for (const auto& entry : *entries)
      if (attachment == nullptr && entry["resource"]["resourceType"].string_or("") == "DocumentReference")
        attachment = &entry["resource"]["content"][0]["attachment"];
  if (attachment == nullptr) throw Failure{BB_E_NOT_FOUND, "downloading: $docref gives no document for this selection"};
  const auto said_type = (*attachment)["contentType"].string_or("application/xml");
  const auto emit = [&](std::string_view media_type, std::string_view bytes) {
    out.head(
        {.id = ccda_format, .kind = "document", .media_type = media_type, .subject = patient, .size = bytes.size()});
    out.write(bytes);
  };
  if (const auto data = (*attachment)["data"].string_or(""); !data.empty()) {
    const auto bytes = base64_decode(data);
    if (!bytes) throw plugins::not_this_api(doing, "the attachment's data is not base64");
    return emit(said_type, *bytes);
  }
  const auto url = (*attachment)["url"].string_or("");
  if (url.empty()) throw plugins::not_this_api(doing, "the DocumentReference has an attachment without data and url");
  const auto response = ask(call, {.url = url, .accept = said_type}, doing);
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a document, got an empty body");
  const auto type = media_type_of(response);
  if (type != fhir_media_type) return emit(type, response.body);
  // A Binary in its own form (FHIR R4, binary.html#rest).
  const auto binary = parse_json(response.body);
  const auto bytes = binary ? base64_decode((*binary)["data"].string_or("")) : std::nullopt;
  if (!bytes || bytes->empty()) throw plugins::not_this_api(doing, "expected a document or a Binary that holds one");
  emit((*binary)["contentType"].string_or(said_type), *bytes);
}

}  // namespace bb::rest
