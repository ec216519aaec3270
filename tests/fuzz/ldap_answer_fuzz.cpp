// What a directory sends, to whatever it is asked.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bb/direct/ldap.hpp>

#include "said_stream.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::direct;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bb::test::SaidStream all(bytes);
  LdapClient client(all);
  if (client.bind() && client.naming_contexts()) static_cast<void>(client.search({.base = "dc=direct,dc=test"}));
  // From the search on, so that it is reached however it begins.
  bb::test::SaidStream found(bytes);
  LdapClient searcher(found);
  static_cast<void>(searcher.search({.base = "dc=direct,dc=test", .filter = certificates_of("alice@d3.direct.test")}));
  return 0;
}
