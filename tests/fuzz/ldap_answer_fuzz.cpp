// What a directory sends, to whatever it is asked.
#include <cstddef>
#include <cstdint>
#include <string>

#include <bb/direct/ldap.hpp>

namespace {

using namespace bb::direct;

// In pieces of 100 bytes.
class Sent : public Stream {
 public:
  explicit Sent(std::string_view bytes) : rest_(bytes) {}
  bb::Result<std::string> read(std::size_t) override {
    const auto piece = rest_.substr(0, 100);
    rest_.remove_prefix(piece.size());
    return std::string(piece);
  }
  bb::Status write(std::string_view) override { return {}; }
  bb::Status start_tls() override { return bb::Error{"no TLS"}; }
  Trouble trouble() const override { return Trouble::none; }

 private:
  std::string_view rest_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Sent all(bytes);
  LdapClient client(all);
  if (client.bind() && client.naming_contexts()) static_cast<void>(client.search({.base = "dc=direct,dc=test"}));
  // From the search on, so that it is reached however it begins.
  Sent found(bytes);
  LdapClient searcher(found);
  static_cast<void>(searcher.search({.base = "dc=direct,dc=test", .filter = certificates_of("alice@d3.direct.test")}));
  return 0;
}
