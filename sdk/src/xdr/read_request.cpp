#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/xdr/request.hpp>

#include "ebrim.hpp"
#include "soap.hpp"

namespace bb::xdr {
namespace {

using xml::attribute;
using xml::is_element;

constexpr std::string_view mailto = "mailto:";

// The values of a slot, parted by line feeds.
std::string slot(const xmlNode* object, std::string_view name) {
  for (const xmlNode* node = object->children; node != nullptr; node = node->next) {
    if (!is_element(node, rim_space, "Slot") || attribute(node, "name") != name) continue;
    std::vector<std::string> values;
    const auto* const list = child(node, rim_space, "ValueList");
    for (const xmlNode* value = list == nullptr ? nullptr : list->children; value != nullptr; value = value->next)
      if (is_element(value, rim_space, "Value")) values.push_back(text_of(value));
    return join(values, "\n");
  }
  return {};
}

const xmlNode* classification(const xmlNode* object, std::string_view scheme) {
  for (const xmlNode* node = object->children; node != nullptr; node = node->next)
    if (is_element(node, rim_space, "Classification") && attribute(node, "classificationScheme") == scheme) return node;
  return nullptr;
}

std::string identifier(const xmlNode* object, std::string_view scheme) {
  for (const xmlNode* node = object->children; node != nullptr; node = node->next)
    if (is_element(node, rim_space, "ExternalIdentifier") && attribute(node, "identificationScheme") == scheme)
      return std::string(attribute(node, "value"));
  return {};
}

std::string value_at(const xmlNode* object, const AttributePlace& place) {
  switch (place.place) {
    case Place::attribute:
      return std::string(attribute(object, place.name));
    case Place::slot:
      return slot(object, place.name);
    case Place::name: {
      const auto* const name = child(child(object, rim_space, "Name"), rim_space, "LocalizedString");
      return name == nullptr ? "" : std::string(attribute(name, "value"));
    }
    case Place::identifier:
      return identifier(object, place.scheme);
    case Place::author_slot: {
      const auto* const author = classification(object, place.scheme);
      return author == nullptr ? "" : slot(author, place.name);
    }
    case Place::classification: {
      const auto* const code = classification(object, place.scheme);
      if (code == nullptr || attribute(code, "nodeRepresentation").empty()) return {};
      const auto* const shown = child(child(code, rim_space, "Name"), rim_space, "LocalizedString");
      return fmt::format("{}^{}^{}", attribute(code, "nodeRepresentation"),
                         shown == nullptr ? std::string_view{} : attribute(shown, "value"), slot(code, "codingScheme"));
    }
  }
  return {};
}

Attributes read_object(const xmlNode* object, std::span<const AttributePlace> places) {
  Attributes attributes;
  for (const auto& place : places)
    if (auto value = value_at(object, place); !value.empty()) attributes.emplace(place.name, std::move(value));
  return attributes;
}

Result<std::string> read_mailto(const xmlNode* node) {
  const auto text = text_of(node);
  if (!to_lower(text).starts_with(mailto) || text.size() == mailto.size())
    return Error{
        fmt::format("direct:{} is '{}', expected mailto: and an address", xml::name_of(node), shorten(text, 80))};
  return text.substr(mailto.size());
}

Status read_addresses(const xmlNode* block, const RequestLimits& limits, Request& request) {
  if (attribute(block, "role", soap_space) != destination_role)
    return Error{fmt::format("direct:addressBlock has not the SOAP role {}", destination_role)};
  if (attribute(block, "relay", soap_space) != "true" && attribute(block, "relay", soap_space) != "1")
    return Error{"direct:addressBlock has not relay=\"true\""};
  const auto* const from = child(block, direct_space, "from");
  if (from == nullptr) return Error{"direct:addressBlock has no direct:from"};
  BB_TRY(request.from, read_mailto(from));
  for (const xmlNode* node = block->children; node != nullptr; node = node->next) {
    if (is_element(node, direct_space, "to")) {
      BB_TRY(auto address, read_mailto(node));
      if (request.to.size() == limits.recipients_max)
        return Error{fmt::format("more than {} recipients", limits.recipients_max)};
      request.to.push_back(std::move(address));
    }
    if (is_element(node, direct_space, "notification")) request.relates_to = attribute(node, "relatesTo");
    if (is_element(node, direct_space, final_delivery)) request.asks_final_delivery = to_lower(text_of(node)) == "true";
  }
  if (request.to.empty()) return Error{"direct:addressBlock has no direct:to"};
  return {};
}

Status read_header(const xmlNode* header, const RequestLimits& limits, Request& request) {
  if (header == nullptr) return Error{"the envelope has no header"};
  const auto* const action = child(header, addressing_space, "Action");
  if (action == nullptr) return Error{"the header has no wsa:Action"};
  if (text_of(action) != provide_and_register)
    return Error{fmt::format("wsa:Action is '{}', expected {}", shorten(text_of(action), 100), provide_and_register)};
  request.message_id = text_of(child(header, addressing_space, "MessageID"));
  if (request.message_id.empty()) return Error{"the header has no wsa:MessageID"};
  request.endpoint = text_of(child(header, addressing_space, "To"));
  const auto* const block = child(header, direct_space, "addressBlock");
  if (block == nullptr) return Error{"the header has no direct:addressBlock"};
  BB_CHECK(read_addresses(block, limits, request));
  // Some senders have it inside of the block.
  const auto* level = child(header, direct_space, "metadata-level");
  if (level == nullptr) level = child(block, direct_space, "metadata-level");
  const auto word = text_of(level);
  if (word != "minimal" && word != "XDS")
    return Error{fmt::format("direct:metadata-level is '{}', expected minimal or XDS", shorten(word, 40))};
  request.level = word == "minimal" ? MetadataLevel::minimal : MetadataLevel::xds;
  return {};
}

// `named` are the parts of other documents.
Result<std::string> content_of(const xmlNode* document, const Unpacked& unpacked,
                               std::set<const direct::Entity*>& named) {
  const auto* const include = child(document, xop_space, "Include");
  if (include == nullptr) {
    auto decoded = base64_decode(text_of(document));
    if (!decoded) return Error{"its content is neither an xop:Include nor base64"};
    return *std::move(decoded);
  }
  const auto href = attribute(include, "href");
  if (!href.starts_with("cid:"))
    return Error{"its xop:Include leads to no part: '" + shorten(std::string(href), 80) + "'"};
  const auto id = percent_decode(href.substr(4)).value_or(std::string(href.substr(4)));
  const auto* const part = unpacked.part(id);
  if (part == nullptr) return Error{"its xop:Include names the part '" + shorten(id, 80) + "', which is not there"};
  // Else a small package would become as many times its size as it has documents.
  if (!named.insert(part).second)
    return Error{"its xop:Include names the part '" + shorten(id, 80) + "', which another document has"};
  return direct::body_of(*part);
}

Status read_documents(const xmlNode* submission, const Unpacked& unpacked, const RequestLimits& limits,
                      std::map<std::string, std::string>& contents) {
  std::set<const direct::Entity*> named_parts;
  for (const xmlNode* node = submission->children; node != nullptr; node = node->next) {
    if (!is_element(node, xdsb_space, "Document")) continue;
    const auto id = std::string(attribute(node, "id"));
    if (contents.size() == limits.documents_max)
      return Error{fmt::format("more than {} documents", limits.documents_max)};
    const auto named = "xdsb:Document '" + shorten(id, 60) + "'";
    auto content = content_of(node, unpacked, named_parts);
    if (!content) return Error{named + ": " + content.error().what};
    if (!contents.emplace(id, *std::move(content)).second) return Error{named + " is there twice"};
  }
  return {};
}

Status read_body(const xmlNode* body, const Unpacked& unpacked, const RequestLimits& limits, Request& request) {
  const auto* const submission = child(body, xdsb_space, "ProvideAndRegisterDocumentSetRequest");
  if (submission == nullptr) return Error{"the body has no xdsb:ProvideAndRegisterDocumentSetRequest"};
  const auto* const objects =
      child(child(submission, lcm_space, "SubmitObjectsRequest"), rim_space, "RegistryObjectList");
  if (objects == nullptr) return Error{"the body has no lcm:SubmitObjectsRequest with a rim:RegistryObjectList"};
  std::map<std::string, std::string> contents;
  BB_CHECK(read_documents(submission, unpacked, limits, contents));
  bool has_set = false;
  for (const xmlNode* node = objects->children; node != nullptr; node = node->next) {
    if (is_element(node, rim_space, "RegistryPackage")) {
      if (has_set) return Error{"the body has more than one submission set"};
      has_set = true;
      request.set.attributes = read_object(node, set_places);
    }
    if (!is_element(node, rim_space, "ExtrinsicObject")) continue;
    const auto id = std::string(attribute(node, "id"));
    const auto content = contents.find(id);
    if (content == contents.end())
      return Error{"the metadata describe the document '" + shorten(id, 60) +
                   "', and no xdsb:Document has its content"};
    request.documents.push_back({id, read_object(node, document_places), std::move(content->second)});
    contents.erase(content);
  }
  if (!contents.empty()) return Error{"xdsb:Document '" + shorten(contents.begin()->first, 60) + "' has no metadata"};
  if (!has_set) return Error{"the body has no submission set"};
  if (request.documents.empty()) return Error{"nothing is submitted"};
  return {};
}

}  // namespace

Result<Request> read_request(std::string_view content_type, std::string_view body, const RequestLimits& limits) {
  BB_TRY(const auto unpacked, unpack(content_type, body, limits.bytes_max));
  if (!unpacked.is_packaged) return Error{"a submission is packaged as MTOM: multipart/related"};
  BB_TRY(const auto envelope, read_envelope(unpacked.envelope));
  Request request;
  BB_CHECK(read_header(envelope.header, limits, request));
  BB_CHECK(read_body(envelope.body, unpacked, limits, request));
  return request;
}

}  // namespace bb::xdr
