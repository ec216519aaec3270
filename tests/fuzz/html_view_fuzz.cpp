// Any bytes become the view of a page, or a finding that says why not.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include <bb/xml/html.hpp>

#include "harness/documents/data_store.hpp"
#include "harness/documents/kind_html.hpp"
#include "harness/documents/rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::documents;
  static auto formats = Formats::read(BB_SOURCE_DIR "/conformance/documents/formats.yaml");
  static auto store = DataStore::open("/nonexistent");
  if (!formats || !store) std::abort();
  static Rules rules(*std::move(formats), *std::move(store), Selection{}, nullptr);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  bb::xml::looks_like_html(bytes);
  const auto look = look_at_html(bytes, rules);
  if (!look.view && look.findings.empty()) std::abort();
  return 0;
}
