#include "record_platform/platform.hpp"

#include <future>
#include <optional>
#include <system_error>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/identity.hpp>
#include <bb/healthvault/blob.hpp>
#include <bb/healthvault/request.hpp>
#include <bb/healthvault/signing.hpp>

#include "pki/authority.hpp"
#include "record_platform/blob_service.hpp"
#include "record_platform/documents.hpp"
#include "record_platform/double.hpp"
#include "record_platform/shell.hpp"
#include "record_platform/tables.hpp"
#include "record_platform/wildcat.hpp"
#include "storage/database.hpp"
#include "web/certificate.hpp"
#include "web/http_server.hpp"
#include "web/private_folder.hpp"

namespace bb::record_platform {
namespace {

constexpr std::size_t message_bytes_max = 16 * 1024 * 1024;  // beyond it HTTP 413; from request_bytes_max on code 39
constexpr std::size_t form_bytes_max = 64 * 1024;
constexpr int key_bits_min = 2048;
constexpr std::int64_t certificate_seconds = 365 * 24 * 60 * 60;

const web::Fields security_headers = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; form-action *; base-uri 'none'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
};

std::string path_of(const web::HttpRequest& request) { return "/" + join(request.path, "/"); }

std::filesystem::path identity_file(const std::filesystem::path& folder, const std::string& key) {
  return folder / ("application-" + key + ".pem");
}

// HV-AUTH-01: what the application signs with, made once a folder.
Status make_identity(SetUpApplication& application, const std::filesystem::path& folder, std::int64_t now_ns) {
  const auto file = identity_file(folder, application.key);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    BB_TRY(const auto identity, pki::make_root({.common_name = "WildcatApp-" + application.id,
                                                .not_before = now_ns / ns_per_second - 60 * 60,
                                                .not_after = now_ns / ns_per_second + certificate_seconds,
                                                .key_usage = "critical,digitalSignature"}));
    BB_CHECK(write_text(file, pki::to_pem(identity), Privacy::private_));
  }
  BB_TRY(const auto pem, read_text(file));
  BB_TRY(const auto identity, direct::read_identity(pem));
  application.certificate_pem = pki::to_pem(identity.certificate);
  return {};
}

// HV-AUTH-01.
Status check_certificate(const SetUpApplication& application) {
  const auto certificate = healthvault::SigningCertificate::read(application.certificate_pem);
  if (!certificate) return Error{"the certificate of '" + application.key + "': " + certificate.error().what};
  const auto expected = "WildcatApp-" + application.id;
  if (!iequals(certificate->common_name(), expected))
    return Error{"the certificate of '" + application.key + "' has common name '" + certificate->common_name() +
                 "', expected '" + expected + "'"};
  if (certificate->bits() < key_bits_min)
    return Error{"the key of '" + application.key + "' has " + std::to_string(certificate->bits()) +
                 " bits, expected " + std::to_string(key_bits_min)};
  return {};
}

}  // namespace

struct Platform::Parts {
  explicit Parts(Options given) : options(std::move(given)), types(options.set_up.types, options.schemas) {}

  std::int64_t now_ns() const { return control ? control->now_ns() : now_unix_ns(); }

  web::HttpResponse handle(const web::HttpRequest& request) {
    try {
      return route(request);
    } catch (const DatabaseFailure& failure) {
      if (world->log_line) world->log_line(failure.what());
      return web::HttpResponse::error(500, "failed", "the platform could not store or read; see its log");
    }
  }

  // HV-ENV-11.
  web::HttpResponse refuse_encoding(const web::HttpRequest& request, web::HttpServer::EncodingMistake mistake) const {
    const auto word = shorten(request.header("content-encoding"), 40);
    if (mistake == web::HttpServer::EncodingMistake::unsupported)
      return refuse_request(*world, healthvault::status("UNSUPPORTED_CONTENT_ENCODING"),
                            "expected a body as it is, in gzip or in deflate, got '" + word + "'");
    return refuse_request(*world, healthvault::status("CONTENT_ENCODING_DATA_MISMATCH"),
                          "the body is not in the encoding '" + word + "'");
  }

  web::HttpResponse route(const web::HttpRequest& request) {
    const auto path = path_of(request);
    if (path == healthvault::platform_path) {
      Seen seen;
      return control ? control->answer(request) : answer_request(*world, *database, now_ns(), request, seen);
    }
    if (path == healthvault::blob_path) return stream_blob(*database, world->defects, now_ns(), request);
    if (Shell::is_for(request)) return shell->handle(request, now_ns());
    if (control && Double::is_for(request)) return control->handle(request);
    return web::HttpResponse::error(404, "not_found", "nothing is here; see docs/reference/record-platform.md");
  }

  // Members that the server's threads use come before the server, which is destroyed
  // first and waits for its threads.
  Options options;
  std::optional<web::PrivateFolder> temporary;
  std::filesystem::path folder;
  std::string ca_file;
  TypeRegistry types;
  std::unique_ptr<Database> database;
  std::optional<World> world;
  std::unique_ptr<Shell> shell;
  std::unique_ptr<Double> control;
  std::unique_ptr<web::HttpServer> server;
};

