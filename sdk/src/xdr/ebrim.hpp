// sdk/src/xdr/ebrim.hpp - where each attribute of XDS metadata stands in ebRIM.
//
// Source: IHE ITI TF-3, 4.2.5, tables of UUIDs.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace bb::xdr {

enum class Place {
  attribute,       // of the ExtrinsicObject
  slot,            // of the object
  name,            // its Name
  classification,  // nodeRepresentation, with its scheme as the slot codingScheme
  identifier,      // ExternalIdentifier
  author_slot,     // a slot of the author's classification
};

struct AttributePlace {
  std::string_view name;
  Place place;
  std::string_view scheme = {};  // of classification, identifier and author
};

inline constexpr std::string_view extrinsic_type = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1";
inline constexpr std::string_view submission_set_node = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
inline constexpr std::string_view document_author = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d";
inline constexpr std::string_view set_author = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d";

inline constexpr std::array document_places{
    AttributePlace{"mimeType", Place::attribute},
    AttributePlace{"creationTime", Place::slot},
    AttributePlace{"languageCode", Place::slot},
    AttributePlace{"sourcePatientId", Place::slot},
    AttributePlace{"hash", Place::slot},
    AttributePlace{"size", Place::slot},
    AttributePlace{"URI", Place::slot},
    AttributePlace{"title", Place::name},
    AttributePlace{"authorPerson", Place::author_slot, document_author},
    AttributePlace{"classCode", Place::classification, "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"},
    AttributePlace{"confidentialityCode", Place::classification, "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"},
    AttributePlace{"formatCode", Place::classification, "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"},
    AttributePlace{"healthcareFacilityTypeCode", Place::classification,
                   "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"},
    AttributePlace{"practiceSettingCode", Place::classification, "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"},
    AttributePlace{"typeCode", Place::classification, "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"},
    AttributePlace{"patientId", Place::identifier, "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"},
    AttributePlace{"uniqueId", Place::identifier, "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"},
};

inline constexpr std::array set_places{
    AttributePlace{"submissionTime", Place::slot},
    AttributePlace{"intendedRecipient", Place::slot},
    AttributePlace{"authorPerson", Place::author_slot, set_author},
    AttributePlace{"authorTelecommunication", Place::author_slot, set_author},
    AttributePlace{"contentTypeCode", Place::classification, "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"},
    AttributePlace{"patientId", Place::identifier, "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"},
    AttributePlace{"sourceId", Place::identifier, "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"},
    AttributePlace{"uniqueId", Place::identifier, "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"},
};

}  // namespace bb::xdr
