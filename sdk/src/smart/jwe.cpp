#include <bb/smart/jwe.hpp>

#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <climits>
#include <cstdlib>
#include <memory>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::smart {
namespace {

constexpr std::size_t tag_bytes = 16;

Error wrong(std::string_view why) { return Error{"encrypted file: " + std::string(why)}; }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct Cipher {
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  EVP_CIPHER_CTX* get() const { return context.get(); }
};

// Nothing: the tag says that it is not what was encrypted.
std::optional<std::string> decrypted(const Jwe& jwe, std::string_view key) {
  const Cipher cipher;
  std::string content(jwe.ciphertext.size(), '\0'), tag = jwe.tag;
  int size = 0;
  const bool is_done =
      cipher.get() != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(jwe.nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(jwe.header_text),
                        static_cast<int>(jwe.header_text.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes_of(content), &size, bytes_of(jwe.ciphertext),
                        static_cast<int>(jwe.ciphertext.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), nullptr, &size) == 1;
  return is_done ? std::optional(std::move(content)) : std::nullopt;
}

Result<std::string> inflated(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return wrong("out of memory");  // without zlib's head
  stream.next_in = const_cast<Bytef*>(bytes_of(packed));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string content;
  std::vector<char> buffer(65536);
  int status = Z_OK;
  while (status == Z_OK && content.size() <= jwe_content_bytes_max) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&stream, Z_NO_FLUSH);
    content.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (content.size() > jwe_content_bytes_max)
    return wrong("expected at most " + std::to_string(jwe_content_bytes_max) + " bytes of content");
  if (status != Z_STREAM_END) return wrong("'zip' says DEF, and the content is no raw deflate");
  return content;
}

std::string deflated(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string packed(deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
  stream.next_in = const_cast<Bytef*>(bytes_of(content));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = bytes_of(packed);
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();  // the bound is zlib's own
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

Result<Jwe> read_jwe(std::string_view compact) {
  if (compact.size() > jwe_bytes_max) return wrong("expected at most " + std::to_string(jwe_bytes_max) + " bytes");
  const auto parts = split(compact, '.');
  if (parts.size() != 5)
    return wrong("expected five parts with dots between them (RFC 7516, 7.1), got " + std::to_string(parts.size()));
  Jwe jwe;
  jwe.header_text = parts[0];
  std::string header;
  const std::array<std::string*, 5> into{&header, &jwe.encrypted_key, &jwe.nonce, &jwe.ciphertext, &jwe.tag};
  for (std::size_t i = 0; i < into.size(); ++i) {
    auto bytes = base64url_decode(parts[i]);
    if (!bytes) return wrong("part " + std::to_string(i + 1) + " is no base64url");
    *into[i] = *std::move(bytes);
  }
  auto parsed = parse_json(header);
  if (!parsed || !parsed->is_object()) return wrong("the header is no JSON object");
  jwe.header = *std::move(parsed);
  return jwe;
}

Result<std::string> open_jwe(const Jwe& jwe, std::string_view key) {
  const auto& header = jwe.header;
  if (header["alg"].string_or("") != "dir") return wrong("expected 'alg' to be dir");
  if (header["enc"].string_or("") != "A256GCM") return wrong("expected 'enc' to be A256GCM");
  if (header.find("crit") != nullptr) return wrong("'crit' names what is not known here");
  const auto* const zip = header.find("zip");
  if (zip != nullptr && zip->string_or("") != "DEF") return wrong("expected 'zip' to be DEF, or not there");
  if (!jwe.encrypted_key.empty()) return wrong("with dir there is no encrypted key");
  if (key.size() != jwe_key_bytes) return wrong("expected a key of 32 bytes, got " + std::to_string(key.size()));
  if (jwe.nonce.size() != jwe_nonce_bytes)
    return wrong("expected a nonce of 12 bytes, got " + std::to_string(jwe.nonce.size()));
  if (jwe.tag.size() != tag_bytes) return wrong("expected a tag of 16 bytes, got " + std::to_string(jwe.tag.size()));
  auto content = decrypted(jwe, key);
  if (!content) return wrong("the key does not open it");
  return zip == nullptr ? Result<std::string>(*std::move(content)) : inflated(*content);
}

std::string write_jwe(std::string_view content, std::string_view media_type, std::string_view key,
                      std::string_view nonce, Zip zip) {
  auto header = Value::object({{"alg", "dir"}, {"enc", "A256GCM"}});
  if (!media_type.empty()) header.set("cty", media_type);
  if (zip == Zip::deflate) header.set("zip", "DEF");
  const auto head = base64url_encode(to_json(header));
  const auto plain = zip == Zip::deflate ? deflated(content) : std::string(content);
  std::string ciphertext(plain.size(), '\0'), tag(tag_bytes, '\0');
  const Cipher cipher;
  int size = 0;
  const bool is_done =
      key.size() == jwe_key_bytes && nonce.size() == jwe_nonce_bytes && plain.size() <= INT_MAX &&
      cipher.get() != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(head), static_cast<int>(head.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes_of(ciphertext), &size, bytes_of(plain), static_cast<int>(plain.size())) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), nullptr, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag.data()) == 1;
  if (!is_done) std::abort();  // a caller's mistake, or no memory
  return head + ".." + base64url_encode(nonce) + "." + base64url_encode(ciphertext) + "." + base64url_encode(tag);
}

}  // namespace bb::smart
