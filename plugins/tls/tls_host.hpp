// plugins/tls/tls_host.hpp - org.bluebridge.tls: how one host protects what it says, seen from outside.
//
// Probes alone: what it answers to a ClientHello, which certificates it shows, and what it says in the clear. Host
// streams, and host HTTP for what is in the clear, are the only network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>

namespace bb::tls {

class TlsHost final : public Connector, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["host"],
    "properties": {
      "host": {"type": "string", "minLength": 1, "maxLength": 253, "title": "Name or address"},
      "port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 443, "title": "Where it speaks TLS"},
      "server_name": {"type": "string", "minLength": 1, "maxLength": 253,
        "title": "Name that it is asked for (SNI) and that its certificate must have; the host unless told"},
      "cleartext_port": {"type": "integer", "minimum": 1, "maximum": 65535, "default": 80,
        "title": "Where it may speak HTTP without TLS"}}})";

  explicit TlsHost(const Context& context);

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  Value hello(Call& call, const Value& given) const;
  Value certificate(Call& call) const;
  Value in_the_clear(Call& call, const Value& given) const;

  std::string host_, server_name_;
  std::uint16_t port_, cleartext_port_;
  Streams streams_;
  Http http_;
  Random random_;
  Clock clock_;
};

}  // namespace bb::tls
