#include "harness/documents/kind_certificate.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/cms.hpp>

#include "harness/documents/certificate_view.hpp"
#include "harness/documents/cms_view.hpp"
#include "harness/documents/rules.hpp"

namespace bb::documents {
namespace {

using direct::Certificate;

constexpr std::size_t cms_bytes_max = std::size_t{64} * 1024 * 1024;
constexpr std::size_t certificate_bytes_max = std::size_t{1024} * 1024;
// RFC 7468, 5.1 and, older, 5.3.
constexpr std::array<std::string_view, 2> certificate_marks{"-----BEGIN CERTIFICATE-----",
                                                            "-----BEGIN X509 CERTIFICATE-----"};

std::string_view yes(bool is_so) { return is_so ? "yes" : "no"; }

// A SEQUENCE (X.690, 8.1.3), and no text that begins with "0".
bool begins_as_der(std::string_view bytes) {
  if (bytes.size() < 3 || bytes[0] != '\x30') return false;
  const auto length = static_cast<unsigned char>(bytes[1]);
  return (length >= 0x80u && length <= 0x84u) || length + std::size_t{2} == bytes.size();
}

// How CMS is written in a file.
struct Cms {
  std::string der;
  std::string_view form;  // "DER", "PEM" or "base64"
};

// RFC 7468, 8 and 9.
std::optional<Cms> from_pem(std::string_view text) {
  for (const std::string_view label : {"PKCS7", "CMS"}) {
    const auto begin = fmt::format("-----BEGIN {}-----", label);
    const auto at = text.substr(0, 4096).find(begin);
    if (at == std::string_view::npos) continue;
    const auto rest = text.substr(at + begin.size());
    if (auto der = base64_decode(rest.substr(0, rest.find("-----END")))) return Cms{*std::move(der), "PEM"};
  }
  return std::nullopt;
}

// The OID of SignedData or EnvelopedData stands near the beginning of both.
bool names_cms(std::string_view der) {
  return der.substr(0, 32).find(std::string_view("\x2a\x86\x48\x86\xf7\x0d\x01", 7)) != std::string_view::npos;
}

std::optional<Cms> read_cms(std::string_view bytes) {
  if (bytes.size() > cms_bytes_max) return std::nullopt;
  if (begins_as_der(bytes)) return names_cms(bytes) ? std::optional(Cms{std::string(bytes), "DER"}) : std::nullopt;
  if (auto pem = from_pem(bytes)) return pem;
  // "MI" is what base64 makes of the first bytes of such a SEQUENCE.
  if (!trim(bytes.substr(0, 64)).starts_with("MI")) return std::nullopt;
  auto der = base64_decode(bytes);
  return der && begins_as_der(*der) && names_cms(*der) ? std::optional(Cms{*std::move(der), "base64"}) : std::nullopt;
}

// Judged over what is inside; where nothing is, what was signed is not at hand and no signature can be good.
Result<direct::SignedData> read_signature(std::string_view der) {
  auto data = direct::verify(der, std::nullopt);
  return data ? std::move(data) : direct::verify(der, std::string_view());
}

// A bundle that is signed holds the bundle as its content.
struct Bundle {
  std::string_view form;
  std::optional<direct::SignedData> signature;  // where it is signed
  direct::SignedData bundle;
};

bool is_unsigned_bundle(const direct::SignedData& data) { return data.signers.empty(); }

std::optional<Bundle> read_bundle(std::string_view bytes) {
  const auto cms = read_cms(bytes);
  if (!cms) return std::nullopt;
  auto data = direct::verify(cms->der, std::nullopt);
  if (!data) return std::nullopt;
  if (is_unsigned_bundle(*data)) return Bundle{cms->form, std::nullopt, *std::move(data)};
  if (!data->content || !begins_as_der(*data->content)) return std::nullopt;
  auto inside = direct::verify(*data->content, std::nullopt);
  if (!inside || !is_unsigned_bundle(*inside)) return std::nullopt;
  return Bundle{cms->form, *std::move(data), *std::move(inside)};
}

// Of a whole file nothing has a place.
struct Frame {
  const MailSettings& settings;
  std::int64_t at;

  explicit Frame(Rules& rules) : settings(*rules.selection().mail), at(settings.at.value_or(present_seconds())) {}

