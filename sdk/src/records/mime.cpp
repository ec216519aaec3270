#include <gmime/gmime.h>

#include <signal.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/mime.hpp>

namespace bb::records {
namespace {

constexpr std::size_t message_bytes_max = 64ull * 1024 * 1024;
constexpr std::size_t part_count_max = 100;
constexpr int depth_max = 20;
// Lines that may be delimiters: one a part, one at each end; generous for
// multiparts in multiparts.
constexpr std::size_t delimiter_count_max = 4 * part_count_max;
constexpr std::size_t header_count_max = 1000;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
struct Free {
  void operator()(char* text) const { g_free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;
using OwnedText = std::unique_ptr<char, Free>;

void prepare_gmime_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    // It ignores SIGPIPE from then on, which is for the program to decide.
    struct sigaction before {};
    sigaction(SIGPIPE, nullptr, &before);
    g_mime_init();
    sigaction(SIGPIPE, &before, nullptr);
  });
}

std::string text_of(const char* text) { return text == nullptr ? std::string{} : to_utf8_lossy(text); }

// The boundaries the message declares anywhere.
std::unordered_set<std::string> declared_boundaries(std::string_view message) {
  std::unordered_set<std::string> found;
  const std::string lower = to_lower(message);
  constexpr std::string_view key = "boundary";
  for (auto at = lower.find(key); at != std::string::npos; at = lower.find(key, at + key.size())) {
    auto rest = message.substr(at + key.size());
    // RFC 2231 forms ("boundary*0=") and blanks before the value.
    while (!rest.empty() && std::string_view("*0123456789 \t").find(rest[0]) != std::string_view::npos)
      rest.remove_prefix(1);
    if (!rest.starts_with('=')) continue;
    rest = trim(rest.substr(1, 200));
    const bool is_quoted = rest.starts_with('"');
    if (is_quoted) rest.remove_prefix(1);
    // A prefix is enough: delimiters are matched by how they begin.
    const auto end = rest.find_first_of(is_quoted ? "\"\\" : "; \t\r\n(");
    found.insert(std::string(rest.substr(0, std::min(end, std::size_t{70}))));
  }
  return found;
}

// GMime makes an object for each part before we can count them, so delimiter
// lines are counted first.
bool has_too_many_delimiters(std::string_view message) {
  const auto boundaries = declared_boundaries(message);
  if (boundaries.empty()) return false;
  if (boundaries.size() > delimiter_count_max) return true;
  std::size_t count = 0;
  for (std::size_t line = 0; line < message.size();) {
    if (message.substr(line, 2) == "--") {
      const auto rest = message.substr(line + 2, 80);
      for (const auto& boundary : boundaries)
        if (rest.starts_with(boundary)) {
          if (++count > delimiter_count_max) return true;
          break;
        }
    }
    const auto end = message.find('\n', line);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  return false;
}

std::string stream_bytes(GMimeStream* stream) {
  auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
  return std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
}

std::string body_of(GMimeObject* part) {
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  if (GMIME_IS_PART(part)) {
    if (auto* content = g_mime_part_get_content(GMIME_PART(part)))
      g_mime_data_wrapper_write_to_stream(content, stream.get());
  } else if (GMIME_IS_MESSAGE_PART(part)) {
    if (auto* inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part)))
      g_mime_object_write_to_stream(GMIME_OBJECT(inner), nullptr, stream.get());
  }
  return stream_bytes(stream.get());
}

std::string filename_of(GMimeObject* part) {
  if (GMIME_IS_PART(part)) return text_of(g_mime_part_get_filename(GMIME_PART(part)));
  return text_of(g_mime_object_get_content_disposition_parameter(part, "filename"));
}

MimePart read_leaf(GMimeObject* object) {
  MimePart part;
  if (auto* type = g_mime_object_get_content_type(object)) {
    const OwnedText text(g_mime_content_type_get_mime_type(type));
    part.content_type = to_lower(text_of(text.get()));
  }
  if (auto* disposition = g_mime_object_get_content_disposition(object))
    part.disposition = to_lower(text_of(g_mime_content_disposition_get_disposition(disposition)));
  part.filename = filename_of(object);
  part.body = body_of(object);
  return part;
}

// Depth first; the error says which bound was passed.
Status collect_leaves(GMimeObject* object, int depth, std::vector<MimePart>& parts) {
  if (object == nullptr) return {};
  if (depth > depth_max) return Error{fmt::format("multipart bodies are nested deeper than {}", depth_max)};
  if (GMIME_IS_MULTIPART(object)) {
    auto* multipart = GMIME_MULTIPART(object);
    for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i)
      BB_CHECK(collect_leaves(g_mime_multipart_get_part(multipart, i), depth + 1, parts));
    return {};
  }
  if (parts.size() == part_count_max) return Error{fmt::format("the message has more than {} parts", part_count_max)};
  parts.push_back(read_leaf(object));
  return {};
}

Status collect_headers(GMimeMessage* message, MimeMessage& read) {
  auto* headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
  const int count = g_mime_header_list_get_count(headers);
  if (static_cast<std::size_t>(count) > header_count_max)
    return Error{fmt::format("the message has {} header fields, at most {} are read", count, header_count_max)};
  for (int i = 0; i < count; ++i) {
    auto* header = g_mime_header_list_get_header_at(headers, i);
    read.headers.emplace_back(to_lower(text_of(g_mime_header_get_name(header))),
                              collapse_whitespace(text_of(g_mime_header_get_value(header))));
  }
  return {};
}

