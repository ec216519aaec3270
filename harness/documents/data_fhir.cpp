#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/documents/data_find.hpp"
#include "harness/fhir/published.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view release_title = "HL7 FHIR R4";
constexpr std::string_view release_package = "hl7.fhir.r4.core";

// What the files of one folder are of.
struct Guide {
  std::string package;  // "hl7.fhir.us.core"
  std::string version;
  std::string title;
  bool is_r4 = true;
  std::string source;  // the file that says so
};

// "fhir-r4", "fhir-us-core-6.1.0", "fhir-carin-bb-2.0.0". Of the United States
// only the core needs its realm beside its name.
std::string id_of(const Guide& guide) {
  if (guide.package == release_package) return "fhir-r4";
  std::string_view name = guide.package;
  if (name.starts_with("hl7.fhir.")) name.remove_prefix(9);
  if (name.starts_with("us.") && name != "us.core") name.remove_prefix(3);
  return fmt::format("fhir-{}-{}", replace_all(std::string(name), ".", "-"), guide.version);
}

bool is_plain(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

// A package.json of a FHIR package, or an ImplementationGuide; else nothing.
std::optional<Guide> guide_of(const std::string& path, const Value& file) {
  const bool is_package =
      fs::path(path).filename() == "package.json" && file["name"].is_string() && file["fhirVersions"].is_array();
  if (!is_package && file["resourceType"].string_or("") != "ImplementationGuide") return std::nullopt;
  Guide guide;
  guide.package = file[is_package ? "name" : "packageId"].string_or("");
  guide.version = file["version"].string_or("");
  guide.title = file["title"].string_or(file["name"].string_or(""));
  const auto& releases = file[is_package ? "fhirVersions" : "fhirVersion"];
  guide.is_r4 = releases[std::size_t{0}].string_or("").starts_with("4.0");
  guide.source = path;
  if (guide.package.empty() || guide.version.empty() || !is_plain(guide.package) || !is_plain(guide.version))
    return std::nullopt;
  return guide;
}

// A file with definitions.
struct Kept {
  std::string path;
  std::string sha256;
  Value value;
};

struct Folder {
  std::optional<Guide> guide;
  std::vector<Kept> files;
};

bool has_words(std::string_view text) {
  for (const auto* word :
       {"\"StructureDefinition\"", "\"ValueSet\"", "\"CodeSystem\"", "\"ImplementationGuide\"", "\"fhirVersions\""})
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

// FHIR itself: it defines resources. Its files name no package.
bool defines_resources(const Folder& folder) {
  for (const auto& file : folder.files)
    for (const auto& structure : *file.value["structures"].items())
      if (structure["url"].string_or("") == "http://hl7.org/fhir/StructureDefinition/Patient") return true;
  return false;
}

bool has_structures(const Folder& folder) {
  return std::any_of(folder.files.begin(), folder.files.end(),
                     [](const Kept& file) { return file.value["structures"].size() > 0; });
}

Candidate candidate_of(const Guide& guide, const std::vector<Kept>& files) {
  Candidate candidate;
  candidate.set.id = id_of(guide);
  candidate.set.kind = DataSet::Kind::fhir;
  candidate.set.title =
      guide.package == release_package ? std::string(release_title) : fmt::format("{} {}", guide.title, guide.version);
  for (const auto& file : files) {
    const auto name = fs::path(file.path).filename().string();
    auto text = to_json(file.value);
    candidate.set.files.push_back({name, sha256_hex(text), file.path, file.sha256, text.size()});
    if (candidate.set.entry.empty() && file.value["structures"].size() > 0) candidate.set.entry = name;
    candidate.contents.emplace(name, std::move(text));
  }
  return candidate;
}

}  // namespace

std::vector<Candidate> find_fhir_data(const fs::path& source, std::vector<std::string>& notes) {
  DataFolder files(source);
  std::map<std::string, Folder> folders;
  std::map<std::string, std::vector<std::string>> folder_notes;
  for (const auto& path : paths_below(source, {".json"})) {
    const auto text = files.read(path);
    if (!text || !has_words(*text)) continue;
    const auto file = parse_json(*text);
    if (!file) continue;  // what is no JSON is no definition
    const auto place = fs::path(path).parent_path().generic_string();
    if (auto guide = guide_of(path, *file); guide && !folders[place].guide) folders[place].guide = std::move(guide);
    auto kept = fhir::kept_of(*file, folder_notes[place]);
    if (!kept.is_null()) folders[place].files.push_back({path, files.take_read()[path], std::move(kept)});
  }

  std::vector<Candidate> found;
  for (auto& [place, folder] : folders) {
    if (!folder.guide && defines_resources(folder))
      folder.guide = Guide{.package = std::string(release_package), .version = "4.0.1", .title = "", .source = ""};
    if (!folder.guide || !has_structures(folder)) continue;  // examples and test cases
    for (auto& note : folder_notes[place]) notes.push_back(std::move(note));
    if (!folder.guide->is_r4) {
      notes.push_back(fmt::format("{}: {} is no guide to FHIR R4", place, folder.guide->package));
      continue;
    }
    auto candidate = candidate_of(*folder.guide, folder.files);
    const bool is_known = std::any_of(found.begin(), found.end(),
                                      [&](const Candidate& other) { return other.set.id == candidate.set.id; });
    if (is_known)
      notes.push_back(fmt::format("{}: another '{}'; the first found is kept", place, candidate.set.id));
    else
      found.push_back(std::move(candidate));
  }
  return found;
}

}  // namespace bb::documents
