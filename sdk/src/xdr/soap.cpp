#include "soap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include <bb/core/text.hpp>

namespace bb::xdr {
namespace {

constexpr xml::Limits envelope_limits{.bytes_max = std::size_t{16} * 1024 * 1024, .depth_max = 100};

bool is_line_end_in(std::string_view text) { return text.find_first_of("\r\n") != std::string_view::npos; }

}  // namespace

const xmlNode* child(const xmlNode* element, std::string_view uri, std::string_view name) {
  for (const xmlNode* node = element == nullptr ? nullptr : element->children; node != nullptr; node = node->next)
    if (xml::is_element(node, uri, name)) return node;
  return nullptr;
}

std::string text_of(const xmlNode* node) {
  std::string text;
  for (const xmlNode* inner = node; inner != nullptr; inner = xml::next_in_order(inner, node))
    if (inner->type == XML_TEXT_NODE || inner->type == XML_CDATA_SECTION_NODE) text += xml::view(inner->content);
  return collapse_whitespace(text);
}

const direct::Entity* Unpacked::part(std::string_view content_id) const {
  const auto found = std::find_if(entity.parts.begin(), entity.parts.end(), [&](const direct::Entity& one) {
    return direct::without_brackets(one.value("content-id")) == content_id;
  });
  return found == entity.parts.end() ? nullptr : &*found;
}

Result<Unpacked> unpack(std::string_view content_type, std::string_view body, std::size_t bytes_max) {
  if (body.size() > bytes_max)
    return Error{fmt::format("the message has {} bytes, at most {} are taken", body.size(), bytes_max)};
  if (is_line_end_in(content_type)) return Error{"the Content-Type has a line end in it"};
  Unpacked unpacked;
  unpacked.message = fmt::format("Content-Type: {}\r\n\r\n{}", content_type, body);
  BB_TRY(unpacked.entity, direct::read_entity(unpacked.message));
  const auto& type = unpacked.entity.type;
  if (type.value == "application/soap+xml") {
    unpacked.envelope = body;
    return unpacked;
  }
  // MTOM (DIRECT-XDR-03).
  if (type.value != "multipart/related")
    return Error{fmt::format("expected multipart/related or application/soap+xml, got '{}'", shorten(type.value, 60))};
  if (to_lower(type.of("type")) != "application/xop+xml" || to_lower(type.of("start-info")) != "application/soap+xml")
    return Error{"multipart/related is not of type=\"application/xop+xml\" with start-info=\"application/soap+xml\""};
  if (unpacked.entity.parts.empty() || !unpacked.entity.is_closed)
    return Error{"the package has no parts, or breaks off before its last delimiter"};
  unpacked.is_packaged = true;
  const auto start = std::string(direct::without_brackets(type.of("start")));
  const auto* const root = start.empty() ? &unpacked.entity.parts.front() : unpacked.part(start);
  if (root == nullptr) return Error{fmt::format("start names the part '{}', which is not there", shorten(start, 80))};
  BB_TRY(unpacked.envelope, direct::body_of(*root));
  return unpacked;
}

Result<Envelope> read_envelope(std::string_view bytes) {
  auto read = xml::read(bytes, envelope_limits);
  if (const auto* problem = std::get_if<xml::Problem>(&read)) return Error{"the envelope: " + xml::describe(*problem)};
  Envelope envelope{std::get<xml::Document>(std::move(read))};
  const auto* const root = envelope.document.root();
  if (!xml::is_element(root, soap_space, "Envelope"))
    return Error{
        fmt::format("expected the envelope of SOAP 1.2, got '{}'", shorten(std::string(xml::name_of(root)), 60))};
  envelope.header = child(root, soap_space, "Header");
  envelope.body = child(root, soap_space, "Body");
  if (envelope.body == nullptr) return Error{"the envelope has no body"};
  return envelope;
}

}  // namespace bb::xdr
