#include "portal/pull/documents.hpp"

#include <algorithm>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/ccda.hpp>

#include "portal/fhir/ids.hpp"
#include "portal/selection.hpp"
#include "web/template.hpp"

namespace bb::portal::pull {
namespace {

const std::string atom_template = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>Documents</title>
<id>{{search_url}}</id>
<updated>{{now}}</updated>
<author><name>{{publisher}}</name></author>
{{#documents}}
<entry>
<title>{{title}}</title>
<id>{{location}}</id>
<updated>{{end}}</updated>
<link rel="alternate" type="{{mimeType}}" href="{{location}}"/>
<content type="text/xml">
<DocumentReference xmlns="http://hl7.org/fhir">
<location value="{{location}}"/>
<format value="{{format}}"/>
<mimeType value="{{mimeType}}"/>
{{#types}}
<type value="{{type}}"/>
{{/types}}
<period><start value="{{start}}"/><end value="{{end}}"/></period>
</DocumentReference>
</content>
</entry>
{{/documents}}
</feed>
)xml";

constexpr std::size_t shown_bytes_max = 40;

bool is_among(const std::vector<std::string>& wanted, std::string_view text) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) { return one == text; });
}

std::string location_of(const Document& document, const Listing& listing) {
  return listing.documents_url + document.id;
}

}  // namespace

std::vector<Document> documents_of(const Patient& patient, std::int64_t otherwise_ns) {
  const auto created = instants_of(patient.record.created).value_or(Instants{otherwise_ns, otherwise_ns});
  std::vector<Document> documents;
  Instants whole = created;
  for (const auto& item : list_items(patient.record)) {
    Document document{.id = fhir::id_of(patient.id + "\n" + item.id),
                      .item = item.id,
                      .title = item.title,
                      .type = item.kind == "summary" ? "Summary" : "Consult",
                      .period = created};
    if (item.kind == "visit") {
      const auto& encounter = patient.record.encounters[documents.size() - 1];
      const auto start = instants_of(encounter.start), end = instants_of(encounter.end);
      if (start || end) document.period = {(start ? start : end)->first_ns, (end ? end : start)->last_ns};
      whole.first_ns = std::min(whole.first_ns, document.period.first_ns);
    }
    documents.push_back(std::move(document));
  }
  documents.front().period = whole;
  return documents;
}

std::string content_of(const Patient& patient, const Document& document) {
  Selection selection;
  selection.items = {document.item};
  const auto part = selection.is_whole() ? std::nullopt : select(patient.record, selection);
  return part ? records::write_ccda(*part) : patient.document;
}

bool DocumentFilter::selects(const Document& document) const {
  return is_among(media_types, document_media_type) && is_among(formats, document_format) &&
         is_among(types, document.type) && (!before_ns || document.period.last_ns < *before_ns) &&
         (!after_ns || *after_ns < document.period.first_ns);
}

Result<DocumentFilter> read_filter(const web::Fields& query) {
  DocumentFilter filter;
  for (const auto& [name, value] : query) {
    if (name == "_format") continue;
    if (name == "mimeType" || name == "format" || name == "type") {
      (name == "mimeType" ? filter.media_types : name == "format" ? filter.formats : filter.types) = split(value, ',');
    } else if (name == "period:before" || name == "period:after") {
      const auto instants = instants_of(value);
      if (!instants)
        return Error{name + " is no date of ISO 8601: '" + one_line(shorten(value, shown_bytes_max)) + "'"};
      if (name == "period:before") filter.before_ns = instants->first_ns;
      if (name == "period:after") filter.after_ns = instants->last_ns;
    } else {
      return Error{"'" + one_line(shorten(name, shown_bytes_max)) +
                   "' is none of mimeType, format, type, period:before, period:after and _format"};
    }
  }
  return filter;
}

Value bundle_of(const std::vector<Document>& documents, const Listing& listing) {
  auto entries = Value::array();
  for (const auto& document : documents) {
    const auto end = format_utc(document.period.last_ns);
    auto reference = Value::object({{"resourceType", "DocumentReference"},
                                    {"location", location_of(document, listing)},
                                    {"format", document_format},
                                    {"mimeType", document_media_type}});
    if (listing.has_types) reference.set("type", document.type);
    reference.set("period", Value::object({{"start", format_utc(document.period.first_ns)}, {"end", end}}));
    entries.push(Value::object({{"title", document.title},
                                {"id", location_of(document, listing)},
                                {"updated", end},
                                {"content", std::move(reference)}}));
  }
  return Value::object({{"resourceType", "Bundle"},
                        {"title", "Documents"},
                        {"id", listing.search_url},
                        {"updated", format_utc(listing.now_ns)},
                        {"totalResults", documents.size()},
                        {"entry", std::move(entries)}});
}

std::string atom_of(const std::vector<Document>& documents, const Listing& listing) {
  auto rows = Value::array();
  for (const auto& document : documents) {
    auto row = Value::object({{"title", document.title},
                              {"location", location_of(document, listing)},
                              {"format", document_format},
                              {"mimeType", document_media_type},
                              {"start", format_utc(document.period.first_ns)},
                              {"end", format_utc(document.period.last_ns)}});
    row.set("types", Value(Value::Array(listing.has_types ? 1 : 0, Value::object({{"type", document.type}}))));
    rows.push(std::move(row));
  }
  return web::fill_template(atom_template, Value::object({{"search_url", listing.search_url},
                                                          {"now", format_utc(listing.now_ns)},
                                                          {"publisher", listing.publisher},
                                                          {"documents", std::move(rows)}}));
}

}  // namespace bb::portal::pull
