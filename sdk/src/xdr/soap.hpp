// sdk/src/xdr/soap.hpp - what requests and answers share: namespaces, the package, the
// envelope's parts.
#pragma once

#include <libxml/tree.h>

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/direct/entity.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::xdr {

inline constexpr std::string_view soap_space = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr std::string_view addressing_space = "http://www.w3.org/2005/08/addressing";
inline constexpr std::string_view direct_space = "urn:direct:addressing";
inline constexpr std::string_view xdsb_space = "urn:ihe:iti:xds-b:2007";
inline constexpr std::string_view lcm_space = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";
inline constexpr std::string_view rim_space = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
inline constexpr std::string_view rs_space = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
inline constexpr std::string_view xop_space = "http://www.w3.org/2004/08/xop/include";
inline constexpr std::string_view destination_role = "urn:direct:addressing:destination";
inline constexpr std::string_view final_delivery = "X-DIRECT-FINAL-DESTINATION-DELIVERY";

// The first child of that name, or none; of no element none.
const xmlNode* child(const xmlNode* element, std::string_view uri, std::string_view name);
// The text below a node, its white space collapsed.
std::string text_of(const xmlNode* node);

// An HTTP body: a SOAP envelope alone, or the root of a package and its parts. Owns
// what `entity` has slices of.
struct Unpacked {
  std::string message;  // header and body, as one MIME entity
  direct::Entity entity;
  std::string envelope;
  bool is_packaged = false;

  // The part with that Content-ID, without brackets; none of what is not packaged.
  const direct::Entity* part(std::string_view content_id) const;
};
[[nodiscard]] Result<Unpacked> unpack(std::string_view content_type, std::string_view body, std::size_t bytes_max);

// The envelope's children, which live as long as the document.
struct Envelope {
  xml::Document document;
  const xmlNode* header = nullptr;  // may be none
  const xmlNode* body = nullptr;
};
[[nodiscard]] Result<Envelope> read_envelope(std::string_view bytes);

}  // namespace bb::xdr
