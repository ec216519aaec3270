#include <bb/direct/entity.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::direct {
namespace {

// RFC 5322, 2.2: printable ASCII but the colon.
bool is_name_char(char c) { return c > ' ' && c < 0x7f && c != ':'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Where the line behind `at` begins, or the end.
std::size_t next_line(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view without_blanks(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

class Reader {
 public:
  Reader(std::string_view message, const EntityLimits& limits) : message_(message), limits_(limits) {}

  Result<Entity> read(std::string_view bytes, int depth, std::string_view default_type) {
    if (depth > limits_.depth_max)
      return refuse(bytes, fmt::format("parts stand in each other more than {} deep", limits_.depth_max));
    if (++part_count_ > limits_.parts_max) return refuse(bytes, fmt::format("more than {} parts", limits_.parts_max));
    Entity entity;
    entity.bytes = bytes;
    entity.offset = offset_of(bytes);
    BB_CHECK(read_header(entity));
    const auto* type = entity.find("content-type");
    entity.type = read_parameters(type == nullptr ? default_type : type->value);
    const auto encoding = entity.value("content-transfer-encoding");
    entity.encoding = to_lower(without_comments(encoding).value_or(encoding));  // RFC 2045, 3 lets comments stand
    if (entity.encoding.empty()) entity.encoding = "7bit";
    if (entity.is_multipart()) {
      BB_CHECK(read_parts(entity, depth));
    } else if (entity.type.value == "message/rfc822" && is_as_it_stands(entity.encoding)) {
      BB_TRY(auto inner, read(entity.body, depth + 1, "text/plain"));
      entity.parts.push_back(std::move(inner));
    }
    return entity;
  }

 private:
  static bool is_as_it_stands(std::string_view encoding) {
    return encoding == "7bit" || encoding == "8bit" || encoding == "binary";
  }

  std::size_t offset_of(std::string_view slice) const {
    return static_cast<std::size_t>(slice.data() - message_.data());
  }

  Error refuse(std::string_view at, std::string_view what) const {
    const auto before = message_.substr(0, offset_of(at));
    return Error{fmt::format("line {}: {}", 1 + std::count(before.begin(), before.end(), '\n'), what)};
  }

  Status read_header(Entity& entity) {
    const auto bytes = entity.bytes;
    std::size_t at = 0;
    while (at < bytes.size()) {
      const auto end = next_line(bytes, at);
      const auto line = without_line_end(bytes.substr(at, end - at));
      if (end > limits_.header_bytes_max)
        return refuse(bytes.substr(at), fmt::format("a header of more than {} bytes", limits_.header_bytes_max));
      if (line.empty()) {
        entity.body = bytes.substr(end);
        return {};
      }
      if (is_blank(line.front()) && !entity.fields.empty()) {
        entity.fields.back().value += line;
      } else {
        // Some stores put a blank before the first field.
        BB_CHECK(add_field(entity, bytes.substr(at), entity.fields.empty() ? without_blanks(line) : line));
      }
      at = end;
    }
    entity.body = bytes.substr(bytes.size());
    return {};
  }

  Status add_field(Entity& entity, std::string_view at, std::string_view line) const {
    const auto colon = line.find(':');
    auto name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);  // RFC 5322, 4.5.8: obsolete, to be read
    if (colon == std::string_view::npos || name.empty() || !std::all_of(name.begin(), name.end(), is_name_char))
      return refuse(at, fmt::format("'{}' is no header field; expected 'Name: value', or an empty line before the body",
                                    to_utf8_lossy(line.substr(0, 60))));
    if (entity.fields.size() == limits_.fields_max)
      return refuse(at, fmt::format("more than {} header fields", limits_.fields_max));
    entity.fields.push_back({std::string(name), std::string(line.substr(colon + 1)), offset_of(at)});
    return {};
  }

  // RFC 2046, 5.1.1: the line end before a delimiter belongs to it.
  Status read_parts(Entity& entity, int depth) {
    const auto boundary = entity.type.of("boundary");
    if (boundary.empty() || boundary.size() > 70)
      return refuse(entity.bytes, "a multipart without a boundary of 1 to 70 characters (RFC 2046, 5.1.1)");
    const auto delimiter = "--" + boundary;
    const auto inner_type = entity.type.value == "multipart/digest" ? "message/rfc822" : "text/plain";
    entity.is_closed = false;
    const auto body = entity.body;
    std::optional<std::size_t> begin;  // of the part at hand
    for (std::size_t at = 0; at < body.size() && !entity.is_closed; at = next_line(body, at)) {
      if (!body.substr(at).starts_with(delimiter)) continue;
      auto rest = without_line_end(body.substr(at, next_line(body, at) - at)).substr(delimiter.size());
      entity.is_closed = rest.starts_with("--");
      if (entity.is_closed) rest.remove_prefix(2);
      if (!std::all_of(rest.begin(), rest.end(), is_blank)) {
        entity.is_closed = false;
        continue;  // the boundary of another, which begins with ours
      }
      if (begin) BB_CHECK(add_part(entity, without_line_end(body.substr(*begin, at - *begin)), depth, inner_type));
      begin = next_line(body, at);
    }
    if (!entity.is_closed && begin) BB_CHECK(add_part(entity, body.substr(*begin), depth, inner_type));
    return {};
  }

  Status add_part(Entity& entity, std::string_view bytes, int depth, std::string_view type) {
    BB_TRY(auto part, read(bytes, depth + 1, type));
    entity.parts.push_back(std::move(part));
    return {};
  }

  std::string_view message_;
  const EntityLimits& limits_;
  std::size_t part_count_ = 0;
};

Result<std::string> decode_quoted_printable(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = next_line(text, at);
    auto line = without_line_end(text.substr(at, end - at));
    const auto line_end = text.substr(at + line.size(), end - at - line.size());
    while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);  // RFC 2045, 6.7: added on the way
    const bool is_soft = line.ends_with('=');
    if (is_soft) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '=') {
        decoded += line[i];
        continue;
      }
      const auto digits = line.substr(i + 1, 2);
      constexpr std::string_view hex = "0123456789ABCDEFabcdef";
      if (digits.size() < 2 || hex.find(digits[0]) == std::string_view::npos ||
          hex.find(digits[1]) == std::string_view::npos)
        return Error{fmt::format("'={}' is no quoted-printable; expected two hex digits (RFC 2045, 6.7)",
                                 to_utf8_lossy(digits))};
      decoded += static_cast<char>(std::stoi(std::string(digits), nullptr, 16));
      i += 2;
    }
    if (!is_soft) decoded += line_end;
    at = end;
  }
  return decoded;
}

}  // namespace

