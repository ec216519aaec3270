#include "record_platform/blob_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/healthvault/blob.hpp>

namespace bb::record_platform {
namespace hv = healthvault;
namespace {

std::string url_of(const Call& call, const std::string& token) {
  return fmt::format("{}{}?{}={}", call.world.base_url, hv::blob_path, hv::blob_token_parameter, token);
}

std::string token_of(std::string_view url) {
  const auto mark = std::string(hv::blob_token_parameter) + "=";
  const auto at = url.find(mark);
  if (at == std::string_view::npos) return {};
  const auto rest = url.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find('&')));
}

struct BlobRow {
  std::int64_t number = 0;
  std::int64_t bytes = 0;
  bool is_complete = false;
};

std::string new_blob(Call& call, bool is_of_record) {
  // What was begun and never became a thing's; packages wait for weeks.
  const auto border_ns = call.now_ns - 24 * blob_url_seconds * ns_per_second;
  constexpr auto forgotten = "is_committed = 0 AND record IS NOT NULL AND expires < ?";
  call.t.execute(fmt::format("DELETE FROM chunk WHERE blob IN (SELECT number FROM blob WHERE {})", forgotten),
                 border_ns);
  call.t.execute(fmt::format("DELETE FROM blob WHERE {}", forgotten), border_ns);
  const auto token = random_token(32);
  call.t.execute("INSERT INTO blob(token, app, record, expires) VALUES(?, ?, ?, ?)", sha256_hex(token), call.app_id,
                 is_of_record ? std::optional(call.record_id) : std::nullopt,
                 call.now_ns + blob_url_seconds * ns_per_second);
  return url_of(call, token);
}

// Calls `take` with the bytes in order, a chunk at a time.
template <class Take>
void each_chunk(Transaction& t, std::int64_t blob, Take take) {
  auto rows = t.rows("SELECT data FROM chunk WHERE blob = ? ORDER BY first", blob);
  while (rows.next()) take(rows.text(0));
}

std::string hash_of(Transaction& t, std::int64_t blob, std::int64_t block_bytes) {
  hv::BlobHasher hasher(block_bytes);
  each_chunk(t, blob, [&](const std::string& bytes) { hasher.add(bytes); });
  return std::move(hasher).finish();
}

// As they are read again.
std::string bytes_of(Transaction& t, const Defects& defects, std::int64_t blob, std::int64_t size) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(size));
  each_chunk(t, blob, [&](const std::string& chunk) { bytes += chunk; });
  if (defects.is_on(Defect::alters_blobs) && !bytes.empty()) bytes.back() = static_cast<char>(bytes.back() ^ 1);
  return bytes;
}

std::int64_t store_inline(Call& call, const std::string& bytes) {
  if (static_cast<std::int64_t>(bytes.size()) > inline_blob_bytes_max)
    BB_REFUSE("BLOB_SIZE_TOO_LARGE_FOR_INLINE",
              fmt::format("a blob of {} bytes inside a thing, at most {} are taken: stream it", bytes.size(),
                          inline_blob_bytes_max));
  call.t.execute("INSERT INTO blob(app, record, expires, bytes, is_complete) VALUES(?, ?, 0, ?, 1)", call.app_id,
                 call.record_id, static_cast<std::int64_t>(bytes.size()));
  const auto number = call.t.last_id();
  call.t.execute("INSERT INTO chunk VALUES(?, 0, ?)", number, Argument::bytes(bytes));
  return number;
}

// What was brought to the URL.
BlobRow brought(Call& call, const hv::Blob& blob) {
  const auto token = token_of(blob.reference_url);
  // One of a package has no record before somebody picks it up.
  auto rows = call.t.rows(
      "SELECT number, bytes, is_complete, is_committed FROM blob WHERE token = ? AND app = ? AND"
      " COALESCE(record, ?) = ?",
      sha256_hex(token), call.app_id, call.record_id, call.record_id);
  if (token.empty() || !rows.next()) BB_REFUSE("INVALID_BLOB_REF_URL", "no blob was begun at this blob-ref-url");
  if (rows.number(3) != 0) BB_REFUSE("BLOB_TOKEN_COMMITTED", "the blob at this blob-ref-url is a thing's already");
  const BlobRow row{rows.number(0), rows.number(1), rows.number(2) != 0};
  if (!row.is_complete && !call.has(Defect::ignores_blob_gap))
    BB_REFUSE("BLOB_TOKEN_NOT_COMPLETED", fmt::format("{} bytes of the blob are here, and none came with {}: 1",
                                                      row.bytes, hv::blob_complete_header));
  return row;
}

