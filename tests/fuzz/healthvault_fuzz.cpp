// Requests, answers and redirects of a record platform. The first line names what the rest is: "request",
// "response", "notice", "shell", or a method, its version and "request" or "answer". What is read is written and read
// again, to the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <bb/healthvault/blob.hpp>
#include <bb/healthvault/connect.hpp>
#include <bb/healthvault/connect_methods.hpp>
#include <bb/healthvault/event_methods.hpp>
#include <bb/healthvault/notice.hpp>
#include <bb/healthvault/people_methods.hpp>
#include <bb/healthvault/report_methods.hpp>
#include <bb/healthvault/request.hpp>
#include <bb/healthvault/response.hpp>
#include <bb/healthvault/session_methods.hpp>
#include <bb/healthvault/shell.hpp>
#include <bb/healthvault/thing_methods.hpp>
#include <bb/healthvault/vocabulary_methods.hpp>

namespace {

using namespace bb::healthvault;

template <class M>
void read_both(std::string_view what, int version, std::string_view info) {
  if (what == "request") {
    const auto read = read_request_info<M>(info, version);
    if (!read) return;
    const auto again = read_request_info<M>(write_request_info<M>(*read, version), version);
    if (!again || !(*again == *read)) std::abort();
  } else {
    const auto read = read_answer_info<M>(info, version);
    if (!read) return;
    const auto again = read_answer_info<M>(write_answer_info<M>(*read, version), version);
    if (!again || !(*again == *read)) std::abort();
  }
}

template <class... Methods>
void read_method(std::string_view name, int version, std::string_view what, std::string_view info) {
  ((name == Methods::name && version >= 1 && version <= Methods::latest ? read_both<Methods>(what, version, info)
                                                                        : void()),
   ...);
}

void read_message(std::string_view name, int version, std::string_view what, std::string_view info) {
  read_method<CreateAuthenticatedSessionToken, NewApplicationCreationInfo, GetServiceDefinition, SelectInstance,
              GetApplicationInfo, GetPersonInfo, GetAuthorizedPeople, GetAuthorizedRecords, QueryPermissions,
              RemoveApplicationRecordAuthorization, GetApplicationSettings, SetApplicationSettings,
              AssociateAlternateId, DisassociateAlternateId, GetAlternateIds, GetPersonAndRecordForAlternateId,
              GetUpdatedRecordsForApplication, GetRecordOperations, GetThings, PutThings, OverwriteThings, RemoveThings,
              BeginPutBlob, GetThingType, CreateConnectRequest, GetAuthorizedConnectRequests,
              DeletePendingConnectRequest, UpdateExternalId, AllocatePackageId, CreateConnectPackage,
              BeginPutConnectPackageBlob, DeletePendingConnectPackage, GetVocabulary, SearchVocabulary,
              GetMeaningfulUseVDTReport, GetMeaningfulUseTimelyAccessReport, SubscribeToEvent, GetEventSubscriptions,
              UpdateEventSubscription, UnsubscribeToEvent>(name, version, what, info);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  const auto line = input.substr(0, end);
  const auto rest = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  if (line == "request") {
    const auto read = read_request(rest);
    if (!read) return 0;
    static_cast<void>(is_info_intact(*read));
    static_cast<void>(is_header_intact(*read, "secret"));
    static_cast<void>(is_expired(read->header, 0, 0));
    read_message(read->header.method, read->header.method_version, "request", read->info_bytes);
    static_cast<void>(read_request_info<PutThings>(*read));
  } else if (line == "response") {
    const auto read = read_response(rest);
    if (!read) return 0;
    const auto again = read_response(write_response(*read));
    if (!again || again->code != read->code || again->info != read->info) std::abort();
    static_cast<void>(describe(*read));
  } else if (line == "notice") {
    if (const auto read = read_notices(rest); read && !read->empty()) {
      const auto again = read_notices(write_notices(*read));
      if (!again || *again != *read) std::abort();
    }
    static_cast<void>(read_notice_code(rest));
  } else if (line == "shell") {
    static_cast<void>(read_shell_url(rest, ShellUse::test));
    if (const auto read = read_shell_return(rest)) static_cast<void>(is_own_return(*read, "state"));
    static_cast<void>(read_identity_code(rest));
    static_cast<void>(read_content_range(rest));
  } else if (const auto blank = line.find(' '); blank != std::string_view::npos && blank + 2 < line.size()) {
    read_message(line.substr(0, blank), line[blank + 1] - '0', line.substr(blank + 3), rest);
  }
  return 0;
}
