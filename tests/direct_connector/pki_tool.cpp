// pki_tool: the identities of a test of the Direct connector, right ones and bad ones, as
// PEM files. Each lasts some days around now.
//
//   pki_tool FOLDER SENDER RECIPIENT
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <bb/core/crypto.hpp>

#include "pki/authority.hpp"

namespace {

using bb::direct::Identity;
using bb::pki::Key;
using bb::pki::Request;

constexpr std::int64_t day_seconds = 24 * 3600;

class Folder {
 public:
  Folder(std::filesystem::path at, std::int64_t now) : at_(std::move(at)), now_(now) {}

  void write(const std::string& name, const std::string& text) const { std::ofstream(at_ / name) << text; }
  Identity authority(const std::string& name) const {
    auto request = lasting({.common_name = name});
    request.key = Key::p256;
    request.key_usage = "critical,keyCertSign,cRLSign";
    request.is_authority = true;
    auto made = bb::pki::make_root(request).value();
    write(name + ".crt", bb::pki::to_pem(made.certificate));
    return made;
  }
  Identity identity(const Identity& authority, const std::string& name, const Request& request) const {
    auto made = bb::pki::issue(authority, request).value();
    write(name + ".pem", bb::pki::to_pem(made));
    write(name + ".crt", bb::pki::to_pem(made.certificate));
    return made;
  }
  Request lasting(Request request) const {
    request.not_before = now_ - 30 * day_seconds;
    request.not_after = now_ + 30 * day_seconds;
    return request;
  }
  Request of_address(const std::string& address) const {
    auto request = lasting({.common_name = address});
    request.addresses = {address};
    return request;
  }
  Request of_domain(const std::string& domain) const {
    auto request = lasting({.common_name = domain});
    request.domains = {domain};
    return request;
  }

 private:
  std::filesystem::path at_;
  std::int64_t now_;
};

std::string to_pem_list(const std::string& der) {
  std::string text;
  const auto base64 = bb::base64_encode(der);
  for (std::size_t at = 0; at < base64.size(); at += 64) text += base64.substr(at, 64) + "\n";
  return "-----BEGIN X509 CRL-----\n" + text + "-----END X509 CRL-----\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: pki_tool FOLDER SENDER RECIPIENT\n";
    return 2;
  }
  const std::string sender = argv[2], recipient = argv[3];
  const auto domain = sender.substr(sender.find('@') + 1);
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const Folder folder(argv[1], now.count());
  const auto root = folder.authority("root");
  const auto stranger = folder.authority("stranger");
  folder.identity(root, "sender", folder.of_address(sender));
  folder.identity(root, "recipient", folder.of_domain(recipient.substr(recipient.find('@') + 1)));

  auto expired = folder.of_address(sender);
  expired.not_after = now.count() - day_seconds;
  folder.identity(root, "expired", expired);
  auto not_yet_valid = folder.of_address(sender);
  not_yet_valid.not_before = now.count() + day_seconds;
  folder.identity(root, "not_yet_valid", not_yet_valid);
  const auto revoked = folder.identity(root, "revoked", folder.of_address(sender));
  folder.write("lists.pem", to_pem_list(bb::pki::make_list(root, {{revoked.certificate, now.count() - day_seconds}},
                                                           now.count() - day_seconds, now.count() + day_seconds)
                                            .value()));
  folder.identity(root, "wrong_name", folder.of_address("another." + sender));
  folder.identity(root, "wildcard", folder.of_domain("*." + domain.substr(domain.find('.') + 1)));
  folder.identity(stranger, "unknown_anchor", folder.of_address(sender));
  auto weak = folder.of_address(sender);
  weak.key = Key::rsa_1024;
  folder.identity(root, "weak_key", weak);
  folder.identity(root, "other_domain", folder.of_domain("direct.example.com"));
  const auto with = [&](const std::string& name, const auto& change) {
    auto request = folder.of_address(sender);
    change(request);
    folder.identity(name == "bad_aia" ? stranger : root, name, request);
  };
  with("no_not_before", [](Request& request) { request.has_not_before = false; });
  with("no_not_after", [](Request& request) { request.has_not_after = false; });
  with("encrypt_only", [](Request& request) { request.key_usage = "critical,keyEncipherment"; });
  with("authority", [](Request& request) {
    request.is_authority = true;
    request.key_usage = "critical,digitalSignature,keyCertSign";
  });
  with("other_subject_address", [&](Request& request) { request.subject_address = "not-" + sender; });
  with("subject_address", [&](Request& request) { request.subject_address = sender; });
  with("bad_aia", [](Request& request) { request.issuer_urls = {"http://pki.invalid/none.cer"}; });
  with("no_crl", [](Request& request) { request.crl_urls = {"http://pki.invalid/none.crl"}; });
  with("rsa_3072", [](Request& request) { request.key = Key::rsa_3072; });
  with("rsa_4096", [](Request& request) { request.key = Key::rsa_4096; });
  with("p256", [](Request& request) { request.key = Key::p256; });
  with("p384", [](Request& request) { request.key = Key::p384; });
  folder.identity(stranger, "untrusted", folder.of_address("untrusted@" + domain));
}
