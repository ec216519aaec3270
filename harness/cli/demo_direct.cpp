#include "harness/cli/demo_direct.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include "harness/cli/yaml_text.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t pki_ms_max = 120'000;
constexpr std::int64_t look_ms = 100;  // whether it was cancelled
constexpr std::int64_t mailroom_ms_max = 20'000;
constexpr const char* confirmed_within_s = "12";  // the portal's usual hour is too long for a demo
constexpr const char* loopback = "127.0.0.1";

// Who takes part. Our sender and our inbox are one address: what is sent back to the first arrives in
// the second. It has the certificate of its domain, for an address of its own for each run; the cases
// of the PKI are its certificates too.
constexpr const char* portal_domain = "direct.portal.example";
constexpr const char* inbox_domain = "direct.inbox.example";
constexpr const char* inbox_address = "inbox@direct.inbox.example";
constexpr const char* inbox_user = "inbox";
// Whom nobody may send to: the mailbox of the inbox takes what goes to them all the same.
constexpr const char* late_domain = "direct.late.example";  // its certificate has expired
constexpr const char* late_address = "late@direct.late.example";
constexpr const char* far_domain = "direct.far.example";  // its authority is no anchor
constexpr const char* far_address = "far@direct.far.example";
constexpr const char* unpublished_domain = "direct.none.example";
constexpr const char* unpublished_address = "nobody@direct.none.example";

// direct.discovery asks for a world of names of its own, vdt.email for an inbox of plain mail.
constexpr std::array<std::string_view, 4> demo_suites{"pledge.data_holder", "direct.send", "direct.receive",
                                                      "bluebutton_plus.push"};

// Identities of the sender's probes, and the cases of the PKI that they are.
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> bad_identities{{
    {"expired", "expired"},
    {"not_yet_valid", "not-yet-valid"},
    {"no_not_before", "no-not-before"},
    {"no_not_after", "no-not-after"},
    {"revoked", "revoked"},
    {"wrong_name", "wrong-name"},
    {"wildcard", "wildcard"},
    {"other_domain", "other-domain"},
    {"other_subject_address", "other-subject-address"},
    {"bad_aia", "bad-aia"},
    {"no_crl", "no-crl"},
    {"encrypt_only", "encrypt-only"},
    {"authority", "authority"},
    {"subject_address", "subject-address"},
    {"rsa_3072", "rsa-3072"},
    {"rsa_4096", "rsa-4096"},
    {"p256", "p256"},
    {"p384", "p384"},
    {"unknown_anchor", "foreign-anchor"},
    {"weak_key", "rsa-1024"},
}};

Value secret(std::string_view name) { return Value::object({{"secret", name}}); }
Value file(const fs::path& path) { return Value::object({{"file", path.string()}}); }

Value server(std::uint16_t port) {
  return Value::object({{"host", loopback}, {"port", port}, {"user", inbox_user}, {"password", "mail_password"}});
}

// What both roles of the Direct connector have, beside their own.
struct DirectRole {
  Value config, secrets;
};
DirectRole direct_role(const fs::path& folder, const MailPorts& ports, std::uint16_t port) {
  DirectRole role{server(port), Value::object()};
  role.config.set("identity", secret("identity"));
  role.config.set("anchors", secret("anchors"));
  role.config.set("revocation_lists", secret("revocation_list"));
  role.config.set("resolver", Value::object({{"host", loopback}, {"port", ports.dns}}));
  role.secrets.set("mail_password", Value::object({{"env", mail_password_variable}}));
  role.secrets.set("identity", file(folder / (std::string(inbox_domain) + ".pem")));
  role.secrets.set("anchors", file(folder / "anchors.pem"));
  role.secrets.set("revocation_list", file(folder / "intermediate.crl"));
  return role;
}

Value bound(std::string_view connector, DirectRole role, const fs::path& folder, const MailPorts& ports) {
  auto network = Value::array();
  for (const auto port : {ports.smtp, ports.imap, ports.pop3, ports.dns})
    network.push(Value::object({{"host", loopback}, {"port", port}}));
  return Value::object({{"connector", connector},
                        {"ca_file", (folder / "root.crt").string()},
                        {"config", std::move(role.config)},
                        {"secrets", std::move(role.secrets)},
                        {"allow_network", std::move(network)}});
}

Status make_pki(const Places& places, const fs::path& folder, const host::Cancellation& cancellation) {
  ChildProcess::Options options;
  BB_TRY(options.program, find_program(places.pki(), "what makes certificates"));
  std::vector<ChildProcess> programs;
  // Each has an authority of its own.
  for (const auto& arguments : {std::vector<std::string>{"--out", folder.string(), "--address", inbox_address,
                                                         "--domain", portal_domain, "--domain", inbox_domain},
                                {"--out", (folder / "late").string(), "--case", "expired", "--address", late_address},
                                {"--out", (folder / "far").string(), "--without-cases", "--address", far_address}}) {
    options.arguments = arguments;
    BB_TRY(auto program, ChildProcess::start(options));
    programs.push_back(std::move(program));
  }
  std::int64_t waited_ms = 0;
  for (auto& program : programs) {
    std::optional<int> status;
    for (; !status; waited_ms += look_ms) {
      if (cancellation.is_cancelled()) return Error{"cancelled"};
      if (waited_ms > pki_ms_max) return Error{"the certificates of the demo were not made in time"};
      status = program.wait(look_ms);
    }
    if (*status != 0) return Error{fmt::format("{} ended with status {}", options.program.string(), *status)};
  }
  // Intermediate authorities too: the portal fetches none.
  std::string anchors;
  for (const auto& of : {folder, folder / "late"}) {
    for (const auto* name : {"root.crt", "intermediate.crt"}) {
      BB_TRY(const auto certificate, read_text(of / name));
      anchors += certificate;
    }
  }
  return write_text(folder / "anchors.pem", anchors, Privacy::private_);
}

