#include "fake_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::kit {
namespace {

constexpr std::int64_t frozen_unix_ns = 1'767'225'600ll * ns_per_second;  // 2026-01-01
constexpr std::size_t breach_count_max = 100;
constexpr std::int64_t silence_ms_max = 5000;

std::string query_value(std::string_view url, std::string_view name) {
  const auto mark = url.find('?');
  if (mark == std::string_view::npos || name.empty()) return {};
  for (const auto& pair : split(url.substr(mark + 1, url.find('#', mark) - mark - 1), '&'))
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return percent_decode(std::string_view(pair).substr(name.size() + 1)).value_or("");
  return {};
}

std::int64_t number_or(const std::string& text, std::int64_t fallback) {
  return parse_json(text) ? parse_json(text)->integer_or(fallback) : fallback;
}

// The part of the list that the query asks for, as the peer's JSON.
std::string page_json(const PeerRule::Page& page, std::string_view url) {
  std::vector<const Value*> fitting;
  const auto from = parse_time(query_value(url, page.from)), until = parse_time(query_value(url, page.until));
  for (const Value& item : *page.items.items()) {
    const auto at = page.time.empty() ? std::nullopt : parse_time(item[page.time].string_or(""));
    if ((at && from && *at < *from) || (at && until && *at > *until)) continue;
    fitting.push_back(&item);
  }
  const auto cursor = query_value(url, page.cursor);
  const auto begin = std::min<std::size_t>(
      cursor.starts_with("at-") ? static_cast<std::size_t>(number_or(cursor.substr(3), 0)) : 0, fitting.size());
  const auto limit = static_cast<std::size_t>(number_or(query_value(url, page.limit), 1000));
  auto items = Value::array();
  const auto end = std::min(fitting.size(), begin + std::max<std::size_t>(limit, 1));
  for (auto i = begin; i < end; ++i) items.push(*fitting[i]);
  auto answer = Value::object({{page.member, std::move(items)}});
  if (end < fitting.size()) answer.set(page.next, fmt::format("at-{}", end));
  return to_json(answer);
}

std::string read_all(bb_source* source, FakeCall& call) {
  std::string out;
  if (source == nullptr) return out;
  std::array<char, 1021> buffer;
  for (;;) {
    std::uint64_t got = 0;
    if (source->read(source, buffer.data(), buffer.size(), &got) != BB_OK || got == 0) break;
    if (got > buffer.size()) {
      call.host.breach("emit-shape", "the request's body source says it filled more than it was given");
      break;
    }
    out.append(buffer.data(), got);
    if (out.size() > 16 * 1024 * 1024) break;
  }
  return out;
}

}  // namespace

// The tables of host services.
struct Services {
  static FakeHost& of(const bb_host* host) { return *static_cast<FakeHost*>(host->host_data); }

  static void write_log(const bb_host* raw, const bb_call*, bb_log_level, bb_str message, const bb_pair* fields,
                        std::uint64_t count) {
    auto& host = of(raw);
    host.expect_utf8(message, "a log line");
    std::string line(view(message));
    for (std::uint64_t i = 0; i < count; ++i) line += fmt::format(" {}={}", view(fields[i].key), view(fields[i].value));
    const std::scoped_lock lock(host.mutex_);
    if (host.logs_.size() < 10'000) host.logs_.push_back(std::move(line));
  }

  static std::int64_t now(const bb_host* raw) {
    auto& host = of(raw);
    return (host.is_clock_frozen ? frozen_unix_ns : now_unix_ns()) + host.clock_offset_ns;
  }
  static std::int64_t monotonic(const bb_host*) { return monotonic_ns(); }
  // Civil time is the kit's: a sleep moves it and takes a millisecond.
  static bb_status sleep(const bb_host* raw, bb_call* raw_call, std::int64_t duration_ns) {
    auto& call = FakeCall::of(raw_call);
    call.expect_here("bb_host_clock::sleep_ns");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!of(raw).is_clock_frozen) of(raw).clock_offset_ns += std::max<std::int64_t>(duration_ns, 0);
    return of(raw).interruption(call);
  }

  static std::int64_t wait_handle(const bb_host*, const bb_call*) { return -1; }