  ViewBuilder view(std::string_view format) const {
    ViewBuilder view(format, {0, 0});
    view.set("direct-as", settings.direct_as);
    view.set("at", moment(at));
    view.set("at-from", settings.at ? "given" : "now");
    return view;
  }
};

void add_all(ViewBuilder& view, const std::vector<Certificate>& certificates, const Frame& frame, bool is_bundle) {
  int number = 0;
  for (const auto& one : certificates) {
    const auto role = is_bundle ? "anchor" : one.is_authority() ? "authority" : "end";
    std::vector<Certificate> others = certificates;
    const CertificateUse use{role,
                             std::nullopt,
                             is_bundle ? std::vector<Certificate>() : std::move(others),
                             {0, 0},
                             fmt::format("certificate {}: {}", ++number, shorten(one.subject(), 100))};
    add_certificate(view, one, use, frame.settings, frame.at);
  }
}

void add_signers(ViewBuilder& view, const direct::SignedData& data, const Frame& frame, bool is_verified) {
  for (const auto& signer : data.signers)
    add_signer(view, signer, {"signer", std::nullopt, data.certificates, {0, 0}, "the signature"}, is_verified,
               frame.settings, frame.at);
}

// By what certificates are judged, and what cannot be said of them.
void say_frame(Look& look, const Frame& frame, bool is_bundle) {
  look.judged_by = fmt::format("the time {} ({})", moment(frame.at), frame.settings.at ? "as asked" : "now");
  if (frame.settings.anchors.empty() && !is_bundle)
    look.unjudged.push_back({"DIRECT-SEC-05", "no trust anchor is given (--anchor)"});
  if (const auto why = why_no_revocation(frame.settings); !why.empty())
    look.unjudged.push_back({"DIRECT-CERT-11", why});
}

Result<std::vector<Certificate>> read_certificates(std::string_view bytes) {
  if (bytes.size() > certificate_bytes_max) return Error{"no certificate: too large"};
  bytes = without_utf8_mark(bytes);
  const auto stands_in = [&](std::string_view mark) { return bytes.find(mark) != std::string_view::npos; };
  if (std::any_of(certificate_marks.begin(), certificate_marks.end(), stands_in)) return Certificate::read_all(bytes);
  std::optional<std::string> decoded;  // of PEM without its first and last line
  if (trim(bytes.substr(0, 64)).starts_with("MI")) decoded = base64_decode(bytes);
  if (decoded) bytes = *decoded;
  if (!begins_as_der(bytes)) return Error{"no certificate"};
  BB_TRY(auto one, Certificate::read(bytes));
  return std::vector<Certificate>{std::move(one)};
}

}  // namespace

bool is_certificate(std::string_view bytes) {
  const auto beginning = without_utf8_mark(bytes).substr(0, 4096);
  const auto begins_a_line = [&](std::string_view mark) {
    return beginning.find("\n" + std::string(mark)) != std::string_view::npos;
  };
  const auto text = trim(beginning);
  const bool is_text = text.starts_with("-----BEGIN ") || text.starts_with("MI") ||
                       std::any_of(certificate_marks.begin(), certificate_marks.end(), begins_a_line);
  return (is_text || begins_as_der(bytes)) && static_cast<bool>(read_certificates(bytes));
}

bool is_trust_bundle(std::string_view bytes) { return read_bundle(bytes).has_value(); }

bool is_cms(std::string_view bytes) {
  const auto cms = read_cms(bytes);
  return cms && (direct::inspect_envelope(cms->der) || read_signature(cms->der));
}

Look look_at_certificate(std::string_view bytes, Rules& rules) {
  Look look;
  const auto certificates = read_certificates(bytes);
  if (!certificates) {
    look.failure = certificates.error().what;
    return look;
  }
  const Frame frame(rules);
  auto view = frame.view("certificates");
  add_all(view, *certificates, frame, false);
  say_frame(look, frame, false);
  look.view = std::move(view).take();
  return look;
}

Look look_at_trust_bundle(std::string_view bytes, Rules& rules) {
  Look look;
  const auto bundle = read_bundle(bytes);
  if (!bundle) {
    look.failure = "no trust bundle";
    return look;
  }
  const Frame frame(rules);
  auto view = frame.view("bundle");
  view.set("form", bundle->form);
  view.set("signed", yes(bundle->signature.has_value()));
  view.set("metadata", yes(bundle->bundle.content.has_value() && !bundle->bundle.content->empty()));
  view.set("count", std::to_string(bundle->bundle.certificates.size()));
  if (bundle->signature) add_signers(view, *bundle->signature, frame, true);
  add_all(view, bundle->bundle.certificates, frame, true);
  say_frame(look, frame, true);
  look.view = std::move(view).take();
  return look;
}

Look look_at_cms(std::string_view bytes, Rules& rules) {
  Look look;
  const auto cms = read_cms(bytes);
  if (!cms) {
    look.failure = "no CMS";
    return look;
  }
  const Frame frame(rules);
  auto view = frame.view("cms");
  view.set("form", cms->form);
  if (const auto envelope = direct::inspect_envelope(cms->der)) {
    look.title = "S/MIME envelope (EnvelopedData)";
    add_envelope(view, *envelope, {0, 0}, "the envelope");
    look.unjudged.push_back({"DIRECT-MSG", "what is encrypted is judged in its message: give the whole mail"});
  } else if (const auto data = read_signature(cms->der)) {
    look.title = "S/MIME signature (SignedData)";
    view.set("detached", yes(!data->content.has_value()));
    add_signers(view, *data, frame, data->content.has_value());
    if (!data->content)
      look.unjudged.push_back({"DIRECT-SEC-03", "what was signed stands elsewhere: give the whole mail"});
  }
  look.view = std::move(view).take();
  return look;
}

Result<std::vector<Certificate>> certificates_in(std::string_view bytes) {
  if (auto certificates = read_certificates(bytes)) return certificates;
  if (auto bundle = read_bundle(bytes)) return std::move(bundle->bundle.certificates);
  return Error{"neither a certificate (DER, PEM) nor a trust bundle (.p7b)"};
}

}  // namespace bb::documents
