#include "fake_streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include <bb/core/text.hpp>
#include "fake_host.hpp"

namespace bb::kit {
namespace {

constexpr std::size_t request_bytes_max = 16 * 1024 * 1024;
constexpr std::size_t sent_count_max = 10'000;
constexpr std::size_t datagram_bytes_max = 65'507;  // over IPv4
constexpr std::size_t flood_bytes = 1024 * 1024;
constexpr std::string_view injected = "250 kit: not the peer's\r\n";

// Unlike those of another host, so that a stream of another instance is told
// from one of this.
std::atomic<std::uintptr_t> last_id{0};

const char* name_of(bb_transport transport) {
  static constexpr std::array names{"", "tcp", "udp", "tls"};
  const auto index = static_cast<std::size_t>(transport);
  return index < names.size() ? names[index] : "";
}

bool is_any_certificate_taken(const bb_stream_request& request) {
  return (request.flags & BB_STREAM_ANY_CERTIFICATE) != 0;
}

std::int64_t wait_of(const bb_stream_request* request) {
  return BB_HAS(request, wait_ms_max) ? request->wait_ms_max : 0;
}

}  // namespace

struct FakeStreams::Stream {
  Stream(std::string address, const bb_stream_request& request, const StreamPeer& peer_of_it)
      : name(std::move(address)),
        transport(request.transport),
        port(request.port),
        wait_ms_max(wait_of(&request)),
        peer(peer_of_it) {}

  bool is_datagram() const { return transport == BB_TRANSPORT_UDP; }

  const std::string name;  // "tcp smtp mail.test:25"
  bb_transport transport;
  const std::uint32_t port;
  const std::int64_t wait_ms_max;
  const StreamPeer& peer;
  std::mutex mutex;                              // held while a function runs but close
  std::atomic<int> users{0};                     // functions that run
  std::string heard;                             // written since the peer spoke last
  std::deque<std::string> said;                  // not read yet; of UDP a datagram each
  bool has_ended = false;                        // the peer closes behind what it said
  bool is_cut = false;                           // the connection breaks behind it
  bool is_broken = false;                        // of no more use
  bool was_misled = false;                       // TLS was begun with foreign bytes read
  const StreamPeer::Answer* answered = nullptr;  // the last
  std::unique_ptr<Lender> lent;                  // holds *info
  const bb_stream_info* info = nullptr;
};

FakeStreams::FakeStreams(FakeHost& host, const std::vector<StreamPeer>& peers, Lender::How how)
    : host_(host), peers_(peers), how_(how) {}
FakeStreams::~FakeStreams() = default;

// The table of the service.
struct FakeStreams::Functions {
  static FakeStreams& of(const bb_host* host) { return static_cast<FakeHost*>(host->host_data)->streams; }
  static Id id_of(bb_stream* stream) { return reinterpret_cast<Id>(stream); }

  // Runs `body` with a stream that can be used.
  template <class Body>
  static bb_status use(const bb_host* host, bb_call* raw, bb_stream* given, std::string_view function,
                       const Body& body) {
    auto& call = FakeCall::of(raw);
    call.expect_here(function);
    auto& self = of(host);
    const auto stream = self.find(id_of(given));
    if (!stream) {
      const std::scoped_lock lock(self.mutex_);
      const bool was_open = self.ended_.contains(id_of(given));
      self.host_.breach("stream-lifetime",
                        fmt::format("{} was given a stream that {}, expected one that is open", function,
                                    was_open ? "had been closed" : "this instance had not opened"));
      return BB_E_STATE;
    }
    ++stream->users;
    const std::scoped_lock lock(stream->mutex);
    bb_status status = stream->is_broken ? BB_E_STATE : self.host_.interruption(call);
    if (status == BB_OK) status = body(self, call, *stream);
    --stream->users;
    return status;
  }

  static bb_status open(const bb_host* host, bb_call* raw, const bb_stream_request* request, bb_stream** out) {
    auto& call = FakeCall::of(raw);
    call.expect_here("bb_host_stream::open");
    if (!of(host).is_whole(request)) return BB_E_INVALID_ARGUMENT;
    if (out == nullptr) {
      of(host).host_.breach("emit-shape", "bb_host_stream::open was given no place for the stream");
      return BB_E_INVALID_ARGUMENT;
    }
    Id id = 0;
    const auto status = of(host).open(call, *request, id);
    *out = reinterpret_cast<bb_stream*>(id);
    return status;
  }

