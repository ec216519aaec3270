#include "bundles.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::direct_connector {
namespace {

constexpr std::int64_t day_seconds = 24 * 3600;
constexpr std::int64_t retry_seconds_max = 300;
constexpr std::size_t named_max = 20;

std::string subjects_of(const std::vector<direct::Certificate>& certificates) {
  std::vector<std::string> names;
  for (const auto& one : certificates) {
    if (names.size() == named_max) {
      names.push_back("and " + std::to_string(certificates.size() - named_max) + " more");
      break;
    }
    names.push_back(one.subject());
  }
  return join(names, ", ");
}

std::string words_of(const direct::BundleReport& report) {
  if (!report.is_good()) return "the last good copy is kept: " + report.problem;
  std::string words = "read";
  if (!report.added.empty()) words += "; added: " + subjects_of(report.added);
  if (!report.removed.empty()) words += "; not trusted any more: " + subjects_of(report.removed);
  return words;
}

}  // namespace

// By HTTP, or from where the configuration has it.
class Bundles::Fetcher final : public direct::Fetcher {
 public:
  Fetcher(const std::vector<Config>& configs, direct::Fetcher& over_http, Call& call, const Secret& secrets)
      : configs_(configs), over_http_(over_http), call_(call), secrets_(secrets) {}

  Result<std::string> fetch(const std::string& url, std::string_view body, std::string_view body_type) override {
    const auto found =
        std::find_if(configs_.begin(), configs_.end(), [&](const Config& one) { return one.name() == url; });
    if (found == configs_.end() || !found->url.empty()) return over_http_.fetch(url, body, body_type);
    return found->material.read(call_, secrets_);
  }

 private:
  const std::vector<Config>& configs_;
  direct::Fetcher& over_http_;
  Call& call_;
  const Secret& secrets_;
};

std::string Bundles::Config::name() const {
  if (!url.empty()) return url;
  return material.secret.empty() ? at : "secret " + material.secret;
}

Bundles::Bundles(const Context& context) : evidence_(context.find<Evidence>()) {
  const auto whole = parse_json(context.config_json("").value_or("{}"));
  const auto count = whole ? (*whole)["bundles"].size() : 0;
  for (std::size_t i = 0; i < count; ++i) {
    Config config;
    config.at = "/bundles/" + std::to_string(i);
    config.url = context.config_if(config.at + "/url").value_or("");
    config.material = read_material(context, config.at);
    if (config.url.empty() && !config.material.is_given())
      throw Failure{BB_E_INVALID_ARGUMENT,
                    "configuration: " + config.at + " names no bundle, expected one of url, pem and secret"};
    if (!config.url.empty() && config.material.is_given())
      throw Failure{BB_E_INVALID_ARGUMENT,
                    "configuration: " + config.at + " has url beside pem or secret, expected one of them"};
    config.signers = read_material(context, config.at + "/signers");
    config.refresh_seconds = context.config_integer(config.at + "/refresh_seconds", day_seconds);
    configs_.push_back(std::move(config));
  }
}

void Bundles::refresh(Call& call, direct::Fetcher& over_http, const Secret& secrets, std::int64_t at) {
  if (!store_) {
    std::vector<direct::BundleSource> sources;
    for (const auto& config : configs_)
      sources.push_back({.url = config.name(),
                         .signers = certificates_of(config.signers, config.at + "/signers", call, secrets),
                         .is_signed = config.signers.is_given(),
                         .refresh_seconds = config.refresh_seconds,
                         .retry_seconds = std::min(config.refresh_seconds, retry_seconds_max)});
    store_.emplace(std::move(sources));
  }
  Fetcher fetcher(configs_, over_http, call, secrets);
  for (const auto& report : store_->refresh(fetcher, at)) {
    if (!evidence_) continue;
    const auto words = to_utf8_lossy(words_of(report));
    EvidenceRecord record{.protocol = "x509", .step = "bundle", .peer = report.url, .received = words};
    // DIRECT-BUNDLE-05-b: a failing fetch raises an alarm.
    if (!report.is_good()) record.attributes = {{"failure", report.problem}};
    evidence_->record(call, record);
  }
}

std::vector<direct::Certificate> Bundles::anchors(std::int64_t at) const {
  return store_ ? store_->anchors(at) : std::vector<direct::Certificate>();
}

}  // namespace bb::direct_connector
