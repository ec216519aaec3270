// yaml_events.hpp - the events of a YAML text with places in bytes, by libyaml,
// which stays in yaml_events.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include <bb/core/diagnostic.hpp>

namespace bb::yaml {

struct Event {
  enum class Kind { nothing, document, alias, scalar, list_begin, list_end, map_begin, map_end };
  Kind kind = Kind::nothing;  // nothing: the text has ended
  std::size_t begin = 0;      // offset of its first byte in the source
  Place place;                // of its first line; empty for a scalar that is left out
  std::string_view text;      // of a scalar, folding and escapes undone; until the next event
  bool is_plain = false;
  bool has_tag = false;
  bool has_anchor = false;
};

class Events {
 public:
  // The text must be UTF-8 without the characters that find_forbidden finds.
  explicit Events(std::shared_ptr<const Source> source);
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  // Nothing when the text cannot be followed any further: mistake() says why.
  std::optional<Event> next();
  const Diagnostic& mistake() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace bb::yaml
