// The table of bb.host.stream/1 for a connector in this process.
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "../services/services.hpp"
#include "stream_service.hpp"

namespace bb::host {
namespace {

StreamService::Id id_of(bb_stream* stream) { return reinterpret_cast<StreamService::Id>(stream); }

extern "C" {

bb_status stream_open(const bb_host* host, bb_call* call, const bb_stream_request* request, bb_stream** out) {
  if (!BB_HAS(request, client_certificate) || !out)
    return state_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector, "the stream request is incomplete");
  StreamService::Id id = 0;
  const bb_status status = instance_of(host).streams->open(state_of(call), *request, id);
  *out = reinterpret_cast<bb_stream*>(id);
  return status;
}

const bb_stream_info* stream_describe(const bb_host* host, bb_stream* stream) {
  const DescribedStream* const found = instance_of(host).streams->describe(id_of(stream));
  return found ? found->abi() : nullptr;
}

bb_status stream_read(const bb_host* host, bb_call* call, bb_stream* stream, void* buffer, std::uint64_t capacity,
                      std::uint64_t* got) {
  std::size_t count = 0;
  const bb_status status = instance_of(host).streams->read(state_of(call), id_of(stream), static_cast<char*>(buffer),
                                                           static_cast<std::size_t>(capacity), count);
  *got = count;
  return status;
}

bb_status stream_write(const bb_host* host, bb_call* call, bb_stream* stream, bb_bytes chunk) {
  return write_in_pieces(from_abi(chunk), [&](std::string_view piece) {
    return instance_of(host).streams->write(state_of(call), id_of(stream), piece);
  });
}

bb_status stream_start_tls(const bb_host* host, bb_call* call, bb_stream* stream, const bb_stream_request* request) {
  if (!BB_HAS(request, client_certificate))
    return state_of(call).refuse(BB_E_INVALID_ARGUMENT, Blame::connector, "the stream request is incomplete");
  return instance_of(host).streams->start_tls(state_of(call), id_of(stream), *request);
}

void stream_close(const bb_host* host, bb_stream* stream) { instance_of(host).streams->close(id_of(stream)); }

}  // extern "C"

}  // namespace

const bb_host_stream& stream_service() {
  static const bb_host_stream table{sizeof(bb_host_stream), 0,           stream_open,
                                    stream_describe,        stream_read, stream_write,
                                    stream_start_tls,       stream_close};
  return table;
}

}  // namespace bb::host
