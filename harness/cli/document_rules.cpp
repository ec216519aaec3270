#include "harness/cli/document_rules.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/documents/pdf.hpp"
#include "harness/documents/validation.hpp"

namespace bb::cli {
namespace {

documents::Level to_rule_level(suite::Level level) {
  switch (level) {
    case suite::Level::shall:
      return documents::Level::error;
    case suite::Level::should:
      return documents::Level::warning;
    case suite::Level::may:
      break;
  }
  return documents::Level::note;
}

suite::Level to_claim_level(documents::Level level) {
  switch (level) {
    case documents::Level::error:
      return suite::Level::shall;
    case documents::Level::warning:
      return suite::Level::should;
    case documents::Level::note:
      break;
  }
  return suite::Level::may;
}

// Rules that are loaded when a document is first judged by them.
class LazyValidator {
 public:
  using Load = std::function<Result<std::shared_ptr<documents::Rules>>()>;
  explicit LazyValidator(Load load) : load_(std::move(load)) {}

  // The error: why there are none. [any thread]
  Result<const documents::DocumentValidator*> get() const {
    std::call_once(is_loaded_, [&] {
      if (auto rules = load_(); rules)
        validator_.emplace(*std::move(rules));
      else
        why_not_ = rules.error().what;
    });
    if (!validator_) return Error{why_not_};
    return &*validator_;
  }

 private:
  const Load load_;
  mutable std::once_flag is_loaded_;
  mutable std::optional<documents::DocumentValidator> validator_;
  mutable std::string why_not_;
};

// What documents are judged by whole and by one requirement, with mails by one version
// of the Applicability Statement.
class Judges {
 public:
  Judges(const Places& places, const Result<std::filesystem::path>& data, std::string_view direct_as)
      : whole_(loader(places, data, direct_as, {.least = documents::Level::error})),
        rows_(loader(places, data, direct_as, {.has_schema = false, .has_schematron = false})) {}

  const LazyValidator& of(const checks::Asked& asked) const { return asked.row.empty() ? whole_ : rows_; }

 private:
  static LazyValidator::Load loader(const Places& places, const Result<std::filesystem::path>& data,
                                    std::string_view direct_as, documents::Selection selection) {
    auto settings = std::make_shared<documents::MailSettings>();
    settings->direct_as = direct_as;
    selection.mail = std::move(settings);
    return [places, data, selection]() -> Result<std::shared_ptr<documents::Rules>> {
      if (!data) return data.error();
      return load_rules(places, *data, selection);
    };
  }

  const LazyValidator whole_;
  const LazyValidator rows_;
};

class RunValidator : public checks::Validator {
 public:
  RunValidator(const Places& places, const Result<std::filesystem::path>& data) {
    for (const auto version : documents::direct_versions) judges_.try_emplace(version, places, data, version);
  }

  checks::Validity validate(const checks::Asked& asked, std::string_view bytes) const override {
    const auto version = asked.direct_as.empty() ? documents::direct_version_usual : asked.direct_as;
    const auto judges = judges_.find(version);
    if (judges == judges_.end())
      return {checks::Holds::unjudgeable,
              fmt::format("the option direct_as is '{}'; versions: {}", version,
                          join({documents::direct_versions.begin(), documents::direct_versions.end()}, ", "))};
    const auto validator = judges->second.of(asked).get();
    if (!validator) return {checks::Holds::unjudgeable, validator.error().what};
    auto validated = asked.row.empty()
                         ? (*validator)->validate(asked.kind, bytes)
                         : (*validator)->validate_row(asked.kind, asked.row, to_rule_level(asked.level), bytes);
    return {to_holds(validated.word), std::move(validated.text)};
  }

  Result<std::string> pdf_words(std::string_view bytes) const override { return documents::words_of_pdf(bytes); }

 private:
  static checks::Holds to_holds(documents::Validated::Word word) {
    switch (word) {
      case documents::Validated::Word::valid:
        return checks::Holds::held;
      case documents::Validated::Word::invalid:
        return checks::Holds::violated;
      case documents::Validated::Word::unavailable:
        break;
    }
    return checks::Holds::unjudgeable;
  }

  std::map<std::string_view, Judges> judges_;
};

}  // namespace

Result<std::shared_ptr<documents::Rules>> load_rules(const Places& places, const std::filesystem::path& data,
                                                     documents::Selection selection) {
  BB_TRY(auto formats, documents::Formats::read(places.document_formats()));
  BB_TRY(auto own, documents::OwnRules::read(places.document_rules(), places.document_rules_form(), formats));
  BB_TRY(auto store, documents::DataStore::open(data));
  return std::make_shared<documents::Rules>(std::move(formats), std::move(store), std::move(selection), std::move(own));
}

Result<std::shared_ptr<const documents::OwnRules>> read_own_rules(const Places& places) {
  BB_TRY(const auto formats, documents::Formats::read(places.document_formats()));
  return documents::OwnRules::read(places.document_rules(), places.document_rules_form(), formats);
}

Result<suite::Vocabulary> read_vocabulary(const Places& places) {
  BB_TRY(auto vocabulary, suite::read_vocabulary(places.conformance));
  BB_TRY(const auto formats, documents::Formats::read(places.document_formats()));
  vocabulary.validations = documents::validation_words(formats);
  // A suite that asks for no row reads no rules.
  auto own = std::make_shared<std::shared_ptr<const documents::OwnRules>>();
  vocabulary.rule_level = [places, formats, own](const std::string& kind,
                                                 const std::string& row) -> Result<std::optional<suite::Level>> {
    if (*own == nullptr) {
      BB_TRY(*own, documents::OwnRules::read(places.document_rules(), places.document_rules_form(), formats));
    }
    const auto level = documents::strongest_rule(**own, formats, kind, row);
    return level ? std::optional(to_claim_level(*level)) : std::nullopt;
  };
  return vocabulary;
}

bool has_ccda_rules(const Result<std::filesystem::path>& data) {
  const auto store = data ? documents::DataStore::open(*data) : Result<documents::DataStore>(data.error());
  return store && documents::has_all_for(*store, "ccda-2.1");
}

std::string missing_rules(const Result<std::filesystem::path>& data, const std::string& kind) {
  const auto format = kind.substr(0, kind.find('/'));
  const bool is_fhir = format.starts_with("fhir-");
  documents::Recognition cda;
  cda.format = format == "ccda" ? "ccda-2.1" : format;
  if (!is_fhir && !cda.is_cda()) return {};
  const auto store = data ? documents::DataStore::open(*data) : Result<documents::DataStore>(data.error());
  if (!store) return store.error().what;
  const auto& sets = store->sets();
  if (is_fhir && std::none_of(sets.begin(), sets.end(),
                              [](const documents::DataSet& set) { return set.kind == documents::DataSet::Kind::fhir; }))
    return fmt::format("no definitions of FHIR in {}", store->folder().string());
  if (!is_fhir && !documents::has_all_for(*store, cda.format))
    return fmt::format("not all of the schema and rules of {} in {}", format, store->folder().string());
  return {};
}

std::shared_ptr<const checks::Validator> make_validator(const Places& places, Result<std::filesystem::path> data) {
  return std::make_shared<RunValidator>(places, std::move(data));
}

}  // namespace bb::cli