  static const bb_stream_info* describe(const bb_host* host, bb_stream* given) {
    of(host).host_.expect_running("bb_host_stream::describe");
    const auto stream = of(host).find(id_of(given));
    return stream ? stream->info : nullptr;
  }

  static bb_status read(const bb_host* host, bb_call* raw, bb_stream* given, void* buffer, std::uint64_t capacity,
                        std::uint64_t* got) {
    return use(host, raw, given, "bb_host_stream::read", [&](FakeStreams& self, FakeCall& call, Stream& stream) {
      if (buffer == nullptr || got == nullptr) {
        self.host_.breach("emit-shape", "bb_host_stream::read was given no buffer, or no place for its count");
        return bb_status{BB_E_INVALID_ARGUMENT};
      }
      std::size_t count = 0;
      const auto status =
          self.read(call, stream, static_cast<char*>(buffer), static_cast<std::size_t>(capacity), count);
      *got = count;
      return status;
    });
  }

  static bb_status write(const bb_host* host, bb_call* raw, bb_stream* given, bb_bytes chunk) {
    ++of(host).exchange_count_;
    return use(host, raw, given, "bb_host_stream::write", [&](FakeStreams& self, FakeCall&, Stream& stream) {
      if (chunk.data != nullptr || chunk.size == 0) return self.write(stream, view(chunk));
      self.host_.breach("emit-shape",
                        fmt::format("bb_host_stream::write was given NULL with a size of {}", chunk.size));
      return bb_status{BB_E_INVALID_ARGUMENT};
    });
  }

  static bb_status start_tls(const bb_host* host, bb_call* raw, bb_stream* given, const bb_stream_request* request) {
    ++of(host).exchange_count_;
    return use(host, raw, given, "bb_host_stream::start_tls", [&](FakeStreams& self, FakeCall&, Stream& stream) {
      return self.is_whole(request) ? self.start_tls(stream, *request) : bb_status{BB_E_INVALID_ARGUMENT};
    });
  }