  static bb_status fill(const bb_host* raw, void* buffer, std::uint64_t size) {
    auto& host = of(raw);
    const std::scoped_lock lock(host.mutex_);
    auto* out = static_cast<char*>(buffer);
    for (std::uint64_t i = 0; i < size; ++i) {
      // splitmix64: repeatable, not for secrets.
      std::uint64_t z = host.random_state_ += 0x9e3779b97f4a7c15u;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      out[i] = static_cast<char>(z >> 56);
    }
    host.random_drawn_ += size;
    return BB_OK;
  }

  static bb_status read_secret(const bb_host* raw, bb_call* call, bb_str name, bb_sink* out) {
    auto& host = of(raw);
    FakeCall::of(call).expect_here("bb_host_secret::read");
    std::string value;
    {
      const std::scoped_lock lock(host.mutex_);
      host.secrets_asked_.emplace_back(view(name));
      const auto stored = host.secrets_stored_.find(std::string(view(name)));
      value = stored == host.secrets_stored_.end() ? FakeHost::secret_value(view(name)) : stored->second;
    }
    return out->write(out, {value.data(), value.size()});
  }
  static bb_status store_secret(const bb_host* raw, bb_call* call, bb_str name, bb_bytes value) {
    FakeCall::of(call).expect_here("bb_host_secret::store");
    const std::scoped_lock lock(of(raw).mutex_);
    of(raw).secrets_stored_[std::string(view(name))] = std::string(view(value));
    return BB_OK;
  }
  static bb_status sign(const bb_host* raw, bb_call* call, bb_str name, bb_str algorithm, bb_bytes message,
                        bb_sink* out) {
    FakeCall::of(call).expect_here("bb_host_secret::sign");
    {
      const std::scoped_lock lock(of(raw).mutex_);
      of(raw).secrets_asked_.emplace_back(view(name));
    }
    const auto signature = sha256_hex(fmt::format("{}\n{}\n{}", view(name), view(algorithm), view(message)));
    return out->write(out, {signature.data(), signature.size()});
  }
  static bb_status decrypt(const bb_host*, bb_call*, bb_str, bb_str, bb_source*, bb_sink*) { return BB_E_CORRUPT; }

  static bb_status perform(const bb_host* raw, bb_call* raw_call, const bb_http_request* request,
                           bb_http_response_sink* response) {
    auto& call = FakeCall::of(raw_call);
    call.expect_here("bb_host_http::perform");
    if (!BB_HAS(request, client_certificate)) {
      of(raw).breach("emit-shape", fmt::format("bb_http_request says struct_size {}, version 1.0 has {}",
                                               request->struct_size, sizeof(bb_http_request)));
      return BB_E_INVALID_ARGUMENT;
    }
    if (!BB_HAS(response, body)) {
      of(raw).breach("emit-shape", fmt::format("bb_http_response_sink says struct_size {}, version 1.0 has {}",
                                               response->struct_size, sizeof(bb_http_response_sink)));
      return BB_E_INVALID_ARGUMENT;
    }
    return of(raw).perform(call, *request, *response);
  }

