#include "pki/options.hpp"

#include <fmt/format.h>
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
      "where the folder can be had by HTTP, for revocation lists and issuers");
  add("without-cases", "leave the cases out, which take some seconds");
  add("list-cases", "explain the cases and end");
  add("help,h", "print this text and end");
  add("version", "print the version and end");
  return options;
}

std::string list_cases() {
  std::string text;
  for (const auto& row : all_cases()) text += fmt::format("{:<15}  {:<19}  {}\n", row.name, row.fault, row.explanation);
  return text;
}

}  // namespace

Result<CommandLine> read_command_line(int count, char** arguments) {
  const auto options = describe_options();
  BB_TRY(const auto given, programs::read_options(count, arguments, options));
  CommandLine line;
  if (given.count("help") > 0) {
    line.text = programs::help_text(introduction, options);
  } else if (given.count("version") > 0) {
    line.text = "bluebridge-pki " BB_PKI_VERSION "\n";
  } else if (given.count("list-cases") > 0) {
    line.text = list_cases();
  }
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
  return line;
}

}  // namespace bb::pki
