#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/xsd.hpp>

#include "harness/documents/data_find.hpp"
#include "harness/documents/nodes.hpp"
#include "harness/schematron/entities.hpp"
#include "harness/schematron/schema.hpp"
#include "harness/schematron/vocabulary.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t vocabulary_bytes_max = 512ull * 1024 * 1024;

// The file that a system id or a relative path names: the longest end of it
// that is below the folder of the schema.
std::optional<std::string> read_by_end(DataFolder& folder, const std::string& place, std::string_view name,
                                       std::uint64_t bytes_max) {
  while (true) {
    if (auto bytes = folder.read((fs::path(place) / name).generic_string(), bytes_max)) return bytes;
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    name.remove_prefix(slash + 1);
  }
}

struct Rules {
  std::string_view id;
  std::string_view title;
  std::vector<std::string_view> words;  // all of them are in the rules
};

const std::array<Rules, 3> known_rules{{
    {"ccda-2.1", "C-CDA R2.1 Schematron", {"2.16.840.1.113883.10.20.22.1.1", "2015-08-01"}},
    {"c32", "HITSP C32 Schematron", {"2.16.840.1.113883.3.88.11.32.1"}},
    {"ccd-1.0", "HL7 CCD 1.0 Schematron", {"2.16.840.1.113883.10.20.1"}},
}};

class Finder {
 public:
  Finder(const fs::path& source, std::vector<std::string>& notes)
      : notes_(notes), folder_(source), paths_(paths_below(source, {".xsd", ".sch"})) {}

  std::vector<Candidate> find() {
    for (const auto& path : paths_) {
      const auto extension = to_lower(fs::path(path).extension().string());
      if (extension == ".xsd") look_at_xsd(path);
      if (extension == ".sch") look_at_rules(path);
    }
    return std::move(found_);
  }

 private:
  bool is_known(std::string_view id) const {
    return std::any_of(found_.begin(), found_.end(), [&](const Candidate& c) { return c.set.id == id; });
  }

  void pass_over(const std::string& path, std::string_view why) { notes_.push_back(fmt::format("{}: {}", path, why)); }

  void keep(DataSet set, std::map<std::string, std::string> contents, const std::map<std::string, std::string>& sources,
            const std::map<std::string, std::string>& source_of) {
    for (const auto& [path, bytes] : contents) {
      const auto source = source_of.find(path);
      const auto& origin = source == source_of.end() ? path : source->second;
      const auto hash = sources.find(origin);
      set.files.push_back({path, sha256_hex(bytes), origin, hash == sources.end() ? "" : hash->second, bytes.size()});
    }
    found_.push_back({std::move(set), std::move(contents)});
  }

  // A schema that declares ClinicalDocument is where a CDA schema begins.
  void look_at_xsd(const std::string& path) {
    folder_.take_read();
    const auto text = folder_.read(path);
    if (!text || text->find("\"ClinicalDocument\"") == std::string::npos || !declares_document(*text)) return;
    std::map<std::string, std::string> contents;
    const xml::SchemaFiles files = [&](const std::string& wanted) -> std::optional<std::string> {
      auto bytes = folder_.read(wanted);
      if (bytes) contents[fs::path(wanted).lexically_normal().generic_string()] = *bytes;
      return bytes;
    };
    const auto compiled = xml::Xsd::compile(path, files);
    if (!compiled) return pass_over(path, "a CDA schema that cannot be compiled: " + compiled.error().what);
    const auto has = [&](std::string_view words) {
      return std::any_of(contents.begin(), contents.end(),
                         [&](const auto& file) { return file.second.find(words) != std::string::npos; });
    };
    DataSet set;
    set.kind = DataSet::Kind::xsd;
    set.entry = path;
    // HITSP's schema for C32 has a few of the SDTC extensions; HL7's has them all.
    const bool is_whole = has("element name=\"deceasedInd\"");
    set.id = is_whole ? "cda-sdtc" : has("targetNamespace=\"urn:hl7-org:sdtc\"") ? "cda-c32" : "cda";
    set.title = is_whole ? "CDA R2 schema with SDTC extensions" : "CDA R2 schema";
    if (is_known(set.id)) return pass_over(path, fmt::format("another '{}'; the first found is kept", set.id));
    keep(std::move(set), std::move(contents), folder_.take_read(), {});
  }

