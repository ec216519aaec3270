#include "harness/suite/model.hpp"

#include <algorithm>

namespace bb::suite {
namespace {

template <class List, class Projection>
auto* find_by(const List& list, const std::string& name, Projection projection) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*projection == name; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_word(Matcher matcher) {
  switch (matcher) {
    case Matcher::is:
      return "is";
    case Matcher::not_:
      return "not";
    case Matcher::in:
      return "in";
    case Matcher::matches:
      return "matches";
    case Matcher::contains:
      return "contains";
    case Matcher::min:
      return "min";
    case Matcher::max:
      return "max";
    case Matcher::count:
      return "count";
    case Matcher::exists:
      return "exists";
  }
  return "";
}

bool states_result(const Step& step) {
  return std::any_of(step.expect.begin(), step.expect.end(), [](const Claim& claim) {
    if (!claim.of.empty()) return false;
    return claim.subject == "result" ||
           (claim.subject == "status" && (claim.argument != Value(true) || !claim.matchers.empty()));
  });
}

const Requirement* Catalogue::find(const std::string& id) const { return find_by(requirements, id, &Requirement::id); }
const Test* Suite::find_test(const std::string& path) const { return find_by(tests, path, &Test::path); }
const Role* Suite::find_role(const std::string& name) const { return find_by(roles, name, &Role::name); }
const Input* Suite::find_input(const std::string& name) const { return find_by(inputs, name, &Input::name); }
const Option* Suite::find_option(const std::string& name) const { return find_by(options, name, &Option::name); }
const Person* Target::find_person(const std::string& wanted) const { return find_by(people, wanted, &Person::id); }
const RoleBinding* Target::find_role(const std::string& name) const { return find_by(roles, name, &RoleBinding::role); }

}  // namespace bb::suite
