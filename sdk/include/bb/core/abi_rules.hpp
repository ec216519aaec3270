// bb/core/abi_rules.hpp - the numbered rules between a connector and its host,
// each with the line of the header that it comes from: docs/abi/rules.md.
//
// The host (connectors that are checked while they run) and the kit, which
// share no code, name the same rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bb {

// One sentence of the contract, and where it stands.
struct AbiRule {
  std::string_view id;      // "BB-R023"
  std::string_view header;  // "bb/abi/base.h"
  int line;                 // 0: `header` is the document, which has the sentence
  std::string_view quote;   // what stands in that line
};
const std::vector<AbiRule>& abi_rules();
// nullptr for an id that there is not.
const AbiRule* find_abi_rule(std::string_view id);
// "bb/abi/base.h:158".
std::string place_of(const AbiRule& rule);

}  // namespace bb
