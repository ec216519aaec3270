#include "ldap_wire.hpp"

#include <lber.h>

#include <memory>

#include <fmt/format.h>

namespace bb::direct {
namespace {

// RFC 4511, 4.2 to 4.5 and 4.12: tags of messages.
constexpr ber_tag_t tag_bind = 0x60;
constexpr ber_tag_t tag_bound = 0x61;
constexpr ber_tag_t tag_unbind = 0x42;
constexpr ber_tag_t tag_search = 0x63;
constexpr ber_tag_t tag_entry = 0x64;
constexpr ber_tag_t tag_done = 0x65;
constexpr ber_tag_t tag_reference = 0x73;
constexpr ber_tag_t tag_extended = 0x78;
// And of what is in them.
constexpr ber_tag_t tag_simple = 0x80;
constexpr ber_tag_t tag_all = 0xa0;
constexpr ber_tag_t tag_any = 0xa1;
constexpr ber_tag_t tag_equal = 0xa3;
constexpr ber_tag_t tag_present = 0x87;
constexpr ber_tag_t tag_referral = 0xa3;

constexpr int version = 3;
constexpr std::size_t urls_max = 100;

struct FreeBer {
  void operator()(BerElement* p) const { ber_free(p, 1); }
};
using Ber = std::unique_ptr<BerElement, FreeBer>;

// Writes a message; what fails on the way is told at its end.
class Writer {
 public:
  explicit Writer(int id) : ber_(ber_alloc_t(LBER_USE_DER)) {
    open(LBER_SEQUENCE);
    is_good_ = is_good_ && ber_put_int(ber_.get(), id, LBER_INTEGER) != -1;
  }
  void open(ber_tag_t tag) { is_good_ = is_good_ && ber_ != nullptr && ber_start_seq(ber_.get(), tag) != -1; }
  void close() { is_good_ = is_good_ && ber_put_seq(ber_.get()) != -1; }
  void number(int value) { is_good_ = is_good_ && ber_put_int(ber_.get(), value, LBER_INTEGER) != -1; }
  void choice(int value) { is_good_ = is_good_ && ber_put_enum(ber_.get(), value, LBER_ENUMERATED) != -1; }
  void truth(bool value) { is_good_ = is_good_ && ber_put_boolean(ber_.get(), value ? 1 : 0, LBER_BOOLEAN) != -1; }
  void text(std::string_view value, ber_tag_t tag = LBER_OCTETSTRING) {
    is_good_ = is_good_ && ber_put_ostring(ber_.get(), value.data(), value.size(), tag) != -1;
  }
  void nothing(ber_tag_t tag) { is_good_ = is_good_ && ber_put_null(ber_.get(), tag) != -1; }

  Result<std::string> end() {
    close();
    berval bytes{};
    if (!is_good_ || ber_flatten2(ber_.get(), &bytes, 0) == -1) return Error{"an LDAP message cannot be written"};
    return std::string(bytes.bv_val, bytes.bv_len);
  }

 private:
  Ber ber_;
  bool is_good_ = true;
};

void write_filter(const LdapFilter& filter, Writer& out) {
  switch (filter.kind) {
    case LdapFilter::Kind::present:
      return out.text(filter.attribute, tag_present);
    case LdapFilter::Kind::equal:
      out.open(tag_equal);
      out.text(filter.attribute);
      out.text(filter.value);
      return out.close();
    case LdapFilter::Kind::all:
    case LdapFilter::Kind::any:
      out.open(filter.kind == LdapFilter::Kind::all ? tag_all : tag_any);
      for (const auto& part : filter.parts) write_filter(part, out);
      return out.close();
  }
}

// Reads the elements of a constructed one.
class Reader {
 public:
  explicit Reader(std::string_view bytes) {
    berval borrowed{static_cast<ber_len_t>(bytes.size()), const_cast<char*>(bytes.data())};
    ber_.reset(ber_init(&borrowed));  // copies them
  }

  bool is_at_end() { return ber_ == nullptr || ber_remaining(ber_.get()) <= 0; }
  ber_tag_t peek() {
    ber_len_t size = 0;
    return ber_ == nullptr ? LBER_DEFAULT : ber_peek_tag(ber_.get(), &size);
  }
  // The content of the next element, which has to have this tag.
  Result<std::string> take(ber_tag_t tag, std::string_view what) {
    const auto found = peek();
    berval content{};
    if (found == LBER_DEFAULT || found != tag || ber_skip_element(ber_.get(), &content) != tag)
      return Error{found == LBER_DEFAULT ? fmt::format("{} is missing or cut off", what)
                                         : fmt::format("{} has the tag {:#x}, expected {:#x}", what, found, tag)};
    return std::string(content.bv_val, content.bv_len);
  }
  Result<int> take_number(ber_tag_t tag, std::string_view what) {
    BB_TRY(auto content, take(tag, what));
    const berval bytes{static_cast<ber_len_t>(content.size()), content.data()};
    ber_int_t value = 0;
    if (content.empty() || ber_decode_int(&bytes, &value) != 0)
      return Error{fmt::format("{} is no number of at most 4 bytes", what)};
    return static_cast<int>(value);
  }

