#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "harness/fhir/walk.hpp"

namespace bb::fhir {
namespace {

using Kind = ReferenceWords::Kind;

constexpr std::size_t quoted_bytes_max = 80;

std::string shown(std::string_view text) { return fmt::format("'{}'", shorten(text, quoted_bytes_max)); }

}  // namespace

void Walk::bundle(const Element& bundle, const BundleIndex& index) {
  const bool is_search = bundle.value_of("type") == "searchset";
  std::set<std::pair<std::string_view, std::string_view>> known;
  for (std::size_t i = 0; i < index.entries().size(); ++i) {
    const auto& entry = index.entries()[i];
    const Down down(*this, {"entry", i});
    if (!entry.full_url.empty()) entry_full_url(entry, index.is_document());
    if (entry.resource == nullptr) continue;
    if (!entry.full_url.empty() && !known.emplace(entry.full_url, version_of(*entry.resource)).second)
      error(*entry.entry, "fhir-full-url", "twice", "two entries have the same full URL",
            "full URLs that differ, or versions of one resource [bdl-7]", shown(entry.full_url));
    if (is_search && entry.resource->find("id") == nullptr && entry.resource->resource_type != "OperationOutcome")
      error(*entry.resource, "fhir-missing", "search-id", "what a search found has no id", "an id", "none");
  }
}

void Walk::enter(const Element& element) {
  if (element.name == "contained") scope_.is_contained = true;
  if (scope_.bundle == nullptr || element.name != "entry") return;
  const auto number = scope_.bundle->number_of(element);
  if (!number) return;
  scope_.full_url = scope_.bundle->entries()[*number].full_url;
  scope_.is_document_head = *number == 0 && scope_.bundle->is_document();
  scope_.is_contained = false;
}

void Walk::entry_full_url(const BundleIndex::Entry& entry, bool is_document) {
  if (!is_absolute_uri(entry.full_url))
    return error(*entry.entry, "fhir-full-url", "absolute", "the full URL of an entry is not absolute",
                 "an absolute URL, or urn:uuid:", shown(entry.full_url));
  if (entry.full_url.find("/_history/") != std::string_view::npos)
    error(*entry.entry, "fhir-full-url", "version", "the full URL of an entry names a version",
          "a full URL without '/_history/' [bdl-8]", shown(entry.full_url));
  if (entry.resource == nullptr || base_of(entry.full_url).empty()) return;
  const auto words = words_of(entry.full_url);
  const auto* type = definitions_.type(words.type);
  if (type == nullptr || type->kind != Structure::Kind::resource) return;  // no address of a server
  const auto id = entry.resource->value_of("id");
  // "The fullUrl SHALL NOT disagree with the id in the resource." A published example
  // of US Core, a search, does; in a document references rest on it.
  const auto level = is_document ? Fault::Level::error : Fault::Level::warning;
  if (id.empty())
    fault(*entry.entry, "fhir-full-url", "id", level, "the full URL is one of a server, and the resource has no id",
          fmt::format("the id '{}'", words.id), "none");
  else if (id != words.id || entry.resource->resource_type != words.type)
    fault(*entry.entry, "fhir-full-url", "id", level, "the full URL ends with another type or id than the resource has",
          fmt::format("{}/{}", shorten(entry.resource->resource_type, quoted_bytes_max), shorten(id, quoted_bytes_max)),
          shown(entry.full_url));
}

const Element* Walk::contained_of(std::string_view id) const {
  if (scope_.container == nullptr) return nullptr;
  if (id.empty()) return scope_.container;
  const auto found = scope_.contained->find(id);
  return found == scope_.contained->end() ? nullptr : found->second;
}

void Walk::reference(const Element& one, const TypeUse& use) {
  const auto words = one.value_of("reference");
  const auto said = one.value_of("type");
  // A whole address is that of a logical model.
  const bool is_said = !said.empty() && said.find(':') == std::string_view::npos;
  if (words.empty() && !is_said) return;
  const auto type = words.empty() ? said : target_of(one, words);
  if (is_said && !type.empty() && type != said)
    error(one, "fhir-reference", "said-type", "the type of the reference is not that of what it leads to", shown(type),
          shown(said));
  if (type.empty() || use.targets.empty()) return;
  const auto* target = definitions_.type(type);
  if (target == nullptr || target->kind != Structure::Kind::resource)
    return error(one, "fhir-reference", "type", fmt::format("there is no resource {} in FHIR R4", shown(type)),
                 "Type/id of a resource", shown(words.empty() ? said : words));
  std::vector<std::string> allowed;
  for (const auto& canonical : use.targets) {
    const auto wanted = definitions_.type_of(canonical);
    if (wanted.empty())
      return not_evaluated(one, "fhir-target", fmt::format("the profile {} is not at hand", canonical));
    if (definitions_.is_a(*target, wanted)) return;
    if (allowed.empty() || allowed.back() != wanted) allowed.emplace_back(wanted);
  }
  error(one, "fhir-target", "target", "the reference leads to a resource of another type", join(allowed, ", "),
        fmt::format("{}, {}", target->type, shown(words.empty() ? said : words)));
}

// The type of what a reference leads to; empty where nobody can tell. Faults of
// the reference itself are told.
std::string_view Walk::target_of(const Element& one, std::string_view reference) {
  const auto words = words_of(reference);
  if (words.kind == Kind::contained) {
    if (const auto* found = contained_of(words.id)) return found->resource_type;
    error(one, "fhir-reference", "contained", "no contained resource has the id of the reference",
          fmt::format("a contained resource with the id '{}' [ref-1]", shorten(words.id, quoted_bytes_max)),
          shown(reference));
    return {};
  }
  if (words.kind == Kind::broken) {
    fault(one, "fhir-reference", "words", words.version.empty() ? Fault::Level::error : Fault::Level::warning,
          "the reference is not written as one", "Type/id, an absolute URL, urn:uuid: or '#id'", shown(reference));
    return {};
  }
  if (scope_.bundle == nullptr || words.kind == Kind::conditional) return words.type;
  const auto found = scope_.bundle->resolve(scope_.full_url, reference);
  if (found.empty()) {
    if (scope_.is_document_head && !scope_.is_contained)
      error(one, "fhir-reference", "bundle", "the reference of a document's Composition leads to no entry of it",
            "an entry whose full URL it is", shown(reference));
    else if (words.kind == Kind::urn)
      fault(one, "fhir-reference", "bundle", Fault::Level::warning, "the reference leads to no entry of the bundle",
            "an entry whose full URL it is", shown(reference));
    else if (scope_.bundle->has_alike(words))
      fault(one, "fhir-reference", "bundle", Fault::Level::warning,
            "the bundle has a resource of this type and id, and its full URL is another",
            "the same base in the full URLs of both entries", shown(reference));
    return words.type;
  }
  if (found.size() > 1) {
    error(one, "fhir-reference", "bundle", "the reference leads to several entries of the bundle",
          "one, by its version", shown(reference));
    return words.type;
  }
  if (!words.type.empty() && found.front()->resource_type != words.type)
    error(one, "fhir-reference", "type",
          fmt::format("the reference leads to a {}", shorten(found.front()->resource_type, quoted_bytes_max)),
          shorten(words.type, quoted_bytes_max), shown(reference));
  return found.front()->resource_type;
}

}  // namespace bb::fhir
