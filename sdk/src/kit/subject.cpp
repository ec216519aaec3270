#include "subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/core/yaml.hpp>

namespace bb::kit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view manifest_suffix = ".bbplugin.yaml";
constexpr std::uint64_t setup_bytes_max = 4 * 1024 * 1024;

// Reads connector-test.yaml and keeps every mistake on the way.
class SetupReader {
 public:
  SetupReader(Subject& subject, std::vector<Diagnostic>& diagnostics) : subject_(subject), diagnostics_(diagnostics) {}

  void read(const YamlNode& root) {
    if (!is_map(root, "connector-test.yaml")) return;
    known(root, {"connector-test", "except", "types"});
    if (const auto* format = root.find("connector-test"); !format || format->text != "1")
      mistake(format ? format->place : root.place, "'connector-test' must be 1, the format that this kit reads");
    if (const auto* except = root.find("except")) read_except(*except);
    const auto* types = root.find("types");
    if (!types || !is_map(*types, "'types'")) return;
    for (const auto& member : types->members) {
      const auto& offered = subject_.manifest.types;
      if (std::none_of(offered.begin(), offered.end(), [&](const auto& type) { return type.id == member.key; }))
        mistake(member.key_place, fmt::format("the manifest has no type '{}'", member.key));
      if (is_map(member.value, "a type")) read_type(member.value, subject_.types[member.key]);
    }
  }

