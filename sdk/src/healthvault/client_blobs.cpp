// Blobs by a client: up in chunks, down in ranges, checked by length and hash.
#include <algorithm>

#include <fmt/format.h>

#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/blob.hpp>
#include <bb/healthvault/client.hpp>

#include "client_state.hpp"

namespace bb::healthvault {
namespace {

// Smaller chunks than this are sent several at once.
constexpr std::int64_t post_bytes_min = 65'536;
constexpr std::string_view bytes_media_type = "application/octet-stream";

// Nothing: all of it is there.
std::optional<CallError> send_chunks(Line& line, const BeginPutBlob::Answer& place, std::string_view bytes) {
  const auto step = place.chunk_bytes * std::max<std::int64_t>(1, post_bytes_min / place.chunk_bytes);
  const auto size = static_cast<std::int64_t>(bytes.size());
  std::int64_t at = 0;
  do {
    const auto count = std::min(step, size - at);
    Exchange post{.url = place.reference_url,
                  .headers = {{"content-type", std::string(bytes_media_type)}},
                  .body = std::string(bytes.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(count)))};
    if (count > 0) post.headers.emplace_back("content-range", content_range({at, at + count - 1}));
    at += count;
    if (at == size) post.headers.emplace_back(blob_complete_header, "1");
    const auto reply = line.exchange(post);
    if (reply.status != 200) return error_of(line, reply, "sending a blob");
  } while (at < size);
  return std::nullopt;
}

// A platform names where its blobs are; anything but itself would have a record's bytes sent, or a
// file of somebody else's fetched, wherever it likes.
std::optional<CallError> check_address(const ClientOptions& options, std::string_view url, std::string_view doing) {
  const auto origin = [](std::string_view text) {
    constexpr std::string_view scheme_end = "://", usual_port = ":443";
    const auto host = text.find(scheme_end);
    if (host == std::string_view::npos) return text.substr(0, text.find('?'));  // what is behind it is a secret
    text = text.substr(0, text.find_first_of("/?#", host + scheme_end.size()));
    if (iequals(text.substr(0, host), "https") && text.ends_with(usual_port)) text.remove_suffix(usual_port.size());
    return text;
  };
  if (iequals(origin(url), origin(options.platform_url))) return std::nullopt;
  return broken_answer(fmt::format("{}: expected an address of the platform, {}/..., found '{}'", doing,
                                   origin(options.platform_url), shorten(one_line(origin(url)), 100)));
}

// An expired reference is refused as ACCESS_DENIED, or is not there any more.
bool is_expired_reference(int http_status) {
  return http_status == 401 || http_status == 403 || http_status == 404 || http_status == 410;
}

Called<std::string> fetch(Line& line, const ClientOptions& options, const Blob& blob) {
  const auto length = blob.length_bytes.value_or(0);
  const bool is_ranged = blob.length_bytes && length > options.range_bytes;
  std::string bytes;
  Repeats repeats(line, options);
  for (;;) {
    Exchange get{"GET", blob.reference_url};
    const auto at = static_cast<std::int64_t>(bytes.size());
    if (is_ranged)
      get.headers.emplace_back("range", fmt::format("bytes={}-{}", at, std::min(at + options.range_bytes, length) - 1));
    const auto reply = line.exchange(get);
    if (reply.status == 200) return std::move(reply.body);
    if (reply.status == 206 && is_ranged && !reply.body.empty() &&
        at + static_cast<std::int64_t>(reply.body.size()) <= length) {
      bytes += reply.body;
      if (static_cast<std::int64_t>(bytes.size()) == length) return bytes;
      continue;
    }
    if (is_lost(reply) && repeats.next()) continue;
    return error_of(line, reply, "fetching a blob");
  }
}

// HV-BLOB-07: what came is what the thing says.
std::optional<CallError> check(const Blob& blob, std::string_view bytes) {
  if (blob.length_bytes && *blob.length_bytes != static_cast<std::int64_t>(bytes.size()))
    return broken_answer(
        fmt::format("fetching a blob: {} bytes came, the thing says {}", bytes.size(), *blob.length_bytes));
  if (!blob.hash || blob.hash->algorithm != blob_hash_algorithm) return std::nullopt;
  const auto block = blob.hash->block_bytes.value_or(blob_block_bytes);
  if (block <= 0) return broken_answer(fmt::format("fetching a blob: its hash has blocks of {} bytes", block));
  if (blob_hash(bytes, block) == blob.hash->hash) return std::nullopt;
  return broken_answer("fetching a blob: the hash of what came is not the one that the thing says");
}

}  // namespace

