#include "stream_info.hpp"

#include <utility>

#include "../abi_text.hpp"

namespace bb::host {

Value stream_info_value(const StreamInfo& info) {
  return Value::object({{"transport", info.transport},
                        {"peer", info.peer},
                        {"tls_version", info.tls_version},
                        {"cipher", info.cipher},
                        {"alpn", info.alpn},
                        {"chain", Value::strings(info.chain)},
                        {"verified", info.verified}});
}

StreamInfo stream_info_from(const Value& value) {
  StreamInfo info;
  info.transport = static_cast<bb_transport>(value["transport"].integer_or(BB_TRANSPORT_UNKNOWN));
  info.peer = value["peer"].string_or("");
  info.tls_version = value["tls_version"].string_or("");
  info.cipher = value["cipher"].string_or("");
  info.alpn = value["alpn"].string_or("");
  for (std::size_t index = 0; index < value["chain"].size(); ++index)
    info.chain.push_back(value["chain"][index].string_or(""));
  info.verified = static_cast<bb_status>(value["verified"].integer_or(BB_E_UNTRUSTED_PEER));
  return info;
}

DescribedStream::DescribedStream(StreamInfo info) : info_(std::move(info)) {
  for (const std::string& certificate : info_.chain) chain_.push_back({certificate.data(), certificate.size()});
  abi_.struct_size = sizeof abi_;
  abi_.transport = info_.transport;
  abi_.peer = to_abi(info_.peer);
  abi_.tls_version = to_abi(info_.tls_version);
  abi_.cipher = to_abi(info_.cipher);
  abi_.alpn = to_abi(info_.alpn);
  abi_.chain = chain_.data();
  abi_.chain_count = chain_.size();
  abi_.descriptor = -1;
  abi_.verified = info_.verified;
}

}  // namespace bb::host
