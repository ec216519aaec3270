#include <array>

#include "record_platform/blob_service.hpp"
#include "record_platform/connect_service.hpp"
#include "record_platform/people_service.hpp"
#include "record_platform/report_service.hpp"
#include "record_platform/serve.hpp"
#include "record_platform/session_service.hpp"
#include "record_platform/thing_service.hpp"

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

struct Served {
  std::string_view method;
  Service service;
};

template <class Method, typename Method::Answer (*answer)(Call&, const typename Method::Request&)>
constexpr Served row() {
  return {Method::name, serve<Method, answer>};
}

constexpr auto served = std::to_array<Served>({
    row<hv::AllocatePackageId, allocate_package_id>(),
    row<hv::AssociateAlternateId, associate_alternate_id>(),
    row<hv::BeginPutBlob, begin_put_blob>(),
    row<hv::BeginPutConnectPackageBlob, begin_put_package_blob>(),
    row<hv::CreateAuthenticatedSessionToken, create_session>(),
    row<hv::CreateConnectPackage, create_connect_package>(),
    row<hv::CreateConnectRequest, create_connect_request>(),
    row<hv::DeletePendingConnectPackage, delete_connect_package>(),
    row<hv::DeletePendingConnectRequest, delete_connect_request>(),
    row<hv::DisassociateAlternateId, disassociate_alternate_id>(),
    row<hv::GetAlternateIds, alternate_ids>(),
    row<hv::GetApplicationInfo, application_info>(),
    row<hv::GetApplicationSettings, application_settings>(),
    row<hv::GetAuthorizedConnectRequests, authorized_connect_requests>(),
    row<hv::GetAuthorizedPeople, authorized_people>(),
    row<hv::GetAuthorizedRecords, authorized_records>(),
    row<hv::GetEventSubscriptions, subscriptions>(),
    row<hv::GetMeaningfulUseTimelyAccessReport, timely_report>(),
    row<hv::GetMeaningfulUseVDTReport, vdt_report>(),
    row<hv::GetPersonAndRecordForAlternateId, person_for_alternate_id>(),
    row<hv::GetPersonInfo, person_info>(),
    row<hv::GetRecordOperations, record_operations>(),
    row<hv::GetServiceDefinition, service_definition>(),
    row<hv::GetThingType, get_thing_type>(),
    row<hv::GetThings, get_things>(),
    row<hv::GetUpdatedRecordsForApplication, updated_records>(),
    row<hv::GetVocabulary, get_vocabulary>(),
    row<hv::NewApplicationCreationInfo, new_application>(),
    row<hv::OverwriteThings, overwrite_things>(),
    row<hv::PutThings, put_things>(),
    row<hv::QueryPermissions, query_permissions>(),
    row<hv::RemoveApplicationRecordAuthorization, remove_authorization>(),
    row<hv::RemoveThings, remove_things>(),
    row<hv::SearchVocabulary, search_vocabulary>(),
    row<hv::SelectInstance, select_instance>(),
    row<hv::SetApplicationSettings, set_application_settings>(),
    row<hv::SubscribeToEvent, subscribe>(),
    row<hv::UnsubscribeToEvent, unsubscribe>(),
    row<hv::UpdateEventSubscription, update_subscription>(),
    row<hv::UpdateExternalId, update_external_id>(),
});

}  // namespace

Service find_service(std::string_view method) {
  for (const auto& row : served)
    if (row.method == method) return row.service;
  return nullptr;
}

}  // namespace bb::record_platform
