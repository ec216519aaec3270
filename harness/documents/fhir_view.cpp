#include "harness/documents/fhir_view.hpp"

#include <libxml/tree.h>

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/fhir/reference.hpp>
#include <bb/xml/nodes.hpp>

#include "harness/fhir/bundle.hpp"

namespace bb::documents {
namespace {

using fhir::Element;

constexpr std::size_t mark_count_max = 10'000;  // references and markup that are told

// "Patient/1" of "http://server/Patient/1/_history/2" too.
std::string type_and_id(std::string_view reference) {
  reference = fhir::without_version(reference);
  const auto id = reference.rfind('/');
  if (id == std::string_view::npos || id == 0) return std::string(reference);
  const auto type = reference.rfind('/', id - 1);
  return std::string(type == std::string_view::npos ? reference : reference.substr(type + 1));
}

struct Resource {
  const Element* element;
  std::string_view full_url;
};

// What references lead to: the entries of a Bundle, or the lines of a file.
class Addresses {
 public:
  void add(const Resource& resource) {
    if (!resource.full_url.empty()) by_address_.emplace(resource.full_url, resource);
    if (const auto id = resource.element->value_of("id"); !id.empty())
      by_address_.emplace(fmt::format("{}/{}", resource.element->resource_type, id), resource);
  }
  const Resource* find(const std::string& address) const {
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? nullptr : &found->second;
  }

 private:
  std::unordered_map<std::string, Resource> by_address_;
};

Addresses addresses_of(const Element& bundle) {
  Addresses addresses;
  for (const auto* entry : bundle.children_of("entry"))
    if (const auto* resource = entry->find("resource")) addresses.add({resource, entry->value_of("fullUrl")});
  return addresses;
}

// What stands around an element, for the references in it.
struct Around {
  const Addresses& addresses;
  const Around* outer = nullptr;  // of a Bundle in a Bundle
  bool is_bundle = false;
  bool is_document = false;
  std::set<std::string, std::less<>> contained = {};  // ids, of the resource

  // Whatever server it is of.
  const Element* resolve(std::string_view reference) const {
    for (const auto* at = this; at != nullptr; at = at->outer) {
      const auto* found = at->addresses.find(std::string(reference));
      if (found == nullptr) found = at->addresses.find(type_and_id(reference));
      if (found != nullptr) return found->element;
    }
    return nullptr;
  }
  Around of(const Element& resource) const {
    Around inner{addresses, outer, is_bundle, is_document, {}};
    for (const auto* one : resource.children_of("contained")) inner.contained.emplace(one->value_of("id"));
    return inner;
  }
};

class Viewing {
 public:
  explicit Viewing(const Element& root)
      : bundle_type_(root.resource_type == "Bundle" ? root.value_of("type") : std::string_view()),
        is_bundle_(root.resource_type == "Bundle"),
        view_("fhir", root.place, root.name) {
    view_.set("type", root.resource_type);
    if (is_bundle_) view_.set("bundle", bundle_type_);
    if (is_bundle_)
      read_entries(root);
    else
      resources_.push_back({&root, {}});
  }
  explicit Viewing(const std::vector<fhir::Reading>& lines) : view_("fhir", {1, 1}) {
    view_.set("lines", std::to_string(lines.size()));
    for (const auto& line : lines)
      if (const auto* document = std::get_if<fhir::Document>(&line)) {
        resources_.push_back({&document->root, {}});
        addresses_.add(resources_.back());
      }
  }

  View make() && {
    for (const auto& [resource, full_url] : resources_) read_resource(*resource, full_url);
    view_.set("patient_count", std::to_string(patient_count_));
    view_.set("subject_count", std::to_string(subjects_.size()));
    view_.set("subjects", join({subjects_.begin(), subjects_.end()}, ", "));
    view_.set("stranger_count", std::to_string(stranger_count_));
    view_.set("narrative_count", std::to_string(narrative_count_));
    return std::move(view_).take();
  }

 private:
  void read_entries(const Element& bundle) {
    for (const auto* entry : bundle.children_of("entry")) {
      const auto* resource = entry->find("resource");
      view_.open("entry", entry->place, "Bundle.entry");
      const auto set = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) view_.set(name, value);
      };
      set("full_url", entry->value_of("fullUrl"));
      if (const auto* search = entry->find("search")) set("search_mode", search->value_of("mode"));
      if (resource != nullptr) {
        set("id", resource->value_of("id"));
        view_.set("type", resource->resource_type);
        resources_.push_back({resource, entry->value_of("fullUrl")});
        addresses_.add(resources_.back());
      }
      view_.close();
    }
  }

  // The resource that a subject is: by the full URLs (bundle.html#references), else
  // the one of this type and id where no address of a server says otherwise.
  std::optional<Resource> subject_of(std::string_view reference, std::string_view from_full_url) const {
    reference = fhir::without_version(reference);
    const auto base = fhir::base_of(from_full_url);
    const bool is_relative = reference.find(':') == std::string_view::npos;
    const auto* found =
        addresses_.find(is_relative ? std::string(base) + std::string(reference) : std::string(reference));
    if (found != nullptr) return *found;
    found = addresses_.find(type_and_id(reference));
    if (found == nullptr) return std::nullopt;
    const bool says_otherwise = !fhir::base_of(found->full_url).empty() && !(is_relative && base.empty());
    return says_otherwise ? std::nullopt : std::optional(*found);
  }

