// harness/suite/fault_text.hpp - faults as people read them.
#pragma once

#include <string>

#include "harness/suite/model.hpp"

namespace bb::suite {

// "drop json $.events[0] in activity", "defect view-empty".
std::string fault_text(const Fault& fault);

}  // namespace bb::suite
