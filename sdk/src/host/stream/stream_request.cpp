#include "stream_request.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>

#include <bb/core/text.hpp>
#include "../abi_text.hpp"

namespace bb::host {
namespace {

constexpr std::size_t protocol_bytes_max = 32;
constexpr std::size_t host_bytes_max = 253;  // RFC 1035, 2.3.4, in dotted form
constexpr std::size_t alpn_bytes_max = 255;  // RFC 7301, 3.1: one length byte
constexpr std::size_t alpn_count_max = 16;

std::string shown(std::string_view text) { return "'" + shorten(to_utf8_lossy(text), 60) + "'"; }

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_protocol(std::string_view text) {
  return !text.empty() && text.size() <= protocol_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= host_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower_or_digit(c) || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

// resolv.conf(5): "nameserver Name server IP address"
std::string first_name_server() {
  std::ifstream file("/etc/resolv.conf");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word, address;
    if (words >> word >> address && word == "nameserver" && is_host(to_lower(address))) return to_lower(address);
  }
  return {};
}

std::int64_t wait_of(const bb_stream_request* request) {
  return BB_HAS(request, wait_ms_max) ? request->wait_ms_max : 0;
}

bool matches(const std::string& pattern, const std::string& host) {
  if (!pattern.starts_with("*.")) return iequals(pattern, host);
  const std::string_view under = std::string_view(pattern).substr(1);
  return host.size() > under.size() && iequals(std::string_view(host).substr(host.size() - under.size()), under);
}

}  // namespace

std::string StreamRequest::address() const {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

Result<TlsWish> read_tls_wish(const bb_stream_request& request, const std::string& host) {
  TlsWish wish;
  wish.server_name = to_lower(from_abi(request.server_name));
  if (wish.server_name.empty()) wish.server_name = host;
  if (!is_host(wish.server_name)) return Error{"server name " + shown(wish.server_name) + " is no name or address"};
  std::istringstream words{std::string(from_abi(request.alpn))};
  for (std::string word; words >> word;) {
    if (word.size() > alpn_bytes_max || wish.alpn.size() == alpn_count_max)
      return Error{"alpn takes at most " + std::to_string(alpn_count_max) + " names of " +
                   std::to_string(alpn_bytes_max) + " bytes"};
    wish.alpn.push_back(word);
  }
  wish.client_certificate = from_abi(request.client_certificate);
  wish.is_any_certificate_taken = (request.flags & BB_STREAM_ANY_CERTIFICATE) != 0;
  if (wish.is_any_certificate_taken && !wish.client_certificate.empty())
    return Error{"a client certificate is shown to nobody whose certificate is not verified"};
  return wish;
}

Result<StreamRequest> read_stream_request(const bb_stream_request& request) {
  StreamRequest read;
  read.transport = request.transport;
  if (read.transport != BB_TRANSPORT_TCP && read.transport != BB_TRANSPORT_UDP && read.transport != BB_TRANSPORT_TLS)
    return Error{"transport " + std::to_string(read.transport) + " is none of TCP (1), UDP (2), TLS (3)"};
  read.protocol = from_abi(request.protocol);
  if (!is_protocol(read.protocol))
    return Error{"protocol " + shown(read.protocol) + " is no word of lower-case letters, digits and '-'"};
  if (read.protocol == "http" || read.protocol == "https")
    return Error{"protocol '" + read.protocol + "' goes by bb.host.http/1, which checks and records it as what it is"};
  read.host = to_lower(from_abi(request.host));
  if (read.host.empty() && read.protocol == "dns") {
    read.host = first_name_server();
    if (read.host.empty()) return Error{"no host was given, and /etc/resolv.conf names no name server"};
  }
  if (!is_host(read.host)) return Error{"host " + shown(read.host) + " is no name or address"};
  if (request.port < 1 || request.port > 65'535) return Error{"port " + std::to_string(request.port) + " is none"};
  read.port = static_cast<int>(request.port);
  BB_TRY(read.tls, read_tls_wish(request, read.host));
  read.wait_ms_max = wait_of(&request);
  return read;
}

bool is_granted(const std::vector<NetworkGrant>& grants, const StreamRequest& request) {
  return std::any_of(grants.begin(), grants.end(), [&](const NetworkGrant& grant) {
    if (grant.scheme != request.protocol) return false;
    return grant.hosts.empty() || std::any_of(grant.hosts.begin(), grant.hosts.end(), [&](const std::string& pattern) {
             return matches(pattern, request.host);
           });
  });
}

const char* transport_name(bb_transport transport) {
  return transport == BB_TRANSPORT_UDP ? "udp" : transport == BB_TRANSPORT_TLS ? "tls" : "tcp";
}

bool is_permitted(const std::vector<StreamPermit>& permits, const StreamRequest& request) {
  return std::any_of(permits.begin(), permits.end(), [&](const StreamPermit& permit) {
    return (permit.host.empty() || matches(permit.host, request.host)) &&
           (permit.port == 0 || permit.port == request.port) &&
           (permit.transport.empty() || permit.transport == transport_name(request.transport));
  });
}

}  // namespace bb::host
