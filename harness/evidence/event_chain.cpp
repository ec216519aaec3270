#include "harness/evidence/event_chain.hpp"

#include <bb/core/crypto.hpp>

#include "harness/evidence/run_folder.hpp"

namespace bb::evidence {
namespace {

constexpr std::string_view before_hash = R"(,"chain":")";
constexpr std::string_view after_hash = R"("})";
constexpr std::size_t hash_digits = 64;

std::string hash_of(const std::string& last, std::string_view open_object) {
  std::string hashed;
  hashed.reserve(last.size() + open_object.size());
  hashed.append(last).append(open_object);
  return sha256_hex(hashed);
}

}  // namespace

std::string EventChain::close(std::string_view object) {
  const std::string_view open_object = object.substr(0, object.size() - 1);  // without "}"
  last_ = hash_of(last_, open_object);
  std::string line;
  line.reserve(object.size() + before_hash.size() + hash_digits + after_hash.size());
  return line.append(open_object).append(before_hash).append(last_).append(after_hash);
}

EventChain::Link EventChain::check(std::string_view line) {
  constexpr std::size_t tail = before_hash.size() + hash_digits + after_hash.size();
  if (line.size() <= tail) return Link::absent;
  const std::string_view end = line.substr(line.size() - tail);
  const std::string_view hash = end.substr(before_hash.size(), hash_digits);
  if (!end.starts_with(before_hash) || !end.ends_with(after_hash) || !is_blob_name(hash)) return Link::absent;
  const bool is_good = hash == hash_of(last_, line.substr(0, line.size() - tail));
  last_ = hash;
  return is_good ? Link::good : Link::broken;
}

}  // namespace bb::evidence
