// bb/healthvault/status_code.hpp - what a platform answers instead of success: numbers,
// names, and what a client does about each.
//
// Source: the status codes of the developer documentation (section 17 of the catalogue);
// the classes are those of HV-RSP-04.
#pragma once

#include <array>
#include <string_view>

namespace bb::healthvault {

// What a client does about an answer.
enum class StatusClass {
  ok,
  renew_session,       // get a new session and repeat once
  authorization_lost,  // stop: the person took the application's rights away
  resend,              // with a fresh time
  reread,              // read the thing again, then repeat
  size,                // too much of something
  later,               // the platform is in maintenance
  permanent,           // everything else
};

struct StatusCode {
  int number;
  std::string_view name;
  StatusClass status_class;
};

// In the order of their numbers. What is not here is not documented.
inline constexpr std::array status_codes = std::to_array<StatusCode>({
    {0, "OK", StatusClass::ok},
    {1, "FAILED", StatusClass::permanent},
    {2, "BAD_HTTP", StatusClass::permanent},
    {3, "INVALID_XML", StatusClass::permanent},
    {4, "BAD_SIG", StatusClass::permanent},
    {5, "BAD_METHOD", StatusClass::permanent},
    {6, "INVALID_APP", StatusClass::permanent},
    {7, "CREDENTIAL_TOKEN_EXPIRED", StatusClass::renew_session},
    {8, "INVALID_TOKEN", StatusClass::renew_session},
    {9, "INVALID_PERSON", StatusClass::permanent},
    {10, "INVALID_RECORD", StatusClass::permanent},
    {11, "ACCESS_DENIED", StatusClass::authorization_lost},
    {12, "NYI", StatusClass::permanent},
    {13, "INVALID_THING", StatusClass::permanent},
    {14, "CANT_CONVERT_UNITS", StatusClass::permanent},
    {15, "INVALID_FILTER", StatusClass::permanent},
    {16, "INVALID_FORMAT", StatusClass::permanent},
    {17, "MISSING_SHARED_SECRET", StatusClass::permanent},
    {18, "INVALID_APPAUTH", StatusClass::authorization_lost},
    {19, "INVALID_THING_TYPE", StatusClass::permanent},
    {20, "THING_TYPE_IMMUTABLE", StatusClass::permanent},
    {21, "THING_TYPE_UNCREATABLE", StatusClass::permanent},
    {22, "DUPLICATE_CREDENTIAL_FOUND", StatusClass::permanent},
    {23, "INVALID_RECORD_NAME", StatusClass::permanent},
    {24, "DRUG_NOT_FOUND", StatusClass::permanent},
    {25, "INVALID_PERSON_STATE", StatusClass::permanent},
    {26, "INVALID_CODESET", StatusClass::permanent},
    {28, "INVALID_VALIDATION_TOKEN", StatusClass::permanent},
    {30, "INVALID_CONTACT_EMAIL", StatusClass::permanent},
    {31, "INVALID_LOGIN_NAME", StatusClass::permanent},
    {32, "INVALID_PASSWORD", StatusClass::permanent},
    {33, "INVALID_OPENQUERY", StatusClass::permanent},
    {34, "INVALID_TRANSFORM", StatusClass::permanent},
    {35, "INVALID_RELATIONSHIP_TYPE", StatusClass::permanent},
    {36, "INVALID_CREDENTIAL_TYPE", StatusClass::permanent},
    {37, "INVALID_RECORD_STATE", StatusClass::permanent},
    {38, "APP_AUTH_NOT_REQUIRED", StatusClass::permanent},
    {39, "REQUEST_TOO_LONG", StatusClass::permanent},
    {40, "DUPLICATE_AUTHORIZED_RECORD_FOUND", StatusClass::permanent},
    {41, "EMAIL_NOT_VALIDATED", StatusClass::permanent},
    {45, "MAIL_ADDRESS_MALFORMED", StatusClass::permanent},
    {46, "PASSWORD_NOT_STRONG", StatusClass::permanent},
    {47, "CANNOT_REMOVE_LAST_CUSTODIAN", StatusClass::permanent},
    {48, "INVALID_EMAIL_ADDRESS", StatusClass::permanent},
    {49, "REQUEST_TIMED_OUT", StatusClass::resend},
    {50, "INVALID_SPONSOR_EMAIL", StatusClass::permanent},
    {51, "INVALID_PROMOTION_TOKEN", StatusClass::permanent},
    {52, "INVALID_RECORD_AUTHORIZATION_TOKEN", StatusClass::permanent},
    {53, "TOO_MANY_GROUPS_IN_QUERY", StatusClass::permanent},
    {54, "GRANT_AUTHZ_EXCEEDS_DEFAULT", StatusClass::permanent},
    {55, "INVALID_VOCABULARY", StatusClass::permanent},
    {56, "DUPLICATE_APPLICATION_FOUND", StatusClass::permanent},
    {57, "RECORD_AUTHORIZATION_TOKEN_EXPIRED", StatusClass::permanent},
    {58, "RECORD_AUTHORIZATION_DOES_NOT_EXIST", StatusClass::permanent},
    {59, "THING_TYPE_UNDELETABLE", StatusClass::permanent},
    {60, "VERSION_STAMP_MISSING", StatusClass::reread},
    {61, "VERSION_STAMP_MISMATCH", StatusClass::reread},
    {62, "EXPIRED_OPENQUERY", StatusClass::permanent},
    {63, "INVALID_PUBLIC_KEY", StatusClass::permanent},
    {64, "DOMAIN_NAME_NOT_SET", StatusClass::permanent},
    {65, "AUTHENTICATED_SESSION_TOKEN_EXPIRED", StatusClass::renew_session},
    {66, "INVALID_CREDENTIAL_KEY", StatusClass::permanent},
    {67, "INVALID_PERSON_ID", StatusClass::permanent},
    {68, "RECORD_QUOTA_EXCEEDED", StatusClass::size},
    {69, "INVALID_DATETIME", StatusClass::permanent},
    {70, "BAD_CERT", StatusClass::permanent},
    {71, "RESPONSE_TOO_LONG", StatusClass::permanent},
    {72, "INVALID_VERIFICATION_QUESTION", StatusClass::permanent},
    {73, "INVALID_VERIFICATION_ANSWER", StatusClass::permanent},
    {74, "INVALID_IDENTITY_CODE", StatusClass::permanent},
    {75, "RETRY_LIMIT_EXCEEDED", StatusClass::permanent},
    {76, "CULTURE_NOT_SUPPORTED", StatusClass::permanent},
    {77, "INVALID_FILE_EXTENSION", StatusClass::permanent},
    {78, "INVALID_VOCABULARY_ITEM", StatusClass::permanent},
    {79, "DUPLICATE_CONNECT_REQUEST_FOUND", StatusClass::permanent},
    {80, "INVALID_SPECIAL_ACCOUNT_TYPE", StatusClass::permanent},
    {81, "DUPLICATE_TYPE_FOUND", StatusClass::permanent},
    {82, "CREDENTIAL_NOT_FOUND", StatusClass::permanent},
    {83, "CANNOT_REMOVE_LAST_CREDENTIAL", StatusClass::permanent},
    {84, "CONNECT_REQUEST_ALREADY_AUTHORIZED", StatusClass::permanent},
    {85, "INVALID_THING_TYPE_VERSION", StatusClass::permanent},
    {86, "CREDENTIALS_LIMIT_EXCEEDED", StatusClass::permanent},
    {87, "INVALID_METHOD", StatusClass::permanent},
    {88, "INVALID_BLOB_REF_URL", StatusClass::permanent},
    {89, "CANNOT_GET_STREAMED_OTHER_DATA", StatusClass::permanent},
    {90, "UPDATE_THING_TYPE_VERSION_NO_DATA_XML", StatusClass::permanent},
    {91, "UNSUPPORTED_CONTENT_ENCODING", StatusClass::permanent},
    {92, "CONTENT_ENCODING_DATA_MISMATCH", StatusClass::permanent},
    {93, "APPLICATION_LIMIT_EXCEEDED", StatusClass::permanent},
    {94, "INVALID_BINARY_CONTENT_ID", StatusClass::permanent},
    {95, "CONNECT_REQUEST_INCOMPLETE", StatusClass::permanent},
    {96, "CONNECT_PACKAGE_EXISTS", StatusClass::permanent},
    {97, "INVALID_FILE_NAME", StatusClass::permanent},
    {98, "INVALID_SIGNUP_CODE", StatusClass::permanent},
    {99, "BLOB_SIZE_TOO_LARGE_FOR_INLINE", StatusClass::size},
    {100, "DUPLICATE_BLOB", StatusClass::permanent},
    {101, "BLOB_TOKEN_COMMITTED", StatusClass::permanent},
    {102, "BLOB_TOKEN_NOT_COMPLETED", StatusClass::permanent},
    {104, "THING_POTENTIALLY_INCOMPLETE", StatusClass::permanent},
    {105, "INVALID_SIGNATURE_ALGORITHM", StatusClass::permanent},
    {106, "INVALID_BLOB_HASH_ALGORITHM", StatusClass::permanent},
    {107, "UNSUPPORTED_BLOB_HASH_BLOCK_SIZE", StatusClass::permanent},
    {108, "BLOB_HASH_ALGORITHM_MISMATCH", StatusClass::permanent},
    {109, "BLOB_HASH_BLOCK_SIZE_MISMATCH", StatusClass::permanent},
    {110, "UNSUPPORTED_SIGNATURE_METHOD", StatusClass::permanent},
    {111, "INVALID_BLOB_HASH", StatusClass::permanent},
    {112, "PACKAGE_BLOB_NOT_COMMITTED", StatusClass::permanent},
    {113, "APPLICATION_STATE_TRANSITION_NOT_SUPPORTED", StatusClass::permanent},
    {120, "INVALID_PACKAGE_CONTENTS", StatusClass::permanent},
    {121, "INVALID_CONTENT_TYPE", StatusClass::permanent},
    {122, "CONNECT_PACKAGE_VALIDATION_REQUIRED", StatusClass::permanent},
    {123, "INVALID_THING_STATE", StatusClass::permanent},
    {124, "TOO_MANY_THINGS_SPECIFIED", StatusClass::permanent},
    {126, "INVALID_DIRECTORY_ITEM", StatusClass::permanent},
    {129, "INVALID_VOCABULARY_AUTHORIZATION", StatusClass::permanent},
    {130, "VOCABULARY_ACCESS_DENIED", StatusClass::permanent},
    {131, "UNSUPPORTED_PERSONAL_FLAG", StatusClass::permanent},
    {132, "SUBSCRIPTION_NOT_FOUND", StatusClass::permanent},
    {133, "SUBSCRIPTION_LIMIT_EXCEEDED", StatusClass::permanent},
    {134, "SUBSCRIPTION_INVALID", StatusClass::permanent},
    {135, "APPLICATION_CREATION_TOKEN_INVALID", StatusClass::permanent},
    {136, "DUPLICATE_APPLICATION_FOUND", StatusClass::permanent},
    {137, "SHARING_REQUESTING_APPLICATION_NOT_FOUND", StatusClass::permanent},
    {138, "ENCRYPTED_CREDENTIAL_EXPIRED", StatusClass::permanent},
    {139, "DUPLICATE_ALTERNATE_ID", StatusClass::permanent},
    {140, "ALTERNATE_ID_NOT_FOUND", StatusClass::permanent},
    {141, "ALTERNATE_IDS_LIMIT_EXCEEDED", StatusClass::permanent},
    {142, "ALTERNATE_ID_MISSING", StatusClass::permanent},
    {143, "RECORD_AUDIT_NOT_FOUND", StatusClass::permanent},
    {144, "RECORD_SHARING_INVITATION_PIN_MISMATCH", StatusClass::permanent},
    {145, "RECORD_SHARING_MAXIMUM_NUMBER_OF_ATTEMPTS_EXCEEDED", StatusClass::permanent},
    {146, "CONCURRENCY_VIOLATION", StatusClass::permanent},
    {147, "RECORD_LOCATION_NOT_SUPPORTED", StatusClass::permanent},
    {148, "TOO_MANY_MESSAGES", StatusClass::permanent},
    {149, "COULD_NOT_ENQUEUE", StatusClass::permanent},
    {150, "DUPLICATE_APP_LOCATION_INFO", StatusClass::permanent},
    {151, "REMOVELOCATIONS_INVALID_WARNINGMESSAGES", StatusClass::permanent},
    {152, "MAINTENANCE_MODE_ACCESS_DENIED", StatusClass::later},
    {153, "INVALID_INSTANCE_ID", StatusClass::permanent},
    {154, "CANNOT_UPDATE_IMMUTABLE_THING", StatusClass::permanent},
    {155, "CANNOT_CREATE_IMMUTABLE_THING", StatusClass::permanent},
    {156, "CANNOT_CHANGE_IMMUTABLE_FLAG", StatusClass::permanent},
    {157, "INVALID_AGE", StatusClass::permanent},
    {158, "INVALID_IP_ADDRESS", StatusClass::permanent},
    {159, "INVALID_MSA_TICKET", StatusClass::permanent},
    {160, "MAX_RECORDS_EXCEEDED", StatusClass::permanent},
    {161, "CANNOT_SET_IMMUTABLE_FLAG", StatusClass::permanent},
});

// The number of a name, while compiling: status("BAD_SIG") is 4. A name that stands for
// two numbers (56 and 136) is its first.
consteval int status(std::string_view name) {
  for (const auto& code : status_codes)
    if (code.name == name) return code.number;
  throw "no status code has this name";
}

// Nothing where the number is not documented.
constexpr const StatusCode* find_status(int number) {
  for (const auto& code : status_codes)
    if (code.number == number) return &code;
  return nullptr;
}

// An undocumented number is permanent (HV-RSP-04: "others").
constexpr StatusClass class_of(int number) {
  const auto* code = find_status(number);
  return code == nullptr ? StatusClass::permanent : code->status_class;
}

}  // namespace bb::healthvault
