// Direct messages sealed (wrapped, signed, encrypted) and opened (decrypted, verified), beside a bare
// loop over OpenSSL's C API that does the same steps on the same bytes, and beside the openssl
// command, a process for each step. RSA-2048, SHA-256, AES-256.
#include <benchmark/benchmark.h>
#include <openssl/cms.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/message.hpp>

#include "samples/pki/authority.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace direct = bb::direct;

struct Sides {
  direct::Identity sender, recipient;
};

const Sides& sides() {
  static const Sides made = [] {
    constexpr std::int64_t begin = 1'700'000'000, end = 2'000'000'000;
    const auto root = bb::pki::make_root({.common_name = "Bench Root",
                                          .not_before = begin,
                                          .not_after = end,
                                          .key_usage = "critical,keyCertSign,cRLSign",
                                          .is_authority = true})
                          .value();
    const auto of = [&](const std::string& address) {
      return bb::pki::issue(root,
                            {.common_name = address, .addresses = {address}, .not_before = begin, .not_after = end})
          .value();
    };
    return Sides{of("alice@direct.example.org"), of("bob@direct.example.net")};
  }();
  return made;
}

// A message of about this size, its attachment in base64.
std::string message_of(std::size_t bytes) {
  std::string message =
      "From: <alice@direct.example.org>\r\nTo: <bob@direct.example.net>\r\nSubject: summary\r\n"
      "Date: Mon, 21 Sep 2026 12:00:00 +0000\r\nMessage-ID: <bench@direct.example.org>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  while (message.size() < bytes) message += std::string(76, 'Q') + "\r\n";
  return message;
}

// What the bare loop does of MIME: base64 in lines, and to find it again.
struct FreeBare {
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
  void operator()(STACK_OF(X509) * p) const { sk_X509_free(p); }
  void operator()(EVP_ENCODE_CTX* p) const { EVP_ENCODE_CTX_free(p); }
};
template <class T>
using Bare = std::unique_ptr<T, FreeBare>;

Bare<BIO> memory_of(std::string_view bytes) {
  return Bare<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}
const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

std::string bare_base64(CMS_ContentInfo* cms) {
  unsigned char* der = nullptr;
  const int size = i2d_CMS_ContentInfo(cms, &der);
  std::string text(static_cast<std::size_t>(size) / 48 * 65 + 130, '\0');
  const Bare<EVP_ENCODE_CTX> context(EVP_ENCODE_CTX_new());
  EVP_EncodeInit(context.get());
  int written = 0, rest = 0;
  EVP_EncodeUpdate(context.get(), raw(text), &written, der, size);
  EVP_EncodeFinal(context.get(), raw(text) + written, &rest);
  OPENSSL_free(der);
  text.resize(static_cast<std::size_t>(written + rest));
  return text;
}

Bare<CMS_ContentInfo> bare_cms(std::string_view text) {
  std::string der(text.size(), '\0');
  const Bare<EVP_ENCODE_CTX> context(EVP_ENCODE_CTX_new());
  EVP_DecodeInit(context.get());
  int written = 0, rest = 0;
  EVP_DecodeUpdate(context.get(), raw(der), &written, raw(text), static_cast<int>(text.size()));
  EVP_DecodeFinal(context.get(), raw(der) + written, &rest);
  const auto* at = raw(std::string_view(der));
  return Bare<CMS_ContentInfo>(d2i_CMS_ContentInfo(nullptr, &at, written + rest));
}

constexpr std::string_view boundary = "----=_bench", wrapping = "Content-Type: message/rfc822\r\n\r\n";

std::string bare_seal(std::string_view message) {
  const auto& [sender, recipient] = sides();
  const auto wrapped = std::string(wrapping).append(message);
  const Bare<STACK_OF(X509)> chain(sk_X509_new_null());
  for (const auto& authority : sender.chain) sk_X509_push(chain.get(), authority.get());
  const Bare<CMS_ContentInfo> sealed(CMS_sign(sender.certificate.get(), sender.key.get(), chain.get(),
                                              memory_of(wrapped).get(), CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP));
  const auto both = std::string(boundary)
                        .append("\r\n")
                        .append(wrapped)
                        .append("\r\n")
                        .append(boundary)
                        .append("\r\n\r\n")
                        .append(bare_base64(sealed.get()))
                        .append(boundary)
                        .append("--\r\n");
  const Bare<STACK_OF(X509)> to(sk_X509_new_null());
  sk_X509_push(to.get(), recipient.certificate.get());
  const Bare<CMS_ContentInfo> envelope(CMS_encrypt(to.get(), memory_of(both).get(), EVP_aes_256_cbc(), CMS_BINARY));
  return "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n\r\n" + bare_base64(envelope.get());
}

