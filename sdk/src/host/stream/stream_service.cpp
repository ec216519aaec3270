#include "stream_service.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "../http/dial.hpp"
#include "../http/tls.hpp"
#include "stream_record.hpp"
#include "stream_request.hpp"
#include "stream_socket.hpp"

namespace bb::host {
namespace {

constexpr std::size_t injected_bytes_max = 4096;  // of what is kept as evidence

// What was asked for, and who showed himself; of the client nothing but a name.
std::vector<Attribute> wish_attributes(const TlsWish& wish, const std::string& identity) {
  std::vector<Attribute> attributes{{"transport", "tls"}, {"server_name", wish.server_name}};
  if (wish.is_any_certificate_taken) attributes.push_back({"any_certificate", "true"});
  if (!identity.empty()) attributes.push_back({"client_certificate.subject", subject_of(identity)});
  return attributes;
}

std::vector<Attribute> tls_attributes(const StreamInfo& info, const std::string& distrust) {
  std::vector<Attribute> attributes{{"tls", info.tls_version + " " + info.cipher}};
  if (!info.alpn.empty()) attributes.push_back({"alpn", info.alpn});
  if (!info.chain.empty()) attributes.push_back({"certificate.sha256", sha256_hex(info.chain.front())});
  if (!distrust.empty()) attributes.push_back({"untrusted", distrust});
  return attributes;
}

// Of the host's limit and the connector's, the one that ends first.
std::int64_t connect_ms_max(const StreamRequest& request, const HttpPolicy& limits) {
  return request.wait_ms_max == 0 ? limits.connect_ms_max : std::min(request.wait_ms_max, limits.connect_ms_max);
}

// What ends a wait, and whether it is the wait's own limit; after it the call goes on.
struct Wait {
  Wait(const CallState& state, std::int64_t wait_ms_max) : bounds{state.abi.deadline_ns, state.cancellation} {
    const std::int64_t limit_ns = monotonic_ns() + wait_ms_max * ns_per_ms;
    is_own = wait_ms_max != 0 && (bounds.deadline_ns == 0 || limit_ns < bounds.deadline_ns);
    if (is_own) bounds.deadline_ns = limit_ns;
  }
  Bounds bounds;
  bool is_own = false;
};

}  // namespace

struct StreamService::Stream {
  Stream(Instance& instance, StreamRequest wanted, std::unique_ptr<StreamSocket> connected)
      : request(std::move(wanted)), record(instance, request), socket(std::move(connected)) {}

  void describe() { described = std::make_unique<DescribedStream>(socket->info()); }
  bool is_datagram() const { return request.transport == BB_TRANSPORT_UDP; }
  // Bytes are counted a call.
  void begin(const CallState& state) {
    if (state.abi.call_id == call_id) return;
    call_id = state.abi.call_id;
    sent = received = 0;
  }
  // Notes why it is of no more use.
  bb_status fail(CallState& state, Transfer transfer) {
    const bool may_go_on = transfer.fault == Fault::deadline || transfer.fault == Fault::cancelled;
    if (!may_go_on) {
      broken = transfer.reason;
      record.step(state, "end", {{"failure", transfer.reason}});
    }
    return state.end_exchange(transfer.fault, transfer.reason);
  }

  // Nothing came in time: the stream is as it was.
  bb_status end_wait(CallState& state) {
    const std::string reason =
        "nothing came from " + request.address() + " within " + std::to_string(request.wait_ms_max) + " ms";
    record.step(state, "wait", {{"failure", reason}});
    return state.end_exchange(Fault::unavailable, reason);
  }

