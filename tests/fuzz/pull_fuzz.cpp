// What a registry and a provider of Blue Button+ Pull send. The first line names what the rest is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pull/document_list.hpp"
#include "pull/provider_list.hpp"

namespace {

using namespace bb::rest::pull;

void expect(bool holds) {
  if (!holds) std::abort();
}

void look_at(const bb::Result<std::vector<ListedDocument>>& documents) {
  if (!documents) return;
  expect(documents->size() <= list_entries_max);
  for (const auto& document : *documents) expect(document.location.size() <= entry_text_bytes_max);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view whole(reinterpret_cast<const char*>(data), size);
  const auto end = whole.find('\n');
  if (end == std::string_view::npos) return 0;
  const auto what = whole.substr(0, end);
  const auto text = whole.substr(end + 1);
  if (what == "bundle") look_at(read_bundle(text));
  if (what == "atom") look_at(read_atom(text));
  if (what == "apps") (void)read_fixed_parameters(text, "https://a.example");
  if (what == "providers")
    if (const auto providers = read_providers(text)) (void)choose_provider(*providers, "");
  return 0;
}
