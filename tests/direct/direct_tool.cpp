// Runs the toolkit on files, for scripts that compare it with the openssl command:
//
//   direct_tool pki DIR                       NAME.pem (certificate, key, chain) and NAME.crt
//   direct_tool sign CONTENT PEM DIGEST       SignedData as DER on standard output
//   direct_tool verify DER CONTENT            a line a signer: integrity digest
//   direct_tool encrypt CONTENT CIPHER TRANSPORT CRT...
//   direct_tool decrypt DER PEM               the content
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/direct/cms.hpp>

#include "pki/authority.hpp"

namespace {

using namespace bb::direct;

int fail(const bb::Error& error) {
  std::cerr << error.what << '\n';
  return 1;
}

template <class T>
T or_end(bb::Result<T> result) {
  if (!result) std::exit(fail(result.error()));
  return std::move(result).value();
}

std::string file(const std::string& path) { return or_end(bb::read_text(path)); }

void make_people(const std::string& folder) {
  constexpr std::int64_t year = 365 * 24 * 3600;
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  bb::pki::Request request{.common_name = "Root"};
  request.not_before = now - year;
  request.not_after = now + year;
  request.key_usage = "critical,keyCertSign,cRLSign";
  request.is_authority = true;
  const auto root = or_end(bb::pki::make_root(request));
  const auto write = [&](const std::string& name, const std::string& text) {
    if (const auto done = bb::write_text(folder + "/" + name, text); !done) std::exit(fail(done.error()));
  };
  write("root.crt", bb::pki::to_pem(root.certificate));
  request.is_authority = false;
  request.key_usage = "";
  for (const auto& [name, key] :
       {std::pair("rsa", bb::pki::Key::rsa_2048), std::pair("rsa3072", bb::pki::Key::rsa_3072),
        std::pair("p256", bb::pki::Key::p256), std::pair("p384", bb::pki::Key::p384)}) {
    request.common_name = name;
    request.addresses = {std::string(name) + "@direct.example.org"};
    request.key = key;
    const auto one = or_end(bb::pki::issue(root, request));
    write(std::string(name) + ".pem", bb::pki::to_pem(one));
    write(std::string(name) + ".crt", bb::pki::to_pem(one.certificate));
  }
}

const std::map<std::string, Digest> digests{
    {"sha256", Digest::sha256}, {"sha384", Digest::sha384}, {"sha512", Digest::sha512}, {"sha1", Digest::sha1}};
const std::map<std::string, Cipher> ciphers{{"aes128", Cipher::aes128_cbc},      {"aes192", Cipher::aes192_cbc},
                                            {"aes256", Cipher::aes256_cbc},      {"aes-128-gcm", Cipher::aes128_gcm},
                                            {"aes-256-gcm", Cipher::aes256_gcm}, {"des3", Cipher::des3_cbc}};

int run(const std::vector<std::string>& words) {
  const auto& verb = words.at(0);
  if (verb == "pki") {
    make_people(words.at(1));
  } else if (verb == "sign") {
    std::cout << or_end(
        sign(file(words.at(1)), or_end(read_identity(file(words.at(2)))), {.digest = digests.at(words.at(3))}));
  } else if (verb == "verify") {
    for (const auto& signer : or_end(verify(file(words.at(1)), file(words.at(2)))).signers)
      std::cout << (signer.integrity == Integrity::good ? "good " : "bad ") << signer.digest << '\n';
  } else if (verb == "encrypt") {
    std::vector<Certificate> recipients;
    for (std::size_t i = 4; i < words.size(); ++i) recipients.push_back(or_end(Certificate::read(file(words[i]))));
    const auto transport = words.at(3) == "oaep" ? KeyTransport::rsa_oaep : KeyTransport::rsa_pkcs1;
    std::cout << or_end(encrypt(file(words.at(1)), recipients, {ciphers.at(words.at(2)), transport}));
  } else if (verb == "decrypt") {
    std::cout << or_end(decrypt(file(words.at(1)), {or_end(read_identity(file(words.at(2))))})).content;
  } else {
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  return run(std::vector<std::string>(argv + 1, argv + argc));
}
