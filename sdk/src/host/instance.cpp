#include "instance.hpp"

#include <algorithm>
#include <utility>

#include <bb/abi/host_stream.h>
#include <bb/core/abi_rules.hpp>
#include <bb/core/text.hpp>
#include "http/http_service.hpp"
#include "services/person.hpp"
#include "services/services.hpp"
#include "stream/stream_service.hpp"

namespace bb::host {
namespace {

constexpr std::size_t notice_bytes_max = 300;

extern "C" {
const void* find_granted_service(const bb_host* host, const char* id) {
  if (!id) return nullptr;
  const auto& grants = instance_of(host).grants;
  return std::find(grants.begin(), grants.end(), id) == grants.end() ? nullptr : find_service(id);
}
}

}  // namespace

Instance::Instance(const InstanceOptions& options, const Manifest& manifest, std::shared_ptr<SharedParts> shared,
                   std::string program_version, bool is_checked)
    : name(options.name),
      host_version(std::move(program_version)),
      grants(manifest.host_grants),
      algorithms(manifest.algorithm_grants),
      clock(*options.clock),
      recorder(*options.recorder),
      redactor(*options.redactor),
      pace(options.pace),
      log_level(options.log_level),
      secrets(options.secrets),
      repeatable(options.random_seed.empty() ? nullptr : std::make_unique<RepeatableBytes>(options.random_seed)),
      http(std::make_unique<HttpService>(options.http, shared)),
      streams(std::make_unique<StreamService>(
          *this,
          StreamPolicy{manifest.network_grants, options.is_network_allowed, options.stream_permits, options.http},
          shared)),
      questions(std::make_unique<AskedQuestions>(options.people)),
      abi{sizeof(bb_host), BB_ABI_MINOR, this, "bb-host", host_version.c_str(), find_granted_service},
      notice_limit(is_checked ? std::make_unique<NoticeLimit>() : nullptr) {}

Instance::~Instance() { tell_dropped(0); }

void Instance::tell_dropped(std::uint64_t call_id) {
  const std::uint64_t lines = log_limit.end_call();
  const std::uint64_t notes = note_limit.end_call();
  if (lines == 0 && notes == 0) return;
  EvidenceRecord record;
  record.instance = name;
  record.call_id = call_id;
  record.protocol = "host";
  record.step = "dropped";
  record.attributes = {{"log_lines", std::to_string(lines)}, {"notes", std::to_string(notes)}};
  recorder.evidence(record);
}

bool Instance::may_overlap(std::uint32_t flags) const {
  return (flags & BB_CONNECTOR_CONCURRENT) != 0 &&
         std::find(grants.begin(), grants.end(), BB_HOST_STREAM) == grants.end();
}

void Instance::note(const Seen& seen) {
  const AbiRule* const rule = find_abi_rule(seen.rule);
  if (!notice_limit || !rule) return;
  const NoticeLimit::Told told = notice_limit->count(rule->id);
  if (told == NoticeLimit::Told::no) return;
  recorder.notice({name, seen.call_id, std::string(rule->id), place_of(*rule), seen.is_host,
                   shorten(redactor.redact(seen.what), notice_bytes_max), told == NoticeLimit::Told::last});
}

}  // namespace bb::host
