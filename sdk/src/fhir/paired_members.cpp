#include "paired_members.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace bb::fhir {
namespace {

using Form = Element::Form;

bool is_null(const Element& element) { return element.form == Form::none && element.children.empty(); }

// The children that one key has.
struct Group {
  std::string name;
  std::vector<Element> items;
  bool is_gone = false;  // taken over by its pair
};

bool is_pair_name(const std::string& name) { return name.size() > 1 && name.front() == '_'; }

bool is_extra(const Group& group) {
  return is_pair_name(group.name) && std::all_of(group.items.begin(), group.items.end(), [](const Element& item) {
           return item.form == Form::object || is_null(item);
         });
}

bool is_primitive(const Group& group) {
  return std::none_of(group.items.begin(), group.items.end(),
                      [](const Element& item) { return item.form == Form::object; });
}

void give(Element& primitive, Element extra) {
  if (is_null(primitive)) primitive.place = extra.place;
  std::move(extra.children.begin(), extra.children.end(), std::back_inserter(primitive.children));
}

// An element that has only `id` and `extension`.
Element valueless(Element extra, std::string_view name) {
  extra.name = name;
  extra.form = Form::none;
  return extra;
}

std::vector<Group> grouped(std::vector<Element>& children, std::span<const Member> members) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto end = i + 1 < members.size() ? members[i + 1].first : children.size();
    Group group{members[i].key, {}, false};
    for (auto child = members[i].first; child < end; ++child) group.items.push_back(std::move(children[child]));
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<PairFault> join_groups(std::vector<Group>& groups, std::span<const Member> members) {
  std::vector<PairFault> faults;
  std::unordered_map<std::string_view, Group*> by_key;
  for (std::size_t i = 0; i < groups.size(); ++i) by_key.emplace(members[i].key, &groups[i]);
  for (auto& extra : groups) {
    if (!is_extra(extra) || extra.items.empty()) continue;
    const auto name = extra.name.substr(1);
    const auto found = by_key.find(name);
    auto* pair = found == by_key.end() ? nullptr : found->second;
    if (pair == nullptr || pair->items.empty()) {
      for (auto& item : extra.items)
        if (!is_null(item)) item = valueless(std::move(item), name);
      extra.name = name;
      continue;
    }
    if (!is_primitive(*pair)) continue;
    if (pair->items.size() != extra.items.size())
      faults.push_back({extra.items.front().place, extra.name,
                        fmt::format("'{}' has {} items where '{}' has {}; each pairs with the one of its place",
                                    extra.name, extra.items.size(), name, pair->items.size())});
    for (std::size_t i = 0; i < extra.items.size(); ++i) {
      if (is_null(extra.items[i])) continue;
      if (i < pair->items.size())
        give(pair->items[i], std::move(extra.items[i]));
      else
        pair->items.push_back(valueless(std::move(extra.items[i]), name));
    }
    extra.is_gone = true;
  }
  return faults;
}

}  // namespace

std::vector<PairFault> pair_members(Element& object, std::span<const Member> members) {
  auto groups = grouped(object.children, members);
  auto faults = join_groups(groups, members);
  object.children.clear();
  for (auto& group : groups) {
    if (group.is_gone) continue;
    for (std::size_t i = 0; i < group.items.size(); ++i) {
      auto& item = group.items[i];
      if (is_null(item))
        faults.push_back({item.place, fmt::format("{}[{}]", group.name, i),
                          "a null that no extension pairs with; expected a value, or nothing"});
      else
        object.children.push_back(std::move(item));
    }
  }
  return faults;
}

}  // namespace bb::fhir