bool bare_open(std::string_view sealed) {
  const auto& recipient = sides().recipient;
  const auto envelope = bare_cms(sealed.substr(sealed.find("\r\n\r\n") + 4));
  const Bare<BIO> out(BIO_new(BIO_s_mem()));
  if (CMS_decrypt(envelope.get(), recipient.key.get(), recipient.certificate.get(), nullptr, out.get(), CMS_BINARY) !=
      1)
    return false;
  char* data = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &data);
  const std::string_view both(data, static_cast<std::size_t>(size));
  const auto begin = boundary.size() + 2, end = both.find(boundary, begin);
  const auto last = both.find(boundary, end + 1), signature = end + boundary.size() + 4;
  const auto signed_data = bare_cms(both.substr(signature, last - signature));
  return CMS_verify(signed_data.get(), nullptr, nullptr, memory_of(both.substr(begin, end - 2 - begin)).get(), nullptr,
                    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;
}

void direct_seal(benchmark::State& state) {
  const auto message = message_of(static_cast<std::size_t>(state.range(0)));
  const std::vector recipients{sides().recipient.certificate};
  for (auto _ : state)
    if (!direct::seal(message, sides().sender, recipients)) return state.SkipWithError("not sealed");
  state.SetItemsProcessed(state.iterations());
}

void openssl_seal(benchmark::State& state) {
  const auto message = message_of(static_cast<std::size_t>(state.range(0)));
  if (!bare_open(bare_seal(message))) return state.SkipWithError("the bare loop does not open what it sealed");
  for (auto _ : state) benchmark::DoNotOptimize(bare_seal(message));
  state.SetItemsProcessed(state.iterations());
}

void direct_open(benchmark::State& state) {
  const auto message = message_of(static_cast<std::size_t>(state.range(0)));
  const auto sealed = direct::seal(message, sides().sender, {sides().recipient.certificate}).value();
  const std::vector keys{sides().recipient};
  for (auto _ : state) {
    const auto layers = direct::look_through(sealed, keys);
    if (!layers || layers->message != message || !layers->signature ||
        layers->signature->signers.at(0).integrity != direct::Integrity::good)
      return state.SkipWithError("not opened");
  }
  state.SetItemsProcessed(state.iterations());
}

void openssl_open(benchmark::State& state) {
  const auto sealed = bare_seal(message_of(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state)
    if (!bare_open(sealed)) return state.SkipWithError("not opened");
  state.SetItemsProcessed(state.iterations());
}

// In a folder with alice.pem, bob.pem and message.
void run_commands(benchmark::State& state, bool is_opening) {
  const bb::test::TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& bytes) {
    std::ofstream(folder.path() / name, std::ios::binary) << bytes;
  };
  write("alice.pem", bb::pki::to_pem(sides().sender));
  write("bob.pem", bb::pki::to_pem(sides().recipient));
  write("message", std::string(wrapping) + message_of(static_cast<std::size_t>(state.range(0))));
  const auto in_folder = "cd '" + folder.path().string() + "' && ";
  const auto seal = in_folder +
                    "openssl cms -sign -binary -in message -signer alice.pem -out signed && "
                    "openssl cms -encrypt -binary -aes-256-cbc -in signed -out sealed bob.pem";
  const auto open = in_folder +
                    "openssl cms -decrypt -in sealed -recip bob.pem -out opened && "
                    "openssl cms -verify -noverify -binary -in opened -out verified 2>/dev/null";
  if (is_opening && std::system(seal.c_str()) != 0) return state.SkipWithError("openssl does not seal");
  for (auto _ : state)
    if (std::system((is_opening ? open : seal).c_str()) != 0) return state.SkipWithError("openssl failed");
  state.SetItemsProcessed(state.iterations());
}
void openssl_command_seal(benchmark::State& state) { run_commands(state, false); }
void openssl_command_open(benchmark::State& state) { run_commands(state, true); }

constexpr int small = 50 * 1000, large = 1000 * 1000;
BENCHMARK(direct_seal)->Arg(small)->Arg(large);
BENCHMARK(openssl_seal)->Arg(small)->Arg(large);
BENCHMARK(direct_open)->Arg(small)->Arg(large);
BENCHMARK(openssl_open)->Arg(small)->Arg(large);
BENCHMARK(openssl_command_seal)->Arg(small)->Arg(large)->UseRealTime();
BENCHMARK(openssl_command_open)->Arg(small)->Arg(large)->UseRealTime();

}  // namespace
