#include "harness/documents/rules.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/fhir/definitions.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;

// What a phase's findings are, by its name: C-CDA has "errors" and "warnings",
// NIST's have "warning", "note" and "manual" too.
Level level_of_phase(std::string_view id) {
  const auto word = to_lower(id);
  if (word.starts_with("warning")) return Level::warning;
  if (word.starts_with("note") || word.starts_with("manual") || word.starts_with("info")) return Level::note;
  return Level::error;
}

constexpr const char* schema_set = "cda-sdtc";
constexpr const char* fhir_set = "fhir-r4";

// The imported rules for a format; empty: there are none. C-CDA's are those of
// R2.1: they know the templates of R1.1 and R2.0 that did not change, and those
// that the companion guides build upon.
std::string set_for(std::string_view format) {
  const std::string id = format.starts_with("ccda-") ? "ccda-2.1" : std::string(format);
  return id == "ccda-2.1" || id == "c32" || id == "ccd-1.0" ? id : "";
}

// The imported sets that a CDA document of a format is judged by.
std::vector<std::string> cda_sets_for(std::string_view format) {
  std::vector<std::string> sets{schema_set};
  if (auto rules = set_for(format); !rules.empty()) sets.push_back(std::move(rules));
  return sets;
}

// The imported sets that any document is judged by.
std::vector<std::string> sets_for(const Recognition& recognition) {
  if (recognition.format.starts_with("fhir-")) return {fhir_set};
  return recognition.is_cda() ? cda_sets_for(recognition.format) : std::vector<std::string>{};
}

// Of two phases with one pattern the stronger level counts.
std::map<const schematron::Pattern*, Level> levels_of(const schematron::Schema& schema) {
  std::map<const schematron::Pattern*, Level> levels;
  for (const auto& phase : schema.phases)
    for (const auto p : phase.patterns) {
      const auto level = level_of_phase(phase.id);
      const auto [slot, is_new] = levels.emplace(&schema.patterns[p], level);
      if (!is_new) slot->second = std::min(slot->second, level);
    }
  return levels;
}

}  // namespace

bool has_all_for(const DataStore& store, std::string_view format) {
  const auto sets = cda_sets_for(format);
  return std::all_of(sets.begin(), sets.end(), [&](const auto& id) { return store.find(id) != nullptr; });
}

Level RuleSet::level_of(const schematron::Pattern* pattern) const {
  const auto found = levels.find(pattern);
  return found == levels.end() ? Level::error : found->second;
}

Result<std::shared_ptr<const RuleSet>> Rules::make_rule_set(const std::string& id, const std::string& entry,
                                                            std::string_view text,
                                                            const schematron::FileResolver& resolve) const {
  BB_TRY(const auto schema, schematron::read_schema(entry, text, resolve));
  BB_TRY(auto vocabulary, schematron::Vocabulary::read(*schema, resolve));
  auto rules = std::make_shared<RuleSet>();
  rules->id = id;
  rules->levels = levels_of(*schema);
  auto phase = *schema->phase("#ALL");
  std::erase_if(phase.patterns, [&](auto p) { return rules->level_of(&schema->patterns[p]) > selection_.least; });
  BB_TRY(rules->ruleset, schematron::Ruleset::create(schema, std::move(vocabulary), std::move(phase)));
  return std::shared_ptr<const RuleSet>(std::move(rules));
}

Result<std::shared_ptr<const xml::Xsd>> Rules::schema() {
  const std::lock_guard lock(mutex_);
  if (schema_ == nullptr) {
    const auto load = [&]() -> Result<std::shared_ptr<const xml::Xsd>> {
      const auto* set = store_.find(schema_set);
      if (set == nullptr)
        return Error{
            fmt::format("the CDA schema is not at hand in {}: get HL7's CDA_SDTC.xsd with the files beside it, and run "
                        "'bluebridge data import FOLDER'",
                        store_.folder().string())};
      BB_TRY(const auto contents, store_.load(*set));
      return xml::Xsd::compile(set->entry, [&](const std::string& path) -> std::optional<std::string> {
        const auto found = contents.find(fs::path(path).lexically_normal().generic_string());
        return found == contents.end() ? std::nullopt : std::optional(found->second);
      });
    };
    schema_ = std::make_shared<const Result<std::shared_ptr<const xml::Xsd>>>(load());
  }
  return *schema_;
}

