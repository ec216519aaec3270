// bb/direct/ldap.hpp - asks a directory, without a name or password, for what
// stands under a mail address.
//
// LDAP version 3, as far as certificates are looked for with it: bind, search. A
// directory that refers to another is told of, and the other not asked.
// Sources: RFC 4511; RFC 4515 (filters as text); RFC 4523 (certificates in it);
// RFC 2798, 9.1.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/stream.hpp>

namespace bb::direct {

struct LdapLimits {
  std::size_t message_bytes_max = std::size_t{4} * 1024 * 1024;
  std::size_t answer_bytes_max = std::size_t{16} * 1024 * 1024;  // of all messages to one request
  std::size_t entries_max = 1000;                                // of a search; also asked of the server
  std::size_t values_max = 1000;                                 // of an entry, all its attributes together
};

// What entries have to be like.
struct LdapFilter {
  enum class Kind { all, any, equal, present };
  Kind kind = Kind::present;
  std::string attribute = {};
  std::string value = {};              // of equal
  std::vector<LdapFilter> parts = {};  // of all and any

  // RFC 4515: "(&(mail=alice@direct.example.org)(userCertificate=*))".
  std::string text() const;
};
// Entries of a mail address, or of a domain written as one, that hold a certificate
// (DIRECT-LDAP-07).
LdapFilter certificates_of(std::string_view mail);

struct LdapAttribute {
  std::string name;  // with its options: "userCertificate;binary"
  std::vector<std::string> values;
};
struct LdapEntry {
  std::string name;  // its distinguished name
  std::vector<LdapAttribute> attributes;

  // The values of an attribute, whatever its options; case does not count.
  std::vector<std::string> values(std::string_view attribute) const;
};

enum class LdapScope { base = 0, subtree = 2 };
struct LdapSearch {
  std::string base;  // a distinguished name; empty: the root
  LdapScope scope = LdapScope::subtree;
  LdapFilter filter = {.kind = LdapFilter::Kind::present, .attribute = "objectClass"};
  std::vector<std::string> attributes = {};
};

struct LdapFound {
  std::vector<LdapEntry> entries;
  std::vector<std::string> referrals;  // where else to ask, as LDAP URLs
  int code = 0;                        // 0 success, 4 size limit exceeded, 32 no such object … (RFC 4511, 4.1.9)
  std::string message;                 // the server's, for people
};
// "noSuchObject"; the number where it has no name here.
std::string ldap_code_word(int code);

// One conversation over a connection that is open. [serial]
class LdapClient {
 public:
  explicit LdapClient(Stream& stream, LdapLimits limits = {}) : stream_(stream), limits_(limits) {}
  // Says good-bye where it has bound.
  ~LdapClient();
  LdapClient(const LdapClient&) = delete;
  LdapClient& operator=(const LdapClient&) = delete;

  // Anonymously (DIRECT-LDAP-05). The error says what the server says.
  [[nodiscard]] Status bind();
  // Success, or what is found before a limit of the server, or nothing where there
  // is no such base. The error is of any other answer, and of one that is no LDAP.
  [[nodiscard]] Result<LdapFound> search(const LdapSearch& search);
  // What the server holds: its bases (DIRECT-LDAP-06).
  [[nodiscard]] Result<std::vector<std::string>> naming_contexts();
  // Of the last failure; none where the server answered.
  Trouble trouble() const { return trouble_; }
  // Whether the last search was answered with a refusal: of another base the server may say more.
  bool is_refused() const { return is_refused_; }

 private:
  Status send(std::string_view message);
  Result<std::string> receive(std::size_t bytes_max);

  Stream& stream_;
  LdapLimits limits_;
  std::string held_;  // read, and not yet used
  int last_id_ = 0;
  bool is_bound_ = false;
  bool is_refused_ = false;
  Trouble trouble_ = Trouble::none;
};

}  // namespace bb::direct
