#include "stored_zip.hpp"

#include <array>
#include <cstdint>

namespace bb::direct {
namespace {

constexpr std::uint32_t local_signature = 0x04034b50, central_signature = 0x02014b50, end_signature = 0x06054b50;
constexpr std::uint32_t version_needed = 10;     // 4.4.3.2: "Default value"
constexpr std::uint32_t first_of_1980 = 0x0021;  // the first date there is; none is told

std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xedb88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}

// 4.4.7.
std::uint32_t crc_of(std::string_view bytes) {
  static const auto table = crc_table();
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : bytes) crc = table[(crc ^ static_cast<unsigned char>(byte)) & 0xff] ^ (crc >> 8);
  return crc ^ 0xffffffffu;
}

// Little-endian, of 2 or 4 bytes.
void put(std::string& out, std::size_t number, int size) {
  for (int i = 0; i < size; ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

// What the local header and the directory have in common: 4.3.7, 4.3.12.
void put_common(std::string& out, const StoredFile& file, std::uint32_t crc) {
  put(out, version_needed, 2);
  put(out, 0, 2);  // flags
  put(out, 0, 2);  // method: stored
  put(out, 0, 2);  // time
  put(out, first_of_1980, 2);
  put(out, crc, 4);
  put(out, file.bytes.size(), 4);
  put(out, file.bytes.size(), 4);
  put(out, file.name.size(), 2);
  put(out, 0, 2);  // extra field
}

}  // namespace

std::string stored_zip(const std::vector<StoredFile>& files) {
  std::string out, directory;
  for (const auto& file : files) {
    const auto offset = out.size();
    const auto crc = crc_of(file.bytes);
    put(out, local_signature, 4);
    put_common(out, file, crc);
    out += file.name;
    out += file.bytes;

    put(directory, central_signature, 4);
    put(directory, version_needed, 2);  // made by
    put_common(directory, file, crc);
    put(directory, 0, 2);  // comment
    put(directory, 0, 2);  // disk
    put(directory, 0, 2);  // internal attributes
    put(directory, 0, 4);  // external attributes
    put(directory, offset, 4);
    directory += file.name;
  }
  const auto offset = out.size();
  out += directory;
  put(out, end_signature, 4);
  put(out, 0, 2);  // this disk
  put(out, 0, 2);  // the disk of the directory
  put(out, files.size(), 2);
  put(out, files.size(), 2);
  put(out, directory.size(), 4);
  put(out, offset, 4);
  put(out, 0, 2);  // comment
  return out;
}

}  // namespace bb::direct