  void read_resource(const Element& resource, std::string_view full_url) {
    if (resource.resource_type == "Patient") ++patient_count_;
    for (const std::string_view name : {"patient", "subject", "beneficiary"})
      if (const auto* who = resource.find(name)) add_subject(who->value_of("reference"), full_url);
    if (resource.resource_type == "Composition")
      for (const auto* section : resource.children_of("section")) read_section(*section);
    walk_resource(resource, resource.resource_type, {addresses_, nullptr, is_bundle_, bundle_type_ == "document"});
  }

  // One that is not in the file is a stranger.
  void add_subject(std::string_view reference, std::string_view from_full_url) {
    const auto found = subject_of(reference, from_full_url);
    if (found && found->element->resource_type == "Patient")
      subjects_.insert(found->full_url.empty() ? fmt::format("Patient/{}", found->element->value_of("id"))
                                               : std::string(found->full_url));
    else if (!found && type_and_id(reference).starts_with("Patient/") && subjects_.emplace(reference).second)
      ++stranger_count_;
  }

  // Whether people can read it: here, in its parts, or in the resources that it names.
  void read_section(const Element& section) {
    const auto parts = section.children_of("section");
    for (const auto* part : parts) read_section(*part);
    bool has_narrative = has_div(section) || (!parts.empty() && !section.find("entry"));
    for (const auto* entry : section.children_of("entry"))
      if (const auto* resource = Around{addresses_}.resolve(entry->value_of("reference")))
        has_narrative = has_narrative || has_div(*resource);
    view_.open("section", section.place, "Composition.section");
    view_.set("title", section.value_of("title"));
    view_.set("has_narrative", has_narrative ? "yes" : "no");
    view_.close();
  }

  static bool has_div(const Element& element) {
    const auto* text = element.find("text");
    return text != nullptr && !text->value_of("div").empty();
  }

  // Of a Bundle in a Bundle the references lead to its own entries first.
  void walk_resource(const Element& resource, const std::string& path, const Around& around) {
    const bool is_inner_bundle = resource.resource_type == "Bundle";
    const auto addresses = is_inner_bundle ? addresses_of(resource) : Addresses();
    const Around inner{addresses, &around, true, resource.value_of("type") == "document"};
    walk(resource, path, (is_inner_bundle ? inner : around).of(resource));
  }

  // The depth is bounded by that of the file.
  void walk(const Element& element, const std::string& path, const Around& around) {
    for (const auto& child : element.children) {
      const auto inner = path + "." + child.name;
      if (child.name == "reference" && child.form == Element::Form::string) add_reference(child, inner, around);
      if (child.name == "div" && element.name == "text") add_narrative(child, inner);
      // What is contained refers to what its container contains.
      if (!child.resource_type.empty() && child.name != "contained")
        walk_resource(child, inner, around);
      else if (!child.children.empty())
        walk(child, inner, around);
    }
  }

  // Those that must lead somewhere in the file and do not.
  void add_reference(const Element& reference, const std::string& path, const Around& around) {
    const std::string_view to = reference.value;
    bool is_dangling = false;
    if (to.starts_with('#'))
      is_dangling = to.size() > 1 && !around.contained.contains(to.substr(1));
    else if (around.is_bundle && (to.starts_with("urn:uuid:") || to.starts_with("urn:oid:")))
      is_dangling = around.resolve(to) == nullptr;
    else if (around.is_document)
      is_dangling = to.find(':') == std::string_view::npos && to.find('?') == std::string_view::npos &&
                    around.resolve(to) == nullptr;
    if (!is_dangling || ++mark_count_ > mark_count_max) return;
    view_.open("dangling", reference.place, path);
    view_.set("reference", to);
    view_.close();
  }

  void add_narrative(const Element& div, const std::string& path) {
    ++narrative_count_;
    const auto read = xml::read(div.value);
    const auto* document = std::get_if<xml::Document>(&read);
    if (document == nullptr) return;
    std::set<std::string> told;
    const auto tell = [&](std::string_view element, std::string_view attribute, std::string_view value) {
      if (!told.insert(fmt::format("{} {} {}", element, attribute, value)).second || ++mark_count_ > mark_count_max)
        return;
      view_.open("markup", div.place, path);
      view_.set("element", element);
      if (!attribute.empty()) view_.set("attribute", attribute);
      if (!attribute.empty()) view_.set("value", value);
      view_.close();
    };
    const xmlNode* root = document->root();
    for (const xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root)) {
      if (node->type != XML_ELEMENT_NODE) continue;
      const auto name = to_lower(xml::view(node->name));
      tell(name, {}, {});
      for (const auto* a = node->properties; a != nullptr; a = a->next) {
        const auto attribute = to_lower(xml::view(a->name));
        const bool is_address =
            attribute == "href" || attribute == "src" || attribute == "data" || attribute == "action";
        if (is_address || attribute.starts_with("on"))
          tell(name, attribute, a->children == nullptr ? std::string_view() : xml::view(a->children->content));
      }
    }
  }

  std::string_view bundle_type_;
  bool is_bundle_ = false;
  ViewBuilder view_;
  std::vector<Resource> resources_;
  Addresses addresses_;
  std::set<std::string> subjects_;
  std::size_t patient_count_ = 0, stranger_count_ = 0, narrative_count_ = 0, mark_count_ = 0;
};

}  // namespace

View fhir_view(const fhir::Document& document) { return Viewing(document.root).make(); }

View fhir_lines_view(const std::vector<fhir::Reading>& lines) { return Viewing(lines).make(); }

}  // namespace bb::documents
