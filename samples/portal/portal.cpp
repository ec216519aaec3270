#include "portal/portal.hpp"

#include <atomic>
#include <system_error>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/access_api.hpp"
#include "portal/api.hpp"
#include "portal/cms/server.hpp"
#include "portal/editions.hpp"
#include "portal/export/ehi_export.hpp"
#include "portal/fhir/answers.hpp"
#include "portal/fhir/fhir_api.hpp"
#include "portal/fhir/ids.hpp"
#include "portal/fhir/service_base_urls.hpp"
#include "portal/functions/function_pages.hpp"
#include "portal/functions/functions_api.hpp"
#include "portal/health_links/links_api.hpp"
#include "portal/holder.hpp"
#include "portal/holder_kinds/holdings.hpp"
#include "portal/inboxes.hpp"
#include "portal/page_mistakes.hpp"
#include "portal/pages.hpp"
#include "portal/pull/pull_server.hpp"
#include "portal/smart/client_file.hpp"
#include "portal/smart/demo_clients.hpp"
#include "portal/smart/smart_server.hpp"
#include "portal/source_api.hpp"
#include "portal/xdr_door.hpp"
#include "web/certificate.hpp"
#include "web/http_server.hpp"
#include "web/private_folder.hpp"

namespace bb::portal {
namespace {

const web::Fields security_headers = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
     "'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
};

std::string https_url(int port) { return "https://127.0.0.1:" + std::to_string(port); }

Result<People> find_people(const Portal::Options& options) {
  if (!options.people.empty()) return read_people(options.people);
  std::error_code ignored;
  const auto beside = options.records / "people.yaml";
  if (std::filesystem::exists(beside, ignored)) return read_people(beside);
  BB_TRY(const auto documents, find_documents(options.records));
  return people_of_documents(documents);
}

// Those of the file; without one, applications for demonstration, which no file names.
Result<DemoClients> find_clients(const std::filesystem::path& file, const std::filesystem::path& folder) {
  if (file.empty()) return make_demo_clients(folder);
  DemoClients found;
  BB_TRY(found.clients, read_client_file(file));
  found.description = Value::array();
  for (const auto& client : found.clients) found.description.push(Value::object({{"client_id", client.id}}));
  return found;
}

// The registry of Blue Button+ Pull, with what its applications show: a portal for tests, so the key too.
Result<Value> describe(const pull::Registry& registry, const std::string& url, const std::filesystem::path& folder) {
  const auto key_file = folder / "registry.pem";
  BB_CHECK(write_text(key_file, registry.key_pem()));
  auto apps = Value::array();
  for (const auto& app : registry.apps()) {
    BB_TRY(const auto jwt, registry.registration_jwt(app));
    apps.push(Value::object({{"name", app.name}, {"client_uri", app.url}, {"registration_jwt", jwt}}));
  }
  return Value::object({{"registry", url},
                        {"key_file", key_file.string()},
                        {"key_id", pull::registry_key_id},
                        {"algorithm", pull::registry_algorithm},
                        {"apps", std::move(apps)}});
}

Value describe(const Person& person, bool has_record) {
  auto value = Value::object({{"account", person.account}});
  if (has_record) value.set("patient", person.account);
  value.set("role", has_record ? "patient" : person.is_staff ? "staff" : "proxy");
  if (!person.caregiver_of.empty()) value.set("caregiver_of", Value::strings(person.caregiver_of));
  if (!person.revoked.empty()) value.set("revoked", Value::strings(person.revoked));
  return value;
}

Patients with_uscdi_v1(const Patients& patients) {
  std::vector<Patient> all;
  for (const auto& patient : patients.all()) all.push_back(patient);
  for (auto& patient : all) {
    patient.record = in_uscdi_v1(std::move(patient.record));
    patient.document = in_uscdi_v1(std::move(patient.document));
  }
  return Patients(all);
}

}  // namespace

struct Portal::Parts {
  explicit Parts(web::PrivateFolder temporary) : folder(std::move(temporary)) {}

  web::HttpResponse handle(const web::HttpRequest& request) const {
    return with_page_mistakes(request, answer(request), holder->defects());
  }

