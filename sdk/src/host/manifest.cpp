#include <algorithm>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/yaml.hpp>
#include <bb/host/manifest.hpp>

namespace bb::host {
namespace {

constexpr std::uint64_t manifest_bytes_max = 1024 * 1024;
constexpr std::size_t sha256_digits = 64;
#if defined(__aarch64__)
constexpr std::string_view platform = "linux-aarch64";
#else
constexpr std::string_view platform = "linux-x86_64";
#endif

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// "com.example.portal": at least two parts, each a word.
bool is_reverse_dns(std::string_view id) {
  const auto parts = split(id, '.');
  return parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), is_word_character);
         });
}

// "bb.view/1", "bb.host.http/1".
bool is_interface_id(std::string_view id) {
  const std::size_t slash = id.rfind('/');
  return slash != std::string_view::npos && is_reverse_dns(id.substr(0, slash)) && slash + 1 < id.size() &&
         std::all_of(id.begin() + static_cast<std::ptrdiff_t>(slash) + 1, id.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool is_semantic_version(std::string_view version) {
  const auto core = split(version.substr(0, version.find_first_of("-+")), '.');
  return core.size() == 3 && std::all_of(core.begin(), core.end(), [](const std::string& part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
         });
}

bool is_sha256(std::string_view text) {
  return text.size() == sha256_digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string in_quotes(std::string_view text) { return "'" + shorten(text, 80) + "'"; }

std::string_view kind_name(const YamlNode& node) {
  if (node.is_map()) return "a map";
  return node.is_list() ? "a list" : "text";
}

// Reads one manifest and keeps every mistake on the way.
class ManifestReader {
 public:
  ManifestReader(const std::filesystem::path& file, std::vector<Diagnostic>& diagnostics)
      : diagnostics_(diagnostics), folder_(file.parent_path()) {
    manifest_.file = file;
  }

  Manifest read(const YamlNode& root) {
    if (!expect_map(root, "a manifest")) return manifest_;
    check_keys(root, "a manifest",
               {"bbplugin", "id", "version", "library", "sha256", "abi", "links", "types", "grants", "isolation"});
    if (const YamlNode* const format = require(root, "bbplugin"); format && format->text != "1")
      mistake(format->place, "unknown manifest format " + in_quotes(format->text), "this host reads format 1");
    if (const YamlNode* const id = require(root, "id"); id && expect_text(*id, "id")) {
      manifest_.id = id->text;
      if (!is_reverse_dns(id->text))
        mistake(id->place, in_quotes(id->text) + " is no library id", "expected reverse DNS, as com.example.portal");
    }
    if (const YamlNode* const version = require(root, "version"); version && expect_text(*version, "version")) {
      manifest_.version = version->text;
      if (!is_semantic_version(version->text))
        mistake(version->place, in_quotes(version->text) + " is no version", "expected three numbers, as 1.4.0");
    }
    if (const YamlNode* const library = require(root, "library")) read_library(*library);
    if (const YamlNode* const sha256 = root.find("sha256")) read_sha256(*sha256);
    if (const YamlNode* const abi = require(root, "abi")) read_abi(*abi);
    if (const YamlNode* const links = root.find("links")) manifest_.links = texts(*links, "links");
    if (const YamlNode* const types = require(root, "types")) read_types(*types);
    if (const YamlNode* const grants = root.find("grants")) read_grants(*grants);
    if (const YamlNode* const isolation = root.find("isolation"); isolation && expect_text(*isolation, "isolation")) {
      manifest_.isolation = isolation->text;
      expect_word(*isolation, "isolation", {"process", "in-process"});
    }
    return manifest_;
  }

 private:
  void mistake(const Place& place, std::string message, std::string note) {
    diagnostics_.push_back({Severity::error, place, std::move(message), std::move(note)});
  }

  bool expect_map(const YamlNode& node, std::string_view what) {
    if (node.is_map()) return true;
    mistake(node.place, std::string(what) + " must be a map, not " + std::string(kind_name(node)), "");
    return false;
  }

  bool expect_list(const YamlNode& node, std::string_view what) {
    if (node.is_list()) return true;
    mistake(node.place, in_quotes(what) + " must be a list, not " + std::string(kind_name(node)), "");
    return false;
  }

  bool expect_text(const YamlNode& node, std::string_view what) {
    if (node.is_scalar() && !node.text.empty()) return true;
    mistake(node.place,
            in_quotes(what) + " must be text, not " + std::string(node.is_scalar() ? "empty" : kind_name(node)), "");
    return false;
  }

  void expect_word(const YamlNode& node, std::string_view what, const std::vector<std::string>& words) {
    if (std::find(words.begin(), words.end(), node.text) != words.end()) return;
    mistake(node.place, "unknown " + std::string(what) + " " + in_quotes(node.text), suggest(node.text, words));
  }

  static std::string suggest(std::string_view word, const std::vector<std::string>& known) {
    const auto near = nearest(word, known);
    return (near ? "did you mean " + in_quotes(*near) + "? " : std::string()) + "known here: " + join(known, ", ");
  }

  void check_keys(const YamlNode& map, std::string_view what, const std::vector<std::string>& known) {
    for (const YamlMember& member : map.members)
      if (std::find(known.begin(), known.end(), member.key) == known.end())
        mistake(member.key_place, "unknown key " + in_quotes(member.key) + " of " + std::string(what),
                suggest(member.key, known));
  }

  const YamlNode* require(const YamlNode& map, std::string_view key) {
    const YamlNode* const value = map.find(key);
    if (!value) mistake(map.place, "missing key " + in_quotes(key), "");
    return value;
  }

  std::vector<std::string> texts(const YamlNode& list, std::string_view what) {
    std::vector<std::string> found;
    if (!expect_list(list, what)) return found;
    for (const YamlNode& item : list.items)
      if (expect_text(item, what)) found.push_back(item.text);
    return found;
  }

  std::vector<std::string> interfaces(const YamlNode& list, std::string_view what) {
    std::vector<std::string> found = texts(list, what);
    for (const YamlNode& item : list.items)
      if (item.is_scalar() && !item.text.empty() && !is_interface_id(item.text))
        mistake(item.place, in_quotes(item.text) + " is no interface id",
                "expected a name and a revision, as bb.view/1");
    return found;
  }

  // The entry of a {platform: text} map for this platform.
  const YamlNode* for_platform(const YamlNode& map, std::string_view what) {
    if (!expect_map(map, in_quotes(what))) return nullptr;
    check_keys(map, in_quotes(what), {"linux-x86_64", "linux-aarch64"});
    const YamlNode* const mine = map.find(platform);
    return mine && expect_text(*mine, what) ? mine : nullptr;
  }

  void read_library(const YamlNode& library) {
    if (library.is_map() && !library.find(platform)) {
      check_keys(library, "'library'", {"linux-x86_64", "linux-aarch64"});
      mistake(library.place, "no library for this platform, " + std::string(platform),
              "add " + in_quotes(std::string(platform) + ": FILE.so"));
      return;
    }
    const YamlNode* const mine = for_platform(library, "library");
    if (mine) manifest_.library = (folder_ / mine->text).lexically_normal();
  }

  void read_sha256(const YamlNode& sha256) {
    const YamlNode* const mine = for_platform(sha256, "sha256");
    if (!mine) return;
    manifest_.sha256 = mine->text;
    if (!is_sha256(mine->text))
      mistake(mine->place, in_quotes(mine->text) + " is no SHA-256",
              "expected 64 lower-case hex digits, got " + std::to_string(mine->text.size()) + " characters");
  }

  void read_abi(const YamlNode& abi) {
    if (!expect_map(abi, "'abi'")) return;
    check_keys(abi, "'abi'", {"major", "minor", "min_host_minor"});
    read_number(abi, "major", manifest_.abi_major);
    read_number(abi, "minor", manifest_.abi_minor);
    read_number(abi, "min_host_minor", manifest_.min_host_minor);
    const YamlNode* const needed = abi.find("min_host_minor");
    if (needed && manifest_.min_host_minor > manifest_.abi_minor)
      mistake(needed->place,
              "min_host_minor " + std::to_string(manifest_.min_host_minor) + " is above the library's own minor " +
                  std::to_string(manifest_.abi_minor),
              "a library cannot need a newer host than the headers it was built with");
  }

  void read_number(const YamlNode& map, std::string_view key, std::uint32_t& number) {
    const YamlNode* const node = require(map, key);
    if (!node) return;
    constexpr std::int64_t number_max = 65'535;
    const Value value = node->is_scalar() && !node->is_quoted ? to_value(*node) : Value();
    const std::int64_t* const integer = value.integer();
    if (integer && *integer >= 0 && *integer <= number_max) {
      number = static_cast<std::uint32_t>(*integer);
      return;
    }
    mistake(node->place,
            in_quotes(key) + " must be a whole number from 0 to 65535, got " +
                (node->is_scalar() ? in_quotes(node->text) : std::string(kind_name(*node))),
            "");
  }

  void read_types(const YamlNode& types) {
    if (!expect_list(types, "types")) return;
    if (types.items.empty()) mistake(types.place, "'types' is empty", "a library offers at least one connector type");
    std::set<std::string> seen;
    for (const YamlNode& item : types.items) {
      if (!expect_map(item, "a type")) continue;
      check_keys(item, "a type", {"id", "interfaces", "network"});
      ManifestType type;
      if (const YamlNode* const id = require(item, "id"); id && expect_text(*id, "id")) {
        type.id = id->text;
        check_type_id(*id);
        if (!seen.insert(id->text).second) mistake(id->place, "type id " + in_quotes(id->text) + " is given twice", "");
      }
      if (const YamlNode* const offered = require(item, "interfaces"))
        type.interfaces = interfaces(*offered, "interfaces");
      if (const YamlNode* const network = item.find("network"); network && expect_text(*network, "network")) {
        expect_word(*network, "network", {"host", "own"});
        type.network = network->text == "own" ? Network::own : Network::host;
      }
      manifest_.types.push_back(std::move(type));
    }
  }

  void check_type_id(const YamlNode& id) {
    if (manifest_.id.empty() || id.text == manifest_.id || id.text.starts_with(manifest_.id + ".")) return;
    mistake(id.place, "type id " + in_quotes(id.text) + " does not belong to library " + in_quotes(manifest_.id),
            "expected " + in_quotes(manifest_.id) + " or " + in_quotes(manifest_.id + ".") + " and more");
  }

  void read_grants(const YamlNode& grants) {
    if (!expect_map(grants, "'grants'")) return;
    check_keys(grants, "'grants'", {"host", "network", "secrets", "algorithms"});
    if (const YamlNode* const host = grants.find("host")) manifest_.host_grants = interfaces(*host, "host");
    if (const YamlNode* const secrets = grants.find("secrets")) texts(*secrets, "secrets");
    if (const YamlNode* const algorithms = grants.find("algorithms")) read_algorithms(*algorithms);
    const YamlNode* const network = grants.find("network");
    if (!network || !expect_list(*network, "network")) return;
    for (const YamlNode& peer : network->items) {
      if (!expect_map(peer, "a network grant")) continue;
      check_keys(peer, "a network grant", {"scheme", "hosts"});
      NetworkGrant grant;
      if (const YamlNode* const scheme = require(peer, "scheme"); scheme && expect_text(*scheme, "scheme"))
        grant.scheme = scheme->text;
      if (const YamlNode* const hosts = peer.find("hosts")) {
        grant.hosts = texts(*hosts, "hosts");
        // An empty list would read as "any".
        if (hosts->is_list() && hosts->items.empty())
          mistake(hosts->place, "'hosts' is empty", "leave it out to mean every host");
      }
      manifest_.network_grants.push_back(std::move(grant));
    }
  }

  void read_algorithms(const YamlNode& algorithms) {
    manifest_.algorithm_grants = texts(algorithms, "algorithms");
    for (const auto& name : manifest_.algorithm_grants)
      if (name != "RS1" && name != "HS1")
        mistake(algorithms.place, "unknown algorithm " + in_quotes(name),
                "expected RS1 or HS1; every other one is given without being asked for");
  }

  std::vector<Diagnostic>& diagnostics_;
  std::filesystem::path folder_;
  Manifest manifest_;
};

}  // namespace

Result<Manifest> parse_manifest(std::string text, const std::filesystem::path& file) {
  std::error_code failure;
  const std::filesystem::path absolute = std::filesystem::absolute(file, failure);
  if (failure) return Error{file.string() + ": " + failure.message()};
  const auto source = std::make_shared<const Source>(Source{file.string(), std::move(text)});
  Yaml yaml = parse_yaml(source);
  Manifest manifest;
  if (yaml.root) manifest = ManifestReader(absolute.lexically_normal(), yaml.diagnostics).read(*yaml.root);
  if (has_errors(yaml.diagnostics) || !yaml.root) {
    std::string what = render(std::move(yaml.diagnostics));
    while (what.ends_with('\n')) what.pop_back();
    return Error{std::move(what)};
  }
  return manifest;
}

Result<Manifest> read_manifest(const std::filesystem::path& file) {
  BB_TRY(std::string text, read_text(file, manifest_bytes_max));
  return parse_manifest(std::move(text), file);
}

}  // namespace bb::host
