// Looks for certificates, for scripts that publish them on real servers:
//
//   discovery_tool discover FOLDER < QUESTIONS a line of JSON each; FOLDER has the anchors as NAME.crt
//   discovery_tool ask TYPE < QUESTIONS       the records of each name, as dig +short has them
//
// QUESTIONS is JSON: {dns: PORT, anchors: [NAME], addresses: [TEXT], everywhere, seed}.
#include <cstdio>
#include <ctime>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/direct/discovery.hpp>

#include "portal/http_fetcher.hpp"
#include "sockets/sockets.hpp"

namespace {

using namespace bb::direct;
using bb::Value;

template <class T>
T or_end(bb::Result<T> result) {
  if (result) return std::move(result).value();
  std::cerr << result.error().what << '\n';
  std::exit(1);
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < list.size(); ++i) all.push_back(list[i].string_or(""));
  return all;
}

Value of(const Candidate& candidate) {
  auto faults = Value::array();
  for (const auto& fault : candidate.verdict.faults) faults.push(word_of(fault.fault));
  return Value::object({{"sha256", candidate.certificate ? candidate.certificate->fingerprint() : ""},
                        {"source", candidate.source},
                        {"unread", candidate.why_unread},
                        {"faults", faults},
                        {"is_used", candidate.is_used}});
}

Value of(const DiscoveryStep& step) {
  auto candidates = Value::array();
  for (const auto& candidate : step.candidates) candidates.push(of(candidate));
  return Value::object({{"kind", word_of(step.kind)},
                        {"place", step.place ? word_of(*step.place) : ""},
                        {"asked", step.asked},
                        {"server", step.server},
                        {"found", step.found},
                        {"problem", step.problem},
                        {"is_over_tcp", step.is_over_tcp},
                        {"notes", Value::strings(step.notes)},
                        {"candidates", candidates}});
}

Value of(const std::string& address, const Discovery& discovery) {
  auto certificates = Value::array();
  for (const auto& certificate : discovery.certificates) certificates.push(certificate.fingerprint());
  auto steps = Value::array();
  for (const auto& step : discovery.steps) steps.push(of(step));
  auto hosting = Value::object();
  for (const auto& one : hosting_cases(discovery)) hosting.set(one.id, one.is_met ? "met" : one.why);
  return Value::object({{"address", address},
                        {"certificates", certificates},
                        {"place", discovery.place ? word_of(*discovery.place) : ""},
                        {"steps", steps},
                        {"hosting", hosting}});
}

DnsOptions dns_options(const Value& questions, bb::RepeatableBytes& bytes) {
  DnsOptions options;
  options.server.host = "127.0.0.1";
  options.server.port = static_cast<std::uint16_t>(questions["dns"].integer_or(0));
  options.edns_bytes = static_cast<std::uint16_t>(questions["edns_bytes"].integer_or(0));
  options.random = [&](std::size_t count) { return bytes.next(count); };
  return options;
}

const std::map<std::string, DnsType> types{
    {"A", DnsType::a}, {"AAAA", DnsType::aaaa}, {"MX", DnsType::mx}, {"SRV", DnsType::srv}};

void ask(const std::string& type, const Value& questions) {
  bb::sockets::Sockets sockets;
  bb::RepeatableBytes bytes("1");
  Resolver resolver(sockets, dns_options(questions, bytes));
  for (const auto& name : texts(questions["names"]))
    for (const auto& record : or_end(resolver.ask(name, types.at(type))).records) {
      if (type == "MX") std::cout << record.preference << ' ';
      if (type == "SRV") std::cout << record.preference << ' ' << record.weight << ' ' << record.port << ' ';
      std::cout << record.host << (type == "MX" || type == "SRV" ? ".\n" : "\n");
    }
}

void look(const std::string& folder, const Value& questions) {
  bb::sockets::Sockets sockets({.wait_ms_max = 5000});
  bb::portal::HttpFetcher pages;
  bb::RepeatableBytes bytes(questions["seed"].string_or("1"));
  DiscoveryOptions options;
  options.dns = dns_options(questions, bytes);
  options.extent = questions["everywhere"].boolean_or(false) ? Extent::everywhere : Extent::until_found;
  options.trust.at = static_cast<std::int64_t>(std::time(nullptr));
  options.trust.fetcher = &pages;
  for (const auto& name : texts(questions["anchors"]))
    options.trust.anchors.push_back(or_end(Certificate::read(or_end(bb::read_text(folder + "/" + name + ".crt")))));
  for (const auto& text : texts(questions["addresses"])) {
    const auto address = or_end(read_address(text));
    std::cout << bb::to_json(of(text, discover(address, KeyUse::encrypt, sockets, options))) << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() != 2) return 2;
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto input = or_end(bb::parse_json(text));
  if (words[0] == "ask")
    ask(words[1], input);
  else
    look(words[1], input);
  return 0;
}
