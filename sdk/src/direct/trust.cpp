#include <bb/direct/trust.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "openssl.hpp"
#include "revocation.hpp"

namespace bb::direct {
namespace {

constexpr int issuers_fetched_max = 5;

std::string moment(std::int64_t seconds) { return format_utc(seconds * ns_per_second); }

class Judge {
 public:
  Judge(const Certificate& certificate, const std::vector<Certificate>& others, const TrustPolicy& policy)
      : certificate_(certificate), others_(others), policy_(policy) {}

  TrustVerdict run(const Address& address, KeyUse use) {
    look_at_name(address);
    look_at_uses(use);
    return run();
  }

  TrustVerdict run() {
    look_at_times();
    look_at_key();
    look_at_path();
    // Where a certificate without a good path leads nobody looks.
    const bool has_good_path = !verdict_.has(Fault::no_path) && !verdict_.has(Fault::broken_path);
    if (policy_.revocation != Revocation::ignored && has_good_path) look_at_revocation();
    return std::move(verdict_);
  }

 private:
  void add(Fault fault, std::string why) { verdict_.faults.push_back({fault, std::move(why)}); }

  void look_at_name(const Address& address) {
    if (binding_of(certificate_, address) != Binding::none) return;
    auto names = certificate_.addresses();
    for (auto& domain : certificate_.domains()) names.push_back(std::move(domain));
    for (auto& name : certificate_.subject_addresses()) names.push_back("emailAddress " + name);
    add(Fault::wrong_name,
        fmt::format("bound to {}, not to {}", names.empty() ? "nobody" : join(names, ", "), address.text()));
  }

  void look_at_times() {
    const auto from = certificate_.not_before();
    const auto until = certificate_.not_after();
    if (!from || !until) return add(Fault::no_validity, "a time of its validity cannot be read");
    if (policy_.at < *from)
      add(Fault::not_yet_valid, fmt::format("valid from {}, used at {}", moment(*from), moment(policy_.at)));
    if (policy_.at > *until)
      add(Fault::expired, fmt::format("valid until {}, used at {}", moment(*until), moment(policy_.at)));
  }

  void look_at_key() {
    if (certificate_.key_kind() == KeyKind::rsa) {
      if (certificate_.key_bits() < policy_.rsa_bits_min)
        add(Fault::weak_key,
            fmt::format("an RSA key of {} bits; expected at least {}", certificate_.key_bits(), policy_.rsa_bits_min));
    } else if (certificate_.key_kind() == KeyKind::other || !policy_.takes_ec) {
      add(Fault::weak_key, policy_.takes_ec ? "neither an RSA nor an EC key" : "no RSA key");
    } else if (const auto curve = certificate_.curve(); curve != "prime256v1" && curve != "secp384r1") {
      add(Fault::weak_key, fmt::format("an EC key on {}; expected P-256 or P-384", curve));
    }
    const auto algorithm = to_lower(certificate_.signature_algorithm());
    if (algorithm.find("md5") != std::string::npos || algorithm.find("sha1") != std::string::npos)
      add(Fault::weak_signature, fmt::format("signed by its issuer with {}", certificate_.signature_algorithm()));
  }

  void look_at_uses(KeyUse use) {
    if (!certificate_.may(use))
      add(Fault::wrong_use,
          use == KeyUse::sign ? "its key usage does not allow signing" : "its key usage does not allow encryption");
    if (certificate_.is_authority()) add(Fault::is_authority, "the certificate of an authority, not of an address");
  }

  // What OpenSSL finds wrong with the path; of the certificate itself only what was
  // not looked at before.
  static int keep_going(int is_good, X509_STORE_CTX* context) {
    if (is_good == 1) return 1;
    auto& judge = *static_cast<Judge*>(X509_STORE_CTX_get_app_data(context));
    const int code = X509_STORE_CTX_get_error(context);
    const int depth = X509_STORE_CTX_get_error_depth(context);
    const bool is_time = code == X509_V_ERR_CERT_HAS_EXPIRED || code == X509_V_ERR_CERT_NOT_YET_VALID ||
                         code == X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD ||
                         code == X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD;
    if (depth == 0 && is_time) return 1;
    judge.path_errors_.emplace_back(depth, code);
    return 1;
  }

  static bool is_open_end(int code) {
    return code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
           code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE || code == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
           code == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN || code == X509_V_ERR_CERT_UNTRUSTED;
  }

  bool is_open() const {
    return std::any_of(path_errors_.begin(), path_errors_.end(),
                       [](const auto& error) { return is_open_end(error.second); });
  }

