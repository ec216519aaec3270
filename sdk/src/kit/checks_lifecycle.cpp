// Level 2: init, create, destroy and look-ups.
#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include "checks.hpp"
#include "traps.hpp"

namespace bb::kit {
namespace {

std::string message_of(const Done& done) { return done.error ? done.error->message : std::string(); }

Verdict entry_min_host(Bench& bench) {
  BB_KIT_TRY(bench.usable());
  const auto& plugin = *bench.plugin;
  if (plugin.min_host_minor > plugin.abi_minor)
    return fail("min_host_minor is {}, expected at most {}, the minor that it was built with", plugin.min_host_minor,
                plugin.abi_minor);
  return pass();
}

Verdict schema_parses(Bench& bench) {
  return on_each_type(bench, [](const bb_connector_type& type) -> Verdict {
    if (type.config_schema == nullptr) return pass();
    const auto schema = parse_json(type.config_schema);
    if (!schema) return fail("config_schema is no JSON: {}", schema.error().what);
    if (const auto findings = check_schema(*schema); !findings.empty())
      return fail("config_schema at '{}': {}", findings.front().pointer, findings.front().message);
    // What is required is the user's to give; a default that is invalid is not.
    for (const auto& finding : validate(*schema, fill_defaults(*schema, Value::object({}))))
      if (!finding.pointer.empty())
        return fail("the default at '{}' is not valid: {}", finding.pointer, finding.message);
    return pass();
  });
}

Verdict init_balanced(Bench& bench) {
  BB_KIT_TRY(bench.usable());
  static const TypeSetup none;
  FakeHost host(none, bench.seed());
  const auto& plugin = *bench.plugin;
  for (int round = 0; round < 2; ++round) {
    if (const auto status = plugin.init(host.raw()); status != BB_OK)
      return fail("init number {} gave {}, expected BB_OK", round + 1, status_name(status));
    plugin.deinit();
  }
  for (int depth = 0; depth < 2; ++depth)
    if (const auto status = plugin.init(host.raw()); status != BB_OK)
      return fail("a nested init gave {}, expected BB_OK", status_name(status));
  plugin.deinit();
  BB_KIT_TRY(bench.usable_types());
  plugin.deinit();
  return pass();
}

Verdict init_refusal(Bench& bench) {
  BB_KIT_TRY(bench.usable());
  static const TypeSetup none;
  FakeHost host(none, bench.seed());
  host.offers_nothing = true;
  if (bench.plugin->init(host.raw()) == BB_OK) bench.plugin->deinit();
  return pass();
}

Verdict unknown_id(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    const std::string own(type.id);
    for (const auto& id :
         {own + "x", own + ".x", own.substr(0, own.size() - 1), std::string("org.example.unknown"), std::string()}) {
      if (std::any_of(bench.types.begin(), bench.types.end(), [&](const auto* known) { return id == known->id; }))
        continue;
      Driver driver(bench, type);
      Value config;
      if (const auto verdict = driver.config(config); verdict.outcome != Outcome::pass) config = Value::object({});
      auto* const untouched = reinterpret_cast<bb_connector*>(&driver);
      bb_connector* out = untouched;
      const auto done = driver.create(id, config, &out);
      if (done.status != BB_E_NOT_FOUND)
        return fail("create of '{}' gave {}, expected BB_E_NOT_FOUND (101)", id, status_name(done.status));
      if (out != untouched) return fail("create of '{}' failed and changed *out, expected it untouched", id);
    }
    return pass();
  });
}

// Whether the message names the key: its pointer, or its name.
bool names(const std::string& message, const std::string& key) { return message.find(key) != std::string::npos; }

Verdict bad_config(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    // Always: what no schema stops.
    const auto refuses = [&](const Value& config, const std::string& key, std::string_view what,
                             bool must_refuse) -> Verdict {
      Driver driver(bench, type);
      bb_connector* out = nullptr;
      const auto done = driver.create(type.id, config, &out);
      if (done.status == BB_OK) {
        driver.connector = out;
        return must_refuse ? fail("create took a configuration where {} {}, expected 1xx", key, what) : pass();
      }
      if (status_class(done.status) != 1)
        return fail("create gave {} where {} {}, expected 1xx", status_name(done.status), key, what);
      if (!names(message_of(done), key))
        return fail("create refused a configuration where {} {}, and the message does not name it: '{}'", key, what,
                    message_of(done));
      return pass();
    };
    Driver probe(bench, type);
    Value good;
    const auto verdict = probe.config(good);
    // Without a good one nothing can be told from what is wrong.
    BB_KIT_TRY(verdict);
    auto surplus = good;
    surplus.set("kit_surplus", 1);
    BB_KIT_TRY(refuses(surplus, "kit_surplus", "is surplus", false));
    const auto schema = type.config_schema != nullptr ? parse_json(type.config_schema) : Result<Value>(Value());
    if (!schema) return skip("the config_schema cannot be used, see type-schema-parses");
    if (const auto* required = (*schema)["required"].items())
      for (const auto& key : *required) {
        auto missing = good;
        missing.erase(key.string_or(""));
        BB_KIT_TRY(refuses(missing, "/" + key.string_or(""), "is missing", true));
      }
    if (const auto* properties = (*schema)["properties"].members())
      for (const auto& member : *properties) {
        const bool is_text = member.value["type"].string_or("") == "string";
        auto wrong = good;
        wrong.set(member.key, Value::array());
        BB_KIT_TRY(refuses(wrong, "/" + member.key, "is a list", false));
        if (!is_text) continue;
        auto large = good;
        large.set(member.key, "https://" + std::string(1024 * 1024, 'a'));
        BB_KIT_TRY(refuses(large, "/" + member.key, "has a megabyte", false));
      }
    return pass();
  });
}

