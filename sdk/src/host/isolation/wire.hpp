// wire.hpp - what the messages between host and connector process say, as Values.
//
// Both sides use these, so the shapes are in one place. What comes from a child
// is read without trust: a wrong kind is a default, never a crash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/host/sandbox_layer.hpp>
#include "../plugin_call.hpp"
#include "../plugin_checks.hpp"
#include "../watch/notices.hpp"

namespace bb::host {

Value attributes_value(const std::vector<Attribute>& attributes);
std::vector<Attribute> attributes_from(const Value& value);

// Of a whole plugin, in HELLO.
Value description_value(const PluginDescription& plugin);
PluginDescription description_from(const Value& value);

// What a process gave up, in SANDBOX.
Value layers_value(const std::vector<SandboxLayer>& layers);
std::vector<SandboxLayer> layers_from(const Value& value);

// What a call said of itself (error, breach, refusals), in CREATED and DONE.
Value said_value(const PluginCall& call);
void merge_said(const Value& said, PluginCall& call);

// What a watch saw, told as an upcall without an answer to a service that no
// plugin can ask for; `call` joins it to the call that runs, as in every upcall.
inline constexpr std::string_view notices_service = "notices";
Value seen_value(const Seen& seen, std::uint64_t frame_call);

// Where calls of the instance overlap, the number of an upcall says which it is of, so that it comes to who runs that
// without being read before. Elsewhere numbers are small and say nothing.
constexpr std::uint64_t upcall_number(std::uint64_t frame_call, std::uint64_t count) {
  return frame_call / 2 << 32 | (count << 1 & 0xffff'ffff) | 1;
}
constexpr std::uint64_t call_of_upcall(std::uint64_t number) { return number >> 32 << 1; }

// All of a result but its body, which goes as DATA.
Value result_value(const RawResult& result);
RawResult result_from(Value value);

}  // namespace bb::host
