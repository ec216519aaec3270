// plugins/healthvault/documents.hpp - the documents that things hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/client.hpp>

namespace bb::healthvault_connector {

namespace hv = healthvault;

// Section 15 of the catalogue.
inline constexpr std::string_view ccd_type = "9c48a2b8-952c-4f5a-935d-f3292326bf54";
inline constexpr std::string_view cda_type = "1ed1cba6-9530-44a3-b7b5-e8219690ebcf";
inline constexpr std::string_view ccr_type = "1e1ccbfc-a55d-4d91-8940-fa2fbf73c195";
inline constexpr std::string_view file_type = "bd0403c5-4ae2-4b0e-a8db-1888678e4528";
std::vector<std::string> document_types();
bool is_document_type(std::string_view type_id);

struct Document {
  std::string format = {};      // of the registry: "ccda-2.1", "ccr"
  std::string media_type = {};  // "application/xml"
  std::string filename = {};
  std::string title = {};
  std::string bytes = {};  // empty where they are in a blob
  bool is_blob = false;
};

// Of a thing of such a type, with its data; nothing where it holds none.
std::optional<Document> document_of(const hv::Thing& thing);

// data-xml without its `common`: of a document's type, the document.
std::string_view without_common(std::string_view data_xml);

}  // namespace bb::healthvault_connector
