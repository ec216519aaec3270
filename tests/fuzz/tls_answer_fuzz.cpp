// What a host answers to a ClientHello.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tls/cipher_suites.hpp"
#include "tls/hello.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::tls;
  const std::string_view said{reinterpret_cast<const char*>(data), size};
  const auto read = read_server_answer(said);
  // What is decided stays so, whatever comes behind it.
  const auto more = read_server_answer(std::string(said) + "more");
  if (!read && more) std::abort();
  if (!read || !*read) return 0;
  if (!more || !*more || (*more)->is_hello != (*read)->is_hello) std::abort();
  if ((*read)->is_hello ? name_of_suite((*read)->suite).empty() : word_of_alert((*read)->alert).empty()) std::abort();
  return 0;
}
