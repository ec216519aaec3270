// Data of a thing: the first line is its type, the rest the inside of data-xml. It is read or an error;
// what its facts write can be read, and says the same again.
#include <bb/healthvault/thing_common.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/records/record_value.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::healthvault;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  const auto bytes = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
  static_cast<void>(document_thing(bytes, "name", "text/xml"));
  if (const auto labelled = with_common(bytes, {"a & b", "", "id"})) {
    const auto common = common_of(*labelled);
    if (!common || common->source != "a & b" || common->client_id != "id") std::abort();
  }
  const auto read = read_thing({std::string(input.substr(0, end)), std::string(bytes)});
  if (!read) return 0;
  const auto written = write_things(read->record);
  const auto once = read_things(written.things);
  if (!once.unreadable.empty()) std::abort();
  const auto twice = read_things(write_things(once.record).things);
  if (!twice.unreadable.empty()) std::abort();
  if (!(bb::records::to_value(once.record) == bb::records::to_value(twice.record))) std::abort();
  return 0;
}
