#include "harness/report/sequence_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include <bb/core/text.hpp>
#include <bb/direct/dns.hpp>
#include <bb/direct/entity.hpp>

#include "harness/report/plain.hpp"

namespace bb::report {
namespace {

constexpr std::size_t words_bytes_max = 120;
constexpr std::size_t hops_max = 10;

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
unsigned number_at(std::string_view bytes, std::size_t at) { return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1); }

// Without the length that stands before a message over TCP (RFC 1035, 4.2.2).
std::string_view dns_message(std::string_view bytes) {
  return bytes.size() > 2 && number_at(bytes, 0) == bytes.size() - 2 ? bytes.substr(2) : bytes;
}
constexpr std::size_t dns_header_bytes = 12;

std::string kind_of(const direct::Parameters& type) {
  const auto& word = type.value;
  if (word == "application/pkcs7-mime" || word == "application/x-pkcs7-mime")
    return to_lower(type.of("smime-type")) == "signed-data" ? "signed message, not encrypted" : "encrypted message";
  if (word == "multipart/signed") return "signed message, not encrypted";
  if (word == "multipart/report")
    return to_lower(type.of("report-type")) == "delivery-status" ? "delivery report" : "notification, not encrypted";
  return "message, neither signed nor encrypted";
}

// "from client.example.net (…) by mail.example.org with …"
std::string word_behind(std::string_view text, std::string_view keyword) {
  const auto words = split(collapse_whitespace(text), ' ');
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& word) { return iequals(word, keyword); });
  if (found == words.end() || found + 1 == words.end()) return "";
  auto word = *(found + 1);
  if (word.ends_with(';')) word.pop_back();
  return first_line(word);
}

}  // namespace

std::string first_line(std::string_view text) {
  return shorten(one_line(trim(text.substr(0, text.find('\n')))), words_bytes_max);
}

MailWords mail_words(std::string_view message) {
  MailWords words;
  const auto end = message.find("\r\n\r\n");
  const auto header = direct::read_entity(end == std::string_view::npos ? message : message.substr(0, end + 4));
  if (!header) return words.kind = "message that cannot be read", words;
  words.kind = kind_of(header->type);
  words.from = first_line(header->value("from"));
  words.to = first_line(header->value("to"));
  words.message_id = first_line(header->value("message-id"));
  for (const auto& field : header->fields) {
    if (iequals(field.name, "Delivered-To")) words.delivered_to.push_back(first_line(field.value));
    if (iequals(field.name, "Received") && words.hops.size() < hops_max)
      words.hops.push_back({word_behind(field.value, "from"), word_behind(field.value, "by")});
  }
  return words;
}

std::string dns_question(std::string_view message) {
  const auto bytes = dns_message(message);
  if (bytes.size() < dns_header_bytes || number_at(bytes, 4) != 1) return "question that cannot be read";
  std::vector<std::string> labels;
  auto at = dns_header_bytes;
  while (at < bytes.size() && byte_at(bytes, at) != 0) {
    const auto length = byte_at(bytes, at);
    if (length > 63 || at + 1 + length >= bytes.size()) return "question that cannot be read";
    labels.emplace_back(bytes.substr(at + 1, length));
    at += 1 + length;
  }
  if (at + 5 > bytes.size()) return "question that cannot be read";
  const auto type = direct::word_of(static_cast<direct::DnsType>(number_at(bytes, at + 1)));
  return fmt::format("{} {}", type.empty() ? "record of" : type, first_line(join(labels, ".")));
}

std::string dns_answer(std::string_view message) {
  const auto bytes = dns_message(message);
  if (bytes.size() < dns_header_bytes) return "answer that cannot be read";
  if ((byte_at(bytes, 2) & 0x02u) != 0) return "cut short (TC)";
  const auto code = byte_at(bytes, 3) & 0x0fu;
  if (code == 3) return "no such name";
  if (code != 0) return fmt::format("refused, code {}", code);
  const auto count = number_at(bytes, 6);
  return count == 0 ? "no such record" : counted(count, "record");
}

std::string_view fetched_message(std::string_view answer) {
  if (answer.starts_with("+OK")) {  // POP3
    const auto line = answer.find("\r\n");
    return line == std::string_view::npos ? std::string_view() : answer.substr(line + 2);
  }
  const auto literal = answer.find("}\r\n");
  const auto fetch = answer.find(" FETCH ");
  if (literal == std::string_view::npos || fetch == std::string_view::npos || fetch > literal) return {};
  return answer.substr(literal + 3);
}

}  // namespace bb::report
