// plugins/rest/health_links/link_reader.hpp - org.bluebridge.rest.health-links: opens SMART Health Links as an
// application does that knows the specification and nothing else.
//
// Probes alone. What they tell is for a suite to judge: a link that breaks a rule is read as far as it goes. Host HTTP
// is the only network; links and keys live as long as the call.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include <bb/sdk/connector.hpp>
#include <bb/sdk/services/http.hpp>

namespace bb::rest {

class LinkReader final : public Connector, public Probe {
 public:
  static constexpr const char* config_schema = R"({
    "type": "object", "additionalProperties": false,
    "properties": {
      "recipient": {"type": "string", "minLength": 1, "maxLength": 200, "title": "Who opens the links",
        "description": "What the person who shared reads; 'BlueBridge' where it is not said"}}})";

  explicit LinkReader(const Context& context);

  void list_probes(Call& call, Probes& out) override;
  void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) override;

 private:
  void decode(std::string_view text, Content& out) const;
  void open(Call& call, const Value& given, Content& out) const;
  void guess(Call& call, const Value& given, Content& out) const;
  HttpResponse ask_for_manifest(Call& call, std::string_view url, const Value& given, std::string_view passcode) const;

  Http http_;
  std::string recipient_;
};

}  // namespace bb::rest
