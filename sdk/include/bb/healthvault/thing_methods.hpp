// bb/healthvault/thing_methods.hpp - methods that read, write and describe things.
//
// Source: the published schemas of each method; the catalogue's rows HV-GET-*, HV-PUT-*
// and HV-BLOB-01. What a schema leaves to the platform to refuse with a code of its own
// (15 INVALID_FILTER, 16 INVALID_FORMAT, 53, 60 ...) is read as it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>
#include <bb/healthvault/thing.hpp>

namespace bb::healthvault {

// Conditions are ANDed, the values of one condition ORed (HV-GET-03).
struct ThingFilter {
  std::vector<std::string> type_ids = {};
  std::vector<std::string> states = {};  // "Active", "Deleted"; none: active ones
  std::string effective_date_min = {};
  std::string effective_date_max = {};
  std::string created_app_id = {};
  std::string created_person_id = {};
  std::string updated_app_id = {};
  std::string updated_person_id = {};
  std::string created_date_min = {};
  std::string created_date_max = {};
  std::string updated_date_min = {};
  std::string updated_date_max = {};
  std::string xpath = {};  // HV-GET-04: below /thing/data-xml
  std::string updated_end_date_max = {};
  std::string updated_end_date_min = {};
  friend bool operator==(const ThingFilter&, const ThingFilter&) = default;
};

// Of version 3: which blobs, and how.
struct BlobRequest {
  std::vector<std::string> names = {};  // none: all
  std::string format;                   // "information", "inline", "streamed"
  friend bool operator==(const BlobRequest&, const BlobRequest&) = default;
};

struct ThingFormat {
  // "core", "audits", "effectivepermissions", "digitalsignatures", "tags"; "blobpayload" of
  // version 3, "otherdata" of those before.
  std::vector<std::string> sections = {};
  std::vector<std::string> xml = {};  // transforms; an empty one: the whole data-xml
  std::vector<std::string> type_versions = {};
  std::optional<BlobRequest> blobs = {};
  friend bool operator==(const ThingFormat&, const ThingFormat&) = default;
};

struct ThingOrder {
  std::string type_id;
  std::string property;
  std::string direction = {};  // "Asc", "Desc"
  friend bool operator==(const ThingOrder&, const ThingOrder&) = default;
};

struct ThingQuery {
  std::string name = {};
  std::optional<std::int64_t> count_max = {};  // `max`
  std::optional<std::int64_t> full_max = {};   // `max-full`: more come as keys alone (HV-GET-07)
  // Of the three one.
  std::vector<std::string> ids = {};
  std::vector<ThingKey> keys = {};
  std::vector<std::string> client_ids = {};
  std::vector<ThingFilter> filters = {};   // ORed
  std::optional<ThingFormat> format = {};  // none: 16 INVALID_FORMAT
  std::optional<bool> current_version_only = {};
  std::optional<std::vector<std::string>> intents = {};  // "view", "download", "transmit"; of version 3
  std::optional<ThingOrder> order = {};                  // of version 3
  friend bool operator==(const ThingQuery&, const ThingQuery&) = default;
};

// A thing beyond the limit of full results: to be asked for by its key.
struct UnprocessedThing {
  ThingKey key;
  std::string type_id;
  std::string type_name = {};
  std::string effective_date;
  std::string updated_end_date = {};
  friend bool operator==(const UnprocessedThing&, const UnprocessedThing&) = default;
};

struct ThingGroup {
  std::string name = {};
  std::vector<Thing> things = {};
  std::vector<UnprocessedThing> unprocessed = {};
  std::optional<bool> is_filtered = {};  // rights kept something back
  std::string order_by_culture = {};     // of version 3
  friend bool operator==(const ThingGroup&, const ThingGroup&) = default;
};

struct GetThings {
  static constexpr std::string_view name = "GetThings";
  static constexpr int latest = 3;
  struct Request {
    std::vector<ThingQuery> groups;
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::vector<ThingGroup> groups;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

// The things of one call, in order; and their new keys, in the same order.
struct ThingsRequest {
  std::vector<Thing> things;
  friend bool operator==(const ThingsRequest&, const ThingsRequest&) = default;
};
struct KeysAnswer {
  std::vector<ThingKey> keys;
  friend bool operator==(const KeysAnswer&, const KeysAnswer&) = default;
};

struct PutThings {
  static constexpr std::string_view name = "PutThings";
  static constexpr int latest = 2;
  using Request = ThingsRequest;
  using Answer = KeysAnswer;
};

struct OverwriteThings {
  static constexpr std::string_view name = "OverwriteThings";
  static constexpr int latest = 2;
  using Request = ThingsRequest;
  using Answer = KeysAnswer;
};

struct RemoveThings {
  static constexpr std::string_view name = "RemoveThings";
  static constexpr int latest = 1;
  struct Request {
    std::vector<ThingKey> keys;
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = Nothing;
};

struct BeginPutBlob {
  static constexpr std::string_view name = "BeginPutBlob";
  static constexpr int latest = 1;
  using Request = Nothing;
  struct Answer {
    std::string reference_url;  // where the bytes go
    std::int64_t chunk_bytes = 0;
    std::int64_t blob_bytes_max = 0;
    std::string hash_algorithm;                         // "SHA256Block"
    std::optional<std::int64_t> hash_block_bytes = {};  // none: 2,097,152
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct GetThingType {
  static constexpr std::string_view name = "GetThingType";
  static constexpr int latest = 1;
  struct Request {
    std::vector<std::string> ids = {};  // none: all
    // "core", "xsd", "columns", "transforms", "transformsource", "versions", "effectivedatexpath"
    std::vector<std::string> sections = {};
    std::vector<std::string> image_types = {};
    std::string last_client_refresh = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Type {
    std::string id;
    std::string name;
    std::optional<bool> is_uncreatable = {};
    std::optional<bool> is_immutable = {};
    std::optional<bool> is_singleton = {};
    std::string xsd = {};
    // Elements from `columns` to `versions`, byte by byte.
    std::string more_xml = {};
    std::string effective_date_xpath = {};
    std::string updated_end_date_xpath = {};
    std::optional<bool> allows_read_only = {};
    friend bool operator==(const Type&, const Type&) = default;
  };
  struct Answer {
    std::vector<Type> types = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

}  // namespace bb::healthvault