Status write_zone(const fs::path& folder) {
  auto records = Value::array();
  const auto publish = [&](const std::string& name, const std::string& whose) {
    records.push(Value::object({{"name", name}, {"type", "CERT"}, {"file", whose + ".crt"}}));
  };
  publish(portal_domain, portal_domain);
  publish(inbox_domain, inbox_domain);
  publish(replace_all(late_address, "@", "."), "late/cases/expired");
  publish(replace_all(far_address, "@", "."), fmt::format("far/{}", far_address));
  return write_text(folder / "zone.yaml", to_yaml(Value::object({{"records", std::move(records)}})), Privacy::private_);
}

Result<ChildProcess> start_mailroom(const Places& places, const fs::path& folder, const std::string& password) {
  ChildProcess::Options options;
  BB_TRY(options.program, find_program(places.mailroom(), "the mail room"));
  options.arguments = {"--exit-with-parent", "--identity", (folder / "server.pem").string(), "--zone",
                       (folder / "zone.yaml").string()};
  const auto mailbox = [&](std::string_view user, const std::vector<std::string>& domains) {
    options.arguments.insert(options.arguments.end(), {"--mailbox", fmt::format("{}=@{}", user, join(domains, ",@"))});
  };
  mailbox("portal", {portal_domain});
  mailbox(inbox_user, {inbox_domain, late_domain, far_domain, unpublished_domain});
  options.environment["BLUEBRIDGE_MAILROOM_PASSWORD"] = password;
  return ChildProcess::start(options);
}

class MailRoom final : public DemoRoom {
 public:
  MailRoom(fs::path folder, std::string password, ChildProcess program, MailPorts ports)
      : folder_(std::move(folder)), password_(std::move(password)), program_(std::move(program)), ports_(ports) {}

  std::vector<std::string> portal_arguments() const override {
    const auto at = [](std::uint16_t port) { return fmt::format("{}:{}", loopback, port); };
    const auto in = [&](const std::string& name) { return (folder_ / name).string(); };
    return {"--direct-domain",   portal_domain,     "--direct-identity",   in(std::string(portal_domain) + ".pem"),
            "--direct-anchors",  in("anchors.pem"), "--direct-revocation", in("intermediate.crl"),
            "--direct-resolver", at(ports_.dns),    "--direct-smtp",       at(ports_.smtp),
            "--direct-imap",     at(ports_.imap),   "--direct-user",       "portal",
            "--trust",           in("root.crt"),    "--direct-wait",       confirmed_within_s};
  }
  std::map<std::string, std::string> portal_environment() const override {
    return {{"BLUEBRIDGE_PORTAL_DIRECT_PASSWORD", password_}};
  }
  void add_to(Value& target) const override { add_direct_roles(target, folder_, ports_); }

 private:
  fs::path folder_;
  std::string password_;
  ChildProcess program_;
  MailPorts ports_;
};

}  // namespace

Result<MailPorts> read_mail_ports(const std::string& line) {
  BB_TRY(const auto ready, parse_json(line));
  MailPorts ports;
  for (const auto& [name, port] : {std::pair("smtp", &ports.smtp), std::pair("imap", &ports.imap),
                                   std::pair("pop3", &ports.pop3), std::pair("dns", &ports.dns)}) {
    const auto number = ready[name].integer_or(0);
    if (number < 1 || number > 65'535)
      return Error{fmt::format("the mail room said '{}', expected its port of {}", shorten(line, 200), name)};
    *port = static_cast<std::uint16_t>(number);
  }
  return ports;
}

std::vector<fs::path> direct_suites(const Places& places) { return installed_suites(places, demo_suites); }

void add_direct_roles(Value& target, const fs::path& folder, const MailPorts& ports) {
  auto inbox = direct_role(folder, ports, ports.imap);
  inbox.config.set("address", inbox_address);
  inbox.config.set("smtp", server(ports.smtp));

  auto sender = direct_role(folder, ports, ports.smtp);
  sender.config.set("from", inbox_address);
  sender.config.set("mailbox", server(ports.imap));
  auto identities = Value::object();
  for (const auto& [name, name_of_case] : bad_identities) {
    identities.set(name, secret(name));
    sender.secrets.set(name, file(folder / "cases" / (std::string(name_of_case) + ".pem")));
  }
  sender.config.set("identities", std::move(identities));
  auto* roles = target.find("roles");
  roles->set("inbox", bound("org.bluebridge.direct.inbox", std::move(inbox), folder, ports));
  roles->set("sender", bound("org.bluebridge.direct.sender", std::move(sender), folder, ports));
}

std::map<std::string, std::string> refused_recipients() {
  return {{"expired_recipient", late_address},
          {"foreign_recipient", far_address},
          {"unpublished_recipient", unpublished_address}};
}

Result<std::unique_ptr<DemoRoom>> open_mail_room(const Places& places, const fs::path& path,
                                                 const host::Cancellation& cancellation) {
  BB_CHECK(make_private_folder(path));
  fs::path folder = fs::absolute(path);
  BB_CHECK(make_pki(places, folder, cancellation));
  BB_CHECK(write_zone(folder));
  const auto password = random_token();
  ::setenv(mail_password_variable, password.c_str(), 1);
  BB_TRY(auto program, start_mailroom(places, folder, password));
  const auto line = program.read_line(mailroom_ms_max);
  if (!line) return Error{"the mail room did not start: " + line.error().what};
  BB_TRY(const auto ports, read_mail_ports(*line));
  return std::unique_ptr<DemoRoom>(new MailRoom(std::move(folder), password, std::move(program), ports));
}

}  // namespace bb::cli