// `hash`: of the bytes that came, in blocks of the usual size.
void check_hash(Call& call, const hv::Blob& blob, std::int64_t number, const std::string& hash) {
  if (!blob.hash || call.has(Defect::ignores_blob_hash)) return;
  if (blob.hash->algorithm != hv::blob_hash_algorithm)
    BB_REFUSE("INVALID_BLOB_HASH_ALGORITHM", fmt::format("the algorithm of a blob's hash is {}, got '{}'",
                                                         hv::blob_hash_algorithm, shorten(blob.hash->algorithm, 40)));
  const auto block_bytes = blob.hash->block_bytes.value_or(hv::blob_block_bytes);
  if (block_bytes < 1 || block_bytes > blob_bytes_max)
    BB_REFUSE("UNSUPPORTED_BLOB_HASH_BLOCK_SIZE", fmt::format("a block of {} bytes", block_bytes));
  if (!equal_constant_time(block_bytes == hv::blob_block_bytes ? hash : hash_of(call.t, number, block_bytes),
                           blob.hash->hash))
    BB_REFUSE("INVALID_BLOB_HASH", "the bytes that came have another hash than the thing says");
}

web::HttpResponse refused(int status, std::string_view why) { return web::HttpResponse::error(status, "blob", why); }

// Where the chunk begins, or nothing: it does not follow what is there.
std::optional<std::int64_t> place_of(const web::HttpRequest& request, std::int64_t bytes_there, bool is_complete) {
  const auto range = hv::read_content_range(request.header("content-range"));
  if (!range) return request.body.empty() && is_complete ? std::optional(bytes_there) : std::nullopt;
  if (range->last - range->first + 1 != static_cast<std::int64_t>(request.body.size())) return std::nullopt;
  return range->first;
}

web::HttpResponse take_chunk(Transaction& t, const Defects& defects, std::int64_t now_ns,
                             const web::HttpRequest& request, const std::string& token) {
  auto rows =
      t.rows("SELECT number, bytes, is_complete, is_short, expires FROM blob WHERE token = ?", sha256_hex(token));
  if (!rows.next()) return refused(404, "no blob was begun at this address");
  if (rows.number(4) < now_ns && !defects.is_on(Defect::blob_url_lasts)) return refused(403, "the address has expired");
  if (rows.number(2) != 0) return refused(409, "the blob is complete");
  const auto number = rows.number(0), there = rows.number(1);
  const bool is_last = request.header(hv::blob_complete_header) == "1";
  const auto first = place_of(request, there, is_last);
  if (!first) return refused(400, "a chunk needs 'Content-Range: bytes FIRST-LAST/*' of as many bytes as it has");
  const auto size = static_cast<std::int64_t>(request.body.size());
  // A chunk that came before and comes again, because its answer was lost, changes nothing.
  if (*first < there && *first + size <= there) return web::HttpResponse::empty(200);
  if (*first != there && !defects.is_on(Defect::ignores_blob_gap))
    return refused(416, fmt::format("the next chunk begins at byte {}, got {}", there, *first));
  if (there + size > blob_bytes_max) return refused(413, fmt::format("a blob has at most {} bytes", blob_bytes_max));
  if (rows.number(3) != 0)
    return refused(400, fmt::format("the chunk before had no multiple of {} bytes", blob_chunk_bytes));
  if (size > 0) t.execute("INSERT INTO chunk VALUES(?, ?, ?)", number, there, Argument::bytes(request.body));
  t.execute("UPDATE blob SET bytes = ?, is_complete = ?, is_short = ? WHERE number = ?", there + size, is_last,
            size % blob_chunk_bytes != 0, number);
  return web::HttpResponse::empty(200);
}

web::HttpResponse give_blob(Transaction& t, const Defects& defects, std::int64_t now_ns,
                            const web::HttpRequest& request, const std::string& token) {
  auto rows = t.rows(
      "SELECT r.blob, r.content_type, r.expires, b.bytes FROM blob_reading r JOIN blob b ON b.number = r.blob"
      " WHERE r.token = ?",
      sha256_hex(token));
  if (!rows.next()) return refused(404, "no blob is at this address");
  // HV-BLOB-06: ask for the thing again to get a new one.
  if (rows.number(2) < now_ns && !defects.is_on(Defect::blob_url_lasts))
    return refused(403, "11 ACCESS_DENIED: the address has expired");
  auto bytes = bytes_of(t, defects, rows.number(0), rows.number(3));
  const auto type = rows.text(1).empty() ? std::string("application/octet-stream") : rows.text(1);
  // The server cuts out what 'Range' asks for.
  return {request.header("range").empty() ? 200 : 206, type, std::move(bytes), {}};
}

}  // namespace

hv::BeginPutBlob::Answer begin_put_blob(Call& call, const hv::BeginPutBlob::Request&) {
  return {.reference_url = new_blob(call, true),
          .chunk_bytes = blob_chunk_bytes,
          .blob_bytes_max = blob_bytes_max,
          .hash_algorithm = std::string(hv::blob_hash_algorithm),
          .hash_block_bytes = hv::blob_block_bytes};
}

