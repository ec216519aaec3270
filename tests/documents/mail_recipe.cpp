#include "documents/mail_recipe.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/message.hpp>

#include "direct/people.hpp"
#include "documents/zip_text.hpp"

namespace bb::test {
namespace {

namespace fs = std::filesystem;
using namespace bb::direct;

using Settings = std::map<std::string, std::string>;

const std::map<std::string, pki::Key> key_words{{"rsa_1024", pki::Key::rsa_1024},
                                                {"rsa_2048", pki::Key::rsa_2048},
                                                {"rsa_3072", pki::Key::rsa_3072},
                                                {"p256", pki::Key::p256},
                                                {"p384", pki::Key::p384}};
const std::map<std::string, Digest> digest_words{
    {"sha256", Digest::sha256}, {"sha512", Digest::sha512}, {"sha1", Digest::sha1}, {"md5", Digest::md5}};
const std::map<std::string, Cipher> cipher_words{{"aes128", Cipher::aes128_cbc},
                                                 {"aes256", Cipher::aes256_cbc},
                                                 {"aes256-gcm", Cipher::aes256_gcm},
                                                 {"des3", Cipher::des3_cbc}};

// With an RSA key: an EC key signs no certificate with MD5.
const Identity& authority() {
  static const Identity made = [] {
    auto request = authority_request("Synthetic Authority");
    request.key = pki::Key::rsa_2048;
    return must(pki::issue(people().root, request));
  }();
  return made;
}

// RSA keys take time: one is made for each wording.
const Identity& signer_of(const Settings& settings) {
  static std::map<std::string, Identity> made;
  std::string wording;
  for (const auto& [key, value] : settings)
    if (key.starts_with("signer-")) wording += key + "=" + value + "\n";
  const auto found = made.find(wording);
  if (found != made.end()) return found->second;
  const auto of = [&](const std::string& key) {
    const auto at = settings.find("signer-" + key);
    return at == settings.end() ? std::string("none") : replace_all(at->second, "\"", "");
  };
  pki::Request request{.common_name = "Synthetic Signer"};
  if (of("address") != "none") request.addresses = {of("address")};
  if (of("domain") != "none") request.domains = {of("domain")};
  if (of("subject") != "none") request.subject_address = of("subject");
  request.key = key_words.at(of("key"));
  request.digest = digest_words.at(of("digest"));
  const auto days = split(of("days"), ' ');
  request.not_before = noon + std::stoi(days.at(0)) * day_seconds;
  request.not_after = noon + std::stoi(days.at(1)) * day_seconds;
  request.key_usage = of("usage");
  request.is_authority = of("authority") == "yes";
  if (of("aia") != "none") request.issuer_urls = {of("aia")};
  return made.emplace(wording, must(pki::issue(authority(), request))).first->second;
}

// `crl`: revoked: the signer was taken back; other: nobody was; root: the list of its authority is not there.
std::vector<std::string> lists_of(const Settings& settings) {
  const auto at = settings.find("crl");
  if (at == settings.end() || at->second == "none") return {};
  const auto list = [](const Identity& authority, std::vector<pki::Revoked> revoked) {
    return must(pki::make_list(authority, revoked, noon - day_seconds, noon + day_seconds));
  };
  std::vector<std::string> lists{list(people().root, {})};
  if (at->second == "revoked") lists.push_back(list(authority(), {{signer_of(settings).certificate, noon - 60}}));
  if (at->second == "other") lists.push_back(list(authority(), {}));
  return lists;
}

const Identity& recipient() {
  static const Identity made = [] {
    auto request = address_request("bob@direct.example.net");
    request.key = pki::Key::rsa_2048;
    request.key_usage = "critical,keyEncipherment";
    return must(pki::issue(authority(), request));
  }();
  return made;
}

const Identity& other_root() {
  static const Identity made = must(pki::make_root(authority_request("Another Root")));
  return made;
}

// Settings up to the first line "---"; "#" begins a comment.
Settings read_settings(std::string_view text) {
  Settings settings;
  for (const auto& line : split(text, '\n')) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto colon = line.find(": ");
    if (colon == std::string::npos) {
      ADD_FAILURE() << "no setting of a recipe: " << line;
      continue;
    }
    settings.emplace(line.substr(0, colon), line.substr(colon + 2));  // the first counts
  }
  return settings;
}

// "OLD => NEW", once; "none".
std::string replaced(std::string text, const std::string& change) {
  const auto arrow = change.find(" => ");
  if (change == "none" || arrow == std::string::npos) return text;
  const auto old = change.substr(0, arrow);
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << "nothing to replace: " << old;
  if (at != std::string::npos) text.replace(at, old.size(), change.substr(arrow + 4));
  return text;
}

std::string quoted_printable(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += {'=', digits[byte >> 4u], digits[byte & 15u]};
    if (i % 24 == 23) text += "=\r\n";
  }
  return text;
}

