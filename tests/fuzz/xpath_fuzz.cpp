// Input: a media type, an XPath, and the body, a line each but the last. Every
// subject that reads content judges it, and the faults of XPath change it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/checks/judge.hpp"

namespace {

using bb::suite::Matcher;

std::string take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  std::string line(rest.substr(0, end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

void judge(const bb::evidence::Message& message, const std::string& subject, const std::string& argument) {
  bb::suite::Claim claim;
  claim.subject = subject;
  claim.argument = argument;
  const bb::checks::Scope scope(bb::Value::object());
  const std::vector<std::pair<Matcher, bb::Value>> matchers{
      {Matcher::contains, "a"}, {Matcher::is, "a"},   {Matcher::min, 1},  {Matcher::max, "2026-01-01"},
      {Matcher::matches, "^a"}, {Matcher::not_, "a"}, {Matcher::count, 1}};
  for (const auto& [matcher, operand] : matchers) {
    claim.matchers = {{matcher, operand}};
    const auto result = bb::checks::judge_claim(claim, scope, &message);
    if (result.found.empty() || result.found.size() > 2'048 || result.expected.size() > 2'048) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  bb::evidence::Message message;
  message.result = "ok";
  message.media_type = take_line(rest);
  const std::string xpath = take_line(rest);
  message.body = rest;
  judge(message, "xpath", xpath);
  judge(message, "body", "text");
  judge(message, "body", "values");
  bb::suite::Fault fault;
  fault.selector.kind = "xpath";
  fault.selector.argument = xpath;
  fault.to = "x";
  for (const auto kind : {bb::suite::Fault::Kind::drop, bb::suite::Fault::Kind::set, bb::suite::Fault::Kind::dup}) {
    fault.kind = kind;
    if (const auto changed = bb::checks::apply_fault(fault, message, {}, {})) judge(*changed, "xpath", xpath);
  }
  return 0;
}
