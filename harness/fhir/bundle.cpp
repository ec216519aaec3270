#include "harness/fhir/bundle.hpp"

#include <algorithm>

#include <bb/core/uri.hpp>
#include <bb/fhir/reference.hpp>

#include "harness/fhir/primitives.hpp"

namespace bb::fhir {
namespace {

bool is_type_name(std::string_view text) {
  return text.size() >= 4 && text[0] >= 'A' && text[0] <= 'Z' &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

// Takes "/word" from the end of a text.
std::string_view take_last(std::string_view& text) {
  const auto slash = text.rfind('/');
  const auto word = text.substr(slash == std::string_view::npos ? 0 : slash + 1);
  text = slash == std::string_view::npos ? std::string_view{} : text.substr(0, slash);
  return word;
}

}  // namespace

ReferenceWords words_of(std::string_view reference) {
  using Kind = ReferenceWords::Kind;
  ReferenceWords words;
  if (reference.starts_with('#')) return {Kind::contained, {}, reference.substr(1), {}};
  if (reference.starts_with("urn:")) return {Kind::urn, {}, {}, {}};
  if (const auto question = reference.find('?'); question != std::string_view::npos && !is_absolute_uri(reference))
    return {is_type_name(reference.substr(0, question)) ? Kind::conditional : Kind::broken,
            reference.substr(0, question),
            {},
            {}};
  if (const auto history = reference.find("/_history/"); history != std::string_view::npos) {
    words.version = reference.substr(history + 10);
    reference = reference.substr(0, history);
  }
  words.kind = is_absolute_uri(reference) ? Kind::absolute : Kind::relative;
  const auto id = take_last(reference);
  const auto type = take_last(reference);
  if (is_type_name(type) && is_id(id)) {
    words.type = type;
    words.id = id;
  } else if (words.kind == Kind::relative) {
    words.kind = Kind::broken;
  }
  if (words.kind == Kind::relative && !reference.empty()) words.kind = Kind::broken;  // a/Patient/1
  return words;
}

std::string_view base_of(std::string_view full_url) {
  full_url = without_version(full_url);
  if (!is_absolute_uri(full_url) || full_url.starts_with("urn:")) return {};
  const auto words = words_of(full_url);
  if (words.type.empty()) return {};
  return full_url.substr(0, full_url.size() - words.type.size() - words.id.size() - 1);
}

std::string_view version_of(const Element& resource) {
  const auto* meta = resource.find("meta");
  return meta == nullptr ? std::string_view{} : meta->value_of("versionId");
}

BundleIndex::BundleIndex(const Element& bundle) : is_document_(bundle.value_of("type") == "document") {
  for (const auto& entry : bundle.children) {
    if (entry.name != "entry") continue;
    numbers_.emplace(&entry, entries_.size());
    entries_.push_back({&entry, entry.find("resource"), entry.value_of("fullUrl")});
    const auto& last = entries_.back();
    if (last.resource == nullptr) continue;
    if (!last.full_url.empty()) by_url_.emplace(last.full_url, last.resource);
    types_and_ids_.insert(last.resource->resource_type + "/" + std::string(last.resource->value_of("id")));
  }
}

std::optional<std::size_t> BundleIndex::number_of(const Element& entry) const {
  const auto found = numbers_.find(&entry);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<const Element*> BundleIndex::resolve(std::string_view from_full_url, std::string_view reference) const {
  const auto words = words_of(reference);
  std::string url(without_version(reference));
  if (words.kind == ReferenceWords::Kind::relative) {
    // Of an entry that is no address of a server the id may be that of another one.
    const auto base = base_of(from_full_url);
    if (base.empty() && !from_full_url.starts_with("urn:uuid:")) return {};
    url = base.empty() ? "urn:uuid:" + std::string(words.id) : std::string(base) + url;
  }
  std::vector<const Element*> found;
  const auto [begin, end] = by_url_.equal_range(url);
  for (auto one = begin; one != end; ++one)
    if (words.version.empty() || words.version == version_of(*one->second)) found.push_back(one->second);
  return found;
}

bool BundleIndex::has_alike(const ReferenceWords& reference) const {
  return !reference.type.empty() &&
         types_and_ids_.contains(std::string(reference.type) + "/" + std::string(reference.id));
}

}  // namespace bb::fhir
