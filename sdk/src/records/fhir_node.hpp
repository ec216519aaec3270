// fhir_node.hpp - a place in a tree of FHIR elements that may be absent, so that
// readers go down without asking at each step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/fhir/element.hpp>

namespace bb::records {

class FhirNode {
 public:
  FhirNode() = default;
  explicit FhirNode(const fhir::Element* element) : element_(element) {}

  explicit operator bool() const { return element_ != nullptr; }
  const fhir::Element* get() const { return element_; }
  int line() const { return element_ == nullptr ? 0 : element_->place.line; }
  std::string_view name() const { return element_ == nullptr ? std::string_view() : element_->name; }
  std::string_view resource_type() const {
    return element_ == nullptr ? std::string_view() : std::string_view(element_->resource_type);
  }

  // The first child of this name.
  FhirNode operator[](std::string_view child) const {
    return FhirNode(element_ == nullptr ? nullptr : element_->find(child));
  }
  std::vector<FhirNode> all(std::string_view child) const {
    std::vector<FhirNode> nodes;
    if (element_ == nullptr) return nodes;
    for (const auto& element : element_->children)
      if (element.name == child) nodes.emplace_back(&element);
    return nodes;
  }
  // `value[x]`: the first child whose name is the stem and a type.
  FhirNode choice(std::string_view stem) const {
    if (element_ == nullptr) return {};
    for (const auto& element : element_->children) {
      const std::string_view name = element.name;
      if (name.size() > stem.size() && name.starts_with(stem) && name[stem.size()] >= 'A' && name[stem.size()] <= 'Z')
        return FhirNode(&element);
    }
    return {};
  }
  // Of a primitive, white space as one blank.
  std::string text() const { return element_ == nullptr ? std::string() : collapse_whitespace(element_->value); }
  std::string_view raw() const { return element_ == nullptr ? std::string_view() : std::string_view(element_->value); }
  bool is(std::string_view value) const { return element_ != nullptr && element_->value == value; }

 private:
  const fhir::Element* element_ = nullptr;
};

}  // namespace bb::records
