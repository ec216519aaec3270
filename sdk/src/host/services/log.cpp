// bb.host.log/1
#include <bb/core/text.hpp>
#include "../abi_text.hpp"
#include "../instance.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

constexpr std::size_t message_bytes_max = 64 * 1024;

extern "C" void log_write(const bb_host* host, const bb_call* call, bb_log_level level, bb_str message,
                          const bb_pair* fields, std::uint64_t field_count) {
  Instance& instance = instance_of(host);
  if (level < instance.log_level) return;
  if (!instance.log_limit.keep(from_abi(message).size() + bytes_of(fields, field_count))) return;
  LogLine line{instance.name, call ? call->call_id : 0, level, {}, {}};
  line.message = shorten(instance.redactor.redact(from_abi(message)), message_bytes_max);
  line.fields = from_abi(fields, field_count);
  for (Attribute& field : line.fields) {
    field.value = instance.redactor.redact_header(field.name, field.value);
    field.name = instance.redactor.redact(field.name);
  }
  instance.recorder.log(line);
}

}  // namespace

const bb_host_log& log_service() {
  static const bb_host_log table{sizeof(bb_host_log), BB_LOG_DEBUG, log_write};
  return table;
}

}  // namespace bb::host
