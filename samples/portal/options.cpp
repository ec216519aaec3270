#include "portal/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <system_error>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "programs/defect_options.hpp"
#include "programs/options.hpp"

namespace bb::portal {
namespace {

namespace po = boost::program_options;

constexpr const char* introduction =
    "bluebridge-portal - a sample data holder: view, download and transmit over HTTPS on 127.0.0.1\n\n"
    "Prints one line of JSON when it is ready, and ends on SIGTERM or Ctrl-C.\n"
    "For tests with made-up records; it sends to any https destination, also inside your own network.\n\n"
    "Example: bluebridge-portal --port 8443 --records my-ccda-files\n\n";

po::options_description describe_options() {
  po::options_description options("Options");
  auto add = options.add_options();
  add("port", po::value<int>()->default_value(0)->value_name("N"), "port to listen on; 0 lets the kernel choose");
  add("records", po::value<std::string>()->value_name("DIR"), "folder of C-CDA files; default: the sample records");
  add("people", po::value<std::string>()->value_name("FILE"), "accounts; default: people.yaml in the records folder");
  programs::add_defect_options(options);
  add("clients", po::value<std::string>()->value_name("FILE"),
      "applications of the authorization servers; default: one of each kind for demonstration");
  add("trust", po::value<std::string>()->value_name("FILE"), "PEM file of authorities to trust when sharing");
  add("direct-domain", po::value<std::string>()->value_name("NAME"),
      "send and receive by Direct too: patients have ACCOUNT@NAME; needs the next five");
  add("direct-identity", po::value<std::vector<std::string>>()->value_name("FILE"),
      "PEM file: a certificate for the domain or an address of it, its key, its chain");
  add("direct-anchors", po::value<std::string>()->value_name("FILE"), "PEM file of the anchors that Direct trusts");
  add("direct-resolver", po::value<std::string>()->value_name("HOST:PORT"), "DNS server that knows certificates");
  add("direct-smtp", po::value<std::string>()->value_name("HOST:PORT"), "mail server to send by, with STARTTLS");
  add("direct-imap", po::value<std::string>()->value_name("HOST:PORT"),
      "mailbox of the domain, with STARTTLS; --direct-pop3 for the other protocol");
  add("direct-pop3", po::value<std::string>()->value_name("HOST:PORT"), "instead of --direct-imap");
  add("direct-user", po::value<std::string>()->value_name("NAME"),
      "who signs in to the mailbox; the password is in BLUEBRIDGE_PORTAL_DIRECT_PASSWORD");
  add("direct-revocation", po::value<std::vector<std::string>>()->value_name("FILE"), "a revocation list, PEM or DER");
  add("direct-wait", po::value<int>()->default_value(3600)->value_name("SECONDS"),
      "how long a recipient's system may take to confirm, 1 to 86400");
  add("xdr-clients", po::value<std::string>()->value_name("FILE"),
      "with --direct-domain: also take documents by XDR, from who has a certificate of these authorities (PEM)");
  add("mail-smtp", po::value<std::string>()->value_name("HOST:PORT"),
      "send plain mail too, by this server, with STARTTLS; needs --mail-from");
  add("mail-from", po::value<std::string>()->value_name("ADDRESS"),
      "the portal's address, which plain mail comes from");
  add("mail-user", po::value<std::string>()->value_name("NAME"),
      "who signs in to those servers; the password is in BLUEBRIDGE_PORTAL_MAIL_PASSWORD");
  add("mail-imap", po::value<std::string>()->value_name("HOST:PORT"),
      "mailbox of that address, with STARTTLS, where delivery reports come; or --mail-pop3");
  add("mail-pop3", po::value<std::string>()->value_name("HOST:PORT"), "instead of --mail-imap");
  add("mail-resolver", po::value<std::string>()->value_name("HOST:PORT"),
      "DNS server that is asked whether a domain takes mail");
  add("record-platform", po::value<std::string>()->value_name("URL"),
      "deliver into records too, of this personal health record platform; needs the next two, and --trust");
  add("record-app", po::value<std::string>()->value_name("ID"), "the portal's id as an application there");
  add("record-key", po::value<std::string>()->value_name("FILE"), "PEM file: its certificate there and the key");
  add("record-entries", "store what a document says entry by entry too");
  add("fhir-token", po::value<std::vector<std::string>>()->value_name("TEXT"),
      "'TOKEN ACCOUNT SCOPE...': an access token for the FHIR API; ACCOUNT is the patient, or '-'");
  add("uscdi", po::value<std::string>()->default_value("v3")->value_name("VERSION"),
      "v1 or v3: v1 leaves out what later versions of USCDI added");
  add("holder", po::value<std::string>()->default_value("provider")->value_name("KIND"),
      "provider, payer or pharmacy: a payer hands out coverage and claims, a pharmacy what it dispensed, no C-CDA");
  add("source", "open a door to the source of the records, by which tests file events and set the day");
  add("cleartext", "also listen without TLS; it redirects to HTTPS");
  programs::add_server_options(options);
  return options;
}

// Whether what the defect spoils is there to be spoilt.
Status check_way(std::string_view name, const Portal::Options& portal) {
  struct Way {
    std::string_view prefix;
    bool is_on;
    std::string_view needed;
  };
  for (const auto& way :
       {Way{"direct-", portal.direct.has_value(), "--direct-domain: nothing goes by Direct"},
        Way{"xdr-", portal.direct && !portal.direct->xdr_clients_pem.empty(), "--xdr-clients: nothing comes by XDR"},
        Way{"record-", portal.record.has_value(), "--record-platform: nothing goes into records"},
        Way{"mail-", portal.mail.has_value(), "--mail-smtp: no plain mail is sent"},
        Way{"holder-", portal.kind != HolderKind::provider,
            "--holder payer or --holder pharmacy: nothing of their kinds is handed out"}})
    if (name.starts_with(way.prefix) && !way.is_on)
      return Error{fmt::format("defect '{}' needs {} without it", name, way.needed)};
  return {};
}

// `needing`: the option that does not go without this one.
Result<HostPort> read_host_port(const po::variables_map& given, const std::string& name, std::string_view needing) {
  if (given.count(name) == 0) return Error{fmt::format("--{} needs --{} too", needing, name)};
  const auto text = given[name].as<std::string>();
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  const auto digits = colon == std::string::npos ? std::string_view() : std::string_view(text).substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (colon == 0 || error != std::errc() || end != digits.data() + digits.size() || port == 0)
    return Error{fmt::format("--{} must be HOST:PORT, got '{}'", name, shorten(text, 80))};
  return HostPort{text.substr(0, colon), port};
}

struct Credentials {
  std::string user, password;
};

direct::MailServer server_at(const HostPort& at, const Credentials& credentials) {
  return {.host = at.host,
          .port = at.port,
          .protection = direct::Protection::starttls,
          .user = credentials.user,
          .password = credentials.password};
}

Credentials read_credentials(const po::variables_map& given, const std::string& option, const char* variable) {
  Credentials credentials;
  if (given.count(option) > 0) credentials.user = given[option].as<std::string>();
  if (const char* password = std::getenv(variable); password != nullptr) credentials.password = password;
  return credentials;
}

// --PREFIX-imap or --PREFIX-pop3, whichever is given; without either the error is of the first.
Result<MailboxOptions> read_mailbox(const po::variables_map& given, const std::string& prefix,
                                    const Credentials& credentials, std::string_view needing) {
  MailboxOptions mailbox;
  const bool is_pop3 = given.count(prefix + "-pop3") > 0;
  if (is_pop3 && given.count(prefix + "-imap") > 0)
    return Error{fmt::format("--{0}-imap and --{0}-pop3 are one mailbox: give one", prefix)};
  if (is_pop3) mailbox.protocol = direct::MailboxProtocol::pop3;
  BB_TRY(const auto at, read_host_port(given, prefix + (is_pop3 ? "-pop3" : "-imap"), needing));
  mailbox.server = server_at(at, credentials);
  return mailbox;
}

// Options that say how, without the one that says that.
Status refuse_without(const po::variables_map& given, const std::string& prefix, const std::string& needed) {
  for (const auto& [name, value] : given)
    if (name.starts_with(prefix) && !value.defaulted()) return Error{"--" + name + " goes with --" + needed + " only"};
  return {};
}

Result<std::optional<MailOptions>> read_mail(const po::variables_map& given) {
  if (given.count("mail-smtp") == 0) {
    BB_CHECK(refuse_without(given, "mail-", "mail-smtp"));
    return std::optional<MailOptions>();
  }
  const auto credentials = read_credentials(given, "mail-user", "BLUEBRIDGE_PORTAL_MAIL_PASSWORD");
  MailOptions mail;
  if (given.count("mail-from") == 0) return Error{"--mail-smtp needs --mail-from too"};
  auto from = direct::read_address(given["mail-from"].as<std::string>());
  if (!from) return Error{"--mail-from: " + from.error().what};
  mail.from = *std::move(from);
  BB_TRY(const auto relay, read_host_port(given, "mail-smtp", "mail-smtp"));
  mail.relay = server_at(relay, credentials);
  if (given.count("mail-imap") > 0 || given.count("mail-pop3") > 0) {
    BB_TRY(mail.mailbox, read_mailbox(given, "mail", credentials, "mail-smtp"));
  }
  if (given.count("mail-resolver") > 0) {
    BB_TRY(mail.resolver, read_host_port(given, "mail-resolver", "mail-smtp"));
  }
  return std::optional(std::move(mail));
}

Result<std::optional<DirectOptions>> read_direct(const po::variables_map& given) {
  if (given.count("direct-domain") == 0) {
    BB_CHECK(refuse_without(given, "direct-", "direct-domain"));
    BB_CHECK(refuse_without(given, "xdr-", "direct-domain"));
    return std::optional<DirectOptions>();
  }
  DirectOptions direct;
  direct.domain = to_lower(given["direct-domain"].as<std::string>());
  BB_TRY(const auto example, direct::read_address("x@" + direct.domain));
  for (const auto* name : {"direct-identity", "direct-anchors"})
    if (given.count(name) == 0) return Error{fmt::format("--direct-domain needs --{} too", name)};
  for (const auto& file : given["direct-identity"].as<std::vector<std::string>>()) {
    BB_TRY(const auto pem, read_text(file));
    auto identity = direct::read_identity(pem);
    if (!identity) return Error{file + ": " + identity.error().what};
    direct.identities.push_back(*std::move(identity));
  }
  const auto anchors = given["direct-anchors"].as<std::string>();
  BB_TRY(const auto pem, read_text(anchors));
  auto certificates = direct::Certificate::read_all(pem);
  if (!certificates) return Error{anchors + ": " + certificates.error().what};
  direct.anchors = *std::move(certificates);
  BB_TRY(direct.resolver, read_host_port(given, "direct-resolver", "direct-domain"));
  BB_TRY(const auto relay, read_host_port(given, "direct-smtp", "direct-domain"));
  direct.relay = server_at(relay, {});
  const auto credentials = read_credentials(given, "direct-user", "BLUEBRIDGE_PORTAL_DIRECT_PASSWORD");
  BB_TRY(direct.mailbox, read_mailbox(given, "direct", credentials, "direct-domain"));
  if (given.count("direct-revocation") > 0)
    for (const auto& file : given["direct-revocation"].as<std::vector<std::string>>()) {
      BB_TRY(auto list, read_text(file));
      direct.revocation_lists.push_back(std::move(list));
    }
  if (given.count("xdr-clients") > 0) {
    const auto file = given["xdr-clients"].as<std::string>();
    BB_TRY(direct.xdr_clients_pem, read_text(file));
    if (const auto read = direct::Certificate::read_all(direct.xdr_clients_pem); !read)
      return Error{file + ": " + read.error().what};
  }
  direct.wait_seconds = given["direct-wait"].as<int>();
  if (direct.wait_seconds < 1 || direct.wait_seconds > 86'400)
    return Error{fmt::format("--direct-wait must be 1 to 86400, got {}", direct.wait_seconds)};
  return std::optional(std::move(direct));
}

Result<std::optional<RecordOptions>> read_record(const po::variables_map& given) {
  if (given.count("record-platform") == 0) {
    BB_CHECK(refuse_without(given, "record-", "record-platform"));
    return std::optional<RecordOptions>();
  }
  for (const auto* name : {"record-app", "record-key"})
    if (given.count(name) == 0) return Error{fmt::format("--record-platform needs --{} too", name)};
  auto platform = parse_destination(given["record-platform"].as<std::string>());
  if (!platform) return Error{"--record-platform: " + platform.error().what};
  const auto file = given["record-key"].as<std::string>();
  BB_TRY(const auto pem, read_text(file));
  auto key = healthvault::SigningKey::read(pem);
  if (!key) return Error{file + ": " + key.error().what};
  const auto certificate = healthvault::SigningCertificate::read(pem);
  if (!certificate) return Error{file + ": " + certificate.error().what};
  return std::optional(RecordOptions{.platform = *std::move(platform),
                                     .app_id = to_lower(given["record-app"].as<std::string>()),
                                     .key = *std::move(key),
                                     .thumbprint = certificate->thumbprint(),
                                     .has_entries = given.count("record-entries") > 0});
}

// share/bluebridge/samples/records in the folder above the program's, installed
// or in a build tree.
std::filesystem::path sample_records() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "share/bluebridge/samples/records";
}

}  // namespace

Result<CommandLine> read_command_line(int count, char** arguments) {
  const auto options = describe_options();
  BB_TRY(const auto given, programs::read_options(count, arguments, options));
  CommandLine line;
  line.text = programs::common_text(introduction, options, given);
  if (!line.text.empty()) return line;
  const auto defects = programs::texts_of(all_defects());
  BB_TRY(line.text, programs::list_defects(given, defects));
  if (!line.text.empty()) return line;

  auto& portal = line.portal;
  BB_TRY(portal.port, programs::read_port(given, "port"));
  portal.records =
      given.count("records") > 0 ? std::filesystem::path(given["records"].as<std::string>()) : sample_records();
  if (given.count("people") > 0) portal.people = given["people"].as<std::string>();
  if (given.count("clients") > 0) portal.clients = given["clients"].as<std::string>();
  if (given.count("trust") > 0) portal.trust = given["trust"].as<std::string>();
  const auto uscdi = given["uscdi"].as<std::string>();
  if (uscdi != "v1" && uscdi != "v3")
    return Error{fmt::format("--uscdi must be v1 or v3, got '{}'", shorten(uscdi, 40))};
  portal.is_uscdi_v1 = uscdi == "v1";
  const auto holder = given["holder"].as<std::string>();
  const auto kind = find_holder_kind(holder);
  if (!kind) return Error{fmt::format("--holder must be provider, payer or pharmacy, got '{}'", shorten(holder, 40))};
  portal.kind = *kind;
  portal.has_source = given.count("source") > 0;
  portal.has_cleartext = given.count("cleartext") > 0;
  BB_TRY(portal.direct, read_direct(given));
  BB_TRY(portal.mail, read_mail(given));
  BB_TRY(portal.record, read_record(given));
  if (given.count("fhir-token") > 0)
    for (const auto& text : given["fhir-token"].as<std::vector<std::string>>()) BB_CHECK(portal.fhir_tokens.add(text));
  line.exits_with_parent = given.count("exit-with-parent") > 0;
  BB_TRY(const auto defect, programs::read_defect(given, defects));
  if (defect) {
    const auto& info = all_defects()[*defect];
    BB_CHECK(check_way(info.name, portal));
    portal.defects = Defects(info.defect);
  }
  if (const char* key = std::getenv("BLUEBRIDGE_PORTAL_SOURCE_KEY"); key != nullptr) portal.source_key = key;
  if (const char* base = std::getenv("BLUEBRIDGE_PORTAL_PASSWORD"); base != nullptr && *base != '\0')
    portal.password_base = base;
  return line;
}

}  // namespace bb::portal
