#include "harness/documents/data_store.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

namespace bb::documents {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view index_format = "bluebridge-data/1";
constexpr std::array kinds{DataSet::Kind::xsd, DataSet::Kind::schematron, DataSet::Kind::fhir};

// No way out of the set's folder.
bool is_plain_path(const std::string& path) {
  const fs::path p(path);
  return !path.empty() && p.is_relative() &&
         std::none_of(p.begin(), p.end(), [](const fs::path& part) { return part == ".." || part == "."; });
}

Value to_value(const DataSet& set) {
  Value files = Value::array();
  for (const auto& file : set.files)
    files.push(Value::object({{"path", file.path},
                              {"sha256", file.sha256},
                              {"bytes", static_cast<std::int64_t>(file.byte_count)},
                              {"source", file.source},
                              {"source_sha256", file.source_sha256}}));
  return Value::object({{"id", set.id},
                        {"kind", std::string(to_word(set.kind))},
                        {"title", set.title},
                        {"entry", set.entry},
                        {"files", std::move(files)}});
}

Result<DataSet> read_set(const Value& value) {
  DataSet set;
  set.id = value["id"].string_or("");
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](DataSet::Kind one) { return value["kind"].string_or("") == to_word(one); });
  if (kind == kinds.end()) return Error{fmt::format("the set '{}' is of no known kind", set.id)};
  set.kind = *kind;
  set.title = value["title"].string_or("");
  set.entry = value["entry"].string_or("");
  const auto* files = value["files"].items();
  if (!is_plain_path(set.id) || files == nullptr) return Error{fmt::format("the set '{}' cannot be read", set.id)};
  for (const auto& file : *files) {
    set.files.push_back({file["path"].string_or(""), file["sha256"].string_or(""), file["source"].string_or(""),
                         file["source_sha256"].string_or(""),
                         static_cast<std::uint64_t>(std::max<std::int64_t>(file["bytes"].integer_or(0), 0))});
    if (!is_plain_path(set.files.back().path)) return Error{fmt::format("the set '{}' names a path outside", set.id)};
  }
  return set;
}

}  // namespace

std::optional<std::string> read_below(const fs::path& folder, const fs::path& path, std::uint64_t bytes_max) {
  const auto plain = path.lexically_normal();
  if (plain.is_absolute() || plain.empty() || *plain.begin() == "..") return std::nullopt;
  auto bytes = read_text(folder / plain, bytes_max);
  return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
}

std::string_view to_word(DataSet::Kind kind) {
  switch (kind) {
    case DataSet::Kind::xsd:
      return "schema";
    case DataSet::Kind::schematron:
      return "rules";
    case DataSet::Kind::fhir:
      return "fhir";
  }
  return "";
}

Result<DataStore> DataStore::open(const fs::path& folder) {
  DataStore store(folder);
  const auto file = folder / "index.json";
  std::error_code gone;
  if (!fs::exists(file, gone)) return store;
  BB_TRY(const auto text, read_text(file));
  const auto index = parse_json(text);
  if (!index) return Error{fmt::format("{}: {}", file.string(), index.error().what)};
  if ((*index)["format"].string_or("") != index_format || !(*index)["sets"].is_array())
    return Error{fmt::format("{}: got format '{}', expected '{}'", file.string(), (*index)["format"].string_or(""),
                             index_format)};
  for (const auto& value : *(*index)["sets"].items()) {
    auto set = read_set(value);
    if (!set) return Error{fmt::format("{}: {}", file.string(), set.error().what)};
    store.sets_.push_back(*std::move(set));
  }
  return store;
}

const DataSet* DataStore::find(std::string_view id) const {
  const auto found = std::find_if(sets_.begin(), sets_.end(), [&](const DataSet& set) { return set.id == id; });
  return found == sets_.end() ? nullptr : &*found;
}

Result<Imported> DataStore::import(const fs::path& source) {
  std::error_code error;
  if (!fs::exists(source, error)) return Error{fmt::format("{}: there is no such file or folder", source.string())};
  Imported imported;
  auto candidates = find_data(source, imported.notes);
  if (candidates.empty())
    return Error{
        fmt::format("{}: holds no CDA schema (.xsd), no Schematron rules and no FHIR R4 definitions that can "
                    "be used{}",
                    source.string(), imported.notes.empty() ? "" : "\n" + imported.notes.front())};
  for (auto& candidate : candidates) {
    BB_CHECK(keep(candidate.set, candidate.contents));
    imported.sets.push_back(std::move(candidate.set));
  }
  return imported;
}

Status DataStore::keep(DataSet set, const std::map<std::string, std::string>& contents) {
  BB_CHECK(make_private_folder(folder_));
  const auto place = folder_ / set.id;
  std::error_code error;
  fs::remove_all(place, error);
  for (const auto& [path, bytes] : contents) {
    fs::create_directories((place / path).parent_path(), error);
    if (error) return Error{fmt::format("{}: cannot be made: {}", place.string(), error.message())};
    BB_CHECK(write_text(place / path, bytes));
  }
  std::erase_if(sets_, [&](const DataSet& other) { return other.id == set.id; });
  sets_.push_back(std::move(set));
  std::sort(sets_.begin(), sets_.end(), [](const DataSet& a, const DataSet& b) { return a.id < b.id; });
  return write_index();
}

Status DataStore::write_index() const {
  Value sets = Value::array();
  for (const auto& set : sets_) sets.push(to_value(set));
  return write_text(
      folder_ / "index.json",
      to_json_pretty(Value::object({{"format", std::string(index_format)}, {"sets", std::move(sets)}})) + "\n");
}

Result<std::map<std::string, std::string>> DataStore::load(const DataSet& set) const {
  std::map<std::string, std::string> contents;
  for (const auto& file : set.files) {
    const auto path = folder_ / set.id / file.path;
    BB_TRY(auto bytes, read_regular_file(path));
    if (sha256_hex(bytes) != file.sha256)
      return Error{fmt::format("{}: is not what was imported (its SHA-256 differs): import it again", path.string())};
    contents.emplace(file.path, std::move(bytes));
  }
  return contents;
}

}  // namespace bb::documents
