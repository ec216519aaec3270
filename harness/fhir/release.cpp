#include "harness/fhir/release.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/fhir/published.hpp"
#include "harness/fhir/terminology.hpp"

namespace bb::fhir {
namespace {

constexpr std::string_view fhir_folder = "http://hl7.org/fhir/";
constexpr std::size_t quoted_bytes_max = 80;
constexpr std::size_t named_count_max = 5;

bool is_version(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// "3.0" of http://hl7.org/fhir/3.0/StructureDefinition/Patient, and "3.0.2" of
// http://hl7.org/fhir/StructureDefinition/Patient|3.0.2; empty where none is said.
std::string_view version_in(std::string_view profile) {
  const auto [url, version] = split_canonical(profile);
  if (url.starts_with(r4_folder)) return is_version(version) ? version : std::string_view{};
  if (!url.starts_with(fhir_folder)) return {};
  const auto rest = url.substr(fhir_folder.size());
  const auto word = rest.substr(0, rest.find('/'));
  return is_version(word) ? word : std::string_view{};
}

class Looking {
 public:
  explicit Looking(const std::vector<Release>& releases) : releases_(releases), counts_(releases.size()) {}

  void add(const Element& resource) {
    if (const auto* meta = resource.find("meta"))
      for (const auto& claim : meta->children)
        if (claim.name == "profile") add_profile(claim);
    // "The version of the FHIR specification that this CapabilityStatement describes
    // (which SHALL be the same as the FHIR version of the CapabilityStatement itself)."
    if (resource.resource_type == "CapabilityStatement" || resource.resource_type == "Conformance")
      if (const auto* version = resource.find("fhirVersion")) add_version(*version, version->value);
    for (std::size_t i = 0; i < releases_.size(); ++i) count(resource, i);
  }

  std::optional<OtherRelease> take() && {
    if (said_) return said_;
    const auto most = counts_.empty() ? 0 : *std::max_element(counts_.begin(), counts_.end());
    if (most == 0) return std::nullopt;
    std::vector<std::string> titles;
    for (std::size_t i = 0; i < releases_.size(); ++i)
      if (counts_[i] == most) titles.push_back(releases_[i].title);
    return OtherRelease{join(titles, " or "), place_, join(seen_, ", "), false};
  }

 private:
  void add_profile(const Element& claim) {
    if (const auto version = version_in(claim.value); !version.empty()) return add_version(claim, version);
    for (const auto& release : releases_)
      for (const auto& beginning : release.profiles)
        if (claim.value.starts_with(beginning)) return say(claim, release.title);
  }

  void add_version(const Element& by, std::string_view version) {
    if (version.empty() || version.starts_with("4.0")) return;
    for (const auto& release : releases_)
      if (version.starts_with(release.version)) return say(by, release.title);
    say(by, fmt::format("FHIR {}", shorten(version, quoted_bytes_max)));
  }

  void say(const Element& by, std::string title) {
    if (!said_)
      said_ = OtherRelease{std::move(title), by.place, fmt::format("'{}'", shorten(by.value, quoted_bytes_max)), true};
  }

  void count(const Element& resource, std::size_t number) {
    const auto& release = releases_[number];
    if (release.types.contains(resource.resource_type)) see(resource, resource.resource_type, number);
    const auto elements = release.elements.find(resource.resource_type);
    if (elements == release.elements.end()) return;
    std::string_view last;  // what repeats counts once
    for (const auto& child : resource.children) {
      if (child.name != last && elements->second.contains(child.name))
        see(child, fmt::format("{}.{}", resource.resource_type, child.name), number);
      last = child.name;
    }
  }

  void see(const Element& what, std::string path, std::size_t number) {
    if (seen_.empty()) place_ = what.place;
    if (seen_.size() < named_count_max && std::find(seen_.begin(), seen_.end(), path) == seen_.end())
      seen_.push_back(std::move(path));
    ++counts_[number];
  }

  const std::vector<Release>& releases_;
  std::vector<std::size_t> counts_;  // by release, of what it has and R4 not
  std::optional<OtherRelease> said_;
  xml::Position place_;
  std::vector<std::string> seen_;
};

}  // namespace

std::optional<OtherRelease> other_release(const Element& root, const std::vector<Release>& releases) {
  Looking looking(releases);
  looking.add(root);
  if (root.resource_type == "Bundle")
    for (const auto& entry : root.children)
      if (entry.name == "entry")
        if (const auto* resource = entry.find("resource")) looking.add(*resource);
  return std::move(looking).take();
}

}  // namespace bb::fhir
