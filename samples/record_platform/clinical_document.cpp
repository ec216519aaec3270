#include "record_platform/clinical_document.hpp"

#include <fmt/format.h>

#include <initializer_list>

#include <bb/core/time.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::record_platform {
namespace {

constexpr std::string_view cda = "urn:hl7-org:v3";

const xmlNode* below(const xmlNode* node, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    const auto* child = node == nullptr ? nullptr : node->children;
    while (child != nullptr && !xml::is_element(child, cda, name)) child = child->next;
    node = child;
  }
  return node;
}

std::string id_of(const xmlNode* element) {
  if (element == nullptr) return {};
  const auto extension = xml::attribute(element, "extension");
  return std::string(extension.empty() ? xml::attribute(element, "root") : extension);
}

// "20140131" and what follows: the day alone, as HL7 v3 writes times.
std::optional<std::int64_t> day_of(const xmlNode* time) {
  if (time == nullptr) return std::nullopt;
  const auto value = xml::attribute(time, "value");
  if (value.size() < 8) return std::nullopt;
  return parse_time(fmt::format("{}-{}-{}", value.substr(0, 4), value.substr(4, 2), value.substr(6, 2)));
}

}  // namespace

std::optional<ClinicalDocument> read_clinical_document(std::string_view data) {
  auto parsed = xml::read(fmt::format("<thing><data-xml>{}</data-xml></thing>", data));
  const auto* document = std::get_if<xml::Document>(&parsed);
  if (document == nullptr) return std::nullopt;
  const auto* root = document->root()->children->children;
  while (root != nullptr && root->type != XML_ELEMENT_NODE) root = root->next;
  if (!xml::is_element(root, cda, "ClinicalDocument")) return std::nullopt;
  const auto* role = below(root, {"recordTarget", "patientRole"});
  const auto* when = below(root, {"componentOf", "encompassingEncounter", "effectiveTime"});
  ClinicalDocument read{id_of(below(role, {"id"})), id_of(below(role, {"providerOrganization", "id"})), day_of(when)};
  for (const auto* name : {"low", "high"})
    if (const auto day = day_of(below(when, {name}))) read.event_ns = day;
  return read;
}

}  // namespace bb::record_platform
