// Messages and what is in them, from outside: their layers, notifications,
// certificates and addresses. Nothing is opened, for no key is at hand.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bb/direct/bundle.hpp>
#include <bb/direct/message.hpp>
#include <bb/direct/notification.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  using namespace bb::direct;
  static_cast<void>(look_through(bytes, {}));
  static_cast<void>(inspect_envelope(bytes));
  static_cast<void>(verify(bytes, bytes));
  static_cast<void>(read_bundle(bytes, {}, 0));
  if (const auto entity = read_entity(bytes)) {
    static_cast<void>(read_notification(*entity));
    static_cast<void>(read_delivery_status(*entity));
    static_cast<void>(asked_of(*entity));
    static_cast<void>(read_addresses(entity->value("to")));
  }
  if (const auto certificate = Certificate::read(bytes)) {
    static_cast<void>(certificate->addresses());
    static_cast<void>(certificate->domains());
    static_cast<void>(certificate->crl_urls());
    static_cast<void>(certificate->issuer_urls());
    static_cast<void>(binding_of(*certificate, {"alice", "direct.example.org"}));
  }
  return 0;
}
