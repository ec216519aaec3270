// embed-host - loads a connector, signs in, lists what can be viewed, prints it.
//
//   embed-host PLUGIN-FOLDER TYPE [CONFIG-JSON [ACCOUNT [CA-FILE]]]
//
// The account's password comes from the environment variable PASSWORD. Status:
// 0 listed, 1 the connector or the system said no, 2 bad usage.
#include <cstdio>
#include <string>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/host/host.hpp>

namespace {

// Gets every exchange, log line and evidence record, free of secrets. A program
// with a duty to prove what happened writes them down.
class Printer final : public bb::host::Recorder {
 public:
  void exchange(const bb::host::HttpExchange& exchange) override {
    std::fprintf(stderr, "%s %s: %d\n", exchange.method.c_str(), exchange.url.c_str(), exchange.status);
  }
  void log(const bb::host::LogLine& line) override { std::fprintf(stderr, "log: %s\n", line.message.c_str()); }
  void evidence(const bb::host::EvidenceRecord&) override {}
};

int fail(const std::string& why) {
  std::fprintf(stderr, "embed-host: %s\n", why.c_str());
  return 1;
}

std::string describe(const bb::host::Reply& reply) {
  return bb::host::status_name(reply.status) + ": " + reply.error.message;
}

// Signs in where the connector has sessions and an account is given.
bb::Status sign_in(bb::host::Connector& connector, const std::string& account) {
  if (account.empty() || !connector.offers("bb.session/1")) return {};
  const auto arguments =
      bb::Value::object({{"method", "password"}, {"account", account}, {"secret_password", "password"}});
  const auto reply = connector.invoke({"bb.session/1", "open", arguments}, {.call_id = 1});
  if (reply.status != BB_OK) return bb::Error{"cannot sign in: " + describe(reply)};
  return {};
}

int list(bb::host::Connector& connector) {
  const auto reply = connector.invoke({"bb.view/1", "list"}, {.call_id = 2});
  if (reply.status != BB_OK) return fail("cannot list: " + describe(reply));
  for (const auto& item : *reply.emitted["items"].items())
    std::printf("%s\t%s\t%s\n", item["id"].string_or("").c_str(), item["kind"].string_or("").c_str(),
                item["title"].string_or("").c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() < 2 || words.size() > 5) {
    std::fputs("usage: embed-host PLUGIN-FOLDER TYPE [CONFIG-JSON [ACCOUNT [CA-FILE]]]\n", stderr);
    return 2;
  }
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
  const auto config = bb::parse_json(word(2).empty() ? "{}" : word(2));
  if (!config) return fail("the configuration is no JSON: " + config.error().what);

  const auto clock = bb::host::make_real_clock();
  bb::host::Redactor redactor;
  Printer printer;
  bb::host::Host host({.plugin_folders = {words[0]}, .version = "embed-host 1.0"});
  bb::host::InstanceOptions options;
  options.type_id = words[1];
  options.name = "portal/" + word(3);
  options.config = *config;
  options.secrets = {{"password", {.environment = "PASSWORD", .file = {}}}};
  options.http.ca_file = word(4);
  options.clock = clock.get();
  options.recorder = &printer;
  options.redactor = &redactor;
  const auto connector = host.create(options);
  if (!connector) return fail(connector.error().what);
  if (const auto signed_in = sign_in(**connector, word(3)); !signed_in) return fail(signed_in.error().what);
  return list(**connector);
}
