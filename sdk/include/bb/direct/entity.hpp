// bb/direct/entity.hpp - a mail message as it stands: its header fields and parts
// as slices of the bytes, so that a signature is judged over what came.
//
// Nothing is decoded or made again but by body_of(). For what a message says to
// people, names and texts decoded, see bb/records/mime.hpp.
// Sources: RFC 5322, 2.2; RFC 2045, 5 and 6; RFC 2046, 5.1.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::direct {

struct EntityLimits {
  std::size_t message_bytes_max = std::size_t{64} * 1024 * 1024;
  std::size_t header_bytes_max = std::size_t{1024} * 1024;  // of one part
  std::size_t fields_max = 1000;                            // of one part
  std::size_t parts_max = 1000;                             // in all
  int depth_max = 20;
};

struct Field {
  std::string name;        // as written
  std::string value;       // unfolded: line ends of folding are gone, white space stays; not decoded
  std::size_t offset = 0;  // in the message
};

// What a Content-Type or a Content-Disposition says: a word and parameters.
struct Parameters {
  std::string value;                         // "multipart/signed", lower case
  std::map<std::string, std::string> named;  // names in lower case; RFC 2231 continuations joined
  bool is_well_formed = true;                // as RFC 2045, 5.1 has it

  std::string of(std::string_view name) const;  // empty where it is not there
};
Parameters read_parameters(std::string_view field);

struct Entity {
  std::string_view bytes;  // header and body
  std::string_view body;   // not decoded
  std::vector<Field> fields;
  Parameters type;            // "text/plain" where it says nothing (RFC 2045, 5.2)
  std::string encoding;       // lower case, without comments; "7bit" where it says nothing
  std::vector<Entity> parts;  // of a multipart; of a message/rfc822 that is not encoded the message
  bool is_closed = true;      // of a multipart: its last delimiter is there
  std::size_t offset = 0;     // in the message

  const Field* find(std::string_view name) const;  // the first; case does not count
  std::size_t count(std::string_view name) const;
  std::string value(std::string_view name) const;  // trimmed; empty where it is not there
  bool is_multipart() const { return type.value.starts_with("multipart/"); }
};

// A message or a part. What is read keeps slices of `message`, which must outlive
// it. The error is of a message beyond the limits, or of a header that is none; it
// says where.
[[nodiscard]] Result<Entity> read_entity(std::string_view message, const EntityLimits& limits = {});

// Its transfer encoding undone (RFC 2045, 6). The error says what of it is wrong.
[[nodiscard]] Result<std::string> body_of(const Entity& entity);

// A message whose header lacks every field of that name, their folded lines too; case does not count. For who makes
// messages that a receiver has to refuse.
std::string without_field(std::string_view message, std::string_view name);

// A structured field's value without its comments, which may stand in each other, and with each white space as one
// blank (RFC 5322, 3.2.2); quoted texts stay. None where a comment or a quoted text is never closed.
std::optional<std::string> without_comments(std::string_view value);

// The id of a Message-ID or Content-ID, or of what refers to one, without "<" and ">" where both are there (RFC 5322,
// 3.6.4; RFC 2045, 7): a slice of it.
std::string_view without_brackets(std::string_view id);

// With CRLF for every line end: the form that is signed (RFC 8551, 3.1.1).
std::string canonical(std::string_view text);
// Whether every line ends in CRLF, and no CR or LF stands alone.
bool is_canonical(std::string_view text);

}  // namespace bb::direct