  web::HttpResponse answer(const web::HttpRequest& request) const {
    if (SmartServer::is_for(request)) return smart->handle(request);
    if (cms::Server::is_for(request)) return cms->handle(request);
    if (fhir::FhirApi::is_for(request)) return fhir_api->handle(request);
    if (pull::PullServer::is_for(request)) return pull->handle(request);
    if (request.path.size() == 1 && request.path[0] == fhir::service_base_urls_path && request.method == "GET")
      return fhir::answer(200, fhir::service_base_urls(fhir_api->base_url(), now_unix_ns()));
    if (EhiExport::is_for(request)) return ehi_export->handle(request);
    if (health_links::LinksApi::is_for(request)) return links_api->handle(request);
    if (functions::FunctionsApi::is_for(request)) return functions_api->handle(request);
    if (functions::FunctionPages::is_for(request)) return function_pages->handle(request);
    if (SourceApi::is_for(request)) return source_api->handle(request);
    if (AccessApi::is_for(request)) return access_api->handle(request);
    if (Pages::is_for_program(request)) return pages->handle_for_program(request);
    return Api::is_for(request) ? api->handle(request) : pages->handle(request);
  }

  // The cleartext listener: where to find the same page encrypted.
  web::HttpResponse point_to_https(const web::HttpRequest& request) const {
    if (request.method != "GET")
      return web::HttpResponse::error(403, "not_encrypted", "use " + https_url(server->port()));
    std::string location = https_url(server->port()) + "/";
    std::vector<std::string> segments;
    for (const auto& segment : request.path) segments.push_back(percent_encode(segment));
    std::vector<std::string> fields;
    for (const auto& [name, value] : request.query)
      fields.push_back(percent_encode(name) + "=" + percent_encode(value));
    location += join(segments, "/");
    if (!fields.empty()) location += "?" + join(fields, "&");
    web::HttpResponse answer{
        308, "text/plain; charset=utf-8", "This portal answers over HTTPS alone; see Location.\n", {}};
    if (has_leaking_redirect) {
      const auto& patients = holder->patients().all();
      answer =
          web::HttpResponse::html(308, record_page(patients.front().record, patients.front().id, {}, std::nullopt));
    }
    return answer.with("Location", location);
  }

  // Members that the servers' threads use come before the servers, which are
  // destroyed first and wait for their threads.
  web::PrivateFolder folder;
  std::string ca_file;
  std::string direct_domain;
  std::string source_key;
  std::vector<std::string> warnings;
  std::unique_ptr<DataHolder> holder;
  Inboxes inboxes;
  std::unique_ptr<functions::Functions> functions;
  std::unique_ptr<functions::FunctionsApi> functions_api;
  std::unique_ptr<functions::FunctionPages> function_pages;
  std::unique_ptr<EhiExport> ehi_export;
  std::unique_ptr<health_links::LinksApi> links_api;
  std::unique_ptr<Api> api;
  std::unique_ptr<AccessApi> access_api;
  std::unique_ptr<SourceApi> source_api;
  std::unique_ptr<Pages> pages;
  Value clients;  // as ready() describes them
  std::unique_ptr<SmartServer> smart;
  std::unique_ptr<cms::Server> cms;
  fhir::GivenTokens tokens;
  std::unique_ptr<fhir::FhirApi> fhir_api;
  std::unique_ptr<pull::PullServer> pull;
  Value pull_described;  // as ready() has it
  std::atomic<bool> is_ready = false;
  bool has_record_system = false;     // as ready() has it
  bool has_leaking_redirect = false;  // cleartext-redirect-leaks
  std::unique_ptr<web::HttpServer> server;
  std::unique_ptr<web::HttpServer> cleartext;
  std::unique_ptr<XdrDoor> xdr_door;
  std::unique_ptr<web::HttpServer> xdr;
};

