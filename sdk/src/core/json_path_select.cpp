#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "json_path_query.hpp"
#include "number_compare.hpp"

namespace bb {
namespace {

using namespace json_path;

using Nodes = std::vector<const Value*>;

// The value of an operand: one that lies in the document or literal, one that
// was computed, or none ("Nothing" of the RFC).
struct Operated {
  const Value* borrowed = nullptr;
  std::optional<Value> computed;
  const Value* get() const { return computed ? &*computed : borrowed; }
};

bool are_equal(const Value* a, const Value* b) {
  if (!a || !b) return !a && !b;
  return *a == *b;
}

// RFC 9535, 2.3.5.2.2: only numbers and strings have an order.
bool is_less(const Value* a, const Value* b) {
  if (!a || !b) return false;
  if (a->is_number() && b->is_number()) return compare_numbers(*a, *b) < 0;
  return a->is_string() && b->is_string() && *a->string() < *b->string();
}

bool holds(Comparison comparison, const Value* a, const Value* b) {
  switch (comparison) {
    case Comparison::equal:
      return are_equal(a, b);
    case Comparison::not_equal:
      return !are_equal(a, b);
    case Comparison::less:
      return is_less(a, b);
    case Comparison::less_or_equal:
      return is_less(a, b) || are_equal(a, b);
    case Comparison::greater:
      return is_less(b, a);
    case Comparison::greater_or_equal:
      return is_less(b, a) || are_equal(a, b);
  }
  return false;
}

class Evaluator {
 public:
  explicit Evaluator(const Value& root) : root_(root) {}

  Nodes evaluate(const Path& path, const Value& current) {
    Nodes nodes{path.is_relative ? &current : &root_};
    for (const auto& segment : path.segments) {
      Nodes next;
      for (const Value* node : nodes) {
        if (segment.is_descendant)
          apply_below(segment, *node, next);
        else
          apply_all(segment, *node, next);
        if (is_spent()) return {};
      }
      nodes = std::move(next);
      if (nodes.empty()) break;
    }
    return nodes;
  }

  // More nodes were visited than a query may.
  bool is_spent() const { return visited_ > JsonPath::nodes_visited_max; }

 private:
  // Each node, then its descendants, elements in order (RFC 9535, 2.5.2.2).
  void apply_below(const Segment& segment, const Value& top, Nodes& out) {
    Nodes pending{&top};
    while (!pending.empty() && !is_spent()) {
      const Value* node = pending.back();
      pending.pop_back();
      ++visited_;
      apply_all(segment, *node, out);
      if (const auto* items = node->items())
        for (auto it = items->rbegin(); it != items->rend(); ++it) push_container(pending, *it);
      if (const auto* members = node->members())
        for (auto it = members->rbegin(); it != members->rend(); ++it) push_container(pending, it->value);
    }
  }
  // Selectors find nothing in a scalar.
  static void push_container(Nodes& pending, const Value& value) {
    if (value.size() > 0) pending.push_back(&value);
  }

  void apply_all(const Segment& segment, const Value& node, Nodes& out) {
    for (const auto& selector : segment.selectors)
      std::visit([&](const auto& kind) { apply(kind, node, out); }, selector);
  }

  void add(const Value& node, Nodes& out) {
    ++visited_;
    if (!is_spent()) out.push_back(&node);
  }

  void apply(const NameSelector& selector, const Value& node, Nodes& out) {
    if (const Value* member = node.find(selector.name)) add(*member, out);
  }

  template <class Visit>
  void for_each_child(const Value& node, const Visit& visit) {
    if (const auto* items = node.items())
      for (const auto& item : *items) {
        if (is_spent()) return;
        visit(item);
      }
    if (const auto* members = node.members())
      for (const auto& member : *members) {
        if (is_spent()) return;
        visit(member.value);
      }
  }

  void apply(const WildcardSelector&, const Value& node, Nodes& out) {
    for_each_child(node, [&](const Value& child) { add(child, out); });
  }

  void apply(const IndexSelector& selector, const Value& node, Nodes& out) {
    const auto* items = node.items();
    if (!items) return;
    const auto size = static_cast<std::int64_t>(items->size());
    const auto index = selector.index < 0 ? selector.index + size : selector.index;
    if (index >= 0 && index < size) add((*items)[static_cast<std::size_t>(index)], out);
  }

  // RFC 9535, 2.3.4.2.2, in its own names.
  void apply(const SliceSelector& slice, const Value& node, Nodes& out) {
    const auto* items = node.items();
    if (!items || slice.step == 0) return;
    const auto len = static_cast<std::int64_t>(items->size());
    const auto normalize = [len](std::int64_t i) { return i >= 0 ? i : len + i; };
    const auto n_start = normalize(slice.start.value_or(slice.step > 0 ? 0 : len - 1));
    const auto n_end = slice.end ? normalize(*slice.end) : (slice.step > 0 ? len : -1);
    if (slice.step > 0) {
      const auto lower = std::clamp<std::int64_t>(n_start, 0, len);
      const auto upper = std::clamp<std::int64_t>(n_end, 0, len);
      for (auto i = lower; i < upper && !is_spent(); i += slice.step) add((*items)[static_cast<std::size_t>(i)], out);
      return;
    }
    const auto upper = std::clamp<std::int64_t>(n_start, -1, len - 1);
    const auto lower = std::clamp<std::int64_t>(n_end, -1, len - 1);
    for (auto i = upper; i > lower && !is_spent(); i += slice.step) add((*items)[static_cast<std::size_t>(i)], out);
  }

