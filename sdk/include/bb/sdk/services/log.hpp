// bb/sdk/services/log.hpp - bb.host.log/1: log lines that join the call.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/sdk/call.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// A default-made Log writes nowhere, so a connector need not ask whether the
// host has one. No secrets and no patient data in lines.
class Log {
 public:
  using Table = bb_host_log;
  using Field = std::pair<std::string_view, std::string_view>;
  static constexpr const char* id = BB_HOST_LOG;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, write); }

  Log() = default;
  Log(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  void debug(const Call& call, std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(BB_LOG_DEBUG, message, fields, &call);
  }
  void info(const Call& call, std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(BB_LOG_INFO, message, fields, &call);
  }
  void warning(const Call& call, std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(BB_LOG_WARNING, message, fields, &call);
  }
  void error(const Call& call, std::string_view message, std::initializer_list<Field> fields = {}) const {
    write(BB_LOG_ERROR, message, fields, &call);
  }
  // Outside any call (a constructor) the call is null.
  void write(bb_log_level level, std::string_view message, std::initializer_list<Field> fields = {},
             const Call* call = nullptr) const {
    if (table_ == nullptr || level < table_->min_level) return;
    std::vector<bb_pair> pairs;
    pairs.reserve(fields.size());
    for (const auto& [key, value] : fields) pairs.push_back({to_str(key), to_str(value)});
    table_->write(host_, call != nullptr ? call->raw() : nullptr, level, to_str(message), pairs.data(), pairs.size());
  }

 private:
  const bb_host* host_ = nullptr;
  const Table* table_ = nullptr;
};

}  // namespace bb