  static void record(const bb_host* raw, bb_call* call, const bb_evidence* evidence) {
    FakeCall::of(call).expect_here("bb_host_evidence::record");
    auto& host = of(raw);
    if (!BB_HAS(evidence, attribute_count))
      return host.breach("emit-shape", fmt::format("bb_evidence says struct_size {}, version 1.0 has {}",
                                                   evidence->struct_size, sizeof(bb_evidence)));
    if ((evidence->flags & BB_EVIDENCE_SENSITIVE) != 0) return;
    std::string text = fmt::format("{} {} {}\n{}\n{}", view(evidence->protocol), view(evidence->step),
                                   view(evidence->peer), view(evidence->sent), view(evidence->received));
    for (std::uint64_t i = 0; i < evidence->attribute_count; ++i)
      text += fmt::format("\n{}={}", view(evidence->attributes[i].key), view(evidence->attributes[i].value));
    const std::scoped_lock lock(host.mutex_);
    if (host.evidence_.size() < 10'000) host.evidence_.push_back(std::move(text));
  }

  // Answers what connector-test.yaml answers; everything else stays open.
  static bb_status ask(const bb_host* raw, bb_call* call, const bb_question* question, bb_answer_sink* out) {
    FakeCall::of(call).expect_here("bb_host_person::ask");
    auto& host = of(raw);
    if (!BB_HAS(question, deadline_unix_ns) || !BB_HAS(out, write)) {
      host.breach("emit-shape", "bb_question or bb_answer_sink is smaller than in this version");
      return BB_E_INVALID_ARGUMENT;
    }
    host.expect_utf8(question->title, "the title of a question");
    host.expect_utf8(question->text, "the text of a question");
    if (FakeCall::of(call).is_cancelled) return BB_E_CANCELLED;
    const auto found = std::find_if(host.setup_.answers.begin(), host.setup_.answers.end(),
                                    [&](const auto& one) { return matches_glob(view(question->id), one.first); });
    if (found == host.setup_.answers.end()) return BB_E_PENDING;
    const GivenAnswer& given = found->second;
    const bool wants_file = question->kind == BB_QUESTION_FILE || question->kind == BB_QUESTION_SCREENSHOT;
    if (wants_file == given.content.empty()) return BB_E_INVALID_ARGUMENT;
    Lender lender;
    const bb_status status =
        out->answer(out, lender.put(bb_answer{sizeof(bb_answer), question->kind, lender.text("Kit Example"),
                                              frozen_unix_ns, lender.text(given.text), lender.text(given.filename),
                                              lender.text(given.media_type), given.content.size()}));
    if (status != BB_OK || given.content.empty()) return status;
    const bb_str content = lender.text(given.content);
    return out->write(out, {content.data, content.size});
  }

  static const void* find(const bb_host* raw, const char* id) {
    static const bb_host_log log{sizeof log, BB_LOG_DEBUG, write_log};
    static const bb_host_clock clock{sizeof clock, 0, now, monotonic, sleep};
    static const bb_host_cancel cancel{sizeof cancel, 0, wait_handle};
    static const bb_host_random random{sizeof random, 0, fill};
    static const bb_host_secret secret{sizeof secret, 0, read_secret, store_secret, sign, sign, sign, decrypt};
    static const bb_host_http http{sizeof http, 0, Services::perform};
    static const bb_host_evidence evidence{sizeof evidence, 0, record};
    static const bb_host_person person{sizeof person, 0, ask};
    auto& host = of(raw);
    const std::string wanted(id);
    {
      const std::scoped_lock lock(host.mutex_);
      host.services_asked_.insert(wanted);
    }
    if (host.offers_nothing || host.denied.contains(wanted)) return nullptr;
    if (wanted == BB_HOST_LOG) return &log;
    if (wanted == BB_HOST_CLOCK) return &clock;
    if (wanted == BB_HOST_CANCEL) return &cancel;
    if (wanted == BB_HOST_RANDOM) return &random;
    if (wanted == BB_HOST_SECRET) return &secret;
    if (wanted == BB_HOST_HTTP) return &http;
    if (wanted == BB_HOST_EVIDENCE) return &evidence;
    if (wanted == BB_HOST_PERSON) return &person;
    if (wanted == BB_HOST_STREAM) return &FakeStreams::table();
    return nullptr;
  }
};

FakeHost::FakeHost(const TypeSetup& setup, std::string seed, Lender::How how)
    : streams(*this, setup.streams, how),
      setup_(setup),
      seed_(std::move(seed)),
      lender_(how),
      host_(lender_.put(bb_host{sizeof(bb_host), BB_ABI_MINOR, this, "bb-kit", "1.0.0", Services::find})) {
  if (setup.clock_unix_ns) clock_offset_ns = *setup.clock_unix_ns - now_unix_ns();
  for (const char c : seed_) random_state_ = random_state_ * 131 + static_cast<unsigned char>(c);
}

std::vector<Exchange> FakeHost::exchanges() const {
  const std::scoped_lock lock(mutex_);
  return exchanges_;
}
std::vector<std::string> FakeHost::logs() const {
  const std::scoped_lock lock(mutex_);
  return logs_;
}
std::vector<std::string> FakeHost::evidence() const {
  const std::scoped_lock lock(mutex_);
  return evidence_;
}
std::vector<std::string> FakeHost::secrets_asked() const {
  const std::scoped_lock lock(mutex_);
  return secrets_asked_;
}
std::set<std::string> FakeHost::services_asked() const {
  const std::scoped_lock lock(mutex_);
  return services_asked_;
}
std::vector<Breach> FakeHost::breaches() const {
  const std::scoped_lock lock(mutex_);
  return breaches_;
}
std::string FakeHost::unanswered() const {
  const std::scoped_lock lock(mutex_);
  return unanswered_;
}

void FakeHost::breach(std::string topic, std::string what) {
  const std::scoped_lock lock(mutex_);
  if (breaches_.size() < breach_count_max) breaches_.push_back({std::move(topic), std::move(what)});
}

void FakeHost::miss_answer(std::string request) {
  const std::scoped_lock lock(mutex_);
  if (unanswered_.empty()) unanswered_ = std::move(request);
}

bool FakeHost::is_granted(std::string_view protocol, std::string_view host) const {
  const auto is_meant = [&](const std::string& name) {
    return name.starts_with("*.") ? host.size() > name.size() - 1 && to_lower(host).ends_with(to_lower(name.substr(1)))
                                  : iequals(host, name);
  };
  return std::any_of(grants.begin(), grants.end(), [&](const host::NetworkGrant& grant) {
    return grant.scheme == protocol &&
           (grant.hosts.empty() || std::any_of(grant.hosts.begin(), grant.hosts.end(), is_meant));
  });
}

bool FakeHost::strikes(PeerFault fault) {
  if (peer_fault != fault) return false;
  ++fault_count_;
  return true;
}

bb_status FakeHost::interruption(const FakeCall& call) const {
  if (call.is_cancelled) return BB_E_CANCELLED;
  return call.deadline_ns != 0 && monotonic_ns() >= call.deadline_ns ? BB_E_DEADLINE : BB_OK;
}

bb_status FakeHost::keep_silent(const FakeCall& call, std::int64_t wait_ms_max, bool is_mute) {
  if (!strikes(PeerFault::silent) && !is_mute) return BB_OK;
  const bool is_waiting_bounded = wait_ms_max != 0;
  if (is_waiting_bounded && streams.skips_waits) return BB_E_UNAVAILABLE;
  const auto begun = monotonic_ns();
  for (const auto end = begun + silence_ms_max * ns_per_ms;
       (is_mute || peer_fault == PeerFault::silent) && monotonic_ns() < end;) {
    if (is_waiting_bounded && monotonic_ns() - begun >= wait_ms_max * ns_per_ms) return BB_E_UNAVAILABLE;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto status = interruption(call);
    if (status == BB_OK) continue;
    // A plugin that sees the cancel itself is given the time to do something about it.
    if (status == BB_E_CANCELLED) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return status;
  }
  return is_mute ? BB_E_UNAVAILABLE : BB_OK;
}

void FakeHost::expect_running(std::string_view function) {
  {
    const std::scoped_lock lock(mutex_);
    if (running_.contains(std::this_thread::get_id())) return;
  }
  breach("thread-serial", fmt::format("{} was called on a thread that runs no call of the instance", function));
}

std::string FakeHost::secret_value(std::string_view name) { return fmt::format("kit-canary-secret-of-{}", name); }

void FakeHost::expect_utf8(bb_str text, std::string_view what) {
  if (text.data == nullptr && text.size > 0)
    breach("emit-shape", fmt::format("{} is NULL with a size of {}", what, text.size));
  else if (!is_utf8(view(text)))
    breach("emit-shape", fmt::format("{} is not well-formed UTF-8", what));
}

const PeerRule* FakeHost::find_answer(const Exchange& exchange) const {
  const auto fits = [&](const PeerRule& rule) {
    if (!matches_glob(exchange.method + " " + exchange.url, rule.request) || !matches_glob(exchange.body, rule.body))
      return false;
    return std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& wanted) {
      return std::any_of(exchange.headers.begin(), exchange.headers.end(), [&](const auto& field) {
        return iequals(field.first, wanted.first) && matches_glob(field.second, wanted.second);
      });
    });
  };
  const auto found = std::find_if(setup_.peer.begin(), setup_.peer.end(), fits);
  return found == setup_.peer.end() ? nullptr : &*found;
}

