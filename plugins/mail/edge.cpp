#include "edge.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "probe_arguments.hpp"
#include "streams/host_connections.hpp"

namespace bb::mail {
namespace {

using direct::MailProtocol;

constexpr std::size_t commands_max = 100;
constexpr std::array<std::pair<std::string_view, MailProtocol>, 3> protocols{
    {{"smtp", MailProtocol::smtp}, {"imap", MailProtocol::imap}, {"pop3", MailProtocol::pop3}}};

// What stands for itself in a suite and is put in here, so that no evidence has it.
struct Words {
  std::string user, password, wrong;

  // RFC 4616.
  std::string plain(const std::string& with) const {
    return base64_encode(std::string("\0", 1) + user + std::string("\0", 1) + with);
  }
  static bool has_password(std::string_view command) {
    return command.find("{password}") != std::string_view::npos || command.find("{plain}") != std::string_view::npos;
  }
  std::string put_into(std::string command) const {
    command = replace_all(std::move(command), "{user}", user);
    command = replace_all(std::move(command), "{password}", password);
    command = replace_all(std::move(command), "{wrong-password}", wrong);
    command = replace_all(std::move(command), "{plain}", plain(password));
    return replace_all(std::move(command), "{wrong-plain}", plain(wrong));
  }
};

Value value_of(const direct::CommandAnswer& answer) {
  return Value::object(
      {{"word", answer.word}, {"is_positive", answer.is_positive}, {"lines", Value::strings(answer.lines)}});
}

std::vector<std::string> commands_of(const Value& given, std::string_view probe) {
  const auto* const list = given["commands"].items();
  std::vector<std::string> commands;
  if (list != nullptr)
    for (const auto& one : *list) commands.push_back(one.string_or(""));
  if (commands.empty() || commands.size() > commands_max)
    throw Failure{BB_E_INVALID_ARGUMENT, std::string(probe) + ": 'commands' is a list of 1 to 100 texts"};
  return commands;
}

}  // namespace

MailEdge::MailEdge(const Context& context)
    : streams_(context.require<Streams>()),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()),
      random_(context.require<Random>()) {
  for (const auto& [name, protocol] : protocols) {
    const auto at = "/" + std::string(name);
    if (context.config_if(at + "/host"))
      servers_.emplace(std::string(name) + "-commands", Server{protocol, plugins::read_server(context, at)});
  }
}

void MailEdge::list_probes(Call&, Probes& out) {
  for (const auto& [name, server] : servers_) out.emit(name, "Says commands and tells the answers");
}

void MailEdge::run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) {
  call.check();
  const auto found = servers_.find(name);
  if (found == servers_.end())
    throw Failure{BB_E_NOT_FOUND,
                  "there is no probe '" + shorten(std::string(name), 60) + "'; is its server configured?"};
  const auto given = plugins::parse_arguments(arguments);
  const auto commands = commands_of(given, name);
  const auto server = found->second.config.with_password(call, secret_);
  const Words words{server.user, server.password, "wrong-" + to_hex(random_.bytes(8))};

  plugins::HostConnections connections(streams_, call);
  auto opened = direct::CommandLine::open(connections, server, found->second.protocol);
  if (!opened) throw Failure{plugins::status_of(connections.trouble()), std::string(name) + ": " + opened.error().what};
  auto& line = **opened;
  const auto broken = [&](const Error& error) {
    const auto trouble = line.trouble();
    return Failure{trouble == direct::Trouble::none ? BB_E_PROTOCOL : plugins::status_of(trouble),
                   std::string(name) + ": " + error.what};
  };
  auto greeting = line.greeting();
  if (!greeting) throw broken(greeting.error());
  auto result = Value::object({{"greeting", value_of(*greeting)}});
  auto answers = Value::array();
  bool is_closed = false;
  for (const auto& command : commands) {
    if (Words::has_password(command) && !line.is_protected()) {
      result.set("stopped", "a password is not sent without TLS: " + command);
      break;
    }
    auto answer = line.ask(words.put_into(command));
    if (!answer && line.trouble() != direct::Trouble::unavailable) throw broken(answer.error());
    is_closed = !answer;
    if (is_closed) break;  // what was not answered has no entry
    auto value = value_of(*answer);
    value.set("sent", command);
    answers.push(std::move(value));
  }
  result.set("answers", std::move(answers));
  if (!is_closed && given["until_closed"].boolean_or(false)) {
    const auto began_ns = clock_.now_unix_ns();
    const auto waited = line.waits_for_close();
    if (!waited) throw broken(waited.error());
    is_closed = *waited;
    result.set("waited_seconds", (clock_.now_unix_ns() - began_ns) / ns_per_second);
  }
  result.set("is_closed", is_closed);
  result.set("is_protected", line.is_protected());
  const auto text = to_json(result);
  out.head({.id = name, .kind = "probe", .media_type = "application/json", .size = text.size()});
  out.write(text);
}

}  // namespace bb::mail
