// plugins/rest/pages/web_pages.hpp - org.bluebridge.rest.pages: the public pages of a site, as anybody gets them.
//
// One probe; nobody signs in and nothing is sent but the address. Host HTTP is the only network.
#pragma once

#include <string>
#include <string_view>

#include <bb/sdk/connector.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::rest {

class WebPages final : public Connector, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false, "required": ["base_url"],
    "properties": {
      "base_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]", "title": "Address of the site",
        "description": "https://www.hospital.example; paths of pages are below its host"}}})";

  explicit WebPages(const Context& context);

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  Http http_;
  std::string base_url_;
};

}  // namespace bb::rest
