// bb/core/json_path.hpp - JSONPath, RFC 9535.
//
// The whole of the RFC: names, wildcards, indices, slices, descendants and
// filters with length() count() match() search() value(). Patterns are RE2:
// I-Regexp, and what RE2 knows beyond it. A literal pattern that is none is a
// mistake of the query here (for the RFC it only never matches).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb {

// A parsed query. Copy freely.
class JsonPath {
 public:
  // Visits beyond this number stop a query: "$..*..*" grows with the square.
  static constexpr std::size_t nodes_visited_max = 2'000'000;

  // The error says the column (from 1, in bytes) and what was expected there.
  static Result<JsonPath> parse(std::string_view query);

  // Whether it selects at most one node: only names and indices.
  bool is_singular() const;
  // The nodes selected, in the RFC's order and with its duplicates; pointers
  // into `root`. The error says that the query visits too many nodes.
  Result<std::vector<const Value*>> find(const Value& root) const;
  // The same; nothing where find() has an error.
  std::vector<const Value*> select(const Value& root) const;
  std::vector<Value*> select(Value& root) const;
  // Where they are, as member names (strings) and indices (integers).
  std::vector<std::vector<Value>> locate(const Value& root) const;

  struct Query;

 private:
  std::shared_ptr<const Query> query_;
};

}  // namespace bb
