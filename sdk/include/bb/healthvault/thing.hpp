// bb/healthvault/thing.hpp - a thing: what a record holds one of, with what the
// platform says about it. What its data mean is none of this header's business.
//
// Source: thing.xsd of the platform (types Thing and Thing2); the catalogue's rows
// HV-GET-*, HV-PUT-* and HV-BLOB-04.
//
// Ids are GUIDs, in lower case once read (HV-TYPE-01: compared without case). Times
// are xs:dateTime as they stand in the message: date_time_ns() of bb/healthvault/date_time.hpp
// reads them. An empty text is an element that is not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bb::healthvault {

// Bits of Thing::flags.
inline constexpr std::uint32_t flag_personal = 0x1;
inline constexpr std::uint32_t flag_converted_down = 0x2;
inline constexpr std::uint32_t flag_converted_up = 0x4;
inline constexpr std::uint32_t flag_hidden_from_preparation = 0x8;
inline constexpr std::uint32_t flag_read_only = 0x10;

// In characters: thing.xsd. What is longer is refused by readers, and not sent by the client.
inline constexpr std::size_t blob_name_length_max = 255;
inline constexpr std::size_t blob_content_type_length_max = 1'024;
inline constexpr std::size_t tags_length_max = 512;

struct ThingKey {
  std::string id;
  std::string version_stamp = {};  // empty: not given (60 VERSION_STAMP_MISSING where one is needed)
  friend bool operator==(const ThingKey&, const ThingKey&) = default;
};

// An id with the name that the platform knows it by.
struct NamedId {
  std::string id;
  std::string name = {};
  friend bool operator==(const NamedId&, const NamedId&) = default;
};

// Who did it, when and how.
struct Audit {
  std::string timestamp;
  NamedId app = {};
  NamedId person = {};
  std::optional<NamedId> impersonator = {};
  std::string access_avenue = {};  // "Online", "Offline" or empty
  std::string action = {};         // "Created", "Updated", "Deleted"
  std::string master_app_id = {};  // from version 2 of a thing on
  friend bool operator==(const Audit&, const Audit&) = default;
};

// The inside of `data-xml`, byte by byte: the element of the type and, behind it, `common`.
// It is well-formed and declares every prefix that it uses.
struct DataXml {
  std::string bytes;
  std::string transform = {};  // the tag of a transform whose output this is
  friend bool operator==(const DataXml&, const DataXml&) = default;
};

// Of version 1 of a thing alone: one payload, as text.
struct DataOther {
  std::string text;
  std::string content_type = {};
  std::string content_encoding = {};  // "base64"
  friend bool operator==(const DataOther&, const DataOther&) = default;
};

struct BlobHash {
  std::string algorithm;                         // "SHA256Block"
  std::optional<std::int64_t> block_bytes = {};  // `block-size`
  std::string hash = {};                         // base64
  friend bool operator==(const BlobHash&, const BlobHash&) = default;
};

struct Blob {
  std::string name = {};  // empty: the default blob
  std::string content_type = {};
  std::optional<BlobHash> hash = {};
  std::optional<std::int64_t> length_bytes = {};  // `content-length`
  std::optional<std::string> inline_bytes = {};   // of `base64data`, decoded; never beside reference_url
  std::string reference_url = {};                 // `blob-ref-url`
  std::string legacy_content_encoding = {};
  std::string current_content_encoding = {};
  friend bool operator==(const Blob&, const Blob&) = default;
};

// What the caller may do with a thing: "All", "Read", "Update", "Create", "Delete".
struct EffectivePermissions {
  std::vector<std::string> permissions;
  std::optional<bool> is_immutable = {};
  friend bool operator==(const EffectivePermissions&, const EffectivePermissions&) = default;
};

struct Thing {
  std::optional<ThingKey> key = {};  // none: a new thing
  std::string type_id = {};
  std::string type_name = {};
  std::string state = {};  // "Active", "Deleted"
  std::optional<std::uint32_t> flags = {};
  std::string effective_date = {};  // `eff-date`
  std::optional<Audit> created = {};
  std::optional<Audit> updated = {};
  std::vector<DataXml> data = {};
  std::optional<DataOther> data_other = {};
  std::vector<Blob> blobs = {};  // of version 2 and above
  std::optional<EffectivePermissions> effective_permissions = {};
  std::optional<std::string> tags = {};
  // Elements `signature-info` or, in version 1, `Signature` of XML-DSig: as they stand there.
  std::string signature_xml = {};
  std::string updated_end_date = {};
  friend bool operator==(const Thing&, const Thing&) = default;
};

}  // namespace bb::healthvault
