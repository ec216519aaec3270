#include "harness/fhir/published.hpp"

#include <fmt/format.h>

namespace bb::fhir {
namespace {

// A type of FHIRPath's that stands for one of FHIR's: of `id`, `url` and `value`.
std::string type_code(const Value& type) {
  const auto code = type["code"].string_or("");
  if (!code.starts_with("http://hl7.org/fhirpath/")) return code;
  if (const auto* extensions = type["extension"].items())
    for (const auto& extension : *extensions)
      if (extension["url"].string_or("") == fhir_type_extension) return extension["valueUrl"].string_or("string");
  return "string";
}

Value kept_types(const Value& element) {
  Value types = Value::array();
  const auto* published = element["type"].items();
  if (published == nullptr) return types;
  for (const auto& type : *published) {
    Value kept = Value::object({{"code", type_code(type)}});
    if (type["targetProfile"].size() > 0) kept.set("targets", type["targetProfile"]);
    if (type["profile"].size() > 0) kept.set("profiles", type["profile"]);
    types.push(std::move(kept));
  }
  return types;
}

// "fixedUri" and "patternCodeableConcept" as {"type": ..., "value": ...}.
void keep_value(Value& kept, const Value& element, std::string_view prefix) {
  for (const auto& member : *element.members())
    if (member.key.starts_with(prefix) && member.value.is_null() == false)
      return static_cast<void>(
          kept.set(prefix, Value::object({{"type", member.key.substr(prefix.size())}, {"value", member.value}})));
}

void keep_slicing(Value& kept, const Value& element) {
  const auto& slicing = element["slicing"];
  if (!slicing.is_object()) return;
  Value discriminators = Value::array();
  if (const auto* published = slicing["discriminator"].items())
    for (const auto& one : *published) discriminators.push(Value::Array{one["type"], one["path"]});
  kept.set("slicing", Value::object({{"by", std::move(discriminators)}, {"rules", slicing["rules"]}}));
}

Value kept_element(const Value& element) {
  Value kept = Value::object({{"id", element["id"].string_or(element["path"].string_or(""))}});
  if (element["min"].integer_or(0) != 0) kept.set("min", element["min"]);
  if (const auto max = element["max"].string_or("1"); max != "1") kept.set("max", max);
  if (const auto max = element["base"]["max"].string_or(element["max"].string_or("1")); max != "1" && max != "0")
    kept.set("is_list", true);
  if (auto types = kept_types(element); types.size() > 0) kept.set("types", std::move(types));
  if (const auto content = element["contentReference"].string_or(""); !content.empty())
    kept.set("content", content.substr(content.find('#') + 1));
  if (element["binding"]["strength"].string_or("") == "required")
    kept.set("codes", element["binding"]["valueSet"].string_or(""));
  keep_value(kept, element, "fixed");
  keep_value(kept, element, "pattern");
  keep_slicing(kept, element);
  if (const auto* constraints = element["constraint"].items()) {
    Value keys = Value::array();
    for (const auto& constraint : *constraints) keys.push(constraint["key"]);
    kept.set("constraints", std::move(keys));
  }
  return kept;
}

Value kept_structure(const Value& published) {
  Value elements = Value::array();
  for (const auto& element : *published["snapshot"]["element"].items()) elements.push(kept_element(element));
  Value kept = Value::object({{"url", published["url"]},
                              {"version", published["version"].string_or("")},
                              {"title", published["title"].string_or(published["name"].string_or(""))},
                              {"kind", published["kind"]},
                              {"type", published["type"]},
                              {"is_abstract", published["abstract"].boolean_or(false)},
                              {"is_profile", published["derivation"].string_or("") == "constraint"},
                              {"elements", std::move(elements)}});
  if (const auto base = published["baseDefinition"].string_or(""); !base.empty()) kept.set("base", base);
  if (const auto* places = published["context"].items()) {
    Value contexts = Value::array();
    for (const auto& place : *places) contexts.push(Value::Array{place["type"], place["expression"]});
    kept.set("contexts", std::move(contexts));
  }
  return kept;
}

// [{"system": ..., "codes": [...], "filters": [[property, operation, value]], "value_sets": [...]}]
Value kept_parts(const Value& published) {
  Value parts = Value::array();
  const auto* all = published.items();
  if (all == nullptr) return parts;
  for (const auto& part : *all) {
    Value kept = Value::object({{"system", part["system"].string_or("")}});
    if (const auto* concepts = part["concept"].items()) {
      Value codes = Value::array();
      for (const auto& one : *concepts) codes.push(one["code"]);
      kept.set("codes", std::move(codes));
    }
    if (const auto* filters = part["filter"].items()) {
      Value rows = Value::array();
      for (const auto& one : *filters) rows.push(Value::Array{one["property"], one["op"], one["value"]});
      kept.set("filters", std::move(rows));
    }
    if (part["valueSet"].size() > 0) kept.set("value_sets", part["valueSet"]);
    parts.push(std::move(kept));
  }
  return parts;
}

Value kept_value_set(const Value& published) {
  return Value::object({{"url", published["url"]},
                        {"version", published["version"].string_or("")},
                        {"include", kept_parts(published["compose"]["include"])},
                        {"exclude", kept_parts(published["compose"]["exclude"])}});
}

// Codes in the order of the file, each but those at the top with the codes above it.
void keep_codes(const Value& concepts, const Value& above, Value& codes, Value& parents) {
  const auto* all = concepts.items();
  if (all == nullptr) return;
  for (const auto& one : *all) {
    const auto code = one["code"].string_or("");
    codes.push(code);
    Value known = Value::array();
    if (!above.is_null()) known.push(above);
    if (const auto* properties = one["property"].items())
      for (const auto& property : *properties)
        if (property["code"].string_or("") == "subsumedBy") known.push(property["valueCode"]);
    if (known.size() > 0) parents.set(code, std::move(known));
    keep_codes(one["concept"], code, codes, parents);
  }
}

Value kept_code_system(const Value& published) {
  Value codes = Value::array();
  Value parents = Value::object();
  keep_codes(published["concept"], {}, codes, parents);
  Value kept = Value::object({{"url", published["url"]},
                              {"version", published["version"].string_or("")},
                              {"is_complete", published["content"].string_or("") == "complete"},
                              {"codes", std::move(codes)}});
  if (!published["caseSensitive"].boolean_or(true)) kept.set("ignores_case", true);
  if (parents.size() > 0) kept.set("parents", std::move(parents));
  return kept;
}

class Keeper {
 public:
  explicit Keeper(std::vector<std::string>& notes) : notes_(notes) {}