Result<std::shared_ptr<const fhir::Definitions>> Rules::fhir_definitions() {
  const std::lock_guard lock(mutex_);
  if (fhir_ == nullptr) {
    const auto load = [&]() -> Result<std::shared_ptr<const fhir::Definitions>> {
      if (store_.find(fhir_set) == nullptr)
        return Error{
            fmt::format("the definitions of FHIR R4 are not at hand in {}: get HL7's profiles-types.json, "
                        "profiles-resources.json, valuesets.json and v3-codesystems.json, and run "
                        "'bluebridge data import FOLDER'",
                        store_.folder().string())};
      std::vector<std::map<std::string, std::string>> sets;
      for (const auto& set : store_.sets()) {
        if (set.kind != DataSet::Kind::fhir) continue;
        BB_TRY(auto contents, store_.load(set));
        sets.push_back(std::move(contents));
      }
      std::vector<std::string_view> texts;
      for (const auto& set : sets)
        for (const auto& [path, text] : set) texts.push_back(text);
      return fhir::Definitions::read(texts);
    };
    fhir_ = std::make_shared<const Result<std::shared_ptr<const fhir::Definitions>>>(load());
  }
  return *fhir_;
}

Result<std::shared_ptr<const Profiles>> Rules::profiles() {
  {
    const std::lock_guard lock(mutex_);
    if (profiles_ != nullptr) return profiles_;
  }
  BB_TRY(auto found, find_profiles(selection_.profiles, formats_, [this] { return fhir_definitions(); }));
  if (!selection_.has_schema && found.document_types.size() < found.words.size())
    return Error{"a profile of FHIR is judged with the structure of FHIR: choose the rules 'schema' too"};
  const std::lock_guard lock(mutex_);
  profiles_ = std::make_shared<const Profiles>(std::move(found));
  return profiles_;
}

Result<std::shared_ptr<const RuleSet>> Rules::once(const std::string& key, const MakeRuleSet& make) {
  const std::lock_guard lock(mutex_);
  const auto found = rule_sets_.find(key);
  return found != rule_sets_.end() ? found->second : rule_sets_.emplace(key, make()).first->second;
}

Result<std::shared_ptr<const RuleSet>> Rules::imported(const std::string& id) {
  const auto* set = store_.find(id);
  if (set == nullptr)
    return Error{
        fmt::format("the {} Schematron rules are not at hand in {}: get them from their publisher, and run "
                    "'bluebridge data import FOLDER'",
                    id, store_.folder().string())};
  BB_TRY(const auto contents, store_.load(*set));
  const schematron::FileResolver resolve = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = contents.find(fs::path(name).filename().string());
    return found == contents.end() ? std::nullopt : std::optional(found->second);
  };
  return make_rule_set(id, set->entry, contents.at(set->entry), resolve);
}

Result<std::shared_ptr<const RuleSet>> Rules::rules_for(std::string_view format) {
  const auto id = set_for(format);
  if (id.empty()) return std::shared_ptr<const RuleSet>();
  return once(id, [&] { return imported(id); });
}

std::vector<std::string> Rules::names_for(const Recognition& recognition) const {
  std::vector<std::string> names;
  for (const auto& id : sets_for(recognition))
    if (const auto* set = store_.find(id); set != nullptr)
      for (const auto& file : set->files)
        if (file.path == set->entry) names.push_back(fmt::format("{} ({})", set->title, file.sha256.substr(0, 12)));
  names.emplace_back("BlueBridge's own rules");
  return names;
}

Result<std::shared_ptr<const RuleSet>> Rules::own_rules_for(std::string_view format, std::string_view type) {
  return once(fmt::format("own:{}:{}", format, type), [&]() -> Result<std::shared_ptr<const RuleSet>> {
    auto own = own_->schema_for(format, type, selection_.least);
    if (own.schema == nullptr) return std::shared_ptr<const RuleSet>();
    BB_TRY(auto vocabulary, schematron::Vocabulary::read(*own.schema, [](const auto&) { return std::nullopt; }));
    auto rules = std::make_shared<RuleSet>();
    rules->id = "own";
    BB_TRY(rules->ruleset, schematron::Ruleset::create(own.schema, std::move(vocabulary), "#ALL"));
    rules->own = std::move(own.rules);
    return std::shared_ptr<const RuleSet>(std::move(rules));
  });
}

Result<std::shared_ptr<const RuleSet>> Rules::rules_of_file(const std::string& file) {
  return once("file:" + file, [&]() -> Result<std::shared_ptr<const RuleSet>> {
    BB_TRY(const auto text, read_text(file));
    const auto folder = fs::path(file).parent_path();
    const schematron::FileResolver resolve = [&](const std::string& name) { return read_below(folder, name); };
    return make_rule_set(fs::path(file).filename().string(), file, text, resolve);
  });
}

}  // namespace bb::documents
