// arguments.hpp - reads an operation's JSON arguments into ABI values.
//
// What it gives borrows from the arguments, which outlive the call. Mistakes
// are collected; problem() has them all once every member was asked for.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/abi/ext/content.h>
#include <bb/abi/ext/delivery.h>
#include <bb/core/value.hpp>

namespace bb::host {

class Arguments {
 public:
  explicit Arguments(const Value& arguments);
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  bb_str text(std::string_view name);           // empty when absent
  bb_str required_text(std::string_view name);  // a mistake when absent or empty
  std::int64_t time_ns(std::string_view name);  // RFC 3339; 0 when absent
  std::uint32_t count(std::string_view name);   // a whole number, 0 when absent
  const std::vector<bb_str>& texts(std::string_view name);
  const std::vector<bb_pair>& pairs(std::string_view name);  // an object of strings
  const Value& object(std::string_view name);                // required; an empty object after a mistake
  const std::vector<Value>& list(std::string_view name);
  // The value of one of the words; `fallback` after a mistake.
  std::int32_t word(std::string_view name, std::initializer_list<std::pair<std::string_view, std::int32_t>> words,
                    std::int32_t fallback);
  // subject, kind, from, until, terms and, where the function pages, limit and
  // cursor. Borrowed like everything here.
  enum class Paging { yes, no };
  const bb_query& query(Paging paging);
  const std::vector<const bb_destination*>& destinations();

  void mistake(std::string problem);
  // All mistakes, also members nobody asked for; empty when there are none.
  std::string problem() const;

 private:
  const Value* take(std::string_view name);

  const Value& arguments_;
  std::vector<std::string> known_;
  std::vector<std::string> mistakes_;
  std::list<std::vector<bb_str>> texts_;
  std::list<std::vector<bb_pair>> pairs_;
  std::list<bb_destination> destinations_;
  std::vector<const bb_destination*> destination_pointers_;
  bb_query query_{};
};

}  // namespace bb::host
