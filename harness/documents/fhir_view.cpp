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

class Viewing {
 public:
  explicit Viewing(const Element& root)
      : root_(root),
        bundle_type_(root.resource_type == "Bundle" ? root.value_of("type") : std::string_view()),
        view_("fhir", root.place, root.name) {}

  View make() && {
    view_.set("type", root_.resource_type);
    if (root_.resource_type == "Bundle") view_.set("bundle", bundle_type_);
    read_entries();
    for (const auto& [resource, full_url] : resources_) read_resource(*resource, full_url);
    view_.set("patient_count", std::to_string(patient_count_));
    view_.set("subject_count", std::to_string(subjects_.size()));
    view_.set("subjects", join({subjects_.begin(), subjects_.end()}, ", "));
    view_.set("stranger_count", std::to_string(stranger_count_));
    view_.set("narrative_count", std::to_string(narrative_count_));
    return std::move(view_).take();
  }

 private:
  void read_entries() {
    if (root_.resource_type != "Bundle") return resources_.push_back({&root_, {}});
    for (const auto* entry : root_.children_of("entry")) {
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
        add_address(std::string(entry->value_of("fullUrl")), resources_.back());
        if (const auto id = resource->value_of("id"); !id.empty())
          add_address(fmt::format("{}/{}", resource->resource_type, id), resources_.back());
      }
      view_.close();
    }
  }

  struct Resource {
    const Element* element;
    std::string_view full_url;
  };

  void add_address(std::string address, const Resource& resource) {
    if (!address.empty()) by_address_.emplace(std::move(address), resource);
  }

  // Whatever server it is of.
  const Element* resolve(std::string_view reference) const {
    auto found = by_address_.find(std::string(reference));
    if (found == by_address_.end()) found = by_address_.find(type_and_id(reference));
    return found == by_address_.end() ? nullptr : found->second.element;
  }

  // The resource that a subject is: by the full URLs (bundle.html#references), else
  // the one of this type and id where no address of a server says otherwise.
  std::optional<Resource> subject_of(std::string_view reference, std::string_view from_full_url) const {
    reference = fhir::without_version(reference);
    const auto base = fhir::base_of(from_full_url);
    const bool is_relative = reference.find(':') == std::string_view::npos;
    auto found = by_address_.find(is_relative ? std::string(base) + std::string(reference) : std::string(reference));
    if (found != by_address_.end()) return found->second;
    found = by_address_.find(type_and_id(reference));
    if (found == by_address_.end()) return std::nullopt;
    const bool says_otherwise = !fhir::base_of(found->second.full_url).empty() && !(is_relative && base.empty());
    return says_otherwise ? std::nullopt : std::optional(found->second);
  }

  void read_resource(const Element& resource, std::string_view full_url) {
    if (resource.resource_type == "Patient") ++patient_count_;
    for (const std::string_view name : {"patient", "subject", "beneficiary"})
      if (const auto* who = resource.find(name)) add_subject(who->value_of("reference"), full_url);
    if (resource.resource_type == "Composition")
      for (const auto* section : resource.children_of("section")) read_section(*section);
    std::set<std::string, std::less<>> contained;
    for (const auto* one : resource.children_of("contained")) contained.emplace(one->value_of("id"));
    walk(resource, resource.resource_type, contained);
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
      if (const auto* resource = resolve(entry->value_of("reference")))
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

  // The depth is bounded by that of the file.
  void walk(const Element& element, const std::string& path, const std::set<std::string, std::less<>>& contained) {
    for (const auto& child : element.children) {
      const auto inner = path + "." + child.name;
      if (child.name == "reference" && child.form == Element::Form::string) add_reference(child, inner, contained);
      if (child.name == "div" && element.name == "text") add_narrative(child, inner);
      if (!child.children.empty()) walk(child, inner, contained);
    }
  }

  // Those that must lead somewhere in the file and do not.
  void add_reference(const Element& reference, const std::string& path,
                     const std::set<std::string, std::less<>>& contained) {
    const std::string_view to = reference.value;
    bool is_dangling = false;
    if (to.starts_with('#'))
      is_dangling = to.size() > 1 && !contained.contains(to.substr(1));
    else if (root_.resource_type == "Bundle" && (to.starts_with("urn:uuid:") || to.starts_with("urn:oid:")))
      is_dangling = resolve(to) == nullptr;
    else if (bundle_type_ == "document")
      is_dangling =
          to.find(':') == std::string_view::npos && to.find('?') == std::string_view::npos && resolve(to) == nullptr;
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

  const Element& root_;
  std::string_view bundle_type_;
  ViewBuilder view_;
  std::vector<Resource> resources_;
  std::unordered_map<std::string, Resource> by_address_;
  std::set<std::string> subjects_;
  std::size_t patient_count_ = 0, stranger_count_ = 0, narrative_count_ = 0, mark_count_ = 0;
};

}  // namespace

View fhir_view(const fhir::Document& document) { return Viewing(document.root).make(); }

}  // namespace bb::documents