  bool build_path() {
    forget_errors();
    path_errors_.clear();
    verdict_.path.clear();
    const Owned<X509_STORE> store(X509_STORE_new());
    for (const auto& anchor : policy_.anchors) X509_STORE_add_cert(store.get(), anchor.get());
    const Stack<STACK_OF(X509)> between(sk_X509_new_null());
    for (const auto& one : others_) sk_X509_push(between.get(), one.get());
    for (const auto& one : fetched_) sk_X509_push(between.get(), one.get());
    const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
    if (context == nullptr || X509_STORE_CTX_init(context.get(), store.get(), certificate_.get(), between.get()) != 1)
      return false;
    X509_STORE_CTX_set_app_data(context.get(), this);
    X509_STORE_CTX_set_verify_cb(context.get(), keep_going);
    auto* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);  // an anchor need be no root
    X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(policy_.at));
    X509_verify_cert(context.get());
    const auto* chain = X509_STORE_CTX_get0_chain(context.get());
    for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
      X509* one = sk_X509_value(chain, i);
      X509_up_ref(one);
      if (auto found = Certificate::adopt(one)) verdict_.path.push_back(*std::move(found));
    }
    forget_errors();
    return true;
  }

  // RFC 5280, 4.2.2.1: an issuer that did not come along may be fetched.
  bool fetch_issuer() {
    if (policy_.fetcher == nullptr || verdict_.path.empty() || fetched_.size() >= issuers_fetched_max) return false;
    for (const auto& url : asked_urls(verdict_.path.back().issuer_urls())) {
      const auto bytes = policy_.fetcher->fetch(url, {}, {});
      const auto issuer = bytes ? Certificate::read(*bytes) : Result<Certificate>(bytes.error());
      if (!issuer) {
        verdict_.notes.push_back(fmt::format("the issuer at {} cannot be had: {}", url, issuer.error().what));
        continue;
      }
      if (std::find(fetched_.begin(), fetched_.end(), *issuer) != fetched_.end()) continue;
      fetched_.push_back(*issuer);
      return true;
    }
    return false;
  }

  void look_at_path() {
    if (!build_path()) return add(Fault::no_path, "no path can be built: " + reason());
    while (is_open() && fetch_issuer())
      if (!build_path()) return add(Fault::no_path, "no path can be built: " + reason());
    if (is_open()) {
      const auto& last = verdict_.path.empty() ? certificate_ : verdict_.path.back();
      add(Fault::no_path,
          fmt::format("no path to a trust anchor: {} is signed by {}, which is not at hand or no anchor",
                      last.subject(), last.issuer()));
      return;
    }
    for (const auto& [depth, code] : path_errors_) {
      const auto at = static_cast<std::size_t>(depth);
      const auto whose = at < verdict_.path.size() ? verdict_.path[at].subject() : std::string("the path");
      add(Fault::broken_path, fmt::format("{}: {}", whose, X509_verify_cert_error_string(code)));
    }
  }

  void look_at_revocation() {
    for (std::size_t i = 0; i + 1 < verdict_.path.size(); ++i) {
      const auto answer = look_up_revocation(verdict_.path[i], verdict_.path[i + 1], policy_);
      if (answer.state == RevocationState::revoked) add(Fault::revoked, answer.why);
      if (answer.state != RevocationState::unknown) continue;
      auto note = fmt::format("revocation of {} is not known: {}", verdict_.path[i].subject(), answer.why);
      if (policy_.revocation == Revocation::required)
        add(Fault::revocation_unknown, std::move(note));
      else
        verdict_.notes.push_back(std::move(note));
    }
  }

  const Certificate& certificate_;
  const std::vector<Certificate>& others_;
  const TrustPolicy& policy_;
  std::vector<Certificate> fetched_;
  std::vector<std::pair<int, int>> path_errors_;  // depth and code
  TrustVerdict verdict_;
};

}  // namespace

std::string_view word_of(Fault fault) {
  switch (fault) {
    case Fault::wrong_name:
      return "wrong_name";
    case Fault::not_yet_valid:
      return "not_yet_valid";
    case Fault::expired:
      return "expired";
    case Fault::no_validity:
      return "no_validity";
    case Fault::weak_key:
      return "weak_key";
    case Fault::weak_signature:
      return "weak_signature";
    case Fault::wrong_use:
      return "wrong_use";
    case Fault::is_authority:
      return "is_authority";
    case Fault::no_path:
      return "no_path";
    case Fault::broken_path:
      return "broken_path";
    case Fault::revoked:
      return "revoked";
    case Fault::revocation_unknown:
      return "revocation_unknown";
  }
  return "unknown";
}

bool TrustVerdict::has(Fault fault) const {
  return std::any_of(faults.begin(), faults.end(), [&](const FaultFound& found) { return found.fault == fault; });
}

TrustVerdict judge(const Certificate& certificate, const Address& address, KeyUse use,
                   const std::vector<Certificate>& others, const TrustPolicy& policy) {
  return Judge(certificate, others, policy).run(address, use);
}

TrustVerdict judge_path(const Certificate& certificate, const std::vector<Certificate>& others,
                        const TrustPolicy& policy) {
  return Judge(certificate, others, policy).run();
}

}  // namespace bb::direct
