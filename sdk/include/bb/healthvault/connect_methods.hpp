// bb/healthvault/connect_methods.hpp - methods by which an organisation's patient and a
// record are bound without a browser, and by which documents wait to be picked up.
//
// Source: the published schemas of each method; the catalogue's rows HV-CONN-*.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>
#include <bb/healthvault/thing.hpp>

namespace bb::healthvault {

// The code that a person takes to the shell: 20 characters (bb/healthvault/connect.hpp).
struct IdentityCodeAnswer {
  std::string identity_code;
  friend bool operator==(const IdentityCodeAnswer&, const IdentityCodeAnswer&) = default;
};

struct CreateConnectRequest {
  static constexpr std::string_view name = "CreateConnectRequest";
  static constexpr int latest = 1;
  struct Request {
    std::string friendly_name;
    std::string question;
    std::string answer;
    std::string external_id;         // the organisation's own id of the patient
    std::string call_back_url = {};  // known to the schema, served by no platform
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = IdentityCodeAnswer;
};

struct AuthorizedConnectRequest {
  std::string person_id;
  std::string record_id;
  std::string app_specific_record_id = {};
  std::string app_id;
  std::string external_id;
  friend bool operator==(const AuthorizedConnectRequest&, const AuthorizedConnectRequest&) = default;
};

struct GetAuthorizedConnectRequests {
  static constexpr std::string_view name = "GetAuthorizedConnectRequests";
  static constexpr int latest = 1;
  struct Request {
    std::string since = {};  // `authorized-connect-requests-since`, UTC
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::string resume_key = {};  // a time to go on from
    std::vector<AuthorizedConnectRequest> requests = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct DeletePendingConnectRequest {
  static constexpr std::string_view name = "DeletePendingConnectRequest";
  static constexpr int latest = 1;
  struct Request {
    std::string external_id;
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = Nothing;
};

struct UpdateExternalId {
  static constexpr std::string_view name = "UpdateExternalId";
  static constexpr int latest = 1;
  struct Request {
    // Of the two one.
    std::string identity_code = {};
    std::string old_external_id = {};
    std::string new_external_id;
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = Nothing;
};

struct AllocatePackageId {
  static constexpr std::string_view name = "AllocatePackageId";
  static constexpr int latest = 1;
  using Request = Nothing;
  using Answer = IdentityCodeAnswer;
};

struct CreateConnectPackage {
  static constexpr std::string_view name = "CreateConnectPackage";
  static constexpr int latest = 2;
  struct Request {
    std::string identity_code = {};  // of AllocatePackageId
    std::string friendly_name;
    std::string question;
    std::string external_id;
    Thing package;
    std::vector<std::string> blob_urls = {};  // `streamed-package-blobs`; of version 2
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = IdentityCodeAnswer;
};

struct BeginPutConnectPackageBlob {
  static constexpr std::string_view name = "BeginPutConnectPackageBlob";
  static constexpr int latest = 1;
  using Request = Nothing;
  struct Answer {
    std::string reference_url;
    std::string chunk_encryption = "aes256";
    std::int64_t chunk_bytes_plain = 0;
    std::int64_t chunk_bytes_encrypted = 0;
    std::int64_t blob_bytes_max = 0;
    std::string hash_algorithm;
    std::optional<std::int64_t> hash_block_bytes = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct DeletePendingConnectPackage {
  static constexpr std::string_view name = "DeletePendingConnectPackage";
  static constexpr int latest = 1;
  struct Request {
    // Of the two one.
    std::string identity_code = {};
    std::string external_id = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  using Answer = Nothing;
};

}  // namespace bb::healthvault