bb_status FakeHost::perform(FakeCall& call, const bb_http_request& request, bb_http_response_sink& response) {
  Exchange exchange{std::string(view(request.method)),
                    std::string(view(request.url)),
                    read_all(request.body, call),
                    {},
                    (request.flags & BB_HTTP_ANSWER) != 0,
                    false,
                    call.raw()->call_id};
  for (std::uint64_t i = 0; i < request.header_count; ++i)
    exchange.headers.emplace_back(view(request.headers[i].key), view(request.headers[i].value));
  expect_utf8(request.url, "the URL of a request");
  const auto* const rule = find_answer(exchange);
  exchange.is_answered = rule != nullptr;
  ++exchange_count_;
  {
    const std::scoped_lock lock(mutex_);
    if (exchanges_.size() < 10'000) exchanges_.push_back(exchange);
  }
  if (const auto status = interruption(call); status != BB_OK) return status;
  if (strikes(PeerFault::denied)) return BB_E_FORBIDDEN;
  if (strikes(PeerFault::reset)) return BB_E_UNAVAILABLE;
  if (const auto status = keep_silent(call); status != BB_OK) return status;
  if (rule == nullptr) {
    miss_answer(exchange.method + " " + exchange.url);
    return BB_E_UNAVAILABLE;
  }
  return answer(*rule, exchange, response);
}

bb_status FakeHost::answer(const PeerRule& rule, const Exchange& exchange, bb_http_response_sink& response) {
  auto body = rule.page ? page_json(*rule.page, exchange.url) : rule.answer;
  if (spoils) spoils(body);
  if (strikes(PeerFault::huge_body)) body.append(1024 * 1024, 'b');
  Lender lender;
  std::vector<bb_pair> headers;
  for (const auto& [name, value] : rule.headers) headers.push_back({lender.text(to_lower(name)), lender.text(value)});
  if (strikes(PeerFault::huge_header))
    headers.push_back({lender.text("x-huge"), lender.text(std::string(60'000, 'h'))});
  if (strikes(PeerFault::wrong_length))
    headers.push_back({lender.text("content-length"), lender.text(std::to_string(body.size() + 1000))});
  bb_status status =
      response.head(&response, rule.status, lender.array(headers.data(), headers.size()), headers.size());
  const bool is_truncated = strikes(PeerFault::truncated);
  const auto whole = is_truncated ? body.size() / 2 : body.size();
  const std::size_t step = strikes(PeerFault::drip) ? 1 : 1021;
  for (std::size_t at = 0; at < whole && status == BB_OK; at += step) {
    const auto chunk = lender.text(std::string_view(body).substr(at, std::min(step, whole - at)));
    status = response.body(&response, {chunk.data, chunk.size});
  }
  if (status != BB_OK) return status;
  return is_truncated ? BB_E_UNAVAILABLE : BB_OK;
}

namespace {

std::int32_t is_cancelled(const bb_call* call) {
  ++FakeCall::of(call).polls;
  return FakeCall::of(call).is_cancelled ? 1 : 0;
}

void set_error(bb_call* raw, const bb_error* error) {
  auto& call = FakeCall::of(raw);
  call.expect_here("bb_call::set_error");
  if (!BB_HAS(error, retry_after_ms))
    return call.host.breach("emit-shape", fmt::format("bb_error says struct_size {}, version 1.0 has {}",
                                                      error ? error->struct_size : 0, sizeof(bb_error)));
  call.host.expect_utf8(error->message, "the message of an error");
  call.host.expect_utf8(error->domain, "the domain of an error");
  call.error = ErrorSeen{error->status, std::string(view(error->domain)), std::string(view(error->message)),
                         std::string(view(error->remote_detail))};
}

void progress(bb_call* call, std::uint64_t, std::uint64_t, bb_str note) {
  FakeCall::of(call).expect_here("bb_call::progress");
  FakeCall::of(call).host.expect_utf8(note, "the note of a progress");
}

std::atomic<std::uint64_t> next_call_id{1};

}  // namespace

FakeCall::FakeCall(FakeHost& host_of_call, Lender& lender, std::int64_t deadline)
    : host(host_of_call),
      deadline_ns(deadline),
      raw_(lender.put(
          bb_call{sizeof(bb_call), 0, this, next_call_id++, deadline, kit::is_cancelled, set_error, progress})) {
  const std::scoped_lock lock(host.mutex_);
  host.running_.insert(thread);
}

void FakeCall::end() {
  is_running = false;
  const std::scoped_lock lock(host.mutex_);
  if (const auto mine = host.running_.find(thread); mine != host.running_.end()) host.running_.erase(mine);
}

void FakeCall::expect_here(std::string_view function) {
  if (!is_running) host.breach("thread-serial", fmt::format("{} was called after its call had ended", function));
  if (std::this_thread::get_id() != thread)
    host.breach("thread-serial", fmt::format("{} was called from a thread that does not run the call", function));
}

// The functions of the sinks.
struct Sinks {
  static Gather& of(const void* data) { return *static_cast<Gather*>(const_cast<void*>(data)); }

  static void keep(Gather& self, const bb_item* item, ItemSeen& out) {
    auto& host = self.call_.host;
    if (!BB_HAS(item, size))
      return host.breach("emit-shape", fmt::format("bb_item says struct_size {}, version 1.0 has {}",
                                                   item ? item->struct_size : 0, sizeof(bb_item)));
    for (const auto& [text, what] : {std::pair(item->id, "the id of an item"),
                                     {item->kind, "the kind of an item"},
                                     {item->media_type, "the media type of an item"},
                                     {item->title, "the title of an item"},
                                     {item->subject, "the subject of an item"},
                                     {item->version, "the version of an item"},
                                     {item->parent, "the parent of an item"}})
      host.expect_utf8(text, what);
    if (item->id.size == 0) host.breach("emit-shape", "an item has no id");
    out = {std::string(view(item->id)),
           std::string(view(item->kind)),
           std::string(view(item->media_type)),
           std::string(view(item->title)),
           std::string(view(item->subject)),
           std::string(view(item->version)),
           std::string(view(item->parent)),
           item->updated_unix_ns,
           item->size,
           item->flags};
  }

  static bb_status item(bb_item_sink* sink, const bb_item* value) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_item_sink::item");
    if (status != BB_OK) return status;
    ItemSeen seen;
    keep(self, value, seen);
    self.items.push_back(std::move(seen));
    return BB_OK;
  }
  static bb_status cursor(bb_item_sink* sink, bb_str value) {
    auto& self = of(sink->host_data);
    self.call_.expect_here("bb_item_sink::cursor");
    self.call_.host.expect_utf8(value, "a cursor");
    if (self.is_stopped_) {
      ++self.after_stop;
      return self.stop_status;
    }
    self.cursor = view(value);
    return BB_OK;
  }
  static bb_status head(bb_content_sink* sink, const bb_item* value, const bb_pair* attributes, std::uint64_t count) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_content_sink::head");
    if (status != BB_OK) return status;
    ++self.heads;
    keep(self, value, self.head);
    for (std::uint64_t i = 0; i < count; ++i) {
      self.call_.host.expect_utf8(attributes[i].key, "the name of an attribute");
      self.attributes.emplace_back(view(attributes[i].key), view(attributes[i].value));
    }
    return BB_OK;
  }
  static bb_status write(bb_content_sink* sink, bb_bytes chunk) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_content_sink::write");
    if (status != BB_OK) return status;
    if (self.heads == 0) ++self.writes_before_head;
    self.body += view(chunk);
    return BB_OK;
  }
  static void challenge(bb_session_sink* sink, const bb_challenge* value) {
    auto& self = of(sink->host_data);
    self.call_.expect_here("bb_session_sink::challenge");
    if (!BB_HAS(value, expires_unix_ns)) return self.call_.host.breach("emit-shape", "bb_challenge is too small");
    self.challenges.push_back({std::string(view(value->url)), std::string(view(value->resume_state))});
  }
  static void info(bb_session_sink* sink, const bb_session_info* value) {
    auto& self = of(sink->host_data);
    self.call_.expect_here("bb_session_sink::info");
    if (!BB_HAS(value, expires_unix_ns)) return self.call_.host.breach("emit-shape", "bb_session_info is too small");
    self.infos.push_back(
        {std::string(view(value->subject)), std::string(view(value->patient)), value->expires_unix_ns});
  }
  static bb_status format(bb_format_sink* sink, const bb_format* value) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_format_sink::format");
    if (status != BB_OK) return status;
    if (!BB_HAS(value, title))
      self.call_.host.breach("emit-shape", "bb_format is smaller than in version 1.0");
    else
      self.formats.push_back({std::string(view(value->id)), std::string(view(value->media_type))});
    return BB_OK;
  }
  static bb_status receipt(bb_receipt_sink* sink, const bb_receipt* value) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_receipt_sink::receipt");
    if (status != BB_OK) return status;
    if (!BB_HAS(value, at_unix_ns))
      self.call_.host.breach("emit-shape", "bb_receipt is smaller than in version 1.0");
    else
      self.receipts.push_back(
          {value->delivery, std::string(view(value->message_id)), std::string(view(value->recipient))});
    return BB_OK;
  }
  static bb_status probe(bb_probe_sink* sink, const bb_probe_info* value) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_probe_sink::probe");
    if (status != BB_OK) return status;
    if (!BB_HAS(value, arguments_schema))
      self.call_.host.breach("emit-shape", "bb_probe_info is smaller than in version 1.0");
    else
      self.probes.push_back({std::string(view(value->name)), std::string(view(value->arguments_schema))});
    return BB_OK;
  }
  static bb_status certificate(bb_certificate_sink* sink, const bb_certificate* value) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_certificate_sink::certificate");
    if (status != BB_OK) return status;
    if (!BB_HAS(value, source)) {
      self.call_.host.breach("emit-shape", "bb_certificate is smaller than in this version");
      return BB_OK;
    }
    self.call_.host.expect_utf8(value->source, "the source of a certificate");
    if (value->der.size == 0) self.call_.host.breach("emit-shape", "a certificate has no content");
    self.certificates.push_back({std::string(view(value->der)), std::string(view(value->source)), value->flags});
    return BB_OK;
  }
  static bb_status text(bb_sink* sink, bb_bytes chunk) {
    auto& self = of(sink->host_data);
    const auto status = self.thing("bb_sink::write");
    if (status == BB_OK) self.text += view(chunk);
    return status;
  }
};

