// xml_tree.hpp - a bounded, read-only tree of an untrusted XML document.
//
// libxml2 stays in xml_tree.cpp. Namespace rule: elements are found only in
// the HL7 version 3 namespace, attributes only without one; what vendors add in
// other namespaces is invisible here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bb/core/result.hpp>

struct _xmlNode;
struct _xmlDoc;

namespace bb::records {

inline constexpr std::size_t xml_bytes_max = 64ull * 1024 * 1024;
inline constexpr int xml_depth_max = 256;
inline constexpr std::size_t xml_element_count_max = 2'000'000;
inline constexpr int xml_attribute_count_max = 256;  // of one element
inline constexpr std::size_t xml_text_bytes_max = 16 * 1024;

// An element, or "no such element": every question to that one has an empty
// answer, so paths chain without checks. Lives as long as its document.
class XmlNode {
 public:
  XmlNode() = default;
  explicit XmlNode(const _xmlNode* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  std::string_view name() const;
  // The line it starts on, from 1; 0 for no element.
  int line() const;
  // The attribute's value, or empty.
  std::string attribute(std::string_view name) const;
  bool has_attribute(std::string_view name) const;
  // The local part of xsi:type: "PQ".
  std::string xsi_type() const;

  XmlNode child(std::string_view name) const;
  std::vector<XmlNode> children() const;
  std::vector<XmlNode> children(std::string_view name) const;

  // All text below, white space collapsed, words of neighbouring cells and
  // lines kept apart; at most `bytes_max` bytes.
  std::string text(std::size_t bytes_max = xml_text_bytes_max) const;

 private:
  const _xmlNode* node_ = nullptr;
};

class XmlDocument {
 public:
  // Refuses what is not well-formed, any DOCTYPE, and what exceeds the bounds
  // above. No DTD, no entities, no network. Errors start "line L, column C: ".
  static Result<XmlDocument> parse(std::string_view xml);

  // The root element whatever its namespace, for messages.
  std::string root_name() const;
  std::string root_namespace() const;
  // The root element, or none where it is not in the HL7 namespace.
  XmlNode root() const;
  // The element with this ID attribute, or none.
  XmlNode by_id(const std::string& id) const;

 private:
  XmlDocument() = default;
  std::shared_ptr<_xmlDoc> document_;
  std::unordered_map<std::string, const _xmlNode*> by_id_;
};

}  // namespace bb::records
