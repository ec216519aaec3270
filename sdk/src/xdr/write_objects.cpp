#include <bb/xdr/write_objects.hpp>

#include <fmt/format.h>

#include <span>

#include <bb/core/text.hpp>

#include "ebrim.hpp"
#include "soap.hpp"

namespace bb::xdr {
namespace {

constexpr std::string_view set_id = "SubmissionSet01";

// The values are parted by line feeds.
std::string slot(std::string_view name, std::string_view values) {
  std::string text;
  for (const auto& value : split(values, '\n')) text += fmt::format("<rim:Value>{}</rim:Value>", escape_markup(value));
  return fmt::format(R"(<rim:Slot name="{}"><rim:ValueList>{}</rim:ValueList></rim:Slot>)", name, text);
}

std::string classification(const std::string& of, const std::string& id, std::string_view scheme, std::string_view code,
                           const std::string& inside) {
  return fmt::format(
      R"(<rim:Classification id="{}" classificationScheme="{}" classifiedObject="{}" nodeRepresentation="{}">{}</rim:Classification>)",
      id, scheme, of, escape_markup(code), inside);
}

std::string name_element(std::string_view name) {
  return fmt::format(R"(<rim:Name><rim:LocalizedString value="{}"/></rim:Name>)", escape_markup(name));
}

// ebRIM wants slots before the name before classifications before identifiers.
std::string write_object(const std::string& id, std::span<const AttributePlace> places, const Attributes& attributes) {
  std::string slots, name, classifications, identifiers, author;
  std::string_view author_scheme;
  int number = 0;
  for (const auto& place : places) {
    const auto found = attributes.find(place.name);
    if (found == attributes.end() || found->second.empty()) continue;
    const auto own_id = fmt::format("{}-{}", id, ++number);
    switch (place.place) {
      case Place::attribute:
        break;  // of the start tag
      case Place::name:
        name = name_element(found->second);
        break;
      case Place::slot:
        slots += slot(place.name, found->second);
        break;
      case Place::author_slot:
        author_scheme = place.scheme;
        author += slot(place.name, found->second);
        break;
      case Place::classification: {
        const auto code = split(found->second, '^');
        classifications += classification(
            id, own_id, place.scheme, code[0],
            slot("codingScheme", code.size() > 2 ? code[2] : "") + name_element(code.size() > 1 ? code[1] : code[0]));
        break;
      }
      case Place::identifier:
        identifiers += fmt::format(
            R"(<rim:ExternalIdentifier id="{}" registryObject="{}" identificationScheme="{}" value="{}">{}</rim:ExternalIdentifier>)",
            own_id, id, place.scheme, escape_markup(found->second), name_element(place.name));
        break;
    }
  }
  if (!author.empty()) classifications += classification(id, id + "-author", author_scheme, "", author);
  return slots + name + classifications + identifiers;
}

std::string write_document(const Document& document) {
  const auto mime_type = document.attributes.find("mimeType");
  return fmt::format(
      R"(<rim:ExtrinsicObject id="{}" objectType="{}"{}>{}</rim:ExtrinsicObject>)", document.id, extrinsic_type,
      mime_type == document.attributes.end() ? "" : fmt::format(R"( mimeType="{}")", escape_markup(mime_type->second)),
      write_object(document.id, document_places, document.attributes));
}

}  // namespace

std::string write_objects(const SubmissionSet& set, const std::vector<Document>& documents) {
  std::string objects, members;
  for (const auto& document : documents) {
    objects += write_document(document);
    members += fmt::format(
        R"(<rim:Association id="{0}-member" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember")"
        R"( sourceObject="{1}" targetObject="{0}">{2}</rim:Association>)",
        document.id, set_id, slot("SubmissionSetStatus", "Original"));
  }
  return fmt::format(
      R"(<lcm:SubmitObjectsRequest xmlns:lcm="{lcm}" xmlns:rim="{rim}"><rim:RegistryObjectList>)"
      R"({objects}<rim:RegistryPackage id="{set}">{described}</rim:RegistryPackage>)"
      R"(<rim:Classification id="{set}-kind" classifiedObject="{set}" classificationNode="{node}"/>{members})"
      R"(</rim:RegistryObjectList></lcm:SubmitObjectsRequest>)",
      fmt::arg("lcm", lcm_space), fmt::arg("rim", rim_space), fmt::arg("objects", objects), fmt::arg("set", set_id),
      fmt::arg("described", write_object(std::string(set_id), set_places, set.attributes)),
      fmt::arg("node", submission_set_node), fmt::arg("members", members));
}

}  // namespace bb::xdr
