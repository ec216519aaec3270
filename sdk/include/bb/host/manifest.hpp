// bb/host/manifest.hpp - what a plugin says about itself before it is loaded.
//
// A manifest (NAME.bbplugin.yaml) lies beside the library. Discovery reads
// manifests only; nothing here opens a shared library.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/diagnostic.hpp>
#include <bb/core/result.hpp>

namespace bb::host {

enum class Network { host, own };

struct ManifestType {
  std::string id;                       // what a target's `connector:` names
  std::vector<std::string> interfaces;  // "bb.view/1" ...
  Network network = Network::host;
};

// Peers that a plugin wants to reach by bb.host.stream/1.
struct NetworkGrant {
  std::string scheme;              // bb_stream_request::protocol: "smtp", "dns"
  std::vector<std::string> hosts;  // names, "*.example.org"; empty = any
};

// A parsed and checked manifest. Immutable; copy freely.
struct Manifest {
  std::filesystem::path file;  // the manifest itself, absolute
  std::string id;              // reverse DNS; each type id is it or "id." + more
  std::string version;
  std::filesystem::path library;  // absolute, for this platform
  std::string sha256;             // for this platform; empty = not pinned
  std::uint32_t abi_major = 1;
  std::uint32_t abi_minor = 0;
  std::uint32_t min_host_minor = 0;
  std::vector<std::string> links;
  std::vector<ManifestType> types;
  std::vector<std::string> host_grants;  // host services asked for
  std::vector<NetworkGrant> network_grants;
  std::vector<std::string> algorithm_grants;  // weak ones of bb.host.secret/1: "RS1", "HS1"
  std::string isolation = "process";          // process | in-process
};

// Reads one manifest. The error names file, line and column of every mistake
// and says what was expected there.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& file);
// The same for a text that stands, or will stand, in `file`; reads nothing.
[[nodiscard]] Result<Manifest> parse_manifest(std::string text, const std::filesystem::path& file);

// What a search found. A folder that does not exist is no mistake.
struct Discovery {
  std::vector<Manifest> manifests;  // by id
  // Manifests that could not be read, type ids offered twice; the first 100, and
  // how many more there are.
  std::vector<std::string> problems;
};
Discovery discover(const std::vector<std::filesystem::path>& folders);

}  // namespace bb::host