 private:
  void mistake(const Place& place, std::string message) {
    diagnostics_.push_back({Severity::error, place, std::move(message), ""});
  }
  bool is_map(const YamlNode& node, std::string_view what) {
    if (!node.is_map()) mistake(node.place, fmt::format("{} must be a map", what));
    return node.is_map();
  }
  bool is_list(const YamlNode& node, std::string_view what) {
    if (!node.is_list()) mistake(node.place, fmt::format("{} must be a list", what));
    return node.is_list();
  }
  void known(const YamlNode& map, const std::vector<std::string>& keys) {
    for (const auto& member : map.members) {
      if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) continue;
      const auto near = nearest(member.key, keys);
      mistake(member.key_place,
              fmt::format("unknown key '{}'; {}", member.key,
                          near ? fmt::format("did you mean '{}'?", *near) : "known here: " + join(keys, ", ")));
    }
  }
  void text(const YamlNode& map, std::string_view key, std::string& out) {
    const auto* node = map.find(key);
    if (!node) return;
    if (!node->is_scalar()) return mistake(node->place, fmt::format("'{}' must be text", key));
    out = node->text;
  }

  void read_except(const YamlNode& list) {
    if (!is_list(list, "'except'")) return;
    const auto all = checks();
    for (const auto& item : list.items) {
      if (!is_map(item, "an exception")) continue;
      known(item, {"check", "reason"});
      std::string check, reason;
      text(item, "check", check);
      text(item, "reason", reason);
      if (std::none_of(all.begin(), all.end(), [&](const CheckInfo& info) { return info.id == check; }))
        mistake(item.place, fmt::format("there is no check '{}'; see 'bluebridge connector test --list'", check));
      if (trim(reason).empty()) mistake(item.place, "an exception needs a reason");
      subject_.excuses[check] = reason;
    }
  }

  void read_type(const YamlNode& node, TypeSetup& type) {
    known(node, {"config", "method", "account", "acting_for", "patient", "destination", "callback", "answers", "clock",
                 "trust", "peer", "streams"});
    if (const auto* config = node.find("config")) type.config = bb::to_value(*config);
    text(node, "method", type.method);
    text(node, "account", type.account);
    text(node, "acting_for", type.acting_for);
    text(node, "patient", type.patient);
    text(node, "callback", type.callback);
    if (const auto* destination = node.find("destination"); destination && is_map(*destination, "'destination'")) {
      known(*destination, {"scheme", "address"});
      text(*destination, "scheme", type.destination_scheme);
      text(*destination, "address", type.destination_address);
    }
    if (const auto* answers = node.find("answers"); answers && is_map(*answers, "'answers'"))
      for (const auto& member : answers->members) type.answers.emplace_back(member.key, read_answer(*answers, member));
    if (const auto* clock = node.find("clock")) {
      type.clock_unix_ns = parse_time(clock->text);
      if (!type.clock_unix_ns) mistake(clock->place, "'clock' must be a date or an RFC 3339 time");
    }
    if (const auto* trust = node.find("trust"); trust && is_map(*trust, "'trust'")) read_trust(*trust, type.trust);
    if (const auto* peer = node.find("peer"); peer && is_list(*peer, "'peer'"))
      for (const auto& rule : peer->items)
        if (is_map(rule, "an answer of the peer")) type.peer.push_back(read_rule(rule));
    if (const auto* streams = node.find("streams"); streams && is_list(*streams, "'streams'"))
      for (const auto& stream : streams->items)
        if (is_map(stream, "a peer of streams")) type.streams.push_back(read_stream_peer(stream));
  }

  GivenAnswer read_answer(const YamlNode& answers, const YamlMember& member) {
    GivenAnswer answer;
    if (!member.value.is_map()) {
      text(answers, member.key, answer.text);
      return answer;
    }
    known(member.value, {"content", "media_type", "filename"});
    text(member.value, "content", answer.content);
    text(member.value, "media_type", answer.media_type);
    text(member.value, "filename", answer.filename);
    if (answer.content.empty()) mistake(member.value.place, "a file that is handed over needs 'content'");
    return answer;
  }

  void read_trust(const YamlNode& node, TypeSetup::Trust& trust) {
    known(node, {"address", "use", "good", "bad"});
    text(node, "address", trust.address);
    text(node, "use", trust.use);
    if (trust.address.empty()) mistake(node.place, "'trust' needs 'address', whom the certificates are for");
    certificate(node, "good", trust.good);
    const auto* bad = node.find("bad");
    if (!bad || !is_map(*bad, "'bad'")) return;
    known(*bad, {std::begin(trust_defects), std::end(trust_defects)});
    for (const auto& member : bad->members) certificate(*bad, member.key, trust.bad[member.key]);
  }

  void certificate(const YamlNode& map, std::string_view key, std::string& out) {
    const auto* node = map.find(key);
    if (!node) return;
    if (auto der = certificate_der(node->text))
      out = *std::move(der);
    else
      mistake(node->place, fmt::format("'{}' must be one certificate, PEM or base64 of DER", key));
  }

  void flag(const YamlNode& map, std::string_view key, bool& out) {
    const auto* node = map.find(key);
    if (!node) return;
    const auto value = bb::to_value(*node);
    const bool* const given = value.boolean();
    if (!given) return mistake(node->place, fmt::format("'{}' must be true or false", key));
    out = *given;
  }

  StreamPeer read_stream_peer(const YamlNode& node) {
    StreamPeer peer;
    known(node, {"open", "greeting", "certificates", "untrusted", "silent", "answers"});
    text(node, "open", peer.open);
    text(node, "greeting", peer.greeting);
    flag(node, "untrusted", peer.is_untrusted);
    flag(node, "silent", peer.is_silent);
    if (const auto* list = node.find("certificates"); list && is_list(*list, "'certificates'"))
      for (const auto& item : list->items) {
        if (auto der = certificate_der(item.text))
          peer.certificates.push_back(*std::move(der));
        else
          mistake(item.place, "a certificate of 'certificates' must be PEM or base64 of DER");
      }
    if (const auto* list = node.find("answers"); list && is_list(*list, "'answers'"))
      for (const auto& item : list->items)
        if (is_map(item, "an answer of a stream's peer")) peer.answers.push_back(read_speech(item));
    return peer;
  }

  StreamPeer::Answer read_speech(const YamlNode& node) {
    StreamPeer::Answer answer;
    known(node, {"request", "over", "answer", "hex", "closes"});
    text(node, "request", answer.request);
    flag(node, "closes", answer.is_last);
    if (const auto* over = node.find("over")) {
      if (over->text != "plain" && over->text != "tls") mistake(over->place, "'over' must be plain or tls");
      answer.is_over_tls = over->text == "tls";
    }
    const auto* const hex = node.find("hex");
    const auto* const said = hex ? hex : node.find("answer");
    if (!said || !said->is_scalar() || (hex && node.find("answer"))) {
      mistake(node.place, "an answer of a stream's peer needs 'answer', a text, or 'hex', bytes in hexadecimal");
      return answer;
    }
    if (auto speech = parse_speech(said->text, hex ? SpeechForm::hexadecimal : SpeechForm::text))
      answer.speech = *std::move(speech);
    else
      mistake(said->place, "'hex' takes pairs of hexadecimal digits, spaces, {word} and places such as {0:2}");
    return answer;
  }

  PeerRule read_rule(const YamlNode& node) {
    PeerRule rule;
    known(node, {"request", "when", "body", "status", "headers", "answer", "json", "page"});
    text(node, "request", rule.request);
    text(node, "body", rule.body);
    text(node, "answer", rule.answer);
    if (const auto* when = node.find("when"); when && is_map(*when, "'when'"))
      for (const auto& member : when->members) rule.when[to_lower(member.key)] = member.value.text;
    if (const auto* status = node.find("status")) {
      const auto number = bb::to_value(*status).integer_or(0);
      if (number < 100 || number > 599) mistake(status->place, "'status' must be a number from 100 to 599");
      rule.status = static_cast<int>(number);
    }
    if (const auto* headers = node.find("headers"); headers && is_map(*headers, "'headers'"))
      for (const auto& member : headers->members) rule.headers.emplace_back(member.key, member.value.text);
    const auto has_type = std::any_of(rule.headers.begin(), rule.headers.end(),
                                      [](const auto& field) { return iequals(field.first, "content-type"); });
    if (const auto* json = node.find("json")) rule.answer = to_json(bb::to_value(*json));
    if (const auto* page = node.find("page"); page && is_map(*page, "'page'")) rule.page = read_page(*page);
    if (!has_type && (node.find("json") || rule.page)) rule.headers.emplace_back("content-type", "application/json");
    return rule;
  }

  PeerRule::Page read_page(const YamlNode& node) {
    PeerRule::Page page;
    known(node, {"member", "items", "limit", "cursor", "next", "time", "from", "until"});
    text(node, "member", page.member);
    text(node, "limit", page.limit);
    text(node, "cursor", page.cursor);
    text(node, "next", page.next);
    text(node, "time", page.time);
    text(node, "from", page.from);
    text(node, "until", page.until);
    const auto* items = node.find("items");
    if (page.member.empty() || !items || !items->is_list())
      mistake(node.place, "'page' needs 'member', the name of the list in the answer, and 'items', the list");
    else
      page.items = bb::to_value(*items);
    return page;
  }

  Subject& subject_;
  std::vector<Diagnostic>& diagnostics_;
};