  void apply(const FilterSelector& selector, const Value& node, Nodes& out) {
    for_each_child(node, [&](const Value& child) {
      ++visited_;
      if (is_true(*selector.condition, child)) add(child, out);
    });
  }

  bool is_true(const Logical& logical, const Value& current) {
    return is_plainly_true(logical, current) != logical.is_negated;
  }

  bool is_plainly_true(const Logical& logical, const Value& current) {
    const auto& children = logical.children;
    const auto is_child_true = [&](const Logical& child) { return is_true(child, current); };
    switch (logical.kind) {
      case Logical::Kind::any:
        return std::any_of(children.begin(), children.end(), is_child_true);
      case Logical::Kind::all:
        return std::all_of(children.begin(), children.end(), is_child_true);
      case Logical::Kind::test:
        return passes(logical.left, current);
      case Logical::Kind::compare: {
        const auto left = operate(logical.left, current);
        const auto right = operate(logical.right, current);
        return holds(logical.comparison, left.get(), right.get());
      }
    }
    return false;
  }

  bool passes(const Operand& operand, const Value& current) {
    if (const auto* path = std::get_if<Path>(&operand)) return !evaluate(*path, current).empty();
    const auto* call = std::get_if<std::shared_ptr<const Call>>(&operand);
    return call && matches(**call, current);
  }

  Operated operate(const Operand& operand, const Value& current) {
    if (const auto* literal = std::get_if<Value>(&operand)) return {literal, {}};
    if (const auto* path = std::get_if<Path>(&operand)) return only(evaluate(*path, current));
    const auto& call = *std::get<std::shared_ptr<const Call>>(operand);
    const auto& argument = call.arguments.front();
    if (call.function == Function::value) return only(evaluate(std::get<Path>(argument), current));
    if (call.function == Function::count) {
      const auto count = evaluate(std::get<Path>(argument), current).size();
      return {nullptr, Value(static_cast<std::int64_t>(count))};
    }
    const auto measured = operate(argument, current);
    return length(measured.get());
  }

  static Operated only(const Nodes& nodes) { return {nodes.size() == 1 ? nodes.front() : nullptr, {}}; }

  static Operated length(const Value* value) {
    if (!value) return {};
    if (const auto* text = value->string()) {
      const auto characters = std::count_if(text->begin(), text->end(),
                                            [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
      return {nullptr, Value(static_cast<std::int64_t>(characters))};
    }
    if (value->is_array() || value->is_object()) return {nullptr, Value(static_cast<std::int64_t>(value->size()))};
    return {};
  }

  bool matches(const Call& call, const Value& current) {
    const auto text = operate(call.arguments[0], current);
    const auto pattern = operate(call.arguments[1], current);
    if (!text.get() || !text.get()->string() || !pattern.get() || !pattern.get()->string()) return false;
    const auto compiled = call.pattern ? call.pattern : compiled_for(*pattern.get()->string());
    if (!compiled) return false;
    const auto& subject = *text.get()->string();
    visited_ += subject.size() / 64;  // long texts are work too
    return call.function == Function::match ? RE2::FullMatch(subject, *compiled)
                                            : RE2::PartialMatch(subject, *compiled);
  }

  // Patterns that come from the document itself.
  std::shared_ptr<const RE2> compiled_for(const std::string& pattern) {
    const auto known = patterns_.find(pattern);
    if (known != patterns_.end()) return known->second;
    visited_ += 100;
    std::string why;
    return patterns_[pattern] = compile_pattern(pattern, why);
  }

  const Value& root_;
  std::size_t visited_ = 0;
  std::map<std::string, std::shared_ptr<const RE2>> patterns_;
};

}  // namespace

Result<std::vector<const Value*>> JsonPath::find(const Value& root) const {
  Evaluator evaluator(root);
  auto nodes = evaluator.evaluate(query_->path, root);
  if (evaluator.is_spent())
    return Error{fmt::format("the JSONPath visits more than {} nodes of this document", nodes_visited_max)};
  return nodes;
}

std::vector<const Value*> JsonPath::select(const Value& root) const {
  auto found = find(root);
  return found ? *std::move(found) : std::vector<const Value*>();
}

std::vector<Value*> JsonPath::select(Value& root) const {
  std::vector<Value*> nodes;
  for (const Value* node : select(std::as_const(root))) nodes.push_back(const_cast<Value*>(node));
  return nodes;
}

std::vector<std::vector<Value>> JsonPath::locate(const Value& root) const {
  const auto nodes = select(root);
  std::unordered_map<const Value*, std::vector<Value>> places;
  for (const Value* node : nodes) places[node];
  struct Visit {
    const Value* node;
    std::vector<Value> path;
  };
  std::vector<Visit> pending{{&root, {}}};
  const auto step = [](std::vector<Value> path, Value token) {
    path.push_back(std::move(token));
    return path;
  };
  while (!pending.empty()) {
    const auto [node, path] = std::move(pending.back());
    pending.pop_back();
    if (const auto wanted = places.find(node); wanted != places.end()) wanted->second = path;
    if (const auto* items = node->items())
      for (std::size_t i = 0; i < items->size(); ++i) pending.push_back({&(*items)[i], step(path, i)});
    if (const auto* members = node->members())
      for (const auto& member : *members) pending.push_back({&member.value, step(path, member.key)});
  }
  std::vector<std::vector<Value>> located;
  for (const Value* node : nodes) located.push_back(places[node]);
  return located;
}

}  // namespace bb
