#include "harness/engine/claim_view.hpp"

namespace bb::engine {

evidence::ClaimView claim_view(const checks::ClaimResult& result) {
  evidence::ClaimView view;
  view.gate = result.gate;
  view.text = result.text;
  view.outcome = checks::to_word(result.holds);
  view.level = result.level;
  view.counts = result.counts;
  view.is_waived = result.is_waived;
  view.expected = result.expected;
  view.found = result.found;
  if (result.claim != nullptr) {
    view.hint = result.claim->hint;
    view.verifies = result.claim->verifies;
    view.line = result.claim->place.line;
  }
  return view;
}

}  // namespace bb::engine