// X.690, 8.1: a tag, a length and a content.
std::string der(char tag, const std::string& content) {
  std::string length;
  for (auto rest = content.size(); rest > 0; rest /= 256) length.insert(length.begin(), static_cast<char>(rest % 256));
  if (content.size() < 128) return tag + std::string(1, static_cast<char>(content.size())) + content;
  return tag + std::string(1, static_cast<char>(0x80 + length.size())) + length + content;
}

// SignedData with certificates and nobody who signed (RFC 5652, 5.1).
std::string certificates_only(const std::vector<Certificate>& certificates) {
  const std::string signed_data = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
  const std::string data = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
  std::string all;
  for (const auto& one : certificates) all += one.der();
  const auto content = der('\x02', "\x01") + der('\x31', "") + der('\x30', data) +
                       (all.empty() ? "" : der('\xa0', all)) + der('\x31', "");
  return der('\x30', signed_data + der('\xa0', der('\x30', content)));
}

// The last part in base64 in another encoding.
std::string encoded(std::string text, const std::string& encoding) {
  constexpr std::string_view field = "Content-Transfer-Encoding: base64\r\n";
  if (encoding == "base64") return text;
  const auto at = text.rfind(field);
  const auto body = text.find("\r\n\r\n", at) + 4;
  const auto end = std::min(text.find("\r\n--", body), text.size());
  const auto bytes = base64_decode(text.substr(body, end - body));
  text.replace(body, end - body, quoted_printable(bytes.value_or("")));
  return text.replace(at, field.size(), "Content-Transfer-Encoding: " + encoding + "\r\n");
}

std::string in_lines(std::string_view base64) {
  std::string text;
  for (std::size_t at = 0; at < base64.size(); at += 76) text += std::string(base64.substr(at, 76)) + "\r\n";
  return text;
}

std::string sealed(const Settings& settings, const std::string& outer, const std::string& message) {
  const auto of = [&](const std::string& key) { return settings.at(key); };
  const auto& signer = signer_of(settings);
  auto entity = of("wrap") == "yes" ? wrap(message) : must(unwrapped(message));
  if (of("signed-ends") == "LF") entity = replace_all(entity, "\r\n", "\n");
  const auto sign_it = [&] {
    if (of("sign") == "no") return;
    const auto digest = digest_words.at(of("sign"));
    const bool is_detached = of("detached") == "yes";
    SignOptions options{.digest = digest, .has_certificates = of("certificates") == "yes", .is_detached = is_detached};
    options.signed_at = noon;
    auto der = must(sign(entity, signer, options));
    if (of("break-signature") == "yes") der.back() = static_cast<char>(der.back() ^ 1);
    entity = is_detached ? encoded(signed_entity(entity, der, micalg_of(digest)), of("signature-encoding"))
                         : "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n" +
                               in_lines(base64_encode(der));
    entity = replaced(std::move(entity), of("inside-replace"));
  };
  const auto encrypt_it = [&] {
    if (of("encrypt") == "no") return;
    if (settings.contains("garbled")) entity = "what is no header\r\n";
    const auto transport = of("transport") == "oaep" ? KeyTransport::rsa_oaep : KeyTransport::rsa_pkcs1;
    entity = must(encrypted_entity(entity, {recipient().certificate}, {cipher_words.at(of("encrypt")), transport}));
    entity = encoded(std::move(entity), of("envelope-encoding"));
  };
  const bool is_reversed = settings.contains("reversed");
  if (is_reversed) encrypt_it();
  sign_it();
  if (!is_reversed) encrypt_it();
  auto mail = outer + entity;
  if (of("cut") == "yes") mail.resize(mail.rfind("\r\n", mail.size() * 6 / 10));
  return replaced(std::move(mail), of("sealed-replace"));
}

