#include <bb/direct/dns.hpp>

#include <algorithm>
#include <iterator>
#include <tuple>

namespace bb::direct {
namespace {

// Below `count`, which is not 0.
std::size_t choose(std::size_t count, const std::function<std::string(std::size_t count)>& random) {
  std::uint64_t number = 0;
  for (const char c : random(sizeof number)) number = number << 8 | static_cast<unsigned char>(c);
  return static_cast<std::size_t>(number % count);
}

// RFC 2782: the running sum that reaches a number drawn below the whole.
std::size_t draw(const std::vector<DnsRecord>& equals, const std::function<std::string(std::size_t count)>& random) {
  std::size_t sum = 0;
  for (const auto& record : equals) sum += record.weight;
  if (sum == 0) return choose(equals.size(), random);
  std::size_t left = choose(sum, random);
  for (std::size_t i = 0; i < equals.size(); ++i) {
    if (left < equals[i].weight) return i;
    left -= equals[i].weight;
  }
  return equals.size() - 1;
}

}  // namespace

std::vector<DnsRecord> in_order_of_use(std::vector<DnsRecord> records,
                                       const std::function<std::string(std::size_t count)>& random) {
  // The server may turn records around as it likes, chance alone decides here.
  std::sort(records.begin(), records.end(), [](const DnsRecord& a, const DnsRecord& b) {
    return std::tie(a.preference, a.weight, a.host, a.port) < std::tie(b.preference, b.weight, b.host, b.port);
  });
  std::vector<DnsRecord> ordered;
  for (auto begin = records.begin(); begin != records.end();) {
    const auto end = std::find_if(begin, records.end(),
                                  [&](const DnsRecord& record) { return record.preference != begin->preference; });
    std::vector<DnsRecord> equals(std::make_move_iterator(begin), std::make_move_iterator(end));
    while (!equals.empty()) {
      const auto chosen = equals.begin() + static_cast<std::ptrdiff_t>(draw(equals, random));
      ordered.push_back(std::move(*chosen));
      equals.erase(chosen);
    }
    begin = end;
  }
  return ordered;
}

}  // namespace bb::direct