  void add(const Value& published) {
    const auto type = published["resourceType"].string_or("");
    if (type == "Bundle") {
      if (const auto* entries = published["entry"].items())
        for (const auto& entry : *entries) add(entry["resource"]);
    } else if (type == "StructureDefinition") {
      add_structure(published);
    } else if (type == "ValueSet" && !published["url"].is_null()) {
      value_sets_.push(kept_value_set(published));
    } else if (type == "CodeSystem" && !published["url"].is_null()) {
      code_systems_.push(kept_code_system(published));
    }
  }

  Value take() {
    if (structures_.size() + value_sets_.size() + code_systems_.size() == 0) return {};
    return Value::object({{"format", std::string(kept_format)},
                          {"structures", std::move(structures_)},
                          {"value_sets", std::move(value_sets_)},
                          {"code_systems", std::move(code_systems_)}});
  }

 private:
  void add_structure(const Value& published) {
    const auto url = published["url"].string_or("");
    if (!is_r4(published))
      return notes_.push_back(
          fmt::format("{}: is of FHIR {}, expected 4.0", url, published["fhirVersion"].string_or("")));
    if (url.empty() || published["snapshot"]["element"].size() == 0)
      return notes_.push_back(fmt::format("{}: has no snapshot, so nothing is checked by it", url));
    structures_.push(kept_structure(published));
  }

  std::vector<std::string>& notes_;
  Value structures_ = Value::array();
  Value value_sets_ = Value::array();
  Value code_systems_ = Value::array();
};

}  // namespace

Value kept_of(const Value& published, std::vector<std::string>& notes) {
  Keeper keeper(notes);
  keeper.add(published);
  return keeper.take();
}

bool is_r4(const Value& published) {
  const auto& version = published["fhirVersion"];
  // Of an ImplementationGuide it is a list.
  const auto words = version.is_array() ? version[std::size_t{0}].string_or("") : version.string_or("");
  return words.empty() || words.starts_with("4.0");
}

}  // namespace bb::fhir
