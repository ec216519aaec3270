#include <array>

#include "record_platform/blob_service.hpp"
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
    row<hv::BeginPutBlob, begin_put_blob>(),
    row<hv::CreateAuthenticatedSessionToken, create_session>(),
    row<hv::GetApplicationInfo, application_info>(),
    row<hv::GetServiceDefinition, service_definition>(),
    row<hv::GetThingType, get_thing_type>(),
    row<hv::GetThings, get_things>(),
    row<hv::NewApplicationCreationInfo, new_application>(),
    row<hv::OverwriteThings, overwrite_things>(),
    row<hv::PutThings, put_things>(),
    row<hv::RemoveThings, remove_things>(),
    row<hv::SelectInstance, select_instance>(),
});

}  // namespace

Service find_service(std::string_view method) {
  for (const auto& row : served)
    if (row.method == method) return row.service;
  return nullptr;
}

}  // namespace bb::record_platform
