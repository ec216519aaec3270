#include <algorithm>
#include <vector>

#include <bb/core/text.hpp>

#include "mailroom/dns_server.hpp"

namespace bb::mailroom {
namespace {

constexpr std::size_t header_bytes = 12;
constexpr std::size_t udp_bytes = 512;        // RFC 1035, 4.2.1
constexpr std::size_t edns_bytes_max = 1232;  // passes any path without fragments
constexpr std::size_t tcp_bytes_max = 65535;
constexpr unsigned class_in = 1;
constexpr int aliases_max = 8;
constexpr unsigned name_error = 3, format_error = 1, not_implemented = 4;

std::string number16(std::size_t value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

unsigned read16(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
}

struct Question {
  std::string name;        // lower case
  std::string_view bytes;  // as it came: name, type, class
  RecordType type = RecordType::a;
  unsigned of_class = 0;
  std::optional<std::size_t> edns_bytes;  // what the asker takes
};

// A name without compression, which a question has no use for; its end is put into `at`.
std::optional<std::string> read_name(std::string_view message, std::size_t& at) {
  std::string name;
  while (at < message.size()) {
    const auto length = static_cast<unsigned char>(message[at++]);
    if (length == 0) return to_lower(name);
    if (length > 63 || at + length > message.size() || name.size() + length > 254) return std::nullopt;
    if (!name.empty()) name += '.';
    name += message.substr(at, length);
    at += length;
  }
  return std::nullopt;
}

std::optional<Question> read_question(std::string_view message) {
  Question question;
  std::size_t at = header_bytes;
  auto name = read_name(message, at);
  if (!name || at + 4 > message.size()) return std::nullopt;
  question.name = *std::move(name);
  question.type = static_cast<RecordType>(read16(message, at));
  question.of_class = read16(message, at + 2);
  at += 4;
  question.bytes = message.substr(header_bytes, at - header_bytes);
  // OPT: the root, the type, and where a class would stand the size.
  const bool has_more = read16(message, 10) > 0 && at + 11 <= message.size() && message[at] == '\0';
  if (has_more && read16(message, at + 1) == static_cast<unsigned>(RecordType::opt))
    question.edns_bytes = std::clamp<std::size_t>(read16(message, at + 3), udp_bytes, edns_bytes_max);
  return question;
}

std::string record_bytes(const ZoneRecord& record, std::string_view asked) {
  // The name of the question stands right behind the header.
  const auto owner = record.name == asked ? std::string("\xc0\x0c") : *to_wire(record.name);
  return owner + number16(static_cast<std::size_t>(record.type)) + number16(class_in) + std::string(4, '\0') +
         number16(record.data.size()) + record.data;
}

// The name that stands in the data of an alias.
std::string target_of(const ZoneRecord& alias) {
  std::size_t at = 0;
  return read_name(alias.data, at).value_or("");
}

struct Found {
  std::vector<ZoneRecord> records;
  bool is_known = false;  // the name exists
};
Found look_up(const Zone& zone, std::string name, RecordType type) {
  Found found;
  for (int aliases = 0; aliases <= aliases_max; ++aliases) {
    found.is_known = zone.has(name);
    auto records = zone.find(name, type);
    const auto alias = records.empty() ? zone.find(name, RecordType::cname) : std::vector<ZoneRecord>{};
    found.records.insert(found.records.end(), records.begin(), records.end());
    if (alias.empty()) break;
    found.records.push_back(alias.front());
    name = target_of(alias.front());
  }
  return found;
}

std::string message_of(std::string_view asked, unsigned code, bool is_truncated, std::string_view question,
                       const std::vector<std::string>& answers, bool has_edns) {
  constexpr unsigned is_answer = 0x80, is_authoritative = 0x04, truncated = 0x02, wants_recursion = 0x01;
  std::string bytes(asked.substr(0, 2));
  const auto asked_flags = static_cast<unsigned char>(asked[2]);
  bytes += static_cast<char>(is_answer | is_authoritative | (asked_flags & (0x78 | wants_recursion)) |
                             (is_truncated ? truncated : 0u));
  bytes += static_cast<char>(code);
  bytes += number16(question.empty() ? 0 : 1) + number16(answers.size()) + number16(0) + number16(has_edns ? 1 : 0);
  bytes += question;
  for (const auto& answer : answers) bytes += answer;
  if (has_edns)
    bytes +=
        '\0' + number16(static_cast<std::size_t>(RecordType::opt)) + number16(edns_bytes_max) + std::string(6, '\0');
  return bytes;
}

}  // namespace

std::optional<std::string> answer_to(std::string_view asked, const Zone& zone, DnsTransport transport) {
  if (asked.size() < header_bytes || (static_cast<unsigned char>(asked[2]) & 0x80u) != 0) return std::nullopt;
  const bool is_query = (static_cast<unsigned char>(asked[2]) & 0x78u) == 0;
  if (!is_query) return message_of(asked, not_implemented, false, {}, {}, false);
  const auto question = read16(asked, 4) == 1 ? read_question(asked) : std::nullopt;
  if (!question) return message_of(asked, format_error, false, {}, {}, false);

  const auto found = question->of_class == class_in ? look_up(zone, question->name, question->type) : Found{};
  std::vector<std::string> answers;
  for (const auto& record : found.records) answers.push_back(record_bytes(record, question->name));
  const auto code = found.is_known || !found.records.empty() ? 0 : name_error;
  const bool has_edns = question->edns_bytes.has_value();
  auto message = message_of(asked, code, false, question->bytes, answers, has_edns);
  const auto bytes_max = transport == DnsTransport::tcp ? tcp_bytes_max : question->edns_bytes.value_or(udp_bytes);
  if (message.size() > bytes_max) message = message_of(asked, code, true, question->bytes, {}, has_edns);
  return message;
}

}  // namespace bb::mailroom
