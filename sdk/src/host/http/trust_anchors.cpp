#include "trust_anchors.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/host/host.hpp>

namespace bb::host {
namespace {

// Adds every certificate of a PEM text.
Status add_anchors(X509_STORE& store, const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                            BIO_free_all);
  ERR_clear_error();
  int count = 0;
  while (X509* const certificate = PEM_read_bio_X509_AUX(input.get(), nullptr, refuse_pass_phrase, nullptr)) {
    const bool is_added = X509_STORE_add_cert(&store, certificate) == 1;
    X509_free(certificate);
    if (!is_added) return Error{"a certificate cannot be used"};
    ++count;
  }
  // This is how OpenSSL says that there is no further one.
  const unsigned long end = ERR_peek_last_error();
  if (ERR_GET_REASON(end) == PEM_R_NO_START_LINE) return count > 0 ? Status{} : Error{"no certificate in it"};
  const char* const reason = ERR_reason_error_string(end);
  return Error{std::string("after ") + std::to_string(count) + " certificates: " + (reason ? reason : "unreadable")};
}

Status add_anchors_of(X509_STORE& store, const std::string& pem, const std::filesystem::path& ca_file) {
  auto added = add_anchors(store, pem);
  if (added) return {};
  return Error{"cannot read trust anchors from " + ca_file.string() + ": " + added.error().what};
}

}  // namespace

Status check_policy(const HttpPolicy& policy) {
  if (policy.ca_file.empty()) return {};
  BB_TRY(const std::string pem, read_text(policy.ca_file));
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> made(X509_STORE_new(), X509_STORE_free);
  if (!made) return Error{"no memory for trust anchors"};
  return add_anchors_of(*made, pem, policy.ca_file);
}

Result<TrustAnchors::Store> TrustAnchors::store(const std::filesystem::path& ca_file) {
  std::string pem;
  if (!ca_file.empty()) {
    BB_TRY(pem, read_text(ca_file));
  }
  const std::scoped_lock lock(mutex_);
  if (const auto known = stores_.find(pem); known != stores_.end()) return known->second;
  const Store made(X509_STORE_new(), X509_STORE_free);
  if (!made) return Error{"no memory for trust anchors"};
  // A system without anchors is no error here: then the file's are all.
  X509_STORE_set_default_paths(made.get());
  if (!ca_file.empty()) BB_CHECK(add_anchors_of(*made, pem, ca_file));
  return stores_.emplace(std::move(pem), made).first->second;
}

}  // namespace bb::host
