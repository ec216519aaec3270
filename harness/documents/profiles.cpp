#include "harness/documents/profiles.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/uri.hpp>

#include "harness/fhir/definitions.hpp"

namespace bb::documents {
namespace {

constexpr std::size_t near_names_max = 5;

// The id of a definition is the last part of its address.
std::string_view id_of(std::string_view url) { return url.substr(url.rfind('/') + 1); }

// "; did you mean 'us-core-patient'?", of names that hold the word, else of the nearest.
std::string near_words(std::string_view word, const std::vector<std::string>& names) {
  std::vector<std::string> near;
  for (const auto& name : names)
    if (to_lower(name).find(to_lower(word)) != std::string::npos && near.size() < near_names_max)
      near.push_back(fmt::format("'{}'", name));
  if (near.empty())
    if (const auto one = nearest(word, names)) near.push_back(fmt::format("'{}'", *one));
  return near.empty() ? std::string() : fmt::format("; did you mean {}?", join(near, ", "));
}

class Finder {
 public:
  Finder(const Formats& formats, const GetDefinitions& definitions)
      : types_(formats.type_ids()), get_definitions_(definitions) {}

  Status add(const std::string& word) {
    profiles_.words.push_back(word);
    if (std::find(types_.begin(), types_.end(), word) != types_.end()) {
      profiles_.document_types.push_back(word);
      return {};
    }
    if (!definitions_) definitions_ = get_definitions_();
    if (!*definitions_) return add_unknown(word);
    profiles_.definitions = **definitions_;
    return is_absolute_uri(word) ? add_address(word) : add_id(word);
  }

  Profiles take() { return std::move(profiles_); }

 private:
  // Nothing is imported that could tell whether there is such a profile.
  Status add_unknown(const std::string& word) {
    if (const auto near = nearest(word, types_); near && !is_absolute_uri(word))
      return Error{fmt::format("unknown profile '{}'; did you mean '{}'?", word, *near)};
    profiles_.missing.push_back(fmt::format("the profile {}: no definitions of FHIR are at hand", word));
    return {};
  }

  Status add_address(const std::string& address) {
    const auto* found = profiles_.definitions->find(address);
    if (found != nullptr) return add(address, *found);
    std::vector<std::string> known;
    for (const auto* one : profiles_.definitions->resources()) known.push_back(one->url);
    const auto near = near_words(fhir::split_canonical(address).first, known);
    profiles_.missing.push_back(
        fmt::format("the profile {} is not imported: give its package to 'bluebridge data import'{}", address, near));
    return {};
  }

  Status add_id(const std::string& word) {
    const auto [id, version] = fhir::split_canonical(word);
    std::vector<std::string> names = types_;
    std::vector<std::string> addresses;
    for (const auto* one : profiles_.definitions->resources()) {
      names.emplace_back(id_of(one->url));
      if (names.back() == id) addresses.push_back(one->url);
    }
    if (addresses.empty()) {
      const auto near = near_words(id, names);
      return Error{fmt::format("unknown profile '{}'{}", word,
                               near.empty() ? fmt::format("; a profile is a document type ({}), or the canonical "
                                                          "address or id of a FHIR profile that was imported",
                                                          join(types_, ", "))
                                            : near)};
    }
    if (addresses.size() > 1)
      return Error{
          fmt::format("there are several profiles '{}': {}; give the address of one", id, join(addresses, ", "))};
    return add_address(version.empty() ? addresses[0] : fmt::format("{}|{}", addresses[0], version));
  }

  Status add(const std::string& word, const fhir::Structure& structure) {
    if (structure.kind != fhir::Structure::Kind::resource)
      return Error{fmt::format("the profile {} is about {}, expected one of a resource", word, structure.type)};
    auto& structures = profiles_.structures;
    if (std::find(structures.begin(), structures.end(), &structure) == structures.end())
      structures.push_back(&structure);
    return {};
  }

  const std::vector<std::string> types_;
  const GetDefinitions& get_definitions_;
  std::optional<Result<std::shared_ptr<const fhir::Definitions>>> definitions_;
  Profiles profiles_;
};

}  // namespace

std::optional<Finding> Profiles::unmet_by(const Recognition& recognition) const {
  if (words.empty() || recognition.format == "xdm" || recognition.format == "zip") return std::nullopt;
  const bool is_met = recognition.format.starts_with("fhir-")
                          ? !structures.empty() || !missing.empty()
                          : recognition.is_ccda() && std::find(document_types.begin(), document_types.end(),
                                                               recognition.document_type) != document_types.end();
  if (is_met) return std::nullopt;
  return Finding{.rule = "profile",
                 .message = fmt::format("this is {}", recognition.full_title()),
                 .expected = fmt::format("a document of the profile {}", join(words, " or ")),
                 .found = recognition.document_type.empty() ? recognition.format : recognition.document_type,
                 .hint = "--profile says what the document has to be"};
}

Result<Profiles> find_profiles(const std::vector<std::string>& words, const Formats& formats,
                               const GetDefinitions& definitions) {
  Finder finder(formats, definitions);
  for (const auto& word : words) BB_CHECK(finder.add(word));
  return finder.take();
}

}  // namespace bb::documents
