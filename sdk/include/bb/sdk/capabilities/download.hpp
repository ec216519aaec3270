// bb/sdk/capabilities/download.hpp - bb.download/1: a whole document in a format.
#pragma once

#include <string_view>

#include <bb/abi/ext/download.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

// Where the formats on offer go.
class Formats {
 public:
  explicit Formats(bb_format_sink* sink) noexcept : sink_(sink) {}
  Formats(const Formats&) = delete;
  Formats& operator=(const Formats&) = delete;

  void emit(std::string_view id, std::string_view media_type, std::string_view title) {
    bb_format raw{};
    raw.struct_size = sizeof raw;
    raw.id = to_str(id);
    raw.media_type = to_str(media_type);
    raw.title = to_str(title);
    flow_.send([&] { return sink_->format(sink_, &raw); });
  }

 private:
  bb_format_sink* sink_;
  detail::Flow flow_;
};

class Download {
 public:
  // subject empty = the patient of the session.
  virtual void formats(Call& call, std::string_view subject, Formats& out) = 0;
  // BB_E_UNSUPPORTED for a format that formats() does not give.
  virtual void fetch(Call& call, const bb_download_request& request, Content& out) = 0;

 protected:
  ~Download() = default;
};

namespace detail {

template <class T>
inline constexpr bb_download download_table{
    sizeof(bb_download), 0,
    [](bb_connector* c, bb_call* call, bb_str subject, bb_format_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Formats formats(out);
        capability<T, Download>(c).formats(running, checked_text(subject, "the subject"), formats);
      });
    },
    [](bb_connector* c, bb_call* call, const bb_download_request* request, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        checked_text(request->format_id, "the format id");
        with_content(out, "fetch()",
                     [&](Content& content) { capability<T, Download>(c).fetch(running, *request, content); });
      });
    }};

}  // namespace detail
}  // namespace bb