// The manifest beside a library that names it.
Result<host::Manifest> manifest_of(const fs::path& library) {
  std::error_code failed;
  const auto folder = library.has_parent_path() ? library.parent_path() : fs::path(".");
  std::vector<fs::path> files;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
    if (it->path().filename().string().ends_with(manifest_suffix)) files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    auto manifest = host::read_manifest(file);
    if (manifest && fs::equivalent(manifest->library, library, failed)) return manifest;
  }
  return Error{
      fmt::format("no manifest (*{}) beside {} names it; every connector has one", manifest_suffix, library.string())};
}

fs::path find_setup(const host::Manifest& manifest) {
  const auto name = manifest.file.filename().string();
  const auto stem = name.ends_with(manifest_suffix) ? name.substr(0, name.size() - manifest_suffix.size()) : name;
  std::error_code ignored;
  for (const auto& candidate : {stem + ".connector-test.yaml", std::string("connector-test.yaml")})
    if (const auto file = manifest.file.parent_path() / candidate; fs::is_regular_file(file, ignored)) return file;
  return {};
}

}  // namespace

const TypeSetup& Subject::setup_of(const std::string& type_id) const {
  static const TypeSetup none;
  const auto found = types.find(type_id);
  return found == types.end() ? none : found->second;
}

Status read_setup(const fs::path& file, Subject& subject) {
  BB_TRY(auto text, read_text(file, setup_bytes_max));
  Yaml yaml = parse_yaml(std::make_shared<const Source>(Source{file.string(), std::move(text)}));
  if (yaml.root) SetupReader(subject, yaml.diagnostics).read(*yaml.root);
  if (yaml.root && !has_errors(yaml.diagnostics)) return {};
  auto what = render(std::move(yaml.diagnostics));
  while (what.ends_with('\n')) what.pop_back();
  return Error{what};
}

Result<std::shared_ptr<const Subject>> read_subject(const fs::path& path, const fs::path& setup) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return Error{fmt::format("{} is no file", path.string())};
  auto subject = std::make_shared<Subject>();
  if (path.filename().string().ends_with(".yaml")) {
    BB_TRY(subject->manifest, host::read_manifest(path));
  } else {
    BB_TRY(subject->manifest, manifest_of(path));
  }
  if (auto bytes = read_text(subject->manifest.library))
    subject->sha256 = sha256_hex(*bytes);
  else
    subject->unreadable = bytes.error().what;
  subject->setup_file = setup.empty() ? find_setup(subject->manifest) : setup;
  if (!subject->setup_file.empty()) BB_CHECK(read_setup(subject->setup_file, *subject));
  return std::shared_ptr<const Subject>(std::move(subject));
}

}  // namespace bb::kit
