// json_path_query.hpp - a parsed JSONPath query: RFC 9535, section 2, as data.
//
// Made by the parser, read by the evaluator; both in this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bb/core/json_path.hpp>
#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace re2 {
class RE2;
}

namespace bb::json_path {

struct Logical;

struct NameSelector {
  std::string name;
};
struct WildcardSelector {};
struct IndexSelector {
  std::int64_t index = 0;
};
struct SliceSelector {
  std::optional<std::int64_t> start, end;
  std::int64_t step = 1;
};
struct FilterSelector {
  std::shared_ptr<const Logical> condition;
};
using Selector = std::variant<NameSelector, WildcardSelector, IndexSelector, SliceSelector, FilterSelector>;

struct Segment {
  bool is_descendant = false;
  std::vector<Selector> selectors;
};

// A query, at the top or in a filter ("@..." is relative to the current node).
struct Path {
  bool is_relative = false;
  std::vector<Segment> segments;
  // Only names and indices: selects at most one node.
  bool is_singular() const;
};

enum class Function { length, count, match, search, value };

struct Call;
// What can be compared or given to a function.
using Operand = std::variant<Value, Path, std::shared_ptr<const Call>>;

struct Call {
  Function function = Function::length;
  std::vector<Operand> arguments;
  std::shared_ptr<const re2::RE2> pattern;  // match and search with a literal pattern
};

enum class Comparison { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

// A condition of a filter. `any` and `all` have children; `test` and `compare`
// have operands.
struct Logical {
  enum class Kind { any, all, test, compare };
  Kind kind = Kind::test;
  bool is_negated = false;
  std::vector<Logical> children;
  Comparison comparison = Comparison::equal;
  Operand left, right;  // test: left alone
};

// A pattern of match() and search() for RE2: I-Regexp (RFC 9485), and beyond
// it what RE2 knows (\d, \w, anchors). nullptr when it is no pattern; `why`
// then says the reason.
std::shared_ptr<const re2::RE2> compile_pattern(std::string_view pattern, std::string& why);

// The parser's entry; the error says the column.
Result<Path> parse_path(std::string_view query);

}  // namespace bb::json_path

namespace bb {

struct JsonPath::Query {
  json_path::Path path;
};

}  // namespace bb