Platform::Platform(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Platform::~Platform() { stop(); }

Result<std::unique_ptr<Platform>> Platform::start(Options options) {
  auto parts = std::make_unique<Parts>(std::move(options));
  auto& given = parts->options;
  parts->folder = given.folder;
  if (given.folder.empty()) {
    BB_TRY(auto temporary, web::PrivateFolder::create("bluebridge-record-platform"));
    parts->temporary.emplace(std::move(temporary));
    parts->folder = parts->temporary->path();
  } else {
    BB_CHECK(make_private_folder(given.folder));
  }
  BB_TRY(const auto identity, web::make_server_identity("BlueBridge sample record platform CA"));
  const auto ca_file = parts->folder / "ca.pem";
  BB_CHECK(write_text(ca_file, identity.ca_pem));
  parts->ca_file = ca_file.string();
  for (auto& application : given.set_up.applications) {
    if (application.certificate_pem.empty()) BB_CHECK(make_identity(application, parts->folder, parts->now_ns()));
    BB_CHECK(check_certificate(application));
  }
  BB_TRY(parts->database, Database::open(parts->folder / "platform.sqlite"));
  BB_CHECK(make_tables(*parts->database));
  BB_CHECK(put_in(*parts->database, given.set_up, parts->now_ns()));

  auto* const p = parts.get();
  web::HttpServer::Options https{.port = given.port,
                                 .certificate_pem = identity.certificate_pem,
                                 .key_pem = identity.key_pem,
                                 .headers = security_headers,
                                 .body_bytes_max =
                                     [](const web::HttpRequest& request) {
                                       const auto path = path_of(request);
                                       return path == healthvault::platform_path || path == healthvault::blob_path
                                                  ? message_bytes_max
                                                  : form_bytes_max;
                                     },
                                 .may_be_compressed =
                                     [](const web::HttpRequest& request) {
                                       return path_of(request) == healthvault::platform_path;  // HV-ENV-11
                                     },
                                 .encoding_mistake =
                                     [p](const web::HttpRequest& request, web::HttpServer::EncodingMistake mistake) {
                                       return p->refuse_encoding(request, mistake);
                                     }};
  std::promise<void> is_known;  // the address, which the port is a part of
  const auto known = is_known.get_future().share();
  BB_TRY(parts->server, web::HttpServer::start(std::move(https), [p, known](const web::HttpRequest& request) {
           known.wait();
           return p->handle(request);
         }));
  const auto url = "https://127.0.0.1:" + std::to_string(parts->server->port());
  std::vector<SetUpInstance> instances{given.set_up.instance};
  instances.front().platform_url = url + std::string(healthvault::platform_path);
  instances.front().shell_url = url + "/";
  instances.insert(instances.end(), given.set_up.others.begin(), given.set_up.others.end());
  parts->world.emplace(World{given.defects, parts->types, url, url + "/", std::move(instances), given.log_line});
  parts->shell = std::make_unique<Shell>(*parts->world, *parts->database, given.password_base);
  if (given.has_control) parts->control = std::make_unique<Double>(now_unix_ns, *parts->database, *parts->world);
  if (!given.records.empty())
    BB_CHECK(store_documents(*parts->database, *parts->world, given.set_up, given.records, parts->now_ns()));
  is_known.set_value();
  return std::unique_ptr<Platform>(new Platform(std::move(parts)));
}

Value Platform::ready() const {
  const auto& set_up = parts_->options.set_up;
  auto applications = Value::array(), people = Value::array(), records = Value::array();
  for (const auto& application : set_up.applications) {
    auto value = Value::object({{"name", application.key}, {"id", application.id}});
    std::error_code ignored;
    const auto file = identity_file(parts_->folder, application.key);
    if (std::filesystem::exists(file, ignored)) value.set("identity_file", file.string());
    if (const auto certificate = healthvault::SigningCertificate::read(application.certificate_pem))
      value.set("thumbprint", certificate->thumbprint());
    applications.push(std::move(value));
  }
  for (const auto& person : set_up.people) people.push(Value::object({{"account", person.account}, {"id", person.id}}));
  for (const auto& record : set_up.records) {
    auto holders = Value::array();
    for (const auto& holder : record.holders) holders.push(holder.account);
    records.push(Value::object({{"name", record.key}, {"id", record.id}, {"holders", std::move(holders)}}));
  }
  const auto& base = parts_->world->base_url;
  auto ready = Value::object({{"url", base + std::string(healthvault::platform_path)},
                              {"shell_url", parts_->world->shell_url},
                              {"ca_file", parts_->ca_file},
                              {"applications", std::move(applications)},
                              {"people", std::move(people)},
                              {"records", std::move(records)},
                              {"ready", true}});
  if (parts_->control)
    ready.set("control", Value::object({{"url", base + "/double"}, {"token", parts_->control->token()}}));
  return ready;
}

void Platform::stop() {
  if (parts_->control) parts_->control->stop();
  // First, so that it goes also where a handler does not end in time; what is open stays usable.
  if (parts_->temporary) parts_->temporary->remove();
  if (parts_->server) parts_->server->stop();
}

}  // namespace bb::record_platform
