#include <bb/healthvault/method.hpp>

#include <algorithm>
#include <array>

namespace bb::healthvault {
namespace {

using enum Caller;

// Name, latest version, caller, whether the header names a record, whether it writes.
constexpr auto catalogue = std::to_array<Method>({
    {"AddApplication", 2, application, false, true},
    {"AllocatePackageId", 1, application, false, true},
    {"AssociateAlternateId", 1, person, true, true},
    {"AuthorizeApplication", 1, person, false, true},
    {"BeginPutBlob", 1, person, true, true},
    {"BeginPutConnectPackageBlob", 1, application, false, true},
    {"CreateAuthenticatedSessionToken", 2, anonymous, false, false},
    {"CreateConnectPackage", 2, application, false, true},
    {"CreateConnectRequest", 1, application, false, true},
    {"DeletePendingConnectPackage", 1, application, false, true},
    {"DeletePendingConnectRequest", 1, application, false, true},
    {"DisassociateAlternateId", 1, person, true, true},
    {"GetAlternateIds", 1, person, true, false},
    {"GetApplicationInfo", 2, application, false, false},
    {"GetApplicationSettings", 1, person, false, false},
    {"GetAuthorizedConnectRequests", 1, application, false, false},
    {"GetAuthorizedPeople", 1, application, false, false},
    {"GetAuthorizedRecords", 1, person, false, false},
    {"GetEventSubscriptions", 1, application, false, false},
    {"GetMeaningfulUseTimelyAccessReport", 1, application, false, false},
    {"GetMeaningfulUseVDTReport", 1, application, false, false},
    {"GetPeopleForRecord", 1, person, true, false},
    {"GetPersonAndRecordForAlternateId", 1, application, false, false},
    {"GetPersonInfo", 1, person, false, false},
    {"GetRecordOperations", 1, person, true, false},
    {"GetServiceDefinition", 2, anonymous, false, false},
    {"GetThingType", 1, application, false, false},
    {"GetThings", 3, person, true, false},
    {"GetUpdatedRecordsForApplication", 2, application, false, false},
    {"GetValidGroupMembership", 1, person, true, false},
    {"GetVocabulary", 2, application, false, false},
    {"NewApplicationCreationInfo", 1, anonymous, false, true},
    {"NewSignupCode", 1, application, false, true},
    {"OverwriteThings", 2, person, true, true},
    {"PutThings", 2, person, true, true},
    {"QueryPermissions", 1, person, true, false},
    {"RemoveApplicationRecordAuthorization", 1, person, true, true},
    {"RemoveThings", 1, person, true, true},
    {"SearchVocabulary", 1, application, false, false},
    {"SelectInstance", 1, anonymous, false, false},
    {"SendInsecureMessage", 1, person, false, true},
    {"SendInsecureMessageFromApplication", 1, application, false, true},
    {"SetApplicationSettings", 1, person, false, true},
    {"SubscribeToEvent", 1, application, false, true},
    {"UnsubscribeToEvent", 1, application, false, true},
    {"UpdateApplication", 2, application, false, true},
    {"UpdateEventSubscription", 1, application, false, true},
    {"UpdateExternalId", 1, application, false, true},
});
static_assert(std::is_sorted(catalogue.begin(), catalogue.end(),
                             [](const Method& a, const Method& b) { return a.name < b.name; }));

// The versions whose answers have a namespace of their own (response-*.xsd).
struct OwnNamespace {
  std::string_view method;
  int version;
};
constexpr auto own_namespaces = std::to_array<OwnNamespace>({
    {"CreateAuthenticatedSessionToken", 2},
    {"GetServiceDefinition", 2},
    {"GetThings", 3},
    {"GetUpdatedRecordsForApplication", 2},
});

}  // namespace

std::span<const Method> methods() { return catalogue; }

const Method* find_method(std::string_view name) {
  const auto* found =
      std::lower_bound(catalogue.begin(), catalogue.end(), name,
                       [](const Method& method, std::string_view wanted) { return method.name < wanted; });
  return found != catalogue.end() && found->name == name ? found : nullptr;
}

bool has_version(const Method& method, int version) { return version >= 1 && version <= method.version_max; }

std::string answer_namespace(std::string_view method, int version) {
  std::string space{answer_namespaces};
  space += method;
  const bool has_own = std::any_of(own_namespaces.begin(), own_namespaces.end(), [&](const OwnNamespace& own) {
    return own.method == method && own.version == version;
  });
  if (has_own) space += std::to_string(version);
  return space;
}

bool is_answer_namespace(std::string_view uri, std::string_view method, int version) {
  if (uri == answer_namespace(method, version)) return true;
  return version > 1 && uri == std::string{answer_namespaces}.append(method) + std::to_string(version);
}

}  // namespace bb::healthvault
