// sinks.hpp - what a connector emits, copied into a reply.
//
// Each sink is the ABI struct with the copy behind it. Rules of the contract
// that a sink sees broken are noted in the call's state.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/abi/ext/content.h>
#include <bb/abi/ext/delivery.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/abi/ext/trust.h>
#include <bb/core/value.hpp>
#include "../plugin_call.hpp"

namespace bb::host {

// A connector that emits without end is stopped, not followed.
inline constexpr std::size_t emitted_count_max = 1'000'000;
inline constexpr std::uint64_t content_bytes_max = 256ull * 1024 * 1024;

// RFC 3339 text, or nothing for 0.
void set_time(Value& object, std::string_view name, std::int64_t unix_ns);
void set_text(Value& object, std::string_view name, bb_str text);  // empty text is left out

class ItemSink {
 public:
  explicit ItemSink(PluginCall& state);
  bb_item_sink* abi() { return &abi_; }
  Value take();  // {"items": [...], "cursor"?}

 private:
  static bb_status BB_CALL item(bb_item_sink* sink, const bb_item* item) noexcept;
  static bb_status BB_CALL cursor(bb_item_sink* sink, bb_str cursor) noexcept;
  PluginCall& state_;
  std::vector<Value> items_;
  std::string cursor_;
  bb_item_sink abi_;
};

// The message of a reading function.
class ContentSink {
 public:
  explicit ContentSink(PluginCall& state);
  bb_content_sink* abi() { return &abi_; }
  // Checks that head() came, for a call that returned BB_OK.
  void check(bb_status status);

  Value item;
  std::vector<Attribute> attributes;
  std::string body;

 private:
  static bb_status BB_CALL head(bb_content_sink* sink, const bb_item* item, const bb_pair* attributes,
                                std::uint64_t count) noexcept;
  static bb_status BB_CALL write(bb_content_sink* sink, bb_bytes chunk) noexcept;
  PluginCall& state_;
  bool has_head_ = false;
  bb_content_sink abi_;
};

class FormatSink {
 public:
  explicit FormatSink(PluginCall& state);
  bb_format_sink* abi() { return &abi_; }
  Value take();  // {"formats": [...]}

 private:
  static bb_status BB_CALL format(bb_format_sink* sink, const bb_format* format) noexcept;
  PluginCall& state_;
  std::vector<Value> formats_;
  bb_format_sink abi_;
};

class ReceiptSink {
 public:
  explicit ReceiptSink(PluginCall& state);
  bb_receipt_sink* abi() { return &abi_; }
  Value take();  // {"receipts": [...]}

 private:
  static bb_status BB_CALL receipt(bb_receipt_sink* sink, const bb_receipt* receipt) noexcept;
  PluginCall& state_;
  std::vector<Value> receipts_;
  bb_receipt_sink abi_;
};

class ProbeSink {
 public:
  explicit ProbeSink(PluginCall& state);
  bb_probe_sink* abi() { return &abi_; }
  Value take();  // {"probes": [...]}

 private:
  static bb_status BB_CALL probe(bb_probe_sink* sink, const bb_probe_info* probe) noexcept;
  PluginCall& state_;
  std::vector<Value> probes_;
  bb_probe_sink abi_;
};

class CertificateSink {
 public:
  explicit CertificateSink(PluginCall& state);
  bb_certificate_sink* abi() { return &abi_; }
  Value take();  // {"certificates": [...]}

 private:
  static bb_status BB_CALL certificate(bb_certificate_sink* sink, const bb_certificate* certificate) noexcept;
  PluginCall& state_;
  std::vector<Value> certificates_;
  bb_certificate_sink abi_;
};

class SessionSink {
 public:
  explicit SessionSink(PluginCall& state);
  bb_session_sink* abi() { return &abi_; }
  // One info with BB_OK, one challenge with BB_E_PENDING, but where a question to
  // a person is open.
  void check(bb_status status);
  Value take();  // {"session": {...}} or {"challenge": {...}}

 private:
  static void BB_CALL challenge(bb_session_sink* sink, const bb_challenge* challenge) noexcept;
  static void BB_CALL info(bb_session_sink* sink, const bb_session_info* info) noexcept;
  PluginCall& state_;
  Value challenge_;
  Value session_;
  bb_session_sink abi_;
};

class TextSink {
 public:
  TextSink();
  bb_sink* abi() { return &abi_; }
  std::string text;

 private:
  static bb_status BB_CALL write(bb_sink* sink, bb_bytes chunk) noexcept;
  bb_sink abi_;
};

// "password" for BB_AUTH_PASSWORD; "unknown" for a method this host does not know.
std::string_view auth_method_name(bb_auth_method method);

}  // namespace bb::host