Portal::Portal(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Portal::~Portal() { stop(); }

Result<std::unique_ptr<Portal>> Portal::start(const Options& options) {
  BB_TRY(auto people, find_people(options));
  BB_TRY(auto loaded, load_patients(options.records, people));
  BB_TRY(auto folder, web::PrivateFolder::create("bluebridge-portal"));
  auto parts = std::make_unique<Parts>(std::move(folder));
  parts->warnings = std::move(loaded.warnings);
  if (options.is_uscdi_v1) loaded.patients = with_uscdi_v1(loaded.patients);
  BB_TRY(loaded.patients, as_held_by(options.kind, loaded.patients, options.defects));
  if (options.has_source) parts->source_key = random_token();

  BB_TRY(const auto identity, web::make_server_identity("BlueBridge sample portal CA"));
  auto trusted = identity.ca_pem;
  if (!options.trust.empty()) {
    BB_TRY(const auto more, read_text(options.trust));
    if (more.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
      return Error{options.trust.string() + ": expected certificates as PEM, found none"};
    trusted += more;
  }
  const auto ca_file = parts->folder.path() / "ca.pem";
  const auto trust_file = parts->folder.path() / "trust.pem";
  BB_CHECK(write_text(ca_file, identity.ca_pem));
  BB_CHECK(write_text(trust_file, trusted));
  parts->ca_file = ca_file.string();
  parts->has_record_system = !options.source_key.empty();
  if (options.direct) parts->direct_domain = options.direct->domain;
  parts->holder = std::make_unique<DataHolder>(
      DataHolder::Options{options.defects, options.password_base, trust_file.string(), now_unix_ns, options.direct,
                          options.mail, options.record, trusted, options.log_line, options.kind},
      std::move(loaded.patients), std::move(people));

  BB_TRY(auto clients, find_clients(options.clients, parts->folder.path()));
  parts->clients = std::move(clients.description);

  // The API needs the port for its URLs, so requests wait until it is known.
  auto* const p = parts.get();
  web::HttpServer::Options https{.port = options.port,
                                 .certificate_pem = identity.certificate_pem,
                                 .key_pem = identity.key_pem,
                                 .headers = security_headers,
                                 .body_bytes_max = body_bytes_max,
                                 .dress_refusal = fhir::FhirApi::dress_refusal};
  BB_TRY(parts->server, web::HttpServer::start(std::move(https), [p](const web::HttpRequest& request) {
           p->is_ready.wait(false);
           return p->handle(request);
         }));
  BB_TRY(parts->functions, functions::Functions::create(*parts->holder, parts->folder.path() / "functions.sqlite",
                                                        trust_file.string(), https_url(parts->server->port())));
  parts->functions_api = std::make_unique<functions::FunctionsApi>(*parts->functions);
  parts->function_pages = std::make_unique<functions::FunctionPages>(*parts->functions);
  parts->ehi_export = std::make_unique<EhiExport>(*parts->functions, https_url(parts->server->port()));
  parts->links_api = std::make_unique<health_links::LinksApi>(*parts->holder, https_url(parts->server->port()));
  parts->api =
      std::make_unique<Api>(*parts->holder, parts->inboxes, https_url(parts->server->port()), parts->source_key);
  parts->access_api = std::make_unique<AccessApi>(*parts->holder);
  parts->source_api = std::make_unique<SourceApi>(*parts->holder, options.source_key);
  parts->pages = std::make_unique<Pages>(*parts->holder);
  parts->cms = std::make_unique<cms::Server>(
      *parts->holder, https_url(parts->server->port()), clients.clients,
      options.clients.empty() ? cms::Server::Demos::of_each_kind : cms::Server::Demos::none, now_unix_ns);
  parts->smart = std::make_unique<SmartServer>(*parts->holder, https_url(parts->server->port()),
                                               std::move(clients.clients), fhir::patient_id_of, now_unix_ns);
  for (const auto& allowed : parts->cms->allowed()) parts->smart->manage_also(allowed);
  parts->tokens = options.fhir_tokens;
  const auto& addresses = parts->smart->addresses();  // those that FHIR 4.0.1's own copy of the extension has
  parts->fhir_api = std::make_unique<fhir::FhirApi>(
      *parts->holder,
      [p](std::string_view bearer) {
        auto access = p->smart->access_tokens().find(bearer);
        return access ? std::move(access) : p->tokens.find(bearer);
      },
      https_url(parts->server->port()),
      fhir::OauthUris{addresses.authorize(), addresses.token(), addresses.manage(), addresses.registration()});
  BB_TRY(auto registry, pull::Registry::create(addresses, now_unix_ns, options.defects));
  BB_TRY(parts->pull_described, describe(*registry, addresses.base, parts->folder.path()));
  parts->pull = std::make_unique<pull::PullServer>(*parts->holder, parts->smart->shared(), std::move(registry),
                                                   identity.ca_pem, now_unix_ns);
  parts->is_ready = true;
  parts->is_ready.notify_all();

  const bool serves_cleartext = options.defects.is_on(Defect::cleartext_data);
  parts->has_leaking_redirect = options.defects.is_on(Defect::cleartext_redirect_leaks);
  if (options.has_cleartext || serves_cleartext || parts->has_leaking_redirect) {
    web::HttpServer::Options http{.headers = security_headers, .body_bytes_max = body_bytes_max};
    BB_TRY(parts->cleartext,
           web::HttpServer::start(std::move(http), [p, serves_cleartext](const web::HttpRequest& request) {
             return serves_cleartext ? p->handle(request) : p->point_to_https(request);
           }));
  }
  if (options.direct && !options.direct->xdr_clients_pem.empty()) {
    parts->xdr_door = std::make_unique<XdrDoor>(options.direct->domain, *parts->holder);
    const bool takes_any = options.defects.is_on(Defect::xdr_accepts_any_certificate);
    web::HttpServer::Options xdr{.certificate_pem = identity.certificate_pem,
                                 .key_pem = identity.key_pem,
                                 .client_authorities_pem = takes_any ? "" : options.direct->xdr_clients_pem,
                                 .headers = security_headers,
                                 .body_bytes_max = [](const web::HttpRequest&) { return xdr_body_bytes_max; }};
    BB_TRY(parts->xdr, web::HttpServer::start(std::move(xdr), [p](const web::HttpRequest& request) {
             return p->xdr_door->handle(request);
           }));
  }
  return std::unique_ptr<Portal>(new Portal(std::move(parts)));
}

Value Portal::ready() const {
  const auto url = https_url(parts_->server->port());
  auto people = Value::array();
  for (const auto& person : parts_->holder->people().all()) {
    const bool has_record = parts_->holder->patients().find(person.account) != nullptr;
    if (has_record || person.record.empty()) people.push(describe(person, has_record));
  }
  auto value = Value::object({{"ready", true},
                              {"url", url},
                              {"inbox", url + "/inbox"},
                              {"fhir", parts_->fhir_api->base_url()},
                              {"service_base_urls", url + "/" + fhir::service_base_urls_path},
                              {"ca_file", parts_->ca_file}});
  if (!parts_->source_key.empty()) value.set("source", url + "/source/" + parts_->source_key);
  if (parts_->holder->has_direct()) value.set("direct", Value::object({{"domain", parts_->direct_domain}}));
  if (parts_->xdr) value.set("xdr_url", https_url(parts_->xdr->port()) + "/xdr");
  if (parts_->holder->mail() != nullptr)
    value.set("mail", Value::object({{"from", parts_->holder->mail()->from().text()}}));
  if (parts_->holder->has_records()) value.set("records", true);
  value.set("smart", Value::object({{"issuer", parts_->smart->addresses().base},
                                    {"fhir_base", parts_->smart->addresses().fhir_base()},
                                    {"clients", parts_->clients}}));
  value.set("cms", parts_->cms->ready());
  value.set("pull", parts_->pull_described);
  if (parts_->cleartext) value.set("cleartext_url", "http://127.0.0.1:" + std::to_string(parts_->cleartext->port()));
  if (parts_->has_record_system) value.set("record_system", url + "/api/source");
  value.set("people", std::move(people));
  return value;
}

const std::vector<std::string>& Portal::warnings() const { return parts_->warnings; }

void Portal::stop() {
  parts_->folder.remove();
  parts_->holder->stop();
  parts_->functions->stop();
  parts_->server->stop();
  if (parts_->cleartext) parts_->cleartext->stop();
  if (parts_->xdr) parts_->xdr->stop();
}

}  // namespace bb::portal
