#include "portal/cms/server.hpp"

#include "portal/cms/version_server.hpp"

namespace bb::portal::cms {
namespace {

constexpr std::string_view openid_beginning = "openid-configuration-v";

bool is_openid(const std::vector<std::string>& path) {
  return path.size() == 2 && path[0] == ".well-known" &&
         (path[1] == std::string(openid_beginning) + "2" || path[1] == std::string(openid_beginning) + "3");
}

}  // namespace

Server::Server(DataHolder& holder, std::string base, const std::vector<SmartClient>& known, Demos demos, Clock clock)
    : holder_(holder),
      base_(std::move(base)),
      applications_(known, demos == Demos::of_each_kind),
      started_ns_(clock()) {
  const auto find_data = [this]() -> const PayerData& { return data(); };
  const auto forget = [this](const std::string& client_id, const std::string& account) {
    for (const auto& version : versions_) version->forget(client_id, account);
  };
  for (const auto version : {Version::v2, Version::v3}) {
    const auto place = static_cast<std::size_t>(version) - 2;
    const auto find_token = [this, place](std::string_view bearer) {
      auto access = versions_[place]->access_tokens().find(bearer);
      if (!access && holder_.defects().is_on(Defect::cms_token_of_any_version))
        access = versions_[1 - place]->access_tokens().find(bearer);
      return access;
    };
    versions_[place] = std::make_unique<VersionServer>(VersionServer::Parts{
        holder_, {base_, version}, applications_, clock, find_token, find_data, forget, started_ns_});
  }
}

Server::~Server() = default;

bool Server::is_for(const web::HttpRequest& request) {
  const auto& path = request.path;
  return (path.size() >= 2 && (path[0] == "v2" || path[0] == "v3")) || is_openid(path);
}

web::HttpResponse Server::handle(const web::HttpRequest& request) {
  const auto& path = request.path;
  const auto& named = is_openid(path) ? path[1] : path[0];
  auto& version = *versions_[named.back() == '2' ? 0 : 1];
  return is_openid(path) ? version.openid(request) : version.handle(request, {path.begin() + 1, path.end()});
}

std::vector<Allowed> Server::allowed() const {
  std::vector<Allowed> allowed;
  for (const auto& version : versions_) allowed.push_back(version->allowed());
  return allowed;
}

Value Server::ready() const {
  auto bases = Value::object();
  for (const auto& version : versions_)
    bases.set("v" + std::to_string(static_cast<int>(version->addresses().version)), version->addresses().fhir());
  return Value::object({{"fhir", std::move(bases)}, {"clients", applications_.description()}});
}

const PayerData& Server::data() {
  std::call_once(is_made_, [this] {
    const fhir::Store store(holder_.patients(), {base_, started_ns_, holder_.defects()});
    data_ = std::make_unique<PayerData>(holder_.patients(), store, holder_.defects());
  });
  return *data_;
}

}  // namespace bb::portal::cms
