#include "fhir/bundle.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/json_events.hpp>
#include <bb/core/text.hpp>

namespace bb::rest {
namespace {

// Where each element of the root's member `entry` begins and ends.
class EntryPlaces final : public JsonHandler {
 public:
  const std::vector<std::pair<std::size_t, std::size_t>>& places() const { return places_; }

  bool on_null(std::size_t) override { return true; }
  bool on_boolean(std::size_t, bool) override { return true; }
  bool on_number(std::size_t, std::string_view) override { return true; }
  bool on_string(std::size_t, std::string_view) override { return true; }
  bool on_key(std::size_t, std::string_view name) override {
    if (depth_ == 1) is_entry_ = name == "entry";
    return true;
  }
  bool on_object(std::size_t at) override {
    if (++depth_ == 3 && is_entry_ && is_list_) begin_ = at;
    return depth_ <= static_cast<int>(json_depth_max);
  }
  bool on_object_end(std::size_t at) override {
    if (depth_-- == 3 && is_entry_ && is_list_) places_.emplace_back(begin_, at + 1);
    return places_.size() <= bundle_entries_max;
  }
  bool on_array(std::size_t) override {
    if (++depth_ == 2) is_list_ = true;
    return depth_ <= static_cast<int>(json_depth_max);
  }
  bool on_array_end(std::size_t) override {
    if (depth_-- == 2) is_list_ = false;
    return true;
  }

 private:
  int depth_ = 0;
  bool is_entry_ = false, is_list_ = false;
  std::size_t begin_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> places_;
};

std::string coded_text(const Value& coded) {
  if (const auto text = coded["text"].string_or(""); !text.empty()) return text;
  return coded["coding"][0]["display"].string_or("");
}

std::string link_of(const Value& bundle, std::string_view relation) {
  const auto* const links = bundle["link"].items();
  if (links == nullptr) return {};
  for (const auto& link : *links)
    if (link["relation"].string_or("") == relation) return link["url"].string_or("");
  return {};
}

}  // namespace

std::string title_of(const Value& resource) {
  for (const std::string_view member : {"code", "vaccineCode", "medicationCodeableConcept", "type"})
    if (auto text = coded_text(resource[member].is_array() ? resource[member][0] : resource[member]); !text.empty())
      return text;
  if (resource["name"].is_string()) return resource["name"].string_or("");
  for (const std::string_view member : {"title", "description", "deviceName"})
    if (resource[member].is_string()) return resource[member].string_or("");
  return {};
}

Result<Bundle> read_bundle(std::string_view body) {
  Bundle bundle;
  bundle.body.assign(body.begin(), body.end());
  const std::string_view text(bundle.body.data(), bundle.body.size());
  const auto root = parse_json(text);
  if (!root) return Error{"the body is no JSON"};
  if (const auto type = (*root)["resourceType"].string_or(""); type != "Bundle")
    return Error{"expected a Bundle, got " + (type.empty() ? "no resource" : "'" + shorten(type, 40) + "'")};
  bundle.type = (*root)["type"].string_or("");
  bundle.next = link_of(*root, "next");
  EntryPlaces places;
  if (!read_json_events(text, places).is_complete) return Error{"the Bundle has more entries than are read"};
  const auto* const entries = (*root)["entry"].items();
  if (entries == nullptr ? !(*root)["entry"].is_null() : entries->size() != places.places().size())
    return Error{"'entry' of the Bundle is no array of objects"};
  for (std::size_t i = 0; i < places.places().size(); ++i) {
    const auto [begin, end] = places.places()[i];
    const auto& resource = (*entries)[i]["resource"];
    bundle.entries.push_back({.text = text.substr(begin, end - begin),
                              .type = resource["resourceType"].string_or(""),
                              .id = resource["id"].string_or(""),
                              .last_updated = resource["meta"]["lastUpdated"].string_or(""),
                              .title = title_of(resource),
                              .search_mode = (*entries)[i]["search"]["mode"].string_or("")});
  }
  return bundle;
}

}  // namespace bb::rest
