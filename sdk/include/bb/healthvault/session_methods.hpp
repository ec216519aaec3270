// bb/healthvault/session_methods.hpp - methods by which an application becomes known,
// finds its platform and gets a session.
//
// Source: the published schemas of each method; the catalogue's rows HV-AUTH-02 to -06
// and HV-SHELL-08.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/healthvault/method.hpp>
#include <bb/healthvault/signing.hpp>

namespace bb::healthvault {

// What an application signs to get a session (HV-AUTH-04).
struct SessionContent {
  std::string app_id;
  // Of version 2 the algorithm that the session's secret will be for; of version 1 also
  // the secret, chosen by the application, in base64: `shared-secret/hmac-alg`. In version 2
  // some clients put the secret here too; empty: the platform chooses, as its schema has it.
  MacAlgorithm algorithm = MacAlgorithm::hmac_sha256;
  std::string proposed_secret = {};
  std::string signing_time = {};  // of version 2; UTC, see date_time()
  friend bool operator==(const SessionContent&, const SessionContent&) = default;
};

// The element `content`, byte by byte what is signed.
std::string write_session_content(const SessionContent& content, int version = 2);

// `sig`: by the application's certificate.
struct SessionSignature {
  SignatureMethod method = SignatureMethod::rsa_sha1;
  std::string thumbprint;
  std::string signature;  // raw
  friend bool operator==(const SessionSignature&, const SessionSignature&) = default;
};

// `hmacSig`: by the secret of a device's application (HV-AUTH-05); of version 2 alone.
struct SessionCode {
  MacAlgorithm algorithm = MacAlgorithm::hmac_sha256;
  std::string code;  // raw
  friend bool operator==(const SessionCode&, const SessionCode&) = default;
};

struct CreateAuthenticatedSessionToken {
  static constexpr std::string_view name = "CreateAuthenticatedSessionToken";
  static constexpr int latest = 2;
  struct Request {
    std::string app_id;
    std::optional<bool> is_multi_record = {};
    // Of the two one.
    std::optional<SessionSignature> signature = {};
    std::optional<SessionCode> code = {};
    // The element `content` as write_session_content() gave it. Once read: the bytes
    // that arrived, and what they say.
    std::string content_bytes = {};
    SessionContent content = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::string token;
    std::string app_id;
    std::string app_record_auth_action = {};  // "NoActionRequired"; see types.xsd
    std::string shared_secret = {};           // base64; of version 2 alone
    // Of version 1, instead of a token: "PersonNotAuthorizedForApp".
    std::string absence_reason = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct NewApplicationCreationInfo {
  static constexpr std::string_view name = "NewApplicationCreationInfo";
  static constexpr int latest = 1;
  using Request = Nothing;
  struct Answer {
    std::string app_id;
    std::string shared_secret;  // base64
    std::string app_token;      // for the shell's CREATEAPPLICATION
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

struct ConfigurationEntry {
  std::string key;
  std::string value;
  friend bool operator==(const ConfigurationEntry&, const ConfigurationEntry&) = default;
};

// One platform of several, for a region.
struct Instance {
  std::string id;
  std::string name;
  std::string description;
  std::string platform_url;
  std::string shell_url;
  friend bool operator==(const Instance&, const Instance&) = default;
};

struct ServicePlatform {
  std::string url;
  std::string version;
  std::vector<ConfigurationEntry> configuration = {};
  friend bool operator==(const ServicePlatform&, const ServicePlatform&) = default;
};

struct ShellToken {
  std::string token;  // a target: "APPAUTH"
  std::string description;
  std::string query_parameters;  // `querystring-parameters`
  friend bool operator==(const ShellToken&, const ShellToken&) = default;
};

struct ServiceShell {
  std::string url;
  std::string redirect_url;
  std::vector<ShellToken> tokens = {};
  friend bool operator==(const ServiceShell&, const ServiceShell&) = default;
};

// Of version 1 alone.
struct ServiceAssembly {
  std::string url;
  std::string version;
  std::string documentation_url;
  friend bool operator==(const ServiceAssembly&, const ServiceAssembly&) = default;
};

struct ServiceMethodVersion {
  std::string number;
  std::string request_schema_url = {};
  std::string response_schema_url = {};
  friend bool operator==(const ServiceMethodVersion&, const ServiceMethodVersion&) = default;
};

struct ServiceMethod {
  std::string name;
  std::vector<ServiceMethodVersion> versions = {};
  friend bool operator==(const ServiceMethod&, const ServiceMethod&) = default;
};

struct InstanceList {
  std::string current_id = {};
  std::vector<Instance> instances;
  friend bool operator==(const InstanceList&, const InstanceList&) = default;
};

struct ServiceMeaningfulUse {
  bool is_enabled = false;
  std::vector<ConfigurationEntry> configuration = {};
  friend bool operator==(const ServiceMeaningfulUse&, const ServiceMeaningfulUse&) = default;
};

struct GetServiceDefinition {
  static constexpr std::string_view name = "GetServiceDefinition";
  static constexpr int latest = 2;
  struct Request {
    std::string updated_date = {};  // an answer only if something changed since
    // Of version 2: "platform", "shell", "topology", "xml-over-http-methods", "meaningful-use".
    std::vector<std::string> sections = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::optional<ServicePlatform> platform = {};
    std::optional<ServiceShell> shell = {};
    std::vector<ServiceAssembly> assemblies = {};  // of version 1
    std::vector<ServiceMethod> methods = {};
    std::vector<std::string> common_schemas = {};
    std::optional<InstanceList> instances = {};               // of version 2
    std::optional<ServiceMeaningfulUse> meaningful_use = {};  // of version 2
    std::string updated_date = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

// Of a person or record: ISO 3166.
struct Location {
  std::string country;
  std::string state_province = {};
  friend bool operator==(const Location&, const Location&) = default;
};

struct SelectInstance {
  static constexpr std::string_view name = "SelectInstance";
  static constexpr int latest = 1;
  struct Request {
    Location preferred_location;
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::optional<Instance> selected = {};  // none: no platform serves that place
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

// A text in a language; the language may be empty.
struct LocalText {
  std::string text;
  std::string language = {};
  friend bool operator==(const LocalText&, const LocalText&) = default;
};

struct GetApplicationInfo {
  static constexpr std::string_view name = "GetApplicationInfo";
  static constexpr int latest = 2;
  struct Request {
    std::optional<bool> all_languages = {};
    std::string child_app_id = {};
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct Answer {
    std::string id;
    std::vector<LocalText> names;
    bool is_authorization_required = true;
    bool is_restricted_to_users = false;
    bool is_published = false;
    std::string action_url = {};
    std::vector<LocalText> descriptions = {};
    std::vector<LocalText> authorization_reasons = {};
    std::string domain_name = {};
    // What the schema has behind these (logos, rules, statements ...), byte by byte; it asks for
    // person-online-base-auth-xml and app-type.
    std::string more_xml = {};
    friend bool operator==(const Answer&, const Answer&) = default;
  };
};

}  // namespace bb::healthvault
