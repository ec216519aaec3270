// Input: a text of a run folder that may come from anybody. No value that was learnt is left in what is
// masked; lists of hashes and chains are read without a crash.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/bundle/manifest.hpp"
#include "harness/bundle/masker.hpp"
#include "harness/evidence/event_chain.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto hashes = bb::bundle::read_manifest(input))
    if (bb::bundle::write_manifest(*hashes).size() != input.size()) std::abort();
  bb::evidence::EventChain chain;
  static_cast<void>(chain.check(input));
  static const auto* const pseudonyms = [] {
    auto* const learnt = new bb::bundle::Pseudonyms;
    learnt->learn_name("Tamsinette Quillfeather");
    learnt->learn_value("98765432101");
    learnt->learn_date("1961-07-19");
    return learnt;
  }();
  bb::bundle::Masker masker(*pseudonyms);
  if (masker.finds(masker.body(input), 1)) std::abort();
  return 0;
}