// Header values are one line: no line end reaches a header.
std::string one_line(std::string_view text) {
  std::string line = to_utf8_lossy(text);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return line;
}

void set_address(GMimeMessage* message, GMimeAddressType kind, const std::string& address) {
  const auto line = one_line(address);
  auto* addresses = g_mime_message_get_addresses(message, kind);
  const Owned<InternetAddressList> list(internet_address_list_parse(nullptr, line.c_str()));
  const bool is_url = line.find("://") != std::string::npos;
  if (!is_url && list != nullptr && internet_address_list_length(list.get()) > 0) {
    internet_address_list_append(addresses, list.get());
    return;
  }
  // A destination that is no mailbox, as the URL of a REST inbox, is the name
  // of an empty group (RFC 5322, 3.4): a valid field that loses nothing.
  const Owned<InternetAddress> group(internet_address_group_new(line.c_str()));
  internet_address_list_add(addresses, group.get());
}

Owned<GMimeObject> new_part(const std::string& type, const std::string& body, GMimeContentEncoding encoding) {
  auto words = split(type, '/');
  // RFC 2045, 6.4: a composite type is never encoded, and readers would look for
  // parts in it.
  const bool is_composite = iequals(words[0], "multipart") || iequals(words[0], "message");
  if (words.size() != 2 || is_composite) words = {"application", "octet-stream"};
  Owned<GMimeObject> part(
      GMIME_OBJECT(g_mime_part_new_with_type(one_line(words[0]).c_str(), one_line(words[1]).c_str())));
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(body.data(), body.size()));
  const Owned<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(GMIME_PART(part.get()), content.get());
  g_mime_part_set_content_encoding(GMIME_PART(part.get()), encoding);
  return part;
}

Owned<GMimeObject> text_part(const std::string& text) {
  auto part = new_part("text/plain", text, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_object_set_content_type_parameter(part.get(), "charset", "utf-8");
  return part;
}

Owned<GMimeObject> attachment_part(const MimePart& attachment) {
  auto part = new_part(attachment.content_type, attachment.body, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition(part.get(), attachment.disposition == "inline" ? "inline" : "attachment");
  if (!attachment.filename.empty())
    g_mime_part_set_filename(GMIME_PART(part.get()), one_line(attachment.filename).c_str());
  return part;
}

// From what is sent, so that the same mail gives the same bytes. "=_" occurs
// neither in base64 nor in quoted-printable (RFC 2045, 6.7).
std::string boundary_of(const OutgoingMail& mail) {
  return "=_bb_" + sha256_hex(mail.message_id + "\n" + mail.subject + "\n" + mail.text).substr(0, 32);
}

}  // namespace

Result<MimeMessage> read_mime(std::string_view message) {
  if (message.size() > message_bytes_max)
    return Error{fmt::format("the message has {} bytes, at most {} are read", message.size(), message_bytes_max)};
  if (trim(message).empty()) return Error{"the message is empty"};
  if (has_too_many_delimiters(message)) return Error{fmt::format("the message has more than {} parts", part_count_max)};

  prepare_gmime_once();
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(message.data(), message.size()));
  const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const Owned<GMimeMessage> parsed(g_mime_parser_construct_message(parser.get(), nullptr));
  if (parsed == nullptr)
    return Error{"no mail message: expected header fields as 'From: ...' at the start, found '" +
                 shorten(collapse_whitespace(to_utf8_lossy(message.substr(0, 60))), 60) + "'"};
  MimeMessage read;
  BB_CHECK(collect_headers(parsed.get(), read));
  if (read.headers.empty())
    return Error{"no mail message: expected header fields as 'From: ...' at the start, found none"};
  BB_CHECK(collect_leaves(g_mime_message_get_mime_part(parsed.get()), 0, read.parts));
  return read;
}

std::string write_mime(const OutgoingMail& mail) {
  prepare_gmime_once();
  const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
  set_address(message.get(), GMIME_ADDRESS_TYPE_FROM, mail.from);
  set_address(message.get(), GMIME_ADDRESS_TYPE_TO, mail.to);
  g_mime_message_set_subject(message.get(), one_line(mail.subject).c_str(), "utf-8");
  if (const auto id = one_line(mail.message_id); !trim(id).empty()) {
    std::string bare(trim(id));
    if (bare.starts_with('<') && bare.ends_with('>')) bare = bare.substr(1, bare.size() - 2);
    g_mime_message_set_message_id(message.get(), bare.c_str());
  }
  GDateTime* date = g_date_time_new_from_unix_utc(mail.date_unix_ns / ns_per_second);
  if (date != nullptr) {
    g_mime_message_set_date(message.get(), date);
    g_date_time_unref(date);
  }

  const Owned<GMimeMultipart> multipart(g_mime_multipart_new_with_subtype("mixed"));
  g_mime_multipart_set_boundary(multipart.get(), boundary_of(mail).c_str());
  g_mime_multipart_add(multipart.get(), text_part(mail.text).get());
  for (const auto& attachment : mail.attachments)
    g_mime_multipart_add(multipart.get(), attachment_part(attachment).get());
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(multipart.get()));

  const std::unique_ptr<GMimeFormatOptions, void (*)(GMimeFormatOptions*)> format(g_mime_format_options_new(),
                                                                                  g_mime_format_options_free);
  g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
  const Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(GMIME_OBJECT(message.get()), format.get(), stream.get());
  return stream_bytes(stream.get());
}

}  // namespace bb::records