  static bool declares_document(const std::string& text) {
    const auto document = xml::read(text);
    const auto* read = std::get_if<xml::Document>(&document);
    if (read == nullptr || !is_element(read->root(), "http://www.w3.org/2001/XMLSchema", "schema")) return false;
    for (const xmlNode* child = read->root()->children; child != nullptr; child = child->next)
      if (is_element(child, "http://www.w3.org/2001/XMLSchema", "element") &&
          attribute(child, "name") == "ClinicalDocument")
        return true;
    return false;
  }

  void look_at_rules(const std::string& path) {
    folder_.take_read();
    const auto text = folder_.read(path);
    if (!text) return;
    const auto place = fs::path(path).parent_path().generic_string();
    const schematron::FileResolver resolve = [&](const std::string& name) {
      return read_by_end(folder_, place, name, data_bytes_max);
    };
    const auto expanded = schematron::expand_entities(path, *text, resolve);
    if (!expanded) return pass_over(path, expanded.error().what);
    const auto schema = schematron::read_schema(path, *expanded, resolve);
    if (!schema) return pass_over(path, schema.error().what);

    DataSet set;
    set.kind = DataSet::Kind::schematron;
    set.id = "schematron-" + to_lower(fs::path(path).stem().string());
    set.title = (*schema)->title.empty() ? fs::path(path).stem().string() : (*schema)->title;
    for (const auto& known : known_rules) {
      const bool is_it = std::all_of(known.words.begin(), known.words.end(), [&](std::string_view word) {
        return expanded->find(fmt::format("'{}'", word)) != std::string::npos ||
               expanded->find(fmt::format("\"{}\"", word)) != std::string::npos;
      });
      if (!is_it) continue;
      set.id = known.id;
      set.title = known.title;
      break;
    }
    if (is_known(set.id)) return pass_over(path, fmt::format("another '{}'; the first found is kept", set.id));
    set.entry = fs::path(path).filename().string();
    std::map<std::string, std::string> contents{{set.entry, *expanded}};
    std::map<std::string, std::string> source_of{{set.entry, path}};
    add_vocabulary(**schema, place, contents, source_of);
    keep(std::move(set), std::move(contents), folder_.take_read(), source_of);
  }

  void add_vocabulary(const schematron::Schema& schema, const std::string& place,
                      std::map<std::string, std::string>& contents, std::map<std::string, std::string>& source_of) {
    const schematron::FileResolver resolve = [&](const std::string& name) {
      return read_by_end(folder_, place, name, vocabulary_bytes_max);
    };
    const auto vocabulary = schematron::Vocabulary::read(schema, resolve);
    if (!vocabulary) return notes_.push_back(vocabulary.error().what);
    for (const auto& [file, wanted] : schema.value_sets)
      if (auto kept = (*vocabulary)->kept(file)) {
        const auto name = fs::path(file).filename().string();
        contents[name] = *std::move(kept);
        source_of[name] = (fs::path(place) / name).generic_string();
      }
    for (const auto& missing : (*vocabulary)->missing(schema))
      notes_.push_back(fmt::format("value set not at hand, so what needs it is not evaluated: {}", missing));
  }

  std::vector<std::string>& notes_;
  DataFolder folder_;
  std::vector<std::string> paths_;
  std::vector<Candidate> found_;
};

}  // namespace

std::vector<Candidate> find_cda_data(const fs::path& source, std::vector<std::string>& notes) {
  return Finder(source, notes).find();
}

}  // namespace bb::documents
