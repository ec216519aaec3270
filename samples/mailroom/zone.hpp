// zone.hpp - the names that the mail room's DNS responder knows, from a table:
//
//   records:
//     - {name: direct.example.org, type: MX, preference: 10, host: mail.example.org}
//     - {name: alice.direct.example.org, type: CERT, file: alice.crt}
//     - {name: _ldap._tcp.direct.example.org, type: SRV, priority: 0, weight: 0, port: 389, host: ldap.example.org}
//     - {name: mail.example.org, type: A, address: 127.0.0.1}
//     - {name: www.example.org, type: CNAME, host: mail.example.org}
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::mailroom {

// RFC 1035, 3.2.2; RFC 2782; RFC 4398.
enum class RecordType : std::uint16_t { a = 1, cname = 5, mx = 15, opt = 41, srv = 33, cert = 37, any = 255 };

struct ZoneRecord {
  std::string name;  // lower case, without the last dot
  RecordType type = RecordType::a;
  std::string data;  // as it stands in an answer
};

class Zone {
 public:
  Zone() = default;
  explicit Zone(std::vector<ZoneRecord> records) : records_(std::move(records)) {}

  // Names files from the folder of the table. The error names every mistake and its place.
  [[nodiscard]] static Result<Zone> read(const std::filesystem::path& file);

  // Whether there is the name, or one below it.
  bool has(std::string_view name) const;
  std::vector<ZoneRecord> find(std::string_view name, RecordType type) const;

 private:
  std::vector<ZoneRecord> records_;
};

// A name as labels with their lengths. The error is of a label beyond 63 bytes, or a name beyond 255.
[[nodiscard]] Result<std::string> to_wire(std::string_view name);

}  // namespace bb::mailroom
