#include "portal/resource_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::portal {
namespace {

constexpr std::uint64_t file_bytes_max = 64ull * 1024 * 1024;
constexpr std::size_t id_bytes_max = 64;
constexpr std::array<std::string_view, 6> types_of_claims{"Coverage", "ExplanationOfBenefit", "Organization",
                                                          "Patient",  "Practitioner",         "RelatedPerson"};

// FHIR R4 datatypes, id: [A-Za-z0-9\-\.]{1,64}.
bool is_id(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
  return !text.empty() && text.size() <= id_bytes_max && text.find_first_not_of(letters) == text.npos;
}

std::string quoted(const std::string& text) { return "'" + one_line(shorten(text, 80)) + "'"; }

// Of any type where none is named.
Result<std::vector<Value>> read(const std::filesystem::path& file, std::span<const std::string_view> types) {
  BB_TRY(const auto text, read_text(file, file_bytes_max));
  const auto bundle = parse_json(text);
  if (!bundle) return Error{file.string() + ": " + bundle.error().what};
  const auto* entries = (*bundle)["entry"].items();
  if ((*bundle)["resourceType"].string_or("") != "Bundle" || entries == nullptr)
    return Error{file.string() + ": expected a FHIR Bundle with entries"};
  std::vector<Value> resources;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const auto& resource = (*entries)[i]["resource"];
    const auto type = resource["resourceType"].string_or(""), id = resource["id"].string_or("");
    const auto where = fmt::format("{}: entry {}: ", file.string(), i + 1);
    if (!types.empty() && std::find(types.begin(), types.end(), type) == types.end())
      return Error{where + "expected a resource of the type " +
                   join(std::vector<std::string>(types.begin(), types.end()), ", ") + "; got " + quoted(type)};
    if (type.empty()) return Error{where + "expected a resource with 'resourceType'"};
    if (!is_id(id)) return Error{where + "expected an id of 1 to 64 letters, digits, '-' and '.'; got " + quoted(id)};
    if (!seen.insert(type + "/" + id).second) return Error{where + type + "/" + id + " is there twice"};
    resources.push_back(resource);
  }
  return resources;
}

}  // namespace

Result<std::vector<Value>> read_resources(const std::filesystem::path& file) { return read(file, {}); }

Result<std::vector<Value>> read_claims(const std::filesystem::path& file) { return read(file, types_of_claims); }

}  // namespace bb::portal
