#include "pki/options.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/direct/address.hpp>

#include "programs/options.hpp"

namespace bb::pki {
namespace {

namespace po = boost::program_options;

constexpr const char* introduction =
    "bluebridge-pki - makes certificates for tests of Direct: right ones, and one for each fault\n\n"
    "Keys lie unprotected in the folder: never for anything real. What each file is, and what is wrong\n"
    "with each case, says cases.json and --list-cases.\n\n"
    "Example: bluebridge-pki --out pki --address bob@direct.example.org --domain direct.example.com\n\n";

po::options_description describe_options() {
  po::options_description options("Options");
  auto add = options.add_options();
  add("out", po::value<std::string>()->value_name("DIR"), "the folder; it is made");
  add("address", po::value<std::vector<std::string>>()->value_name("ADDRESS"),
      "a Direct address to certify; the cases are of the first");
  add("domain", po::value<std::vector<std::string>>()->value_name("NAME"), "a domain to certify");
  add("base-url", po::value<std::string>()->value_name("URL"),
      "where the folder's www can be had by HTTP, for revocation lists and issuers");
  add("discovery", po::value<std::string>()->value_name("DOMAIN"),
      "what tests of certificate discovery publish below that domain; it needs --base-url");
  add("server", po::value<std::string>()->default_value(DiscoveryOptions{}.server)->value_name("ADDRESS"),
      "with --discovery: where its servers are");
  add("directory-port", po::value<std::vector<int>>()->value_name("N"),
      "with --discovery, twice: of the directories; 10389 and 11389 unless told");
  add("dead-port", po::value<int>()->default_value(DiscoveryOptions{}.dead_port)->value_name("N"),
      "with --discovery: a port where nothing listens");
  add("case", po::value<std::vector<std::string>>()->value_name("NAME"), "make this case alone, and others named so");
  add("without-cases", "leave the cases out, which take some seconds");
  add("list-cases", "explain the cases and end");
  programs::add_common_options(options);
  return options;
}

std::string list_cases() {
  std::string text;
  for (const auto& row : all_cases()) text += fmt::format("{:<15}  {:<19}  {}\n", row.name, row.fault, row.explanation);
  return text;
}

Result<std::vector<std::string>> read_cases(const po::variables_map& given) {
  if (given.count("case") == 0) return std::vector<std::string>();
  if (given.count("without-cases") > 0) return Error{"--case and --without-cases exclude each other"};
  if (given.count("address") == 0) return Error{"--case needs --address: the cases are of the first"};
  const auto& names = given["case"].as<std::vector<std::string>>();
  for (const auto& name : names) {
    const auto is_it = [&](const Case& row) { return row.name == name; };
    if (std::none_of(all_cases().begin(), all_cases().end(), is_it))
      return Error{fmt::format("--case: there is no '{}', see --list-cases", shorten(name, 80))};
  }
  return names;
}

Result<std::uint16_t> read_port(const std::string& option, int port) {
  if (port < 1 || port > 65535) return Error{fmt::format("--{} must be 1 to 65535, got {}", option, port)};
  return static_cast<std::uint16_t>(port);
}

Result<std::optional<DiscoveryOptions>> read_discovery(const po::variables_map& given) {
  if (given.count("discovery") == 0) {
    for (const auto* name : {"server", "directory-port", "dead-port"})
      if (given.count(name) > 0 && !given[name].defaulted())
        return Error{fmt::format("--{} goes with --discovery only", name)};
    return std::optional<DiscoveryOptions>();
  }
  if (given.count("base-url") == 0)
    return Error{"--discovery needs --base-url: where its revocation lists and issuers can be had"};
  DiscoveryOptions discovery;
  discovery.domain = to_lower(given["discovery"].as<std::string>());
  if (const auto read = direct::read_address("x@" + discovery.domain); !read)
    return Error{"--discovery: " + read.error().what};
  discovery.server = given["server"].as<std::string>();
  if (in_addr address{}; inet_pton(AF_INET, discovery.server.c_str(), &address) != 1)
    return Error{"--server must be an IPv4 address, got '" + shorten(discovery.server, 80) + "'"};
  BB_TRY(discovery.dead_port, read_port("dead-port", given["dead-port"].as<int>()));
  if (given.count("directory-port") == 0) return std::optional(std::move(discovery));
  const auto& ports = given["directory-port"].as<std::vector<int>>();
  if (ports.size() != discovery.directory_ports.size())
    return Error{fmt::format("--directory-port has to be given twice, got {}", ports.size())};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    BB_TRY(discovery.directory_ports[i], read_port("directory-port", ports[i]));
  }
  return std::optional(std::move(discovery));
}

}  // namespace

Result<CommandLine> read_command_line(int count, char** arguments) {
  const auto options = describe_options();
  BB_TRY(const auto given, programs::read_options(count, arguments, options));
  CommandLine line;
  line.text = programs::common_text(introduction, options, given);
  if (line.text.empty() && given.count("list-cases") > 0) line.text = list_cases();
  if (!line.text.empty()) return line;

  auto& pki = line.pki;
  if (given.count("out") == 0) return Error{"--out is missing: the folder to write to"};
  pki.folder = given["out"].as<std::string>();
  if (given.count("address") > 0) pki.addresses = given["address"].as<std::vector<std::string>>();
  if (given.count("domain") > 0) pki.domains = given["domain"].as<std::vector<std::string>>();
  for (const auto& address : pki.addresses)
    if (const auto read = direct::read_address(address); !read)
      return Error{"--address: " + read.error().what};
    else if (address.find('/') != std::string::npos)
      return Error{"--address: '" + address + "' cannot be the name of a file"};
  // A name that is no address's domain would be none of a file either.
  for (const auto& domain : pki.domains)
    if (const auto read = direct::read_address("x@" + domain); !read) return Error{"--domain: " + read.error().what};
  if (given.count("base-url") > 0) pki.base_url = given["base-url"].as<std::string>();
  while (pki.base_url.ends_with('/')) pki.base_url.pop_back();
  pki.has_cases = given.count("without-cases") == 0;
  BB_TRY(pki.only_cases, read_cases(given));
  BB_TRY(pki.discovery, read_discovery(given));
  return line;
}

}  // namespace bb::pki
