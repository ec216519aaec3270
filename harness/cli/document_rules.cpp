#include "harness/cli/document_rules.hpp"

#include <mutex>
#include <optional>
#include <utility>

#include "harness/documents/validation.hpp"

namespace bb::cli {
namespace {

class RunValidator : public checks::Validator {
 public:
  RunValidator(Places places, Result<std::filesystem::path> data)
      : places_(std::move(places)), data_(std::move(data)) {}

  checks::Validity validate(std::string_view kind, std::string_view bytes) const override {
    std::call_once(is_loaded_, [&] {
      if (auto rules = load(); rules)
        validator_.emplace(*std::move(rules));
      else
        why_not_ = rules.error().what;
    });
    if (!validator_) return {checks::Holds::unjudgeable, why_not_};
    auto validated = validator_->validate(kind, bytes);
    return {to_holds(validated.word), std::move(validated.text)};
  }

 private:
  Result<std::shared_ptr<documents::Rules>> load() const {
    if (!data_) return data_.error();
    return load_rules(places_, *data_, {.least = documents::Level::error});
  }

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

  const Places places_;
  const Result<std::filesystem::path> data_;
  mutable std::once_flag is_loaded_;
  mutable std::optional<documents::DocumentValidator> validator_;
  mutable std::string why_not_;
};

}  // namespace

Result<std::shared_ptr<documents::Rules>> load_rules(const Places& places, const std::filesystem::path& data,
                                                     documents::Selection selection) {
  BB_TRY(auto formats, documents::Formats::read(places.document_formats()));
  BB_TRY(auto own, documents::OwnRules::read(places.document_rules(), places.document_rules_form(), formats));
  BB_TRY(auto store, documents::DataStore::open(data));
  return std::make_shared<documents::Rules>(std::move(formats), std::move(store), std::move(selection), std::move(own));
}

Result<suite::Vocabulary> read_vocabulary(const Places& places) {
  BB_TRY(auto vocabulary, suite::read_vocabulary(places.conformance));
  BB_TRY(const auto formats, documents::Formats::read(places.document_formats()));
  vocabulary.validations = documents::validation_words(formats);
  return vocabulary;
}

bool has_ccda_rules(const Result<std::filesystem::path>& data) {
  const auto store = data ? documents::DataStore::open(*data) : Result<documents::DataStore>(data.error());
  return store && documents::has_all_for(*store, "ccda-2.1");
}

std::shared_ptr<const checks::Validator> make_validator(const Places& places, Result<std::filesystem::path> data) {
  return std::make_shared<RunValidator>(places, std::move(data));
}

}  // namespace bb::cli
