#include "watch.hpp"

#include <type_traits>
#include <utility>

#include "watched_call.hpp"
#include "watched_services.hpp"

namespace bb::host {
namespace {

// Calls that have ended and are kept, so that a callback that comes too late
// meets the watch and not memory of something else.
constexpr std::size_t calls_kept_max = 64;
constexpr std::size_t addresses_kept_max = 1000;

extern "C" const void* find_watched_service(const bb_host* host, const char* id) { return watch_of(host).service(id); }

}  // namespace

// The tables that the connector gets.
struct Watch::Services {
  bb_host_log log;
  bb_host_clock clock;
  bb_host_cancel cancel;
  bb_host_secret secret;
  bb_host_http http;
  bb_host_evidence evidence;
  bb_host_person person;
  bb_host_stream stream;
};

Watch::Watch(const bb_plugin& plugin, const bb_connector_type* type, const bb_host& host, Tell tell)
    : plugin_(plugin),
      real_host_(host),
      tell_(std::move(tell)),
      has_type_(type != nullptr),
      host_{host, this},
      services_(std::make_unique<Services>()) {
  if (type) {
    is_concurrent_ = (type->flags & BB_CONNECTOR_CONCURRENT) != 0;
    for (const char* const* id = type->interfaces; id && *id; ++id) listed_.insert(*id);
  }
  host_.abi.get_interface = find_watched_service;
  const auto watch = [&](const char* id, auto& real, auto& watched) {
    using Table = std::remove_reference_t<decltype(watched)>;
    real = static_cast<const Table*>(host.get_interface(&host, id));
    if (!real) return;
    watched = *real;
    watch_service(watched);
  };
  watch(BB_HOST_LOG, real_.log, services_->log);
  watch(BB_HOST_CLOCK, real_.clock, services_->clock);
  watch(BB_HOST_CANCEL, real_.cancel, services_->cancel);
  watch(BB_HOST_SECRET, real_.secret, services_->secret);
  watch(BB_HOST_HTTP, real_.http, services_->http);
  watch(BB_HOST_EVIDENCE, real_.evidence, services_->evidence);
  watch(BB_HOST_PERSON, real_.person, services_->person);
  watch(BB_HOST_STREAM, real_.stream, services_->stream);
}

Watch::~Watch() = default;

const void* Watch::service(const char* id) {
  if (!id) return nullptr;
  const std::string_view wanted(id);
  if (wanted == BB_HOST_LOG) return real_.log ? &services_->log : nullptr;
  if (wanted == BB_HOST_CLOCK) return real_.clock ? &services_->clock : nullptr;
  if (wanted == BB_HOST_CANCEL) return real_.cancel ? &services_->cancel : nullptr;
  if (wanted == BB_HOST_SECRET) return real_.secret ? &services_->secret : nullptr;
  if (wanted == BB_HOST_HTTP) return real_.http ? &services_->http : nullptr;
  if (wanted == BB_HOST_EVIDENCE) return real_.evidence ? &services_->evidence : nullptr;
  if (wanted == BB_HOST_PERSON) return real_.person ? &services_->person : nullptr;
  if (wanted == BB_HOST_STREAM) return real_.stream ? &services_->stream : nullptr;
  return real_host_.get_interface(&host_.abi, id);
}

void Watch::tell(Seen seen) {
  if (limit_.count(seen.rule) != NoticeLimit::Told::no) tell_(seen);
}

std::shared_ptr<WatchedCall> Watch::begin(bb_call& call, std::string_view function) {
  auto watched = std::make_shared<WatchedCall>(*this, call, function);
  bool overlaps = false;
  {
    const std::scoped_lock lock(mutex_);
    overlaps = ++running_ > 1 && !is_concurrent_;
    calls_.push_back(watched);
    if (calls_.size() > calls_kept_max) calls_.pop_front();
  }
  if (overlaps)
    watched->host_breach("BB-R057",
                         "was called while another call of the instance ran, whose type has no "
                         "BB_CONNECTOR_CONCURRENT");
  return watched;
}

void Watch::end() {
  const std::scoped_lock lock(mutex_);
  --running_;
}

bb_status Watch::create(bb_call& call, const bb_create_args& args, bb_connector** out) {
  const std::shared_ptr<WatchedCall> watched = begin(call, "create");
  bb_status status = BB_E_INTERNAL;
  try {
    status = plugin_.create(&host_.abi, watched->abi(), &args, out);
  } catch (...) {
    watched->let_exception_out();
    throw;
  }
  watched->end(status);
  if (status == BB_OK && *out) check_interfaces(*out);
  return status;
}

void Watch::check_interfaces(bb_connector* connector) {
  for (const std::string_view id : WatchedTables::interfaces()) {
    const bool is_offered = plugin_.get_interface(connector, std::string(id).c_str()) != nullptr;
    if (is_offered && has_type_ && !listed_.contains(id))
      tell({"BB-R066", std::string(id) + " is offered and not in bb_connector_type::interfaces"});
    // "bb.view/1" is not "bb.view/10".
    if (is_offered && plugin_.get_interface(connector, (std::string(id) + '0').c_str()))
      tell({"BB-R022", "get_interface gave a table for " + std::string(id) + "0, which there is not"});
  }
}

const void* Watch::table(std::string_view interface, const void* given) {
  const std::scoped_lock lock(tables_mutex_);
  if (!given) {
    if (tables_.has(interface))
      tell({"BB-R021", "get_interface gave NULL for " + std::string(interface) + ", and a table before"});
    return nullptr;
  }
  return tables_.wrap(interface, given, *this);
}

bool Watch::is_other_address(std::string_view tag, std::string_view address) {
  const std::scoped_lock lock(mutex_);
  const auto known = addresses_.find(tag);
  if (known != addresses_.end()) return known->second != address;
  if (addresses_.size() < addresses_kept_max) addresses_.emplace(tag, address);
  return false;
}

}  // namespace bb::host
