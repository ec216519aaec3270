// Any bytes are read as an archive within its limits, and give at least one
// document or problem as an input, and a view.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "harness/documents/inputs.hpp"
#include "harness/documents/kind_package.hpp"
#include "harness/documents/package.hpp"
#include "harness/documents/rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::documents;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!is_package(bytes)) return 0;
  const PackageLimits limits{.entry_count_max = 8, .entry_bytes_max = 4096, .bytes_max = 16'384};
  std::size_t entry_count = 0;
  std::size_t byte_count = 0;
  read_package(bytes, limits, [&](const PackageEntry& entry) {
    ++entry_count;
    byte_count += entry.bytes.size();
    if (entry.bytes.size() > limits.entry_bytes_max || (!entry.problem.empty() && !entry.bytes.empty())) std::abort();
  });
  if (entry_count > limits.entry_count_max || byte_count > limits.bytes_max) std::abort();

  std::size_t piece_count = 0;
  read_input({.name = "fuzzed.zip", .bytes = std::make_shared<const std::string>(bytes)}, [&](const Piece& piece) {
    ++piece_count;
    if (!piece.name.starts_with("fuzzed.zip")) std::abort();
  });
  if (piece_count == 0) std::abort();

  static auto formats = Formats::read(BB_SOURCE_DIR "/conformance/documents/formats.yaml");
  static auto store = DataStore::open("/nonexistent");
  if (!formats || !store) std::abort();
  static Rules rules(*std::move(formats), *std::move(store), Selection{}, nullptr);
  const auto look = is_xdm(bytes) ? look_at_xdm(bytes, rules) : look_at_zip(bytes, rules);
  if (!look.view) std::abort();
  return 0;
}