  static void close(const bb_host* host, bb_stream* given) {
    if (given != nullptr) of(host).close(id_of(given));
  }
};

const bb_host_stream& FakeStreams::table() {
  static const bb_host_stream table{sizeof(bb_host_stream), 0,
                                    Functions::open,        Functions::describe,
                                    Functions::read,        Functions::write,
                                    Functions::start_tls,   Functions::close};
  return table;
}

void FakeStreams::set_address(std::string address) {
  const std::scoped_lock lock(mutex_);
  address_ = std::move(address);
}

std::string FakeStreams::sent() const {
  const std::scoped_lock lock(mutex_);
  return join(sent_, "\n");
}

std::set<const StreamPeer::Answer*> FakeStreams::go_aheads() const {
  const std::scoped_lock lock(mutex_);
  return go_aheads_;
}

std::shared_ptr<FakeStreams::Stream> FakeStreams::find(Id id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

bool FakeStreams::is_whole(const bb_stream_request* request) const {
  if (!BB_HAS(request, client_certificate)) {
    host_.breach("emit-shape", fmt::format("bb_stream_request says struct_size {}, this version has {}",
                                           request ? request->struct_size : 0, sizeof(bb_stream_request)));
    return false;
  }
  for (const auto& [text, what] : {std::pair(request->host, "the host of a stream"),
                                   {request->protocol, "the protocol of a stream"},
                                   {request->server_name, "the server name of a stream"},
                                   {request->alpn, "the ALPN of a stream"},
                                   {request->client_certificate, "the client certificate of a stream"}})
    host_.expect_utf8(text, what);
  return true;
}

bb_status FakeStreams::open(FakeCall& call, const bb_stream_request& request, Id& id) {
  ++exchange_count_;
  if ((request.flags & BB_STREAM_DESCRIPTOR) != 0) return BB_E_UNSUPPORTED;
  const std::string protocol(view(request.protocol));
  const std::string host = to_lower(request.host.size == 0 && protocol == "dns" ? "resolver" : view(request.host));
  const std::string transport = name_of(request.transport);
  if (transport.empty() || protocol.empty() || host.empty() || request.port < 1 || request.port > 65'535)
    return BB_E_INVALID_ARGUMENT;
  const auto name = fmt::format("{} {} {}:{}", transport, protocol, host, request.port);
  if (const auto status = host_.interruption(call); status != BB_OK) return status;
  if (!host_.is_granted(protocol, host)) {
    host_.miss_answer(name + ", which 'grants: network' of the manifest does not have");
    return BB_E_FORBIDDEN;
  }
  if (host_.strikes(PeerFault::denied)) return BB_E_FORBIDDEN;
  if (host_.strikes(PeerFault::reset)) return BB_E_UNAVAILABLE;
  const auto peer =
      std::find_if(peers_.begin(), peers_.end(), [&](const StreamPeer& one) { return matches_glob(name, one.open); });
  if (peer == peers_.end()) {
    host_.miss_answer(name);
    return BB_E_UNAVAILABLE;
  }
  const auto stream = std::make_shared<Stream>(name, request, *peer);
  describe(*stream, "", BB_OK);
  if (request.transport == BB_TRANSPORT_TLS)
    if (const auto status = secure(*stream, request); status != BB_OK) return status;
  if (!peer->greeting.empty()) say(*stream, peer->greeting);
  ++opened_;
  if (stream->wait_ms_max == 0) ++unbounded_;
  const std::scoped_lock lock(mutex_);
  id = ++last_id;
  streams_.emplace(id, stream);
  return BB_OK;
}

bb_status FakeStreams::secure(Stream& stream, const bb_stream_request& request) {
  const bool is_untrusted = stream.peer.is_untrusted;
  if (is_untrusted && !is_any_certificate_taken(request)) return BB_E_UNTRUSTED_PEER;
  stream.transport = BB_TRANSPORT_TLS;
  const auto offered = view(request.alpn);
  describe(stream, offered.substr(0, offered.find(' ')), is_untrusted ? BB_E_UNTRUSTED_PEER : BB_OK);
  return BB_OK;
}

void FakeStreams::describe(Stream& stream, std::string_view alpn, bb_status verified) {
  auto lent = std::make_unique<Lender>(protects_info ? Lender::How::protect : how_);
  const bool is_tls = stream.transport == BB_TRANSPORT_TLS;
  std::vector<bb_bytes> chain;
  if (is_tls)
    for (const auto& der : stream.peer.certificates) {
      const auto text = lent->text(der);
      chain.push_back({text.data, text.size});
    }
  stream.info = lent->put(
      bb_stream_info{sizeof(bb_stream_info), stream.transport, lent->text(fmt::format("192.0.2.1:{}", stream.port)),
                     lent->text(is_tls ? "TLSv1.3" : ""), lent->text(is_tls ? "TLS_AES_256_GCM_SHA384" : ""),
                     lent->text(alpn), lent->array(chain.data(), chain.size()), chain.size(), -1, verified, 0});
  stream.lent = std::move(lent);
}

void FakeStreams::expect_not_misled(const Stream& stream) const {
  if (stream.was_misled)
    host_.breach("stream-start-tls",
                 "plugin had read bytes that came behind the peer's go-ahead, and went on over TLS; expected "
                 "BB_E_PROTOCOL (402)");
}

void FakeStreams::say(Stream& stream, std::string text) {
  if (host_.spoils) host_.spoils(text);
  const auto fault = host_.peer_fault.load();
  if (fault == PeerFault::closed) {
    (stream.is_datagram() ? stream.is_cut : stream.has_ended) = true;
    return;
  }
  if (fault == PeerFault::truncated) {
    text.resize(text.size() / 2);
    stream.is_cut = true;
  }
  if (host_.strikes(PeerFault::huge_body)) text.insert(0, flood_bytes, 'b');
  if (stream.is_datagram()) text.resize(std::min(text.size(), datagram_bytes_max));
  if (!text.empty() || stream.is_datagram()) stream.said.push_back(std::move(text));
}

void FakeStreams::answer(Stream& stream) {
  if (stream.has_ended || stream.is_cut || stream.peer.is_silent) return;
  const auto heard = std::exchange(stream.heard, {});
  const auto& answers = stream.peer.answers;
  const bool is_tls = stream.transport == BB_TRANSPORT_TLS;
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const StreamPeer::Answer& one) {
    return one.is_over_tls.value_or(is_tls) == is_tls && matches_glob(heard, one.request);
  });
  if (heard.empty() || found == answers.end()) {
    host_.miss_answer(fmt::format("{} after '{}'", stream.name, shorten(to_utf8_lossy(heard), 60)));
    stream.is_cut = true;
    return;
  }
  stream.answered = &*found;
  std::string address;
  {
    const std::scoped_lock lock(mutex_);
    address = address_;
  }
  auto text = speak(found->speech, heard, address);
  if (injects_behind.contains(stream.answered)) text += injected;
  say(stream, std::move(text));
  stream.has_ended = stream.has_ended || found->is_last;
}

bb_status FakeStreams::read(FakeCall& call, Stream& stream, char* buffer, std::size_t capacity, std::size_t& got) {
  if (capacity == 0) return BB_E_INVALID_ARGUMENT;
  expect_not_misled(stream);
  // Bytes that are there need no wait.
  const bool is_mute = stream.peer.is_silent && stream.said.empty();
  if (const auto status = host_.keep_silent(call, stream.wait_ms_max, is_mute); status != BB_OK) return status;
  if (host_.strikes(PeerFault::reset)) {
    stream.is_broken = true;
    return BB_E_UNAVAILABLE;
  }
  if (stream.said.empty()) answer(stream);
  if (stream.said.empty()) {
    // Only now does the plugin see it.
    host_.strikes(stream.has_ended ? PeerFault::closed : PeerFault::truncated);
    if (stream.has_ended) return BB_OK;
    stream.is_broken = true;
    return BB_E_UNAVAILABLE;
  }
  auto& next = stream.said.front();
  if (stream.is_datagram() && next.size() > capacity) {
    stream.said.pop_front();
    return BB_E_TOO_LARGE;
  }
  got = !stream.is_datagram() && host_.strikes(PeerFault::drip) ? 1 : std::min(capacity, next.size());
  std::copy_n(next.begin(), got, buffer);
  next.erase(0, got);
  if (next.empty()) stream.said.pop_front();
  return BB_OK;
}

bb_status FakeStreams::write(Stream& stream, std::string_view bytes) {
  if (stream.is_datagram() && bytes.size() > datagram_bytes_max) return BB_E_INVALID_ARGUMENT;
  if (stream.heard.size() + bytes.size() > request_bytes_max) return BB_E_TOO_LARGE;
  expect_not_misled(stream);
  if (host_.strikes(PeerFault::reset)) {
    stream.is_broken = true;
    return BB_E_UNAVAILABLE;
  }
  {
    const std::scoped_lock lock(mutex_);
    if (sent_.size() < sent_count_max) sent_.push_back(fmt::format("{} {}", stream.name, bytes));
  }
  stream.heard += bytes;
  if (stream.is_datagram()) answer(stream);
  return BB_OK;
}

bb_status FakeStreams::start_tls(Stream& stream, const bb_stream_request& request) {
  if (stream.transport != BB_TRANSPORT_TCP) return BB_E_STATE;
  if (stream.said.empty() && !stream.heard.empty()) answer(stream);
  stream.is_broken = true;  // unless all goes well
  if (!stream.said.empty()) return BB_E_PROTOCOL;
  if (stream.has_ended || stream.is_cut || host_.strikes(PeerFault::reset)) return BB_E_UNAVAILABLE;
  if (const auto status = secure(stream, request); status != BB_OK) return status;
  stream.is_broken = false;
  stream.was_misled = injects_behind.contains(stream.answered);
  const std::scoped_lock lock(mutex_);
  if (stream.answered != nullptr) go_aheads_.insert(stream.answered);
  return BB_OK;
}

void FakeStreams::close(Id id) {
  const auto stream = find(id);
  if (!stream) {
    host_.breach("stream-lifetime", "bb_host_stream::close was given a stream that is not open");
    return;
  }
  if (stream->users > 0)
    host_.breach("stream-lifetime", "bb_host_stream::close was called while another function of the stream ran");
  const std::scoped_lock lock(mutex_);
  streams_.erase(id);
  ended_.insert(id);
}

void FakeStreams::end() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, stream] : streams_) ended_.insert(id);
  streams_.clear();
}

}  // namespace bb::kit
