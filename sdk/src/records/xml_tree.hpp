// xml_tree.hpp - a bounded, read-only tree of an untrusted XML document.
//
// libxml2 stays in xml_tree.cpp. Namespace rule: the root is of HL7 version 3 or
// a CCR; elements are found only in their parent's namespace or asked for as
// HL7's own extension, attributes only without one; what vendors add in other
// namespaces is invisible here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>

struct _xmlNode;

namespace bb::records {

inline constexpr std::size_t xml_text_bytes_max = 16 * 1024;
inline constexpr std::size_t referred_step_count_max = 64'000'000;

// An element, or "no such element": every question to that one has an empty
// answer, so paths chain without checks. Lives as long as its document.
class XmlNode {
 public:
  XmlNode() = default;
  explicit XmlNode(const _xmlNode* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  std::string_view name() const;
  // The line its start tag ends on, from 1; 0 for no element. Beyond line 65,534
  // that of the text that follows, or 0 where none does.
  int line() const;
  // The attribute's value, or empty.
  std::string attribute(std::string_view name) const;
  bool has_attribute(std::string_view name) const;
  // The local part of xsi:type: "PQ".
  std::string xsi_type() const;

  XmlNode child(std::string_view name) const;
  std::vector<XmlNode> children() const;
  std::vector<XmlNode> children(std::string_view name) const;

  // The children that HL7's extension of CDA adds (urn:hl7-org:sdtc).
  std::vector<XmlNode> sdtc_children(std::string_view name) const;

  // All text below, white space collapsed, words of neighbouring cells and
  // lines kept apart; at most `bytes_max` bytes.
  std::string text(std::size_t bytes_max = xml_text_bytes_max) const;
  // The same on lines: one for each row, item or paragraph, none empty; `cell_end`
  // between the cells of a row.
  std::string lines(std::size_t bytes_max, char cell_end = ' ') const;
  // All text below as it stands.
  std::string content(std::size_t bytes_max) const;

 private:
  friend class XmlDocument;
  // `step_count` grows by the nodes visited.
  std::string raw_text(std::size_t bytes_max, std::size_t& step_count) const;

  const _xmlNode* node_ = nullptr;
};

class XmlDocument {
 public:
  // Read by bb/xml/document.hpp: no DOCTYPE, no entities, no network, bounded.
  // Errors start "line L, column C: ".
  static Result<XmlDocument> parse(std::string_view bytes);

  // The root element whatever its namespace, for messages.
  std::string root_name() const;
  std::string root_namespace() const;
  // The root element, or none where it is in no namespace that we read.
  XmlNode root() const;
  // The text of the element with this ID attribute. Many references to a long
  // text are much work for a short document, so all of them together read at
  // most `referred_step_count_max` bytes and nodes; after that this is empty
  // and is_exhausted().
  std::string referred_text(const std::string& id) const;
  bool is_exhausted() const { return *referred_step_count_ > referred_step_count_max; }

 private:
  XmlDocument() = default;
  std::shared_ptr<const xml::Document> document_;
  std::unordered_map<std::string, const _xmlNode*> by_id_;
  std::shared_ptr<std::size_t> referred_step_count_ = std::make_shared<std::size_t>(0);
};

}  // namespace bb::records
