#include "mailroom/zone.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <bb/core/diagnostic.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include <bb/direct/certificate.hpp>

namespace bb::mailroom {
namespace {

std::string number16(unsigned value) { return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)}; }

std::string canonical_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return to_lower(name);
}

class ZoneReader {
 public:
  ZoneReader(const YamlNode& root, std::filesystem::path folder) : root_(root), folder_(std::move(folder)) {}

  std::vector<ZoneRecord> read() {
    const auto* list = root_.find("records");
    if (list == nullptr || !list->is_list()) {
      mistake(root_.place, "'records' must be a list",
              "for example '- {name: a.example, type: A, address: 127.0.0.1}'");
      return {};
    }
    std::vector<ZoneRecord> records;
    for (const auto& item : list->items)
      if (auto record = read_record(item)) records.push_back(*std::move(record));
    return records;
  }
  std::vector<Diagnostic> diagnostics;

 private:
  void mistake(const Place& place, std::string message, std::string note) {
    diagnostics.push_back({Severity::error, place, std::move(message), std::move(note)});
  }

  std::optional<ZoneRecord> read_record(const YamlNode& item) {
    static const std::map<std::string, std::pair<RecordType, std::vector<std::string>>> kinds{
        {"A", {RecordType::a, {"address"}}},
        {"CNAME", {RecordType::cname, {"host"}}},
        {"MX", {RecordType::mx, {"preference", "host"}}},
        {"SRV", {RecordType::srv, {"priority", "weight", "port", "host"}}},
        {"CERT", {RecordType::cert, {"file"}}}};
    const auto* name = item.find("name");
    const auto* type = item.find("type");
    const auto kind = type == nullptr ? kinds.end() : kinds.find(type->text);
    if (name == nullptr || kind == kinds.end()) {
      mistake(type == nullptr ? item.place : type->place, "a record has 'name' and a known 'type'",
              "types: A, CERT, CNAME, MX, SRV");
      return std::nullopt;
    }
    const auto& [number, keys] = kind->second;
    for (const auto& member : item.members)
      if (member.key != "name" && member.key != "type" && std::find(keys.begin(), keys.end(), member.key) == keys.end())
        mistake(member.key_place, fmt::format("unknown key '{}' of a record of type {}", member.key, type->text),
                "keys: name, type, " + join(keys, ", "));
    if (const auto wire = to_wire(name->text); !wire) mistake(name->place, wire.error().what, "");
    std::string data;
    for (const auto& key : keys) {
      const auto* value = item.find(key);
      if (value == nullptr) {
        mistake(item.place, fmt::format("a record of type {} needs '{}'", type->text, key), "");
        return std::nullopt;
      }
      const auto part = read_value(key, value->text);
      if (!part) {
        mistake(value->place, part.error().what, "");
        return std::nullopt;
      }
      data += *part;
    }
    return ZoneRecord{canonical_name(name->text), number, std::move(data)};
  }

  Result<std::string> read_value(const std::string& key, const std::string& text) const {
    if (key == "host") return to_wire(text);
    if (key == "address") {
      std::array<char, 4> address;
      if (::inet_pton(AF_INET, text.c_str(), address.data()) != 1)
        return Error{"'" + text + "' is no IPv4 address, for example 127.0.0.1"};
      return std::string(address.data(), address.size());
    }
    if (key == "file") {
      BB_TRY(const auto bytes, read_text(folder_ / text));
      BB_TRY(const auto certificate, direct::Certificate::read(bytes));
      return number16(1) + number16(0) + '\0' + certificate.der();  // PKIX, no key tag, no algorithm: RFC 4398, 2
    }
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number > 65535)
      return Error{fmt::format("'{}' must be a number from 0 to 65535, got '{}'", key, text)};
    return number16(number);
  }

  const YamlNode& root_;
  const std::filesystem::path folder_;
};

}  // namespace

Result<std::string> to_wire(std::string_view name) {
  constexpr std::size_t label_bytes_max = 63, name_bytes_max = 255;  // RFC 1035, 2.3.4
  if (name == ".") return std::string(1, '\0');  // the root, as the host of an MX that wants no mail (RFC 7505)
  std::string wire;
  for (const auto& label : split(canonical_name(name), '.')) {
    if (label.empty() || label.size() > label_bytes_max)
      return Error{fmt::format("'{}' is no name: a label has 1 to {} bytes", shorten(name, 80), label_bytes_max)};
    wire += static_cast<char>(label.size());
    wire += label;
  }
  wire += '\0';
  if (wire.size() > name_bytes_max) return Error{fmt::format("'{}' is no name: too long", shorten(name, 80))};
  return wire;
}

Result<Zone> Zone::read(const std::filesystem::path& file) {
  BB_TRY(auto text, read_text(file));
  const auto yaml = parse_yaml(std::make_shared<Source>(Source{file.string(), std::move(text)}));
  if (!yaml.is_good()) return Error{render(yaml.diagnostics)};
  ZoneReader reader(*yaml.root, file.parent_path());
  auto records = reader.read();
  if (!reader.diagnostics.empty()) return Error{render(reader.diagnostics)};
  return Zone(std::move(records));
}

bool Zone::has(std::string_view name) const {
  const auto below = "." + std::string(name);
  return std::any_of(records_.begin(), records_.end(),
                     [&](const ZoneRecord& record) { return record.name == name || record.name.ends_with(below); });
}

std::vector<ZoneRecord> Zone::find(std::string_view name, RecordType type) const {
  std::vector<ZoneRecord> found;
  for (const auto& record : records_)
    if (record.name == name && (record.type == type || type == RecordType::any)) found.push_back(record);
  return found;
}

}  // namespace bb::mailroom
