#include "portal/holder_kinds/holder_kind.hpp"

#include <algorithm>
#include <array>

namespace bb::portal {

std::optional<HolderKind> find_holder_kind(std::string_view word) {
  if (word == "provider") return HolderKind::provider;
  if (word == "payer") return HolderKind::payer;
  if (word == "pharmacy") return HolderKind::pharmacy;
  return std::nullopt;
}

std::span<const Format> formats_of(HolderKind kind) {
  static const std::array<Format, 3> without_summary{*find_format("blue-button-text"), *find_format("fhir-bundle"),
                                                     *find_format("html")};
  return kind == HolderKind::provider ? all_formats() : std::span<const Format>(without_summary);
}

const Format* find_format_of(HolderKind kind, std::string_view id) {
  const auto formats = formats_of(kind);
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const Format& one) { return one.id == id; });
  return found == formats.end() ? nullptr : &*found;
}

std::string_view default_format_of(HolderKind kind) {
  return kind == HolderKind::provider ? "ccda-2.1" : "fhir-bundle";
}

}  // namespace bb::portal
