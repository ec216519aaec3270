// blob_service.hpp - bytes beside a thing: brought in chunks, hashed, named by a thing, read again.
#pragma once

#include <bb/healthvault/connect_methods.hpp>
#include <bb/healthvault/thing_methods.hpp>

#include "record_platform/call.hpp"
#include "web/http_message.hpp"

namespace bb::record_platform {

inline constexpr std::int64_t blob_chunk_bytes = 1024 * 1024;
inline constexpr std::int64_t blob_bytes_max = std::int64_t{256} * 1024 * 1024;
inline constexpr std::int64_t blob_url_seconds = 60 * 60;
inline constexpr std::int64_t inline_blob_bytes_max = 1024 * 1024;  // else 99

healthvault::BeginPutBlob::Answer begin_put_blob(Call& call, const healthvault::BeginPutBlob::Request&);
healthvault::BeginPutConnectPackageBlob::Answer begin_put_package_blob(
    Call& call, const healthvault::BeginPutConnectPackageBlob::Request&);

// The blobs that a thing names become those of this version of it. Refuses what was not
// brought whole, or has another hash or length than the thing says.
void commit_blobs(Call& call, const std::string& version, const std::vector<healthvault::Blob>& blobs);
// An update that names none keeps those of the version before.
void keep_blobs(Transaction& t, const std::string& from_version, const std::string& to_version);
std::vector<healthvault::Blob> blobs_of(Call& call, const std::string& version, const healthvault::BlobRequest& wanted);

// POST and GET of /streaming/wildcatblob.ashx.
web::HttpResponse stream_blob(Database& database, const Defects& defects, std::int64_t now_ns,
                              const web::HttpRequest& request);

}  // namespace bb::record_platform
