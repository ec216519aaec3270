#include "dns_wire.hpp"

#include <ldns/ldns.h>

#include <array>
#include <memory>

#include <fmt/format.h>

namespace bb::direct {
namespace {

constexpr std::size_t header_bytes = LDNS_HEADER_SIZE;

struct Free {
  void operator()(char* p) const { std::free(p); }
  void operator()(std::uint8_t* p) const { std::free(p); }
  void operator()(ldns_rdf* p) const { ldns_rdf_deep_free(p); }
  void operator()(ldns_rr* p) const { ldns_rr_free(p); }
  void operator()(ldns_pkt* p) const { ldns_pkt_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string reason(ldns_status status) {
  const char* text = ldns_get_errorstr_by_id(status);
  return text == nullptr ? "no reason given" : text;
}

// In the form of zone files, where everything but letters, digits and a few signs can
// stand as its number (RFC 1035, 5.1).
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-_.").find(c) != std::string_view::npos;
    text += is_plain ? std::string(1, c) : fmt::format("\\{:03}", static_cast<unsigned char>(c));
  }
  return text;
}

// A name in the form of zone files.
Result<Owned<ldns_rdf>> read_name(const std::string& name) {
  ldns_rdf* made = nullptr;
  const auto status = ldns_str2rdf_dname(&made, name.c_str());
  Owned<ldns_rdf> owned(made);
  if (status != LDNS_STATUS_OK || owned == nullptr)
    return Error{fmt::format("'{}' cannot be asked for in DNS: {} (RFC 1035, 2.3.4)", name, reason(status))};
  return owned;
}

std::string text_of(const ldns_rdf* data) {
  const Owned<char> text(ldns_rdf2str(data));
  return text == nullptr ? std::string() : std::string(text.get());
}

// Lower case, and without the dot at its end. Changes `name`.
std::string name_of(ldns_rdf* name) {
  ldns_dname2canonical(name);
  auto text = text_of(name);
  if (text.size() > 1 && text.ends_with('.')) text.pop_back();
  return text;
}

// Reads the fields of a record one after another.
class Fields {
 public:
  explicit Fields(const ldns_rr* record) : record_(record) {}

  std::uint16_t number() {
    const auto* field = next();
    if (field == nullptr || ldns_rdf_size(field) != 2) is_whole_ = false;
    return is_whole_ ? ldns_read_uint16(ldns_rdf_data(field)) : std::uint16_t{0};
  }
  std::string name() {
    auto* field = next();
    if (field == nullptr || ldns_rdf_get_type(field) != LDNS_RDF_TYPE_DNAME) is_whole_ = false;
    return is_whole_ ? name_of(field) : std::string();
  }
  std::string address() {
    const auto* field = next();
    if (field == nullptr) is_whole_ = false;
    return is_whole_ ? text_of(field) : std::string();
  }
  std::string bytes() {
    const auto* field = next();
    if (field == nullptr) is_whole_ = false;
    return is_whole_ ? std::string(reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field))
                     : std::string();
  }
  void skip() { next(); }
  // Every field was there and had its form.
  bool is_whole() const { return is_whole_; }

 private:
  ldns_rdf* next() { return at_ < ldns_rr_rd_count(record_) ? ldns_rr_rdf(record_, at_++) : nullptr; }

  const ldns_rr* record_;
  std::size_t at_ = 0;
  bool is_whole_ = true;
};

// Adds the record where it is one of ours.
Status add_record(ldns_rr* from, std::vector<DnsRecord>& records) {
  if (ldns_rr_get_class(from) != LDNS_RR_CLASS_IN) return {};
  DnsRecord record;
  Fields fields(from);
  switch (ldns_rr_get_type(from)) {
    case LDNS_RR_TYPE_A:
      record.type = DnsType::a;
      record.host = fields.address();
      break;
    case LDNS_RR_TYPE_AAAA:
      record.type = DnsType::aaaa;
      record.host = fields.address();
      break;
    case LDNS_RR_TYPE_CNAME:
      record.type = DnsType::cname;
      record.host = fields.name();
      break;
    case LDNS_RR_TYPE_MX:
      record.type = DnsType::mx;
      record.preference = fields.number();
      record.host = fields.name();
      break;
    case LDNS_RR_TYPE_SRV:
      record.type = DnsType::srv;
      record.preference = fields.number();
      record.weight = fields.number();
      record.port = fields.number();
      record.host = fields.name();
      break;
    case LDNS_RR_TYPE_CERT:
      record.type = DnsType::cert;
      record.cert_type = fields.number();
      fields.skip();  // key tag
      fields.skip();  // algorithm
      record.data = fields.bytes();
      break;
    default:
      return {};
  }
  record.owner = name_of(ldns_rr_owner(from));
  if (!fields.is_whole())
    return Error{fmt::format("the {} record of {} lacks a part", word_of(record.type), record.owner)};
  records.push_back(std::move(record));
  return {};
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes), wire_(reinterpret_cast<const std::uint8_t*>(bytes.data())) {}

