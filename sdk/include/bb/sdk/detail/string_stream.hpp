// bb/sdk/detail/string_stream.hpp - a bb_sink and a bb_source over strings.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <bb/abi/base.h>
#include <bb/sdk/detail/guarded.hpp>
#include <bb/sdk/slices.hpp>

namespace bb::detail {

class StringSink {
 public:
  StringSink() noexcept : sink_{sizeof(bb_sink), 0, this, &write} {}
  StringSink(const StringSink&) = delete;
  StringSink& operator=(const StringSink&) = delete;

  bb_sink* raw() noexcept { return &sink_; }
  std::string take() noexcept { return std::move(bytes_); }

 private:
  static bb_status BB_CALL write(bb_sink* sink, bb_bytes chunk) noexcept {
    auto* const self = static_cast<StringSink*>(sink->host_data);
    return guarded(nullptr, [&] { self->bytes_.append(to_view(chunk)); });
  }

  bb_sink sink_;
  std::string bytes_;
};

// The other way: a bb_source over bytes that outlive it.
class StringSource {
 public:
  explicit StringSource(std::string_view bytes) noexcept
      : source_{sizeof(bb_source), 0, this, bytes.size(), &read}, rest_(bytes) {}
  StringSource(const StringSource&) = delete;
  StringSource& operator=(const StringSource&) = delete;

  bb_source* raw() noexcept { return &source_; }

 private:
  static bb_status BB_CALL read(bb_source* source, void* buffer, uint64_t capacity, uint64_t* got) noexcept {
    auto* const self = static_cast<StringSource*>(source->host_data);
    *got = self->rest_.copy(static_cast<char*>(buffer), static_cast<std::size_t>(capacity));
    self->rest_.remove_prefix(static_cast<std::size_t>(*got));
    return BB_OK;
  }

  bb_source source_;
  std::string_view rest_;
};

}  // namespace bb::detail