// The XDM package of the rules for packages in place of the attachment.
std::string with_package(std::string message, const std::string& how, const std::string& folder) {
  const auto visit = fs::path(folder) / "../../package/examples/visit";
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& entry : fs::recursive_directory_iterator(visit))
    if (entry.is_regular_file())
      files.emplace_back(entry.path().lexically_relative(visit).generic_string(), must(read_text(entry.path())));
  const auto as = how.find(" as ");
  message = replaced(std::move(message), "UERG\r\n => " + in_lines(base64_encode(documents::zip_of(files))));
  return replaced(std::move(message),
                  "application/pdf => " + (as == std::string::npos ? "application/zip" : how.substr(as + 4)));
}

std::string plain(const Settings& settings, std::string message, const std::string& folder) {
  const auto of = [&](const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? std::string() : found->second;
  };
  if (of("attach").starts_with("xdm")) message = with_package(std::move(message), of("attach"), folder);
  if (!of("long-line").empty())
    message = replace_all(message, "{long-line}", std::string(std::stoul(of("long-line")), 'x'));
  if (of("ends") == "LF") message = replace_all(message, "\r\n", "\n");
  if (of("ends") == "mixed") message.erase(message.rfind("\r\n"), 1);
  return (of("mark") == "yes" ? "\xEF\xBB\xBF" : "") + message;
}

std::string bundle(const Settings& settings) {
  const auto of = [&](const std::string& key) { return settings.at(key); };
  auto one = people().root.certificate;
  if (of("bundle") == "signer") one = signer_of(settings).certificate;
  if (of("bundle") == "expired") {
    auto request = authority_request("Expired Root");
    request.not_after = noon - day_seconds;
    one = must(pki::make_root(request)).certificate;
  }
  auto der = certificates_only(of("bundle") == "nothing" ? std::vector<Certificate>() : std::vector{one});
  if (of("bundle-signed") != "no") {
    der = must(sign(der, signer_of(settings), {.is_detached = false, .signed_at = noon}));
    if (of("bundle-signed") == "broken") der.back() = static_cast<char>(der.back() ^ 1);
  }
  if (of("form") == "PEM")
    return "-----BEGIN PKCS7-----\n" + replace_all(in_lines(base64_encode(der)), "\r", "") + "-----END PKCS7-----\n";
  return der;
}

}  // namespace

MadeMail make_mail(std::string_view recipe, const std::string& folder) {
  const auto text = std::string(recipe);
  const auto first = text.find("---\n");
  auto settings = read_settings(text.substr(0, first));
  MadeMail made;
  made.settings.at = noon;
  made.settings.direct_as = settings["as"].empty() ? "1.2" : settings["as"];
  if (settings["anchor"] == "root") made.settings.anchors = {people().root.certificate};
  if (settings["anchor"] == "other") made.settings.anchors = {other_root().certificate};
  if (settings["intermediate"] == "authority") made.settings.intermediates = {authority().certificate};
  made.settings.lists = lists_of(settings);
  made.settings.keys = {recipient()};
  if (settings["kind"] == "bundle") {
    made.bytes = bundle(settings);
  } else if (settings["kind"] == "certificate") {
    const auto& file = settings["file"];
    made.bytes =
        file != "made" ? must(read_text(fs::path(folder) / file)) : pki::to_pem(signer_of(settings).certificate);
    // As a server hands it out: with the authority that stands between.
    if (file == "made" && settings["chain"] != "no") made.bytes += pki::to_pem(authority().certificate);
  } else {
    const auto second = text.find("---\n", first + 4);
    const auto outer = canonical(text.substr(first + 4, second - first - 4));
    const auto message = canonical(text.substr(second + 4));
    made.bytes = settings["seal"] == "yes" ? sealed(settings, outer, message) : plain(settings, message, folder);
  }
  return made;
}

}  // namespace bb::test
