// type_registry.hpp - the types that this platform takes, and whether data are of one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>

#include "record_platform/set_up.hpp"
#include "record_platform/thing_types.hpp"

namespace bb::xml {
class Xsd;
}

namespace bb::record_platform {

// What the platform reads of a thing's data-xml.
struct ThingData {
  xml::Document document;  // <thing><data-xml>...</data-xml></thing>
  std::optional<std::int64_t> effective_ns;
  std::string client_id;
  bool has_first = false;  // a comment or an instruction before the type's element
};

class TypeRegistry {
 public:
  // `schemas`: a folder with the published ones; empty: data are checked for their element alone.
  TypeRegistry(std::vector<SetUpType> house_types, std::filesystem::path schemas);

  const ThingType* find(std::string_view id) const;
  const std::vector<ThingType>& all() const { return types_; }
  // The text of a type's schema; empty where there is none.
  std::string schema_of(const ThingType& type) const;

  // The inside of data-xml, checked. The error is of what is answered with 3 INVALID_XML.
  [[nodiscard]] Result<ThingData> read(const ThingType& type, std::string_view data, bool is_checked) const;

 private:
  struct Schema {
    std::shared_ptr<const xml::Xsd> xsd;  // none: it does not compile
    std::string space;                    // its targetNamespace
  };
  // A schema by its name: a published one, or one of our own that they need.
  std::optional<std::string> file(std::string_view name) const;
  Schema compiled(std::string_view name) const;
  std::string violation_of(std::string_view name, const xml::Document& document, const _xmlNode* element) const;

  std::vector<SetUpType> house_types_;
  std::vector<ThingType> types_;
  std::filesystem::path schemas_;
  mutable std::mutex mutex_;
  mutable std::map<std::string_view, Schema> compiled_;
};

// What may still be spent on the paths of one call.
struct XPathWork {
  std::int64_t steps = 5'000'000;              // of libxml2's
  std::int64_t bytes = std::int64_t{1} << 30;  // looked at by functions of texts
};

// HV-GET-04: whether something is at the path, which begins with /thing/data-xml. The error is of a path
// that is none, that leads to no node or to one outside of data-xml, or that takes too long.
[[nodiscard]] Result<bool> has_match(const xml::Document& document, const std::string& xpath, XPathWork& work);

}  // namespace bb::record_platform