hv::BeginPutConnectPackageBlob::Answer begin_put_package_blob(Call& call,
                                                              const hv::BeginPutConnectPackageBlob::Request&) {
  return {.reference_url = new_blob(call, false),
          .chunk_bytes_plain = blob_chunk_bytes,
          .chunk_bytes_encrypted = blob_chunk_bytes,
          .blob_bytes_max = blob_bytes_max,
          .hash_algorithm = std::string(hv::blob_hash_algorithm),
          .hash_block_bytes = hv::blob_block_bytes};
}

void commit_blobs(Call& call, const std::string& version, const std::vector<hv::Blob>& blobs) {
  std::set<std::string> names;
  for (const auto& blob : blobs) {
    if (!names.insert(blob.name).second)
      BB_REFUSE("DUPLICATE_BLOB", "two blobs of a thing are named '" + shorten(blob.name, 60) + "'");
    BlobRow row;
    if (blob.inline_bytes)
      row = {store_inline(call, *blob.inline_bytes), static_cast<std::int64_t>(blob.inline_bytes->size()), true};
    else if (!blob.reference_url.empty())
      row = brought(call, blob);
    else
      BB_REFUSE("INVALID_THING", "a blob needs base64data or blob-ref-url");
    if (blob.length_bytes && *blob.length_bytes != row.bytes && !call.has(Defect::ignores_blob_hash))
      BB_REFUSE("INVALID_THING", fmt::format("content-length says {} bytes, {} came", *blob.length_bytes, row.bytes));
    const auto hash = hash_of(call.t, row.number, hv::blob_block_bytes);
    check_hash(call, blob, row.number, hash);
    call.t.execute("UPDATE blob SET is_committed = 1, record = ? WHERE number = ?", call.record_id, row.number);
    call.t.execute("UPDATE record SET bytes = bytes + ? WHERE id = ?", row.bytes, call.record_id);
    call.t.execute("INSERT INTO thing_blob VALUES(?, ?, ?, ?, ?)", version, blob.name, blob.content_type, hash,
                   row.number);
  }
}

void keep_blobs(Transaction& t, const std::string& from_version, const std::string& to_version) {
  t.execute("INSERT INTO thing_blob SELECT ?, name, content_type, hash, blob FROM thing_blob WHERE version = ?",
            to_version, from_version);
}

std::vector<hv::Blob> blobs_of(Call& call, const std::string& version, const hv::BlobRequest& wanted) {
  std::vector<hv::Blob> blobs;
  auto rows = call.t.rows(
      "SELECT b.name, b.content_type, b.hash, b.blob, s.bytes FROM thing_blob b JOIN blob s ON"
      " s.number = b.blob WHERE b.version = ? ORDER BY b.name",
      version);
  while (rows.next()) {
    hv::Blob blob{.name = rows.text(0),
                  .content_type = rows.text(1),
                  .hash = hv::BlobHash{std::string(hv::blob_hash_algorithm), hv::blob_block_bytes, rows.text(2)},
                  .length_bytes = rows.number(4)};
    if (!wanted.names.empty() && std::find(wanted.names.begin(), wanted.names.end(), blob.name) == wanted.names.end())
      continue;
    const auto number = rows.number(3);
    if (wanted.format == "inline") {
      if (rows.number(4) > inline_blob_bytes_max)
        BB_REFUSE(
            "BLOB_SIZE_TOO_LARGE_FOR_INLINE",
            fmt::format("a blob of {} bytes is too large to stand in the answer: ask for it streamed", rows.number(4)));
      blob.inline_bytes = bytes_of(call.t, call.world.defects, number, rows.number(4));
    } else if (wanted.format == "streamed") {
      const auto token = random_token(32);
      call.t.execute("DELETE FROM blob_reading WHERE expires < ?", call.now_ns - 24 * blob_url_seconds * ns_per_second);
      call.t.execute("INSERT INTO blob_reading VALUES(?, ?, ?, ?)", sha256_hex(token), number, blob.content_type,
                     call.now_ns + blob_url_seconds * ns_per_second);
      blob.reference_url = url_of(call, token);
    }
    blobs.push_back(std::move(blob));
  }
  return blobs;
}

web::HttpResponse stream_blob(Database& database, const Defects& defects, std::int64_t now_ns,
                              const web::HttpRequest& request) {
  const auto* token = web::find_field(request.query, hv::blob_token_parameter);
  if (token == nullptr || token->empty())
    return refused(400, fmt::format("the address needs '{}'", hv::blob_token_parameter));
  Transaction t(database);
  if (request.method == "GET") return give_blob(t, defects, now_ns, request, *token);
  if (request.method != "POST") return refused(405, "a blob is read by GET and written by POST");
  auto answer = take_chunk(t, defects, now_ns, request, *token);
  if (answer.status == 200) t.commit();
  return answer;
}

}  // namespace bb::record_platform
