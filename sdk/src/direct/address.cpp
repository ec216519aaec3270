#include <bb/direct/address.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::direct {
namespace {

constexpr std::size_t address_bytes_max = 254;  // RFC 5321, 4.5.3.1.3
constexpr std::size_t mailboxes_max = 1000;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// RFC 5322, 3.2.3: atext.
bool is_atom(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text) {
  const auto atoms = split(text, '.');
  return std::all_of(atoms.begin(), atoms.end(), [](const std::string& atom) {
    return !atom.empty() && std::all_of(atom.begin(), atom.end(), is_atom);
  });
}

bool is_label(const std::string& label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// What of it is no fully qualified domain name.
std::optional<std::string> mistake_in_domain(std::string_view domain) {
  if (domain.starts_with('[')) return "a literal address instead of a domain name";
  const auto labels = split(domain, '.');
  if (labels.size() < 2) return "a domain without a dot; expected a fully qualified domain name";
  if (!std::all_of(labels.begin(), labels.end(), is_label)) return "no domain name";
  const auto& last = labels.back();
  if (std::all_of(last.begin(), last.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return "an address in numbers instead of a domain name";
  return std::nullopt;
}

// Takes comments and folding white space out, and parts a header field at its commas.
class MailboxReader {
 public:
  explicit MailboxReader(std::string_view field) : rest_(field) {}

  Result<std::vector<std::string>> read() {
    std::vector<std::string> found;
    while (!rest_.empty()) {
      BB_TRY(const auto text, next());
      if (trim(text).empty()) continue;
      if (found.size() == mailboxes_max) return Error{fmt::format("more than {} mailboxes", mailboxes_max)};
      found.emplace_back(trim(text));
    }
    return found;
  }

 private:
  // The addr-spec of the next mailbox; empty between two commas.
  Result<std::string> next() {
    std::string text;
    bool is_in_angle = false;
    bool had_angle = false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '(') {
        BB_CHECK(skip_comment());
        continue;
      }
      if (c == '"') {
        BB_TRY(const auto quoted, take_quoted());
        if (!had_angle || is_in_angle) text += quoted;
        continue;
      }
      rest_.remove_prefix(1);
      if (!is_in_angle && (c == ',' || c == ';')) break;
      if (!is_in_angle && c == ':') {  // of a group
        text.clear();
        continue;
      }
      if (c == '<') {
        if (had_angle) return Error{"a second '<' in one mailbox"};
        text.clear();
        is_in_angle = had_angle = true;
      } else if (c == '>') {
        if (!is_in_angle) return Error{"a '>' without its '<'"};
        is_in_angle = false;
      } else if (!had_angle || is_in_angle) {
        text += c;
      }
    }
    if (is_in_angle) return Error{"a '<' without its '>'"};
    return text;
  }

  Status skip_comment() {
    int depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(c == '\\' && rest_.size() > 1 ? 2 : 1);
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) return {};
    }
    return Error{"a comment is never closed"};
  }

  // With its quotes.
  Result<std::string> take_quoted() {
    std::string text;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      text += rest_[i];
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        text += rest_[++i];
      } else if (rest_[i] == '"' && i > 0) {
        rest_.remove_prefix(i + 1);
        return text;
      }
    }
    return Error{"a quoted text is never closed"};
  }

  std::string_view rest_;
};

}  // namespace

bool operator==(const Address& a, const Address& b) { return a.domain == b.domain && iequals(a.local, b.local); }

Result<Address> read_address(std::string_view text) {
  const auto refuse = [&](std::string_view what) {
    return Error{fmt::format("'{}' is no mail address: {}", shorten(text, 100), what)};
  };
  if (text.size() > address_bytes_max) return refuse(fmt::format("longer than {} bytes", address_bytes_max));
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return refuse("no '@'; expected local@domain");
  const auto local = text.substr(0, at);
  const bool is_quoted = local.size() > 2 && local.front() == '"' && local.back() == '"';
  if (!is_quoted && !is_dot_atom(local)) return refuse("what stands before '@' is no local part (RFC 5322, 3.4.1)");
  const auto domain = text.substr(at + 1);
  if (const auto mistake = mistake_in_domain(domain)) return refuse(*mistake);
  return Address{std::string(local), to_lower(domain)};
}

Result<std::vector<std::string>> read_mailboxes(std::string_view field) { return MailboxReader(field).read(); }

Result<std::vector<Address>> read_addresses(std::string_view field) {
  BB_TRY(const auto mailboxes, read_mailboxes(field));
  std::vector<Address> found;
  for (const auto& mailbox : mailboxes) {
    BB_TRY(auto address, read_address(mailbox));
    found.push_back(std::move(address));
  }
  return found;
}

Binding binding_of(const Certificate& certificate, const Address& address) {
  const auto is_address = [&](const std::string& name) {
    const auto read = read_address(name);
    return read && *read == address;
  };
  const auto named = certificate.subject_addresses();
  const auto addresses = certificate.addresses();
  const auto domains = certificate.domains();
  const bool has_address = std::any_of(addresses.begin(), addresses.end(), is_address);
  const bool has_domain = std::any_of(domains.begin(), domains.end(),
                                      [&](const std::string& name) { return iequals(name, address.domain); });
  // Of a certificate for a whole domain it may be a domain (DIRECT-CERT-06).
  const bool is_contradicted = std::any_of(named.begin(), named.end(), [&](const std::string& name) {
    return !is_address(name) && !(has_domain && iequals(name, address.domain));
  });
  if (is_contradicted) return Binding::none;
  return has_address ? Binding::address : has_domain ? Binding::domain : Binding::none;
}

}  // namespace bb::direct