 private:
  Ber ber_;
};

Status read_result(std::string_view content, LdapAnswer& answer) {
  Reader in(content);
  BB_TRY(answer.code, in.take_number(LBER_ENUMERATED, "the result code"));
  BB_TRY(const auto matched, in.take(LBER_OCTETSTRING, "the matched name"));
  BB_TRY(answer.message, in.take(LBER_OCTETSTRING, "the message of the result"));
  if (in.peek() != tag_referral) return {};
  BB_TRY(const auto urls, in.take(tag_referral, "the referral"));
  Reader each(urls);
  while (!each.is_at_end() && answer.urls.size() < urls_max) {
    BB_TRY(auto url, each.take(LBER_OCTETSTRING, "an URL of the referral"));
    answer.urls.push_back(std::move(url));
  }
  return {};
}

Status read_entry(std::string_view content, const LdapLimits& limits, LdapEntry& entry) {
  Reader in(content);
  BB_TRY(entry.name, in.take(LBER_OCTETSTRING, "the name of an entry"));
  BB_TRY(const auto list, in.take(LBER_SEQUENCE, "the attributes of an entry"));
  Reader attributes(list);
  std::size_t count = 0;
  while (!attributes.is_at_end()) {
    BB_TRY(const auto one, attributes.take(LBER_SEQUENCE, "an attribute"));
    Reader parts(one);
    LdapAttribute attribute;
    BB_TRY(attribute.name, parts.take(LBER_OCTETSTRING, "the name of an attribute"));
    BB_TRY(const auto set, parts.take(LBER_SET, "the values of an attribute"));
    if (++count > limits.values_max) return Error{fmt::format("an entry has more than {} values", limits.values_max)};
    Reader values(set);
    while (!values.is_at_end()) {
      BB_TRY(auto value, values.take(LBER_OCTETSTRING, "a value of an attribute"));
      if (++count > limits.values_max) return Error{fmt::format("an entry has more than {} values", limits.values_max)};
      attribute.values.push_back(std::move(value));
    }
    entry.attributes.push_back(std::move(attribute));
  }
  return {};
}

}  // namespace

Result<std::string> write_ldap_bind(int id) {
  Writer out(id);
  out.open(tag_bind);
  out.number(version);
  out.text("");
  out.text("", tag_simple);
  out.close();
  return out.end();
}

std::string write_ldap_unbind(int id) {
  Writer out(id);
  out.nothing(tag_unbind);
  auto message = out.end();
  return message ? *std::move(message) : std::string();
}

Result<std::string> write_ldap_search(int id, const LdapSearch& search, std::size_t entries_max) {
  Writer out(id);
  out.open(tag_search);
  out.text(search.base);
  out.choice(static_cast<int>(search.scope));
  out.choice(0);  // aliases are not followed
  out.number(static_cast<int>(entries_max));
  out.number(0);  // as long as the connection waits
  out.truth(false);
  write_filter(search.filter, out);
  out.open(LBER_SEQUENCE);
  for (const auto& attribute : search.attributes) out.text(attribute);
  out.close();
  out.close();
  return out.end();
}

Result<std::optional<std::size_t>> ldap_message_size(std::string_view begin) {
  if (begin.empty()) return std::optional<std::size_t>();
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(begin[i])); };
  if (byte(0) != LBER_SEQUENCE)
    return Error{fmt::format("no LDAP message: it begins with {:#04x}, expected {:#04x}", byte(0), LBER_SEQUENCE)};
  if (begin.size() < 2) return std::optional<std::size_t>();
  if (byte(1) < 0x80) return std::optional(2 + byte(1));
  const std::size_t digits = byte(1) & 0x7f;
  if (digits == 0 || digits > 4)
    return Error{fmt::format("no LDAP message: its length has {} bytes, expected 1 to 4 (RFC 4511, 5.1)", digits)};
  if (begin.size() < 2 + digits) return std::optional<std::size_t>();
  std::size_t size = 0;
  for (std::size_t i = 0; i < digits; ++i) size = size << 8 | byte(2 + i);
  return std::optional(2 + digits + size);
}

Result<LdapAnswer> read_ldap_answer(std::string_view bytes, const LdapLimits& limits) {
  Reader whole(bytes);
  BB_TRY(const auto message, whole.take(LBER_SEQUENCE, "the message"));
  if (!whole.is_at_end()) return Error{"bytes stand behind the message"};
  Reader in(message);
  LdapAnswer answer;
  BB_TRY(answer.id, in.take_number(LBER_INTEGER, "the message's number"));
  const auto tag = in.peek();
  BB_TRY(const auto content, in.take(tag, "the message's content"));
  switch (tag) {
    case tag_bound:
      answer.kind = LdapAnswer::Kind::bound;
      BB_CHECK(read_result(content, answer));
      break;
    case tag_done:
      answer.kind = LdapAnswer::Kind::done;
      BB_CHECK(read_result(content, answer));
      break;
    case tag_extended:
      answer.kind = LdapAnswer::Kind::notice;
      BB_CHECK(read_result(content, answer));
      break;
    case tag_entry:
      answer.kind = LdapAnswer::Kind::entry;
      BB_CHECK(read_entry(content, limits, answer.entry));
      break;
    case tag_reference: {
      answer.kind = LdapAnswer::Kind::reference;
      Reader urls(content);
      while (!urls.is_at_end() && answer.urls.size() < urls_max) {
        BB_TRY(auto url, urls.take(LBER_OCTETSTRING, "an URL of a reference"));
        answer.urls.push_back(std::move(url));
      }
      break;
    }
    default:
      answer.kind = LdapAnswer::Kind::other;
  }
  return answer;
}

}  // namespace bb::direct