  const StreamRequest request;
  StreamRecord record;
  const std::unique_ptr<StreamSocket> socket;
  std::unique_ptr<DescribedStream> described;
  std::string broken;
  bool has_ended = false;  // the peer closed
  std::uint64_t call_id = 0;
  std::uint64_t sent = 0, received = 0;
};

StreamService::StreamService(Instance& instance, StreamPolicy policy, std::shared_ptr<SharedParts> shared)
    : instance_(instance), policy_(std::move(policy)), shared_(std::move(shared)) {}
StreamService::~StreamService() = default;

std::shared_ptr<StreamService::Stream> StreamService::find(Id id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

std::shared_ptr<StreamService::Stream> StreamService::usable(CallState& state, Id id, bb_status& refusal) const {
  auto stream = find(id);
  const auto refuse = [&](bb_status status, std::string why) {
    refusal = state.refuse(status, Blame::connector, std::move(why));
    return nullptr;
  };
  if (!stream) return refuse(BB_E_STATE, "a stream was used that is not open");
  if (!stream->broken.empty()) return refuse(BB_E_STATE, "a stream was used that broke before: " + stream->broken);
  refusal = state.is_cancelled() ? BB_E_CANCELLED : state.is_past_deadline() ? BB_E_DEADLINE : BB_OK;
  if (refusal != BB_OK) return nullptr;
  stream->begin(state);
  return stream;
}

bb_status StreamService::check(CallState& state, const StreamRequest& request) const {
  const std::string wish = "policy refuses " + request.protocol + " to " + request.address() + ": ";
  if (!is_granted(policy_.grants, request))
    return state.refuse(BB_E_FORBIDDEN, Blame::host,
                        wish + "the connector's manifest does not ask for it; 'grants: {network: [{scheme: " +
                            request.protocol + ", hosts: [" + request.host + "]}]}' does");
  if (!policy_.is_network_allowed && !is_permitted(policy_.permits, request))
    return state.refuse(BB_E_FORBIDDEN, Blame::host,
                        wish + "the target does not allow it; 'allow_network: [{host: " + request.host +
                            ", port: " + std::to_string(request.port) +
                            ", transport: " + transport_name(request.transport) + "}]' beside 'connector' does");
  const std::scoped_lock lock(mutex_);
  if (streams_.size() < stream_count_max) return BB_OK;
  return state.refuse(BB_E_STATE, Blame::connector,
                      std::to_string(streams_.size()) + " streams are open, at most " +
                          std::to_string(stream_count_max) + " are allowed; close those that are done with");
}

bb_status StreamService::open(CallState& state, const bb_stream_request& wanted, Id& id) {
  id = 0;
  if ((wanted.flags & BB_STREAM_DESCRIPTOR) != 0)
    return state.refuse(BB_E_UNSUPPORTED, Blame::connector,
                        "this host gives no descriptors of streams (BB_STREAM_DESCRIPTOR); use read and write");
  auto request = read_stream_request(wanted);
  if (!request) return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector, request.error().what);
  if (const bb_status status = check(state, *request); status != BB_OK) return status;
  if (state.is_cancelled()) return BB_E_CANCELLED;
  if (state.is_past_deadline()) return BB_E_DEADLINE;

  const std::int64_t wait_ms_max = connect_ms_max(*request, policy_.limits);
  const std::int64_t limit_ns = monotonic_ns() + wait_ms_max * ns_per_ms;
  const bool is_datagram = request->transport == BB_TRANSPORT_UDP;
  Dialled dialled = dial(is_datagram ? Transport::udp : Transport::tcp, request->host, request->port,
                         {state.abi.deadline_ns, state.cancellation}, wait_ms_max);
  state.has_exchanged = true;
  if (dialled.fault != Fault::none) {
    StreamRecord(instance_, *request)
        .step(state, "open", {{"transport", transport_name(request->transport)}, {"failure", dialled.reason}});
    return state.end_exchange(dialled.fault, dialled.reason);
  }
  const auto stream = std::make_shared<Stream>(
      instance_, *request,
      std::make_unique<StreamSocket>(Descriptor(dialled.descriptor), request->address(), is_datagram));
  stream->describe();
  stream->record.set_peer(std::string(from_abi(stream->described->abi()->peer)));
  if (request->transport == BB_TRANSPORT_TLS) {
    if (const bb_status status = secure(state, *stream, request->tls, "open", limit_ns); status != BB_OK) return status;
  } else {
    stream->record.step(state, "open", {{"transport", transport_name(request->transport)}});
  }
  const std::scoped_lock lock(mutex_);
  id = ++last_id_;
  streams_.emplace(id, stream);
  return state.end_exchange(Fault::none, {});
}

bb_status StreamService::secure(CallState& state, Stream& stream, const TlsWish& wish, const char* step,
                                std::int64_t limit_ns) {
  std::string identity;
  if (const bb_status status = state.read_client_identity(wish.client_certificate, identity); status != BB_OK)
    return status;
  const std::int64_t deadline_ns = state.abi.deadline_ns;
  const bool is_call_first = deadline_ns != 0 && deadline_ns <= limit_ns;
  Transfer done = stream.socket->start_tls({wish, identity, policy_.limits.ca_file, shared_->anchors},
                                           {is_call_first ? deadline_ns : limit_ns, state.cancellation});
  std::vector<Attribute> attributes = wish_attributes(wish, identity);
  wipe(identity);
  if (done.fault == Fault::none) {
    stream.describe();
    for (Attribute& one : tls_attributes(stream.socket->info(), stream.socket->distrust()))
      attributes.push_back(std::move(one));
    stream.record.step(state, step, std::move(attributes));
    return BB_OK;
  }
  if (done.fault == Fault::deadline && !is_call_first) {
    done.fault = Fault::unavailable;
    done.reason = "no TLS handshake with " + stream.request.address() + " within " +
                  std::to_string(connect_ms_max(stream.request, policy_.limits)) + " ms";
  }
  attributes.push_back({"failure", done.reason});
  stream.record.step(state, step, std::move(attributes));
  stream.broken = done.reason;  // also at a deadline: half a handshake is none
  return state.end_exchange(done.fault, done.reason);
}

bb_status StreamService::start_tls(CallState& state, Id id, const bb_stream_request& wanted) {
  bb_status refusal = BB_OK;
  const auto stream = usable(state, id, refusal);
  if (!stream) return refusal;
  if (stream->request.transport != BB_TRANSPORT_TCP || stream->socket->is_tls())
    return state.refuse(BB_E_STATE, Blame::connector, "start_tls is for a TCP stream that is not TLS yet");
  const auto wish = read_tls_wish(wanted, stream->request.host);
  if (!wish) return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector, wish.error().what);
  // RFC 3207, 6, and CVE-2011-0411: an attacker in the middle puts plain text
  // behind the go-ahead, to be taken for what came over TLS.
  if (const std::string injected = stream->socket->take_unread(injected_bytes_max); !injected.empty()) {
    stream->record.received(state, injected);
    return stream->fail(state,
                        {Fault::protocol, stream->request.address() + " sent bytes before the TLS handshake", 0});
  }
  const std::int64_t limit_ns = monotonic_ns() + connect_ms_max(stream->request, policy_.limits) * ns_per_ms;
  const bb_status status = secure(state, *stream, *wish, "start_tls", limit_ns);
  if (status == BB_OK) state.refusals.clear();
  return status;
}

