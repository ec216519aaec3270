// RFC 4648, sections 4, 5 and 8. Apart from crypto.cpp: a connector's process
// uses these, and starts without OpenSSL.
#include <algorithm>
#include <array>

#include <bb/core/crypto.hpp>

namespace bb {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits) digit = no_digit;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return digits;
}
constexpr auto digits = make_digits();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  char* at = out.data();
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group = byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    *at++ = alphabet[group >> 18];
    *at++ = alphabet[group >> 12 & 63];
    if (i + 1 < bytes.size()) *at++ = alphabet[group >> 6 & 63];
    if (i + 2 < bytes.size()) *at++ = alphabet[group & 63];
  }
  return out;
}

std::string base64url_encode(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(std::find(out.begin(), out.end(), '='), out.end());
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  char* at = out.data();
  const auto put = [&at](std::uint32_t group) {
    for (const int shift : {16, 8, 0}) *at++ = static_cast<char>(group >> shift & 0xFF);
  };
  const auto digit_at = [&text](std::size_t i) { return std::uint32_t{digits[static_cast<unsigned char>(text[i])]}; };
  std::uint32_t group = 0;
  std::size_t count = 0, padding = 0;  // characters without white space; '=' of them
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Most stand four in a row: a megabyte then takes a third of the time.
    while (count % 4 == 0 && padding == 0 && text.size() - i >= 4) {
      const auto four = digit_at(i) << 18 | digit_at(i + 1) << 12 | digit_at(i + 2) << 6 | digit_at(i + 3);
      if ((digit_at(i) | digit_at(i + 1) | digit_at(i + 2) | digit_at(i + 3)) == no_digit) break;
      put(four);
      i += 4;
    }
    if (i == text.size()) break;
    const char c = text[i];
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    const auto digit = digit_at(i);
    if (c == '=' ? ++padding > 2 : digit == no_digit || padding != 0) return std::nullopt;
    group = group << 6 | (c == '=' ? 0u : digit);
    if (++count % 4 != 0) continue;
    put(group);
    group = 0;
  }
  if (count % 4 != 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(at - out.data()) - padding);
  return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  auto bytes = base64_decode(plain);
  if (bytes && base64url_encode(*bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace bb
