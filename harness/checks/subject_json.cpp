#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/json_path.hpp>
#include <bb/core/text.hpp>
#include "harness/checks/subjects.hpp"

namespace bb::checks {
namespace {

// Many claims look at the same large document, one after the other: reading it is most of their work. Of the
// bodies that this thread read last a few are kept.
class LastRead {
 public:
  using Parsed = std::shared_ptr<const Result<Value>>;

  Parsed read(const std::string& body) {
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const auto& one) { return one.first == body; });
    if (found != kept_.end()) {
      std::rotate(kept_.begin(), found, found + 1);
      return kept_.front().second;
    }
    auto parsed = std::make_shared<const Result<Value>>(parse_json(body));
    if (body.size() < body_bytes_min || body.size() > body_bytes_max) return parsed;
    if (kept_.size() == count_max) kept_.pop_back();
    kept_.emplace(kept_.begin(), body, parsed);
    return parsed;
  }

 private:
  static constexpr std::size_t count_max = 4, body_bytes_min = 16'384, body_bytes_max = 8ul * 1024 * 1024;
  std::vector<std::pair<std::string, Parsed>> kept_;  // the last first
};

}  // namespace

Extracted json_subject(const std::string& path, const Document& document) {
  const auto query = JsonPath::parse(path);
  if (!query) return unjudgeable(query.error().what);
  if (trim(document.body).empty()) return violated("not JSON: it is empty");
  thread_local LastRead last_read;
  const auto read = last_read.read(document.body);
  const auto& content = *read;
  if (!content) return violated(fmt::format("not JSON: {}", content.error().what));
  const auto nodes = query->find(*content);
  if (!nodes) return unjudgeable(nodes.error().what);
  if (query->is_singular()) return nodes->empty() ? Subject{} : value_subject(*nodes->front());
  Subject subject{Subject::Shape::set, {}};
  for (const Value* node : *nodes) subject.values.push_back(*node);
  return subject;
}

}  // namespace bb::checks
