#include "harness/suite/fault_text.hpp"

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::suite {
namespace {

std::string selector_text(const suite::Selector& selector) {
  std::string text = selector.kind;
  if (selector.argument.is_null()) return text;
  return text + " " + selector.argument.string_or(to_json(selector.argument));
}

}  // namespace

std::string fault_text(const Fault& fault) {
  const std::string where = " in " + join(fault.in, ", ");
  switch (fault.kind) {
    case Fault::Kind::drop:
      return "drop " + selector_text(fault.selector) + where;
    case Fault::Kind::set:
      return "set " + selector_text(fault.selector) + " to " + fault.to.string_or(to_json(fault.to)) + where;
    case Fault::Kind::dup:
      return "dup " + selector_text(fault.selector) + where;
    case Fault::Kind::swap:
      return "swap " + join(fault.swap, ", ") + where;
    case Fault::Kind::delay:
      return "delay " + format_duration(fault.delay_ms) + where;
    case Fault::Kind::defect:
      break;
  }
  return "defect " + fault.defect;
}

}  // namespace bb::suite
