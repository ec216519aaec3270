// tests/support/collectors.hpp - the host's side of every sink, as a test sees it:
// what was emitted, and a stop after n where the test wants one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <bb/abi/ext/content.h>
#include <bb/abi/ext/delivery.h>
#include <bb/abi/ext/download.h>
#include <bb/abi/ext/probe.h>
#include <bb/abi/ext/session.h>
#include <bb/sdk/slices.hpp>

namespace bb::test {

struct SeenItem {
  std::string id, kind, media_type, title, subject, version;
  std::int64_t updated_unix_ns = 0;
  std::uint64_t size = 0;
};

inline SeenItem seen(const bb_item& item) {
  return {std::string(to_view(item.id)),
          std::string(to_view(item.kind)),
          std::string(to_view(item.media_type)),
          std::string(to_view(item.title)),
          std::string(to_view(item.subject)),
          std::string(to_view(item.version)),
          item.updated_unix_ns,
          item.size};
}

// Says `stop_status` from the call number `stop_at` on; counts every call.
struct Stop {
  int stop_at = -1;
  bb_status stop_status = BB_E_TOO_LARGE;
  int calls = 0;
  bb_status next() { return stop_at >= 0 && calls++ >= stop_at ? stop_status : BB_OK; }
};

class ItemCollector {
 public:
  ItemCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.item = [](bb_item_sink* sink, const bb_item* item) {
      self(sink).items.push_back(seen(*item));
      return self(sink).stop.next();
    };
    raw_.cursor = [](bb_item_sink* sink, bb_str next) {
      self(sink).cursor = to_view(next);
      return self(sink).stop.next();
    };
  }
  ItemCollector(const ItemCollector&) = delete;
  ItemCollector& operator=(const ItemCollector&) = delete;
  bb_item_sink* raw() { return &raw_; }

  std::vector<SeenItem> items;
  std::string cursor;
  Stop stop;

 private:
  static ItemCollector& self(bb_item_sink* sink) { return *static_cast<ItemCollector*>(sink->host_data); }
  bb_item_sink raw_{};
};

class ContentCollector {
 public:
  ContentCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.head = [](bb_content_sink* sink, const bb_item* given, const bb_pair* pairs, std::uint64_t count) {
      auto& me = self(sink);
      ++me.heads;
      me.item = seen(*given);
      for (std::uint64_t i = 0; i < count; ++i)
        me.attributes.emplace_back(to_view(pairs[i].key), to_view(pairs[i].value));
      return me.stop.next();
    };
    raw_.write = [](bb_content_sink* sink, bb_bytes chunk) {
      self(sink).body += to_view(chunk);
      return self(sink).stop.next();
    };
  }
  ContentCollector(const ContentCollector&) = delete;
  ContentCollector& operator=(const ContentCollector&) = delete;
  bb_content_sink* raw() { return &raw_; }

  int heads = 0;
  SeenItem item;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string body;
  Stop stop;

 private:
  static ContentCollector& self(bb_content_sink* sink) { return *static_cast<ContentCollector*>(sink->host_data); }
  bb_content_sink raw_{};
};

struct SeenReceipt {
  bb_delivery delivery = BB_DELIVERY_UNKNOWN;
  std::string message_id, recipient, detail;
  std::int64_t at_unix_ns = 0;
};

class ReceiptCollector {
 public:
  ReceiptCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.receipt = [](bb_receipt_sink* sink, const bb_receipt* r) {
      self(sink).receipts.push_back({r->delivery, std::string(to_view(r->message_id)),
                                     std::string(to_view(r->recipient)), std::string(to_view(r->detail)),
                                     r->at_unix_ns});
      return self(sink).stop.next();
    };
  }
  ReceiptCollector(const ReceiptCollector&) = delete;
  ReceiptCollector& operator=(const ReceiptCollector&) = delete;
  bb_receipt_sink* raw() { return &raw_; }

  std::vector<SeenReceipt> receipts;
  Stop stop;

 private:
  static ReceiptCollector& self(bb_receipt_sink* sink) { return *static_cast<ReceiptCollector*>(sink->host_data); }
  bb_receipt_sink raw_{};
};

// Ids with their media types.
class FormatCollector {
 public:
  FormatCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.format = [](bb_format_sink* sink, const bb_format* f) {
      auto& me = *static_cast<FormatCollector*>(sink->host_data);
      me.formats.emplace_back(to_view(f->id), to_view(f->media_type));
      return me.stop.next();
    };
  }
  FormatCollector(const FormatCollector&) = delete;
  FormatCollector& operator=(const FormatCollector&) = delete;
  bb_format_sink* raw() { return &raw_; }

  std::vector<std::pair<std::string, std::string>> formats;
  Stop stop;

 private:
  bb_format_sink raw_{};
};

// Names with their argument schemas.
class ProbeCollector {
 public:
  ProbeCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.probe = [](bb_probe_sink* sink, const bb_probe_info* p) {
      auto& me = *static_cast<ProbeCollector*>(sink->host_data);
      me.probes.emplace_back(to_view(p->name), to_view(p->arguments_schema));
      return me.stop.next();
    };
  }
  ProbeCollector(const ProbeCollector&) = delete;
  ProbeCollector& operator=(const ProbeCollector&) = delete;
  bb_probe_sink* raw() { return &raw_; }

  std::vector<std::pair<std::string, std::string>> probes;
  Stop stop;

 private:
  bb_probe_sink raw_{};
};

struct SeenSession {
  bb_auth_method method = BB_AUTH_NONE;
  std::string subject, patient, acting_for, scopes;
  std::int64_t expires_unix_ns = 0;
};

class SessionCollector {
 public:
  SessionCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.challenge = [](bb_session_sink* sink, const bb_challenge* c) {
      self(sink).challenges.emplace_back(to_view(c->url), to_view(c->resume_state));
    };
    raw_.info = [](bb_session_sink* sink, const bb_session_info* i) {
      self(sink).sessions.push_back({i->method, std::string(to_view(i->subject)), std::string(to_view(i->patient)),
                                     std::string(to_view(i->acting_for)), std::string(to_view(i->scopes)),
                                     i->expires_unix_ns});
    };
  }
  SessionCollector(const SessionCollector&) = delete;
  SessionCollector& operator=(const SessionCollector&) = delete;
  bb_session_sink* raw() { return &raw_; }

  std::vector<SeenSession> sessions;
  std::vector<std::pair<std::string, std::string>> challenges;  // url, resume state

 private:
  static SessionCollector& self(bb_session_sink* sink) { return *static_cast<SessionCollector*>(sink->host_data); }
  bb_session_sink raw_{};
};

class TextCollector {
 public:
  TextCollector() {
    raw_.struct_size = sizeof raw_;
    raw_.host_data = this;
    raw_.write = [](bb_sink* sink, bb_bytes chunk) {
      auto& me = *static_cast<TextCollector*>(sink->host_data);
      me.text += to_view(chunk);
      return me.stop.next();
    };
  }
  TextCollector(const TextCollector&) = delete;
  TextCollector& operator=(const TextCollector&) = delete;
  bb_sink* raw() { return &raw_; }

  std::string text;
  Stop stop;

 private:
  bb_sink raw_{};
};

}  // namespace bb::test
