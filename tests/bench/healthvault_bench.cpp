// Requests to a record platform written and signed, and read and verified, beside the bare
// hashing and signing of the same bytes by OpenSSL.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>
#include <string_view>

#include <bb/healthvault/request.hpp>
#include <bb/healthvault/thing_methods.hpp>

namespace {

using namespace bb::healthvault;

const std::string id = "3d34d87e-7fc1-4153-800f-f56592cb0d17";
const std::string secret(32, 's');

// A weight, with so many bytes of a document behind it.
PutThings::Request request_of(std::size_t bytes) {
  Thing thing;
  thing.type_id = id;
  std::string data =
      "<weight><when><date><y>2017</y><m>6</m><d>2</d></date></when><value><kg>76</kg>"
      "<display units=\"kg\" units-code=\"kg\">76</display></value></weight><common><note>";
  while (data.size() < bytes) data += "<p>Blood pressure 120/80 mmHg, measured at rest</p>";
  thing.data = {{data + "</note></common>"}};
  return {{thing}};
}

Header header() {
  return {.method = "PutThings",
          .method_version = 2,
          .record_id = id,
          .session = AuthSession{std::string(200, 't'), id},
          .culture_code = "en-US",
          .msg_time = "2014-01-31T12:00:00.000Z",
          .version = "bench/1.0"};
}

std::string signed_request(const PutThings::Request& request) {
  const auto prepared = prepare(header(), write_request_info<PutThings>(request));
  return finish(prepared,
                HeaderCode{MacAlgorithm::hmac_sha256, mac(MacAlgorithm::hmac_sha256, secret, prepared.header)});
}

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

void bare_sign(std::string_view header_bytes, std::string_view info) {
  unsigned char hash[EVP_MAX_MD_SIZE], code[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(info.data(), info.size(), hash, &size, EVP_sha256(), nullptr);
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), raw(header_bytes), header_bytes.size(), code,
       &size);
  benchmark::DoNotOptimize(hash);
  benchmark::DoNotOptimize(code);
}

void healthvault_sign(benchmark::State& state) {
  const auto request = request_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(signed_request(request));
  state.SetItemsProcessed(state.iterations());
}

void openssl_sign(benchmark::State& state) {
  const auto prepared =
      prepare(header(), write_request_info<PutThings>(request_of(static_cast<std::size_t>(state.range(0)))));
  for (auto _ : state) bare_sign(prepared.header, prepared.info);
  state.SetItemsProcessed(state.iterations());
}

void healthvault_verify(benchmark::State& state) {
  const auto body = signed_request(request_of(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) {
    const auto received = read_request(body);
    if (!received || !is_header_intact(*received, secret) || !is_info_intact(*received) ||
        !read_request_info<PutThings>(*received))
      return state.SkipWithError("not verified");
  }
  state.SetItemsProcessed(state.iterations());
}

constexpr int small = 0, document = 64 * 1024, large = 1024 * 1024;
BENCHMARK(openssl_sign)->Name("healthvault_bare")->Arg(small)->Arg(document)->Arg(large);
BENCHMARK(healthvault_sign)->Arg(small)->Arg(document)->Arg(large);
BENCHMARK(healthvault_verify)->Arg(small)->Arg(document)->Arg(large);

}  // namespace
