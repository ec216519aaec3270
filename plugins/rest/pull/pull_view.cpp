// The view of org.bluebridge.rest.pull: the summary as a person reads it, and the documents that a search finds.
#include <charconv>

#include <bb/core/time.hpp>

#include "http/http_status.hpp"
#include "json_answer.hpp"
#include "pull/pull_provider.hpp"

namespace bb::rest {
namespace {

constexpr std::string_view summary_item = "summary";

// Where a listing goes on: how many items it has given.
std::size_t place_of(std::string_view cursor, std::string_view doing) {
  std::size_t place = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), place);
  if (error != std::errc() || end != cursor.data() + cursor.size())
    throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": the cursor is none that a listing gave"};
  return place;
}

FormFields fields_of(const bb_query& query) {
  FormFields fields;
  for (std::uint64_t i = 0; i < query.term_count; ++i)
    fields.emplace_back(to_view(query.terms[i].key), to_view(query.terms[i].value));
  if (query.from_unix_ns != 0) fields.emplace_back("period:after", format_utc(query.from_unix_ns));
  if (query.until_unix_ns != 0) fields.emplace_back("period:before", format_utc(query.until_unix_ns));
  return fields;
}

}  // namespace

HttpResponse PullProvider::ask(Call& call, const std::string& url, std::string_view accept, const FormFields& query,
                               std::string_view doing) {
  expect_open(doing);
  auto& to = line(call);
  auto response =
      to.exchange(call, {.url = url, .query = query, .accept = std::string(accept), .token = token_}, doing);
  refuse_echo(response, token_, doing);
  if (response.status < 200 || response.status >= 300) throw failure_of_bearer(response, doing);
  return response;
}

std::vector<pull::ListedDocument> PullProvider::search(Call& call, const FormFields& query, std::string_view doing) {
  const auto& url = provider(call).search;
  if (url.empty()) throw Failure{BB_E_UNSUPPORTED, std::string(doing) + ": the provider has no search (bb_api)"};
  // Some give Atom alone, whatever is asked for.
  const auto response = ask(call, url, "application/json, text/xml;q=0.5", query, doing);
  const auto type = media_type_of(response);
  const bool is_json = type == "application/json" || type == "text/json";
  const bool is_xml = type == "text/xml" || type == "application/xml" || type == "application/atom+xml";
  if (!is_json && !is_xml)
    throw plugins::not_this_api(
        doing, "expected content-type application/json or text/xml, got " + (type.empty() ? "none" : "'" + type + "'"));
  auto documents = is_json ? pull::read_bundle(response.body) : pull::read_atom(response.body);
  if (!documents) throw plugins::not_this_api(doing, documents.error().what);
  return *std::move(documents);
}

void PullProvider::list(Call& call, const bb_query& query, Items& out) {
  constexpr std::string_view doing = "listing documents";
  expect_open(doing);
  const auto kind = to_view(query.kind);
  const auto begin = query.cursor.size != 0 ? place_of(to_view(query.cursor), doing) : 0;
  std::vector<pull::ListedDocument> documents;
  if (kind.empty() || kind == "document") documents = search(call, fields_of(query), doing);
  const bool has_summary = (kind.empty() || kind == summary_item) && !provider(call).summary.empty();
  const std::size_t count = documents.size() + (has_summary ? 1 : 0);
  if (begin > count || (begin == count && begin != 0))
    throw Failure{BB_E_INVALID_ARGUMENT, std::string(doing) + ": the cursor is behind the end of the listing"};
  const std::size_t end = query.limit == 0 ? count : std::min(count, begin + query.limit);
  for (std::size_t i = begin; i < end; ++i) {
    call.check();
    if (has_summary && i == 0) {
      out.emit({.id = summary_item,
                .kind = "summary",
                .media_type = "text/html",
                .title = "Health summary",
                .subject = open_->patient});
      continue;
    }
    const auto& document = documents[i - (has_summary ? 1 : 0)];
    if (document.location.empty()) throw plugins::not_this_api(doing, "a document in the list has no location");
    out.emit({.id = line(call).absolute(document.location, doing),
              .kind = "document",
              .media_type = document.media_type,
              .title = document.title,
              .subject = open_->patient,
              .updated_unix_ns = parse_time(document.end).value_or(0)});
  }
  if (end < count) out.cursor(std::to_string(end));
}

void PullProvider::read(Call& call, std::string_view item_id, Content& out) {
  constexpr std::string_view doing = "reading a document";
  expect_open(doing);
  if (item_id != summary_item) return emit_document(call, std::string(item_id), "*/*", item_id, "document", out, doing);
  emit_document(call, provider(call).summary, "text/html, text/plain;q=0.9", item_id, "summary", out, doing);
}

void PullProvider::emit_document(Call& call, const std::string& url, std::string_view accept, std::string_view id,
                                 std::string_view kind, Content& out, std::string_view doing) {
  if (!line(call).is_own(url))
    throw Failure{BB_E_NOT_FOUND, std::string(doing) + ": the provider has nothing at such an address"};
  const auto response = ask(call, url, accept, {}, doing);
  if (response.body.empty()) throw plugins::not_this_api(doing, "expected a document, got an empty body");
  const auto media_type = media_type_of(response);
  out.head({.id = id, .kind = kind, .media_type = media_type, .subject = open_->patient, .size = response.body.size()});
  out.write(response.body);
}

}  // namespace bb::rest
