// bb/healthvault/people_methods.hpp - methods about persons, their records and what an
// application may do with them.
//
// Source: the published schemas of each method and types.xsd; the catalogue's rows HV-PERM-*.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>
#include <bb/healthvault/session_methods.hpp>
#include <bb/healthvault/thing.hpp>

namespace bb::healthvault {

// A record as one person sees it.
struct Record {
  std::string id;
  std::string name;  // the element's text
  std::optional<bool> is_custodian = {};
  std::int64_t relationship_type = 0;  // `rel-type`; 1: self
  std::string relationship_name = {};
  std::string authorization_expires = {};
  std::optional<bool> is_authorization_expired = {};
  std::string display_name = {};
  std::string state = {};  // "Active", "ReadOnly", "Suspended", "Deleted"
  std::string created = {};
  std::optional<std::int64_t> bytes_max = {};
  std::optional<std::int64_t> bytes = {};
  std::string authorization_action = {};  // `app-record-auth-action`: "NoActionRequired" ...
  std::optional<bool> reconciles_documents = {};
  std::string app_specific_record_id = {};
  std::string country = {};
  std::string state_province = {};
  std::string updated = {};
  std::optional<std::int64_t> latest_operation = {};  // `latest-operation-sequence-number`
  std::string authorization_created = {};             // `record-app-auth-created-date`
  friend bool operator==(const Record&, const Record&) = default;
};

// What may be done with things of one type: "All", "Read", "Update", "Create", "Delete".
// No list is no right (HV-PERM-04).
struct TypePermission {
  std::string type_id;
  std::optional<std::vector<std::string>> online = {};
  std::optional<std::vector<std::string>> offline = {};
  friend bool operator==(const TypePermission&, const TypePermission&) = default;
};

struct RecordPermissions {
  std::string record_id;
  std::vector<TypePermission> permissions = {};
  friend bool operator==(const RecordPermissions&, const RecordPermissions&) = default;
};

struct Culture {
  std::string language = {};
  std::string country = {};
  friend bool operator==(const Culture&, const Culture&) = default;
};

struct PersonGroup {
  std::string name;
  std::string id;
  std::string contact_email;
  friend bool operator==(const PersonGroup&, const PersonGroup&) = default;
};

struct PersonInfo {
  std::string id;
  std::string name;
  std::optional<std::string> app_settings = {};  // the inside of the element, byte by byte
  std::string selected_record_id = {};
  std::optional<bool> has_more_records = {};
  std::vector<Record> records = {};
  std::vector<PersonGroup> groups = {};
  std::optional<Culture> preferred_culture = {};
  std::optional<Culture> preferred_ui_culture = {};
  std::optional<Location> location = {};
  std::vector<RecordPermissions> effective_permissions = {};
  friend bool operator==(const PersonInfo&, const PersonInfo&) = default;
};

struct GetPersonInfo {
  static constexpr std::string_view name = "GetPersonInfo";
  static constexpr int latest = 1;
  struct Request {
    std::optional<bool> group_membership = {};
    std::optional<bool> effective_permissions = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    PersonInfo person;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct GetAuthorizedPeople {
  static constexpr std::string_view name = "GetAuthorizedPeople";
  static constexpr int latest = 1;
  struct Request {
    std::string person_id_cursor = {};  // the last id of the page before
    std::string created_since = {};     // `authorizations-created-since`
    std::optional<std::int64_t> count_max = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::vector<PersonInfo> people = {};
    bool has_more = false;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct GetAuthorizedRecords {
  static constexpr std::string_view name = "GetAuthorizedRecords";
  static constexpr int latest = 1;
  struct Request {
    std::vector<std::string> ids;
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::vector<Record> records = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct QueryPermissions {
  static constexpr std::string_view name = "QueryPermissions";
  static constexpr int latest = 1;
  struct Request {
    std::vector<std::string> type_ids;
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::vector<TypePermission> permissions = {};
    std::optional<bool> meaningful_use_opt_in = {};  // none: unspecified
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

// The record and the person are those of the header.
struct RemoveApplicationRecordAuthorization {
  static constexpr std::string_view name = "RemoveApplicationRecordAuthorization";
  static constexpr int latest = 1;
  using Request = Nothing;
  using Answer = Nothing;
};

struct GetApplicationSettings {
  static constexpr std::string_view name = "GetApplicationSettings";
  static constexpr int latest = 1;
  using Request = Nothing;
  struct Answer {
    std::optional<std::string> app_settings = {};  // the inside of the element, byte by byte
    std::string selected_record_id = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct SetApplicationSettings {
  static constexpr std::string_view name = "SetApplicationSettings";
  static constexpr int latest = 1;
  struct Request {
    std::optional<std::string> app_settings = {};  // well-formed content, byte by byte
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = Nothing;
};

// Of the methods that name a record by the id that an application has for it.
struct AlternateIdRequest {
  std::string alternate_id;
  friend bool operator==(const AlternateIdRequest&, const AlternateIdRequest&) = default;
};

// The record and the person are those of the header (HV-PERM-10).
struct AssociateAlternateId {
  static constexpr std::string_view name = "AssociateAlternateId";
  static constexpr int latest = 1;
  using Request = AlternateIdRequest;
  using Answer = Nothing;
};

struct DisassociateAlternateId {
  static constexpr std::string_view name = "DisassociateAlternateId";
  static constexpr int latest = 1;
  using Request = AlternateIdRequest;
  using Answer = Nothing;
};

struct GetAlternateIds {
  static constexpr std::string_view name = "GetAlternateIds";
  static constexpr int latest = 1;
  using Request = Nothing;
  struct Answer {
    std::vector<std::string> alternate_ids = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct GetPersonAndRecordForAlternateId {
  static constexpr std::string_view name = "GetPersonAndRecordForAlternateId";
  static constexpr int latest = 1;
  using Request = AlternateIdRequest;
  struct Answer {
    PersonInfo person;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct UpdatedRecord {
  std::string record_id;
  std::string update_date = {};
  std::string person_id = {};                         // of version 2
  std::optional<std::int64_t> latest_operation = {};  // of version 2
  friend bool operator==(const UpdatedRecord&, const UpdatedRecord&) = default;
};

struct GetUpdatedRecordsForApplication {
  static constexpr std::string_view name = "GetUpdatedRecordsForApplication";
  static constexpr int latest = 2;
  struct Request {
    std::string update_date = {};  // changed since
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::vector<UpdatedRecord> records = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct RecordOperation {
  std::string operation;  // "Create", "Update", "Delete"
  std::int64_t sequence_number = 0;
  ThingKey key;
  std::string type_id;
  std::string effective_date = {};
  std::string updated_end_date = {};
  friend bool operator==(const RecordOperation&, const RecordOperation&) = default;
};

struct GetRecordOperations {
  static constexpr std::string_view name = "GetRecordOperations";
  static constexpr int latest = 1;
  struct Request {
    std::int64_t sequence_number = 0;  // the operations behind this one
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::int64_t latest_sequence_number = 0;
    std::vector<RecordOperation> operations = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

}  // namespace bb::healthvault
