#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/json_path.hpp>
#include <bb/core/text.hpp>
#include "harness/checks/subjects.hpp"

namespace bb::checks {

Extracted json_subject(const std::string& path, const Document& document) {
  const auto query = JsonPath::parse(path);
  if (!query) return unjudgeable(query.error().what);
  if (trim(document.body).empty()) return violated("not JSON: it is empty");
  const auto content = parse_json(document.body);
  if (!content) return violated(fmt::format("not JSON: {}", content.error().what));
  const auto nodes = query->find(*content);
  if (!nodes) return unjudgeable(nodes.error().what);
  if (query->is_singular()) return nodes->empty() ? Subject{} : value_subject(*nodes->front());
  Subject subject{Subject::Shape::set, {}};
  for (const Value* node : *nodes) subject.values.push_back(*node);
  return subject;
}

}  // namespace bb::checks