// What was begun first, as far as it went out.
std::string first_of(const FakeHost& host) {
  if (const auto all = host.exchanges(); !all.empty()) return all.front().method + " " + all.front().url;
  return "over " BB_HOST_STREAM;
}

Verdict create_offline(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    static const bool is_trapped = set_trap(Trap::sockets);
    Driver driver(bench, type);
    const auto made = driver.make();
    if (const auto count = driver.host.exchange_count(); count > 0)
      return fail("create used the network {} time{}, expected none; the first was {}", count, count == 1 ? "" : "s",
                  first_of(driver.host));
    if (const auto what = caught_by_trap(); !what.empty())
      return fail("create tried to {} on its own, expected no network", what);
    BB_KIT_TRY(made);
    if (!is_trapped) return skip("the kernel allows no seccomp filter here; the host's network was not used");
    return pass();
  });
}

Verdict destroy_any_time(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.make());
    }
    {
      Driver driver(bench, type);
      BB_KIT_TRY(driver.make());
      if (!BB_HAS(driver.table<bb_session>(BB_SESSION), close)) return pass();
      Arguments arguments;
      driver.host.peer_fault = PeerFault::reset;
      driver.call("session.open", arguments, {.is_cancelled = true});
    }
    Driver driver(bench, type);
    (void)driver.ready();  // with a session open, where one can be
    return pass();
  });
}

Verdict iface_stable(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    for (const auto* id : known_interfaces) {
      const auto* const first = driver.table<void>(id);
      for (int again = 0; again < 3; ++again)
        if (driver.table<void>(id) != first)
          return fail("get_interface(\"{}\") gave two pointers, expected the same until destroy", id);
    }
    return pass();
  });
}

Verdict iface_unknown(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    std::vector<std::string> ids{"", "bb", "bb.", "/1", "bb.unknown/1", "BB.VIEW/1"};
    for (const auto* id : known_interfaces) {
      const std::string text(id);
      for (const auto& wrong : {text + "x", text + "0", text.substr(0, text.size() - 1) + "2",
                                text.substr(0, text.size() - 2), text.substr(1), " " + text})
        ids.push_back(wrong);
    }
    for (std::size_t i = 0; i < 10; ++i)
      ids.push_back(fmt::format("kit.{}{}/{}", bench.seed().substr(0, 6), i * 7919, i));
    for (const auto& id : ids)
      if (driver.table<void>(id.c_str()) != nullptr)
        return fail("get_interface(\"{}\") gave a table, expected NULL", id);
    return pass();
  });
}

Verdict iface_listed(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make());
    const auto listed = interface_list(type);
    for (const auto* id : known_interfaces)
      if (driver.table<void>(id) != nullptr && std::find(listed.begin(), listed.end(), id) == listed.end())
        return fail("get_interface(\"{}\") gave a table, and bb_connector_type::interfaces does not list it", id);
    return pass();
  });
}

Verdict iface_table_size(Bench& bench) {
  return on_each_type(bench, [&](const bb_connector_type& type) -> Verdict {
    Driver driver(bench, type);
    BB_KIT_TRY(driver.make(Driver::Tables::any));
    for (const auto* id : known_interfaces)
      if (const auto defect = interface_defect(id, driver.table<void>(id)); !defect.empty()) return fail("{}", defect);
    return pass();
  });
}

}  // namespace

std::vector<Check> lifecycle_checks() {
  return {
      {{"entry-min-host", 2, "BB-R012", "min_host_minor is no newer than the library itself"}, entry_min_host},
      {{"type-schema-parses", 2, "BB-R014", "config_schema keeps to the subset, its defaults are valid"},
       schema_parses},
      {{"init-balanced", 2, "BB-R015", "init and deinit repeat and nest"}, init_balanced},
      {{"init-refusal", 2, "BB-R016", "init under a host that offers nothing"}, init_refusal},
      {{"create-unknown-id", 2, "BB-R017", "create makes exactly the types that are listed"}, unknown_id},
      {{"create-bad-config", 2, "BB-R018", "a bad configuration is refused by name"}, bad_config},
      {{"create-offline", 2, "BB-R019", "create does no network"}, create_offline},
      {{"destroy-mid-nothing", 2, "BB-R020", "destroy works at any time"}, destroy_any_time},
      {{"iface-stable", 2, "BB-R021", "one pointer for an interface until destroy"}, iface_stable},
      {{"iface-unknown", 2, "BB-R022", "unknown interfaces are NULL"}, iface_unknown},
      {{"iface-listed", 2, "BB-R066", "what is offered is listed"}, iface_listed},
      {{"iface-table-size", 2, "BB-R067", "tables are complete"}, iface_table_size},
  };
}

}  // namespace bb::kit