Called<Blob> Client::put_blob(Line& line, const Whose& whose, std::string_view bytes, std::string_view content_type,
                              std::string_view name) {
  Repeats repeats(line, state_->options);
  for (;;) {
    auto place = call<BeginPutBlob>(line, {}, whose);
    if (!place) {
      // Nothing is stored by asking for a place.
      if (is_unanswered(place.error()) && repeats.next()) continue;
      return place.error();
    }
    if (place->hash_algorithm != blob_hash_algorithm)
      return broken_answer(fmt::format("BeginPutBlob: expected the hash {}, got '{}'", blob_hash_algorithm,
                                       shorten(place->hash_algorithm, 40)));
    const auto block = place->hash_block_bytes.value_or(blob_block_bytes);
    if (place->chunk_bytes <= 0 || block <= 0) return broken_answer("BeginPutBlob: a chunk or a block of no bytes");
    if (auto error = check_address(state_->options, place->reference_url, "BeginPutBlob")) return *std::move(error);
    const auto size = static_cast<std::int64_t>(bytes.size());
    if (place->blob_bytes_max > 0 && size > place->blob_bytes_max)
      return refused_by(status("RECORD_QUOTA_EXCEEDED"),
                        fmt::format("a blob of {} bytes: the platform takes {}", size, place->blob_bytes_max));
    auto error = send_chunks(line, *place, bytes);
    if (!error)
      return Blob{.name = std::string(name),
                  .content_type = std::string(content_type),
                  .hash = BlobHash{std::string(blob_hash_algorithm), block, blob_hash(bytes, block)},
                  .length_bytes = size,
                  .reference_url = place->reference_url};
    if (!is_unanswered(*error) || !repeats.next()) return *std::move(error);
  }
}

Called<std::string> Client::get_blob(Line& line, const Whose& whose, const ThingKey& thing, std::string_view name) {
  const ThingQuery query{
      .ids = {thing.id},
      .format = ThingFormat{.sections = {"core", "blobpayload"}, .blobs = BlobRequest{{}, "streamed"}}};
  bool was_asked_again = false;
  for (;;) {
    auto things = get_things(line, whose, query);
    if (!things) return things.error();
    if (things->empty()) return refused_by(status("INVALID_THING"), "fetching a blob: the record has no such thing");
    const auto& blobs = things->front().blobs;
    const auto blob = std::find_if(blobs.begin(), blobs.end(), [&](const Blob& one) { return one.name == name; });
    if (blob == blobs.end())
      return refused_by(status("INVALID_THING"), "fetching a blob: the thing has none of this name");
    if (blob->length_bytes.value_or(0) > state_->options.blob_bytes_max)
      return refused_by(status("BLOB_SIZE_TOO_LARGE_FOR_INLINE"),
                        fmt::format("fetching a blob: it has {} bytes, at most {} are read", *blob->length_bytes,
                                    state_->options.blob_bytes_max));
    if (!blob->inline_bytes)
      if (auto error = check_address(state_->options, blob->reference_url, "fetching a blob")) return *std::move(error);
    auto bytes = blob->inline_bytes ? Called<std::string>(*blob->inline_bytes) : fetch(line, state_->options, *blob);
    if (!bytes) {
      // HV-BLOB-06.
      if (is_expired_reference(bytes.error().http_status) && !std::exchange(was_asked_again, true)) continue;
      return bytes.error();
    }
    if (auto error = check(*blob, *bytes)) return *std::move(error);
    return *std::move(bytes);
  }
}

}  // namespace bb::healthvault
