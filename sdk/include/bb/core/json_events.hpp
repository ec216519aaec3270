// bb/core/json_events.hpp - JSON as a row of events, each with its place in the
// text, for who builds another tree than Value.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bb {

// Takes the events in the order of the text; `at` is the offset of the first
// byte of what the event is about. Who answers false ends the reading.
class JsonHandler {
 public:
  virtual ~JsonHandler() = default;
  virtual bool on_null(std::size_t at) = 0;
  virtual bool on_boolean(std::size_t at, bool value) = 0;
  virtual bool on_number(std::size_t at, std::string_view digits) = 0;  // as written: "1.50"
  virtual bool on_string(std::size_t at, std::string_view value) = 0;
  virtual bool on_key(std::size_t at, std::string_view name) = 0;
  virtual bool on_object(std::size_t at) = 0;
  virtual bool on_object_end(std::size_t at) = 0;
  virtual bool on_array(std::size_t at) = 0;
  virtual bool on_array_end(std::size_t at) = 0;
};

// Why a text is not JSON; never a byte of it, which may be anybody's data.
struct JsonFault {
  std::size_t at = 0;  // of the last byte that was read
  std::string what;
};

// Strict JSON (RFC 8259) in UTF-8; a byte order mark is passed over. Depth,
// size and keys that occur twice are for the handler to bound. False where the
// handler ended the reading.
struct JsonReading {
  bool is_complete = false;
  std::optional<JsonFault> fault;
};
JsonReading read_json_events(std::string_view text, JsonHandler& handler);

}  // namespace bb
