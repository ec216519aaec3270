// Certificates: TLS of today, a chain that leads to an anchor, dates, names.
#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include "harness/doctor/checks.hpp"

namespace bb::doctor {
namespace {

constexpr std::int64_t ns_per_day = std::int64_t{24} * 3600 * ns_per_second;
constexpr std::int64_t soon_days = 30;

class CertificateChecker {
 public:
  explicit CertificateChecker(const Address& address) : address_(address) {}

  Findings check(const host::PeerLook& look) {
    if (look.is_version_old)
      add(State::problem, fmt::format("{} speaks no TLS of today", address_.text()), "TLS 1.2 or later",
          look.tls_version, "let the server offer TLS 1.3 and 1.2 (RFC 9325)");
    else if (look.tls_version.empty())
      add(State::problem, fmt::format("there is no TLS connection to {}", address_.text()),
          "a TLS handshake, version 1.2 or later", look.problem,
          address_.peer.begins_with_words
              ? "see that the server offers STARTTLS, or write protection: tls where its port is one of TLS"
              : "see that the port is that of HTTPS or TLS, and what the server's log says");
    if (look.tls_version.empty()) return std::move(findings_);
    check_dates(look);
    if (!look.chain.empty() && !look.is_name_right)
      add(State::problem, fmt::format("the certificate of {} is for another name", address_.text()), name(),
          look.chain.front().names.empty() ? "no name: " + look.chain.front().subject
                                           : join(look.chain.front().names, ", "),
          "use a name of the certificate as the address, or give the server a certificate for this one");
    if (!look.distrust.empty()) {
      const bool is_weak = look.distrust.find("too weak") != std::string::npos;
      add(State::problem, fmt::format("the certificate of {} is not trusted", address_.text()),
          address_.peer.ca_file.empty() ? "a chain to an authority of this machine"
                                        : "a chain to an authority of this machine or of the role's 'ca_file'",
          fmt::format("{}{}", look.distrust, look.chain.empty() ? "" : "; issued by " + look.chain.back().issuer),
          is_weak ? "give the server one with RSA of 2048 bits or P-256, signed with SHA-256"
                  : "name the authority's certificates (PEM) as 'ca_file' of the role, or let the server send those in "
                    "between");
    }
    if (findings_.empty()) tell_good(look);
    return std::move(findings_);
  }

 private:
  std::string name() const {
    return address_.peer.certificate_name.empty() ? address_.peer.host : address_.peer.certificate_name;
  }

  void check_dates(const host::PeerLook& look) {
    const auto now = now_unix_ns();
    for (std::size_t i = 0; i < look.chain.size(); ++i) {
      const auto& one = look.chain[i];
      const auto whose = i == 0 ? fmt::format("the certificate of {}", address_.text())
                                : fmt::format("the authority '{}' of {}", one.subject, address_.text());
      const auto left_days = (one.not_after_unix_ns - now) / ns_per_day;
      if (one.not_after_unix_ns < now)
        add(State::problem, whose + " has expired", "one that is valid today",
            fmt::format("expired on {}, {} ago", format_date(one.not_after_unix_ns),
                        counted(static_cast<std::size_t>(-left_days), "day")),
            "renew it");
      else if (one.not_before_unix_ns > now)
        add(State::problem, whose + " is not valid yet", "one that is valid today",
            fmt::format("valid from {} on", format_utc(one.not_before_unix_ns)),
            "wait, renew it, or mend the clock of this machine");
      else if (left_days < soon_days)
        add(State::warning, fmt::format("{} expires in {}", whose, counted(static_cast<std::size_t>(left_days), "day")),
            fmt::format("at least {} days", soon_days), format_date(one.not_after_unix_ns),
            "renew it before the runs that count");
    }
  }

  void tell_good(const host::PeerLook& look) {
    if (look.chain.empty()) return;
    const auto days = (look.chain.front().not_after_unix_ns - now_unix_ns()) / ns_per_day;
    findings_.push_back({.group = Group::certificates,
                         .what = fmt::format("{}: {}, trusted, for {}, {} left", address_.text(), look.tls_version,
                                             name(), counted(static_cast<std::size_t>(days), "day"))});
  }

  void add(State state, std::string what, std::string expected, std::string found, std::string next) {
    findings_.push_back({Group::certificates, state, std::move(what), address_.place, std::move(expected),
                         std::move(found), std::move(next)});
  }

  const Address& address_;
  Findings findings_;
};

}  // namespace

Findings check_certificates(Examination& examination) {
  auto findings = told_of(examination, Group::certificates);
  for (const auto& [address, look, clock] : examination.addresses()) {
    if (!look.is_connected || look.is_cancelled) continue;
    if (!address.peer.is_tls && !address.peer.begins_with_words)
      findings.push_back({.group = Group::certificates,
                          .state = State::note,
                          .what = fmt::format("{} is asked without TLS", address.text())});
    else
      for (auto& finding : CertificateChecker(address).check(look)) findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace bb::doctor
