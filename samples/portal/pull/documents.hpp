// portal/pull/documents.hpp - a patient's documents as Blue Button+ Pull lists them.
//
// The whole record is one, of the type Summary, and each visit one, of the type Consult; all are C-CDA. Source: Blue
// Button+ Pull drafts, 2013 (BBP-PULL-53 to -55).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "portal/instants.hpp"
#include "portal/patients.hpp"
#include "web/http_message.hpp"

namespace bb::portal::pull {

inline constexpr std::string_view document_format = "CCDA";
inline constexpr std::string_view document_media_type = "text/xml";

struct Document {
  std::string id;    // in its address; tells nothing of the patient
  std::string item;  // "summary", "visit-1"
  std::string title;
  std::string type;  // "Summary", "Consult"
  Instants period{0, 0};
};

// `otherwise_ns`: when a record was made that does not say so.
std::vector<Document> documents_of(const Patient& patient, std::int64_t otherwise_ns);
std::string content_of(const Patient& patient, const Document& document);

// What a search selects by; parameters that are absent select nothing away.
struct DocumentFilter {
  std::vector<std::string> media_types = {};
  std::vector<std::string> formats = {};
  std::vector<std::string> types = {};
  std::optional<std::int64_t> before_ns = {};  // the period has ended before
  std::optional<std::int64_t> after_ns = {};   // the period begins after

  bool selects(const Document& document) const;
};
// `mimeType`, `format`, `type` (a comma is OR), `period:before`, `period:after`; `_format` is the answer's. The error
// is of another parameter and of a date that is none.
[[nodiscard]] Result<DocumentFilter> read_filter(const web::Fields& query);

struct Listing {
  std::string search_url;     // of the list itself
  std::string documents_url;  // ids go behind it
  std::string publisher;
  std::int64_t now_ns = 0;
  bool has_types = true;
};
Value bundle_of(const std::vector<Document>& documents, const Listing& listing);
std::string atom_of(const std::vector<Document>& documents, const Listing& listing);

}  // namespace bb::portal::pull
