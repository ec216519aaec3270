#include "watched_services.hpp"

#include <string>
#include <string_view>

#include "watched_call.hpp"

namespace bb::host {
namespace {

// Runs a [call] function of a service: asks whether it may, passes it on, and
// notes what the host said. The bb_call goes on as it is: its host_data is the
// host's own.
template <class Forward>
bb_status serve(bb_call* abi, std::string_view function, const Forward& forward) {
  WatchedCall* const call = watched_call(abi);
  if (!call) return forward();
  if (!call->takes(function)) return BB_E_STATE;
  const bb_status status = forward();
  if (status != BB_OK && (status < 100 || status > 699))
    call->host_breach("BB-R028", "the host's " + std::string(function) + " gave " + std::to_string(status));
  call->note_told(status);
  return status;
}

void BB_CALL write_log(const bb_host* host, const bb_call* abi, bb_log_level level, bb_str message,
                       const bb_pair* fields, std::uint64_t field_count) {
  WatchedCall* const call = watched_call(abi);
  const bool is_late = call && !call->lives("the call given to bb_host_log::write");
  if (call && !is_late) call->check_text(message, "the message of a log line");
  watch_of(host).real().log->write(host, is_late ? nullptr : abi, level, message, fields, field_count);
}

bb_status BB_CALL sleep(const bb_host* host, bb_call* call, std::int64_t duration_ns) {
  return serve(call, "bb_host_clock::sleep_ns",
               [&] { return watch_of(host).real().clock->sleep_ns(host, call, duration_ns); });
}

std::int64_t BB_CALL wait_handle(const bb_host* host, const bb_call* abi) {
  WatchedCall* const call = watched_call(abi);
  if (call && !call->takes("bb_host_cancel::wait_handle")) return -1;
  return watch_of(host).real().cancel->wait_handle(host, abi);
}

const bb_host_secret& secrets(const bb_host* host) { return *watch_of(host).real().secret; }

bb_status BB_CALL read_secret(const bb_host* host, bb_call* call, bb_str name, bb_sink* out) {
  return serve(call, "bb_host_secret::read", [&] { return secrets(host).read(host, call, name, out); });
}
bb_status BB_CALL store_secret(const bb_host* host, bb_call* call, bb_str name, bb_bytes value) {
  return serve(call, "bb_host_secret::store", [&] { return secrets(host).store(host, call, name, value); });
}
bb_status BB_CALL sign(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm, bb_bytes digest,
                       bb_sink* out) {
  return serve(call, "bb_host_secret::sign",
               [&] { return secrets(host).sign(host, call, name, algorithm, digest, out); });
}
bb_status BB_CALL sign_message(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm, bb_bytes message,
                               bb_sink* out) {
  return serve(call, "bb_host_secret::sign_message",
               [&] { return secrets(host).sign_message(host, call, name, algorithm, message, out); });
}
bb_status BB_CALL mac(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm, bb_bytes message,
                      bb_sink* out) {
  return serve(call, "bb_host_secret::mac",
               [&] { return secrets(host).mac(host, call, name, algorithm, message, out); });
}
bb_status BB_CALL decrypt(const bb_host* host, bb_call* call, bb_str name, bb_str algorithm, bb_source* ciphertext,
                          bb_sink* out) {
  return serve(call, "bb_host_secret::decrypt",
               [&] { return secrets(host).decrypt(host, call, name, algorithm, ciphertext, out); });
}

// The body of a request: the connector's own source, asked by the host.
bb_status BB_CALL read_body(bb_source* abi, void* buffer, std::uint64_t capacity, std::uint64_t* got) {
  const auto& source = of_call(abi);
  const bb_status status = source.real->read(source.real, buffer, capacity, got);
  if (status == BB_OK && *got > capacity)
    source.call->breach("BB-R064", "the body of a request gave " + std::to_string(*got) + " bytes where " +
                                       std::to_string(capacity) + " were asked for");
  return status;
}

bb_status perform_watched(WatchedCall& call, const bb_host* host, const bb_http_request& request,
                          bb_http_response_sink* response) {
  if (call.is_create()) call.breach("BB-R019", "an HTTP exchange was begun");
  if (call.was_cancelled()) call.breach("BB-R033", "an HTTP exchange was begun after the call was cancelled");
  ++call.exchanges.all;
  if ((request.flags & BB_HTTP_ANSWER) != 0) ++call.exchanges.marked;
  call.check_text(request.method, "bb_http_request::method");
  call.check_text(request.url, "bb_http_request::url");
  bb_http_request passed_on = request;
  passed_on.struct_size = sizeof passed_on;
  OfCall<bb_source> body;
  if (request.body) {
    body = {*request.body, request.body, &call};
    body.abi.read = read_body;
    passed_on.body = &body.abi;
  }
  return watch_of(host).real().http->perform(host, call.abi(), &passed_on, response);
}

bb_status BB_CALL perform(const bb_host* host, bb_call* abi, const bb_http_request* request,
                          bb_http_response_sink* response) {
  return serve(abi, "bb_host_http::perform", [&] {
    WatchedCall* const call = watched_call(abi);
    if (call && BB_HAS(request, client_certificate)) return perform_watched(*call, host, *request, response);
    if (call) call->breach("BB-R064", "bb_http_request has a struct_size that is too small");
    return watch_of(host).real().http->perform(host, abi, request, response);
  });
}

void BB_CALL record(const bb_host* host, bb_call* abi, const bb_evidence* evidence) {
  WatchedCall* const call = watched_call(abi);
  if (call && !call->takes("bb_host_evidence::record")) return;
  if (call && !BB_HAS(evidence, attribute_count))
    call->breach("BB-R064", "bb_evidence has a struct_size that is too small");
  watch_of(host).real().evidence->record(host, abi, evidence);
}

bb_status BB_CALL ask(const bb_host* host, bb_call* abi, const bb_question* question, bb_answer_sink* out) {
  return serve(abi, "bb_host_person::ask", [&] {
    WatchedCall* const call = watched_call(abi);
    if (call && call->was_cancelled()) call->breach("BB-R033", "a person was asked after the call was cancelled");
    if (call && BB_HAS(question, deadline_unix_ns)) {
      call->check_text(question->id, "bb_question::id");
      call->check_text(question->title, "bb_question::title");
      call->check_text(question->text, "bb_question::text");
    } else if (call) {
      call->breach("BB-R064", "bb_question has a struct_size that is too small");
    }
    return watch_of(host).real().person->ask(host, abi, question, out);
  });
}

const bb_host_stream& streams(const bb_host* host) { return *watch_of(host).real().stream; }

void check_stream_request(WatchedCall& call, const bb_stream_request* request) {
  if (!BB_HAS(request, client_certificate))
    return call.breach("BB-R064", "bb_stream_request has a struct_size that is too small");
  call.check_text(request->host, "bb_stream_request::host");
  call.check_text(request->protocol, "bb_stream_request::protocol");
  call.check_text(request->server_name, "bb_stream_request::server_name");
}

bb_status BB_CALL open_stream(const bb_host* host, bb_call* abi, const bb_stream_request* request, bb_stream** out) {
  return serve(abi, "bb_host_stream::open", [&] {
    if (WatchedCall* const call = watched_call(abi)) {
      if (call->is_create()) call->breach("BB-R019", "a stream was opened");
      if (call->was_cancelled()) call->breach("BB-R033", "a stream was opened after the call was cancelled");
      check_stream_request(*call, request);
    }
    return streams(host).open(host, abi, request, out);
  });
}
bb_status BB_CALL read_stream(const bb_host* host, bb_call* call, bb_stream* stream, void* buffer,
                              std::uint64_t capacity, std::uint64_t* got) {
  return serve(call, "bb_host_stream::read",
               [&] { return streams(host).read(host, call, stream, buffer, capacity, got); });
}
bb_status BB_CALL write_stream(const bb_host* host, bb_call* call, bb_stream* stream, bb_bytes chunk) {
  return serve(call, "bb_host_stream::write", [&] { return streams(host).write(host, call, stream, chunk); });
}
bb_status BB_CALL start_tls(const bb_host* host, bb_call* abi, bb_stream* stream, const bb_stream_request* request) {
  return serve(abi, "bb_host_stream::start_tls", [&] {
    if (WatchedCall* const call = watched_call(abi)) check_stream_request(*call, request);
    return streams(host).start_tls(host, abi, stream, request);
  });
}

}  // namespace

void watch_service(bb_host_log& table) { table.write = write_log; }
void watch_service(bb_host_clock& table) { table.sleep_ns = sleep; }
void watch_service(bb_host_cancel& table) { table.wait_handle = wait_handle; }
void watch_service(bb_host_secret& table) {
  table.read = read_secret;
  table.store = store_secret;
  table.sign = sign;
  table.sign_message = sign_message;
  table.mac = mac;
  table.decrypt = decrypt;
}
void watch_service(bb_host_http& table) { table.perform = perform; }
void watch_service(bb_host_evidence& table) { table.record = record; }
void watch_service(bb_host_person& table) { table.ask = ask; }
void watch_service(bb_host_stream& table) {
  table.open = open_stream;
  table.read = read_stream;
  table.write = write_stream;
  table.start_tls = start_tls;
}

}  // namespace bb::host