bb_status StreamService::read(CallState& state, Id id, char* buffer, std::size_t capacity, std::size_t& got) {
  got = 0;
  bb_status refusal = BB_OK;
  const auto stream = usable(state, id, refusal);
  if (!stream) return refusal;
  if (capacity == 0) return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector, "a read of 0 bytes");
  if (stream->has_ended) return BB_OK;
  const std::uint64_t left = policy_.limits.response_bytes_max - stream->received;
  // One more than is left, so that the end is no flood.
  const std::size_t wanted = std::min({capacity, read_bytes_max, static_cast<std::size_t>(left) + 1});
  const Wait wait(state, stream->request.wait_ms_max);
  Transfer read = stream->socket->read(buffer, wanted, wait.bounds);
  if (read.fault == Fault::deadline && wait.is_own) return stream->end_wait(state);
  if (read.fault != Fault::none) return stream->fail(state, std::move(read));
  if (state.first_byte_ms < 0) state.first_byte_ms = state.elapsed_ms();
  const std::size_t came = std::min(read.count, wanted);
  stream->received += came;
  stream->record.received(state, {buffer, came});
  if (came <= left && read.count > wanted)
    return state.refuse(BB_E_TOO_LARGE, Blame::connector,
                        "a datagram of " + std::to_string(read.count) + " bytes came where " + std::to_string(wanted) +
                            " were asked for");
  if (came > left) {
    const std::string reason = "over " + std::to_string(policy_.limits.response_bytes_max) +
                               " bytes came on one stream in one call, which is the host's limit";
    stream->broken = reason;
    stream->record.step(state, "end", {{"failure", reason}});
    return state.refuse(BB_E_TOO_LARGE, Blame::connector, reason);
  }
  if (came == 0 && !stream->is_datagram()) {
    stream->has_ended = true;
    stream->record.step(state, "end", {{"by", "peer"}});
  }
  got = came;
  return state.end_exchange(Fault::none, {});
}

bb_status StreamService::write(CallState& state, Id id, std::string_view bytes) {
  bb_status refusal = BB_OK;
  const auto stream = usable(state, id, refusal);
  if (!stream) return refusal;
  if (stream->is_datagram() && bytes.size() > datagram_bytes_max)
    return state.refuse(BB_E_INVALID_ARGUMENT, Blame::connector,
                        "a datagram of " + std::to_string(bytes.size()) + " bytes, at most " +
                            std::to_string(datagram_bytes_max) + " fit");
  if (bytes.size() > policy_.limits.request_bytes_max - stream->sent)
    return state.refuse(BB_E_TOO_LARGE, Blame::connector,
                        "over " + std::to_string(policy_.limits.request_bytes_max) +
                            " bytes were to be sent on one stream in one call, which is the host's limit");
  if (bytes.empty() && !stream->is_datagram()) return BB_OK;
  // Before it goes out: what a failure leaves unknown is in the record all the same.
  stream->sent += bytes.size();
  stream->record.sent(state, bytes);
  Transfer written = stream->socket->write(bytes, {state.abi.deadline_ns, state.cancellation});
  if (written.fault == Fault::none) return state.end_exchange(Fault::none, {});
  stream->broken = written.reason;  // also at a deadline: some of it may have gone
  stream->record.step(state, "end", {{"failure", written.reason}});
  return state.end_exchange(written.fault, written.reason);
}

const DescribedStream* StreamService::describe(Id id) const {
  const auto stream = find(id);
  return stream ? stream->described.get() : nullptr;
}

void StreamService::close(Id id) {
  std::shared_ptr<Stream> closed;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    closed = std::move(found->second);
    streams_.erase(found);
  }
  closed->record.end_turn();
}

void StreamService::end_call() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, stream] : streams_) stream->record.end_turn();
}

void StreamService::close_all() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, stream] : streams_) stream->record.end_turn();
  streams_.clear();
}

}  // namespace bb::host