Gather::Gather(FakeCall& call, Lender& lender)
    : call_(call),
      items_sink_(lender.put(bb_item_sink{sizeof(bb_item_sink), 0, this, Sinks::item, Sinks::cursor})),
      content_sink_(lender.put(bb_content_sink{sizeof(bb_content_sink), 0, this, Sinks::head, Sinks::write})),
      session_sink_(lender.put(bb_session_sink{sizeof(bb_session_sink), 0, this, Sinks::challenge, Sinks::info})),
      format_sink_(lender.put(bb_format_sink{sizeof(bb_format_sink), 0, this, Sinks::format})),
      receipt_sink_(lender.put(bb_receipt_sink{sizeof(bb_receipt_sink), 0, this, Sinks::receipt})),
      probe_sink_(lender.put(bb_probe_sink{sizeof(bb_probe_sink), 0, this, Sinks::probe})),
      certificate_sink_(lender.put(bb_certificate_sink{sizeof(bb_certificate_sink), 0, this, Sinks::certificate})),
      text_sink_(lender.put(bb_sink{sizeof(bb_sink), 0, this, Sinks::text})) {}

bb_status Gather::thing(std::string_view function) {
  call_.expect_here(function);
  if (is_stopped_) {
    ++after_stop;
    return stop_status;
  }
  const auto index = emitted++;
  if (index == cancel_at) call_.is_cancelled = true;
  if (pause_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  if (index != stop_at) return BB_OK;
  is_stopped_ = true;
  return stop_status;
}

}  // namespace bb::kit
