// Any bytes as a text of each kind: a document and a record, or an error; what the
// record writes can be read and says the same again.
#include <bb/core/json.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/key_value_text.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace bb::records;

void check(const bb::Result<Record>& record) {
  if (!record) return;
  if (!bb::parse_json(bb::to_json(to_value(*record)))) std::abort();
  const auto va = read_va_text(write_va_text(*record, 0));
  const auto cms = read_cms_text(write_cms_text(*record, 0));
  if (!va || !cms) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(read_va_text(bytes));
  check(read_cms_text(bytes));
  check(read_key_value_text(bytes));
  return 0;
}
