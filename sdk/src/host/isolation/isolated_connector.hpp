// isolated_connector.hpp - an instance whose library is loaded into a process
// of its own. docs/reference/isolation.md.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/host/host.hpp>
#include <bb/host/sandbox_layer.hpp>
#include "../instance.hpp"
#include "../plugin_checks.hpp"
#include "child_output.hpp"
#include "conversation.hpp"
#include "deaths.hpp"
#include "watcher.hpp"

namespace bb::host {

// What all isolated connectors of a host share.
struct IsolationParts {
  std::filesystem::path program;  // bluebridge-connector-host
  Watcher watcher;
  Deaths deaths;
};

// A process that has loaded a library and said hello.
struct LoadedChild {
  std::shared_ptr<IsolationParts> parts;
  std::unique_ptr<Conversation> conversation;
  std::unique_ptr<ChildOutput> output, errors;
  std::vector<SandboxLayer> sandbox;
  PluginDescription plugin;
  std::string plugin_name;

  LoadedChild() = default;
  LoadedChild(LoadedChild&&) = default;
  LoadedChild& operator=(LoadedChild&&) = delete;
  ~LoadedChild();
};

// `print` gets each line that the process prints, with "stdout" or "stderr".
using PrintedLine = std::function<void(std::string_view stream, std::string_view line)>;

// "org.example.acme 1.4.0": what deaths are counted by.
std::string plugin_name(const Manifest& manifest);

// Waits until a process may be started again, where one has died; the error
// says why none may, or that it was cancelled.
[[nodiscard]] Status await_start(const IsolationParts& parts, const Manifest& manifest,
                                 const Cancellation* cancellation);

// What is loaded, and what its process may do.
struct ChildPlan {
  const Manifest& manifest;
  bool is_network_allowed = false;  // sockets of its own
  const Cancellation* cancellation = nullptr;
  const Redactor* redactor = nullptr;  // for what it prints before its instance is made; may be null
};

// Starts a process for the manifest's library and compares what it says with
// the manifest. The error is one sentence, also when the library ended it.
Result<LoadedChild> load_in_child(std::shared_ptr<IsolationParts> parts, const ChildPlan& plan, PrintedLine print);

// Makes an instance in the process, as make_in_process() does here.
Result<std::unique_ptr<Connector>> make_isolated(LoadedChild child, std::unique_ptr<Instance> instance,
                                                 const std::string& type_id, const Value& config,
                                                 const Cancellation* cancellation);

// Lines that a process prints, as lines of an instance's log.
PrintedLine print_to_log(Instance& instance);

}  // namespace bb::host
