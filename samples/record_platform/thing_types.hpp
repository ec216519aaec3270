// thing_types.hpp - the types of things that the platform knows without being told.
#pragma once

#include <span>
#include <string_view>

namespace bb::record_platform {

struct ThingType {
  std::string_view id;  // lower case
  std::string_view name;
  std::string_view element;  // of `data-xml`
  std::string_view space = {};
  std::string_view schema = {};          // its file among the published ones
  std::string_view effective_date = {};  // the child that says when; empty: none
  bool is_singleton = false;             // a record has one at most
  bool is_immutable = false;             // can be made and deleted, never changed
  bool is_undeletable = false;
  bool is_uncreatable = false;
};

std::span<const ThingType> thing_types();

}  // namespace bb::record_platform