const Field* Entity::find(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return iequals(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::size_t Entity::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const Field& field) { return iequals(field.name, name); }));
}

std::string Entity::value(std::string_view name) const {
  const auto* field = find(name);
  return field == nullptr ? std::string() : std::string(trim(field->value));
}

Result<Entity> read_entity(std::string_view message, const EntityLimits& limits) {
  if (message.size() > limits.message_bytes_max)
    return Error{fmt::format("a message of more than {} bytes", limits.message_bytes_max)};
  return Reader(message, limits).read(message, 1, "text/plain");
}

Result<std::string> body_of(const Entity& entity) {
  const auto& encoding = entity.encoding;
  if (encoding == "7bit" || encoding == "8bit" || encoding == "binary") return std::string(entity.body);
  if (encoding == "quoted-printable") return decode_quoted_printable(entity.body);
  if (encoding != "base64")
    return Error{fmt::format("'{}' is no transfer encoding (RFC 2045, 6.1)", shorten(encoding, 40))};
  auto decoded = base64_decode(entity.body);
  if (!decoded) return Error{"the body is no base64 (RFC 2045, 6.8)"};
  return *std::move(decoded);
}

std::string without_field(std::string_view message, std::string_view name) {
  std::string kept;
  bool is_left_out = false;
  for (std::size_t at = 0; at < message.size();) {
    const auto end = next_line(message, at);
    const auto line = message.substr(at, end - at);
    if (without_line_end(line).empty()) return kept.append(message.substr(at));
    if (!is_blank(line.front()))
      is_left_out = line.size() > name.size() && iequals(line.substr(0, name.size()), name) && line[name.size()] == ':';
    if (!is_left_out) kept.append(line);
    at = end;
  }
  return kept;
}

std::optional<std::string> without_comments(std::string_view text) {
  std::string plain;
  int depth = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() && (depth > 0 || is_quoted)) {
      if (is_quoted) plain += text.substr(i, 2);
      ++i;
    } else if (c == '"' && depth == 0) {
      is_quoted = !is_quoted;
      plain += c;
    } else if (c == '(' && !is_quoted) {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      plain += c;
    }
  }
  if (depth > 0 || is_quoted) return std::nullopt;
  return collapse_whitespace(plain);
}

std::string_view without_brackets(std::string_view id) {
  id = trim(id);
  return id.size() >= 2 && id.front() == '<' && id.back() == '>' ? id.substr(1, id.size() - 2) : id;
}

std::string canonical(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      lines += "\r\n";
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else if (text[i] == '\n') {
      lines += "\r\n";
    } else {
      lines += text[i];
    }
  }
  return lines;
}

bool is_canonical(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    const auto cr = line.find('\r');
    if (end == std::string_view::npos) return cr == std::string_view::npos;
    if (cr == std::string_view::npos || cr + 1 != line.size()) return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace bb::direct
