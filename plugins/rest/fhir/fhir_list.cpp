// The probe of org.bluebridge.rest.fhir that reads a published list of service base URLs, as nobody.
#include <algorithm>
#include <string>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "api_client.hpp"
#include "fhir/fhir_server.hpp"
#include "fhir/service_list.hpp"
#include "http/http_status.hpp"

namespace bb::rest {
namespace {

constexpr std::int64_t bases_max = 20;
constexpr std::int64_t ns_per_day = 24 * 3'600 * ns_per_second;

}  // namespace

void FhirServer::probe_service_list(Call& call, const Value& given, std::string_view name, Content& out) {
  const auto get = [&](const std::string& url, bool is_answer) {
    return line_.exchange(call, {.url = address_of(url, true), .has_token = false, .is_answer = is_answer}, name);
  };
  const auto response = get(given["url"].string_or(""), true);
  if (response.status != 200) throw failure_of_fhir(response, name);
  const auto bundle = parse_json(response.body);
  if (!bundle || (*bundle)["resourceType"].string_or("") != "Bundle")
    throw plugins::not_this_api(name, "expected a Bundle in JSON");
  auto told = faults_of_list(*bundle);
  auto times = Value::array();
  for (const auto& text : {(*bundle)["timestamp"].string_or(""), (*bundle)["meta"]["lastUpdated"].string_or("")})
    if (const auto time = parse_time(text))
      times.push(Value::object({{"at", text}, {"age_days", (clock_.now_unix_ns() - *time) / ns_per_day}}));
  told.set("times", std::move(times));
  auto bases = Value::array();
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(0, given["bases_max"].integer_or(bases_max)));
  for (const auto& address : bases_of_list(*bundle, wanted)) {
    auto base = Value::object({{"address", address}});
    try {
      const auto metadata = get(without_slash(address) + "/metadata", false);
      const auto read = parse_json(metadata.body);
      base.set("status", metadata.status);
      base.set("resource_type", read ? (*read)["resourceType"].string_or("") : "");
      base.set("fhir_version", read ? (*read)["fhirVersion"].string_or("") : "");
    } catch (const Failure& failure) {
      // One that is dead is told of; the others go on.
      if (failure.status == BB_E_DEADLINE || failure.status == BB_E_CANCELLED || failure.status == BB_E_OUT_OF_MEMORY)
        throw;
      base.set("error", failure.message);
      base.set("resource_type", "");
    }
    bases.push(std::move(base));
  }
  told.set("bases", std::move(bases));
  const auto text = to_json(told);
  out.head({.id = name, .kind = "probe", .media_type = "application/json", .size = text.size()});
  out.write(text);
}

}  // namespace bb::rest
