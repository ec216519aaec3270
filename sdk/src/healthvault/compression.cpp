#include <bb/healthvault/compression.hpp>

#include <zlib.h>

#include <array>
#include <cstdlib>

#include <bb/core/text.hpp>

namespace bb::healthvault {
namespace {

constexpr int zlib_window_bits = 15;
constexpr int gzip_window_bits = zlib_window_bits + 16;  // as zlib.h has it
constexpr int memory_level = 8;
constexpr std::size_t piece_bytes = 1024 * 1024;  // what zlib is given at once: its counts have 32 bits

}  // namespace

std::string_view word_of(ContentEncoding encoding) {
  switch (encoding) {
    case ContentEncoding::gzip:
      return "gzip";
    case ContentEncoding::deflate:
      return "deflate";
    case ContentEncoding::identity:
      break;
  }
  return {};
}

std::optional<ContentEncoding> content_encoding(std::string_view word) {
  for (const auto encoding : {ContentEncoding::identity, ContentEncoding::gzip, ContentEncoding::deflate})
    if (iequals(word, word_of(encoding))) return encoding;
  if (iequals(word, "identity")) return ContentEncoding::identity;
  return std::nullopt;
}

std::string compressed(std::string_view bytes, ContentEncoding encoding) {
  if (encoding == ContentEncoding::identity) return std::string(bytes);
  z_stream stream{};
  const int bits = encoding == ContentEncoding::gzip ? gzip_window_bits : zlib_window_bits;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    std::abort();  // no memory
  std::string out;
  std::array<char, 16 * 1024> buffer;
  do {
    const auto piece = bytes.substr(0, piece_bytes);
    bytes.remove_prefix(piece.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // zlib only reads it
    stream.avail_in = static_cast<uInt>(piece.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = buffer.size();
      deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
      out.append(buffer.data(), buffer.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  } while (!bytes.empty());
  deflateEnd(&stream);
  return out;
}

}  // namespace bb::healthvault
