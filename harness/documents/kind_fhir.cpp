#include "harness/documents/kind_fhir.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/fhir/element.hpp>

#include "harness/documents/fhir_view.hpp"
#include "harness/documents/rules.hpp"
#include "harness/fhir/checker.hpp"
#include "harness/fhir/release.hpp"

namespace bb::documents {
namespace {

// What is found in one or more resources of a file.
class Looking {
 public:
  explicit Looking(Rules& rules) : releases_(rules.formats().fhir_releases()) {
    if (!rules.selection().has_schema) return;
    auto definitions = rules.fhir_definitions();
    if (definitions)
      definitions_ = *std::move(definitions);
    else
      look_.missing.push_back(definitions.error().what);
    if (const auto profiles = rules.profiles()) asked_ = *profiles;
    look_.missing.insert(look_.missing.end(), asked_->missing.begin(), asked_->missing.end());
    asked_counts_.resize(asked_->structures.size());
  }

  void add(const fhir::Reading& reading) {
    if (const auto* problem = std::get_if<xml::Problem>(&reading)) {
      look_.findings.push_back({.rule = "fhir",
                                .line = problem->line,
                                .column = problem->column,
                                .message = problem->what,
                                .expected = "a FHIR resource in JSON or XML"});
      is_all_judged_ = false;
      return;
    }
    const auto& document = std::get<fhir::Document>(reading);
    ++counts_[document.root.resource_type];
    for (const auto& problem : document.problems)
      look_.findings.push_back({.rule = "fhir-syntax",
                                .line = problem.place.line,
                                .column = problem.place.column,
                                .path = problem.path,
                                .message = problem.what});
    const auto other = fhir::other_release(document.root, releases_);
    if (other) add(*other);
    const bool is_other = other && other->is_said;
    is_all_judged_ = is_all_judged_ && !is_other;
    if (is_other)
      not_evaluated_[{"fhir", fmt::format("{} is not judged by the definitions of R4", other->title)}] += 1;
    else if (definitions_ != nullptr)
      add(fhir::check(document, *definitions_, asked_->structures));
  }

  Look take(std::string_view format) {
    say_what_is_not_there();
    // Of invariants there are dozens in any resource: one line names them.
    std::vector<std::string> keys;
    std::size_t times = 0;
    for (auto& [what, count] : not_evaluated_) {
      if (what.second != fhir::invariants_words) {
        look_.unjudged.push_back({what.first, what.second, count});
        continue;
      }
      keys.push_back(what.first);
      times += count;
    }
    if (!keys.empty())
      look_.unjudged.push_back(
          {"fhir-invariant", fmt::format("{}: {}", fhir::invariants_words, join(keys, ", ")), times});
    const auto title = other_title_.empty() ? std::string(format) : other_title_;
    if (counts_.size() == 1)
      look_.title = fmt::format("{}, {}", title, counts_.begin()->first);
    else if (!other_title_.empty())
      look_.title = title;
    return std::move(look_);
  }

 private:
  // A profile that no resource was judged by says nothing of the file.
  void say_what_is_not_there() {
    if (!is_all_judged_) return;
    std::vector<std::string> types;
    for (const auto& [type, count] : counts_) types.push_back(type);
    for (std::size_t i = 0; i < asked_counts_.size(); ++i)
      if (const auto& asked = *asked_->structures[i]; asked_counts_[i] == 0)
        look_.findings.push_back(
            {.rule = "profile",
             .message = fmt::format("there is no resource {} that {} was asked for", asked.type, asked.title),
             .expected = fmt::format("at least one {} of {}", asked.type, asked.url),
             .found = shorten(join(types, ", "), 80)});
  }

  void add(const fhir::OtherRelease& other) {
    other_title_ = other.title;
    look_.findings.push_back(
        {.rule = "fhir-release",
         .line = other.place.line,
         .column = other.place.column,
         .message = other.is_said ? fmt::format("this is {}, not R4", other.title)
                                  : fmt::format("this looks like {}, it is not R4", other.title),
         .expected = "FHIR R4 (4.0)",
         .found = other.is_said ? other.found : fmt::format("{}, which R4 does not have", other.found)});
  }

  void add(fhir::Checked checked) {
    for (std::size_t i = 0; i < asked_counts_.size(); ++i) asked_counts_[i] += checked.asked_counts[i];
    for (auto& fault : checked.faults)
      look_.findings.push_back({.rule = std::move(fault.rule),
                                .level = fault.level == fhir::Fault::Level::error ? Level::error : Level::warning,
                                .line = fault.place.line,
                                .column = fault.place.column,
                                .path = std::move(fault.path),
                                .message = std::move(fault.message),
                                .expected = std::move(fault.expected),
                                .found = std::move(fault.found)});
    for (auto& one : checked.not_evaluated) not_evaluated_[{std::move(one.rule), std::move(one.why)}] += one.count;
    if (checked.dropped_count > 0)
      look_.unjudged.push_back({"fhir", "findings beyond the first of a resource", checked.dropped_count});
  }

  Look look_;
  const std::vector<fhir::Release>& releases_;
  std::string other_title_;  // of the last that is not R4
  std::shared_ptr<const fhir::Definitions> definitions_;
  std::shared_ptr<const Profiles> asked_ = std::make_shared<const Profiles>();
  bool is_all_judged_ = true;                  // what is not has an error of its own
  std::vector<std::size_t> asked_counts_;      // resources that each asked profile is about
  std::map<std::string, std::size_t> counts_;  // of resources by type
  std::map<std::pair<std::string, std::string>, std::size_t> not_evaluated_;
};

}  // namespace

Look look_at_fhir(std::string_view bytes, Rules& rules) {
  const auto reading = fhir::read(bytes);
  Looking looking(rules);
  looking.add(reading);
  auto look = looking.take("FHIR R4");
  if (const auto* document = std::get_if<fhir::Document>(&reading)) look.view = fhir_view(*document);
  return look;
}

Look look_at_ndjson(std::string_view bytes, Rules& rules) {
  Looking looking(rules);
  const auto lines = fhir::read_ndjson(bytes);
  for (const auto& line : lines) looking.add(line);
  auto look = looking.take("FHIR R4 in lines");
  look.view = fhir_lines_view(lines);
  return look;
}

}  // namespace bb::documents