  Result<DnsMessage> read() {
    if (bytes_.size() < header_bytes)
      return Error{fmt::format("{} bytes, a DNS message has at least {}", bytes_.size(), header_bytes)};
    if (bytes_.size() > dns_message_bytes_max)
      return Error{fmt::format("{} bytes, a DNS message has at most {}", bytes_.size(), dns_message_bytes_max)};
    DnsMessage message;
    message.id = LDNS_ID_WIRE(wire_);
    message.is_answer = LDNS_QR_WIRE(wire_) != 0;
    message.is_truncated = LDNS_TC_WIRE(wire_) != 0;
    message.operation = LDNS_OPCODE_WIRE(wire_);
    message.code = LDNS_RCODE_WIRE(wire_);
    const std::array counts{std::size_t{LDNS_QDCOUNT(wire_)}, std::size_t{LDNS_ANCOUNT(wire_)},
                            std::size_t{LDNS_NSCOUNT(wire_)}, std::size_t{LDNS_ARCOUNT(wire_)}};
    if (const auto all = counts[0] + counts[1] + counts[2] + counts[3]; all > dns_records_max)
      return Error{fmt::format("its header counts {} records; at most {} are read", all, dns_records_max)};
    at_ = header_bytes;
    BB_CHECK(each("question", counts[0], LDNS_SECTION_QUESTION, [&](ldns_rr* record) {
      const bool is_in = ldns_rr_get_class(record) == LDNS_RR_CLASS_IN;
      message.questions.push_back({is_in ? name_of(ldns_rr_owner(record)) : std::string(),
                                   static_cast<DnsType>(static_cast<int>(ldns_rr_get_type(record)))});
      return Status();
    }));
    if (message.is_truncated) return message;
    BB_CHECK(each("answer", counts[1], LDNS_SECTION_ANSWER,
                  [&](ldns_rr* record) { return add_record(record, message.records); }));
    const auto pass_over = [](ldns_rr*) { return Status(); };
    BB_CHECK(each("authority", counts[2], LDNS_SECTION_AUTHORITY, pass_over));
    BB_CHECK(each("additional", counts[3], LDNS_SECTION_ADDITIONAL, pass_over));
    if (at_ != bytes_.size())
      return Error{fmt::format("{} bytes stand behind the last record that its header counts", bytes_.size() - at_)};
    return message;
  }

 private:
  template <class Take>
  Status each(std::string_view section, std::size_t count, ldns_pkt_section of, const Take& take) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t begin = at_;
      ldns_rr* made = nullptr;
      const auto status = ldns_wire2rr(&made, wire_, bytes_.size(), &at_, of);
      if (status != LDNS_STATUS_OK)  // then nothing was made
        return Error{fmt::format("record {} of {} in its {} section, at byte {}, cannot be read: {}", i + 1, count,
                                 section, begin, reason(status))};
      const Owned<ldns_rr> record(made);
      BB_CHECK(take(record.get()));
    }
    return {};
  }

  std::string_view bytes_;
  const std::uint8_t* wire_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::string> canonical_dns_name(std::string_view name) {
  BB_TRY(const auto read, read_name(escaped(name)));
  return name_of(read.get());
}

Result<std::string> write_dns_query(const DnsQuery& query) {
  BB_TRY(auto name, read_name(query.question.name));
  const Owned<ldns_pkt> packet(
      ldns_pkt_query_new(name.get(), static_cast<ldns_rr_type>(static_cast<int>(query.question.type)), LDNS_RR_CLASS_IN,
                         query.is_recursive ? std::uint16_t{LDNS_RD} : std::uint16_t{0}));
  if (packet == nullptr) return Error{"a DNS query cannot be made"};
  static_cast<void>(name.release());  // it is the packet's
  ldns_pkt_set_id(packet.get(), query.id);
  if (query.edns_bytes != 0) ldns_pkt_set_edns_udp_size(packet.get(), query.edns_bytes);
  std::uint8_t* made = nullptr;
  std::size_t size = 0;
  const auto status = ldns_pkt2wire(&made, packet.get(), &size);
  const Owned<std::uint8_t> bytes(made);
  if (status != LDNS_STATUS_OK) return Error{"a DNS query cannot be written: " + reason(status)};
  return std::string(reinterpret_cast<const char*>(bytes.get()), size);
}

Result<DnsMessage> read_dns_message(std::string_view bytes) { return Reader(bytes).read(); }

std::string dns_code_word(int code) {
  static constexpr std::array words{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
  return code >= 0 && static_cast<std::size_t>(code) < words.size() ? words[static_cast<std::size_t>(code)]
                                                                    : fmt::format("RCODE {}", code);
}

}  // namespace bb::direct
